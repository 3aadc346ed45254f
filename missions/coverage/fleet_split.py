"""Dividing one ordered coverage among several drones of one pad."""

import itertools

import numpy as np

from missions.coverage.coverage import CoverageTour
from missions.refusal import MissionError
from missions.transit import XY, Transit, path_length_m


def split_tour(
    tour: CoverageTour, transit: Transit, pad: XY, drones: int, *, turn_m: float
) -> list[CoverageTour]:
    """Cut a tour into consecutive pieces, the longest as short as possible, ways from and to the pad counted.

    Parameters
    ----------
    turn_m : float
        What stopping and turning costs at a stroke, as metres of flight.

    Raises
    ------
    MissionError
        Fewer strokes than drones.
    """
    n = len(tour.legs)
    if drones > n:
        raise MissionError(
            f"{drones} drones for {n} swath{'s' if n != 1 else ''}",
            remedy=f"Send at most {n}, or take a smaller swath",
        )
    if drones == 1:
        return [tour]
    out = [transit.path(pad, start) for start, _ in tour.legs]
    home = [transit.path(end, pad) for _, end in tour.legs]
    out_m, home_m = np.array([path_length_m(p) for p in out]), np.array([path_length_m(p) for p in home])
    stroke_m = np.array([path_length_m([start, end]) + turn_m for start, end in tour.legs])
    between_m = np.array([path_length_m(list(way)) for way in tour.ways[1:-1]])
    done_m = np.concatenate(([0.0], np.cumsum(stroke_m)))
    way_m = np.concatenate(([0.0], np.cumsum(between_m)))
    # cost of strokes i..k-1 flown by one drone
    i, k = np.arange(n)[:, None], np.arange(1, n + 1)[None, :]
    cost = done_m[k] - done_m[i] + way_m[k - 1] - way_m[i] + out_m[i] + home_m[k - 1]
    cost = np.where(k > i, cost, np.inf)
    longest = cost[0]  # of the first k strokes, by the drones so far
    cuts = []
    for _ in range(1, drones):
        worst = np.maximum(np.concatenate(([np.inf], longest[:-1]))[:, None], cost)
        cuts.append(np.argmin(worst, axis=0))
        longest = np.min(worst, axis=0)
    bounds = [n]
    for cut in reversed(cuts):
        bounds.append(int(cut[bounds[-1] - 1]))
    bounds = [0, *bounds[::-1]]
    return [
        CoverageTour(
            tour.legs[a:b],
            (tuple(out[a]), *tour.ways[a + 1 : b], tuple(home[b - 1])),
            tour.uncovered,
            tour.coverage,
        )
        for a, b in itertools.pairwise(bounds)
    ]
