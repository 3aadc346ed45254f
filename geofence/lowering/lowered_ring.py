"""One polygon on its way into an autopilot."""

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.plane.boundary import filled_parts
from geofence.plane.planar_zones import polygonal

ROUNDING_M = 0.02
"""Given up everywhere: vertices are rounded to the 1e-7 degree (0.8 cm) of the wire."""

_DIGITS = 7


class LoweredRing:
    """One polygon of the fence, simplified as far as the route lets it be.

    Attributes
    ----------
    places : tuple of LatLon
        The best ring so far; empty before there is one.
    held : Polygon
        That ring in the plane.
    moved_m : float
        How far its outline may lie from the true one.
    """

    def __init__(self, outline: Polygon, *, is_bounds: bool, zone_id: str = "") -> None:
        self.outline = outline
        self.is_bounds = is_bounds
        self.zone_id = zone_id
        self.places: tuple[LatLon, ...] = ()
        self.held = Polygon()
        self.moved_m = 0.0
        self._is_done = False

    @property
    def given_up_m2(self) -> float:
        """The legal ground that the ring takes away."""
        return abs(float(self.outline.area) - float(self.held.area))

    def simplify(self, tolerance_m: float, route: BaseGeometry, kept_m: float, frame: LocalFrame) -> None:
        """Try a tolerance; keeps what is conservative, takes fewer vertices and leaves the route free.

        Parameters
        ----------
        tolerance_m : float
            Not smaller than the one before.
        kept_m : float
            The distance to leave the route.
        """
        if self._is_done:
            return
        moved_m = ROUNDING_M + tolerance_m
        parts, _ = filled_parts(_moved(self.outline, -moved_m if self.is_bounds else moved_m))
        if not len(parts):
            self._is_done = True
            return
        simple = _fewer(parts[int(np.argmin(shapely.distance(parts, route)))], tolerance_m)
        places = _ring(simple, frame)
        if self.places and len(places) >= len(self.places):
            return
        # Judged as the autopilot will hold it: rounded, its edges straight in latitude and longitude.
        held = frame.project_area(Polygon([(place.lon_deg, place.lat_deg) for place in places]))
        if not held.is_valid:
            return
        if not shapely.covers(*((self.outline, held) if self.is_bounds else (held, self.outline))):
            return
        is_free = shapely.covers(held, route) if self.is_bounds else shapely.disjoint(held, route)
        if is_free and route.distance(held.exterior) >= kept_m:
            self.places, self.held, self.moved_m = places, held, 2.0 * tolerance_m
        else:
            self._is_done = True


def _moved(area: Polygon, distance_m: float) -> Polygon | MultiPolygon:
    """Move the outline by at least a distance; mitred corners lie outside the round ones, and take no vertices."""
    return polygonal(shapely.buffer(area, distance_m, join_style="mitre", mitre_limit=2.0))


def _fewer(area: Polygon, tolerance_m: float) -> Polygon:
    """Drop vertices; the outline moves by no more than the tolerance (Douglas and Peucker, 1973)."""
    simple = shapely.simplify(Polygon(area.exterior), max(tolerance_m, 0.2 * ROUNDING_M))
    return simple if isinstance(simple, Polygon) and not simple.is_empty else area


def _ring(area: Polygon, frame: LocalFrame) -> tuple[LatLon, ...]:
    degrees = np.round(frame.latlon_deg(shapely.get_coordinates(area.exterior)[:-1]), _DIGITS)
    return tuple(LatLon(float(lat_deg), float(lon_deg)) for lat_deg, lon_deg in degrees)
