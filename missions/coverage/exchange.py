"""Exchanging a few vertices of a route for others, where that makes it cheaper."""

import math
from typing import NamedTuple

import numpy as np

from geofence.compiled import compiled
from missions.coverage.edge_grid import EdgeGrid, is_clear
from missions.coverage.raster import Raster, net_loss, see, see_all

LEAST_GAIN_M = 1e-6
UNKNOWN = math.inf


class Price(NamedTuple):
    """What a route costs, in metres of flight.

    Parameters
    ----------
    unseen_m : float
        For every sample that it does not see.
    corner_m : float
        For turning back; less for less of a turn.
    vertex_m : float
        For every vertex.
    """

    unseen_m: float
    corner_m: float
    vertex_m: float


@compiled
def chain_cost_m(chain: np.ndarray, count: int, price: Price) -> float:
    """Price the first places of a chain: its length and its corners."""
    cost_m = 0.0
    before_x = before_y = before_m = 0.0
    for number in range(count - 1):
        dx, dy = chain[number + 1, 0] - chain[number, 0], chain[number + 1, 1] - chain[number, 1]
        length_m = math.sqrt(dx * dx + dy * dy)
        cost_m += length_m
        if number > 0:
            cost_m += price.vertex_m
            if length_m > 0.0 and before_m > 0.0:
                cosine = (dx * before_x + dy * before_y) / (length_m * before_m)
                cost_m += 0.5 * price.corner_m * (1.0 - cosine)
        before_x, before_y, before_m = dx, dy, length_m
    return cost_m


@compiled
def exchange_gain_m(
    route: np.ndarray,
    count: int,
    before: int,
    after: int,
    fresh: np.ndarray,
    winnable: float,
    raster: Raster,
    edges: EdgeGrid,
    price: Price,
) -> float:
    """Try the fresh vertices in place of those between two others; keep them in the raster where they are cheaper.

    Parameters
    ----------
    route : array, shape (room, 2)
        Its first `count` rows are its vertices.
    before, after : int
        Numbers of the vertices that stay; -1 and `count` where there is none.
    winnable : float
        How many samples, now unseen, can become seen at most; `UNKNOWN` if that is to be found out.

    Returns
    -------
    float
        What is gained; 0 where nothing was changed. The route itself is left to `exchange`.
    """
    first, last = max(before - 1, 0), min(after + 1, count - 1)
    old_m = chain_cost_m(route[first : last + 1], last - first + 1, price)
    chain = np.empty((len(fresh) + 4, 2))
    size = 0
    if before >= 1:
        chain[size] = route[before - 1]
        size += 1
    start = size
    if before >= 0:
        chain[size] = route[before]
        size += 1
    for number in range(len(fresh)):
        chain[size] = fresh[number]
        size += 1
    if after <= count - 1:
        chain[size] = route[after]
        size += 1
    end = size
    if after + 1 <= count - 1:
        chain[size] = route[after + 1]
        size += 1
    saved_m = old_m - chain_cost_m(chain, size, price)
    if saved_m + winnable * price.unseen_m <= LEAST_GAIN_M:
        return 0.0
    for number in range(start, end - 1):
        if not is_clear(
            edges, chain[number, 0], chain[number, 1], chain[number + 1, 0], chain[number + 1, 1]
        ):
            return 0.0
    if winnable == UNKNOWN:
        winnable = 0.0
        for number in range(start, end - 1):
            winnable += see(
                raster, chain[number, 0], chain[number, 1], chain[number + 1, 0], chain[number + 1, 1], 0
            )
        if saved_m + winnable * price.unseen_m <= LEAST_GAIN_M:
            return 0.0
    low, high = max(before, 0), min(after, count - 1)
    olds = high - low
    legs = np.empty((olds + end - 1 - start, 4))
    for number in range(olds):
        legs[number, :2], legs[number, 2:] = route[low + number], route[low + number + 1]
    for number in range(start, end - 1):
        legs[olds + number - start, :2], legs[olds + number - start, 2:] = chain[number], chain[number + 1]
    most = int(winnable) + int(max(saved_m, 0.0) / price.unseen_m)
    gain_m = saved_m - net_loss(raster, legs, olds, most) * price.unseen_m
    if gain_m <= LEAST_GAIN_M:
        return 0.0
    see_all(raster, legs[:olds], -1)
    see_all(raster, legs[olds:], 1)
    return gain_m


@compiled
def exchange(
    route: np.ndarray,
    settled: np.ndarray,
    count: int,
    before: int,
    after: int,
    fresh: np.ndarray,
) -> int:
    """Put the fresh vertices in place of those between two others; gives the new number of vertices.

    What is near them is unsettled.
    """
    shift = len(fresh) - (after - before - 1)
    if shift > 0:
        for number in range(count - 1, after - 1, -1):
            route[number + shift], settled[number + shift] = route[number], settled[number]
    elif shift < 0:
        for number in range(after, count):
            route[number + shift], settled[number + shift] = route[number], settled[number]
    for number in range(len(fresh)):
        route[before + 1 + number] = fresh[number]
    count += shift
    for number in range(max(before - 1, 0), min(before + len(fresh) + 3, count)):
        settled[number] = False
    return count
