"""Detours of a route to what it does not see yet, where they pay."""

import math

import numpy as np

from geofence.compiled import compiled
from missions.coverage.edge_grid import EdgeGrid, is_clear
from missions.coverage.exchange import UNKNOWN, Price, exchange, exchange_gain_m
from missions.coverage.raster import Raster

_REACH_SWATHS = 0.6
_LEAST_GAP_SWATHS = 0.03
_STRIDES_A_SWATH = 3.0
_BASE_SWATHS = 0.5
MOST_ADDED = 3
"""Vertices that one detour adds at most."""


@compiled
def add_detours(
    route: np.ndarray, settled: np.ndarray, count: int, raster: Raster, edges: EdgeGrid, price: Price
) -> int:
    """Lead a route by the middle of gaps in what it sees; gives its number of vertices."""
    counts = raster.counts
    rows, columns = counts.shape
    swath_m = 2.0 * raster.half_m
    reach = int(_REACH_SWATHS * swath_m / raster.step_m)
    stride = max(1, int(swath_m / raster.step_m / _STRIDES_A_SWATH))
    least = _LEAST_GAP_SWATHS * (swath_m / raster.step_m) ** 2
    fresh = np.empty((MOST_ADDED + 1, 2))
    for row in range(0, rows, stride):
        for column in range(0, columns, stride):
            if counts[row, column] != 0 or count + MOST_ADDED >= len(route):
                continue
            sum_x = sum_y = gap = 0
            for y in range(max(0, row - reach), min(rows, row + reach + 1)):
                for x in range(max(0, column - reach), min(columns, column + reach + 1)):
                    if counts[y, x] == 0:
                        sum_x, sum_y, gap = sum_x + x, sum_y + y, gap + 1
            if gap < least:
                continue
            via_row, via_column = _nearest_flyable(raster, sum_y / gap, sum_x / gap, reach)
            if via_row < 0:
                continue
            x_m = raster.west_m + raster.step_m * via_column
            y_m = raster.south_m + raster.step_m * via_row
            leg = _cheapest_leg(route, count, x_m, y_m, edges)
            if leg >= 0:
                count = _add_detour(route, settled, count, leg, x_m, y_m, fresh, raster, edges, price)
    return count


@compiled
def _nearest_flyable(raster: Raster, row: float, column: float, reach: int) -> tuple[float, float]:
    """Find the place nearest to a gap's middle from which it is seen; -1, -1 where there is none."""
    rows, columns = raster.is_flyable.shape
    y, x = round(row), round(column)
    if raster.is_flyable[y, x]:
        return row, column
    best, best_row, best_column = math.inf, -1.0, -1.0
    for other_row in range(max(0, y - reach), min(rows, y + reach + 1)):
        for other_column in range(max(0, x - reach), min(columns, x + reach + 1)):
            away = (other_row - row) ** 2 + (other_column - column) ** 2
            if away < best and raster.is_flyable[other_row, other_column]:
                best, best_row, best_column = away, float(other_row), float(other_column)
    return best_row, best_column


@compiled
def _cheapest_leg(route: np.ndarray, count: int, x_m: float, y_m: float, edges: EdgeGrid) -> int:
    """Find the leg from which a place costs the shortest detour; -1 where none leads there."""
    best_m, best = math.inf, -1
    for leg in range(count - 1):
        ax, ay, bx, by = route[leg, 0], route[leg, 1], route[leg + 1, 0], route[leg + 1, 1]
        detour_m = math.hypot(ax - x_m, ay - y_m) + math.hypot(bx - x_m, by - y_m)
        detour_m -= math.hypot(bx - ax, by - ay)
        if detour_m < best_m and is_clear(edges, ax, ay, x_m, y_m) and is_clear(edges, x_m, y_m, bx, by):
            best_m, best = detour_m, leg
    return best


@compiled
def _add_detour(
    route: np.ndarray,
    settled: np.ndarray,
    count: int,
    leg: int,
    x_m: float,
    y_m: float,
    fresh: np.ndarray,
    raster: Raster,
    edges: EdgeGrid,
    price: Price,
) -> int:
    """Bend a leg towards a place, all of it or only its part nearby, all the way or not."""
    ax, ay = route[leg, 0], route[leg, 1]
    dx, dy = route[leg + 1, 0] - ax, route[leg + 1, 1] - ay
    length_m = math.hypot(dx, dy)
    share = 0.0
    if length_m > 0.0:
        share = min(1.0, max(0.0, ((x_m - ax) * dx + (y_m - ay) * dy) / (length_m * length_m)))
    near_x, near_y = ax + share * dx, ay + share * dy
    for way in (1.0, 0.7, 0.4):
        for base_m in (0.0, 2.0 * _BASE_SWATHS * raster.half_m):
            size = 0
            if base_m > 0.0 and length_m > 0.0 and share - base_m / length_m > 0.0:
                fresh[size, 0] = ax + (share - base_m / length_m) * dx
                fresh[size, 1] = ay + (share - base_m / length_m) * dy
                size += 1
            fresh[size, 0], fresh[size, 1] = near_x + way * (x_m - near_x), near_y + way * (y_m - near_y)
            size += 1
            if base_m > 0.0 and length_m > 0.0 and share + base_m / length_m < 1.0:
                fresh[size, 0] = ax + (share + base_m / length_m) * dx
                fresh[size, 1] = ay + (share + base_m / length_m) * dy
                size += 1
            bend = fresh[:size]
            if exchange_gain_m(route, count, leg, leg + 1, bend, UNKNOWN, raster, edges, price) > 0.0:
                return exchange(route, settled, count, leg, leg + 1, bend)
    return count
