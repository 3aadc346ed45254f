"""The best place between two legs at which to change the altitude."""

import math

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon

from missions.transit.polygons import XY
from missions.transit.shortest_ways import ShortestWays

_WORTH_M = 1e-4
_TRIED_AT_MOST = 200


def better_place(
    before: XY, place: XY, after: XY, first: ShortestWays, second: ShortestWays, column: MultiPolygon
) -> XY | None:
    """Return a place with shorter straight legs beside it, None where there is none.

    Parameters
    ----------
    before, after : (float, float)
        The bends beside the place.
    place : (float, float)
        Where the altitude is changed so far.
    first, second : ShortestWays
        Before and after the change.
    column : MultiPolygon
        Where the altitude may be changed.
    """
    now_m = math.dist(before, place) + math.dist(place, after)
    if now_m <= math.dist(before, after) + _WORTH_M:
        return None
    tried = _candidates(np.array(before), np.array(after), column)
    lengths_m = np.hypot(*(tried - before).T) + np.hypot(*(tried - after).T)
    order = np.argsort(lengths_m)[:_TRIED_AT_MOST]
    tried = tried[order[lengths_m[order] < now_m - _WORTH_M]]
    befores, afters = np.broadcast_to(before, tried.shape), np.broadcast_to(after, tried.shape)
    is_legal = first.are_visible(befores, tried) & second.are_visible(tried, afters)
    best = np.flatnonzero(is_legal)
    if not len(best):
        return None
    x, y = tried[best[0]].tolist()
    return x, y


def _candidates(
    before: NDArray[np.float64], after: NDArray[np.float64], column: MultiPolygon
) -> NDArray[np.float64]:
    """Places along the straight leg inside the column, and on each edge of its border the one nearest to both."""
    inside = shapely.intersection(shapely.linestrings([before, after]), column)
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(column))]
    a, b = np.vstack([ring[:-1] for ring in rings]), np.vstack([ring[1:] for ring in rings])
    along = b - a
    length = np.hypot(*along.T)
    along /= length[:, None]
    # As light on a mirror: the shares of the edge are those of the distances from it.
    at_before, at_after = ((before - a) * along).sum(axis=1), ((after - a) * along).sum(axis=1)
    off_before = np.abs(along[:, 0] * (before - a)[:, 1] - along[:, 1] * (before - a)[:, 0])
    off_after = np.abs(along[:, 0] * (after - a)[:, 1] - along[:, 1] * (after - a)[:, 0])
    off = off_before + off_after
    share = np.divide(off_before, off, out=np.full_like(off, 0.5), where=off > 0.0)
    at = np.clip(at_before + share * (at_after - at_before), 0.0, length)
    return np.vstack((shapely.get_coordinates(inside), a + at[:, None] * along))
