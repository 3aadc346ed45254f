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

_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class Circle:
    """All places within `radius_m` of `centre`, along the ellipsoid.

    Raises
    ------
    GeofenceError
        For a radius that is no length.
    """

    centre: LatLon
    radius_m: float

    def __post_init__(self) -> None:
        if not 0.0 < self.radius_m <= 1_000_000.0:
            raise GeofenceError(
                f"a circle cannot have a radius of {self.radius_m:g} m",
                remedy="Give a radius of more than 0 m and at most 1,000 km",
            )

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
        vertices = 4 * math.ceil(math.pi / half_chord_rad(self.radius_m) / 4)
        # A millionth more holds the sag of edges that are straight in degrees and what rounding takes.
        radius_m = (
            self.radius_m / math.cos(math.pi / vertices) * (1.0 + 1e-6)
            if is_outside
            else self.radius_m * (1.0 - 1e-6)
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


def half_chord_rad(radius_m: float) -> float:
    """Give half the angle that an edge of the polygon of a circle may span at most."""
    sagitta_m = min(max(radius_m * SAGITTA_SHARE, SAGITTA_M[0]), SAGITTA_M[1])
    return math.acos(max(1.0 - sagitta_m / radius_m, math.cos(math.pi / 32)))
