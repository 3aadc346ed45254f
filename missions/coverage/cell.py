"""Cells of a boustrophedon: strokes that are flown back and forth, one after the other."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from missions.coverage.sweep import Stroke
from missions.transit import XY, Transit, path_length_m

_TURN_AT_MOST_SWATHS = 3.0


@dataclass(frozen=True, slots=True)
class Cell:
    """Strokes in order across the sweep; flown from the first or the last, from either side: four entries."""

    strokes: tuple[Stroke, ...]

    def directed(self, entry: int) -> list[tuple[XY, XY]]:
        """Strokes as flown. Entries: 0 first/start, 1 first/end, 2 last/start, 3 last/end."""
        strokes = self.strokes if entry < 2 else self.strokes[::-1]
        forward = entry in {0, 2}
        legs = []
        for stroke in strokes:
            legs.append((stroke.start, stroke.end) if forward else (stroke.end, stroke.start))
            forward = not forward
        return legs


def cells_of(strokes: Sequence[Stroke], transit: Transit, swath_m: float, angle_rad: float) -> list[Cell]:
    """Group strokes by connectivity (Choset and Pignon, Coverage path planning: the boustrophedon decomposition, 1998).

    A cell ends where a line is cut into more or fewer pieces than its neighbour, and where turning from one
    stroke to the next would be a long way round.
    """
    direction = np.array((np.cos(angle_rad), np.sin(angle_rad)))
    by_line: dict[int, list[int]] = defaultdict(list)
    spans = []
    for number, stroke in enumerate(strokes):
        by_line[stroke.line].append(number)
        spans.append((float(np.dot(stroke.start, direction)), float(np.dot(stroke.end, direction))))
    above: dict[int, list[int]] = defaultdict(list)
    below: dict[int, list[int]] = defaultdict(list)
    for line, numbers in by_line.items():
        for a in numbers:
            for b in by_line.get(line + 1, ()):
                if spans[a][0] <= spans[b][1] and spans[b][0] <= spans[a][1]:
                    above[a].append(b)
                    below[b].append(a)
    pairs = [(a, bs[0]) for a, bs in above.items() if len(bs) == 1 and len(below[bs[0]]) == 1]
    following = dict(_turning_shortly(strokes, pairs, transit, _TURN_AT_MOST_SWATHS * swath_m))
    return [Cell(chain) for chain in _chains(strokes, following)]


def _turning_shortly(
    strokes: Sequence[Stroke], pairs: Sequence[tuple[int, int]], transit: Transit, limit_m: float
) -> Iterable[tuple[int, int]]:
    """Take the pairs of strokes with short ways from one to the other at both ends."""
    if not pairs:
        return
    starts = np.array([(strokes[a].start, strokes[a].end) for a, _ in pairs])
    ends = np.array([(strokes[b].start, strokes[b].end) for _, b in pairs])
    is_near = (np.hypot(*np.moveaxis(ends - starts, -1, 0)) <= limit_m).all(axis=1)
    is_straight = transit.is_visible(starts.reshape(-1, 2), ends.reshape(-1, 2)).reshape(-1, 2)
    for number, (a, b) in enumerate(pairs):
        ways = ((strokes[a].start, strokes[b].start), (strokes[a].end, strokes[b].end))
        if is_near[number] and all(
            straight or path_length_m(transit.path(*way)) <= limit_m
            for way, straight in zip(ways, is_straight[number], strict=True)
        ):
            yield a, b


def _chains(strokes: Sequence[Stroke], following: dict[int, int]) -> Iterable[tuple[Stroke, ...]]:
    heads = sorted(set(range(len(strokes))) - set(following.values()))
    for head in heads:
        chain = [strokes[head]]
        number = head
        while number in following:
            number = following[number]
            chain.append(strokes[number])
        yield tuple(chain)
