"""Distances of many points from a line, without making geometries of them."""

import itertools

import numpy as np

from simulator.world.world_frame import Floats


def distance_to_line_m(line_xy_m: Floats, north_m: Floats, east_m: Floats) -> Floats:
    """Distance of each point from the nearest piece of a line, shape (n, 2), n >= 2."""
    least = np.full(np.shape(north_m), np.inf)
    for (start_x, start_y), (end_x, end_y) in itertools.pairwise(line_xy_m):
        way_x, way_y = end_x - start_x, end_y - start_y
        squared = max(way_x * way_x + way_y * way_y, 1e-12)
        part = np.clip(((east_m - start_x) * way_x + (north_m - start_y) * way_y) / squared, 0.0, 1.0)
        off_x, off_y = east_m - start_x - part * way_x, north_m - start_y - part * way_y
        np.minimum(least, off_x * off_x + off_y * off_y, out=least)
    return np.asarray(np.sqrt(least), float)
