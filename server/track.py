"""Where a drone has been, thinned to what a map can show."""

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame

SPACING_M = 2.0
POINTS_MAX = 2000


class Track:
    """Positions at least `spacing_m` apart; when full, every second one goes and the spacing doubles."""

    __slots__ = ("_frame", "_last_xy_m", "_spacing_m", "points")

    def __init__(self) -> None:
        self.points: list[tuple[float, float]] = []
        self._frame: LocalFrame | None = None
        self._last_xy_m = (0.0, 0.0)
        self._spacing_m = SPACING_M

    def add(self, position: LatLon) -> None:
        """Take one position in, if it is far enough from the last one kept."""
        if self._frame is None:
            self._frame = LocalFrame(position)
        else:
            x_m, y_m = self._frame.point_xy_m(position)
            if (x_m - self._last_xy_m[0]) ** 2 + (y_m - self._last_xy_m[1]) ** 2 < self._spacing_m**2:
                return
            self._last_xy_m = (x_m, y_m)
        self.points.append((round(position.lat_deg, 7), round(position.lon_deg, 7)))
        if len(self.points) > POINTS_MAX:
            self.points = self.points[::2]
            self._spacing_m *= 2.0
