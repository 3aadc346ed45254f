"""How far a drone is from forbidden space."""

import math

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from geofence.boundary import Boundary
from geofence.latlon import LatLon
from geofence.planar_zones import ALTITUDE_TOLERANCE_M, PlanarZones, polygonal
from geofence.zone import Zone
from geofence.zone_set import ZoneSet

_SMALL_EDGES = 2_000
_CHUNK_POINTS = 100_000


class ZoneClearance:
    """Signed distances to the edge of forbidden space, for the watch over flying drones.

    Forbidden at an altitude is everything outside the union of the inclusion zones that allow it, and
    everything inside the exclusion zones that hold there. Floors of inclusion zones are left out: a drone
    on its pad, climbing or landing passes them rightly. Altitudes above ground count as above home; where a
    limit is unknown (above mean sea level, home's altitude not given) exclusions hold and inclusions allow
    nothing. For a drone whose own altitude is not known (NaN) exclusions hold and inclusions are not judged by
    their ceilings.

    Parameters
    ----------
    zones : ZoneSet
    home_alt_amsl_m : float, optional
    """

    def __init__(self, zones: ZoneSet, *, home_alt_amsl_m: float | None = None) -> None:
        self.frame = zones.frame
        self._planar = PlanarZones(zones, zones.frame, home_alt_amsl_m)
        inclusions, exclusions = self._planar.inclusions, self._planar.exclusions
        tops_m = inclusions.ceilings_rel_m + ALTITUDE_TOLERANCE_M
        limits = np.concatenate((tops_m, exclusions.floors_rel_m, exclusions.ceilings_rel_m))
        self._limits_m = np.unique(limits[np.isfinite(limits)])
        self._spaces: dict[int, _Space] = {}

    def clearance_m(self, position: LatLon, alt_rel_m: float) -> tuple[float, str | None]:
        """Distance of a position to the nearest edge of forbidden space, and the zone that edge belongs to.

        Negative inside forbidden space. Infinite, and None, where nothing is forbidden; minus infinity where
        everything is, for instance above the ceiling of every inclusion zone.
        """
        return self._space(alt_rel_m).clearance_m(*self.frame.point_xy_m(position))

    def clearances_m(
        self, lat_deg: ArrayLike, lon_deg: ArrayLike, alt_rel_m: ArrayLike
    ) -> NDArray[np.float64]:
        """Distances of many positions at once, shape (n,); signed as in `clearance_m`."""
        xy_m = self.frame.xy_m(lat_deg, lon_deg)
        alts_rel_m = np.broadcast_to(np.asarray(alt_rel_m, dtype=np.float64), len(xy_m))
        slots = self._slots(alts_rel_m)
        clearances_m = np.empty(len(xy_m))
        for slot in np.unique(slots):
            is_member = slots == slot
            space = self._space(float(alts_rel_m[is_member][0]))
            clearances_m[is_member] = space.clearances_m(xy_m[is_member])
        return clearances_m

    def _slots(self, alts_rel_m: NDArray[np.float64]) -> NDArray[np.int64]:
        """Give altitudes between or on the same limits the same number."""
        below = np.searchsorted(self._limits_m, alts_rel_m, side="left")
        at_most = np.searchsorted(self._limits_m, alts_rel_m, side="right")
        return np.where(np.isnan(alts_rel_m), -1, below + at_most)

    def _space(self, alt_rel_m: float) -> "_Space":
        slot = int(self._slots(np.array([alt_rel_m]))[0])
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
        self._first_id: str | None = planar.inclusions.zones[0].zone_id if self._is_bounded else None
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
            return (-math.inf if self._is_bounded else math.inf), self._first_id
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
        edges = Boundary(area).edges if not area.is_empty else []
        outlines.extend(edges)
        owners.extend([number] * len(edges))
    middles = shapely.points(0.5 * (boundary.starts_xy_m + boundary.ends_xy_m))
    edge_numbers, outline_numbers = STRtree(outlines).query_nearest(middles)
    nearest = np.full(len(middles), len(zones))
    np.minimum.at(nearest, edge_numbers, np.asarray(owners)[outline_numbers])
    return [zones[number].zone_id for number in nearest]
