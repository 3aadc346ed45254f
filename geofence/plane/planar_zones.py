"""Zones laid into a plane, with their limits counted from home."""

from collections.abc import Iterable
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from geofence.local_frame import LocalFrame
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet

REACH_DEG = 3.0
"""Zones are cut to the box of this many degrees of latitude (330 km) round the frame's origin."""

SEAM_M = 0.01
"""Gaps between inclusion zones up to twice this wide are seams, not boundaries."""

ALTITUDE_TOLERANCE_M = 0.001


class ZoneLayer:
    """The zones of one kind in a plane, one row for each of their volumes.

    Parameters
    ----------
    zones : iterable of Zone
    frame : LocalFrame
    home_alt_amsl_m : float or None
        Without it bands above mean sea level are unknown.

    Attributes
    ----------
    zones, volumes : tuples
        Whose each row is.
    areas_xy_m : array of Polygon or MultiPolygon
        Empty where the volume is out of the frame's reach.
    floors_rel_m, ceilings_rel_m : arrays
        Above home; infinite where unbounded, NaN where unknown.
    tree : STRtree
        Of `areas_xy_m`.
    """

    def __init__(self, zones: Iterable[Zone], frame: LocalFrame, home_alt_amsl_m: float | None) -> None:
        rows = [(zone, volume) for zone in zones for volume in zone.volumes]
        self.zones = tuple(zone for zone, _ in rows)
        self.volumes = tuple(volume for _, volume in rows)
        self.areas_xy_m: NDArray[np.object_] = np.empty(len(rows), dtype=object)
        self.areas_xy_m[:] = [planar_area(volume.area, frame) for volume in self.volumes]
        limits = [volume.band.limits_rel_m(home_alt_amsl_m) for volume in self.volumes]
        self.floors_rel_m, self.ceilings_rel_m = np.array(limits, dtype=np.float64).reshape(-1, 2).T
        self.tree = STRtree(self.areas_xy_m)
        self._unions: dict[bytes, BaseGeometry] = {}

    def __len__(self) -> int:
        return len(self.zones)

    @cached_property
    def _outlines(self) -> NDArray[np.object_]:
        outlines: NDArray[np.object_] = shapely.boundary(self.areas_xy_m)
        return outlines

    def hold_where_unknown(self) -> None:
        """Let every limit that is unknown be none: the zone holds at all altitudes."""
        self.floors_rel_m = np.where(np.isnan(self.floors_rel_m), -np.inf, self.floors_rel_m)
        self.ceilings_rel_m = np.where(np.isnan(self.ceilings_rel_m), np.inf, self.ceilings_rel_m)

    def nearest_row(self, xy_m: NDArray[np.float64], is_chosen: NDArray[np.bool_] | None = None) -> int:
        """Return the row, or that of the chosen ones, whose outline runs closest to a point."""
        distances_m = shapely.distance(self._outlines, shapely.Point(xy_m))
        if is_chosen is not None:
            distances_m = np.where(is_chosen, distances_m, np.inf)
        # An area out of reach is empty and has no distance.
        return int(np.argmin(np.nan_to_num(distances_m, nan=np.inf)))

    def union_xy_m(self, is_chosen: NDArray[np.bool_]) -> BaseGeometry:
        """Unite some of the areas; between zones that touch there is no boundary left."""
        key = is_chosen.tobytes()
        if key not in self._unions:
            self._unions[key] = united(self.areas_xy_m[is_chosen])
        return self._unions[key]


class PlanarZones:
    """All zones of a set in one plane.

    Parameters
    ----------
    zones : ZoneSet
    frame : LocalFrame
    home_alt_amsl_m : float or None
        Where a band counted from mean sea level cannot be placed because this is unknown, an exclusion or
        advisory zone holds at all altitudes, and an inclusion zone allows none.
    """

    def __init__(self, zones: ZoneSet, frame: LocalFrame, home_alt_amsl_m: float | None = None) -> None:
        self.frame = frame
        self.inclusions = ZoneLayer(zones.of_kind(ZoneKind.INCLUSION), frame, home_alt_amsl_m)
        self.exclusions = ZoneLayer(zones.of_kind(ZoneKind.EXCLUSION), frame, home_alt_amsl_m)
        self.advisories = ZoneLayer(zones.of_kind(ZoneKind.ADVISORY), frame, home_alt_amsl_m)
        self.exclusions.hold_where_unknown()
        self.advisories.hold_where_unknown()

    def allowing(self, alt_rel_m: float, *, with_floors: bool = True) -> NDArray[np.bool_]:
        """Say which inclusion zones allow an altitude; those of unknown limits do not."""
        layer = self.inclusions
        is_allowing: NDArray[np.bool_] = alt_rel_m <= layer.ceilings_rel_m + ALTITUDE_TOLERANCE_M
        if with_floors:
            is_allowing &= alt_rel_m >= layer.floors_rel_m - ALTITUDE_TOLERANCE_M
        return is_allowing

    def forbidding(self, low_rel_m: float, high_rel_m: float) -> NDArray[np.bool_]:
        """Say which exclusion zones hold anywhere between two altitudes."""
        layer = self.exclusions
        is_forbidding: NDArray[np.bool_] = (layer.floors_rel_m <= high_rel_m) & (
            low_rel_m <= layer.ceilings_rel_m
        )
        return is_forbidding


def planar_area(area: Polygon | MultiPolygon, frame: LocalFrame) -> Polygon | MultiPolygon:
    """Lay an area into a plane, as far as the plane reaches."""
    within = _cut_to_reach(area, frame)
    if within.is_empty:
        return Polygon()
    planar = frame.project_area(within)
    if not planar.is_valid:
        planar = shapely.make_valid(planar)
    parts = shapely.get_parts(planar)
    # The two halves of an area cut at the antimeridian meet here.
    return united(parts) if len(parts) > 1 else polygonal(planar)


def polygonal(geometry: BaseGeometry) -> Polygon | MultiPolygon:
    """Keep what has an area."""
    if isinstance(geometry, Polygon | MultiPolygon):
        return geometry
    parts = [part for part in shapely.get_parts(geometry) if isinstance(part, Polygon | MultiPolygon)]
    return shapely.union_all(parts) if parts else Polygon()


def _cut_to_reach(area: Polygon | MultiPolygon, frame: LocalFrame) -> BaseGeometry:
    lat_deg, lon_deg = frame.origin.lat_deg, frame.origin.lon_deg
    south_deg, north_deg = lat_deg - REACH_DEG, lat_deg + REACH_DEG
    cosine = np.cos(np.radians(min(90.0, max(abs(south_deg), abs(north_deg)))))
    half_deg = min(180.0, REACH_DEG / max(float(cosine), 1e-6))
    west_deg, area_south_deg, east_deg, area_north_deg = area.bounds
    if (
        lon_deg - half_deg <= west_deg
        and east_deg <= lon_deg + half_deg
        and south_deg <= area_south_deg
        and area_north_deg <= north_deg
    ):
        return area
    # The box may stick out beyond 180 degrees: what lies there is written one turn of the earth away.
    boxes = [
        shapely.box(lon_deg - half_deg + turn, south_deg, lon_deg + half_deg + turn, north_deg)
        for turn in (-360.0, 0.0, 360.0)
    ]
    parts = [polygonal(shapely.intersection(area, box)) for box in boxes]
    return MultiPolygon([part for polygon in parts for part in shapely.get_parts(polygon)])


def united(areas: NDArray[np.object_], seam: float = SEAM_M) -> Polygon | MultiPolygon:
    """Unite areas and close the seams between them, up to twice `seam` wide."""
    union = polygonal(shapely.union_all(areas))
    if len(areas) < 2:
        return union
    neighbours = STRtree(areas).query(areas, predicate="dwithin", distance=2.0 * seam)
    if not np.any(neighbours[0] != neighbours[1]):
        return union
    grown = shapely.buffer(union, seam, join_style="mitre", mitre_limit=50.0)
    return polygonal(shapely.buffer(grown, -seam, join_style="mitre", mitre_limit=50.0))
