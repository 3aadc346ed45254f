"""The grid of an index: what its kernels read."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geofence.compiled import compiled

TOUCH_DEG = 1e-9
"""A cell knows every edge that comes this close to it."""
SLACK_DEG = 1e-10
"""So far beyond its own cells lies the border a grid counts crossings at: more than rounding puts a point there."""

EMPTY = -1
"""Code of a cell that no volume meets."""
FIRST_GRID = -2
"""Codes from here downwards number the grids that cells are divided by.

Of codes from 0 upwards the odd ones are one more than twice the number of the only volume that meets, and covers, the
cell, the even ones twice the start of a record.
"""


class GridTables(NamedTuple):
    """A grid of cells, of which crowded ones are divided by grids of their own.

    Attributes
    ----------
    vertices_deg : array, shape (vertices, 2)
        Longitude and latitude, ring after ring, each closed. Edge i runs from vertex i to i + 1.
    frames_deg : array, shape (grids, 4)
        West, south, width and height of a cell. Grid 0 is the first.
    shapes : array of int32, shape (grids, 3)
        Columns, rows, and number of the first cell; cells go row by row.
    cells : array of int32
        Codes: `EMPTY`, `FIRST_GRID` minus the number of a grid, a volume, or a record.
    records : array of int32
        The number of volumes that meet the cell, and of each, in order: twice its number, and no more where it
        covers the cell. Otherwise one more than that, then twice the number of runs of edges plus one where the
        corner counts as inside, then the first edge and that after the last of each run.
    """

    vertices_deg: NDArray[np.float64]
    frames_deg: NDArray[np.float64]
    shapes: NDArray[np.int32]
    cells: NDArray[np.int32]
    records: NDArray[np.int32]


@compiled
def border_deg(origin_deg: float, number: int, size_deg: float) -> float:
    """Give the far border of a column or row."""
    return origin_deg + (number + 1) * size_deg + SLACK_DEG
