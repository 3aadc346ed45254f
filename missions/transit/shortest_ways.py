"""Shortest ways inside an area of one or several pieces."""

import math

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon

from missions.transit.polygons import XY, rows_of
from missions.transit.search import lengths_between, shortest_way
from missions.transit.sight import each_sees, locate
from missions.transit.tangent_graph import tangent_graph
from missions.transit.triangle_mesh import triangulated


class ShortestWays:
    """Exact shortest ways, found by what its places see of each other.

    The area is cut into triangles. What a point sees is found by looking from triangle to triangle; a way bends
    only where a taut string can, at reflex vertices, and the legs between these are known beforehand.

    Parameters
    ----------
    area : MultiPolygon
        Not empty, metres; nowhere as thin as rounding errors.

    Raises
    ------
    MissionError
        The area is broken.
    """

    def __init__(self, area: MultiPolygon) -> None:
        self.area = area
        self._mesh = triangulated(area)
        self._graph = tangent_graph(area, self._mesh)
        shapely.prepare(area)

    def covers(self, point: XY) -> bool:
        """Whether a point lies in the area."""
        return bool(locate(self._mesh, *map(float, point))[0] >= 0)

    def are_visible(self, starts: NDArray[np.float64], ends: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether the straight legs, given as two arrays of shape (n, 2), stay in the area."""
        seen: NDArray[np.bool_] = each_sees(self._mesh, rows_of(starts), rows_of(ends))
        return seen

    def lengths_m(
        self,
        points: NDArray[np.float64],
        others: NDArray[np.float64] | None = None,
        *,
        within_m: float = math.inf,
    ) -> NDArray[np.float64]:
        """Lengths between all pairs of points, or from each to each other one; infinite where there is no way.

        Of pairs to which no way shorter than `within_m` leads, the straight distance and as much again is given.
        """
        rows = rows_of(points)
        if others is not None:
            between: NDArray[np.float64] = lengths_between(
                self._mesh, self._graph, rows, rows_of(others), False, within_m
            )
            return between
        lengths_m: NDArray[np.float64] = lengths_between(self._mesh, self._graph, rows, rows, True, within_m)
        np.fill_diagonal(lengths_m, np.where([self.covers((x, y)) for x, y in rows.tolist()], 0.0, math.inf))
        return np.minimum(lengths_m, lengths_m.T)

    def way(self, start: XY, end: XY) -> list[XY] | None:
        """Bend points of the shortest way, both ends included; None where there is none."""
        length_m, nodes = shortest_way(self._mesh, self._graph, *map(float, (*start, *end)))
        if not math.isfinite(length_m):
            return None
        bends = [(float(x), float(y)) for x, y in self._graph.xy[nodes]]
        return [start, *(bend for bend in bends if bend not in (start, end)), end]

    def nearest_point(self, point: XY) -> XY:
        """Return the point itself where it lies in the area, else the nearest of the area."""
        place = shapely.points(point)
        if shapely.covers(self.area, place):
            return point
        line = shapely.shortest_line(place, self.area)
        x, y = shapely.get_coordinates(line)[-1]
        return float(x), float(y)
