"""AUTO: the mission, item by item."""

from __future__ import annotations

import math
from enum import IntEnum
from typing import TYPE_CHECKING

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.autopilot.circle import CircleFlight, nearest_on_circle
from simulator.autopilot.descent import Descent
from simulator.autopilot.mission_actions import MissionActions
from simulator.autopilot.mode import Mode, ModeNumber
from simulator.autopilot.ordered_speeds import OrderedSpeeds
from simulator.autopilot.payload_place import PayloadPlace
from simulator.autopilot.return_home import ReturnHome, ReturnPhase
from simulator.autopilot.spline_flight import SplineFlight
from simulator.autopilot.takeoff import Takeoff
from simulator.autopilot.waypoint_navigation import LegLimits, Place
from simulator.protocol.mission_item import MissionItem

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot

INFO, CRITICAL, WARNING = 6, 2, 4
PACE_PER_S = 0.27
"""How fast a pause takes effect."""
MAX_JUMPS_IN_A_ROW = 100
DAY_S = 86_400.0
SKIPPED_AT_START = 16
"""So many items are looked through for the take-off."""

_FLOWN_TO = frozenset(
    {
        dialect.MAV_CMD_NAV_WAYPOINT,
        dialect.MAV_CMD_NAV_SPLINE_WAYPOINT,
        dialect.MAV_CMD_NAV_LOITER_UNLIM,
        dialect.MAV_CMD_NAV_LOITER_TIME,
        dialect.MAV_CMD_NAV_LOITER_TURNS,
        dialect.MAV_CMD_NAV_LOITER_TO_ALT,
        dialect.MAV_CMD_NAV_PAYLOAD_PLACE,
    }
)
_TAKEOFFS = frozenset({dialect.MAV_CMD_NAV_TAKEOFF, dialect.MAV_CMD_NAV_VTOL_TAKEOFF})
_LANDINGS = frozenset({dialect.MAV_CMD_NAV_LAND, dialect.MAV_CMD_NAV_VTOL_LAND})
_WAYPOINTS = frozenset({dialect.MAV_CMD_NAV_WAYPOINT, dialect.MAV_CMD_NAV_SPLINE_WAYPOINT})
_PAUSABLE = _WAYPOINTS | {dialect.MAV_CMD_NAV_LOITER_UNLIM, dialect.MAV_CMD_NAV_LOITER_TIME}
_UNFLOWN = frozenset(
    {
        dialect.MAV_CMD_NAV_CONTINUE_AND_CHANGE_ALT,
        dialect.MAV_CMD_NAV_ALTITUDE_WAIT,
        dialect.MAV_CMD_NAV_SET_YAW_SPEED,
    }
)
"""Kept on board, but not for copters: they are named and passed over."""
_PASSED_TO = frozenset(
    {
        dialect.MAV_CMD_NAV_WAYPOINT,
        dialect.MAV_CMD_NAV_LOITER_UNLIM,
        dialect.MAV_CMD_NAV_LOITER_TIME,
        dialect.MAV_CMD_NAV_PAYLOAD_PLACE,
    }
)


def _between(begin: Place, end: Place) -> Place:
    return end[0] - begin[0], end[1] - begin[1], end[2] - begin[2]


class MissionState(IntEnum):
    """MISSION_STATE."""

    NO_MISSION = 1
    NOT_STARTED = 2
    ACTIVE = 3
    PAUSED = 4
    COMPLETE = 5


class Auto(Mode):
    """Runs the mission on board."""

    number = ModeNumber.AUTO
    is_armable = False

    def __init__(self, autopilot: Autopilot) -> None:
        super().__init__(autopilot)
        self._takeoff = Takeoff(autopilot)
        self._descent = Descent(autopilot)
        self._return = ReturnHome(autopilot)
        self._item: MissionItem | None = None
        self._circle = CircleFlight(autopilot)
        self._place = PayloadPlace(autopilot)
        self._spline = SplineFlight(autopilot)
        self._actions = MissionActions(autopilot, self.change_speed)
        self._speeds = OrderedSpeeds()
        self._guided_limits: MissionItem | None = None
        self._guided_from: Place = (0.0, 0.0, 0.0)
        self._guided_since_s = 0.0
        self._is_roi_kept = False
        self._delay_s = 0.0
        self._jumps_left: dict[int, int] = {}
        self._waited_s = 0.0
        self._is_there = False
        self._is_descending = False
        self._is_waiting_to_start = False
        self._is_running = False
        self._is_complete = False
        self._is_returning = False
        self._pace = 1.0
        self.is_paused = False
        self.is_auto_rtl = False
        """Whether the mode is shown as AUTO_RTL, as it is after a jump to the landing."""
        self.may_take_off = False
        """Set by MISSION_START or a raised throttle; until then an armed vehicle stays on the ground."""

    @property
    def current_seq(self) -> int:
        """The navigation item being flown, or 0."""
        return self._item.seq if self._item is not None else 0

    @property
    def is_running(self) -> bool:
        """Whether the mission goes on."""
        return self._is_running

    @property
    def state(self) -> MissionState:
        """MISSION_STATE as reported."""
        if self.autopilot.mission.count() <= 1:
            return MissionState.NO_MISSION
        if self._is_complete:
            return MissionState.COMPLETE
        if self.autopilot.mode is not self or not self._is_running:
            return MissionState.NOT_STARTED
        return MissionState.PAUSED if self.is_paused else MissionState.ACTIVE

    @property
    def is_returning(self) -> bool:
        """Whether it flies home or has last done so."""
        return self._is_returning

    @property
    def goal(self) -> Place | None:
        """Where the present item leads."""
        if self._spline.is_active:
            return self._spline.destination
        leg = self.autopilot.navigation.leg
        return leg.destination if leg is not None and self._is_running else None

    @property
    def is_taking_off(self) -> bool:
        """Whether it climbs from the ground."""
        return self._item is not None and self._item.command in _TAKEOFFS

    @property
    def is_guided(self) -> bool:
        """Whether the present item leaves the flying to a ground station."""
        item = self._item
        return (
            self._is_running
            and item is not None
            and item.command == dialect.MAV_CMD_NAV_GUIDED_ENABLE
            and item.param1 > 0
        )

    @property
    def is_landing(self) -> bool:
        """Whether it comes down to land."""
        return self._is_descending or self._return.phase is ReturnPhase.DESCEND

    def refusal(self) -> str:
        """Armed, the mission must exist and begin with a take-off if the vehicle stands on the ground."""
        autopilot = self.autopilot
        if not autopilot.is_armed:
            return ""
        if autopilot.mission.count() <= 1:
            return "init failed"
        if autopilot.is_landed and not self._starts_with_takeoff():
            autopilot.say(CRITICAL, "Auto: Missing Takeoff Cmd")
            return "init failed"
        return ""

    def _starts_with_takeoff(self) -> bool:
        mission = self.autopilot.mission
        for seq in range(1, min(mission.count(), SKIPPED_AT_START)):
            item = mission.item(seq)
            if item.is_navigation and item.command != dialect.MAV_CMD_NAV_DELAY:
                return item.command in _TAKEOFFS
        return False

    def enter(self) -> None:
        """Begin or resume at the next step."""
        autopilot = self.autopilot
        self._is_returning = False
        self._is_waiting_to_start = True
        self.is_paused = False
        self._pace = 1.0
        self._speeds.forget()
        self._spline.stop()
        self.is_auto_rtl = False
        if not autopilot.body.is_on_ground:
            autopilot.control.start(autopilot.body)
        autopilot.navigation.start(autopilot.body)
        autopilot.heading.hold(autopilot.body)

    def leave(self) -> None:
        """Stop where the mission is; entering again resumes there."""
        self._is_running = False
        self._is_waiting_to_start = False
        self.is_auto_rtl = False

    def pause(self) -> bool:
        """Stop on a way; what is reached, or no way, cannot be paused."""
        item = self._item
        if not self._is_running or item is None or item.command not in _PAUSABLE or self._is_there:
            return False
        self.is_paused = True
        return True

    def resume(self) -> bool:
        """Go on."""
        self.is_paused = False
        return True

    def reset(self) -> None:
        """Count jumps anew and forget where the mission was."""
        self._jumps_left.clear()
        self._is_complete = False

    def limit_guided(self, item: MissionItem) -> None:
        """DO_GUIDED_LIMITS: for how long, how low, high and far the ground station may fly."""
        self._guided_limits = item

    def jump_to_landing(self) -> bool:
        """Fly on from the closest DO_LAND_START, and be shown as AUTO_RTL; false where there is none."""
        autopilot = self.autopilot
        mission, body = autopilot.mission, autopilot.body
        starts = [
            item
            for item in map(mission.item, range(1, mission.count()))
            if item.command == dialect.MAV_CMD_DO_LAND_START
        ]
        if not starts:
            autopilot.say(WARNING, "Unable to start landing sequence")
            return False

        def away_m(item: MissionItem) -> float:
            return math.dist(autopilot.frame.to_north_east_m(item.x, item.y), (body.north_m, body.east_m))

        if autopilot.mode is not self and not autopilot.set_mode(ModeNumber.AUTO):
            return False
        self.begin()
        self.jump_to(min(starts, key=away_m).seq)
        self._is_waiting_to_start = False
        self.is_auto_rtl = True
        autopilot.say(INFO, "Landing sequence start")
        autopilot.announce("HEARTBEAT")
        return True

    def on_disarmed(self) -> None:
        """Begin the next flight at the start."""
        self._item = None
        self._actions.forget()
        self._spline.stop()
        self._guided_limits = None
        self._jumps_left.clear()
        self._is_running = False
        self._is_waiting_to_start = False
        self.is_paused = False
        self.may_take_off = False

    def begin(self) -> None:
        """MISSION_START."""
        self.may_take_off = True
        if not self._is_running:
            self._start_or_resume()

    def service(self) -> None:
        """Start a mission that waits to be started, armed or not."""
        if self._is_waiting_to_start and self.autopilot.has_position:
            self._is_waiting_to_start = False
            self._start_or_resume()

    def _start_or_resume(self) -> None:
        has_begun = self._item is not None and not self._is_complete
        if has_begun and self.autopilot.parameters["MIS_RESTART"] == 0:
            assert self._item is not None
            self._start_from(self._item.seq)
        else:
            self._jumps_left.clear()
            self._start_from(1)

    def jump_to(self, seq: int) -> bool:
        """Make `seq` the current item; false where there is none."""
        mission = self.autopilot.mission
        if not 0 <= seq < mission.count():
            return False
        self._is_complete = False
        seq = max(seq, 1)
        if self._is_running:
            self._start_from(seq)
        elif seq < mission.count():
            self._item = mission.item(seq)
        self.autopilot.announce("MISSION_CURRENT")
        return True

    def restart_item(self) -> None:
        """Fly the present item again after the mission was changed."""
        autopilot = self.autopilot
        if not self._is_running:
            return
        if self._item is not None and 0 < self._item.seq < autopilot.mission.count():
            self._start_from(self._item.seq)
            autopilot.say(CRITICAL, "Auto mission changed, restarted command")
        else:
            autopilot.say(CRITICAL, "Auto mission changed but failed to restart command")

    def finish_on_ground(self) -> None:
        """Count the item that ended with this landing as reached."""
        if self._item is not None and self._item.command in (
            dialect.MAV_CMD_NAV_RETURN_TO_LAUNCH,
            dialect.MAV_CMD_NAV_LAND,
        ):
            self.autopilot.report_reached(self._item.seq)
            self._is_complete = True

    def change_speed(self, kind: int, speed_m_s: float) -> bool:
        """Fly no faster than this until the mode is left."""
        is_known = self._speeds.order(kind, speed_m_s)
        self.autopilot.navigation.change_speed(self._limits())
        return is_known

    def _start_from(self, seq: int) -> None:
        self._is_running, self._is_complete = True, False
        item, seen = self._next_navigation(seq, self._jumps_left)
        while item is not None and item.command in _UNFLOWN:
            self.autopilot.say(INFO, f"Mission: {item.seq} {item.name}")
            item, more = self._next_navigation(item.seq + 1, self._jumps_left)
            seen.extend(more)
        self._actions.begin(seen)
        if item is None:
            self._complete()
            return
        self._start_item(item)

    def _next_navigation(
        self, seq: int, jumps_left: dict[int, int]
    ) -> tuple[MissionItem | None, list[MissionItem]]:
        """Find the next item to fly from `seq` on, and what is to be done on the way; count down `jumps_left`."""
        mission = self.autopilot.mission
        seen: list[MissionItem] = []
        jumps = 0
        while 1 <= seq < mission.count():
            item = mission.item(seq)
            if item.is_navigation:
                return item, seen
            if item.command == dialect.MAV_CMD_DO_JUMP:
                left = jumps_left.setdefault(seq, int(item.param2))
                jumps += 1
                if left != 0 and jumps < MAX_JUMPS_IN_A_ROW:
                    if left > 0:
                        jumps_left[seq] = left - 1
                    seq = int(item.param1)
                    continue
            else:
                seen.append(item)
            seq += 1
        return None, seen

    def _advance(self) -> None:
        autopilot = self.autopilot
        assert self._item is not None
        if self._item.command != dialect.MAV_CMD_NAV_LOITER_TO_ALT:
            # ArduCopter does not tell of this one.
            autopilot.report_reached(self._item.seq)
        if self._item.command in _WAYPOINTS:
            autopilot.say(INFO, f"Reached command #{self._item.seq}")
        self._start_from(self._item.seq + 1)

    def _complete(self) -> None:
        self._is_complete = True
        self._is_running = False
        self._item = None
        if self.autopilot.is_landed:
            self.autopilot.disarm()

    def _start_item(self, item: MissionItem) -> None:
        autopilot = self.autopilot
        self._item = item
        self._waited_s = 0.0
        self._is_there = self._is_descending = False
        self._is_returning = item.command == dialect.MAV_CMD_NAV_RETURN_TO_LAUNCH
        autopilot.say(INFO, f"Mission: {item.seq} {item.name}")
        command = item.command
        if command not in _WAYPOINTS:
            self._leave_spline()
        if command in _TAKEOFFS:
            self._start_takeoff(item)
        elif command in _FLOWN_TO:
            self._fly_towards(item)
        elif command == dialect.MAV_CMD_NAV_DELAY:
            self._delay_s = self._delay_of(item)
            autopilot.say(INFO, f"Delaying {self._delay_s:.0f} sec")
        elif command == dialect.MAV_CMD_NAV_GUIDED_ENABLE and item.param1 > 0:
            body = autopilot.body
            self._guided_since_s = autopilot.now_s
            self._guided_from = (body.north_m, body.east_m, body.up_m)
            autopilot.guided.enter()
        elif command in _LANDINGS:
            if item.x or item.y:
                north, east = autopilot.frame.to_north_east_m(item.x, item.y)
                _, _, up = self._here()
                autopilot.navigation.fly_to((north, east, up), None, self._limits())
                self._look_ahead()
            else:
                self._is_there = self._is_descending = True
                self._descent.start()
        elif command == dialect.MAV_CMD_NAV_RETURN_TO_LAUNCH:
            self._return.start()

    def _start_takeoff(self, item: MissionItem) -> None:
        autopilot = self.autopilot
        up = max(self._place_of(item)[2], autopilot.body.up_m)
        if autopilot.is_armed and (self.may_take_off or not autopilot.is_landed):
            self._is_there = True
            self._takeoff.start(up)

    def _fly_towards(self, item: MissionItem) -> None:
        autopilot = self.autopilot
        if autopilot.body.is_on_ground:
            return
        autopilot.control.start(autopilot.body)
        if item.command in _WAYPOINTS and self._fly_spline(item):
            self._look_ahead()
            return
        self._leave_spline()
        place = self._place_of(item)
        if item.command == dialect.MAV_CMD_NAV_PAYLOAD_PLACE:
            place = (*place[:2], self._here()[2])
        if item.command == dialect.MAV_CMD_NAV_LOITER_TURNS:
            place = nearest_on_circle(place, self._circle_radius_m(item), self._here())
        after: Place | None = None
        if item.command == dialect.MAV_CMD_NAV_WAYPOINT and item.param1 == 0:
            upcoming, _ = self._next_navigation(item.seq + 1, dict(self._jumps_left))
            if upcoming is not None and upcoming.command in _PASSED_TO and (upcoming.x or upcoming.y):
                after = self._place_of(upcoming)
        autopilot.navigation.fly_to(place, after, self._limits())
        self._look_ahead()

    def _fly_spline(self, item: MissionItem) -> bool:
        """Fly a curve where this waypoint, or the one after it, is a spline; false where neither is."""
        autopilot = self.autopilot
        is_spline = item.command == dialect.MAV_CMD_NAV_SPLINE_WAYPOINT
        after: Place | None = None
        is_after_spline = False
        destination = self._place_of(item)
        if item.param1 == 0:
            upcoming, _ = self._next_navigation(item.seq + 1, dict(self._jumps_left))
            if upcoming is not None and (upcoming.command in _PASSED_TO or upcoming.command in _WAYPOINTS):
                after = self._place_of(upcoming, from_place=destination)
                is_after_spline = upcoming.command == dialect.MAV_CMD_NAV_SPLINE_WAYPOINT
        if not is_spline and not is_after_spline and not self._spline.is_active:
            return False
        origin = self._here()
        tangent: Place = (0.0, 0.0, 0.0)
        if after is not None and is_spline:
            # Towards what is next, from here where that is a spline too, as ArduCopter chooses it.
            base = origin if is_after_spline else destination
            tangent = _between(base, after)
        elif is_after_spline:
            tangent = _between(origin, destination)
        if not self._spline.is_active and not is_spline:
            self._spline.tangent = (0.0, 0.0, 0.0)
        self._spline.start(origin, destination, tangent, self._limits())
        autopilot.navigation.start(autopilot.body)
        return True

    def _leave_spline(self) -> None:
        if self._spline.is_active:
            self._spline.stop()
            self.autopilot.navigation.start(self.autopilot.body)

    def _look_ahead(self) -> None:
        self._is_roi_kept = self.autopilot.heading.mode.name == "PLACE"
        if self.autopilot.parameters["WP_YAW_BEHAVIOR"] != 0 and self.autopilot.heading.mode.name != "PLACE":
            self.autopilot.heading.travel(self.autopilot.body)

    def _limits(self) -> LegLimits:
        return self._speeds.limits(self.autopilot)

    def _here(self) -> Place:
        if self._spline.is_active:
            return self._spline.destination
        leg = self.autopilot.navigation.leg
        return (
            leg.destination if leg is not None else self.autopilot.control.stopping_point(self.autopilot.body)
        )

    def _place_of(self, item: MissionItem, from_place: Place | None = None) -> Place:
        autopilot = self.autopilot
        north, east, up = from_place or self._here()
        if item.x or item.y:
            north, east = autopilot.frame.to_north_east_m(item.x, item.y)
        if item.frame == dialect.MAV_FRAME_GLOBAL:
            up = item.z - autopilot.origin_alt_amsl_m
        elif item.frame == dialect.MAV_FRAME_GLOBAL_TERRAIN_ALT:
            ground_up = autopilot.ground_up_m(north, east)
            up = item.z + (autopilot.home_place[2] if ground_up is None else ground_up)
        elif item.z != 0 or item.x or item.y:
            up = autopilot.home_place[2] + item.z
        return north, east, up

    def step(self, dt: float) -> None:
        """Fly on."""
        autopilot = self.autopilot
        self.service()
        if autopilot.sticks.throttle > 0.1:
            self.may_take_off = True
        item = self._item
        if not self._is_running or item is None:
            if autopilot.body.is_on_ground:
                autopilot.watch_ground(dt)
            else:
                autopilot.fly_leg(dt)
            return
        self._actions.step()
        wanted = 0.0 if self.is_paused else 1.0
        self._pace += min(max(wanted - self._pace, -PACE_PER_S * dt), PACE_PER_S * dt)
        if self._verify(item, dt):
            self._advance()

    def _verify(self, item: MissionItem, dt: float) -> bool:
        autopilot = self.autopilot
        command = item.command
        if command in _TAKEOFFS:
            if not self._is_there:
                if autopilot.is_armed and self.may_take_off:
                    self._start_takeoff(item)
                else:
                    autopilot.watch_ground(dt)
                return False
            if not self._takeoff.step(dt):
                return False
            autopilot.navigation.start(autopilot.body)
            return True
        if command == dialect.MAV_CMD_NAV_RETURN_TO_LAUNCH or self._is_descending:
            is_down = self._descent.step(dt) if self._is_descending else self._return.step(dt)
            if is_down and self._next_navigation(item.seq + 1, dict(self._jumps_left))[0] is None:
                autopilot.disarm()
                return False
            return is_down
        if command == dialect.MAV_CMD_NAV_PAYLOAD_PLACE and self._is_there:
            return self._place.step(dt)
        if command == dialect.MAV_CMD_NAV_DELAY:
            self._waited_s += dt
            if self._waited_s >= self._delay_s:
                return True
        if autopilot.body.is_on_ground:
            autopilot.watch_ground(dt)
            return False
        if command == dialect.MAV_CMD_NAV_GUIDED_ENABLE:
            return item.param1 == 0 or self._guide(dt)
        if command == dialect.MAV_CMD_NAV_LOITER_TURNS and self._is_there:
            return self._go_round(item, dt)
        if self._spline.is_active:
            self._spline.step(dt, self._limits(), self._pace)
        else:
            autopilot.fly_leg(dt, pace=self._pace)
        if command == dialect.MAV_CMD_NAV_DELAY:
            return False
        if not self._is_there and self._spline.is_active:
            does_stop = not any(self._spline.tangent)
            is_near = autopilot.distance_to(self._spline.destination) <= self._limits().radius_m
            self._is_there = self._spline.is_finished and (is_near or not does_stop)
            if not self._is_there:
                return False
        elif not self._is_there:
            is_passing = autopilot.navigation.is_passing
            self._is_there = autopilot.navigation.is_finished if is_passing else autopilot.is_at_leg_end()
            if not self._is_there:
                return False
        if command in _LANDINGS:
            self._is_descending = True
            self._descent.start(autopilot.frame.to_north_east_m(item.x, item.y))
            return False
        if command == dialect.MAV_CMD_NAV_LOITER_UNLIM:
            return False
        if command == dialect.MAV_CMD_NAV_LOITER_TURNS:
            self._circle.start(self._place_of(item)[:2], self._circle_radius_m(item), item.param3 or 1.0)
            if not self._is_roi_kept:
                self._circle.face()
            return False
        if command == dialect.MAV_CMD_NAV_PAYLOAD_PLACE:
            self._place.start(self._place_of(item)[:2], item.param1)
            return False
        wait_s = item.param1 if command != dialect.MAV_CMD_NAV_LOITER_TO_ALT else 0.0
        self._waited_s += dt
        return self._waited_s >= wait_s

    def _circle_radius_m(self, item: MissionItem) -> float:
        return abs(item.param3) or float(self.autopilot.parameters["CIRCLE_RADIUS"] * 0.01)

    def _go_round(self, item: MissionItem, dt: float) -> bool:
        autopilot = self.autopilot
        limits = self._limits()
        self._circle.step(dt, limits, self._pace)
        autopilot.control.shape_vertical(
            dt,
            self._place_of(item)[2],
            climb_m_s=limits.climb_m_s,
            descent_m_s=limits.descent_m_s,
            accel_m_s2=limits.accel_up_m_s2,
        )
        if self._circle.turned_rad < item.param1 * math.tau:
            return False
        autopilot.navigation.start(autopilot.body)
        if not self._is_roi_kept:
            autopilot.heading.travel(autopilot.body)
        return True

    def _delay_of(self, item: MissionItem) -> float:
        """Seconds to wait, or to the next time of day at which all given parts of the UTC fit."""
        if item.param1 > 0:
            return float(item.param1)
        now_s = (self.autopilot.epoch_unix_s + self.autopilot.now_s) % DAY_S
        hour, minute, second = (int(part) for part in (item.param2, item.param3, item.param4))
        for ahead_s in range(int(DAY_S)):
            moment = int(now_s + ahead_s) % int(DAY_S)
            parts = moment // 3600, moment // 60 % 60, moment % 60
            if all(want in (-1, got) for want, got in zip((hour, minute, second), parts, strict=True)):
                return float(ahead_s)
        return 0.0

    def _guide(self, dt: float) -> bool:
        """Let a ground station fly; true once it may no more."""
        autopilot = self.autopilot
        autopilot.guided.step(dt)
        limits = self._guided_limits
        if limits is None:
            return False
        body = autopilot.body
        away_m = math.dist(self._guided_from[:2], (body.north_m, body.east_m))
        return (
            (limits.param1 > 0 and autopilot.now_s - self._guided_since_s >= limits.param1)
            or (limits.param2 != 0 and autopilot.alt_rel_m < limits.param2)
            or (limits.param3 != 0 and autopilot.alt_rel_m > limits.param3)
            or (limits.param4 > 0 and away_m > limits.param4)
        )
