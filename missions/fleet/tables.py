"""What the search looks up: times and energies of everything that may follow everything."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Tables(NamedTuple):
    """Arrays of a fleet problem: K tasks, D drones, Q kinds of drone, N nodes.

    A task k that is flown from its first point to its last has the code 2 k, the other way round 2 k + 1. A code is
    also the node where it begins; it ends at node `code ^ 1`. Pads follow, then places of drones in the air.

    Parameters
    ----------
    travel_s, travel_wh : arrays, shape (Q, N, N)
        Between nodes.
    work_s, work_wh : arrays, shape (Q, K)
        Of the task itself.
    early_s, late_s : arrays, shape (K,)
        Its window.
    is_reversible : array, shape (K,)
    penalty_s : array, shape (K,)
        What it costs to leave it out.
    may_fly : array, shape (D, K)
    kind, pad : arrays, shape (D,)
        Index of the drone's kind, and the node of its pad.
    ready_s, until_s : arrays, shape (D,)
        Earliest take-off, latest landing.
    usable_wh, hover_w : arrays, shape (D,)
    up_s, up_wh, down_s, down_wh : arrays, shape (D,)
        Take-off and landing.
    swap_s : array, shape (D,)
    flights, longest_s : arrays, shape (D,)
        At most so many, and each at most so long.
    air : array, shape (D,)
        Node where it is in the air; -1 on the ground.
    air_s, air_wh : arrays, shape (D,)
        When it is there, and what it may use from there.
    owner, rank : arrays, shape (K,)
        The drone that has the task so far and its place in order; -1 for none.
    change_s : float
        What it costs to take a task from its owner.
    near : array, shape (K, K)
        All tasks, nearest first.
    """

    travel_s: Floats
    travel_wh: Floats
    work_s: Floats
    work_wh: Floats
    early_s: Floats
    late_s: Floats
    is_reversible: Bools
    penalty_s: Floats
    may_fly: Bools
    kind: Ints
    pad: Ints
    ready_s: Floats
    until_s: Floats
    usable_wh: Floats
    hover_w: Floats
    up_s: Floats
    up_wh: Floats
    down_s: Floats
    down_wh: Floats
    swap_s: Floats
    flights: Ints
    longest_s: Floats
    air: Ints
    air_s: Floats
    air_wh: Floats
    owner: Ints
    rank: Ints
    change_s: float
    near: Ints
