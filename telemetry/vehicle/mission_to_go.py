"""How far and how long it is still to go, by the mission that is known to be on board."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyproj import Geod

from geofence.latlon import LatLon
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.vehicle.vehicle_state import VehicleState

_NAV_WAYPOINT, _NAV_RETURN_TO_LAUNCH = 16, 20
_PLACED = frozenset({16, 17, 18, 19, 21, 22, 82})
"""Navigation commands with a place."""
_GEOD = Geod(ellps="WGS84")
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
        self.items = tuple(items)
        places: list[tuple[int, LatLon | None]] = []
        for item in self.items[1:]:
            if item.command == _NAV_RETURN_TO_LAUNCH:
                places.append((item.seq, None))
            elif item.command in _PLACED and (item.x or item.y):
                places.append((item.seq, LatLon(item.x / 1e7, item.y / 1e7)))
        self._places = places

    def to_go(self, state: VehicleState) -> ToGo | None:
        """Give what is left for a vehicle that flies it; None where that cannot be told."""
        if state.position is None or state.mission_seq is None or not self._places:
            return None
        before, left_m = state.position, 0.0
        for seq, place in self._places:
            if seq < state.mission_seq:
                continue
            there = place or state.home or before
            left_m += float(_GEOD.inv(before.lon_deg, before.lat_deg, there.lon_deg, there.lat_deg)[2])
            before = there
        speed_m_s = state.ground_speed_m_s or 0.0
        return ToGo(left_m, left_m / speed_m_s if speed_m_s > SLOWEST_M_S else None)
