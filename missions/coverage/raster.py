"""A raster of samples of an area, and how many legs of a route see each."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geofence.compiled import compiled
from missions.coverage.sweep import Scanline, ring_edges

_SAMPLES_AT_LEAST, _SAMPLES_AT_MOST = 64, 600_000
_CELLS_AT_MOST = 16_000_000


class Raster(NamedTuple):
    """Samples in rows and columns.

    Parameters
    ----------
    counts : array of int16, shape (rows, columns)
        How many legs see a sample; one more outside of the area, so that what is outside never counts as unseen.
    is_flyable : array of bool, shape (rows, columns)
        Which samples lie where the route may go.
    west_m, south_m : float
        The place of the first sample.
    step_m : float
        From one sample to the next.
    half_m : float
        Half the swath: so far to both sides a leg sees.
    """

    counts: NDArray[np.int16]
    is_flyable: NDArray[np.bool_]
    west_m: float
    south_m: float
    step_m: float
    half_m: float


def raster_of(
    area: BaseGeometry, space: BaseGeometry, swath_m: float, samples_a_swath: float
) -> tuple[Raster, int]:
    """Lay a raster over an area that is seen from a space; nothing is seen yet.

    Gives the number of samples inside the area, too, or 1 where a sliver slips between them all.
    """
    west_m, south_m, east_m, north_m = area.bounds
    step_m = min(swath_m / samples_a_swath, math.sqrt(area.area / _SAMPLES_AT_LEAST))
    step_m = max(step_m, math.sqrt(area.area / _SAMPLES_AT_MOST))
    step_m = max(step_m, math.sqrt((east_m - west_m) * (north_m - south_m) / _CELLS_AT_MOST))
    columns, rows = int((east_m - west_m) / step_m) + 1, int((north_m - south_m) / step_m) + 1
    grid = _Grid(west_m + 0.5 * step_m, south_m + 0.5 * step_m, step_m, rows, columns)
    is_inside = grid.inside(area)
    counts = np.where(is_inside, 0, 1).astype(np.int16)
    raster = Raster(counts, grid.inside(space), grid.west_m, grid.south_m, step_m, swath_m / 2.0)
    return raster, max(1, int(np.count_nonzero(is_inside)))


class _Grid(NamedTuple):
    """Where samples lie."""

    west_m: float
    south_m: float
    step_m: float
    rows: int
    columns: int

    def inside(self, area: BaseGeometry) -> NDArray[np.bool_]:
        """Tell which samples lie in an area, row by row between its edges."""
        y_m = self.south_m + self.step_m * np.arange(self.rows, dtype=np.float64)
        row, start_m, end_m = Scanline(ring_edges(area), 0.0).cut(y_m)
        first = np.ceil((start_m - self.west_m) / self.step_m).astype(np.intp).clip(0, self.columns)
        beyond = np.floor((end_m - self.west_m) / self.step_m).astype(np.intp) + 1
        marks = np.zeros((self.rows, self.columns + 1), dtype=np.int16)
        np.add.at(marks, (row, first), 1)
        np.add.at(marks, (row, np.maximum(beyond.clip(0, self.columns), first)), -1)
        is_inside: NDArray[np.bool_] = np.cumsum(marks[:, :-1], axis=1) > 0
        return is_inside


@compiled
def see(raster: Raster, ax: float, ay: float, bx: float, by: float, more: int) -> int:
    """Count one leg more (1) or less (-1), or change nothing (0).

    Returns
    -------
    int
        How many samples became seen, or unseen; with 0 how many are unseen within the leg's sight.
    """
    counts, half_m, step_m = raster.counts, raster.half_m, raster.step_m
    rows, columns = counts.shape
    dx, dy = bx - ax, by - ay
    length_m = math.sqrt(dx * dx + dy * dy)
    beside_x = beside_y = slope = 0.0
    if length_m > 0.0:
        beside_x, beside_y = -dy / length_m * half_m, dx / length_m * half_m
    if dy != 0.0:
        slope = 1.0 / dy
    first_row = max(0, math.ceil((min(ay, by) - half_m - raster.south_m) / step_m))
    last_row = min(rows - 1, math.floor((max(ay, by) + half_m - raster.south_m) / step_m))
    changed = 0
    for row in range(first_row, last_row + 1):
        y = raster.south_m + row * step_m
        # What a leg sees is convex: of a row, one span.
        left, right = math.inf, -math.inf
        off = y - ay
        if -half_m <= off <= half_m:
            chord = math.sqrt(half_m * half_m - off * off)
            left, right = ax - chord, ax + chord
        off = y - by
        if -half_m <= off <= half_m:
            chord = math.sqrt(half_m * half_m - off * off)
            left, right = min(left, bx - chord), max(right, bx + chord)
        if slope != 0.0:
            share = (y - ay + beside_y) * slope
            if 0.0 <= share <= 1.0:
                x = ax - beside_x + share * dx
                left, right = min(left, x), max(right, x)
            share = (y - ay - beside_y) * slope
            if 0.0 <= share <= 1.0:
                x = ax + beside_x + share * dx
                left, right = min(left, x), max(right, x)
        if left > right:
            continue
        first = max(0, math.ceil((left - raster.west_m) / step_m))
        last = min(columns - 1, math.floor((right - raster.west_m) / step_m))
        seen = counts[row]
        if more > 0:
            for column in range(first, last + 1):
                changed += seen[column] == 0
                seen[column] += 1
        elif more < 0:
            for column in range(first, last + 1):
                changed += seen[column] == 1
                seen[column] -= 1
        else:
            for column in range(first, last + 1):
                changed += seen[column] == 0
    return changed


@compiled
def see_all(raster: Raster, legs: np.ndarray, more: int) -> int:
    """Count legs, given as an array of shape (n, 4), each from x, y to x, y; gives how many samples changed."""
    changed = 0
    for leg in range(len(legs)):
        changed += see(raster, legs[leg, 0], legs[leg, 1], legs[leg, 2], legs[leg, 3], more)
    return changed
