"""Where a drone has been, thinned to what a map can show."""

import math

from geofence.latlon import LatLon

SPACING_M = 2.0
POINTS_MAX = 2000
METRES_A_DEGREE = 111_320.0


class Track:
    """Positions at least `spacing_m` apart; when full, every second one goes and the spacing doubles."""

    __slots__ = ("_last", "_spacing_m", "points")

    def __init__(self) -> None:
        self.points: list[tuple[float, float]] = []
        self._last: LatLon | None = None
        self._spacing_m = SPACING_M

    def add(self, position: LatLon) -> None:
        """Take one position in, if it is far enough from the last one kept."""
        if self._last is not None and _rough_distance_m(self._last, position) < self._spacing_m:
            return
        self._last = position
        self.points.append((round(position.lat_deg, 7), round(position.lon_deg, 7)))
        if len(self.points) > POINTS_MAX:
            self.points = self.points[::2]
            self._spacing_m *= 2.0


def _rough_distance_m(a: LatLon, b: LatLon) -> float:
    """Give a distance to 1 %, which is enough to thin a line."""
    north_m = (b.lat_deg - a.lat_deg) * METRES_A_DEGREE
    east_m = (b.lon_deg - a.lon_deg) * METRES_A_DEGREE * math.cos(math.radians(a.lat_deg))
    return math.hypot(north_m, east_m)
