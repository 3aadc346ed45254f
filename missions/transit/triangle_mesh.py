"""An area cut into triangles that compiled code walks through."""

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from missions.refusal import MissionError

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

_AREA_TOLERANCE = 1e-9
_CELLS_A_TRIANGLE = 1.0
_CELLS_AT_MOST = 1 << 18
_CELL_SLACK_M = 1e-3


class TriangleMesh(NamedTuple):
    """Triangles of an area and what lies beside each of them.

    Attributes
    ----------
    xy : array of shape (n, 2)
        Vertices of the area, metres.
    corners : array of shape (t, 3)
        Vertices of each triangle, counter-clockwise.
    neighbours : array of shape (t, 3)
        The triangle beyond the edge from corner k to the next one; -1 beyond the border.
    fan_starts, fans : arrays
        The triangles at vertex v are `fans[fan_starts[v]:fan_starts[v + 1]]`.
    cell_starts, cells : arrays
        The triangles that reach into a cell of a grid, likewise; rows from the south, each from the west.
    grid : array of (west, south, cell size, columns, rows)
    """

    xy: Floats
    corners: Numbers
    neighbours: Numbers
    fan_starts: Numbers
    fans: Numbers
    cell_starts: Numbers
    cells: Numbers
    grid: Floats


def triangulated(area: Polygon | MultiPolygon) -> TriangleMesh:
    """Cut an area into triangles of its own vertices (constrained Delaunay).

    Raises
    ------
    MissionError
        The triangles are not the area: it is broken, or has vertices closer than numbers can tell.
    """
    pieces = shapely.get_parts(area)
    triangles = shapely.get_parts(shapely.constrained_delaunay_triangles(pieces))
    flat = shapely.get_coordinates(triangles).reshape(-1, 4, 2)[:, :3]
    xy, index = np.unique(flat.reshape(-1, 2), axis=0, return_inverse=True)
    corners = index.reshape(-1, 3).astype(np.int64)
    a, b, c = xy[corners[:, 0]], xy[corners[:, 1]], xy[corners[:, 2]]
    twice_m2 = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    clockwise = twice_m2 < 0.0
    corners[clockwise] = corners[clockwise][:, ::-1]
    neighbours, borders = _neighbours(corners)
    rings = shapely.get_num_coordinates(area) - len(shapely.get_rings(pieces))
    missing_m2 = abs(0.5 * float(np.abs(twice_m2).sum()) - float(area.area))
    if borders != rings or missing_m2 > _AREA_TOLERANCE * max(1.0, float(area.area)):
        raise MissionError(
            "legal space cannot be cut into triangles", remedy="Simplify the outlines of the zones"
        )
    fan_starts, fans = _grouped(corners.ravel(), np.repeat(np.arange(len(corners)), 3), len(xy))
    cell_starts, cells, grid = _cells(xy, corners)
    return TriangleMesh(xy, corners, neighbours, fan_starts, fans, cell_starts, cells, grid)


def _neighbours(corners: Numbers) -> tuple[Numbers, int]:
    """Triangles beyond each edge, and how many edges have none."""
    heads = np.roll(corners, -1, axis=1)
    count = len(corners)
    low, high = np.minimum(corners, heads).ravel(), np.maximum(corners, heads).ravel()
    order = np.lexsort((high, low))
    low, high = low[order], high[order]
    same = np.flatnonzero((low[1:] == low[:-1]) & (high[1:] == high[:-1]))
    neighbours = np.full(3 * count, -1, dtype=np.int64)
    one, other = order[same], order[same + 1]
    neighbours[one], neighbours[other] = other // 3, one // 3
    return neighbours.reshape(-1, 3), int(np.count_nonzero(neighbours < 0))


def _grouped(keys: Numbers, values: Numbers, count: int) -> tuple[Numbers, Numbers]:
    starts = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(keys, minlength=count), out=starts[1:])
    return starts, values[np.argsort(keys, kind="stable")].astype(np.int64)


def _cells(xy: Floats, corners: Numbers) -> tuple[Numbers, Numbers, Floats]:
    low, high = xy.min(axis=0) - _CELL_SLACK_M, xy.max(axis=0) + _CELL_SLACK_M
    wanted = min(_CELLS_AT_MOST, max(1.0, _CELLS_A_TRIANGLE * len(corners)))
    size_m = max(float(np.sqrt(np.prod(high - low) / wanted)), float((high - low).max()) / _CELLS_AT_MOST)
    columns, rows = (np.floor((high - low) / size_m).astype(np.int64) + 1).tolist()
    spots = xy[corners]
    first = np.floor((spots.min(axis=1) - _CELL_SLACK_M - low) / size_m).astype(np.int64).clip(0)
    last = np.floor((spots.max(axis=1) + _CELL_SLACK_M - low) / size_m).astype(np.int64)
    last = np.minimum(last, (columns - 1, rows - 1))
    span = last - first + 1
    each = span[:, 0] * span[:, 1]
    owner = np.repeat(np.arange(len(corners)), each)
    within = np.arange(each.sum()) - np.repeat(np.cumsum(each) - each, each)
    column = first[owner, 0] + within % span[owner, 0]
    row = first[owner, 1] + within // span[owner, 0]
    starts, members = _grouped(row * columns + column, owner, columns * rows)
    return starts, members, np.array((low[0], low[1], size_m, columns, rows), dtype=np.float64)
