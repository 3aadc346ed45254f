"""Covering an area with a camera swath: lines, cells, their order, the route, and what it leaves unseen."""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiPolygon
from shapely.geometry.base import BaseGeometry

from missions.coverage.cell import Cell, cells_of
from missions.coverage.local_sweep import local_strokes
from missions.coverage.polish import polish
from missions.coverage.raster import Raster, raster_of, see, see_all
from missions.coverage.seen import seen_share
from missions.coverage.sweep import (
    Stroke,
    cut_strokes,
    missed_cost_m,
    rank_sweeps,
    ring_edges,
)
from missions.coverage.tour import order_cells
from missions.refusal import MissionError
from missions.transit import XY, Transit, polygons_of
from missions.transit.polygons import SLACK_M

COVERAGE_WANTED = 0.991
"""Share of what can be seen that is asked for, where nothing else is."""

_SWEEPS_TRIED = 2
_LOCAL_ANGLES_TRIED = 6
_LOCAL_SWEEPS_TRIED = 2
_PRICED_SAMPLES_A_SWATH = 4.0
_TURN_SWATHS = 2.5
_SEEN_ALONE = 0.1


@dataclass(frozen=True, slots=True)
class CoverageTour:
    """A route that sees an area.

    Parameters
    ----------
    points : tuple of (float, float)
        From pad to pad, or from wherever it begins best to where it ends best; metres.
    sees : tuple of bool
        Whether each leg between them sees what others do not, or is only flown to get somewhere.
    coverage : float
        Seen share of the target.
    """

    points: tuple[XY, ...]
    sees: tuple[bool, ...]
    coverage: float

    @property
    def length_m(self) -> float:
        """Along all legs."""
        return sum(math.dist(a, b) for a, b in itertools.pairwise(self.points))


def plan_coverage(
    target: BaseGeometry,
    transit: Transit,
    pad: XY | None,
    swath_m: float,
    *,
    turn_m: float,
    wanted: float = COVERAGE_WANTED,
    on_progress: Callable[[float], None] | None = None,
) -> CoverageTour:
    """See what can be seen of `target`.

    Parallel lines are laid over the target at the angles that promise most, the same for all of it or arm by arm. Each
    family is cut into cells, which are put in order; the best of these drafts is polished.

    Parameters
    ----------
    target : Polygon or MultiPolygon
        What is to be seen, metres.
    transit : Transit
        Where flight is allowed.
    pad : (float, float) or None
        In the transit area; the route begins and ends there. Without one it begins and ends anywhere.
    swath_m : float
        Width that one line covers.
    turn_m : float
        What stopping and turning back costs, as metres of flight.
    wanted : float
        Share of what can be seen that is to be seen.
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
    # Paths run along the edges of the transit area; no leg of a polished route may meet those of the space.
    space = shapely.buffer(transit.area, SLACK_M / 2.0, quad_segs=2)
    tell = on_progress or _say_nothing
    raster, samples = raster_of(within_reach, space, swath_m, _PRICED_SAMPLES_A_SWATH)

    def price_m(legs: NDArray[np.float64], turns: int, turn_m: float) -> float:
        seen = see_all(raster, legs, 1)
        see_all(raster, legs, -1)
        missed_m2 = (1.0 - seen / samples) * within_reach.area
        flown_m = float(np.hypot(*(legs[:, 2:] - legs[:, :2]).T).sum())
        return flown_m + turn_m * turns + missed_cost_m(missed_m2, within_reach.area, swath_m)

    def best_draft(turn_m: float) -> NDArray[np.float64]:
        drafts = []
        for angle_rad, strokes in _families(within_reach, flyable, swath_m, turn_m, price_m):
            cells = cells_of(strokes, transit, swath_m, angle_rad)
            if cells:
                flown = _flown(cells, transit, pad)
                legs = np.hstack((flown[:-1], flown[1:]))
                drafts.append((price_m(legs, len(strokes), turn_m), flown))
        if not drafts:
            raise MissionError("no line fits into what may be flown", remedy="Take a smaller swath or margin")
        return min(drafts, key=lambda draft: draft[0])[1]

    # A turn dearer than a swath favours long lines so much that corners are left unseen: both are tried.
    turns_m = sorted({min(turn_m, swath_m), turn_m})
    drafts = _distinct([best_draft(turn_tried_m) for turn_tried_m in turns_m])
    polished = []
    for number, draft in enumerate(drafts):
        tell(0.3 + 0.6 * number / len(drafts))
        polished.append(_polished(draft, within_reach, space, swath_m, turns_m[0], wanted, pad))
    route = min(polished, key=lambda route: _length_with_turns_m(route, turn_m))
    tell(1.0)
    points = tuple((float(x), float(y)) for x, y in route)
    legs = np.hstack((route[:-1], route[1:]))
    see_all(raster, legs, 1)
    return CoverageTour(
        points,
        tuple(_is_of_use(raster, *leg) for leg in legs.tolist()),
        seen_share(route, target, swath_m),
    )


def _is_of_use(raster: Raster, ax: float, ay: float, bx: float, by: float) -> bool:
    """Tell whether a leg sees a good part of its swath alone, or is only a turn between two that do."""
    length_m = math.hypot(bx - ax, by - ay)
    if length_m <= _TURN_SWATHS * 2.0 * raster.half_m:
        return True
    alone = see(raster, ax, ay, bx, by, -1)
    see(raster, ax, ay, bx, by, 1)
    return alone * raster.step_m**2 >= _SEEN_ALONE * 2.0 * raster.half_m * length_m


def _distinct(routes: list[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    return [
        route
        for number, route in enumerate(routes)
        if not any(np.array_equal(route, other) for other in routes[:number])
    ]


def _length_with_turns_m(route: NDArray[np.float64], turn_m: float) -> float:
    """Give a route's length and what its turns cost, each as much of a turn back as it is."""
    legs = np.diff(route, axis=0)
    headings_rad = np.arctan2(legs[:, 1], legs[:, 0])
    turned = 0.5 * (1.0 - np.cos(np.diff(headings_rad)))
    return float(np.hypot(*legs.T).sum() + turn_m * turned.sum())


def _say_nothing(_share: float) -> None:
    return


def _families(
    target: BaseGeometry,
    flyable: BaseGeometry,
    swath_m: float,
    turn_m: float,
    price_m: Callable[[NDArray[np.float64], int, float], float],
) -> list[tuple[float, list[Stroke]]]:
    """Lay lines of one angle over all, and arm by arm, at the angles where that costs least."""
    edges = ring_edges(flyable)
    ranked = rank_sweeps(target, flyable, swath_m, turn_m=turn_m)
    families = [(sweep.angle_rad, cut_strokes(edges, sweep)) for _, sweep in ranked[:_SWEEPS_TRIED]]
    edge_m = min((target.area - flyable.area) / target.length, swath_m / 2.0)
    priced = []
    for angle_rad in list(dict.fromkeys(sweep.angle_rad for _, sweep in ranked))[:_LOCAL_ANGLES_TRIED]:
        strokes = local_strokes(edges, angle_rad, swath_m, edge_m)
        if strokes:
            legs = np.array([(*stroke.start, *stroke.end) for stroke in strokes])
            cost_m = price_m(legs, len(strokes), turn_m) + swath_m * len(strokes)
            priced.append((cost_m, angle_rad, strokes))
    priced.sort(key=lambda entry: entry[0])
    return families + [(angle_rad, strokes) for _, angle_rad, strokes in priced[:_LOCAL_SWEEPS_TRIED]]


def _flown(cells: list[Cell], transit: Transit, pad: XY | None) -> NDArray[np.float64]:
    """Fly cells in a short order, legally from one to the next."""
    visits, _ = order_cells(cells, pad, transit)
    legs = [leg for visit in visits for leg in cells[visit.cell].directed(visit.entry)]
    points: list[XY] = list(legs[0]) if pad is None else [*transit.path(pad, legs[0][0]), legs[0][1]]
    for start, end in legs[1:]:
        points += [*transit.path(points[-1], start)[1:], end]
    if pad is not None:
        points += transit.path(points[-1], pad)[1:]
    return np.array(points)


def _polished(
    points: NDArray[np.float64],
    target: BaseGeometry,
    space: BaseGeometry,
    swath_m: float,
    turn_m: float,
    wanted: float,
    pad: XY | None,
) -> NDArray[np.float64]:
    """Polish a route, and keep it as it was where a rounding would have led it out of legal space."""
    polished = polish(points, target, space, swath_m, wanted=wanted, corner_m=turn_m, is_open=pad is None)
    return polished if shapely.covers(space, LineString(polished)) else points
