"""Covering an area with a camera swath: sweep lines, cells, their order, and what was left uncovered."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from missions.cell import Cell, cells_of
from missions.refusal import MissionError
from missions.sweep import (
    COVERAGE_WANTED,
    Stroke,
    cut_strokes,
    missed_cost_m,
    rank_sweeps,
    ring_edges,
    sample_points,
    turn_axes,
)
from missions.tour import order_cells
from missions.transit import XY, Transit, polygons_of

_SWEEPS_TRIED = 8
_SWEEPS_FILLED = 3
_REACHABLE_WANTED = 0.995
_GAP_ROUNDS = 4
_LARGE_GAP_SWATHS = 0.4
_NAMED_GAP_SWATHS = 0.5
_SMALLEST_GAP_SWATHS = 0.02
_WORTH_FILLING = 0.2
_TURN_SWATHS = 1.5
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

    drafts: list[tuple[float, list[Cell], CoverageTour]] = []
    for tried, (_, sweep) in enumerate(ranked):
        strokes = drop_idle(cut_strokes(edges, sweep), sweep.angle_rad, samples, step_m**2, swath_m)
        cells = cells_of(strokes, transit, swath_m, sweep.angle_rad)
        tour = _assemble(target, cells, transit, pad, swath_m)
        drafts.append((price(tour), cells, tour))
        tell(0.5 * (tried + 1) / len(ranked))
    filled: list[tuple[float, list[Cell], CoverageTour]] = []
    for tried, (_, cells, tour) in enumerate(sorted(drafts, key=lambda draft: draft[0])[:_SWEEPS_FILLED]):
        for _ in range(_GAP_ROUNDS):
            extra = _gap_strokes(tour, within_reach, transit, swath_m, wanted_m2)
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
    seen = _seen_from(bare.points, swath_m)
    missed = shapely.difference(target, seen)
    gaps = sorted(polygons_of(missed), key=lambda gap: -gap.area)
    return CoverageTour(
        tuple(legs),
        ways,
        tuple(gap for gap in gaps if gap.area >= _NAMED_GAP_SWATHS * swath_m**2),
        1.0 - missed.area / target.area,
    )


def _seen_from(points: list[XY], swath_m: float) -> BaseGeometry:
    """Return what a swath sees along a line."""
    line = LineString(points)
    seen = shapely.buffer(line, swath_m / 2.0)
    if shapely.is_valid(seen):
        return seen
    # A line that meets itself at a hair's breadth can buffer to an invalid polygon; its legs one by one do not.
    legs = shapely.linestrings(np.stack((points[:-1], points[1:]), axis=1))
    return shapely.union_all(shapely.buffer(legs, swath_m / 2.0))


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


def _gap_strokes(
    tour: CoverageTour, within_reach: BaseGeometry, transit: Transit, swath_m: float, wanted_m2: float
) -> list[Stroke]:
    """Lay strokes over gaps, the most rewarding first, until enough would be covered and no large one is left."""
    seen = _seen_from(tour.points, swath_m)
    gaps = polygons_of(shapely.difference(within_reach, seen))
    missing_m2 = wanted_m2 - within_reach.area + sum(gap.area for gap in gaps)
    large_m2 = _LARGE_GAP_SWATHS * swath_m**2
    least_m2 = _SMALLEST_GAP_SWATHS * swath_m**2 if missing_m2 > 0.0 else large_m2
    fillings = [_stroke_over(gap, transit, swath_m) for gap in gaps if gap.area >= least_m2]
    rewarding = sorted((f for f in fillings if f is not None), key=lambda f: -f.reward)
    strokes: list[Stroke] = []
    for filling in rewarding:
        is_large = filling.gained_m2 >= large_m2 and filling.reward >= _WORTH_FILLING
        if missing_m2 > 0.0 or is_large:
            strokes.append(Stroke(-1 - len(strokes), filling.start, filling.end))
            missing_m2 -= filling.gained_m2
    return strokes


@dataclass(frozen=True, slots=True)
class _Filling:
    start: XY
    end: XY
    gained_m2: float
    reward: float
    """What is gained, of what a line of that length and a turn would cover."""


def _stroke_over(gap: Polygon, transit: Transit, swath_m: float) -> _Filling | None:
    """Lay the stroke along the gap's long axis that sees most of it from inside the transit area."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(gap))
    if len(corners) < 4:
        return None
    one, other = corners[1] - corners[0], corners[2] - corners[1]
    along, across = (one, other) if np.hypot(*one) >= np.hypot(*other) else (other, one)
    length_m, width_m = float(np.hypot(*along)), float(np.hypot(*across))
    shorter_m = min(0.7 * swath_m, length_m - 1e-3)
    middle = corners[0] + (one + other) / 2.0
    half = along / 2.0 * (1.0 - shorter_m / length_m)
    lines = []
    if length_m > 0.8 * swath_m:
        normal = np.array((-along[1], along[0])) / length_m
        reach_m = (width_m + 0.9 * swath_m) / 2.0
        for offset_m in np.linspace(-reach_m, reach_m, 9):
            line = shapely.linestrings([middle - half + normal * offset_m, middle + half + normal * offset_m])
            lines += [
                part
                for part in shapely.get_parts(shapely.intersection(line, transit.area))
                if isinstance(part, LineString)
            ]
    centre = shapely.points(middle)
    place = centre if shapely.covers(gap, centre) else gap.representative_point()
    x, y = transit.nearest_point((float(place.x), float(place.y)))
    lines.append(LineString([(x, y), (x, y)]))
    gained = shapely.area(shapely.intersection(gap, shapely.buffer(np.array(lines), swath_m / 2.0)))
    rewards = gained / (swath_m * (shapely.length(np.array(lines)) + _TURN_SWATHS * swath_m))
    best = int(np.argmax(rewards * np.sqrt(gained)))
    if gained[best] < _SMALLEST_GAP_SWATHS * swath_m**2:
        return None
    start, end = shapely.get_coordinates(lines[best])
    return _Filling(
        (float(start[0]), float(start[1])),
        (float(end[0]), float(end[1])),
        float(gained[best]),
        float(rewards[best]),
    )
