"""From which level of the river on each place is under water."""

import numpy as np

from simulator.compiled import compiled
from simulator.world.world_frame import Floats


def flooding_levels(heights: Floats, is_river: np.ndarray) -> Floats:
    """Level from which on water reaches each point of a grid from the river.

    It is the least height that a way from the river must climb, so that low ground behind a dyke stays dry until
    the dyke is flooded (minimax paths, found by sweeping to and fro until nothing changes).

    Parameters
    ----------
    heights : array of float, shape (n, n)
    is_river : array of bool, shape (n, n)
        Where there is always river.

    Returns
    -------
    array of float, shape (n, n)
    """
    levels = np.where(is_river, heights, np.inf)
    while _sweep(heights, levels):
        pass
    return levels


@compiled
def _sweep(heights: Floats, levels: Floats) -> bool:
    rows, columns = heights.shape
    is_changed = False
    for turn in range(4):
        for i in range(rows):
            row = i if turn < 2 else rows - 1 - i
            for j in range(columns):
                column = j if turn % 2 == 0 else columns - 1 - j
                least = levels[row, column]
                if row > 0:
                    least = min(least, levels[row - 1, column])
                if row < rows - 1:
                    least = min(least, levels[row + 1, column])
                if column > 0:
                    least = min(least, levels[row, column - 1])
                if column < columns - 1:
                    least = min(least, levels[row, column + 1])
                least = max(least, heights[row, column])
                if least < levels[row, column]:
                    levels[row, column] = least
                    is_changed = True
    return is_changed
