"""All other aircraft that a station hears, without I/O: messages in, events out."""

import math
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geofence.latlon import LatLon
from telemetry.traffic.aircraft import (
    REMOTE_ID,
    Aircraft,
    adsb_aircraft,
    located,
    position_e7,
    remote_id_of,
    serial_of,
)
from telemetry.wire.dialect import definition_of
from telemetry.wire.message import Message

EXPIRY_S = 60.0
AIRCRAFT_AT_MOST = 2_000
NEAR_M, NEAR_VERTICAL_M = 2_000.0, 300.0
CLEAR_FACTOR = 1.2
"""What was near is so only until it is this much farther."""
HEARD = frozenset(
    definition_of(name).msg_id
    for name in (
        "ADSB_VEHICLE",
        "OPEN_DRONE_ID_BASIC_ID",
        "OPEN_DRONE_ID_LOCATION",
        "OPEN_DRONE_ID_SYSTEM",
        "OPEN_DRONE_ID_OPERATOR_ID",
    )
)

_EARTH_RADIUS_M = 6_371_000.0


@dataclass(frozen=True, slots=True)
class OwnDrone:
    """One of our drones as far as traffic matters to it; its altitude is above mean sea level."""

    position: LatLon
    alt_amsl_m: float | None
    is_flying: bool


@dataclass(frozen=True, slots=True)
class Appeared:
    """An aircraft is heard for the first time."""

    aircraft: Aircraft


@dataclass(frozen=True, slots=True)
class Near:
    """An aircraft came near one of our drones."""

    aircraft: Aircraft
    drone_id: str
    distance_m: float
    vertical_m: float | None


@dataclass(frozen=True, slots=True)
class Cleared:
    """It is no longer near."""

    aircraft: Aircraft
    drone_id: str


@dataclass(frozen=True, slots=True)
class Expired:
    """An aircraft was not heard for `EXPIRY_S`."""

    aircraft: Aircraft


TrafficHappening = Appeared | Near | Cleared | Expired


def distance_m(one: LatLon, other: LatLon) -> float:
    """Give the distance over a sphere."""
    lat, other_lat = math.radians(one.lat_deg), math.radians(other.lat_deg)
    half_lat = math.sin((other_lat - lat) / 2.0)
    half_lon = math.sin(math.radians(other.lon_deg - one.lon_deg) / 2.0)
    return (
        2.0
        * _EARTH_RADIUS_M
        * math.asin(min(1.0, math.sqrt(half_lat**2 + math.cos(lat) * math.cos(other_lat) * half_lon**2)))
    )


class _Places:
    """Where many aircraft are, for those that may be near a place to be found fast."""

    def __init__(self, aircraft: Sequence[Aircraft]) -> None:
        self._aircraft = [one for one in aircraft if one.position is not None]
        places = [one.position for one in self._aircraft if one.position is not None]
        self._lats_deg = np.array([place.lat_deg for place in places])
        self._lons_deg = np.array([place.lon_deg for place in places])

    def within(self, reach_m: float, place: LatLon) -> list[Aircraft]:
        """Give all that are so near, and some that are not."""
        # A degree of latitude is at least 110 km; near the poles one of longitude is nothing.
        lat_reach_deg = reach_m / 110_000.0
        lon_reach_deg = lat_reach_deg / max(
            1e-6, math.cos(math.radians(min(90.0, abs(place.lat_deg) + lat_reach_deg)))
        )
        lon_apart_deg = np.abs((self._lons_deg - place.lon_deg + 180.0) % 360.0 - 180.0)
        is_candidate = (np.abs(self._lats_deg - place.lat_deg) <= lat_reach_deg) & (
            lon_apart_deg <= lon_reach_deg
        )
        return [self._aircraft[at] for at in np.flatnonzero(is_candidate)]


class TrafficPicture:
    """Keeps the aircraft heard of late, and tells which come near our drones.

    Altitudes of others are by pressure or above the ellipsoid, ours above mean sea level: they differ by up to a hundred metres and
    more, so that what is near in height is meant widely, and an aircraft without an altitude counts as near.

    Parameters
    ----------
    near_m, near_vertical_m : float
        Both must be fallen below.

    Attributes
    ----------
    aircraft : dict of str to Aircraft
        By id.
    """

    def __init__(self, *, near_m: float = NEAR_M, near_vertical_m: float = NEAR_VERTICAL_M) -> None:
        self.near_m, self.near_vertical_m = near_m, near_vertical_m
        self.aircraft: dict[str, Aircraft] = {}
        self._unplaced: dict[str, Aircraft] = {}
        self._own_serials: set[str] = set()
        self._own_ids: set[str] = set()
        self._near: set[tuple[str, str]] = set()
        self._events: deque[TrafficHappening] = deque()

    def receive_message(self, message: Message, now_s: float) -> None:
        """Take what a vehicle or a receiver hears of others; what tells of the sender itself is left alone."""
        if message.name == "ADSB_VEHICLE":
            aircraft = adsb_aircraft(message, now_s)
            if aircraft is not None:
                self._keep(aircraft)
            return
        sender = remote_id_of(message)
        if not sender:
            self._note_own(message)
        else:
            self._receive_remote_id(f"rid-{sender}", message, now_s)

    def _note_own(self, message: Message) -> None:
        """Take note of one of our drones' own serial number: others may hear it, and it is no traffic."""
        if message.name == "OPEN_DRONE_ID_BASIC_ID" and (serial := serial_of(message)):
            if len(self._own_serials) < AIRCRAFT_AT_MOST:
                self._own_serials.add(serial)
            for aircraft in list(self.aircraft.values()):
                if aircraft.name == serial:
                    self._leave_out(aircraft)

    def _leave_out(self, own: Aircraft) -> None:
        if len(self._own_ids) < AIRCRAFT_AT_MOST:
            self._own_ids.add(own.traffic_id)
        self.aircraft.pop(own.traffic_id, None)
        self._unplaced.pop(own.traffic_id, None)

    def near(self) -> dict[str, tuple[str, ...]]:
        """Give the drones that aircraft are near to, by the aircraft's ids."""
        found: dict[str, list[str]] = {}
        for traffic_id, drone_id in sorted(self._near):
            found.setdefault(traffic_id, []).append(drone_id)
        return {traffic_id: tuple(drone_ids) for traffic_id, drone_ids in found.items()}

    def observe(self, drones: Mapping[str, OwnDrone], now_s: float) -> None:
        """Forget what is heard no more, and measure the others against our drones."""
        for kept in (self.aircraft, self._unplaced):
            for traffic_id, aircraft in list(kept.items()):
                if now_s - aircraft.heard_s > EXPIRY_S:
                    del kept[traffic_id]
                    if kept is self.aircraft:
                        self._events.append(Expired(aircraft))
        self._near = {pair for pair in self._near if pair[0] in self.aircraft and pair[1] in drones}
        near: defaultdict[str, list[str]] = defaultdict(list)
        for traffic_id, drone_id in self._near:
            near[drone_id].append(traffic_id)
        places = _Places(list(self.aircraft.values()))
        for drone_id, drone in drones.items():
            for traffic_id in near[drone_id]:
                self._measure(drone_id, drone, self.aircraft[traffic_id])
            if drone.is_flying:
                for aircraft in places.within(self.near_m, drone.position):
                    self._measure(drone_id, drone, aircraft)

    def next_event(self) -> TrafficHappening | None:
        """Hand out the next event, or None."""
        return self._events.popleft() if self._events else None

    def _measure(self, drone_id: str, drone: OwnDrone, aircraft: Aircraft) -> None:
        pair = aircraft.traffic_id, drone_id
        was_near = pair in self._near
        assert aircraft.position is not None
        factor = CLEAR_FACTOR if was_near else 1.0
        reach_m = self.near_m * factor
        away_m = distance_m(aircraft.position, drone.position)
        vertical_m = (
            None if aircraft.alt_m is None or drone.alt_amsl_m is None else aircraft.alt_m - drone.alt_amsl_m
        )
        is_level = vertical_m is None or abs(vertical_m) <= self.near_vertical_m * factor
        is_near = drone.is_flying and not aircraft.is_on_ground and away_m <= reach_m and is_level
        if is_near and not was_near:
            self._near.add(pair)
            self._events.append(Near(aircraft, drone_id, away_m, vertical_m))
        elif was_near and not is_near:
            self._near.discard(pair)
            self._events.append(Cleared(aircraft, drone_id))

    def _receive_remote_id(self, traffic_id: str, message: Message, now_s: float) -> None:
        if traffic_id in self._own_ids:
            return
        known = self.aircraft.get(traffic_id) or self._unplaced.get(traffic_id)
        if known is None:
            name = traffic_id.removeprefix("rid-")
            known = Aircraft(traffic_id=traffic_id, source=REMOTE_ID, name=name, heard_s=now_s)
        match message.name:
            case "OPEN_DRONE_ID_LOCATION":
                known = replace(known, **located(known, message, now_s))  # type: ignore[arg-type]
            case "OPEN_DRONE_ID_BASIC_ID":
                known = replace(known, name=serial_of(message) or known.name)
            case "OPEN_DRONE_ID_OPERATOR_ID":
                known = replace(known, operator_id=message.operator_id)
            case "OPEN_DRONE_ID_SYSTEM":
                operator = position_e7(message.operator_latitude, message.operator_longitude)
                known = replace(known, operator=operator or known.operator)
        if known.name in self._own_serials:
            self._leave_out(known)
        else:
            self._keep(known)

    def _keep(self, aircraft: Aircraft) -> None:
        traffic_id = aircraft.traffic_id
        if aircraft.position is None:
            if len(self._unplaced) < AIRCRAFT_AT_MOST:
                self._unplaced[traffic_id] = aircraft
            return
        known = self.aircraft.get(traffic_id)
        if known is None:
            if len(self.aircraft) >= AIRCRAFT_AT_MOST:
                return
            self._unplaced.pop(traffic_id, None)
            self._events.append(Appeared(aircraft))
        elif aircraft.heard_s < known.heard_s:
            # Another receiver heard it later.
            return
        self.aircraft[traffic_id] = aircraft
