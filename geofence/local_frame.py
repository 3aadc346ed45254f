"""A plane in metres around a point."""

from functools import cached_property

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Proj
from shapely.geometry.base import BaseGeometry

from geofence.latlon import LatLon


class LocalFrame:
    """Azimuthal equidistant plane around `origin`: x east, y north, metres, WGS-84.

    Distances and azimuths from the origin are exact. Between two other points within r of it the scale
    error stays below r^2 / 6 R^2, i.e. under 1 cm in 20 km for r = 10 km (Snyder, Map Projections, 1987, ch. 25).

    Parameters
    ----------
    origin : LatLon
        Where x = y = 0.
    """

    def __init__(self, origin: LatLon) -> None:
        self.origin = origin

    @cached_property
    def _projection(self) -> Proj:
        return Proj(proj="aeqd", lat_0=self.origin.lat_deg, lon_0=self.origin.lon_deg, ellps="WGS84")

    def xy_m(self, lat_deg: ArrayLike, lon_deg: ArrayLike) -> NDArray[np.float64]:
        """Project positions; shape (n, 2), east then north."""
        x_m, y_m = self._projection(np.atleast_1d(lon_deg), np.atleast_1d(lat_deg))
        return np.column_stack((x_m, y_m))

    def point_xy_m(self, position: LatLon) -> tuple[float, float]:
        """Project one position."""
        x_m, y_m = self._projection(position.lon_deg, position.lat_deg)
        return float(x_m), float(y_m)

    def latlon_deg(self, xy_m: ArrayLike) -> NDArray[np.float64]:
        """Unproject points of shape (n, 2); returns shape (n, 2), latitude then longitude."""
        xy = np.asarray(xy_m, dtype=np.float64).reshape(-1, 2)
        lon_deg, lat_deg = self._projection(xy[:, 0], xy[:, 1], inverse=True)
        return np.column_stack((lat_deg, lon_deg))

    def position(self, x_m: float, y_m: float) -> LatLon:
        """Unproject one point."""
        lon_deg, lat_deg = self._projection(x_m, y_m, inverse=True)
        return LatLon(float(lat_deg), float(lon_deg))

    def project(self, geometry: BaseGeometry) -> BaseGeometry:
        """Project a geometry of longitude, latitude degrees into the plane."""
        return shapely.transform(geometry, lambda lonlat: self.xy_m(lonlat[:, 1], lonlat[:, 0]))

    def unproject(self, geometry: BaseGeometry) -> BaseGeometry:
        """Bring a planar geometry back to longitude, latitude degrees."""
        return shapely.transform(geometry, lambda xy: self.latlon_deg(xy)[:, ::-1])
