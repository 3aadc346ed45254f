"""A circle on the ground."""

import math
from dataclasses import dataclass

import numpy as np
from pyproj import Geod
from shapely import MultiPolygon, Polygon

from geofence.antimeridian import cut_at_antimeridian
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError

SAGITTA_SHARE = 1e-4
"""How far the polygon of a circle may stray from it, as a share of the radius."""
SAGITTA_M = (0.05, 1.0)
"""And the least and the most of that."""

_EARTH_RADIUS_M = 6_356_752.0
"""The polar one: less makes latitudes higher."""
_LAT_AT_MOST_DEG = 89.9

_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class Circle:
    """All places within `radius_m` of `centre`, along the ellipsoid.

    Raises
    ------
    GeofenceError
        For a radius that is no length, and next to a pole, where no polygon in degrees could be drawn of it.
    """

    centre: LatLon
    radius_m: float

    def __post_init__(self) -> None:
        if not 0.0 < self.radius_m <= 1_000_000.0:
            raise GeofenceError(
                f"a circle cannot have a radius of {self.radius_m:g} m",
                remedy="Give a radius of more than 0 m and at most 1,000 km",
            )
        if self._highest_lat_deg > _LAT_AT_MOST_DEG:
            raise GeofenceError(
                f"a circle of {self.radius_m:g} m around {self.centre} holds a pole or comes close to one",
                remedy="Give a smaller circle, or a polygon",
            )

    @property
    def _highest_lat_deg(self) -> float:
        """The latitude, north or south, that it does not reach beyond."""
        return abs(self.centre.lat_deg) + math.degrees(self.radius_m / _EARTH_RADIUS_M)

    def polygon(self, *, is_outside: bool) -> Polygon | MultiPolygon:
        """Draw it as a polygon, longitude and latitude in degrees.

        Parameters
        ----------
        is_outside : bool
            Whether the circle lies within the polygon (for what is forbidden), or the polygon within the circle.

        Returns
        -------
        Polygon, or MultiPolygon across the antimeridian
            It strays from the circle by `SAGITTA_SHARE` of the radius, within `SAGITTA_M`.
        """
        half_chord = half_chord_rad(self.radius_m)
        vertices = 4 * math.ceil(math.pi / half_chord / 4)
        # Near the poles edges that are straight in degrees sag; elsewhere a millionth holds that and what rounding takes.
        spare_m = max(1e-6 * self.radius_m, 2.0 * self._sag_m(self.radius_m * half_chord))
        radius_m = (
            self.radius_m / math.cos(math.pi / vertices) + spare_m if is_outside else self.radius_m - spare_m
        )
        azimuths_deg = -360.0 * np.arange(vertices) / vertices
        lon_deg, lat_deg, _ = _GEOD.fwd(
            np.full(vertices, self.centre.lon_deg),
            np.full(vertices, self.centre.lat_deg),
            azimuths_deg,
            np.full(vertices, radius_m),
        )
        lon_deg = self.centre.lon_deg + (lon_deg - self.centre.lon_deg + 180.0) % 360.0 - 180.0
        return cut_at_antimeridian(Polygon(np.column_stack((lon_deg, lat_deg))))

    def _sag_m(self, half_edge_m: float) -> float:
        """Give how far an edge that is straight in degrees lies from the geodesic: L^2 / 8 * tan(latitude) / R."""
        return half_edge_m**2 / 2.0 * math.tan(math.radians(self._highest_lat_deg)) / _EARTH_RADIUS_M


def half_chord_rad(radius_m: float) -> float:
    """Give half the angle that an edge of the polygon of a circle may span at most."""
    sagitta_m = min(max(radius_m * SAGITTA_SHARE, SAGITTA_M[0]), SAGITTA_M[1])
    return math.acos(max(1.0 - sagitta_m / radius_m, math.cos(math.pi / 32)))
