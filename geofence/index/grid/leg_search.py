"""The volumes whose boundaries straight legs touch, through the grid."""

import numpy as np
from numpy.typing import NDArray

from geofence.compiled import compiled
from geofence.index.grid.division import cell_number, y_range_deg
from geofence.index.grid.orientation import side_of
from geofence.index.grid.tables import EMPTY, FIRST_GRID, TOUCH_DEG, GridTables

NEAR_DEG = TOUCH_DEG / 4.0
"""A leg looks into every cell that it comes so close to; what covers a cell reaches `TOUCH_DEG` beyond it."""


@compiled
def find_touched(
    tables: GridTables,
    ends_deg: NDArray[np.float64],
    held: NDArray[np.int32],
    held_starts: NDArray[np.int64],
    first: int,
    starts: NDArray[np.int64],
    volumes: NDArray[np.int32],
    last_leg: NDArray[np.int64],
) -> int:
    """Find the volumes that legs touch, from one number on, as long as there is room for them.

    Parameters
    ----------
    tables : GridTables
    ends_deg : array, shape (n, 4)
        Longitude and latitude of either end.
    held, held_starts : arrays
        The volumes that hold the first end of each leg: those without it are touched where an edge is.
    first : int
        Number of the leg to start with; `starts[first]` is set.
    starts : array of int64, shape (n + 1,)
        Is filled in.
    volumes : array of int32
        Is filled in from `starts[first]` on, ascending for each leg.
    last_leg : array of int64, one for each volume
        The leg that each was found at last; less than `first` to begin with.

    Returns
    -------
    int
        Number of the leg to go on with, n where all are done.
    """
    frames, shapes, cells, records = tables.frames_deg, tables.shapes, tables.cells, tables.records
    vertices = tables.vertices_deg
    pending = np.empty(len(shapes), np.int32)
    for leg in range(first, len(ends_deg)):
        end = starts[leg]
        if end + len(last_leg) > len(volumes):
            return leg
        for number in range(held_starts[leg], held_starts[leg + 1]):
            volumes[end] = held[number]
            last_leg[held[number]] = leg
            end += 1
        px, py, qx, qy = ends_deg[leg, 0], ends_deg[leg, 1], ends_deg[leg, 2], ends_deg[leg, 3]
        west, east, south, north = min(px, qx), max(px, qx), min(py, qy), max(py, qy)
        pending[0] = 0
        pending_count = 1
        while pending_count > 0:
            pending_count -= 1
            grid = pending[pending_count]
            grid_west, grid_south = frames[grid, 0], frames[grid, 1]
            width, height = frames[grid, 2], frames[grid, 3]
            columns, rows = shapes[grid, 0], shapes[grid, 1]
            if east < grid_west - NEAR_DEG or west > grid_west + columns * width + NEAR_DEG:
                continue
            first_column = cell_number(west - NEAR_DEG - grid_west, width, columns)
            last_column = cell_number(east + NEAR_DEG - grid_west, width, columns)
            for column in range(first_column, last_column + 1):
                low, high = y_range_deg(
                    px,
                    py,
                    qx,
                    qy,
                    grid_west + column * width - NEAR_DEG,
                    grid_west + (column + 1) * width + NEAR_DEG,
                )
                if high < grid_south - NEAR_DEG or low > grid_south + rows * height + NEAR_DEG:
                    continue
                first_row = cell_number(low - NEAR_DEG - grid_south, height, rows)
                last_row = cell_number(high + NEAR_DEG - grid_south, height, rows)
                for row in range(first_row, last_row + 1):
                    code = cells[shapes[grid, 2] + row * columns + column]
                    if code == EMPTY:
                        continue
                    if code <= FIRST_GRID:
                        pending[pending_count] = FIRST_GRID - code
                        pending_count += 1
                        continue
                    if code & 1:
                        volume = code >> 1
                        if last_leg[volume] != leg:
                            last_leg[volume] = leg
                            volumes[end] = volume
                            end += 1
                        continue
                    position = code >> 1
                    count = records[position]
                    position += 1
                    for _ in range(count):
                        volume = records[position] >> 1
                        is_touched = True
                        if records[position] & 1:
                            run = position + 2
                            position = run + 2 * (records[position + 1] >> 1)
                            is_touched = False
                            if last_leg[volume] == leg:
                                run = position
                            while run < position:
                                edge, last = records[run], records[run + 1]
                                run += 2
                                bx, by = vertices[edge, 0], vertices[edge, 1]
                                while edge < last:
                                    edge += 1
                                    ax, ay = bx, by
                                    bx, by = vertices[edge, 0], vertices[edge, 1]
                                    if (
                                        min(ax, bx) <= east
                                        and max(ax, bx) >= west
                                        and min(ay, by) <= north
                                        and max(ay, by) >= south
                                        and meet(ax, ay, bx, by, px, py, qx, qy)
                                    ):
                                        is_touched = True
                                        run, edge = position, last
                        else:
                            position += 1
                        if is_touched and last_leg[volume] != leg:
                            last_leg[volume] = leg
                            volumes[end] = volume
                            end += 1
        # Few, and nearly in order.
        for number in range(starts[leg] + 1, end):
            volume = volumes[number]
            place = number
            while place > starts[leg] and volumes[place - 1] > volume:
                volumes[place] = volumes[place - 1]
                place -= 1
            volumes[place] = volume
        starts[leg + 1] = end
    return len(ends_deg)


@compiled
def meet(ax: float, ay: float, bx: float, by: float, px: float, py: float, qx: float, qy: float) -> bool:
    """Say whether two segments, a to b and p to q, whose boxes meet have a point in common."""
    return (
        side_of(px, py, qx, qy, ax, ay) * side_of(px, py, qx, qy, bx, by) <= 0
        and side_of(ax, ay, bx, by, px, py) * side_of(ax, ay, bx, by, qx, qy) <= 0
    )
