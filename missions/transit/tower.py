"""Levels of flight above one another, and where a copter may change between them."""

import itertools
import math
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from missions.transit.legal_columns import LegalColumns
from missions.transit.polygons import XY, shrunk
from missions.transit.shortest_ways import ShortestWays
from missions.transit.sight import TOUCH_M

_COLUMN_SLACK_M = 0.01
"""Changes of altitude keep this far inside the levels they lead between."""

_BESIDE_M = 0.05
_PLACES_AT_MOST = 400
_LEAST_SPACING_M = 5.0

Floats = NDArray[np.float64]


class Levels:
    """Shortest ways at each altitude, made once for all altitudes at which the same is legal."""

    def __init__(self, columns: LegalColumns) -> None:
        self._columns = columns
        self._ways: dict[MultiPolygon, ShortestWays | None] = {}
        self._between: dict[tuple[float, float, bool], MultiPolygon] = {}

    def ways(self, alt_rel_m: float) -> ShortestWays | None:
        """Ways at an altitude; None where nothing is legal."""
        area = self._columns.area_xy_m(alt_rel_m, alt_rel_m)
        if area not in self._ways:
            inner = shrunk(area)
            self._ways[area] = None if inner.is_empty else ShortestWays(inner)
        return self._ways[area]

    def between(self, alt_rel_m: float, other_rel_m: float, *, meets_ground: bool = False) -> MultiPolygon:
        """Where the altitude may be changed from one to another."""
        low_m, high_m = sorted((alt_rel_m, other_rel_m))
        key = (low_m, high_m, meets_ground)
        if key not in self._between:
            area = shrunk(self._columns.area_xy_m(low_m, high_m, meets_ground=meets_ground), _COLUMN_SLACK_M)
            shapely.prepare(area)
            self._between[key] = area
        return self._between[key]


def leads_through(column: MultiPolygon, xy: XY) -> bool:
    """Whether a point lies in a column, or on its border but for rounding."""
    return bool(shapely.dwithin(column, shapely.points(xy), TOUCH_M))


class Tower:
    """Altitudes above one another.

    A change of altitude can be moved along the path until it comes to an end of the path, to another change, or
    to where the way up or down begins to be closed while the level goes on: only places along such borders, and
    the ends, have to be tried.

    Parameters
    ----------
    levels : Levels
    alts_rel_m : sequence of float
        Ascending.

    Attributes
    ----------
    levels : Levels
    alts_rel_m : tuple of float
    ways : list of ShortestWays or None
        At each altitude.
    places_xy_m : array of shape (n, 2)
        Where altitudes are changed beside the ends of a path.
    """

    def __init__(self, levels: Levels, alts_rel_m: Sequence[float]) -> None:
        self.alts_rel_m = tuple(alts_rel_m)
        self.levels = levels
        self.ways = [levels.ways(alt_rel_m) for alt_rel_m in self.alts_rel_m]
        self._columns = [levels.between(a, b) for a, b in itertools.pairwise(self.alts_rel_m)]
        self.places_xy_m = self._border_places()
        self._rows: dict[tuple[int, int], Floats] = {}

    def is_open_at(self, xy: XY, level: int) -> bool:
        """Whether a point leads from a level to the next."""
        return leads_through(self._columns[level], xy)

    def lengths_from_m(self, place: int, level: int) -> Floats:
        """Lengths from one of the places to each at a level."""
        key = (place, level)
        if key not in self._rows:
            self._rows[key] = self.lengths_at_m(self.places_xy_m[place], level, self.places_xy_m)
        return self._rows[key]

    def lengths_at_m(self, xy: XY | Floats, level: int, others: Floats) -> Floats:
        """Lengths from a point to others at a level."""
        ways = self.ways[level]
        if ways is None:
            return np.full(len(others), math.inf)
        lengths_m: Floats = ways.lengths_m(np.asarray(xy, dtype=np.float64)[None], others)[0]
        return lengths_m

    def _border_places(self) -> Floats:
        borders = [
            border
            for column, (below, above) in zip(self._columns, itertools.pairwise(self.ways), strict=True)
            if below is not None and above is not None
            for border in _free_borders(column, below, above)
        ]
        lengths_m = np.array([border.length for border in borders])
        spacing_m = max(_LEAST_SPACING_M, float(lengths_m.sum()) / _PLACES_AT_MOST)
        places = [np.zeros((0, 2))]
        for border, length_m in zip(borders, lengths_m, strict=True):
            along_m = np.linspace(0.0, length_m, max(2, math.ceil(length_m / spacing_m) + 1))
            places.append(shapely.get_coordinates(shapely.line_interpolate_point(border, along_m)))
        return np.vstack(places)


def _free_borders(column: MultiPolygon, below: ShortestWays, above: ShortestWays) -> list[BaseGeometry]:
    """Borders of a column that one of the levels goes on beyond: of that level where they are shorter."""
    border = shapely.boundary(column)
    free = [
        shapely.difference(border, shapely.buffer(shapely.boundary(ways.area), _BESIDE_M))
        for ways in (below, above)
    ]
    shortest = min(free, key=lambda lines: float(lines.length))
    merged = shapely.line_merge(shortest) if shortest.geom_type == "MultiLineString" else shortest
    return [part for part in shapely.get_parts(merged).tolist() if part.length > 0.0]
