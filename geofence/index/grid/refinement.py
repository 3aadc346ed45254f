"""Division of crowded cells, until few edges are left in each."""

import numpy as np
from numpy.typing import NDArray

from geofence.compiled import compiled
from geofence.index.grid.division import divide
from geofence.index.grid.tables import FIRST_GRID, GridTables, border_deg

FEW_EDGES = 6
"""A cell of so many edges is not divided."""
FEW_EDGES_A_VOLUME = 3
"""Fewer of each volume, and nearly as many in all as the cell above has, meet in a point or lie upon one another."""
PROGRESS = 0.7
SMALLEST_CELL_DEG = 1e-6
MOST_COLUMNS = 32
"""Of a grid within a cell."""
DEEPEST_LEVEL = 6
MOST_NUMBERS_A_VERTEX = 128
"""Of all records together; then crowded cells stay as they are."""


@compiled
def refined(
    vertices_deg: NDArray[np.float64],
    records: NDArray[np.int32],
    record: int,
    frame: NDArray[np.float64],
    columns: int,
    rows: int,
) -> GridTables:
    """Lay a grid, and grids within its crowded cells.

    Parameters
    ----------
    vertices_deg : array, shape (vertices, 2)
    records : array of int32
    record : int
        Start of the record of a single cell that holds everything.
    frame : array, shape (4,)
        West, south, width and height of a cell.
    columns, rows : int
    """
    frames, shapes = np.empty((16, 4)), np.empty((16, 3), np.int32)
    # Of each grid its level, and how many edges there are in the cell it divides.
    levels, crowds = np.empty(16, np.int32), np.empty(16)
    cells = np.empty(0, np.int32)
    cell_end, record_end = 0, len(records)
    # The first cell to be divided is everything, and of no grid.
    grid, cell, level, crowd, grid_count = -1, 0, 0, np.inf, 0
    border, within, across, up = np.inf, frame, columns, rows
    most_numbers = len(records) + MOST_NUMBERS_A_VERTEX * len(vertices_deg)
    while True:
        tables = GridTables(vertices_deg, frames, shapes, cells, records)
        more_cells, more_records = divide(tables, record, border, within, across, up)
        for number in range(len(more_cells)):
            if more_cells[number] >= 0 and not more_cells[number] & 1:
                more_cells[number] += 2 * record_end
        if grid_count == len(shapes):
            frames, shapes, levels, crowds = _doubled(frames, shapes, levels, crowds)
        for number in range(4):
            frames[grid_count, number] = within[number]
        shapes[grid_count, 0], shapes[grid_count, 1], shapes[grid_count, 2] = across, up, cell_end
        levels[grid_count], crowds[grid_count] = level, crowd
        if grid >= 0:
            cells[cell] = FIRST_GRID - grid_count
        cells = _joined(cells, cell_end, more_cells)
        records = _joined(records, record_end, more_records)
        cell_end, record_end, grid_count = (
            cell_end + len(more_cells),
            record_end + len(more_records),
            grid_count + 1,
        )
        # On to the next crowded cell; grids come in the order of their cells.
        record = -1
        if grid < 0:
            grid, cell = 0, -1
        while record < 0:
            cell += 1
            if cell >= cell_end or record_end > most_numbers:
                return GridTables(
                    vertices_deg,
                    frames[:grid_count].copy(),
                    shapes[:grid_count].copy(),
                    cells[:cell_end].copy(),
                    records[:record_end].copy(),
                )
            while cell >= shapes[grid, 2] + shapes[grid, 0] * shapes[grid, 1]:
                grid += 1
            width, height = frames[grid, 2], frames[grid, 3]
            smaller = min(width, height)
            if (
                cells[cell] < 0
                or cells[cell] & 1
                or levels[grid] == DEEPEST_LEVEL
                or smaller < 2.0 * SMALLEST_CELL_DEG
            ):
                continue
            volumes, edges = _count(records, cells[cell] >> 1)
            if edges <= FEW_EDGES or (
                edges <= FEW_EDGES_A_VOLUME * volumes and edges > PROGRESS * crowds[grid]
            ):
                continue
            record = cells[cell] >> 1
            wanted = np.ceil(np.sqrt(edges * max(1.0, edges / volumes) / FEW_EDGES))
            across = up = int(min(max(wanted, 2.0), MOST_COLUMNS, smaller / SMALLEST_CELL_DEG))
            row, column = divmod(cell - shapes[grid, 2], shapes[grid, 0])
            level, crowd = levels[grid] + 1, float(edges)
            border = border_deg(frames[grid, 0], column, width)
            within = np.empty(4)
            within[0], within[1] = frames[grid, 0] + column * width, frames[grid, 1] + row * height
            within[2], within[3] = width / across, height / up


@compiled
def _count(records: NDArray[np.int32], record: int) -> tuple[int, int]:
    """Count the volumes of a cell, and the edges that come near it."""
    edges = 0
    position = record + 1
    for _ in range(records[record]):
        if records[position] & 1:
            runs = records[position + 1] >> 1
            position += 2
            for _ in range(runs):
                edges += records[position + 1] - records[position]
                position += 2
        else:
            position += 1
    return records[record], edges


@compiled
def _doubled(
    frames: NDArray[np.float64],
    shapes: NDArray[np.int32],
    levels: NDArray[np.int32],
    crowds: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    count = len(levels)
    more_frames, more_shapes = np.empty((2 * count, 4)), np.empty((2 * count, 3), np.int32)
    more_levels, more_crowds = np.empty(2 * count, np.int32), np.empty(2 * count)
    # Number by number: copies by slices take numba seconds to compile.
    for grid in range(count):
        for number in range(4):
            more_frames[grid, number] = frames[grid, number]
        for number in range(3):
            more_shapes[grid, number] = shapes[grid, number]
        more_levels[grid], more_crowds[grid] = levels[grid], crowds[grid]
    return more_frames, more_shapes, more_levels, more_crowds


@compiled
def _joined(array: NDArray[np.int32], end: int, more: NDArray[np.int32]) -> NDArray[np.int32]:
    if end + len(more) > len(array):
        longer = np.empty(2 * (end + len(more)), np.int32)
        for number in range(end):
            longer[number] = array[number]
        array = longer
    for number in range(len(more)):
        array[end + number] = more[number]
    return array
