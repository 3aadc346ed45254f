"""The edges of an area, indexed."""

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

_SAMPLES, _SAMPLES_NARROWED = 33, 9


class Boundary:
    """All edges of a planar area in one STRtree.

    Parameters
    ----------
    area : Polygon or MultiPolygon
        Not empty.
    """

    def __init__(self, area: BaseGeometry) -> None:
        self.starts_xy_m, self.ends_xy_m = edge_ends_xy_m(area)
        self.edges = shapely.linestrings(np.stack((self.starts_xy_m, self.ends_xy_m), axis=1))
        self._tree = STRtree(self.edges)

    def nearest(self, geometries: NDArray[np.object_]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Find the nearest edge of each geometry; returns edge numbers and distances in metres."""
        pairs, distances_m = self._tree.query_nearest(geometries, return_distance=True, all_matches=False)
        return pairs[1], distances_m

    def distances_m(self, xy_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Distance of each point of shape (n, 2) to the boundary."""
        return self.nearest(shapely.points(xy_m))[1]


def edge_ends_xy_m(area: BaseGeometry) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Take all edges of an area apart: their starts and ends, each of shape (n, 2)."""
    rings = shapely.get_rings(filled_parts(area)[0])
    vertices, ring_numbers = shapely.get_coordinates(rings, return_index=True)
    is_edge = ring_numbers[1:] == ring_numbers[:-1]
    return vertices[:-1][is_edge], vertices[1:][is_edge]


def deepest_points(
    lines: NDArray[np.object_],
    distance_m: Callable[[NDArray[np.float64], NDArray[np.int64]], NDArray[np.float64]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find where each straight line (or point) lies farthest from something.

    Samples each line and then narrows round the best sample down to 1 mm; a distance changes no faster than
    the point moves, so even a second, narrower peak is missed by at most half a sample's spacing.

    Parameters
    ----------
    lines : array of straight LineString or Point
    distance_m : callable
        Given points of shape (n, 2) and the line number of each, returns their distances.

    Returns
    -------
    distances_m : array of shape (len(lines),)
    xy_m : array of shape (len(lines), 2)
    """
    starts, ends = line_ends_xy_m(lines)
    numbers = np.arange(len(lines))
    low, high = np.zeros(len(lines)), np.ones(len(lines))
    lengths_m = np.hypot(*(ends - starts).T)
    samples = _SAMPLES
    while True:
        fractions = low[:, None] + (high - low)[:, None] * np.linspace(0.0, 1.0, samples)
        points = starts[:, None, :] + fractions[:, :, None] * (ends - starts)[:, None, :]
        distances_m = distance_m(points.reshape(-1, 2), np.repeat(numbers, samples)).reshape(-1, samples)
        best = np.argmax(distances_m, axis=1)
        step = (high - low) / (samples - 1)
        if np.all(step * lengths_m < 0.001):
            return distances_m[numbers, best], points[numbers, best]
        middle = fractions[numbers, best]
        low, high = np.maximum(0.0, middle - step), np.minimum(1.0, middle + step)
        samples = _SAMPLES_NARROWED


def filled_parts(geometries: Any) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Take geometries apart; the parts that are not empty, and the number of the geometry each is of."""
    parts, part_of = shapely.get_parts(geometries, return_index=True)
    is_filled = ~shapely.is_empty(parts)
    return parts[is_filled], part_of[is_filled]


def line_ends_xy_m(lines: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """First and last vertex of each straight line; of a point, the point twice."""
    vertices, numbers = shapely.get_coordinates(lines, return_index=True)
    first = np.searchsorted(numbers, np.arange(len(lines)), side="left")
    last = np.searchsorted(numbers, np.arange(len(lines)), side="right") - 1
    return vertices[first], vertices[last]


def straight_lines(starts_xy_m: NDArray[np.float64], ends_xy_m: NDArray[np.float64]) -> NDArray[np.object_]:
    """Make a line of each start and end, and a point where the two are one."""
    lines: NDArray[np.object_] = np.atleast_1d(
        shapely.linestrings(np.stack((starts_xy_m, ends_xy_m), axis=1))
    )
    is_point = np.all(starts_xy_m == ends_xy_m, axis=1)
    if is_point.any():
        lines[is_point] = shapely.points(starts_xy_m[is_point])
    return lines
