"""Division of a cell by a grid of smaller ones."""

import numpy as np
from numpy.typing import NDArray

from geofence.compiled import compiled
from geofence.index.grid.crossings import crossing
from geofence.index.grid.orientation import side_beside
from geofence.index.grid.tables import EMPTY, TOUCH_DEG, GridTables, border_deg

_NONE = -1


@compiled
def y_range_deg(ax: float, ay: float, bx: float, by: float, west: float, east: float) -> tuple[float, float]:
    """Give lowest and highest y of a segment between two meridians that it comes near."""
    if ax > bx:
        ax, ay, bx, by = bx, by, ax, ay
    if bx > ax:
        slope = (by - ay) / (bx - ax)
        start_y = ay if ax >= west else ay + (west - ax) * slope
        end_y = by if bx <= east else ay + (east - ax) * slope
        # Where the segment is nearly a meridian the slope may carry it beyond its ends.
        low, high = min(ay, by), max(ay, by)
        start_y, end_y = min(max(start_y, low), high), min(max(end_y, low), high)
        return min(start_y, end_y), max(start_y, end_y)
    return min(ay, by), max(ay, by)


@compiled
def cell_number(offset_deg: float, size_deg: float, count: int) -> int:
    """Give the column or row at an offset, the nearest one where it is outside."""
    return int(min(max(offset_deg / size_deg, 0.0), count - 1.0))


@compiled
def divide(
    tables: GridTables, record: int, border_x: float, frame: NDArray[np.float64], columns: int, rows: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Work out the cells and records of a grid laid over a cell.

    Parameters
    ----------
    tables : GridTables
        Vertices and the records so far.
    record : int
        Start of the cell's own.
    border_x : float
        Its eastern border, at which its crossings are counted.
    frame : array, shape (4,)
        West, south, width and height of the new cells.
    columns, rows : int

    Returns
    -------
    cells, records : arrays of int32
        Numbered from 0.
    """
    old = tables.records
    count = columns * rows
    # Each cell's list of nodes: a volume that covers it (no first edge), or a run of its edges.
    heads, tails = np.full(count, _NONE, np.int32), np.full(count, _NONE, np.int32)
    nodes = np.empty((max(1024, 2 * count), 4), np.int32)
    is_inside_at_corner = np.zeros(nodes.shape[0], np.bool_)
    node_count = 0
    toggles = np.zeros((columns, rows + 1), np.bool_)
    position = record + 1
    for _ in range(old[record]):
        volume = old[position] >> 1
        if not old[position] & 1:
            position += 1
            nodes, is_inside_at_corner = _grown(nodes, is_inside_at_corner, node_count + count)
            for cell in range(count):
                _append(nodes, heads, tails, cell, node_count, volume, _NONE)
                node_count += 1
            continue
        first_run, starts_inside = position + 2, old[position + 1] & 1 == 1
        position = first_run + 2 * (old[position + 1] >> 1)
        west, south, east, north = _box_of_runs(tables, first_run, position)
        first_column, last_column, first_row, last_row = 0, columns - 1, 0, rows - 1
        if border_x == np.inf:
            # All edges are here: nothing of the volume lies beyond them.
            first_column = cell_number(west - TOUCH_DEG - frame[0], frame[2], columns)
            last_column = cell_number(east + TOUCH_DEG - frame[0], frame[2], columns)
            first_row = cell_number(south - TOUCH_DEG - frame[1], frame[3], rows)
            last_row = cell_number(north + TOUCH_DEG - frame[1], frame[3], rows)
        for column in range(first_column, last_column + 1):
            for row in range(first_row, last_row + 2):
                toggles[column, row] = False
        for run in range(first_run, position, 2):
            for edge in range(old[run], old[run + 1]):
                nodes, is_inside_at_corner, node_count = _mark(
                    tables, edge, volume, frame, toggles, heads, tails, nodes, is_inside_at_corner, node_count
                )
        area = (last_column - first_column + 1) * (last_row - first_row + 1)
        nodes, is_inside_at_corner = _grown(nodes, is_inside_at_corner, node_count + area)
        top = border_deg(frame[1], last_row, frame[3])
        for column in range(first_column, last_column + 1):
            is_inside = starts_inside
            if north >= top:
                corner_x = border_deg(frame[0], column, frame[2])
                is_inside ^= _crossings(tables, old, first_run, position, corner_x, top, border_x)
            for row in range(last_row, first_row - 1, -1):
                if row < last_row:
                    is_inside ^= toggles[column, row + 1]
                cell = row * columns + column
                node = tails[cell]
                if node != _NONE and nodes[node, 0] == volume:
                    is_inside_at_corner[node] = is_inside
                elif is_inside:
                    _append(nodes, heads, tails, cell, node_count, volume, _NONE)
                    node_count += 1
    return _records(tables, frame, columns, rows, heads, nodes, is_inside_at_corner)


@compiled
def _box_of_runs(tables: GridTables, first_run: int, end: int) -> tuple[float, float, float, float]:
    west, south, east, north = np.inf, np.inf, -np.inf, -np.inf
    for run in range(first_run, end, 2):
        for vertex in range(tables.records[run], tables.records[run + 1] + 1):
            x, y = tables.vertices_deg[vertex, 0], tables.vertices_deg[vertex, 1]
            west, south, east, north = min(west, x), min(south, y), max(east, x), max(north, y)
    return west, south, east, north


@compiled
def _crossings(
    tables: GridTables,
    records: NDArray[np.int32],
    first_run: int,
    end: int,
    px: float,
    py: float,
    border_x: float,
) -> bool:
    """Say whether an odd number of the edges of some runs crosses the path that starts just beside a point."""
    is_odd = False
    for run in range(first_run, end, 2):
        for edge in range(records[run], records[run + 1]):
            ax, ay = tables.vertices_deg[edge, 0], tables.vertices_deg[edge, 1]
            bx, by = tables.vertices_deg[edge + 1, 0], tables.vertices_deg[edge + 1, 1]
            if crossing(ax, ay, bx, by, px, py, border_x, True):
                is_odd = not is_odd
    return is_odd


@compiled
def _mark(
    tables: GridTables,
    edge: int,
    volume: int,
    frame: NDArray[np.float64],
    toggles: NDArray[np.bool_],
    heads: NDArray[np.int32],
    tails: NDArray[np.int32],
    nodes: NDArray[np.int32],
    is_inside_at_corner: NDArray[np.bool_],
    node_count: int,
) -> tuple[NDArray[np.int32], NDArray[np.bool_], int]:
    """Put an edge into the lists of the cells it comes near, and note where it crosses the borders of columns."""
    columns, rows = toggles.shape[0], toggles.shape[1] - 1
    ax, ay = tables.vertices_deg[edge, 0], tables.vertices_deg[edge, 1]
    bx, by = tables.vertices_deg[edge + 1, 0], tables.vertices_deg[edge + 1, 1]
    west, east = min(ax, bx) - TOUCH_DEG, max(ax, bx) + TOUCH_DEG
    if east < frame[0] - TOUCH_DEG or west > frame[0] + columns * frame[2] + TOUCH_DEG:
        return nodes, is_inside_at_corner, node_count
    first_column = cell_number(west - frame[0], frame[2], columns)
    for column in range(first_column, cell_number(east - frame[0], frame[2], columns) + 1):
        cell_west = frame[0] + column * frame[2] - TOUCH_DEG
        low, high = y_range_deg(ax, ay, bx, by, cell_west, cell_west + frame[2] + 2.0 * TOUCH_DEG)
        low, high = low - 2.0 * TOUCH_DEG, high + 2.0 * TOUCH_DEG
        if high < frame[1] or low > frame[1] + rows * frame[3]:
            continue
        first = cell_number(low - frame[1], frame[3], rows)
        last = cell_number(high - frame[1], frame[3], rows)
        nodes, is_inside_at_corner = _grown(nodes, is_inside_at_corner, node_count + last - first + 1)
        for row in range(first, last + 1):
            cell = row * columns + column
            tail = tails[cell]
            if tail != _NONE and nodes[tail, 0] == volume and nodes[tail, 2] == edge:
                nodes[tail, 2] = edge + 1
            else:
                _append(nodes, heads, tails, cell, node_count, volume, edge)
                node_count += 1
        border = border_deg(frame[0], column, frame[2])
        if (ax > border) != (bx > border):
            row = _row_of_crossing(ax, ay, bx, by, border, frame, rows)
            toggles[column, row] = not toggles[column, row]
    return nodes, is_inside_at_corner, node_count


@compiled
def _row_of_crossing(
    ax: float, ay: float, bx: float, by: float, border: float, frame: NDArray[np.float64], rows: int
) -> int:
    """Give the row within which an edge crosses a meridian: corners of rows below it lie below the edge."""
    y = ay + (border - ax) * ((by - ay) / (bx - ax))
    row = cell_number(y - frame[1], frame[3], rows)
    while row > 0 and _is_above(ax, ay, bx, by, border, border_deg(frame[1], row - 1, frame[3])):
        row -= 1
    while row < rows and not _is_above(ax, ay, bx, by, border, border_deg(frame[1], row, frame[3])):
        row += 1
    return row


@compiled
def _is_above(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> bool:
    return (side_beside(ax, ay, bx, by, px, py) > 0) == (bx > ax)


@compiled
def _append(
    nodes: NDArray[np.int32],
    heads: NDArray[np.int32],
    tails: NDArray[np.int32],
    cell: int,
    node: int,
    volume: int,
    edge: int,
) -> None:
    nodes[node, 0], nodes[node, 1], nodes[node, 2], nodes[node, 3] = volume, edge, edge + 1, _NONE
    if tails[cell] == _NONE:
        heads[cell] = node
    else:
        nodes[tails[cell], 3] = node
    tails[cell] = node


@compiled
def _grown(
    nodes: NDArray[np.int32], flags: NDArray[np.bool_], count: int
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    if count <= len(nodes):
        return nodes, flags
    more_nodes, more_flags = np.empty((2 * count, 4), np.int32), np.zeros(2 * count, np.bool_)
    # Number by number: to copy by slices takes numba eight seconds to compile.
    for node in range(len(nodes)):
        more_flags[node] = flags[node]
        for column in range(4):
            more_nodes[node, column] = nodes[node, column]
    return more_nodes, more_flags


@compiled
def _records(
    tables: GridTables,
    frame: NDArray[np.float64],
    columns: int,
    rows: int,
    heads: NDArray[np.int32],
    nodes: NDArray[np.int32],
    is_inside_at_corner: NDArray[np.bool_],
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    cells = np.full(columns * rows, EMPTY, np.int32)
    records = np.empty(4 * columns * rows + 1024, np.int32)
    end = 0
    for cell in range(columns * rows):
        row, column = cell // columns, cell % columns
        if heads[cell] == _NONE:
            continue
        # What only covers is often the same next door.
        if column > 0 and _covers_alike(heads, nodes, cell, cell - 1):
            cells[cell] = cells[cell - 1]
            continue
        if row > 0 and _covers_alike(heads, nodes, cell, cell - columns):
            cells[cell] = cells[cell - columns]
            continue
        node = heads[cell]
        if nodes[node, 1] == _NONE and nodes[node, 3] == _NONE:
            cells[cell] = 2 * nodes[node, 0] + 1
            continue
        length = 1
        while node != _NONE:
            length += 4
            node = nodes[node, 3]
        if end + length > len(records):
            more = np.empty(2 * (end + length), np.int32)
            for number in range(end):
                more[number] = records[number]
            records = more
        cells[cell] = 2 * end
        header = end
        records[header] = 0
        end += 1
        node = heads[cell]
        while node != _NONE:
            volume = nodes[node, 0]
            records[header] += 1
            if nodes[node, 1] == _NONE:
                records[end] = 2 * volume
                end += 1
                node = nodes[node, 3]
                continue
            records[end] = 2 * volume + 1
            flags = end + 1
            end += 2
            corner_x = border_deg(frame[0], column, frame[2])
            corner_y = border_deg(frame[1], row, frame[3])
            runs = 0
            is_inside = False
            while node != _NONE and nodes[node, 0] == volume:
                runs += 1
                records[end], records[end + 1] = nodes[node, 1], nodes[node, 2]
                end += 2
                # Only the last run knows; what its own edges add is taken off again.
                is_inside = is_inside_at_corner[node]
                node = nodes[node, 3]
            is_inside ^= _crossings(tables, records, flags + 1, end, corner_x, corner_y, corner_x)
            records[flags] = 2 * runs + (1 if is_inside else 0)
    return cells, records[:end].copy()


@compiled
def _covers_alike(heads: NDArray[np.int32], nodes: NDArray[np.int32], cell: int, other: int) -> bool:
    node, twin = heads[cell], heads[other]
    while node != _NONE and twin != _NONE:
        if nodes[node, 0] != nodes[twin, 0] or nodes[node, 1] != _NONE or nodes[twin, 1] != _NONE:
            return False
        node, twin = nodes[node, 3], nodes[twin, 3]
    return bool(node == twin)
