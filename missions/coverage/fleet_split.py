"""Dividing one coverage among several drones of one pad."""

import itertools
from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from missions.coverage.coverage import CoverageTour
from missions.refusal import MissionError
from missions.transit import XY, Transit

_SHARE_LEAST_SWATHS = 0.01
_HALVINGS = 50


def split_tour(
    tour: CoverageTour, transit: Transit, pad: XY, drones: int, *, turn_m: float, swath_m: float
) -> list[CoverageTour]:
    """Cut a tour into consecutive pieces that take equally long, ways from and to the pad counted.

    It is cut wherever that is so, within a leg too. What a piece costs grows with its end, as the way home from there
    shrinks no faster than it comes nearer; so the longest that fits into a limit is found by bisection, and so is the
    least limit.

    Parameters
    ----------
    turn_m : float
        What stopping and turning back costs, as metres of flight.
    swath_m : float
        No piece is shorter.

    Raises
    ------
    MissionError
        The tour is too short for so many.
    """
    if drones == 1:
        return [tour]
    inner = _Tour(tour, transit, pad, turn_m)
    cuts_m = inner.even_cuts_m(drones)
    least_m = _SHARE_LEAST_SWATHS * swath_m
    if _shortest_m(cuts_m) < least_m:
        raise MissionError(
            f"{drones} drones for {inner.length_m:.0f} m of flight over the area",
            remedy=f"Send at most {_most_pieces(inner, least_m, drones)}, or take a smaller swath",
        )
    return [inner.piece(a, b) for a, b in itertools.pairwise(cuts_m)]


def _shortest_m(cuts_m: Sequence[float]) -> float:
    return min(b - a for a, b in itertools.pairwise(cuts_m))


def _most_pieces(inner: "_Tour", least_m: float, too_many: int) -> int:
    """Give how many pieces there may be without one too short."""
    enough = 1
    while too_many - enough > 1:
        pieces = (enough + too_many) // 2
        if _shortest_m(inner.even_cuts_m(pieces)) < least_m:
            too_many = pieces
        else:
            enough = pieces
    return enough


class _Tour:
    """A tour without its ways from and to the pad, measured along its length."""

    def __init__(self, tour: CoverageTour, transit: Transit, pad: XY, turn_m: float) -> None:
        self._whole, self._transit, self._pad = tour, transit, pad
        first = next((number for number, sees in enumerate(tour.sees) if sees), 0)
        last = len(tour.sees) - next((number for number, sees in enumerate(reversed(tour.sees)) if sees), 0)
        self._points, self._sees = tour.points[first : last + 1], tour.sees[first:last]
        xy = np.array(self._points)
        legs = np.diff(xy, axis=0)
        lengths_m = np.hypot(*legs.T)
        self._at_m: NDArray[np.float64] = np.concatenate(([0.0], np.cumsum(lengths_m)))
        self.length_m = float(self._at_m[-1])
        heading = np.arctan2(legs[:, 1], legs[:, 0])
        turns_m = np.concatenate(([0.0], 0.5 * turn_m * (1.0 - np.cos(np.diff(heading))), [0.0]))
        self._cost_m = self._at_m + np.cumsum(turns_m)
        # A polished route may lie outside of the transit area by less than its slack.
        inside = np.array([transit.nearest_point(point) for point in self._points])
        self._home_m = transit.lengths_m(np.array([pad]), inside)[0]

    def cost_m(self, start_m: float, end_m: float) -> float:
        """Price a piece, from the pad and back to it."""
        return (
            self._home_at_m(start_m)
            + self._cost_at_m(end_m)
            - self._cost_at_m(start_m)
            + self._home_at_m(end_m)
        )

    def even_cuts_m(self, pieces: int) -> list[float]:
        """Give where pieces of equal cost begin and end."""
        low_m, high_m = 0.0, self.cost_m(0.0, self.length_m)
        for _ in range(_HALVINGS):
            limit_m = 0.5 * (low_m + high_m)
            if self.cuts_m(limit_m, pieces)[-1] >= self.length_m:
                high_m = limit_m
            else:
                low_m = limit_m
        return [0.0, *self.cuts_m(high_m, pieces)[:-1], self.length_m]

    def cuts_m(self, limit_m: float, pieces: int) -> list[float]:
        """Give where each of so many pieces ends if it takes all that fits into a limit."""
        cuts_m: list[float] = []
        start_m = 0.0
        for _ in range(pieces):
            reach_m = limit_m - self._home_at_m(start_m) + self._cost_at_m(start_m)
            ends_m = self._cost_m + self._home_m
            start_m = max(start_m, float(np.interp(reach_m, ends_m, self._at_m, left=0.0)))
            cuts_m.append(start_m)
        return cuts_m

    def piece(self, start_m: float, end_m: float) -> CoverageTour:
        """Cut a piece out, with its ways from and to the pad."""
        first = bisect_right(self._at_m.tolist(), start_m)
        last = bisect_right(self._at_m.tolist(), end_m - 1e-9)
        inner = [self._place(start_m), *self._points[first:last], self._place(end_m)]
        out, home = self._way(self._pad, inner[0]), self._way(inner[-1], self._pad)
        sees = (False,) * (len(out) - 1) + self._sees[first - 1 : last] + (False,) * (len(home) - 1)
        points = (*out, *inner[1:], *home[1:])
        return CoverageTour(points, sees, self._whole.coverage)

    def _way(self, start: XY, end: XY) -> list[XY]:
        return [start] if start == end else self._transit.path(start, end)

    def _place(self, at_m: float) -> XY:
        x, y = (float(np.interp(at_m, self._at_m, axis)) for axis in np.array(self._points).T)
        return x, y

    def _home_at_m(self, at_m: float) -> float:
        return float(np.interp(at_m, self._at_m, self._home_m))

    def _cost_at_m(self, at_m: float) -> float:
        return float(np.interp(at_m, self._at_m, self._cost_m))
