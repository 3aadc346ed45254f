"""How far a drone is from forbidden space."""

import math

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.plane.boundary import Boundary, edge_ends_xy_m
from geofence.plane.planar_zones import ALTITUDE_TOLERANCE_M, PlanarZones, polygonal
from geofence.zone import Zone
from geofence.zone_set import ZoneSet

_SMALL_EDGES = 2_000
_CHUNK_POINTS = 100_000

_WIDE_DEG = 1.0
"""Zones that spread farther are laid into more than one plane; in one this wide scales are true to 0.01 %."""


class ZoneClearance:
    """Signed distances to the edge of forbidden space, for the watch over flying drones.

    Forbidden at an altitude is everything outside the union of the inclusion zones that allow it, and
    everything inside the exclusion zones that hold there. Floors of inclusion zones are left out: a drone
    on its pad, climbing or landing passes them rightly. Altitudes above ground count as above home; where a
    limit is unknown (above mean sea level, home's altitude not given) exclusions hold and inclusions allow
    nothing. For a drone whose own altitude is not known (NaN) exclusions hold and inclusions are not judged by
    their ceilings.

    Each altitude between two limits is prepared when it is first asked for.

    Parameters
    ----------
    zones : ZoneSet
        Of any extent: those of a country are laid into one plane a square degree.
    home_alt_amsl_m : float, optional
    """

    def __init__(self, zones: ZoneSet, *, home_alt_amsl_m: float | None = None) -> None:
        self._zones = zones
        self._home_alt_amsl_m = home_alt_amsl_m
        west_deg, south_deg, east_deg, north_deg = zones.box_deg
        # Around a pole a degree of longitude is nothing, and the wide case is right there too.
        self._is_wide = len(zones) > 0 and max(east_deg - west_deg, north_deg - south_deg) > _WIDE_DEG
        self._regions: dict[tuple[int, int], _Region] = {}
        if not self._is_wide:
            self._regions[0, 0] = _Region(zones, zones.frame, home_alt_amsl_m)

    def clearance_m(self, position: LatLon, alt_rel_m: float) -> tuple[float, str | None]:
        """Distance of a position to the nearest edge of forbidden space, and the zone that edge belongs to.

        Negative inside forbidden space. Infinite, and None, where nothing is forbidden within some 200 km; minus
        infinity where everything is, for instance above the ceiling of every inclusion zone.
        """
        region = self._region(round(position.lat_deg), round(position.lon_deg))
        return region.space(alt_rel_m).clearance_m(*region.frame.point_xy_m(position))

    def clearances_m(
        self, lat_deg: ArrayLike, lon_deg: ArrayLike, alt_rel_m: ArrayLike
    ) -> NDArray[np.float64]:
        """Distances of many positions at once, shape (n,); signed as in `clearance_m`."""
        lats_deg, lons_deg, alts_rel_m = np.broadcast_arrays(
            *(np.atleast_1d(np.asarray(values, dtype=np.float64)) for values in (lat_deg, lon_deg, alt_rel_m))
        )
        cells = np.rint(np.column_stack((lats_deg, lons_deg))).astype(np.int64)
        if not self._is_wide:
            cells[:] = 0
        clearances_m = np.empty(len(cells))
        for cell in np.unique(cells, axis=0):
            in_cell = np.flatnonzero((cells == cell).all(axis=1))
            region = self._region(int(cell[0]), int(cell[1]))
            xy_m = region.frame.xy_m(lats_deg[in_cell], lons_deg[in_cell])
            slots = region.slots(alts_rel_m[in_cell])
            for slot in np.unique(slots):
                of_slot = slots == slot
                space = region.space(float(alts_rel_m[in_cell][of_slot][0]))
                clearances_m[in_cell[of_slot]] = space.clearances_m(xy_m[of_slot])
        return clearances_m

    def _region(self, lat_deg: int, lon_deg: int) -> "_Region":
        cell = (lat_deg, lon_deg) if self._is_wide else (0, 0)
        region = self._regions.get(cell)
        if region is None:
            frame = LocalFrame(LatLon(float(lat_deg), float(lon_deg)))
            region = self._regions[cell] = _Region(self._zones, frame, self._home_alt_amsl_m)
        return region


class _Region:
    """The zones in one plane, and the spaces they make at each altitude."""

    def __init__(self, zones: ZoneSet, frame: LocalFrame, home_alt_amsl_m: float | None) -> None:
        self.frame = frame
        self._planar = PlanarZones(zones, frame, home_alt_amsl_m)
        inclusions, exclusions = self._planar.inclusions, self._planar.exclusions
        tops_m = inclusions.ceilings_rel_m + ALTITUDE_TOLERANCE_M
        limits = np.concatenate((tops_m, exclusions.floors_rel_m, exclusions.ceilings_rel_m))
        self._limits_m = np.unique(limits[np.isfinite(limits)])
        self._spaces: dict[int, _Space] = {}

    def slots(self, alts_rel_m: NDArray[np.float64]) -> NDArray[np.int64]:
        """Give altitudes between or on the same limits the same number."""
        below = np.searchsorted(self._limits_m, alts_rel_m, side="left")
        at_most = np.searchsorted(self._limits_m, alts_rel_m, side="right")
        return np.where(np.isnan(alts_rel_m), -1, below + at_most)

    def space(self, alt_rel_m: float) -> "_Space":
        slot = int(self.slots(np.array([alt_rel_m]))[0])
        space = self._spaces.get(slot)
        if space is None:
            space = self._spaces[slot] = _Space(self._planar, alt_rel_m)
        return space


class _Space:
    """Forbidden space at one altitude."""

    def __init__(self, planar: PlanarZones, alt_rel_m: float) -> None:
        if math.isnan(alt_rel_m):
            is_allowing = np.ones(len(planar.inclusions), dtype=bool)
            is_forbidding = np.ones(len(planar.exclusions), dtype=bool)
        else:
            is_allowing = planar.allowing(alt_rel_m, with_floors=False)
            is_forbidding = planar.forbidding(alt_rel_m, alt_rel_m)
        forbidden = polygonal(shapely.union_all(planar.exclusions.areas_xy_m[is_forbidding]))
        self._is_bounded = len(planar.inclusions) > 0
        allowed = planar.inclusions.union_xy_m(is_allowing)
        # The sign: +1 inside `area` where flight is bounded, -1 inside where only exclusions stand.
        self._area = polygonal(shapely.difference(allowed, forbidden)) if self._is_bounded else forbidden
        shapely.prepare(self._area)
        self._inclusions = planar.inclusions
        self._boundary = None if self._area.is_empty else Boundary(self._area)
        if self._boundary is not None:
            zones = (
                *_chosen(planar.exclusions.zones, is_forbidding),
                *_chosen(planar.inclusions.zones, is_allowing),
            )
            areas = (planar.exclusions.areas_xy_m[is_forbidding], planar.inclusions.areas_xy_m[is_allowing])
            self._zone_ids = _edge_owners(self._boundary, zones, np.concatenate(areas))
            starts, ends = self._boundary.starts_xy_m, self._boundary.ends_xy_m
            along = ends - starts
            self._x0, self._y0 = np.ascontiguousarray(starts[:, 0]), np.ascontiguousarray(starts[:, 1])
            squares = (along**2).sum(axis=1)
            self._dx, self._dy = np.ascontiguousarray(along[:, 0]), np.ascontiguousarray(along[:, 1])
            self._ux, self._uy = self._dx / squares, self._dy / squares

    def clearance_m(self, x_m: float, y_m: float) -> tuple[float, str | None]:
        if self._boundary is None:
            return (-math.inf, self._zone_above(x_m, y_m)) if self._is_bounded else (math.inf, None)
        if len(self._x0) <= _SMALL_EDGES:
            px, py = x_m - self._x0, y_m - self._y0
            fractions = px * self._ux
            fractions += py * self._uy
            np.minimum(fractions, 1.0, out=fractions)
            np.maximum(fractions, 0.0, out=fractions)
            px -= fractions * self._dx
            py -= fractions * self._dy
            px *= px
            py *= py
            px += py
            edge = int(px.argmin())
            distance_m = math.sqrt(px[edge])
        else:
            edges, distances_m = self._boundary.nearest(shapely.points([(x_m, y_m)]))
            edge, distance_m = int(edges[0]), float(distances_m[0])
        is_inside = bool(shapely.contains_xy(self._area, x_m, y_m))
        return (distance_m if is_inside is self._is_bounded else -distance_m), self._zone_ids[edge]

    def _zone_above(self, x_m: float, y_m: float) -> str:
        """Name an inclusion zone over which no altitude like this is allowed."""
        numbers = self._inclusions.tree.query(shapely.Point(x_m, y_m), predicate="intersects")
        return self._inclusions.zones[int(numbers.min()) if len(numbers) else 0].zone_id

    def clearances_m(self, xy_m: NDArray[np.float64]) -> NDArray[np.float64]:
        if self._boundary is None:
            return np.full(len(xy_m), -math.inf if self._is_bounded else math.inf)
        distances_m = np.concatenate(
            [
                self._boundary.distances_m(xy_m[begin : begin + _CHUNK_POINTS])
                for begin in range(0, len(xy_m), _CHUNK_POINTS)
            ]
        )
        is_inside = shapely.contains_xy(self._area, xy_m)
        return np.where(is_inside == self._is_bounded, distances_m, -distances_m)


def _chosen(zones: tuple[Zone, ...], is_chosen: NDArray[np.bool_]) -> list[Zone]:
    return [zone for zone, chosen in zip(zones, is_chosen, strict=True) if chosen]


def _edge_owners(boundary: Boundary, zones: tuple[Zone, ...], areas_xy_m: NDArray[np.object_]) -> list[str]:
    """Name for each edge the zone whose outline it lies on; on shared outlines the exclusion zone."""
    outlines: list[BaseGeometry] = []
    owners: list[int] = []
    for number, area in enumerate(areas_xy_m):
        edges = shapely.linestrings(np.stack(edge_ends_xy_m(area), axis=1))
        outlines.extend(edges)
        owners.extend([number] * len(edges))
    middles = shapely.points(0.5 * (boundary.starts_xy_m + boundary.ends_xy_m))
    edge_numbers, outline_numbers = STRtree(outlines).query_nearest(middles)
    nearest = np.full(len(middles), len(zones))
    np.minimum.at(nearest, edge_numbers, np.asarray(owners)[outline_numbers])
    return [zones[number].zone_id for number in nearest]
