"""Few straight legs through a corridor of altitudes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from missions.terrain.altitude_corridor import AltitudeCorridor

_SAME_M = 1e-6
_ROUNDING_M = 1e-9
_LOOK_BACK = (0.0, 0.06, 0.15, 0.3, 0.5, 0.75)

_Line = tuple[float, float]
"""Altitude at its start, and gradient."""
_Lines = list[_Line]
"""Corners of a convex set of lines."""


@dataclass(frozen=True, slots=True)
class _Leg:
    """All straight legs from one node to another that stay in the corridor."""

    start: int
    end: int
    lines: _Lines


def fewest_legs(
    corridor: AltitudeCorridor, forced: Sequence[int], wanted_m: NDArray[np.float64]
) -> tuple[list[int], list[float]]:
    """Choose nodes and altitudes for a flight through a corridor with few bends.

    From the altitudes that can be had at one bend, the set of all lines that stay in the corridor is narrowed by
    further nodes until it is empty (O'Rourke, 1981, in the plane of altitude and gradient). Of the nodes that can
    be reached, the one is taken from which the next leg reaches farthest. So nearly the fewest bends are
    made; altitudes are then chosen from the end back, as near to the wanted ones as the legs allow.

    Parameters
    ----------
    corridor : AltitudeCorridor
        Nowhere blocked.
    forced : sequence of int
        Nodes where a bend must be, the first and the last among them, in order.
    wanted_m : array of shape (n,)
        Altitude that each node would best have.

    Returns
    -------
    nodes : list of int
    alts_m : list of float
    """
    search = _Search(corridor)
    first = forced[0]
    reach = (float(corridor.lows_m[first]), float(corridor.highs_m[first]))
    legs: list[_Leg] = []
    for goal in forced[1:]:
        node = legs[-1].end if legs else first
        for leg in search.legs(node, reach, goal):
            legs.append(leg)
            reach = search.reach(leg.lines, leg.start, leg.end)
    alts_m = [min(max(float(wanted_m[forced[-1]]), reach[0]), reach[1])]
    for leg in reversed(legs):
        alts_m.append(search.start_of(leg, alts_m[-1], float(wanted_m[leg.start])))
    return [first, *(leg.end for leg in legs)], alts_m[::-1]


class _Search:
    def __init__(self, corridor: AltitudeCorridor) -> None:
        self._distances_m = corridor.distances_m
        self._lows_m, self._highs_m = corridor.lows_m - _SAME_M, corridor.highs_m + _SAME_M
        self._steepest = (
            -corridor.gradients.descent * (1.0 + _SAME_M),
            corridor.gradients.climb * (1.0 + _SAME_M),
        )

    def legs(self, node: int, reach: tuple[float, float], goal: int) -> Iterator[_Leg]:
        """Legs from a node to a goal, one after the other."""
        while node < goal:
            leg = self._longest(node, reach, goal)
            if leg.end < goal:
                leg = self._best(leg, reach, goal)
            yield leg
            reach, node = self.reach(leg.lines, leg.start, leg.end), leg.end

    def reach(self, lines: _Lines, start: int, end: int) -> tuple[float, float]:
        """Lowest and highest altitude that lines have at a node."""
        along_m = self._distances_m[end] - self._distances_m[start]
        alts_m = [alt_m + gradient * along_m for alt_m, gradient in lines]
        return min(alts_m), max(alts_m)

    def start_of(self, leg: _Leg, end_alt_m: float, wanted_m: float) -> float:
        """Altitude at the start of a leg that ends at one, as near to the wanted as may be."""
        along_m = float(self._distances_m[leg.end] - self._distances_m[leg.start])
        beyond = [alt_m + gradient * along_m - end_alt_m for alt_m, gradient in leg.lines]
        touching: list[float] = []
        for number, (alt_m, _) in enumerate(leg.lines):
            after = (number + 1) % len(leg.lines)
            one, other = beyond[number], beyond[after]
            if abs(one) <= _SAME_M:
                touching.append(alt_m)
            elif one * other < 0.0:
                touching.append(alt_m + one / (one - other) * (leg.lines[after][0] - alt_m))
        if not touching:
            nearest = min(range(len(beyond)), key=lambda number: abs(beyond[number]))
            touching = [leg.lines[nearest][0]]
        return min(max(wanted_m, min(touching)), max(touching))

    def _best(self, longest: _Leg, reach: tuple[float, float], goal: int) -> _Leg:
        """Choose the leg after which the next one reaches farthest, of those no longer than the longest."""
        span = longest.end - longest.start
        best, best_end = longest, -1
        for back in dict.fromkeys(round(share * span) for share in _LOOK_BACK):
            end = max(longest.end - back, longest.start + 1)
            leg = longest if end == longest.end else self._longest(longest.start, reach, end)
            next_end = self._longest(end, self.reach(leg.lines, leg.start, end), goal).end
            if next_end > best_end:
                best, best_end = leg, next_end
        return best

    def _longest(self, node: int, reach: tuple[float, float], goal: int) -> _Leg:
        """Narrow the set of lines from a node until no farther node can be reached."""
        down, up = self._steepest
        lines: _Lines = [(reach[0], down), (reach[1], down), (reach[1], up), (reach[0], up)]
        end, block = node, 1
        while end < goal:
            nodes = slice(end + 1, min(end + block, goal) + 1)
            kept = self._through(lines, node, nodes)
            if kept:
                lines, end, block = kept, nodes.stop - 1, 2 * block
            elif block > 1:
                block = max(1, min(block, nodes.stop - nodes.start) // 2)
            else:
                break
        # To the next node there always is a way; rounding may hide it.
        return _Leg(node, max(end, node + 1), lines)

    def _through(self, lines: _Lines, node: int, nodes: slice) -> _Lines:
        """Keep the lines that stay in the corridor at some nodes."""
        along_m = self._distances_m[nodes] - self._distances_m[node]
        lows_m, highs_m = self._lows_m[nodes], self._highs_m[nodes]
        while lines:
            starts_m, gradients = np.array(lines).T
            alts_m = starts_m[:, None] + gradients[:, None] * along_m
            below_m, above_m = lows_m - alts_m.min(axis=0), alts_m.max(axis=0) - highs_m
            low, high = int(np.argmax(below_m)), int(np.argmax(above_m))
            if below_m[low] <= _ROUNDING_M and above_m[high] <= _ROUNDING_M:
                break
            if below_m[low] > _ROUNDING_M:
                lines = _clipped(lines, float(along_m[low]), float(lows_m[low]), 1.0)
            if above_m[high] > _ROUNDING_M:
                lines = _clipped(lines, float(along_m[high]), float(highs_m[high]), -1.0)
        return lines


def _clipped(lines: _Lines, along_m: float, limit_m: float, sign: float) -> _Lines:
    """Keep the lines that are above (sign 1) or below (-1) a limit at a distance (Sutherland and Hodgman, 1974)."""
    spare = [sign * (alt_m + gradient * along_m - limit_m) for alt_m, gradient in lines]
    kept: _Lines = []
    for number, line in enumerate(lines):
        before, here = spare[number - 1], spare[number]
        if (before < 0.0) != (here < 0.0):
            share = before / (before - here)
            start = lines[number - 1]
            kept.append((start[0] + share * (line[0] - start[0]), start[1] + share * (line[1] - start[1])))
        if here >= 0.0:
            kept.append(line)
    return kept
