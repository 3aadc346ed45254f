"""What one flight has come to, read from the vehicle's messages: items reached, track, clearance."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from missions.plan.item import Command
from missions.plan.plan import Plan
from telemetry.wire.dialect import definition_of
from telemetry.wire.message import Message

NEAR_M = 30.0
"""An item whose report was lost counts as reached where the track passed this near."""
GAP_S = 3.0
"""Vehicle time without a position after which the track between is unknown."""
HOME_RADIUS_M = 50.0
AIRBORNE_M = 0.5

_ARMED_FLAG = 128
_STATE_STANDBY, _STATE_ACTIVE = 3, 4
_LANDED_UNDEFINED, _LANDED_ON_GROUND = 0, 1
_RETURNS = (Command.NAV_RETURN_TO_LAUNCH, Command.NAV_LAND)


@dataclass(frozen=True, slots=True)
class ItemCounted:
    """A navigation item was reached."""

    seq: int


@dataclass(frozen=True, slots=True)
class ZoneEntered:
    """The vehicle came into forbidden space."""

    zone_id: str
    clearance_m: float


WatchEvent = ItemCounted | ZoneEntered
ClearanceOf = Callable[[LatLon, float, float], tuple[float, str | None]]


class FlightWatch:
    """Follows one flight.

    Reports of reached items are taken where they come; where one is lost, an item counts when the mission went on
    past it and the track was seen near it, or was not seen at all.

    Parameters
    ----------
    plan : Plan
    clearance : callable or None
        Gives the clearance and the nearest zone's id of a position, its altitude above home and above mean sea level.
        None watches no zones.
    """

    def __init__(self, plan: Plan, clearance: ClearanceOf | None) -> None:
        self._plan = plan
        self._clearance = clearance
        self._frame = LocalFrame(plan.home)
        self._navigation = {seq: item for seq, item in enumerate(plan.items, start=1) if item.is_navigation}
        self._placed = [seq for seq, item in self._navigation.items() if item.position is not None]
        places = [item.position for item in self._navigation.values() if item.position is not None]
        self._places_xy_m = (
            self._frame.xy_m([place.lat_deg for place in places], [place.lon_deg for place in places])
            if places
            else np.empty((0, 2))
        )
        self._closest_m = np.full(len(places), np.inf)
        self._events: deque[WatchEvent] = deque()
        self._reached: set[int] = set()
        self._is_begun = False
        self._is_taken_up = False
        self._current_seq = 0
        self._passed: list[int] = []
        self._has_gap = False
        self._knows_item = True
        self._time_s: float | None = None
        self._begun_s: float | None = None
        self._xy_m: tuple[float, float] | None = None
        self._ground_alt_m: float | None = None
        self._is_inside = False
        self._says_landed_state = False
        self.is_armed = False
        self.is_flying = False
        self.takeoff_s: float | None = None
        self.landed_s: float | None = None
        self.length_m = 0.0
        self.min_clearance_m: float | None = None
        self.violations = 0
        self.moved_m = 0.0
        """Path in space, up and down included: grows as long as the vehicle gets anywhere."""
        self._readers = {
            definition_of(name).msg_id: reader
            for name, reader in {
                "GLOBAL_POSITION_INT": self._read_position,
                "MISSION_CURRENT": self._read_current,
                "MISSION_ITEM_REACHED": self._read_reached,
                "HEARTBEAT": self._read_heartbeat,
                "EXTENDED_SYS_STATE": self._read_landed_state,
            }.items()
        }

    @property
    def items(self) -> int:
        """Navigation items of the plan."""
        return len(self._navigation)

    @property
    def reached(self) -> int:
        """Navigation items reached."""
        return len(self._reached)

    @property
    def current_seq(self) -> int:
        """The item being flown."""
        return self._current_seq

    @property
    def is_returning(self) -> bool:
        """Whether the mission's last way home is being flown."""
        item = self._navigation.get(self._current_seq)
        return item is not None and item.command in _RETURNS

    @property
    def elapsed_s(self) -> float | None:
        """Since the mission began, by the vehicle's clock; None where that was not seen."""
        if self._time_s is None or self._begun_s is None:
            return None
        return self._time_s - self._begun_s

    @property
    def begun_boot_s(self) -> float | None:
        """When the mission began, by the vehicle's clock; None where that is not known."""
        return self._begun_s

    def begin(self) -> None:
        """Count times and items from here: the mission is about to start."""
        self._is_begun = True
        self._current_seq = 0
        self._begun_s = self._time_s

    def take_up(self, seq: int, begun_boot_s: float | None = None) -> None:
        """Count from the middle of a flight: what lies before item `seq` was reached.

        Times are counted from `begun_boot_s` by the vehicle's clock; where that is None, nobody knows them.
        """
        self._is_begun = self._is_taken_up = True
        self.is_armed = self.is_flying = True
        self._current_seq, self._begun_s = seq, begun_boot_s
        self._reached |= {number for number in self._navigation if number < seq}

    def receive_message(self, message: Message) -> None:
        """Take any message of the autopilot."""
        reader = self._readers.get(message.definition.msg_id)
        if reader is not None:
            reader(message)

    def next_event(self) -> WatchEvent | None:
        """Hand out the next event, or None."""
        return self._events.popleft() if self._events else None

    @property
    def has_events(self) -> bool:
        """Whether `next_event` has something."""
        return bool(self._events)

    def finish(self) -> None:
        """Settle what is still open, once the vehicle is disarmed."""
        self._settle_passed()
        last = max(self._navigation, default=0)
        item = self._navigation.get(last)
        # The report of the last item comes in the moment of disarming, and once only.
        if (
            item is not None
            and item.command in _RETURNS
            and self._current_seq == last
            and self._is_near(item.position)
        ):
            self._count(last)

    def _is_near(self, place: LatLon | None) -> bool:
        if self._xy_m is None:
            return False
        x_m, y_m = (0.0, 0.0) if place is None else self._frame.point_xy_m(place)
        return math.hypot(self._xy_m[0] - x_m, self._xy_m[1] - y_m) <= HOME_RADIUS_M

    def _read_position(self, message: Message) -> None:
        if message.lat == 0 and message.lon == 0:
            return
        time_s = message.time_boot_ms / 1e3
        if self._time_s is not None and time_s - self._time_s > GAP_S:
            self._has_gap, self._knows_item = True, False
        position = LatLon(message.lat / 1e7, message.lon / 1e7)
        alt_rel_m = message.relative_alt / 1e3
        before_xy_m, self._xy_m = self._xy_m, self._frame.point_xy_m(position)
        self._time_s = time_s
        if self._is_begun and not self._is_taken_up and self._begun_s is None:
            self._begun_s = time_s
        if not self._is_begun or self._ground_alt_m is None:
            self._ground_alt_m = self._alt_rel_m = alt_rel_m
        if (
            self._is_begun
            and self.is_armed
            and alt_rel_m - self._ground_alt_m > AIRBORNE_M
            and self.takeoff_s is None
        ):
            self._set_flying(is_flying=True)
        if self.is_flying:
            self._follow(before_xy_m, self._xy_m, alt_rel_m)
            self._check_zones(position, alt_rel_m, message.alt / 1e3)
        self._alt_rel_m = alt_rel_m
        self._settle_passed()

    def _follow(
        self, before_xy_m: tuple[float, float] | None, xy_m: tuple[float, float], alt_rel_m: float
    ) -> None:
        start_xy_m = before_xy_m or xy_m
        step_m = math.dist(start_xy_m, xy_m)
        self.length_m += step_m
        self.moved_m += math.hypot(step_m, alt_rel_m - self._alt_rel_m)
        if not len(self._closest_m):
            return
        leg_xy_m = np.subtract(xy_m, start_xy_m)
        along = ((self._places_xy_m - start_xy_m) @ leg_xy_m) / max(step_m**2, 1e-9)
        nearest_xy_m = start_xy_m + np.clip(along, 0.0, 1.0)[:, None] * leg_xy_m
        np.minimum(self._closest_m, np.hypot(*(self._places_xy_m - nearest_xy_m).T), out=self._closest_m)

    def _check_zones(self, position: LatLon, alt_rel_m: float, alt_amsl_m: float) -> None:
        if self._clearance is None:
            return
        clearance_m, zone_id = self._clearance(position, alt_rel_m, alt_amsl_m)
        if math.isfinite(clearance_m) and (
            self.min_clearance_m is None or clearance_m < self.min_clearance_m
        ):
            self.min_clearance_m = clearance_m
        if clearance_m < 0 and not self._is_inside:
            self.violations += 1
            self._events.append(ZoneEntered(zone_id or "", clearance_m))
        self._is_inside = clearance_m < 0

    def _read_current(self, message: Message) -> None:
        self._knows_item = True
        seq = message.seq
        if self._is_begun and seq != self._current_seq:
            passed = range(self._current_seq, seq) if seq > self._current_seq else (self._current_seq,)
            self._passed += [number for number in passed if number in self._navigation]
            self._current_seq = seq

    def _settle_passed(self) -> None:
        for seq in self._passed:
            index = self._placed.index(seq) if seq in self._placed else None
            if index is None or self._has_gap or self._closest_m[index] <= NEAR_M:
                self._count(seq)
        self._passed.clear()
        # After a silence the first position may come before the word how far the mission has gone.
        self._has_gap = self._has_gap and not self._knows_item

    def _read_reached(self, message: Message) -> None:
        if self._is_begun:
            self._count(message.seq)

    def _count(self, seq: int) -> None:
        if seq in self._navigation and seq not in self._reached:
            self._reached.add(seq)
            self._events.append(ItemCounted(seq))

    def _read_heartbeat(self, message: Message) -> None:
        self.is_armed = bool(message.base_mode & _ARMED_FLAG)
        if not self._is_begun or self._says_landed_state:
            if not self.is_armed and self.is_flying:
                self._set_flying(is_flying=False)
            return
        if message.system_status == _STATE_ACTIVE and self.is_armed:
            self._set_flying(is_flying=True)
        elif message.system_status == _STATE_STANDBY or not self.is_armed:
            self._set_flying(is_flying=False)

    def _read_landed_state(self, message: Message) -> None:
        if message.landed_state != _LANDED_UNDEFINED:
            self._says_landed_state = True
            if self._is_begun:
                # Taking off and landing are in the air too.
                self._set_flying(is_flying=message.landed_state != _LANDED_ON_GROUND)

    def _set_flying(self, *, is_flying: bool) -> None:
        if is_flying == self.is_flying:
            return
        self.is_flying = is_flying
        if self._is_taken_up and self._begun_s is None:
            return
        since_s = (self._time_s or 0.0) - (self._begun_s or 0.0)
        if is_flying and self.takeoff_s is None:
            self.takeoff_s = since_s
        self.landed_s = None if is_flying else since_s
