"""The order and direction in which cells are flown: a generalised travelling-salesman path from and to the pad."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from missions.coverage.cell import Cell
from missions.transit import XY, Transit

_ENTRIES = 4
_SEGMENT_AT_MOST = 3
_KICK_EVALUATIONS = 3_000_000
_KICKS_AT_MOST = 250
_KICK_WINDOW = 24
_CELLS_OF_A_DRAFT = 80


@dataclass(frozen=True, slots=True)
class Visit:
    """One cell of a tour and the corner it is entered at."""

    cell: int
    entry: int


class TourProblem:
    """Cells with four entries each, and the legal distances between all their corners.

    Parameters
    ----------
    cells : sequence of Cell
    pad : tuple of float
        Where the tour starts and ends.
    transit : Transit
    """

    def __init__(self, cells: Sequence[Cell], pad: XY, transit: Transit) -> None:
        number: dict[XY, int] = {pad: 0}
        enters, exits = np.empty((len(cells), _ENTRIES), np.intp), np.empty((len(cells), _ENTRIES), np.intp)
        for index, cell in enumerate(cells):
            for entry in range(_ENTRIES):
                legs = cell.directed(entry)
                enters[index, entry] = number.setdefault(legs[0][0], len(number))
                exits[index, entry] = number.setdefault(legs[-1][1], len(number))
        self.enters, self.exits = enters, exits
        self.distance_m = transit.lengths_m(np.array(list(number)))
        self.backwards = np.array(
            [
                [
                    next(
                        e
                        for e in range(_ENTRIES)
                        if enters[c, e] == exits[c, entry] and exits[c, e] == enters[c, entry]
                    )
                    for entry in range(_ENTRIES)
                ]
                for c in range(len(cells))
            ],
            dtype=np.intp,
        ).reshape(len(cells), _ENTRIES)

    def __len__(self) -> int:
        return len(self.enters)

    def length_m(self, order: NDArray[np.intp], entry: NDArray[np.intp]) -> float:
        """Length of the ways between cells, from the pad and back to it."""
        enter, leave = self._ends(order, entry)
        return float(self.distance_m[leave[:-1], enter[1:]].sum())

    def _ends(
        self, order: NDArray[np.intp], entry: NDArray[np.intp]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Corner numbers entered and left, the pad at both ends."""
        pad = np.zeros(1, dtype=np.intp)
        enter = np.concatenate((pad, self.enters[order, entry], pad))
        leave = np.concatenate((pad, self.exits[order, entry], pad))
        return enter, leave

    def best_entries(self, order: NDArray[np.intp]) -> NDArray[np.intp]:
        """Best entries for a fixed order, exactly (shortest path through layers of four)."""
        so_far = self.distance_m[0, self.enters[order[0]]]
        choices = []
        for before, after in itertools.pairwise(order):
            total = so_far[:, None] + self.distance_m[np.ix_(self.exits[before], self.enters[after])]
            choices.append(np.argmin(total, axis=0))
            so_far = total[choices[-1], np.arange(_ENTRIES)]
        entry = int(np.argmin(so_far + self.distance_m[self.exits[order[-1]], 0]))
        entries = [entry]
        for choice in reversed(choices):
            entry = int(choice[entry])
            entries.append(entry)
        return np.array(entries[::-1], dtype=np.intp)

    def nearest_first(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Go on to the nearest entry, always."""
        left = np.ones(len(self), dtype=np.bool_)
        place, order, entries = 0, [], []
        while left.any():
            away = np.where(left[:, None], self.distance_m[place, self.enters], np.inf)
            cell, entry = divmod(int(np.argmin(away)), _ENTRIES)
            order.append(cell)
            entries.append(entry)
            left[cell] = False
            place = int(self.exits[cell, entry])
        return np.array(order, dtype=np.intp), np.array(entries, dtype=np.intp)

    def improve(
        self, order: NDArray[np.intp], entry: NDArray[np.intp], *, polish_below_m: float = np.inf
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], float]:
        """Reverse and move stretches of the order, best step first, until no step helps.

        The exact choice of entries is tried only where the length has come below `polish_below_m`.
        """
        while True:
            step = max(
                (self._best_reversal(order, entry), self._best_move(order, entry)), key=lambda s: s.gain_m
            )
            if step.gain_m > 1e-6:
                order, entry = self._taken(step, order, entry)
                continue
            length_m = self.length_m(order, entry)
            if length_m >= polish_below_m:
                return order, entry, length_m
            entries = self.best_entries(order)
            if self.length_m(order, entries) >= length_m - 1e-6:
                return order, entry, length_m
            entry = entries

    def _best_reversal(self, order: NDArray[np.intp], entry: NDArray[np.intp]) -> "_Step":
        enter, leave = self._ends(order, entry)
        d, n = self.distance_m, len(order)
        link = d[leave[:-1], enter[1:]]
        gain = (
            link[:n, None]
            + link[None, 1:]
            - d[leave[:n][:, None], leave[1 : n + 1][None, :]]
            - d[enter[1 : n + 1][:, None], enter[2:][None, :]]
        )
        gain[np.tril_indices(n, -1)] = -np.inf
        first, last = np.unravel_index(int(np.argmax(gain)), gain.shape)
        return _Step(float(gain[first, last]), int(first), int(last) + 1, int(first), is_reversed=True)

    def _best_move(self, order: NDArray[np.intp], entry: NDArray[np.intp]) -> "_Step":
        """Or's move: a stretch of up to three cells to another place, either way round, one cell by any entry."""
        enter, leave = self._ends(order, entry)
        d, n = self.distance_m, len(order)
        link = d[leave[:-1], enter[1:]]
        best = _Step(0.0, 0, 0, 0)
        for size in range(1, min(_SEGMENT_AT_MOST, n - 1) + 1):
            first = np.arange(n - size + 1)
            freed = link[first] + link[first + size] - d[leave[first], enter[first + size + 1]]
            into, out = enter[first + 1], leave[first + size]
            ways = [(into, out, False, -1), (out, into, True, -1)]
            if size == 1:
                ways = [(self.enters[order, v], self.exits[order, v], False, v) for v in range(_ENTRIES)]
            inside = (np.arange(n + 1)[None, :] >= first[:, None]) & (
                np.arange(n + 1)[None, :] <= (first + size)[:, None]
            )
            for begin, finish, is_reversed, variant in ways:
                gain = freed[:, None] + link[None, :]
                gain -= d[leave[:-1][None, :], begin[:, None]]
                gain -= d[finish[:, None], enter[1:][None, :]]
                gain[inside] = -np.inf
                at, to = np.unravel_index(int(np.argmax(gain)), gain.shape)
                if gain[at, to] > best.gain_m:
                    best = _Step(float(gain[at, to]), int(at), int(at) + size, int(to), is_reversed, variant)
        return best

    def _taken(
        self, step: "_Step", order: NDArray[np.intp], entry: NDArray[np.intp]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        cells, entries = order[step.first : step.stop], entry[step.first : step.stop]
        if step.is_reversed:
            cells, entries = cells[::-1], self.backwards[cells, entries][::-1]
        if step.entry >= 0:
            entries = np.array([step.entry], dtype=np.intp)
        rest, rest_entries = (
            np.delete(order, np.s_[step.first : step.stop]),
            np.delete(entry, np.s_[step.first : step.stop]),
        )
        at = step.to if step.to <= step.first else step.to - (step.stop - step.first)
        return np.insert(rest, at, cells), np.insert(rest_entries, at, entries)


@dataclass(frozen=True, slots=True)
class _Step:
    """Take the cells first..stop-1 out and put them in behind the first `to` cells."""

    gain_m: float
    first: int
    stop: int
    to: int
    is_reversed: bool = False
    entry: int = -1


def order_cells(
    cells: Sequence[Cell], pad: XY, transit: Transit, *, is_thorough: bool, seed: int = 1
) -> tuple[list[Visit], float]:
    """Find a short order of all cells from the pad and back.

    Nearest neighbour, then 2-opt and or-opt over order and entries, which drafts of many cells go without; a
    thorough search goes on with double-bridge kicks (Martin, Otto and Felten, 1991), fewer the more cells there
    are. The same seed gives the same tour.

    Returns
    -------
    visits : list of Visit
    length_m : float
        Of the ways between the cells.
    """
    if not cells:
        return [], 0.0
    problem = TourProblem(cells, pad, transit)
    order, entry = problem.nearest_first()
    n = len(cells)
    if n > _CELLS_OF_A_DRAFT and not is_thorough:
        entry = problem.best_entries(order)
        length_m = problem.length_m(order, entry)
    else:
        order, entry, length_m = problem.improve(order, entry)
    random = np.random.default_rng(seed)
    kicks = min(_KICKS_AT_MOST, _KICK_EVALUATIONS // (n * n)) if is_thorough and n >= 4 else 0
    for _ in range(kicks):
        window = min(n - 1, _KICK_WINDOW)
        first = int(random.integers(0, n - window))
        cut = np.sort(random.choice(np.arange(first, first + window + 1), size=3, replace=False))
        by = np.concatenate(
            (np.arange(cut[0]), np.arange(cut[1], cut[2]), np.arange(cut[0], cut[1]), np.arange(cut[2], n))
        )
        other, other_entry, other_m = problem.improve(order[by], entry[by], polish_below_m=1.01 * length_m)
        if other_m < length_m - 1e-6:
            order, entry, length_m = other, other_entry, other_m
    return [Visit(int(c), int(e)) for c, e in zip(order, entry, strict=True)], length_m
