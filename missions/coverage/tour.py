"""The order and direction in which cells are flown: a generalised travelling-salesman path from and to the pad."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from missions.coverage.cell import Cell
from missions.coverage.cell_order import improve_order
from missions.transit import XY, Transit

_ENTRIES = 4
_CELLS_IMPROVED_AT_MOST = 250
_LEAST_GAIN_M = 1e-6
_EXACT_CORNERS_BY_VERTICES_AT_MOST = 200_000
_NEAR_CELLS = 4.0
"""Ways longer than so many cells are wide hardly come into a short tour; in large areas they are only estimated."""


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
    pad : tuple of float or None
        Where the tour starts and ends; without one it does so anywhere.
    transit : Transit
    """

    def __init__(self, cells: Sequence[Cell], pad: XY | None, transit: Transit) -> None:
        number: dict[XY, int] = {}
        enters, exits = np.empty((len(cells), _ENTRIES), np.intp), np.empty((len(cells), _ENTRIES), np.intp)
        for index, cell in enumerate(cells):
            for entry in range(_ENTRIES):
                legs = cell.directed(entry)
                enters[index, entry] = number.setdefault(legs[0][0], len(number) + 1)
                exits[index, entry] = number.setdefault(legs[-1][1], len(number) + 1)
        self.enters, self.exits = enters, exits
        start = cells[0].strokes[0].start if pad is None else pad
        corners = np.array([start, *number])
        is_large = (
            len(corners) * shapely.get_num_coordinates(transit.area) > _EXACT_CORNERS_BY_VERTICES_AT_MOST
        )
        near_m = _NEAR_CELLS * math.sqrt(transit.area.area / len(cells))
        self.distance_m = transit.lengths_m(corners, within_m=near_m if is_large else math.inf)
        if pad is None:
            self.distance_m[0, :] = self.distance_m[:, 0] = 0.0
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
        self, order: NDArray[np.intp], entry: NDArray[np.intp]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], float]:
        """Reverse and move stretches of the order, and choose entries anew, until nothing helps."""
        order, entry = order.copy(), entry.copy()
        while True:
            improve_order(order, entry, self.enters, self.exits, self.backwards, self.distance_m)
            length_m = self.length_m(order, entry)
            entries = self.best_entries(order)
            if self.length_m(order, entries) >= length_m - _LEAST_GAIN_M:
                return order, entry, length_m
            entry = entries


def order_cells(cells: Sequence[Cell], pad: XY | None, transit: Transit) -> tuple[list[Visit], float]:
    """Find a short order of all cells, from the pad and back where there is one.

    Nearest neighbour, then 2-opt and or-opt over order and entries, which many cells go without.

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
    if len(cells) > _CELLS_IMPROVED_AT_MOST:
        entry = problem.best_entries(order)
        length_m = problem.length_m(order, entry)
    else:
        order, entry, length_m = problem.improve(order, entry)
    return [Visit(int(c), int(e)) for c, e in zip(order, entry, strict=True)], length_m
