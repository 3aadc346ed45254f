"""Covering an area with a camera swath: sweep lines, cells, their order, and what was left uncovered."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from missions.coverage.cell import Cell, cells_of
from missions.coverage.gap_strokes import gap_strokes, seen_from
from missions.coverage.local_sweep import local_strokes
from missions.coverage.sweep import (
    COVERAGE_WANTED,
    Stroke,
    candidate_angles,
    cut_strokes,
    missed_cost_m,
    rank_sweeps,
    ring_edges,
    sample_points,
    turn_axes,
)
from missions.coverage.tour import order_cells
from missions.refusal import MissionError
from missions.transit import XY, Transit, polygons_of

_SWEEPS_TRIED = 8
_LOCAL_SWEEPS_TRIED = 3
_SWEEPS_FILLED = 3
_REACHABLE_WANTED = 0.995
_GAP_ROUNDS = 4
_NAMED_GAP_SWATHS = 0.5
_WORTH_FLYING = 0.25
_SAMPLES_A_SWATH = 6.0
_SAMPLES_AT_MOST = 250_000


@dataclass(frozen=True, slots=True)
class CoverageTour:
    """Strokes in flight order and the ways between them.

    Parameters
    ----------
    legs : tuple of (start, end)
        Strokes as flown.
    ways : tuple of list of points
        `len(legs) + 1` legal paths: from the pad, between the strokes, back to the pad.
    uncovered : tuple of Polygon
        Pieces of the target that stay uncovered, largest first, leaving out what is smaller than half a swath squared.
    coverage : float
        Covered share of the target.
    """

    legs: tuple[tuple[XY, XY], ...]
    ways: tuple[tuple[XY, ...], ...]
    uncovered: tuple[Polygon, ...]
    coverage: float

    @property
    def points(self) -> list[XY]:
        """Everything flown as one line from pad to pad."""
        line = list(self.ways[0])
        for (_, end), way in zip(self.legs, self.ways[1:], strict=True):
            line.append(end)
            line += way
        return line

    @property
    def length_m(self) -> float:
        """From pad to pad."""
        return sum(math.dist(a, b) for a, b in zip(self.points, self.points[1:], strict=False))


def plan_coverage(
    target: BaseGeometry,
    transit: Transit,
    pad: XY,
    swath_m: float,
    *,
    turn_m: float,
    on_progress: Callable[[float], None] | None = None,
) -> CoverageTour:
    """Cover what can be reached of `target` from the pad and come back to it.

    Parameters
    ----------
    target : Polygon or MultiPolygon
        What is to be seen, metres.
    transit : Transit
        Where flight is allowed.
    pad : tuple of float
        In the transit area.
    swath_m : float
        Width that one line covers.
    turn_m : float
        What stopping and turning costs, as metres of flight.
    on_progress : callable, optional
        Told the share done.

    Raises
    ------
    MissionError
        Nothing of the target can be reached.
    """
    within_reach = shapely.intersection(target, shapely.buffer(transit.area, swath_m / 2.0))
    within_reach = MultiPolygon(polygons_of(within_reach))
    flyable = MultiPolygon(polygons_of(shapely.intersection(transit.area, target)))
    if within_reach.is_empty or flyable.is_empty:
        raise MissionError(
            "no part of the zone can be reached from the pad without leaving legal space",
            remedy="Move the pad, lower the margin or add an inclusion zone between them",
        )
    step_m = max(swath_m / _SAMPLES_A_SWATH, math.sqrt(within_reach.area / _SAMPLES_AT_MOST))
    tell = on_progress or _say_nothing
    samples = sample_points(within_reach, step_m)
    ranked = rank_sweeps(within_reach, flyable, swath_m, turn_m=turn_m)[:_SWEEPS_TRIED]
    edges = ring_edges(flyable)
    wanted_m2 = min(COVERAGE_WANTED * target.area, _REACHABLE_WANTED * within_reach.area)

    def price(tour: CoverageTour) -> float:
        missed_m2 = (1.0 - tour.coverage) * target.area
        return tour.length_m + turn_m * len(tour.legs) + missed_cost_m(missed_m2, target.area, swath_m)

    families = [(sweep.angle_rad, cut_strokes(edges, sweep)) for _, sweep in ranked]
    families += _local_families(within_reach, flyable, edges, swath_m, turn_m)
    drafts: list[tuple[float, list[Cell], CoverageTour]] = []
    for tried, (angle_rad, family) in enumerate(families):
        strokes = drop_idle(family, angle_rad, samples, step_m**2, swath_m)
        cells = cells_of(strokes, transit, swath_m, angle_rad)
        tour = _assemble(target, cells, transit, pad, swath_m)
        drafts.append((price(tour), cells, tour))
        tell(0.5 * (tried + 1) / len(families))
    filled: list[tuple[float, list[Cell], CoverageTour]] = []
    for tried, (_, cells, tour) in enumerate(sorted(drafts, key=lambda draft: draft[0])[:_SWEEPS_FILLED]):
        for _ in range(_GAP_ROUNDS):
            extra = gap_strokes(tour.points, within_reach, transit, swath_m, wanted_m2)
            if not extra:
                break
            cells = [*cells, *(Cell((stroke,)) for stroke in extra)]
            tour = _assemble(target, cells, transit, pad, swath_m)
        filled.append((price(tour), cells, tour))
        tell(0.5 + 0.3 * (tried + 1) / _SWEEPS_FILLED)
    _, cells, best = min(filled, key=lambda draft: draft[0])
    thorough = _assemble(target, cells, transit, pad, swath_m, is_thorough=True)
    tell(1.0)
    return min((thorough, best), key=price)


def _local_families(
    target: BaseGeometry, flyable: BaseGeometry, edges: NDArray[np.float64], swath_m: float, turn_m: float
) -> list[tuple[float, list[Stroke]]]:
    """Lay lines arm by arm, at the angles where that costs least."""
    edge_m = min((target.area - flyable.area) / target.length, swath_m / 2.0)
    priced = []
    for angle_rad in candidate_angles(target):
        strokes = local_strokes(edges, angle_rad, swath_m, edge_m)
        if strokes:
            lines = shapely.linestrings([(stroke.start, stroke.end) for stroke in strokes])
            seen = shapely.union_all(shapely.buffer(lines, swath_m / 2.0))
            missed_m2 = float(shapely.area(shapely.difference(target, seen)))
            flown_m = sum(stroke.length_m + turn_m + swath_m for stroke in strokes)
            priced.append((flown_m + missed_cost_m(missed_m2, target.area, swath_m), angle_rad, strokes))
    priced.sort(key=lambda entry: entry[0])
    return [(angle_rad, strokes) for _, angle_rad, strokes in priced[:_LOCAL_SWEEPS_TRIED]]


def _say_nothing(_share: float) -> None:
    return


def _assemble(
    target: BaseGeometry,
    cells: list[Cell],
    transit: Transit,
    pad: XY,
    swath_m: float,
    *,
    is_thorough: bool = False,
) -> CoverageTour:
    visits, _ = order_cells(cells, pad, transit, is_thorough=is_thorough)
    legs = [leg for visit in visits for leg in cells[visit.cell].directed(visit.entry)]
    starts = [start for start, _ in legs] + [pad]
    ends = [pad] + [end for _, end in legs]
    ways = tuple(tuple(transit.path(a, b)) for a, b in zip(ends, starts, strict=True))
    bare = CoverageTour(tuple(legs), ways, (), 0.0)
    seen = seen_from(bare.points, swath_m)
    missed = shapely.difference(target, seen)
    gaps = sorted(polygons_of(missed), key=lambda gap: -gap.area)
    return CoverageTour(
        tuple(legs),
        ways,
        tuple(gap for gap in gaps if gap.area >= _NAMED_GAP_SWATHS * swath_m**2),
        1.0 - missed.area / target.area,
    )


def drop_idle(
    strokes: list[Stroke], angle_rad: float, samples: NDArray[np.float64], sample_m2: float, swath_m: float
) -> list[Stroke]:
    """Leave out parallel strokes whose neighbours see nearly all that they see."""
    if len(strokes) < 2 or not len(samples):
        return strokes
    turned = turn_axes(samples, angle_rad)
    turned = turned[np.argsort(turned[:, 1], kind="stable")]
    starts = turn_axes(np.array([stroke.start for stroke in strokes]), angle_rad)
    ends = turn_axes(np.array([stroke.end for stroke in strokes]), angle_rad)
    half_m = swath_m / 2.0
    below = np.searchsorted(turned[:, 1], starts[:, 1] - half_m)
    above = np.searchsorted(turned[:, 1], starts[:, 1] + half_m)
    seen = []
    for index in range(len(strokes)):
        near = turned[below[index] : above[index]]
        beyond_m = np.maximum(starts[index, 0] - near[:, 0], near[:, 0] - ends[index, 0]).clip(min=0.0)
        seen.append(
            below[index] + np.flatnonzero(np.hypot(beyond_m, near[:, 1] - starts[index, 1]) <= half_m)
        )
    seen_by = np.bincount(np.concatenate(seen), minlength=len(turned))
    order = np.argsort([stroke.length_m for stroke in strokes], kind="stable")
    kept = np.ones(len(strokes), dtype=np.bool_)
    for index in order:
        mine = seen[index]
        only_mine_m2 = float(np.count_nonzero(seen_by[mine] == 1)) * sample_m2
        if only_mine_m2 < _WORTH_FLYING * swath_m * (strokes[index].length_m + swath_m):
            seen_by[mine] -= 1
            kept[index] = False
    return [stroke for stroke, keep in zip(strokes, kept, strict=True) if keep]
