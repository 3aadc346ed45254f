"""Long ways cut into pieces that a fleet can share."""

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from missions.fleet.drone import Drone, Pad
from missions.fleet.problem import stand_of
from missions.transit import XY, Transit, path_length_m

_PIECES_A_DRONE = 12
"""The last drone home waits for half a piece more than the others on average: a twenty-fourth of its work."""

_LEAST_M = 150.0
_SNAP_SHARE = 0.3
_HALVED_LEAST_M = 40.0


@dataclass(frozen=True, slots=True)
class Reach:
    """What the fleet can fly on one battery.

    Parameters
    ----------
    drones : sequence of Drone
    pads : sequence of Pad
    transit : Transit
    top_m : float
        Highest layer.
    """

    drones: Sequence[Drone]
    pads: Sequence[Pad]
    transit: Transit
    top_m: float

    def allows(self, points: Sequence[XY]) -> bool:
        """Whether any drone can fly there, along the points and home again."""
        pads = {pad.pad_id: pad for pad in self.pads}
        legs_m = np.hypot(*np.diff(np.array(points), axis=0).T)
        ways_m: dict[XY, list[float]] = {}
        for drone in self.drones:
            pad = pads[drone.pad_id]
            stand = stand_of(drone, pad)
            if stand not in ways_m:
                gate = self.transit.nearest_point(stand)
                ways_m[stand] = [
                    path_length_m(self.transit.path(gate, end)) + math.dist(stand, gate)
                    for end in (points[0], points[-1])
                ]
            _, energies_wh = drone.costs.cost(np.array([*ways_m[stand], *legs_m]), 0.0, 0.0)
            height_m = self.top_m - pad.ground_m
            vertical_wh = drone.costs.take_off(height_m)[1] + drone.costs.landing(height_m)[1]
            if float(np.sum(energies_wh)) + vertical_wh <= drone.usable_wh:
                return True
        return False


def piece_length_m(total_m: float, drones: int) -> float:
    """Give how long pieces are best for so many drones."""
    return max(_LEAST_M, total_m / (_PIECES_A_DRONE * max(drones, 1)))


def pieces_of(
    points: Sequence[XY], piece_m: float, allows: Callable[[Sequence[XY]], bool]
) -> list[tuple[XY, ...]]:
    """Cut a way into pieces of about a length, at its corners where they are near.

    What does not fit into a battery is halved until it does, or is so short that nobody can fly there.
    """
    return [fitting for piece in _cut(points, piece_m) for fitting in _fitting(piece, allows)]


def _fitting(points: tuple[XY, ...], allows: Callable[[Sequence[XY]], bool]) -> Iterator[tuple[XY, ...]]:
    length_m = path_length_m(points)
    if length_m < _HALVED_LEAST_M or allows(points):
        yield points
        return
    for half in _cut(points, 0.5 * length_m):
        yield from _fitting(half, allows)


def _cut(points: Sequence[XY], piece_m: float) -> list[tuple[XY, ...]]:
    xy = np.array(points)
    at_m = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))))
    total_m = float(at_m[-1])
    count = max(1, round(total_m / piece_m))
    step_m = total_m / count
    cuts_m = [0.0]
    for number in range(1, count):
        cut_m = number * step_m
        corner_m = float(at_m[np.argmin(np.abs(at_m - cut_m))])
        if abs(corner_m - cut_m) <= _SNAP_SHARE * step_m:
            cut_m = corner_m
        cuts_m.append(cut_m)
    cuts_m.append(total_m)
    pieces = []
    for begin_m, end_m in itertools.pairwise(cuts_m):
        inner = xy[(at_m > begin_m + 1e-6) & (at_m < end_m - 1e-6)]
        places = [
            _place(xy, at_m, begin_m),
            *((float(x), float(y)) for x, y in inner),
            _place(xy, at_m, end_m),
        ]
        pieces.append(tuple(places))
    return pieces


def _place(xy: np.ndarray, at_m: np.ndarray, along_m: float) -> XY:
    """Give a corner itself where the way has one there."""
    corner = int(np.argmin(np.abs(at_m - along_m)))
    if abs(at_m[corner] - along_m) < 1e-6:
        return float(xy[corner, 0]), float(xy[corner, 1])
    return float(np.interp(along_m, at_m, xy[:, 0])), float(np.interp(along_m, at_m, xy[:, 1]))
