"""Parallel lines laid anew in every arm of an area, so that each arm gets as few as its own width asks for."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from missions.coverage.sweep import Scanline, Stroke

_SLICES_A_SWATH = 10
_SLICES_AT_MOST = 4_000
_LIKENESS = 0.6
_OPEN_SHARE = 0.5
_SLIVER_SWATHS = 0.15
_EXCESS_SWATHS = 0.05


@dataclass(frozen=True, slots=True)
class _Slice:
    """A piece of a fine line inside the area."""

    start_m: float
    end_m: float

    @property
    def length_m(self) -> float:
        return self.end_m - self.start_m

    def shared_m(self, other: "_Slice") -> float:
        """How much of the line both take."""
        return max(0.0, min(self.end_m, other.end_m) - max(self.start_m, other.start_m))

    def is_like(self, other: "_Slice") -> bool:
        """Whether both belong to one arm: where the width jumps another begins."""
        spanned_m = max(self.end_m, other.end_m) - min(self.start_m, other.start_m)
        return self.shared_m(other) > _LIKENESS * spanned_m


@dataclass(slots=True)
class _Arm:
    """Neighbouring slices, from one fine line to the next; on each side it ends at the area's edge or at other arms."""

    first_line: int
    slices: list[_Slice]
    is_bounded_below: bool
    is_bounded_above: bool = True


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
    bounds = np.searchsorted(line, np.arange(count + 1))
    rows = [
        [_Slice(float(start[k]), float(end[k])) for k in range(bounds[n], bounds[n + 1])]
        for n in range(count)
    ]
    strokes: list[Stroke] = []
    cosine, sine = math.cos(angle_rad), math.sin(angle_rad)
    next_line = 0
    for arm in _arms(rows):
        begin_m = low_m + pitch_m * arm.first_line
        for across_m in _across_m(arm, begin_m, pitch_m, swath_m, edge_m):
            piece = arm.slices[min(len(arm.slices) - 1, int((across_m - begin_m) / pitch_m))]
            on_line = scan.cut(np.array([across_m]))
            for along_m, until_m in zip(on_line[1], on_line[2], strict=True):
                first_m, last_m = max(along_m, piece.start_m - pitch_m), min(until_m, piece.end_m + pitch_m)
                if last_m > first_m:
                    ends = [
                        (float(a * cosine - across_m * sine), float(a * sine + across_m * cosine))
                        for a in (first_m, last_m)
                    ]
                    strokes.append(Stroke(next_line, ends[0], ends[1]))
            next_line += 1
        next_line += 1
    return strokes


def _across_m(arm: _Arm, begin_m: float, pitch_m: float, swath_m: float, edge_m: float) -> list[float]:
    """Coordinates of an arm's lines across it: evenly over all that is to be seen, but where it may be flown."""
    width_m = pitch_m * len(arm.slices)
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


def _arms(rows: Sequence[Sequence[_Slice]]) -> list[_Arm]:
    """Chain slices that overlap nothing else and are alike."""
    arms: list[_Arm] = []
    before: list[tuple[_Slice, _Arm]] = []
    for number, row in enumerate(rows):
        shared_m = [[piece.shared_m(other) for other, _ in before] for piece in row]
        for k, (piece, arm) in enumerate(before):
            arm.is_bounded_above = sum(shared[k] for shared in shared_m) < _OPEN_SHARE * piece.length_m
        now: list[tuple[_Slice, _Arm]] = []
        for piece, shared in zip(row, shared_m, strict=True):
            near = [k for k, overlap_m in enumerate(shared) if overlap_m > 0.0]
            is_alone = len(near) == 1 and sum(other[near[0]] > 0.0 for other in shared_m) == 1
            if is_alone and piece.is_like(before[near[0]][0]):
                arm = before[near[0]][1]
                arm.slices.append(piece)
            else:
                arm = _Arm(number, [piece], is_bounded_below=sum(shared) < _OPEN_SHARE * piece.length_m)
                arms.append(arm)
            now.append((piece, arm))
        before = now
    for _, arm in before:
        arm.is_bounded_above = True
    return arms
