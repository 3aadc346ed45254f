"""Improving the order in which cells are flown (2-opt and or-opt of a generalised tour)."""

import numpy as np

from geofence.compiled import compiled

_STRETCH_AT_MOST = 3
_LEAST_GAIN_M = 1e-6


@compiled
def improve_order(
    order: np.ndarray,
    entry: np.ndarray,
    enters: np.ndarray,
    exits: np.ndarray,
    backwards: np.ndarray,
    distance_m: np.ndarray,
) -> None:
    """Reverse and move stretches as long as that shortens the ways between the cells.

    Parameters
    ----------
    order, entry : arrays of shape (n,)
        Cells as they are flown and how each is entered; changed in place.
    enters, exits, backwards : arrays of shape (n, entries)
        Corner at which each entry of a cell begins and ends, and the entry that flies it the other way round.
    distance_m : array of shape (corners, corners)
        Corner 0 is where the tour begins and ends.
    """
    is_better = True
    while is_better:
        is_better = _reverse_stretches(order, entry, enters, exits, backwards, distance_m)
        is_better |= _move_stretches(order, entry, enters, exits, backwards, distance_m)


@compiled
def _enter(order: np.ndarray, entry: np.ndarray, enters: np.ndarray, number: int) -> int:
    """Give the corner at which a cell of the order is entered; behind the last that of the end."""
    return enters[order[number], entry[number]] if number < len(order) else 0


@compiled
def _leave(order: np.ndarray, entry: np.ndarray, exits: np.ndarray, number: int) -> int:
    """Give the corner at which a cell of the order is left; before the first that of the start."""
    return exits[order[number], entry[number]] if number >= 0 else 0


@compiled
def _reverse(order: np.ndarray, entry: np.ndarray, backwards: np.ndarray, first: int, last: int) -> None:
    while first < last:
        order[first], order[last] = order[last], order[first]
        one, other = entry[last], entry[first]
        entry[first], entry[last] = backwards[order[first], one], backwards[order[last], other]
        first, last = first + 1, last - 1
    if first == last:
        entry[first] = backwards[order[first], entry[first]]


@compiled
def _reverse_stretches(
    order: np.ndarray,
    entry: np.ndarray,
    enters: np.ndarray,
    exits: np.ndarray,
    backwards: np.ndarray,
    d: np.ndarray,
) -> bool:
    is_better = False
    for first in range(len(order)):
        for last in range(first, len(order)):
            before, into = _leave(order, entry, exits, first - 1), _enter(order, entry, enters, first)
            out, after = _leave(order, entry, exits, last), _enter(order, entry, enters, last + 1)
            if d[before, into] + d[out, after] - d[before, out] - d[into, after] > _LEAST_GAIN_M:
                _reverse(order, entry, backwards, first, last)
                is_better = True
    return is_better


@compiled
def _move_stretches(
    order: np.ndarray,
    entry: np.ndarray,
    enters: np.ndarray,
    exits: np.ndarray,
    backwards: np.ndarray,
    d: np.ndarray,
) -> bool:
    """Move stretches of up to three cells to another place, either way round."""
    is_better = False
    n = len(order)
    for size in range(1, min(_STRETCH_AT_MOST, n - 1) + 1):
        for first in range(n - size + 1):
            last = first + size - 1
            before, into = _leave(order, entry, exits, first - 1), _enter(order, entry, enters, first)
            out, after = _leave(order, entry, exits, last), _enter(order, entry, enters, last + 1)
            freed_m = d[before, into] + d[out, after] - d[before, after]
            best_m, best, is_back = _LEAST_GAIN_M, -2, False
            for place in range(-1, n):
                if first - 1 <= place <= last:
                    continue
                start, end = _leave(order, entry, exits, place), _enter(order, entry, enters, place + 1)
                saved_m = freed_m + d[start, end]
                if saved_m - d[start, into] - d[out, end] > best_m:
                    best_m, best, is_back = saved_m - d[start, into] - d[out, end], place, False
                if saved_m - d[start, out] - d[into, end] > best_m:
                    best_m, best, is_back = saved_m - d[start, out] - d[into, end], place, True
            if best < -1:
                continue
            if is_back:
                _reverse(order, entry, backwards, first, last)
            cells, entries = order[first : last + 1].copy(), entry[first : last + 1].copy()
            if best > last:
                for number in range(last + 1, best + 1):
                    order[number - size], entry[number - size] = order[number], entry[number]
                start_at = best - size + 1
            else:
                for number in range(first - 1, best, -1):
                    order[number + size], entry[number + size] = order[number], entry[number]
                start_at = best + 1
            for number in range(size):
                order[start_at + number], entry[start_at + number] = cells[number], entries[number]
            is_better = True
    return is_better
