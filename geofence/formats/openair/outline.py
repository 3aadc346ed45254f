"""The shape of an airspace: points, arcs and circles."""

import math
from typing import Any

import numpy as np
import shapely
from pyproj import Geod
from shapely import MultiPolygon, Polygon

from geofence.circle import Circle, half_chord_rad
from geofence.formats.repair_log import RepairLog
from geofence.formats.ring import area_from_polygons
from geofence.formats.rings.readings import as_area
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from geofence.zone import ZoneKind

NAUTICAL_MILE_M = 1852.0

_GEOD = Geod(ellps="WGS84")
_RADII_APART_SHARE, _RADII_APART_M = 0.1, 500.0
"""What the ends of an arc may differ in their distance from its centre; more is another arc than was meant."""


class AirspaceOutline:
    """Collects what the records of one airspace draw.

    Arcs are drawn twice, with chords within and tangents without, and the area is all that either outline encloses:
    it holds the true one whichever way the arc bends, and strays from it as little as a `Circle` does.

    Attributes
    ----------
    circles : list of Circle
    """

    def __init__(self) -> None:
        self.circles: list[Circle] = []
        self._within: list[tuple[float, float]] = []
        self._without: list[tuple[float, float]] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing was drawn."""
        return not self.circles and not self._within

    def add_point(self, position: LatLon) -> None:
        """Draw an edge to a position; one that is there already is where an arc met its neighbour."""
        for ring in (self._within, self._without):
            if not ring or ring[-1] != (position.lon_deg, position.lat_deg):
                ring.append((position.lon_deg, position.lat_deg))

    def add_arc_between(
        self, centre: LatLon, start: LatLon, end: LatLon, *, is_clockwise: bool, place: str
    ) -> None:
        """Draw an arc from one position to another.

        Raises
        ------
        GeofenceError
            Where they are not equally far from the centre, or in it.
        """
        azimuths_deg, radii_m = [], []
        for position in (start, end):
            azimuth_deg, _, radius_m = _GEOD.inv(
                centre.lon_deg, centre.lat_deg, position.lon_deg, position.lat_deg
            )
            azimuths_deg.append(azimuth_deg)
            radii_m.append(radius_m)
        allowed_m = max(_RADII_APART_SHARE * max(radii_m), _RADII_APART_M)
        if min(radii_m) <= 0.0 or abs(radii_m[0] - radii_m[1]) > allowed_m:
            raise GeofenceError(
                f"the ends of the arc are {radii_m[0]:,.0f} m and {radii_m[1]:,.0f} m from its centre",
                place=place,
                remedy="Give ends that are equally far from the centre in V X=",
            )
        self.add_point(start)
        self._add_arc(centre, min(radii_m), max(radii_m), *azimuths_deg, is_clockwise=is_clockwise)
        self.add_point(end)

    def add_arc(
        self, centre: LatLon, radius_m: float, start_deg: float, end_deg: float, *, is_clockwise: bool
    ) -> None:
        """Draw an arc from one azimuth to another; between equal ones it is a whole circle."""
        start, end = (_at(centre, radius_m, azimuth_deg) for azimuth_deg in (start_deg, end_deg))
        self.add_point(start)
        self._add_arc(centre, radius_m, radius_m, start_deg, end_deg, is_clockwise=is_clockwise)
        self.add_point(end)

    def area(
        self, *, kind: ZoneKind, zone_id: str, place: str, log: RepairLog
    ) -> Polygon | MultiPolygon | None:
        """Make the area of the points and arcs, or None where there are only circles.

        Raises
        ------
        GeofenceError
            Where they enclose nothing.
        """
        if not self._within:
            return None
        about: dict[str, Any] = {"kind": kind, "zone_id": zone_id, "place": place}
        area = area_from_polygons([[_ring(self._within)]], log=log, **about)
        if self._without == self._within:
            return area
        # What there is to mend in it was reported of its twin.
        return as_area(
            shapely.union(
                area, area_from_polygons([[_ring(self._without)]], log=RepairLog(log.source), **about)
            )
        )

    def _add_arc(
        self,
        centre: LatLon,
        least_m: float,
        most_m: float,
        start_deg: float,
        end_deg: float,
        *,
        is_clockwise: bool,
    ) -> None:
        turn_deg = (end_deg - start_deg) % 360.0 if is_clockwise else -((start_deg - end_deg) % 360.0)
        if turn_deg == 0.0:
            turn_deg = 360.0 if is_clockwise else -360.0
        chords = max(1, math.ceil(math.radians(abs(turn_deg)) / (2.0 * half_chord_rad(most_m))))
        step_deg = turn_deg / chords
        # A millionth more holds the sag of edges that are straight in degrees and what rounding takes.
        outside_m = most_m / math.cos(math.radians(step_deg) / 2.0) * (1.0 + 1e-6)
        for ring, radius_m, shares in (
            (self._within, least_m * (1.0 - 1e-6), np.arange(1.0, chords)),
            (self._without, outside_m, np.arange(0.5, chords)),
        ):
            count = len(shares)
            lon_deg, lat_deg, _ = _GEOD.fwd(
                np.full(count, centre.lon_deg),
                np.full(count, centre.lat_deg),
                start_deg + step_deg * shares,
                np.full(count, radius_m),
            )
            ring += zip(lon_deg.tolist(), lat_deg.tolist(), strict=True)


def _at(centre: LatLon, radius_m: float, azimuth_deg: float) -> LatLon:
    lon_deg, lat_deg, _ = _GEOD.fwd(centre.lon_deg, centre.lat_deg, azimuth_deg, radius_m)
    return LatLon(lat_deg, lon_deg)


def _ring(vertices: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Close a ring, counter-clockwise: the format asks for neither."""
    lon_deg, lat_deg = np.array(vertices).T
    lon_deg = lon_deg[0] + (lon_deg - lon_deg[0] + 180.0) % 360.0 - 180.0
    x_deg, y_deg = lon_deg - lon_deg[0], lat_deg - lat_deg[0]
    is_clockwise = np.dot(x_deg, np.roll(y_deg, -1)) < np.dot(y_deg, np.roll(x_deg, -1))
    ring = vertices[::-1] if is_clockwise else list(vertices)
    return ring if ring[0] == ring[-1] else [*ring, ring[0]]
