"""How far and how long it is still to go, by the mission that is known to be on board."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from pyproj import Geod

from geofence.latlon import LatLon
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.vehicle.vehicle_state import VehicleState

_NAV_RETURN_TO_LAUNCH = 20
_PLACED = frozenset({16, 17, 18, 19, 20, 21, 22, 82})
"""Navigation commands that lead to a place."""
_GEOD = Geod(ellps="WGS84")
_M_PER_DEG = 111_195.0
"""On a sphere: half a percent is near enough for what is left of one leg."""
SLOWEST_M_S = 0.5


@dataclass(frozen=True, slots=True)
class ToGo:
    """What is left of a mission; `time_s` is None while the vehicle stands."""

    distance_m: float
    time_s: float | None


class MissionOnBoard:
    """The way from each item on to the end, laid out once a mission.

    Parameters
    ----------
    items : sequence of WireItem
        Item 0 is home.
    """

    def __init__(self, items: Sequence[WireItem]) -> None:
        self._seqs: list[int] = []
        self._places: list[LatLon] = []
        home = _place(items[0]) if items else None
        for item in items[1:]:
            place = home if item.command == _NAV_RETURN_TO_LAUNCH else _place(item)
            if place is not None and item.command in _PLACED:
                self._seqs.append(item.seq)
                self._places.append(place)
        self._left_m = [0.0] * len(self._places)
        for number in range(len(self._places) - 2, -1, -1):
            start, end = self._places[number], self._places[number + 1]
            leg_m = float(_GEOD.inv(start.lon_deg, start.lat_deg, end.lon_deg, end.lat_deg)[2])
            self._left_m[number] = self._left_m[number + 1] + leg_m

    def to_go(self, state: VehicleState) -> ToGo | None:
        """Give what is left for a vehicle that flies it; None where that cannot be told."""
        if state.position is None or state.mission_seq is None:
            return None
        number = bisect_left(self._seqs, state.mission_seq)
        if number == len(self._seqs):
            return None
        here, there = state.position, self._places[number]
        north_deg = there.lat_deg - here.lat_deg
        east_deg = ((there.lon_deg - here.lon_deg + 180.0) % 360.0 - 180.0) * math.cos(
            math.radians(here.lat_deg)
        )
        left_m = self._left_m[number] + _M_PER_DEG * math.hypot(north_deg, east_deg)
        speed_m_s = state.ground_speed_m_s or 0.0
        return ToGo(left_m, left_m / speed_m_s if speed_m_s > SLOWEST_M_S else None)


def _place(item: WireItem) -> LatLon | None:
    return LatLon(item.x / 1e7, item.y / 1e7) if item.x or item.y else None
