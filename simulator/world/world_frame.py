"""Metres north and east of the world's origin, for many places at once, reckoned as the vehicles reckon theirs."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.local_frame import METRES_PER_DEGREE, longitude_scale

LatLon = tuple[float, float]
"""Degrees, WGS-84."""
Floats = NDArray[np.float64]
Points = Sequence[LatLon]


class WorldFrame:
    """A plane that touches the earth at the origin.

    Parameters
    ----------
    lat_deg, lon_deg : float
    """

    def __init__(self, lat_deg: float, lon_deg: float) -> None:
        self.lat_deg = lat_deg
        self.lon_deg = lon_deg
        self._metres_per_lon_deg = METRES_PER_DEGREE * longitude_scale(lat_deg)

    def to_metres(self, lat_deg: Any, lon_deg: Any) -> tuple[Floats, Floats]:
        """Metres north and east; takes the short way over the date line."""
        lon_difference_deg = (np.asarray(lon_deg, float) - self.lon_deg + 180.0) % 360.0 - 180.0
        north_m = (np.asarray(lat_deg, float) - self.lat_deg) * METRES_PER_DEGREE
        return north_m, lon_difference_deg * self._metres_per_lon_deg

    def to_degrees(self, north_m: Any, east_m: Any) -> tuple[Floats, Floats]:
        """Latitude and longitude in degrees."""
        lat_deg = self.lat_deg + np.asarray(north_m, float) / METRES_PER_DEGREE
        lon_deg = self.lon_deg + np.asarray(east_m, float) / self._metres_per_lon_deg
        return lat_deg, (lon_deg + 180.0) % 360.0 - 180.0

    def xy_m(self, places: Points) -> Floats:
        """East and north of places in degrees, shape (n, 2), as shapely takes them."""
        lat_lon = np.asarray(places, float).reshape(-1, 2)
        north_m, east_m = self.to_metres(lat_lon[:, 0], lat_lon[:, 1])
        return np.column_stack((east_m, north_m))
