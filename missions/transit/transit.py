"""Shortest paths inside a polygon with holes."""

import math
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geofence.local_frame import LocalFrame
from missions.refusal import MissionError
from missions.transit.polygons import XY, nearest_polygon, polygons_of
from missions.transit.search import lengths_between, shortest_way
from missions.transit.sight import each_sees, locate
from missions.transit.simplification import simplified_piece
from missions.transit.tangent_graph import tangent_graph
from missions.transit.triangle_mesh import triangulated

SLACK_M = 1e-3
"""Paths keep this far inside what they were given, so that no rounding leads out of it."""

_MITRE_LIMIT = 5.0


class Transit:
    """Shortest paths inside one connected area, exact and never out of it.

    The area is cut into triangles. What a point sees is found by looking from triangle to triangle; a path bends
    only where a taut string can, at reflex vertices, and the legs between these are known beforehand. Passages
    narrower than twice `SLACK_M` are closed.

    Parameters
    ----------
    area : Polygon or MultiPolygon
        Where flight is allowed, metres.
    anchor : tuple of float
        Of an area in several pieces, the piece nearest to this point is taken.
    tolerance_m : float
        How far the area may be shrunk to have fewer vertices, and paths fewer bends.
    frame : LocalFrame, optional
        Lets refusals name positions on the earth.

    Attributes
    ----------
    area : Polygon
        The piece; every path between two of its points stays in what was given.
    unreachable : tuple of Polygon
        The other pieces, largest first.

    Raises
    ------
    MissionError
        There is no legal space, or nowhere room to fly in.
    """

    def __init__(
        self, area: BaseGeometry, anchor: XY, tolerance_m: float = 0.0, *, frame: LocalFrame | None = None
    ) -> None:
        if not polygons_of(area):
            raise MissionError("there is no legal space to fly in", remedy="Lower the margin or the altitude")
        pieces = polygons_of(shrunk(area))
        if not pieces:
            raise MissionError("legal space is too narrow to fly in", remedy="Lower the margin")
        piece = nearest_polygon(pieces, anchor)
        self.area = simplified_piece(piece, anchor, tolerance_m)
        others = [other for other in pieces if other is not piece]
        self.unreachable = tuple(sorted(others, key=lambda other: -other.area))
        self._frame = frame
        self._mesh = triangulated(self.area)
        self._graph = tangent_graph(self.area, self._mesh)
        shapely.prepare(self.area)

    def is_visible(self, starts: NDArray[np.float64], ends: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether the straight legs, given as two arrays of shape (n, 2), stay in the area."""
        visible: NDArray[np.bool_] = each_sees(self._mesh, _rows(starts), _rows(ends))
        return visible

    def lengths_m(
        self, points: NDArray[np.float64], others: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Exact path lengths between all pairs of m points, shape (m, m), or from each to each other one.

        Raises
        ------
        MissionError
            One of the points is not in the area.
        """
        rows = _rows(points)
        self._refuse_outside(rows)
        if others is None:
            lengths_m: NDArray[np.float64] = lengths_between(self._mesh, self._graph, rows, rows, True)
            np.fill_diagonal(lengths_m, 0.0)
            return np.minimum(lengths_m, lengths_m.T)
        columns = _rows(others)
        self._refuse_outside(columns)
        return lengths_between(self._mesh, self._graph, rows, columns, False)

    def path(self, start: XY, end: XY) -> list[XY]:
        """Bend points of the shortest path, both ends included.

        Raises
        ------
        MissionError
            One of the ends is not in the area; says which, and how far from it.
        """
        length_m, nodes = shortest_way(self._mesh, self._graph, *start, *end)
        if not math.isfinite(length_m):
            self._refuse_outside(np.array((start, end), dtype=np.float64))
            raise MissionError(
                f"no legal way from {self._named(start)} to {self._named(end)} was found",
                remedy="Simplify the outlines of the zones",
            )
        bends = [(float(x), float(y)) for x, y in self._graph.xy[nodes]]
        return [start, *(bend for bend in bends if bend not in (start, end)), end]

    def covers(self, point: XY) -> bool:
        """Whether a point lies in the area."""
        return bool(locate(self._mesh, *point)[0] >= 0)

    def nearest_point(self, point: XY) -> XY:
        """Return the point itself where it lies in the area, else the nearest of the area."""
        place = shapely.points(point)
        if shapely.covers(self.area, place):
            return point
        line = shapely.shortest_line(place, self.area)
        x, y = shapely.get_coordinates(line)[-1]
        return float(x), float(y)

    def _refuse_outside(self, points: NDArray[np.float64]) -> None:
        for x, y in points:
            if not self.covers((float(x), float(y))):
                raise self._refusal((float(x), float(y)))

    def _refusal(self, point: XY) -> MissionError:
        """Say in which piece a point lies that there is no way to, or how far from the area it is."""
        nearest = self.nearest_point(point)
        far_m = math.dist(point, nearest)
        place = shapely.points(point)
        for piece in self.unreachable:
            if shapely.distance(piece, place) <= 2.0 * SLACK_M:
                return MissionError(
                    f"no legal way leads there: it lies in another piece of legal space, of {piece.area:.0f} m2, "
                    f"{shapely.distance(piece, self.area):.1f} m from this one",
                    place=self._named(point),
                    remedy="Lower the margin, choose another altitude, or fly it from a pad of its own",
                )
        return MissionError(
            f"no legal way leads there: it lies {far_m:.3g} m outside legal space",
            place=self._named(point),
            remedy=f"Move it to {self._named(nearest)} or farther inside",
        )

    def _named(self, point: XY) -> str:
        if self._frame is not None:
            return str(self._frame.position(*point))
        return f"({point[0]:.1f}, {point[1]:.1f}) m"


def shrunk(area: BaseGeometry) -> BaseGeometry:
    """Give the area by `SLACK_M` smaller."""
    return shapely.buffer(area, -SLACK_M, join_style="mitre", mitre_limit=_MITRE_LIMIT)


def _rows(points: NDArray[np.float64] | Sequence[XY]) -> NDArray[np.float64]:
    return np.ascontiguousarray(points, dtype=np.float64).reshape(-1, 2)
