"""How far the boundaries of areas are."""

import math

import numpy as np
from numpy.typing import NDArray

from geofence.index.boundary.earth_centred import MEAN_RADIUS_M
from geofence.index.boundary.pieces import PIECE_SAG_M
from geofence.index.boundary.search import NO_PIECE, find_near, find_nearest, measure
from geofence.index.boundary.tree import grow_tree
from geofence.index.hits import Hits, lengthened
from geofence.index.nearest_boundaries import BoundariesWithin, NearestBoundaries


class Boundaries:
    """The boundaries of areas of longitude and latitude.

    Parameters
    ----------
    areas : array of Polygon or MultiPolygon
        Valid.
    """

    def __init__(self, areas: NDArray[np.object_]) -> None:
        self._count = len(areas)
        self._tree = grow_tree(areas)

    def nearest(
        self, lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64], within_m: float
    ) -> NearestBoundaries:
        """Find the nearest boundary of each point, as far as it is within a distance."""
        pieces = find_nearest(self._tree, lat_deg, lon_deg, _reach_m(within_m))
        points = np.arange(len(lat_deg), dtype=np.int64)
        distances_m, bearings_deg = measure(self._tree, lat_deg, lon_deg, points, pieces)
        is_within = distances_m <= within_m
        is_within &= pieces != NO_PIECE
        volumes = np.full(len(pieces), -1, dtype=np.int32)
        volumes[is_within] = self._tree.volumes[pieces[is_within]]
        distances_m[~is_within], bearings_deg[~is_within] = np.inf, np.nan
        return NearestBoundaries(volumes, distances_m, bearings_deg)

    def within(
        self, lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64], radius_m: float, held: Hits
    ) -> BoundariesWithin:
        """Find the boundaries within a radius, and those of the areas that hold each point."""
        count = len(lat_deg)
        starts = np.zeros(count + 1, dtype=np.int64)
        room = 2 * count + self._count
        volumes, pieces = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int64)
        is_inside = np.empty(room, dtype=np.bool_)
        squares = np.full(self._count, np.inf)
        done = 0
        while (
            done := find_near(
                self._tree,
                lat_deg,
                lon_deg,
                _reach_m(radius_m),
                held.starts,
                held.volumes,
                done,
                starts,
                volumes,
                pieces,
                is_inside,
                squares,
            )
        ) < count:
            volumes = lengthened(volumes, done, count, self._count)
            pieces = lengthened(pieces, done, count, self._count)
            is_inside = lengthened(is_inside, done, count, self._count)
        end = int(starts[-1])
        volumes, pieces, is_inside = volumes[:end], pieces[:end], is_inside[:end]
        points = np.repeat(np.arange(count, dtype=np.int64), np.diff(starts))
        distances_m, bearings_deg = measure(self._tree, lat_deg, lon_deg, points, pieces)
        is_beyond = distances_m > radius_m
        if is_beyond.any():
            distances_m[is_beyond], bearings_deg[is_beyond] = np.inf, np.nan
        found = BoundariesWithin(starts, volumes, distances_m, bearings_deg, is_inside)
        return found.only(is_inside | ~is_beyond)


def _reach_m(distance_m: float) -> float:
    """Give the length through the earth that a distance along it cannot exceed; edges bulge out of their pieces."""
    return (
        2.0 * MEAN_RADIUS_M * math.sin(min(distance_m / (2.0 * MEAN_RADIUS_M), math.pi / 2.0))
        + 2.0 * PIECE_SAG_M
    )
