"""The edges of legal space in a grid of cells, to tell in a microsecond whether a leg crosses one."""

import math
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geofence.compiled import compiled

_CELLS_AN_EDGE = 8.0
_CELLS_A_SIDE_AT_LEAST = 8
_CELLS_A_SIDE_AT_MOST = 256


class EdgeGrid(NamedTuple):
    """Edges, and which of them come into each cell.

    Parameters
    ----------
    edges : array, shape (n, 4)
        From and to: x, y, x, y.
    first : array, shape (cells + 1,)
        Where the edges of each cell begin among `members`, row by row from the south-west.
    members : array
        Numbers of edges.
    west_m, south_m, cell_m : float
    columns, rows : int
    """

    edges: NDArray[np.float64]
    first: NDArray[np.int64]
    members: NDArray[np.int64]
    west_m: float
    south_m: float
    cell_m: float
    columns: int
    rows: int


def edge_grid_of(area: BaseGeometry) -> EdgeGrid:
    """Lay a grid over the edges of all rings of an area."""
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(area))]
    edges = np.vstack([np.hstack((xy[:-1], xy[1:])) for xy in rings])
    west_m, south_m, east_m, north_m = area.bounds
    side = math.sqrt(_CELLS_AN_EDGE * len(edges))
    side = min(max(side, _CELLS_A_SIDE_AT_LEAST), _CELLS_A_SIDE_AT_MOST)
    cell_m = max(east_m - west_m, north_m - south_m) / side
    west_m, south_m = west_m - 0.5 * cell_m, south_m - 0.5 * cell_m
    columns, rows = int((east_m - west_m) / cell_m) + 1, int((north_m - south_m) / cell_m) + 1
    bare = EdgeGrid(
        edges, np.zeros(0, np.int64), np.zeros(0, np.int64), west_m, south_m, cell_m, columns, rows
    )
    per_edge = _cells_of_edges(bare, np.zeros(0, np.int64), np.zeros(0, np.int64))
    cells, numbers = np.empty(per_edge, np.int64), np.empty(per_edge, np.int64)
    _cells_of_edges(bare, cells, numbers)
    order = np.argsort(cells, kind="stable")
    first = np.searchsorted(cells[order], np.arange(columns * rows + 1))
    return bare._replace(first=first, members=numbers[order])


@compiled
def _cells_of_edges(grid: EdgeGrid, cells: np.ndarray, numbers: np.ndarray) -> int:
    """Write down every cell that an edge comes into; only count them where there is no room."""
    count = 0
    for number in range(len(grid.edges)):
        ax, ay, bx, by = grid.edges[number]
        first_row, last_row = _rows_of(grid, ay, by)
        for row in range(first_row, last_row + 1):
            first, last = _columns_of(grid, row, ax, ay, bx, by)
            for column in range(first, last + 1):
                if len(cells):
                    cells[count], numbers[count] = row * grid.columns + column, number
                count += 1
    return count


@compiled
def _rows_of(grid: EdgeGrid, ay: float, by: float) -> tuple[int, int]:
    first = int((min(ay, by) - grid.south_m) / grid.cell_m)
    last = int((max(ay, by) - grid.south_m) / grid.cell_m)
    return max(first, 0), min(last, grid.rows - 1)


@compiled
def _columns_of(grid: EdgeGrid, row: int, ax: float, ay: float, bx: float, by: float) -> tuple[int, int]:
    """Give the columns that a leg passes within a row, and a hair beyond."""
    low = max(min(ay, by), grid.south_m + row * grid.cell_m)
    high = min(max(ay, by), grid.south_m + (row + 1) * grid.cell_m)
    left, right = min(ax, bx), max(ax, bx)
    if ay != by:
        slope = (bx - ax) / (by - ay)
        one, other = ax + (low - ay) * slope, ax + (high - ay) * slope
        left, right = max(left, min(one, other)), min(right, max(one, other))
    hair_m = 1e-6 * grid.cell_m
    first = int((left - hair_m - grid.west_m) / grid.cell_m)
    last = int((right + hair_m - grid.west_m) / grid.cell_m)
    return max(first, 0), min(last, grid.columns - 1)


@compiled
def is_clear(grid: EdgeGrid, ax: float, ay: float, bx: float, by: float) -> bool:
    """Tell whether a leg between two places inside meets no edge, not even by touching one."""
    dx, dy = bx - ax, by - ay
    first_row, last_row = _rows_of(grid, ay, by)
    for row in range(first_row, last_row + 1):
        first, last = _columns_of(grid, row, ax, ay, bx, by)
        for cell in range(row * grid.columns + first, row * grid.columns + last + 1):
            for member in range(grid.first[cell], grid.first[cell + 1]):
                x0, y0, x1, y1 = grid.edges[grid.members[member]]
                if (dx * (y0 - ay) - dy * (x0 - ax)) * (dx * (y1 - ay) - dy * (x1 - ax)) > 0.0:
                    continue
                ex, ey = x1 - x0, y1 - y0
                if (ex * (ay - y0) - ey * (ax - x0)) * (ex * (by - y0) - ey * (bx - x0)) > 0.0:
                    continue
                return False
    return True
