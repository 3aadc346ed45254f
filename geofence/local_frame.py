"""A plane in metres around a point."""

import math
from collections.abc import Iterable
from functools import cached_property
from typing import Self

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Proj
from shapely.geometry.base import BaseGeometry

from geofence.latlon import LatLon

EDGE_SAG_M = 0.005
"""How far a projected edge may lie from the straight longitude-latitude line of GeoJSON (RFC 7946, 3.1.1)."""

_EARTH_RADIUS_M = 6_371_008.8
_DEGREE_M = 111_195.0


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

    @classmethod
    def around(cls, positions: Iterable[LatLon]) -> Self:
        """Put a plane around the middle of the box round some positions; 179 and -179 degrees are neighbours."""
        places = list(positions)
        if not places:
            return cls(LatLon(0.0, 0.0))
        lats_deg = [place.lat_deg for place in places]
        first_deg = places[0].lon_deg
        turns_deg = [(place.lon_deg - first_deg + 180.0) % 360.0 - 180.0 for place in places]
        lon_deg = first_deg + 0.5 * (min(turns_deg) + max(turns_deg))
        return cls(LatLon(0.5 * (min(lats_deg) + max(lats_deg)), (lon_deg + 180.0) % 360.0 - 180.0))

    def __repr__(self) -> str:
        return f"LocalFrame({self.origin})"

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
        return np.column_stack((np.clip(lat_deg, -90.0, 90.0), np.clip(lon_deg, -180.0, 180.0)))

    def position(self, x_m: float, y_m: float) -> LatLon:
        """Unproject one point."""
        lat_deg, lon_deg = self.latlon_deg((x_m, y_m))[0]
        return LatLon(float(lat_deg), float(lon_deg))

    def project(self, geometry: BaseGeometry) -> BaseGeometry:
        """Project the vertices of a geometry of longitude, latitude degrees into the plane."""
        return shapely.transform(geometry, lambda lonlat: self.xy_m(lonlat[:, 1], lonlat[:, 0]))

    def project_all(self, geometries: NDArray[np.object_]) -> NDArray[np.object_]:
        """Project the vertices of many geometries at once."""
        planar: NDArray[np.object_] = shapely.transform(
            geometries, lambda lonlat: self.xy_m(lonlat[:, 1], lonlat[:, 0])
        )
        return planar

    def unproject_all(self, geometries: NDArray[np.object_]) -> NDArray[np.object_]:
        """Bring many planar geometries back to longitude, latitude degrees at once."""
        geodetic: NDArray[np.object_] = shapely.transform(geometries, lambda xy: self.latlon_deg(xy)[:, ::-1])
        return geodetic

    def project_area(self, area: BaseGeometry) -> BaseGeometry:
        """Project an area whose edges are straight in longitude and latitude, as GeoJSON's are.

        A straight line of the plane is nearly a geodesic, which leaves a parallel by L^2 tan(lat) / 8 R: long
        edges are split until that is below `EDGE_SAG_M`. Short ones keep exactly their own vertices.
        """
        lat_deg = min(89.0, float(np.abs(np.asarray(area.bounds)[[1, 3]]).max()))
        tangent = max(math.tan(math.radians(lat_deg)), 1e-4)
        edge_m = math.sqrt(8.0 * _EARTH_RADIUS_M * EDGE_SAG_M / tangent)
        return self.project(shapely.segmentize(area, edge_m / _DEGREE_M))

    def unproject(self, geometry: BaseGeometry) -> BaseGeometry:
        """Bring a planar geometry back to longitude, latitude degrees."""
        return shapely.transform(geometry, lambda xy: self.latlon_deg(xy)[:, ::-1])
