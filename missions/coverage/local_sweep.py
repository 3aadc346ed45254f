"""Parallel lines laid anew in every arm of an area, so that each arm gets as few as its own width asks for."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geofence.compiled import compiled
from missions.coverage.sweep import Scanline, Stroke

_SLICES_A_SWATH = 10
_SLICES_AT_MOST = 4_000
_LIKENESS = 0.6
_OPEN_SHARE = 0.5
_SLIVER_SWATHS = 0.15
_EXCESS_SWATHS = 0.05


class _Arm(NamedTuple):
    """Neighbouring slices, from one fine line to the next; on each side it ends at the area's edge or at other arms.

    Parameters
    ----------
    first_line : int
        Number of the fine line of its first slice.
    start_m, end_m : array
        Of its slices, along the lines.
    is_bounded_below, is_bounded_above : bool
    """

    first_line: int
    start_m: NDArray[np.float64]
    end_m: NDArray[np.float64]
    is_bounded_below: bool
    is_bounded_above: bool


def local_strokes(
    edges: NDArray[np.float64], angle_rad: float, swath_m: float, edge_m: float
) -> list[Stroke]:
    """Lay lines of one angle in each arm of an area.

    Parameters
    ----------
    edges : array of shape (n, 2, 2)
        Of the area that may be flown.
    edge_m : float
        How far what is to be seen goes on beyond that area.

    Returns
    -------
    list of Stroke
        Line numbers are neighbours only within an arm. Empty where the area would take too many slices.
    """
    scan = Scanline(edges, angle_rad)
    low_m, high_m = scan.extent_m
    pitch_m = swath_m / _SLICES_A_SWATH
    count = math.ceil((high_m - low_m) / pitch_m)
    if not 0 < count <= _SLICES_AT_MOST:
        return []
    pitch_m = (high_m - low_m) / count
    line, start, end = scan.cut(low_m + pitch_m * (np.arange(count, dtype=np.float64) + 0.5))
    firsts = np.searchsorted(line, np.arange(count + 1))
    laid: list[tuple[int, float, float, float]] = []
    next_line = 0
    for arm in _arms(firsts, line, start, end):
        begin_m = low_m + pitch_m * arm.first_line
        for across_m in _across_m(arm, begin_m, pitch_m, swath_m, edge_m):
            nearest = min(len(arm.start_m) - 1, int((across_m - begin_m) / pitch_m))
            laid.append((next_line, across_m, arm.start_m[nearest] - pitch_m, arm.end_m[nearest] + pitch_m))
            next_line += 1
        next_line += 1
    return list(_cut(scan, laid))


def _cut(scan: Scanline, laid: Sequence[tuple[int, float, float, float]]) -> Iterator[Stroke]:
    """Cut lines, each given by its number, where it lies across and between which places along, out of the area."""
    across_m, place = np.unique([line[1] for line in laid], return_inverse=True)
    row, start, end = scan.cut(across_m)
    firsts = np.searchsorted(row, np.arange(len(across_m) + 1))
    cosine, sine = math.cos(scan.angle_rad), math.sin(scan.angle_rad)
    for (number, across, least_m, most_m), at in zip(laid, place.tolist(), strict=True):
        for piece in range(firsts[at], firsts[at + 1]):
            ends_m = max(float(start[piece]), least_m), min(float(end[piece]), most_m)
            if ends_m[1] > ends_m[0]:
                one, other = (
                    (float(along * cosine - across * sine), float(along * sine + across * cosine))
                    for along in ends_m
                )
                yield Stroke(number, one, other)


def _across_m(arm: _Arm, begin_m: float, pitch_m: float, swath_m: float, edge_m: float) -> list[float]:
    """Coordinates of an arm's lines across it: evenly over all that is to be seen, but where it may be flown."""
    width_m = pitch_m * len(arm.start_m)
    below_m, above_m = edge_m * arm.is_bounded_below, edge_m * arm.is_bounded_above
    seen_m = below_m + width_m + above_m
    if width_m < _SLIVER_SWATHS * swath_m and not (arm.is_bounded_below and arm.is_bounded_above):
        return []
    count = max(1, math.ceil(seen_m / swath_m - _EXCESS_SWATHS))
    inset_m = min(pitch_m / 2.0, width_m / 2.0)
    return [
        min(max((number + 0.5) * seen_m / count - below_m, inset_m), width_m - inset_m) + begin_m
        for number in range(count)
    ]


def _arms(
    firsts: NDArray[np.intp], line: NDArray[np.intp], start: NDArray[np.float64], end: NDArray[np.float64]
) -> Iterator[_Arm]:
    """Chain slices that overlap nothing else and are alike."""
    arm_of, is_below, is_above = _chain(firsts, start, end)
    members = np.argsort(arm_of, kind="stable")
    bounds = np.searchsorted(arm_of[members], np.arange(len(is_below) + 1))
    for arm in range(len(is_below)):
        own = members[bounds[arm] : bounds[arm + 1]]
        yield _Arm(int(line[own[0]]), start[own], end[own], bool(is_below[arm]), bool(is_above[arm]))


@compiled
def _chain(
    firsts: np.ndarray, start: np.ndarray, end: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the arm of each slice, and tell of each arm whether it ends at the area's edge below and above.

    Parameters
    ----------
    firsts : array of int
        Number of the first slice of each line.
    start, end : array
        Of the slices, metres.
    """
    count = len(start)
    arm_of = np.empty(count, np.int64)
    is_below, is_above = np.ones(count, np.bool_), np.ones(count, np.bool_)
    touches = np.zeros(count, np.int64)
    arms = 0
    for row in range(len(firsts) - 1):
        # Slices of the row before, and how many of this row each touches.
        for one in range(firsts[max(row - 1, 0)], firsts[row]):
            touched_m = 0.0
            touches[one] = 0
            for other in range(firsts[row], firsts[row + 1]):
                shared_m = min(end[one], end[other]) - max(start[one], start[other])
                if shared_m > 0.0:
                    touched_m += shared_m
                    touches[one] += 1
            is_above[arm_of[one]] = touched_m < _OPEN_SHARE * (end[one] - start[one])
        for one in range(firsts[row], firsts[row + 1]):
            touched_m = 0.0
            near, other_near = 0, -1
            for other in range(firsts[max(row - 1, 0)], firsts[row]):
                shared_m = min(end[one], end[other]) - max(start[one], start[other])
                if shared_m > 0.0:
                    touched_m += shared_m
                    near, other_near = near + 1, other
            if near == 1 and touches[other_near] == 1:
                spanned_m = max(end[one], end[other_near]) - min(start[one], start[other_near])
                if touched_m > _LIKENESS * spanned_m:
                    arm_of[one] = arm_of[other_near]
                    continue
            arm_of[one] = arms
            is_below[arms] = touched_m < _OPEN_SHARE * (end[one] - start[one])
            arms += 1
    # What ends with the last line ends at the edge.
    for one in range(firsts[len(firsts) - 2], firsts[len(firsts) - 1]):
        is_above[arm_of[one]] = True
    return arm_of, is_below[:arms], is_above[:arms]
