"""What is seen from a route."""

import math
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from geofence.compiled import compiled
from missions.coverage.leg_sight import sides_of, span_at
from missions.coverage.sweep import Scanline, ring_edges
from missions.transit import XY, polygons_of

_NAMED_GAP_SWATHS = 0.5
_UNNAMED_AT_MOST = 0.02
_LINES_A_SWATH = 40.0
_LINES_AT_MOST = 20_000


def unseen_pieces(
    points: Sequence[XY], target: BaseGeometry, swath_m: float, seen: BaseGeometry | None = None
) -> tuple[Polygon, ...]:
    """Give the pieces of a target that are not seen from a route, nor seen already, largest first.

    Those smaller than half a swath squared only where they are much of it together.
    """
    missed = shapely.difference(target, seen_from(points, swath_m))
    if seen is not None:
        missed = shapely.difference(missed, seen)
    gaps = sorted(polygons_of(missed), key=lambda gap: -gap.area)
    rest_m2 = np.cumsum([gap.area for gap in reversed(gaps)])[::-1]
    return tuple(
        gap
        for gap, unnamed_m2 in zip(gaps, rest_m2, strict=True)
        if gap.area >= _NAMED_GAP_SWATHS * swath_m**2 or unnamed_m2 > _UNNAMED_AT_MOST * target.area
    )


def seen_from(points: Sequence[XY], swath_m: float) -> BaseGeometry:
    """Give the area within half a swath of a route; its round ends lie a little inside the true ones."""
    xy = np.asarray(points, dtype=np.float64)
    # Leg by leg: a line that meets itself at a hair's breadth can buffer to an invalid polygon.
    legs = shapely.linestrings(np.stack((xy[:-1], xy[1:]), axis=1))
    return shapely.union_all(shapely.buffer(legs, swath_m / 2.0))


def seen_share(points: NDArray[np.float64], area: BaseGeometry, swath_m: float) -> float:
    """Give the share of an area that is seen from a route, measured along lines far closer than a swath."""
    _, south_m, _, north_m = area.bounds
    count = math.ceil((north_m - south_m) / swath_m * _LINES_A_SWATH)
    count = min(max(count, int(_LINES_A_SWATH)), _LINES_AT_MOST)
    pitch_m = (north_m - south_m) / count
    y_m = south_m + pitch_m * (np.arange(count, dtype=np.float64) + 0.5)
    line, start_m, end_m = Scanline(ring_edges(area), 0.0).cut(y_m)
    pieces = np.searchsorted(line, np.arange(count + 1))
    xy = np.ascontiguousarray(points, dtype=np.float64)
    seen_m = _seen_along(xy, swath_m / 2.0, y_m, pitch_m, pieces, start_m, end_m)
    return float(seen_m / (end_m - start_m).sum())


@compiled
def _seen_along(
    xy: np.ndarray,
    half_m: float,
    y_m: np.ndarray,
    pitch_m: float,
    pieces: np.ndarray,
    start_m: np.ndarray,
    end_m: np.ndarray,
) -> float:
    """Measure how much of pieces of lines is seen from a route; those of line i begin at `pieces[i]`."""
    lines = len(y_m)
    rows = np.empty((len(xy) - 1, 2), np.int64)
    begins = np.zeros(lines + 1, np.int64)
    for leg in range(len(rows)):
        low_m, high_m = min(xy[leg, 1], xy[leg + 1, 1]), max(xy[leg, 1], xy[leg + 1, 1])
        rows[leg, 0] = max(0, math.ceil((low_m - half_m - y_m[0]) / pitch_m))
        rows[leg, 1] = min(lines - 1, math.floor((high_m + half_m - y_m[0]) / pitch_m))
        for row in range(rows[leg, 0], rows[leg, 1] + 1):
            begins[row + 1] += 1
    begins = np.cumsum(begins)
    lefts, rights = np.empty(begins[lines]), np.empty(begins[lines])
    filled = begins[:-1].copy()
    for leg in range(len(rows)):
        ax, ay, bx, by = xy[leg, 0], xy[leg, 1], xy[leg + 1, 0], xy[leg + 1, 1]
        beside_x, beside_y, slope = sides_of(ax, ay, bx, by, half_m)
        for row in range(rows[leg, 0], rows[leg, 1] + 1):
            left, right = span_at(ax, ay, bx, by, half_m, beside_x, beside_y, slope, y_m[row])
            lefts[filled[row]], rights[filled[row]] = left, right
            filled[row] += 1
    seen_m = 0.0
    for row in range(lines):
        order = np.argsort(lefts[begins[row] : begins[row + 1]])
        until_m, piece = -math.inf, pieces[row]
        for number in order:
            left, right = lefts[begins[row] + number], rights[begins[row] + number]
            left = max(left, until_m)
            if right <= left:
                continue
            until_m = right
            while piece < pieces[row + 1] and end_m[piece] <= left:
                piece += 1
            other = piece
            while other < pieces[row + 1] and start_m[other] < right:
                seen_m += min(right, end_m[other]) - max(left, start_m[other])
                other += 1
    return seen_m
