"""Zones laid into a plane, with their limits counted from home."""

from collections.abc import Iterable
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from geofence.altitude_band import AltitudeDatum
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
        self._unions: dict[tuple[bytes, ...], BaseGeometry] = {}
        self._climbed: dict[bool, NDArray[np.object_]] = {}

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

    def union_xy_m(
        self,
        is_chosen: NDArray[np.bool_],
        is_climbed: NDArray[np.bool_] | None = None,
        *,
        is_level: bool = True,
    ) -> BaseGeometry:
        """Unite some of the areas; between zones that touch there is no boundary left.

        Parameters
        ----------
        is_chosen : array of bool
        is_climbed : array of bool, optional
            Those of them that are come into from below their floor: only where there is no gap beneath.
        is_level : bool
            See `climbed_areas_xy_m`.
        """
        if is_climbed is None or not (is_chosen & is_climbed).any():
            key: tuple[bytes, ...] = (is_chosen.tobytes(),)
            areas = self.areas_xy_m
        else:
            key = is_chosen.tobytes(), is_climbed.tobytes(), bytes([is_level])
            areas = np.where(is_climbed, self.climbed_areas_xy_m(is_level=is_level), self.areas_xy_m)
        if key not in self._unions:
            self._unions[key] = united(areas[is_chosen])
        return self._unions[key]

    def climbed_areas_xy_m(self, *, is_level: bool) -> NDArray[np.object_]:
        """Give for each row where a vehicle may rise into it, or sink out of it, through its floor.

        Take-off and landing pass the floor of the lowest zone of a place. One that lies above another is reached
        through that, and only if its floor is no higher than the other's ceiling: in a gap nothing is allowed.

        Parameters
        ----------
        is_level : bool
            Whether the ground is level with home; where not, limits above ground and others cannot be compared.
        """
        if is_level in self._climbed:
            return self._climbed[is_level]
        climbed = self.areas_xy_m.copy()
        for row in np.argsort(self.floors_rel_m):
            below = self._rows_below(int(row))
            if not len(below):
                continue
            joins = [other for other in below if self._joins(int(other), int(row), is_level=is_level)]
            gap = shapely.difference(
                shapely.union_all(self.areas_xy_m[below]), shapely.union_all(climbed[joins])
            )
            if not shapely.buffer(gap, -SEAM_M).is_empty:
                climbed[row] = polygonal(shapely.difference(self.areas_xy_m[row], gap))
        self._climbed[is_level] = climbed
        return climbed

    def has_gaps(self, *, is_level: bool) -> bool:
        """Whether there is a gap in height below any of the zones."""
        climbed = self.climbed_areas_xy_m(is_level=is_level)
        return any(one is not other for one, other in zip(climbed, self.areas_xy_m, strict=True))

    def _rows_below(self, row: int) -> NDArray[np.int64]:
        """Give the rows of the same places with a lower floor."""
        floor_m = self.floors_rel_m[row]
        if not np.isfinite(floor_m):
            return np.empty(0, dtype=np.int64)
        others: NDArray[np.int64] = np.sort(self.tree.query(self.areas_xy_m[row], predicate="intersects"))
        below: NDArray[np.int64] = others[self.floors_rel_m[others] < floor_m - ALTITUDE_TOLERANCE_M]
        return below

    def _joins(self, lower: int, upper: int, *, is_level: bool) -> bool:
        """Whether a row reaches up to the floor of another whenever that holds."""
        ceiling_datum, floor_datum = self.volumes[lower].band.datums[1], self.volumes[upper].band.datums[0]
        is_agl = [datum is AltitudeDatum.AGL for datum in (ceiling_datum, floor_datum)]
        is_comparable = is_level or is_agl[0] is is_agl[1] or np.isinf(self.ceilings_rel_m[lower])
        reaches = self.ceilings_rel_m[lower] >= self.floors_rel_m[upper] - ALTITUDE_TOLERANCE_M
        return bool(reaches and is_comparable and self.zones[lower].applicability.is_permanent)


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
