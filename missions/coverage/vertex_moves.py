"""Leaving out, joining and moving single vertices and legs of a route."""

import math

import numpy as np

from geofence.compiled import compiled
from missions.coverage.edge_grid import EdgeGrid
from missions.coverage.exchange import UNKNOWN, Price, exchange, exchange_gain_m
from missions.coverage.raster import Raster, see

STEPS_SWATHS = (0.4, 0.15, 0.06)
DIRECTIONS = 6
_REPEATS = 6
_BESIDE = 1.3


@compiled
def settle(
    route: np.ndarray,
    settled: np.ndarray,
    count: int,
    first: int,
    last_back: int,
    raster: Raster,
    edges: EdgeGrid,
    price: Price,
    rounds: int,
    coarsest: int,
) -> int:
    """Improve a route vertex by vertex until none moves any more, or for some rounds; gives its number of vertices.

    Parameters
    ----------
    settled : array of bool
        Which vertices need not be looked at; kept up to date.
    first : int
        Number of the first vertex that may move.
    last_back : int
        How many of the last may not.
    coarsest : int
        Number of the longest of `STEPS_SWATHS` by which it moves.
    """
    fresh = np.empty((4, 2))
    for _ in range(rounds):
        is_done = True
        number = first
        while number < count - last_back:
            if settled[number]:
                number += 1
                continue
            settled[number] = True
            shorter = _leave_out(route, settled, count, number, last_back, fresh, raster, edges, price)
            if shorter != count:
                count, is_done = shorter, False
                continue
            if _move(route, settled, count, number, fresh, raster, edges, price, coarsest):
                is_done = False
            if number + 1 < count - last_back and _shift(
                route, settled, count, number, fresh, raster, edges, price, coarsest
            ):
                is_done = False
            number += 1
        if is_done:
            break
    return count


@compiled
def _leave_out(
    route: np.ndarray,
    settled: np.ndarray,
    count: int,
    number: int,
    last_back: int,
    fresh: np.ndarray,
    raster: Raster,
    edges: EdgeGrid,
    price: Price,
) -> int:
    """Leave out a vertex, or it and the next, or put one in the middle of the two."""
    if count <= 4:
        return count
    none = fresh[:0]
    if exchange_gain_m(route, count, number - 1, number + 1, none, UNKNOWN, raster, edges, price) > 0.0:
        return exchange(route, settled, count, number - 1, number + 1, none)
    if number + 1 >= count - last_back:
        return count
    fresh[0, 0] = 0.5 * (route[number, 0] + route[number + 1, 0])
    fresh[0, 1] = 0.5 * (route[number, 1] + route[number + 1, 1])
    for size in range(2):
        middle = fresh[:size]
        if exchange_gain_m(route, count, number - 1, number + 2, middle, UNKNOWN, raster, edges, price) > 0.0:
            return exchange(route, settled, count, number - 1, number + 2, middle)
    return count


@compiled
def _move(
    route: np.ndarray,
    settled: np.ndarray,
    count: int,
    number: int,
    fresh: np.ndarray,
    raster: Raster,
    edges: EdgeGrid,
    price: Price,
    coarsest: int,
) -> bool:
    """Move a vertex to the sides, and along its legs."""
    has_moved = False
    sight_m = _sight_m(raster, coarsest)
    winnable = _unseen_beside(route, count, number - 1, number + 1, raster, sight_m)
    for step in range(coarsest, len(STEPS_SWATHS)):
        step_m = 2.0 * STEPS_SWATHS[step] * raster.half_m
        for direction in range(DIRECTIONS + 2):
            if direction < DIRECTIONS:
                angle = 2.0 * math.pi * direction / DIRECTIONS
                dx, dy = math.cos(angle), math.sin(angle)
            else:
                other = number - 1 if direction == DIRECTIONS else number + 1
                if other < 0 or other >= count:
                    continue
                dx, dy = route[other, 0] - route[number, 0], route[other, 1] - route[number, 1]
                length_m = math.sqrt(dx * dx + dy * dy)
                if length_m < step_m:
                    continue
                dx, dy = dx / length_m, dy / length_m
            for _ in range(_REPEATS):
                moved = fresh[:1]
                moved[0, 0], moved[0, 1] = route[number, 0] + dx * step_m, route[number, 1] + dy * step_m
                if (
                    exchange_gain_m(
                        route, count, number - 1, number + 1, moved, winnable, raster, edges, price
                    )
                    <= 0.0
                ):
                    break
                exchange(route, settled, count, number - 1, number + 1, moved)
                has_moved = True
                winnable = _unseen_beside(route, count, number - 1, number + 1, raster, sight_m)
    return has_moved


@compiled
def _shift(
    route: np.ndarray,
    settled: np.ndarray,
    count: int,
    number: int,
    fresh: np.ndarray,
    raster: Raster,
    edges: EdgeGrid,
    price: Price,
    coarsest: int,
) -> bool:
    """Shift a leg to its sides."""
    dx, dy = route[number + 1, 0] - route[number, 0], route[number + 1, 1] - route[number, 1]
    length_m = math.sqrt(dx * dx + dy * dy)
    has_moved = False
    if length_m < 1e-9:
        return has_moved
    sight_m = _sight_m(raster, coarsest)
    winnable = _unseen_beside(route, count, number - 1, number + 2, raster, sight_m)
    for step in range(coarsest, len(STEPS_SWATHS)):
        for side in (-1.0, 1.0):
            step_m = 2.0 * STEPS_SWATHS[step] * raster.half_m * side
            east_m, north_m = -dy / length_m * step_m, dx / length_m * step_m
            for _ in range(_REPEATS):
                moved = fresh[:2]
                moved[0, 0], moved[0, 1] = route[number, 0] + east_m, route[number, 1] + north_m
                moved[1, 0], moved[1, 1] = route[number + 1, 0] + east_m, route[number + 1, 1] + north_m
                if (
                    exchange_gain_m(
                        route, count, number - 1, number + 2, moved, winnable, raster, edges, price
                    )
                    <= 0.0
                ):
                    break
                exchange(route, settled, count, number - 1, number + 2, moved)
                has_moved = True
                winnable = _unseen_beside(route, count, number - 1, number + 2, raster, sight_m)
    return has_moved


@compiled
def _sight_m(raster: Raster, coarsest: int) -> float:
    """Give how far from a leg what is seen can lie once it has moved by one step."""
    return raster.half_m * (1.0 + 2.0 * STEPS_SWATHS[coarsest])


@compiled
def _unseen_beside(
    route: np.ndarray, count: int, first: int, last: int, raster: Raster, sight_m: float
) -> float:
    """Count what is unseen within a sight of the legs between two vertices; some of it more than once."""
    wider = Raster(raster.counts, raster.is_flyable, raster.west_m, raster.south_m, raster.step_m, sight_m)
    unseen = 0.0
    for leg in range(max(first, 0), min(last, count - 1)):
        unseen += see(wider, route[leg, 0], route[leg, 1], route[leg + 1, 0], route[leg + 1, 1], 0)
    return unseen


@compiled
def unsettle(route: np.ndarray, settled: np.ndarray, count: int, raster: Raster) -> None:
    """Unsettle the vertices of legs beside which something is unseen."""
    for leg in range(count - 1):
        if _unseen_beside(route, count, leg, leg + 1, raster, _BESIDE * raster.half_m) > 0.0:
            settled[leg] = settled[leg + 1] = False
