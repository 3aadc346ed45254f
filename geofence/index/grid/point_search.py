"""The volumes that hold points, through the grid."""

import numpy as np
from numpy.typing import NDArray

from geofence.compiled import compiled
from geofence.index.grid.crossings import ON_EDGE, crossing
from geofence.index.grid.tables import EMPTY, FIRST_GRID, GridTables, border_deg

REFUSED = -1
_BLOCK = 128


@compiled
def find_volumes(
    tables: GridTables,
    lat_deg: NDArray[np.float64],
    lon_deg: NDArray[np.float64],
    first: int,
    starts: NDArray[np.int64],
    volumes: NDArray[np.int32],
) -> int:
    """Find the volumes that hold points, from one number on, as long as there is room for them.

    Parameters
    ----------
    tables : GridTables
    lat_deg, lon_deg : arrays, shape (n,)
    first : int
        Number of the point to start with; `starts[first]` is set.
    starts : array of int64, shape (n + 1,)
        Is filled in.
    volumes : array of int32
        Is filled in from `starts[first]` on.

    Returns
    -------
    int
        Number of the point to go on with, n where all are done; `REFUSED` minus the number of a point that is
        none.
    """
    frames, shapes, cells, records = tables.frames_deg, tables.shapes, tables.cells, tables.records
    vertices = tables.vertices_deg
    west, south, across, up = frames[0, 0], frames[0, 1], 1.0 / frames[0, 2], 1.0 / frames[0, 3]
    columns, rows = shapes[0, 0], shapes[0, 1]
    # A little more than the grid: what rounding puts there is still held against the edges.
    most_columns, most_rows = columns + 1e-9, rows + 1e-9
    codes, borders = np.empty(_BLOCK, np.int32), np.empty(_BLOCK + 1)
    end = starts[first]
    for block in range(first, len(lat_deg), _BLOCK):
        block_end = min(block + _BLOCK, len(lat_deg))
        # The codes of many points are fetched at once: one after the other, each would wait for memory.
        for point in range(block, block_end):
            x, y = lon_deg[point], lat_deg[point]
            if not (abs(x) <= 180.0 and abs(y) <= 90.0):
                return REFUSED - point
            column_share, row_share = (x - west) * across, (y - south) * up
            code = EMPTY
            column = 0
            if -1e-9 <= column_share <= most_columns and -1e-9 <= row_share <= most_rows:
                column = min(int(column_share), columns - 1)
                code = cells[min(int(row_share), rows - 1) * columns + column]
            codes[point - block] = code
            borders[point - block] = border_deg(west, column, frames[0, 2])
        # So are records, and the first edge of each; the sum is of no use but to have them looked at.
        looked_at = 0.0
        for number in range(block_end - block):
            if codes[number] >= 0 and not codes[number] & 1:
                position = codes[number] >> 1
                looked_at += vertices[records[position + 3] if records[position + 1] & 1 else 0, 0]
        borders[_BLOCK] = looked_at
        for point in range(block, block_end):
            code = codes[point - block]
            if code == EMPTY:
                starts[point + 1] = end
                continue
            if end == len(volumes):
                return point
            x, y, border_x = lon_deg[point], lat_deg[point], borders[point - block]
            while code <= FIRST_GRID:
                grid = FIRST_GRID - code
                column = _share(x - frames[grid, 0], frames[grid, 2], shapes[grid, 0])
                row = _share(y - frames[grid, 1], frames[grid, 3], shapes[grid, 1])
                code = cells[shapes[grid, 2] + row * shapes[grid, 0] + column]
                border_x = border_deg(frames[grid, 0], column, frames[grid, 2])
            if code & 1:
                if code != EMPTY:
                    volumes[end] = code >> 1
                    end += 1
                starts[point + 1] = end
                continue
            position = code >> 1
            count = records[position]
            if end + count > len(volumes):
                return point
            position += 1
            # In place: handing arrays to a function would cost more than all this.
            for _ in range(count):
                head = records[position]
                if not head & 1:
                    volumes[end] = head >> 1
                    end += 1
                    position += 1
                    continue
                flags = records[position + 1]
                crossings = flags & 1
                run = position + 2
                position = run + 2 * (flags >> 1)
                while run < position:
                    edge, last = records[run], records[run + 1]
                    run += 2
                    bx, by = vertices[edge, 0], vertices[edge, 1]
                    while edge < last:
                        edge += 1
                        ax, ay = bx, by
                        bx, by = vertices[edge, 0], vertices[edge, 1]
                        # Most edges need no more than this.
                        if (ay < y and by < y) or (ax < x and bx < x):
                            continue
                        crossed = crossing(ax, ay, bx, by, x, y, border_x, False)
                        if crossed == ON_EDGE:
                            crossings, run, edge = 1, position, last
                        else:
                            crossings ^= crossed
                if crossings:
                    volumes[end] = head >> 1
                    end += 1
            starts[point + 1] = end
    return len(lat_deg)


@compiled
def _share(offset_deg: float, size_deg: float, count: int) -> int:
    return int(min(max(offset_deg / size_deg, 0.0), count - 1.0))
