"""Polishing a route that sees an area: as short as it can be made and still see what is wanted."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely.affinity import affine_transform
from shapely.geometry.base import BaseGeometry

from missions.coverage.detours import MOST_ADDED, add_detours
from missions.coverage.edge_grid import edge_grid_of
from missions.coverage.exchange import Price
from missions.coverage.raster import raster_of, see_all
from missions.coverage.reordering import move_chains, reverse_parts
from missions.coverage.seen import seen_share
from missions.coverage.vertex_moves import settle, unsettle

_TURNED_RAD = 0.15
"""Between the longest leg and the rows of samples; a route along the rows could hide its gaps between them."""
_DETOURS_AT_MOST = 500
_VERTEX_SWATHS = 0.06
_VERTEX_CORNERS = 0.1


@dataclass(frozen=True, slots=True)
class _Pass:
    """How a route is gone through.

    Parameters
    ----------
    samples_a_swath : float
        In each direction; what is unseen between coarse samples shows on finer ones.
    weight : float
        Of what is unseen: a swath squared costs so many swaths of flight.
    reorderings : int
        How often parts are flown in another order.
    settlings : int
        How often every vertex is looked at between these.
    coarsest : int
        Number of the longest of `STEPS_SWATHS` by which vertices move.
    """

    samples_a_swath: float
    weight: float
    reorderings: int
    settlings: int
    coarsest: int


_PASSES = (
    _Pass(4.0, 3.0, 2, 6, 0),
    _Pass(7.0, 3.5, 1, 4, 1),
    _Pass(11.0, 7.0, 1, 3, 1),
    _Pass(16.0, 14.0, 1, 3, 1),
    _Pass(20.0, 28.0, 1, 3, 0),
    _Pass(24.0, 56.0, 1, 3, 0),
)
"""Until a pass sees what is wanted."""


def polish(
    points: NDArray[np.float64],
    area: BaseGeometry,
    space: BaseGeometry,
    swath_m: float,
    *,
    wanted: float,
    corner_m: float = 0.0,
    is_open: bool = False,
) -> NDArray[np.float64]:
    """Shorten a route, and lead it by what it does not see yet.

    Vertices are left out, moved and added, legs are shifted and parts flown in another order, one change at a time and
    each only where it makes the route cheaper: its length, its corners, and for what stays unseen a weight that
    grows until enough is seen. What it sees is counted on a raster and measured exactly after each round.

    Parameters
    ----------
    points : array, shape (n, 2)
        Its legs lie in `space`.
    area : Polygon or MultiPolygon
        What is to be seen.
    space : Polygon
        Where it may be flown; no new leg meets its edges.
    swath_m : float
    wanted : float
        Share of the area that is to be seen, if it can be.
    corner_m : float
        What turning back costs.
    is_open : bool
        Whether its ends may move, too.

    Returns
    -------
    array, shape (n, 2)
        The first route found that sees what is wanted, else the one that sees most.
    """
    turned = _Axes.along(points)
    area = turned.of_area(area)
    space = turned.of_area(space)
    edges = edge_grid_of(space)
    vertices = _distinct(turned.of_points(points))
    count = len(vertices)
    route = np.zeros((2 * count + 200 + MOST_ADDED * _DETOURS_AT_MOST, 2))
    settled = np.zeros(len(route), dtype=np.bool_)
    route[:count] = vertices
    found: list[tuple[float, NDArray[np.float64]]] = []
    fixed = 0 if is_open else 1
    vertex_m = _VERTEX_SWATHS * swath_m + _VERTEX_CORNERS * corner_m
    for pass_ in _PASSES:
        raster, samples = raster_of(area, space, swath_m, pass_.samples_a_swath)
        see_all(raster, np.hstack((route[: count - 1], route[1:count])), 1)
        price = Price(pass_.weight * raster.step_m**2 / swath_m, corner_m, vertex_m)
        if found:
            unsettle(route, settled, count, raster)
        for _ in range(pass_.reorderings):
            count = add_detours(route, settled, count, raster, edges, price)
            count = settle(
                route, settled, count, fixed, fixed, raster, edges, price, pass_.settlings, pass_.coarsest
            )
            is_better = reverse_parts(route, settled, count, is_open, raster, edges, price)
            is_better |= move_chains(route, settled, count, is_open, raster, edges, price)
            if not is_better:
                break
        coverage = 1.0 - int(np.count_nonzero(raster.counts == 0)) / samples
        if coverage >= wanted:
            coverage = seen_share(route[:count], area, swath_m)
        found.append((coverage, route[:count].copy()))
        if coverage >= wanted:
            break
    polished = turned.back(max(found, key=lambda entry: min(entry[0], wanted))[1])
    if not is_open:
        polished[0], polished[-1] = points[0], points[-1]
    return polished


def _distinct(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Leave out points that repeat the one before."""
    is_new = np.r_[True, (np.diff(points, axis=0) != 0.0).any(axis=1)]
    distinct: NDArray[np.float64] = points[is_new]
    return distinct


@dataclass(frozen=True, slots=True)
class _Axes:
    """Axes that are turned against those of the plane."""

    cosine: float
    sine: float

    @classmethod
    def along(cls, points: NDArray[np.float64]) -> "_Axes":
        legs = np.diff(points, axis=0)
        east, north = legs[int(np.argmax(np.hypot(*legs.T)))]
        angle = _TURNED_RAD - math.atan2(north, east)
        return cls(math.cos(angle), math.sin(angle))

    def of_points(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        turned: NDArray[np.float64] = points @ np.array([[self.cosine, self.sine], [-self.sine, self.cosine]])
        return turned

    def back(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        turned: NDArray[np.float64] = points @ np.array([[self.cosine, -self.sine], [self.sine, self.cosine]])
        return turned

    def of_area(self, area: BaseGeometry) -> BaseGeometry:
        return affine_transform(area, [self.cosine, -self.sine, self.sine, self.cosine, 0.0, 0.0])
