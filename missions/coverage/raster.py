"""A raster of samples of an area, and how many legs of a route see each."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geofence.compiled import compiled
from missions.coverage.leg_sight import sides_of, span_at
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
    counts = raster.counts
    beside_x, beside_y, slope = sides_of(ax, ay, bx, by, raster.half_m)
    first_row, last_row = _rows(raster, ay, by)
    changed = 0
    for row in range(first_row, last_row + 1):
        first, last = _span(raster, ax, ay, bx, by, beside_x, beside_y, slope, row)
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
def _rows(raster: Raster, ay: float, by: float) -> tuple[int, int]:
    """Give the first and the last row that a leg sees samples of."""
    first = math.ceil((min(ay, by) - raster.half_m - raster.south_m) / raster.step_m)
    last = math.floor((max(ay, by) + raster.half_m - raster.south_m) / raster.step_m)
    return max(0, int(first)), min(len(raster.counts) - 1, int(last))


@compiled
def _span(
    raster: Raster,
    ax: float,
    ay: float,
    bx: float,
    by: float,
    beside_x: float,
    beside_y: float,
    slope: float,
    row: int,
) -> tuple[int, int]:
    """Give the first and the last column of a row that a leg sees."""
    y = raster.south_m + row * raster.step_m
    left, right = span_at(ax, ay, bx, by, raster.half_m, beside_x, beside_y, slope, y)
    if left > right:
        return 0, -1
    first = max(0, math.ceil((left - raster.west_m) / raster.step_m))
    last = min(raster.counts.shape[1] - 1, math.floor((right - raster.west_m) / raster.step_m))
    return first, last


@compiled
def net_loss(raster: Raster, legs: np.ndarray, olds: int, most: int) -> int:
    """Count how many samples fewer are seen if some legs are flown in place of others; the raster stays as it is.

    Only samples are looked at that not as many of both see.

    Parameters
    ----------
    legs : array, shape (n, 4)
        Each from x, y to x, y; those flown now come first.
    olds : int
        How many of them are flown now.
    most : int
        Losing more is as good as losing all: counting stops there.
    """
    count = len(legs)
    sides = np.empty((count, 3))
    rows = np.empty((count, 2), np.int64)
    lowest, highest = len(raster.counts), -1
    for leg in range(count):
        ax, ay, bx, by = legs[leg, 0], legs[leg, 1], legs[leg, 2], legs[leg, 3]
        sides[leg, 0], sides[leg, 1], sides[leg, 2] = sides_of(ax, ay, bx, by, raster.half_m)
        rows[leg, 0], rows[leg, 1] = _rows(raster, ay, by)
        lowest, highest = min(lowest, rows[leg, 0]), max(highest, rows[leg, 1])
    places = np.empty(2 * count, np.int64)
    changes = np.empty(2 * count, np.int64)
    lost = won = 0
    for row in range(lowest, highest + 1):
        size = 0
        for leg in range(count):
            if not rows[leg, 0] <= row <= rows[leg, 1]:
                continue
            first, last = _span(
                raster,
                legs[leg, 0],
                legs[leg, 1],
                legs[leg, 2],
                legs[leg, 3],
                sides[leg, 0],
                sides[leg, 1],
                sides[leg, 2],
                row,
            )
            if first > last:
                continue
            change = -1 if leg < olds else 1
            for place in (first, last + 1):
                at = size
                while at > 0 and places[at - 1] > place:
                    places[at], changes[at] = places[at - 1], changes[at - 1]
                    at -= 1
                places[at], changes[at] = place, change
                change = -change
                size += 1
        more = 0
        seen = raster.counts[row]
        for event in range(size - 1):
            more += changes[event]
            if more < 0:
                for column in range(places[event], places[event + 1]):
                    lost += seen[column] + more == 0
            elif more > 0:
                for column in range(places[event], places[event + 1]):
                    won += seen[column] == 0
        if lost > most:
            return lost
    return lost - won


@compiled
def see_all(raster: Raster, legs: np.ndarray, more: int) -> int:
    """Count legs, given as an array of shape (n, 4), each from x, y to x, y; gives how many samples changed."""
    changed = 0
    for leg in range(len(legs)):
        changed += see(raster, legs[leg, 0], legs[leg, 1], legs[leg, 2], legs[leg, 3], more)
    return changed
