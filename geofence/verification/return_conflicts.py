"""Which ways back break which zones."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geofence.plane.boundary import Boundary
from geofence.plane.planar_zones import ALTITUDE_TOLERANCE_M, PlanarZones, ZoneLayer
from geofence.verification.finding import FindingCode
from geofence.verification.planar_route import VERTICAL_M
from geofence.verification.return_ground import ReturnGround
from geofence.verification.return_times import ReturnTimes
from geofence.verification.return_ways import ReturnWays, WayKind

TOUCH_M = 0.001
"""Closer than this to a boundary is on it."""

_NO_ROW = -1


@dataclass(frozen=True, slots=True)
class Conflicts:
    """Pairs of ways and what they break, every array of shape (n,).

    Parameters
    ----------
    code : FindingCode
    ways : array of int
        Numbers of the ways.
    rows : array of int
        Rows of the zone layer; -1 where no zone is meant.
    excess_m : array
        How far: the clearance (0 where it is inside), or metres of altitude.
    layer : ZoneLayer or None
    area : Polygon or MultiPolygon or None
        Of conflicts with the inclusion zones: what is allowed at the altitude.
    """

    code: FindingCode
    ways: NDArray[np.int64]
    rows: NDArray[np.int64]
    excess_m: NDArray[np.float64]
    layer: ZoneLayer | None = None
    area: BaseGeometry | None = None


class ReturnConflicts:
    """Judges ways back over one ground.

    Parameters
    ----------
    planar : PlanarZones
    times : ReturnTimes
    ground : ReturnGround or None
        None where it is level with home.
    legal_limit_agl_m : float or None
    """

    def __init__(
        self,
        planar: PlanarZones,
        times: ReturnTimes,
        ground: ReturnGround | None,
        legal_limit_agl_m: float | None,
    ) -> None:
        self._planar = planar
        self._times = times
        self._ground = ground
        self._legal_limit_agl_m = legal_limit_agl_m

    def find(self, ways: ReturnWays, margin_m: float) -> Iterator[Conflicts]:
        """Yield what the ways break; nothing where all of them are legal."""
        if not len(ways):
            return
        yield from self._limit(ways)
        if self._ground is not None:
            yield from self._ground_conflicts(self._ground, ways)
        if len(self._planar.exclusions):
            yield from self._exclusions(ways, margin_m)
        if len(self._planar.inclusions):
            yield from self._inclusions(ways, margin_m)

    def landed_on(self, ways: ReturnWays) -> Conflicts:
        """Find the advisory zones that ways enter, at any altitude."""
        layer = self._planar.advisories
        numbers, rows = layer.tree.query(ways.hulls, predicate="intersects")
        holds = self._times.hold(layer, ways, numbers, rows, when_unknown=True)
        numbers, rows = numbers[holds], rows[holds]
        return Conflicts(FindingCode.RETURN_ADVISORY, numbers, rows, np.zeros(len(numbers)), layer)

    def _limit(self, ways: ReturnWays) -> Iterator[Conflicts]:
        """Find ways that rise above the limit; where the route itself does, the leg is told of."""
        if self._legal_limit_agl_m is None:
            return
        of_kind = np.flatnonzero(ways.are(WayKind.CLIMB, WayKind.ACROSS))
        tops_m = ways.most_rel_m[of_kind]
        if self._ground is not None:
            tops_m = tops_m - self._ground.bounds_rel_m(ways.hulls[of_kind])[0]
        else:
            of_climb = ways.are(WayKind.CLIMB)[of_kind]
            of_kind, tops_m = of_kind[of_climb], tops_m[of_climb]
        is_above = ~(tops_m <= self._legal_limit_agl_m + ALTITUDE_TOLERANCE_M)
        if is_above.any():
            excess_m = tops_m[is_above] - self._legal_limit_agl_m
            none = np.full(len(excess_m), _NO_ROW)
            yield Conflicts(FindingCode.RETURN_ABOVE, of_kind[is_above], none, excess_m)

    def _ground_conflicts(self, ground: ReturnGround, ways: ReturnWays) -> Iterator[Conflicts]:
        across = np.flatnonzero(ways.are(WayKind.ACROSS) & (shapely.length(ways.hulls) > VERTICAL_M))
        gaps_m = ways.least_rel_m[across] - ground.highest_on_way_rel_m(ways, across)
        is_low = ~(gaps_m >= ground.clearance_m)
        if is_low.any():
            none = np.full(int(is_low.sum()), _NO_ROW)
            yield Conflicts(FindingCode.RETURN_TERRAIN, across[is_low], none, gaps_m[is_low])

    def _exclusions(self, ways: ReturnWays, margin_m: float) -> Iterator[Conflicts]:
        layer = self._planar.exclusions
        numbers, rows = layer.tree.query(ways.hulls, predicate="dwithin", distance=margin_m)
        lows_m, highs_m = ways.lows_rel_m[numbers], ways.highs_rel_m[numbers]
        floors_m, ceilings_m = layer.floors_rel_m[rows], layer.ceilings_rel_m[rows]
        if self._ground is not None:
            lows_m, highs_m = ways.least_rel_m[numbers], ways.most_rel_m[numbers]
            near = shapely.intersection(
                shapely.box(*shapely.bounds(ways.hulls[numbers]).T),
                shapely.box(
                    *(shapely.bounds(layer.areas_xy_m[rows]) + (margin_m + 1.0) * np.array([-1, -1, 1, 1])).T
                ),
            )
            floors_m, ceilings_m = self._ground.widened_m(layer, rows, near)
        meets = (floors_m <= highs_m) & (lows_m <= ceilings_m)
        numbers, rows = numbers[meets], rows[meets]
        holds = self._times.hold(layer, ways, numbers, rows, when_unknown=True)
        numbers, rows = numbers[holds], rows[holds]
        if not len(numbers):
            return
        clearances_m = shapely.distance(ways.hulls[numbers], layer.areas_xy_m[rows])
        is_inside = clearances_m == 0.0
        chosen, of_chosen = np.unique(rows[is_inside], return_inverse=True)
        # What only touches the zone is on its boundary, not in it.
        shrunk = shapely.buffer(layer.areas_xy_m[chosen], -TOUCH_M, join_style="mitre")
        shrunk = np.where(shapely.is_empty(shrunk), layer.areas_xy_m[chosen], shrunk)
        is_inside[is_inside] = shapely.intersects(ways.hulls[numbers[is_inside]], shrunk[of_chosen])
        is_close = ~is_inside & (clearances_m < margin_m - TOUCH_M)
        for code, chosen_pairs in (
            (FindingCode.RETURN_CROSSES, is_inside),
            (FindingCode.RETURN_MARGIN, is_close),
        ):
            if chosen_pairs.any():
                yield Conflicts(
                    code, numbers[chosen_pairs], rows[chosen_pairs], clearances_m[chosen_pairs], layer
                )

    def _inclusions(self, ways: ReturnWays, margin_m: float) -> Iterator[Conflicts]:
        """Hold ways to the zones that allow them.

        Climbs and descents end and begin a way across, which says as much, but for gaps between zones above each other.
        """
        layer, is_level = self._planar.inclusions, self._ground is None
        kinds = [WayKind.ACROSS, WayKind.RETRACED, WayKind.LANDING]
        if layer.has_gaps(is_level=is_level):
            kinds += [WayKind.CLIMB, WayKind.DESCENT]
        judged = np.flatnonzero(ways.are(*kinds))
        if not len(judged):
            return
        is_vertical = shapely.length(ways.hulls[judged]) < VERTICAL_M
        is_vertical |= ways.are(WayKind.CLIMB, WayKind.DESCENT, WayKind.LANDING)[judged]
        lows_m, highs_m = ways.lows_rel_m[judged, None], ways.highs_rel_m[judged, None]
        floors_m, ceilings_m = layer.floors_rel_m, layer.ceilings_rel_m
        if self._ground is not None:
            lows_m, highs_m = ways.least_rel_m[judged, None], ways.most_rel_m[judged, None]
            floors_m, ceilings_m = self._ground.narrowed_m(layer, ways.hulls[judged])
        is_below = ~(lows_m >= floors_m - ALTITUDE_TOLERANCE_M)
        is_allowing = highs_m <= ceilings_m + ALTITUDE_TOLERANCE_M
        is_allowing &= ~np.isnan(floors_m) & (~is_below | is_vertical[:, None])
        if not self._times.is_permanent(layer):
            numbers = np.repeat(judged, len(layer))
            rows = np.tile(np.arange(len(layer)), len(judged))
            holds = self._times.hold(layer, ways, numbers, rows, when_unknown=False)
            is_allowing &= holds.reshape(is_allowing.shape)
        choices, choice_of = np.unique(
            np.stack((is_allowing, is_allowing & is_below), axis=1), axis=0, return_inverse=True
        )
        for choice, (is_chosen, is_climbed) in enumerate(choices):
            members = judged[choice_of.reshape(-1) == choice]
            area = layer.union_xy_m(is_chosen, is_climbed, is_level=is_level)
            yield from self._leaving(ways, members, layer, is_chosen, area, margin_m)

    def _leaving(
        self,
        ways: ReturnWays,
        members: NDArray[np.int64],
        layer: ZoneLayer,
        is_chosen: NDArray[np.bool_],
        area: BaseGeometry,
        margin_m: float,
    ) -> Iterator[Conflicts]:
        touched = shapely.buffer(area, TOUCH_M, join_style="mitre")
        shapely.prepare(touched)
        is_covered = shapely.covers(touched, ways.hulls[members])
        leaving, staying = members[~is_covered], members[is_covered]
        if len(leaving):
            by_altitude = list(self._by_altitude(ways, leaving, layer, is_chosen, area))
            yield from by_altitude
            everywhere = layer.union_xy_m(np.ones(len(layer), dtype=bool))
            around = shapely.buffer(everywhere, TOUCH_M, join_style="mitre")
            shapely.prepare(around)
            is_outside = ~shapely.covers(around, ways.hulls[leaving])
            # Whatever the cause, nothing that leaves goes untold.
            told = np.concatenate([conflicts.ways for conflicts in by_altitude] or [leaving[:0]])
            outside = leaving[is_outside | ~np.isin(leaving, told)]
            if len(outside):
                none, nothing = np.full(len(outside), _NO_ROW), np.zeros(len(outside))
                yield Conflicts(FindingCode.RETURN_OUTSIDE, outside, none, nothing, layer, everywhere)
        if margin_m <= TOUCH_M or not len(staying):
            return
        clearances_m = Boundary(area).nearest(ways.hulls[staying])[1]
        close = clearances_m < margin_m - TOUCH_M
        if close.any():
            none = np.full(int(close.sum()), _NO_ROW)
            yield Conflicts(FindingCode.RETURN_MARGIN, staying[close], none, clearances_m[close], layer, area)

    def _by_altitude(
        self,
        ways: ReturnWays,
        leaving: NDArray[np.int64],
        layer: ZoneLayer,
        is_chosen: NDArray[np.bool_],
        area: BaseGeometry,
    ) -> Iterator[Conflicts]:
        """Name the zones that a way passes above or below, or at a time they do not hold, and no other allows it there."""
        rest = shapely.difference(ways.hulls[leaving], area)
        numbers, rows = layer.tree.query(rest, predicate="intersects")
        is_left = ~is_chosen[rows]
        numbers, rows = numbers[is_left], rows[is_left]
        shared = shapely.intersection(rest[numbers], layer.areas_xy_m[rows])
        is_point = shapely.get_type_id(ways.hulls[leaving[numbers]]) == shapely.GeometryType.POINT
        is_more_than_touch = (shapely.length(shared) > TOUCH_M) | is_point
        numbers, rows = leaving[numbers[is_more_than_touch]], rows[is_more_than_touch]
        above_m = ways.most_rel_m[numbers] - layer.ceilings_rel_m[rows]
        below_m = layer.floors_rel_m[rows] - ways.least_rel_m[numbers]
        is_unknown = np.isnan(above_m) | np.isnan(below_m)
        is_above = ~is_unknown & (above_m > ALTITUDE_TOLERANCE_M) & (above_m >= below_m)
        is_below = ~is_unknown & (below_m > ALTITUDE_TOLERANCE_M) & ~is_above
        is_closed = ~(is_unknown | is_above | is_below)
        for code, chosen, excess_m in (
            (FindingCode.RETURN_UNKNOWN_ALTITUDE, is_unknown, np.zeros(len(numbers))),
            (FindingCode.RETURN_ABOVE, is_above, above_m),
            (FindingCode.RETURN_BELOW_FLOOR, is_below, below_m),
            # It is within the zone's limits, but over terrain or at another time.
            (FindingCode.RETURN_OUTSIDE, is_closed, np.zeros(len(numbers))),
        ):
            if chosen.any():
                yield Conflicts(code, numbers[chosen], rows[chosen], excess_m[chosen], layer, area)
