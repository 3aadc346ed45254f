"""Sweep lines across an area, and the angle and offset at which they cover it cheapest."""

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geofence.compiled import compiled

_SAMPLES_AT_MOST = 6000
_EDGE_ANGLES_AT_MOST = 10
_REGULAR_ANGLES = 12
_COVERAGE_EXPECTED = 0.982
"""What is missed beyond it is priced higher."""

_MISSED_WEIGHT = 1.5
_MISSED_BEYOND_WEIGHT = 2.5
_OFFSETS_KEPT = 2
_OFFSETS = (0.0, 0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight line to be flown whole, in either direction.

    Parameters
    ----------
    line : int
        Number of the sweep line it lies on; neighbours differ by one.
    start, end : tuple of float
        Metres; the start is at the lower coordinate along the sweep.
    """

    line: int
    start: tuple[float, float]
    end: tuple[float, float]

    @property
    def length_m(self) -> float:
        """From start to end."""
        return math.dist(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Sweep:
    """A family of parallel lines.

    Parameters
    ----------
    angle_rad : float
        Direction of the lines, counter-clockwise from east.
    first_m : float
        Coordinate of line 0 across the lines.
    spacing_m : float
    count : int
    """

    angle_rad: float
    first_m: float
    spacing_m: float
    count: int

    def across_m(self) -> NDArray[np.float64]:
        """Coordinates of all lines across their direction."""
        return self.first_m + self.spacing_m * np.arange(self.count, dtype=np.float64)


def turn_axes(xy: NDArray[np.float64], angle_rad: float) -> NDArray[np.float64]:
    """Coordinates along and across lines of this angle."""
    c, s = math.cos(angle_rad), math.sin(angle_rad)
    return np.column_stack((xy[:, 0] * c + xy[:, 1] * s, xy[:, 1] * c - xy[:, 0] * s))


def ring_edges(area: BaseGeometry) -> NDArray[np.float64]:
    """Edges of all rings, shape (n, 2, 2)."""
    rings = shapely.get_rings(shapely.get_parts(area))
    edges = [np.stack((xy[:-1], xy[1:]), axis=1) for xy in (shapely.get_coordinates(ring) for ring in rings)]
    return np.concatenate(edges) if edges else np.empty((0, 2, 2))


class Scanline:
    """Cuts lines of one angle out of an area."""

    def __init__(self, edges: NDArray[np.float64], angle_rad: float) -> None:
        self.angle_rad = angle_rad
        turned = turn_axes(edges.reshape(-1, 2), angle_rad).reshape(-1, 2, 2)
        is_rising = turned[:, 0, 1] <= turned[:, 1, 1]
        low = np.where(is_rising[:, None], turned[:, 0], turned[:, 1])
        high = np.where(is_rising[:, None], turned[:, 1], turned[:, 0])
        sloped = high[:, 1] > low[:, 1]
        self._low, self._high = low[sloped], high[sloped]

    @property
    def extent_m(self) -> tuple[float, float]:
        """Lowest and highest coordinate across the lines."""
        return float(self._low[:, 1].min()), float(self._high[:, 1].max())

    def cut(
        self, across_m: NDArray[np.float64]
    ) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
        """Pieces of the lines, given in rising order, inside the area: line number, start and end along the line."""
        first = np.searchsorted(across_m, self._low[:, 1])
        hits = np.searchsorted(across_m, self._high[:, 1]) - first
        edge = np.repeat(np.arange(len(hits)), hits)
        line = np.arange(len(edge)) + np.repeat(first - (np.cumsum(hits) - hits), hits)
        low, high = self._low[edge], self._high[edge]
        along = low[:, 0] + (high[:, 0] - low[:, 0]) * (across_m[line] - low[:, 1]) / (high[:, 1] - low[:, 1])
        order = np.lexsort((along, line))
        return line[order][::2], along[order][::2], along[order][1::2]


def cut_strokes(edges: NDArray[np.float64], sweep: Sweep) -> list[Stroke]:
    """Strokes of a sweep inside the area of these edges."""
    across_m = sweep.across_m()
    line, start, end = Scanline(edges, sweep.angle_rad).cut(across_m)
    c, s = math.cos(sweep.angle_rad), math.sin(sweep.angle_rad)

    def back(along: float, across: float) -> tuple[float, float]:
        return float(along * c - across * s), float(along * s + across * c)

    return [
        Stroke(int(n), back(a, across_m[n]), back(b, across_m[n]))
        for n, a, b in zip(line, start, end, strict=True)
    ]


def candidate_angles(area: BaseGeometry) -> list[float]:
    """Directions worth trying, radians in [0, pi): long edges, the minimum rotated rectangle, some regular ones."""
    edges = ring_edges(area)
    delta = edges[:, 1] - edges[:, 0]
    length = np.hypot(delta[:, 0], delta[:, 1])
    degrees = np.degrees(np.arctan2(delta[:, 1], delta[:, 0])) % 180.0
    weight = np.bincount(np.round(degrees).astype(np.intp) % 180, weights=length, minlength=180)
    angles = []
    for bin_deg in np.argsort(-weight, kind="stable")[:_EDGE_ANGLES_AT_MOST]:
        if weight[bin_deg] <= 0.0:
            break
        member = np.round(degrees).astype(np.intp) % 180 == bin_deg
        angles.append(float(degrees[member][np.argmax(length[member])]))
    rectangle = shapely.get_coordinates(shapely.minimum_rotated_rectangle(area))
    if len(rectangle) >= 4:
        side = rectangle[1] - rectangle[0]
        along = math.degrees(math.atan2(side[1], side[0])) % 180.0
        angles += [along, (along + 90.0) % 180.0]
    angles += [180.0 * k / _REGULAR_ANGLES for k in range(_REGULAR_ANGLES)]
    distinct: list[float] = []
    for angle in angles:
        if all(abs((angle - other + 90.0) % 180.0 - 90.0) > 0.75 for other in distinct):
            distinct.append(angle)
    return [math.radians(angle) for angle in distinct]


def sample_points(area: BaseGeometry, step_m: float) -> NDArray[np.float64]:
    """Points of a square grid inside an area, shape (n, 2)."""
    x0, y0, x1, y1 = area.bounds
    x, y = np.meshgrid(np.arange(x0 + step_m / 2, x1, step_m), np.arange(y0 + step_m / 2, y1, step_m))
    shapely.prepare(area)
    inside = shapely.contains_xy(area, x.ravel(), y.ravel())
    points: NDArray[np.float64] = np.column_stack((x.ravel(), y.ravel()))[inside]
    return points


def rank_sweeps(
    target: BaseGeometry, flyable: BaseGeometry, swath_m: float, *, turn_m: float
) -> list[tuple[float, Sweep]]:
    """Sweeps over `target` whose lines lie in `flyable`, cheapest first, at most two an angle.

    The estimate is the length of the strokes, for every stroke `turn_m` and the way to the next, and for what stays
    uncovered more than the length of a line over it.
    """
    edges, target_edges = ring_edges(flyable), ring_edges(target)
    step_m = max(swath_m / 4.0, math.sqrt(target.area / _SAMPLES_AT_MOST))
    samples = sample_points(target, step_m)
    ranked = []
    for angle_rad in candidate_angles(target):
        scan = Scanline(edges, angle_rad)
        turned = turn_axes(samples, angle_rad)
        offsets = _offsets(Scanline(target_edges, angle_rad).extent_m, angle_rad, swath_m)
        priced = [(_estimate(scan, sweep, turned, swath_m, turn_m, step_m), sweep) for sweep in offsets]
        ranked += sorted(priced, key=lambda pair: pair[0])[:_OFFSETS_KEPT]
    return sorted(ranked, key=lambda pair: pair[0])


def _offsets(extent_m: tuple[float, float], angle_rad: float, swath_m: float) -> list[Sweep]:
    low, high = extent_m
    count = max(1, math.ceil((high - low) / swath_m - 0.02))
    even = (high - low) / count
    sweeps = [Sweep(angle_rad, low + even / 2.0, even, count)]
    if even < 0.995 * swath_m:
        sweeps += [
            Sweep(angle_rad, low + swath_m * (share - 0.5), swath_m, count + 1)
            for share in (*_OFFSETS[1:], 1.0)
        ]
        sweeps.append(Sweep(angle_rad, high - swath_m * (count - 0.5), swath_m, count))
    return sweeps


def _estimate(
    scan: Scanline, sweep: Sweep, turned: NDArray[np.float64], swath_m: float, turn_m: float, step_m: float
) -> float:
    line, start, end = scan.cut(sweep.across_m())
    if not len(line):
        return math.inf
    pieces = np.searchsorted(line, np.arange(sweep.count + 1))
    missed = _count_missed(turned, sweep.first_m, sweep.spacing_m, swath_m / 2.0, pieces, start, end)
    missed_m2 = missed * step_m**2
    area_m2 = len(turned) * step_m**2
    flown_m = float((end - start).sum()) + (turn_m + sweep.spacing_m) * len(line)
    return flown_m + missed_cost_m(missed_m2, area_m2, swath_m)


@compiled
def _count_missed(
    turned: np.ndarray,
    first_m: float,
    spacing_m: float,
    half_m: float,
    pieces: np.ndarray,
    start: np.ndarray,
    end: np.ndarray,
) -> int:
    """Count the samples that are not seen from a piece of the nearest line; those of line i begin at `pieces[i]`."""
    missed = 0
    for number in range(len(turned)):
        along, across = turned[number]
        nearest = round((across - first_m) / spacing_m)
        if not 0 <= nearest < len(pieces) - 1:
            missed += 1
            continue
        off = across - first_m - spacing_m * nearest
        reach_m = math.sqrt(max(0.0, half_m * half_m - off * off))
        is_seen = False
        for piece in range(pieces[nearest], pieces[nearest + 1]):
            if start[piece] - reach_m <= along <= end[piece] + reach_m:
                is_seen = True
                break
        missed += not is_seen
    return missed


def missed_cost_m(missed_m2: float, area_m2: float, swath_m: float) -> float:
    """Price a part left unseen, as metres of flight; much dearer where too little is seen in all."""
    beyond_m2 = max(0.0, missed_m2 - (1.0 - _COVERAGE_EXPECTED) * area_m2)
    return (_MISSED_WEIGHT * missed_m2 + _MISSED_BEYOND_WEIGHT * beyond_m2) / swath_m
