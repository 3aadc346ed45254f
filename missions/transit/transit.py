"""Shortest paths inside a polygon with holes."""

import math

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from geofence.local_frame import LocalFrame
from missions.refusal import MissionError
from missions.transit.polygons import SLACK_M, XY, nearest_polygon, polygons_of, rows_of, shrunk
from missions.transit.simplification import simplified_piece


class Transit:
    """Shortest paths inside one connected area, exact and never out of it.

    Passages narrower than twice `SLACK_M` are closed.

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
        # What it compiles with takes longer to import than all else, and is of use from here on only.
        from missions.transit.shortest_ways import ShortestWays

        self._ways = ShortestWays(MultiPolygon([self.area]))

    def covers(self, point: XY) -> bool:
        """Whether a point lies in the area."""
        return self._ways.covers(point)

    def is_visible(self, starts: NDArray[np.float64], ends: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether the straight legs, given as two arrays of shape (n, 2), stay in the area."""
        return self._ways.are_visible(starts, ends)

    def lengths_m(
        self,
        points: NDArray[np.float64],
        others: NDArray[np.float64] | None = None,
        *,
        within_m: float = math.inf,
    ) -> NDArray[np.float64]:
        """Exact path lengths between all pairs of m points, shape (m, m), or from each to each other one.

        Only those up to `within_m` are exact: longer ones are given as the straight distance and as much again,
        which takes far less time in large areas.

        Raises
        ------
        MissionError
            One of the points is not in the area.
        """
        for xy in (points, others):
            for x, y in rows_of(xy).tolist() if xy is not None else ():
                if not self.covers((x, y)):
                    raise self._refusal((x, y))
        return self._ways.lengths_m(points, others, within_m=within_m)

    def path(self, start: XY, end: XY) -> list[XY]:
        """Bend points of the shortest path, both ends included; these may lie outside by less than `SLACK_M`.

        Raises
        ------
        MissionError
            One of the ends is not in the area; says which, and how far from it.
        """
        way = self._ways.way(self._inside(start), self._inside(end))
        if way is None:
            raise self._refusal(end if self.covers(start) else start)
        return [start, *way[1:-1], end]

    def nearest_point(self, point: XY) -> XY:
        """Return the point itself where it lies in the area, else the nearest of the area."""
        return self._ways.nearest_point(point)

    def _inside(self, point: XY) -> XY:
        """Return the nearest place of the area where a point lies outside by less than the slack.

        A leg to the point itself stays as near to the area as the point, and so in what was given.
        """
        if self.covers(point):
            return point
        nearest = self.nearest_point(point)
        return nearest if math.dist(point, nearest) < SLACK_M else point

    def _refusal(self, point: XY) -> MissionError:
        """Say in which piece a point lies that there is no way to, or how far from the area it is."""
        return refusal_of(point, self.area, self.unreachable, self._frame)


def refusal_of(
    point: XY, area: BaseGeometry, others: tuple[BaseGeometry, ...], frame: LocalFrame | None
) -> MissionError:
    """Say why there is no way between an area and a point: it lies in another piece, or in none."""
    place = shapely.points(point)
    for piece in others:
        if shapely.distance(piece, place) <= 2.0 * SLACK_M:
            return MissionError(
                f"no legal way leads there: it lies in another piece of legal space, of {piece.area:.0f} m2, "
                f"{shapely.distance(piece, area):.1f} m from this one",
                place=named(point, frame),
                remedy="Lower the margin, choose another altitude, or fly it from a pad of its own",
            )
    x, y = shapely.get_coordinates(shapely.shortest_line(place, area))[-1]
    nearest = float(x), float(y)
    return MissionError(
        f"no legal way leads there: it lies {math.dist(point, nearest):.3g} m outside legal space",
        place=named(point, frame),
        remedy=f"Move it to {named(nearest, frame)} or farther inside",
    )


def named(point: XY, frame: LocalFrame | None) -> str:
    """Name a point by its position, or in metres where there is no frame."""
    return f"({point[0]:.1f}, {point[1]:.1f}) m" if frame is None else str(frame.position(*point))
