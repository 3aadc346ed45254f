"""Flying parts of a route the other way round, or at another time (2-opt and or-opt; Croes 1958, Or 1976)."""

import math

import numpy as np

from geofence.compiled import compiled
from missions.coverage.edge_grid import EdgeGrid, is_clear
from missions.coverage.exchange import LEAST_GAIN_M, Price
from missions.coverage.raster import Raster, net_loss, see, see_all

_CHAIN_AT_MOST = 8
_LEAST_FREED_SWATHS = 0.05
_LEGS_AT_MOST = 3


@compiled
def _length_m(route: np.ndarray, count: int, one: int, other: int) -> float:
    """Length of a leg between two vertices; none where one of them lies beyond the ends."""
    if one < 0 or other >= count or other < 0 or one >= count:
        return 0.0
    dx, dy = route[one, 0] - route[other, 0], route[one, 1] - route[other, 1]
    return math.sqrt(dx * dx + dy * dy)


@compiled
def _swap_legs(
    route: np.ndarray,
    count: int,
    pairs: np.ndarray,
    olds: int,
    raster: Raster,
    edges: EdgeGrid,
    price: Price,
    saved_m: float,
) -> bool:
    """Take the first legs of a list out of the raster and the others in, if that gains.

    Parameters
    ----------
    pairs : array of int, shape (n, 2)
        The vertices of each leg; a leg of which one lies beyond the ends is none.
    olds : int
        How many of them are of the route as it is.
    saved_m : float
        What the others are shorter.
    """
    legs = np.empty((len(pairs), 4))
    size = olds_found = winnable = 0
    for number in range(len(pairs)):
        one, other = pairs[number]
        if one < 0 or other >= count or other < 0 or one >= count:
            continue
        ax, ay, bx, by = route[one, 0], route[one, 1], route[other, 0], route[other, 1]
        if number < olds:
            olds_found += 1
        elif not is_clear(edges, ax, ay, bx, by):
            return False
        else:
            winnable += see(raster, ax, ay, bx, by, 0)
        legs[size, 0], legs[size, 1], legs[size, 2], legs[size, 3] = ax, ay, bx, by
        size += 1
    legs = legs[:size]
    most = winnable + int(saved_m / price.unseen_m)
    if saved_m - net_loss(raster, legs, olds_found, most) * price.unseen_m <= LEAST_GAIN_M:
        return False
    see_all(raster, legs[:olds_found], -1)
    see_all(raster, legs[olds_found:], 1)
    return True


@compiled
def reverse_parts(
    route: np.ndarray,
    settled: np.ndarray,
    count: int,
    is_open: bool,
    raster: Raster,
    edges: EdgeGrid,
    price: Price,
) -> bool:
    """Fly parts the other way round as long as that gains; ends that are not open stay."""
    has_changed = False
    legs = np.empty((4, 2), np.int64)
    before = -1 if is_open else 0
    while before < count - 2:
        is_reversed = False
        last = before + 2
        while last <= (count - 1 if is_open else count - 2):
            saved_m = _length_m(route, count, before, before + 1) + _length_m(route, count, last, last + 1)
            saved_m -= _length_m(route, count, before, last) + _length_m(route, count, before + 1, last + 1)
            if saved_m > LEAST_GAIN_M:
                legs[0, 0], legs[0, 1], legs[1, 0], legs[1, 1] = before, before + 1, last, last + 1
                legs[2, 0], legs[2, 1], legs[3, 0], legs[3, 1] = before, last, before + 1, last + 1
                if _swap_legs(route, count, legs, 2, raster, edges, price, saved_m):
                    low, high = before + 1, last
                    while low < high:
                        for axis in range(2):
                            route[low, axis], route[high, axis] = route[high, axis], route[low, axis]
                        settled[low], settled[high] = settled[high], settled[low]
                        low, high = low + 1, high - 1
                    for vertex in (before, before + 1, last, last + 1):
                        if 0 <= vertex < count:
                            settled[vertex] = False
                    is_reversed = has_changed = True
                    break
            last += 1
        if not is_reversed:
            before += 1
    return has_changed


@compiled
def move_chains(
    route: np.ndarray,
    settled: np.ndarray,
    count: int,
    is_open: bool,
    raster: Raster,
    edges: EdgeGrid,
    price: Price,
) -> bool:
    """Fly chains of a few vertices at another time, either way round, as long as that gains."""
    has_changed = False
    legs = np.empty((2 * _LEGS_AT_MOST, 2), np.int64)
    end = count if is_open else count - 1
    first = 0 if is_open else 1
    while first < end:
        has_moved = False
        for size in range(1, _CHAIN_AT_MOST + 1):
            last = first + size - 1
            if last >= end or count - size < 3:
                break
            freed_m = _length_m(route, count, first - 1, first) + _length_m(route, count, last, last + 1)
            freed_m -= _length_m(route, count, first - 1, last + 1)
            if freed_m <= _LEAST_FREED_SWATHS * 2.0 * raster.half_m:
                continue
            saved_m, after, is_back = _best_place(route, count, first, last, freed_m, is_open)
            if saved_m <= LEAST_GAIN_M:
                continue
            enter, leave = (last, first) if is_back else (first, last)
            legs[0, 0], legs[0, 1], legs[1, 0], legs[1, 1] = first - 1, first, last, last + 1
            legs[2, 0], legs[2, 1], legs[3, 0], legs[3, 1] = after, after + 1, first - 1, last + 1
            legs[4, 0], legs[4, 1], legs[5, 0], legs[5, 1] = after, enter, leave, after + 1
            if not _swap_legs(route, count, legs, 3, raster, edges, price, saved_m):
                continue
            _transplant(route, settled, count, first, last, after, is_back)
            has_moved = has_changed = True
            break
        if not has_moved:
            first += 1
    return has_changed


@compiled
def _best_place(
    route: np.ndarray, count: int, first: int, last: int, freed_m: float, is_open: bool
) -> tuple[float, int, bool]:
    """Find the vertex behind which a chain costs least, and whether it is flown the other way round there."""
    best_m, best, best_is_back = 0.0, -2, False
    start = -1 if is_open else 0
    here_first_m, here_last_m = _length_m(route, count, start, first), _length_m(route, count, start, last)
    for after in range(start, count if is_open else count - 1):
        next_first_m = _length_m(route, count, after + 1, first)
        next_last_m = _length_m(route, count, after + 1, last)
        if not first - 1 <= after <= last:
            most_m = freed_m + _length_m(route, count, after, after + 1)
            saved_m = most_m - here_first_m - next_last_m
            if saved_m > best_m:
                best_m, best, best_is_back = saved_m, after, False
            saved_m = most_m - here_last_m - next_first_m
            if saved_m > best_m:
                best_m, best, best_is_back = saved_m, after, True
        here_first_m, here_last_m = next_first_m, next_last_m
    return best_m, best, best_is_back


@compiled
def _transplant(
    route: np.ndarray, settled: np.ndarray, count: int, first: int, last: int, after: int, is_back: bool
) -> None:
    """Move a chain behind another vertex."""
    size = last - first + 1
    chain = route[first : last + 1].copy()
    if after > last:
        for number in range(last + 1, after + 1):
            route[number - size], settled[number - size] = route[number], settled[number]
        start = after - size + 1
    else:
        for number in range(first - 1, after, -1):
            route[number + size], settled[number + size] = route[number], settled[number]
        start = after + 1
    for number in range(size):
        route[start + number] = chain[size - 1 - number] if is_back else chain[number]
        settled[start + number] = False
    joint = first - 1 if after > last else last
    for vertex in (start - 1, start + size, joint, joint + 1):
        if 0 <= vertex < count:
            settled[vertex] = False
