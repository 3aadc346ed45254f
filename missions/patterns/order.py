"""The best order of runs, and their division among drones."""

import itertools
from collections.abc import Sequence

import numpy as np
import pyvrp
from numpy.typing import NDArray
from pyvrp.stop import MaxIterations, MultipleCriteria, NoImprovement

from missions.patterns.run import Run, backwards, run_length_m
from missions.patterns.space import PatternSpace
from missions.refusal import MissionError

_SEED = 1
_UNIMPROVED = 1_000
_ITERATIONS_AT_MOST = 4_000
_UNITS_A_METRE = 100.0


def best_order(runs: Sequence[Run], space: PatternSpace, *, both_ways: bool) -> list[Run]:
    """Order runs so that the ways between them and from and to the pad are short together.

    A travelling salesman's problem over legal distances, each run a client or, where it may be flown either
    way, two of which one is served (PyVRP's mutually exclusive groups). The same runs give the same order.
    """
    n = len(runs)
    ways = [*runs, *(backwards(run) for run in runs)] if both_ways else list(runs)
    if len(ways) < 2:
        return list(runs)
    between_m = _between_m(runs, space)
    # A run backwards starts where it ends forwards.
    starts = np.arange(len(ways) + 1)
    ends = np.concatenate(([0], np.arange(n) + n + 1, np.arange(len(ways) - n) + 1))
    distances = np.rint(_UNITS_A_METRE * between_m[np.ix_(ends, starts)]).astype(np.int64)
    np.fill_diagonal(distances, 0)
    groups = [pyvrp.ClientGroup([k, k + n]) for k in range(n)] if both_ways else []
    problem = pyvrp.ProblemData(
        [pyvrp.Location(0, 0) for _ in starts],
        [
            pyvrp.Client(k + 1, required=not both_ways, group=k % n if both_ways else None)
            for k in range(len(ways))
        ],
        [pyvrp.Depot(0)],
        [pyvrp.VehicleType()],
        [distances],
        [distances],
        groups,
    )
    stop = MultipleCriteria([NoImprovement(_UNIMPROVED), MaxIterations(_ITERATIONS_AT_MOST)])
    found = pyvrp.solve(problem, stop, seed=_SEED, collect_stats=False)
    return [ways[k] for k in _served(found.best)]


def divided(runs: Sequence[Run], space: PatternSpace) -> list[list[Run]]:
    """Cut an order into one piece a drone, the longest as short as possible, ways from and to the pad counted.

    Raises
    ------
    MissionError
        Fewer runs than drones.
    """
    n, drones = len(runs), space.drones
    if drones > n:
        raise MissionError(
            f"{drones} drones for {n} piece{'s' if n != 1 else ''} to fly",
            remedy=f"Send at most {n}",
        )
    if drones == 1:
        return [list(runs)]
    bounds = _bounds(_costs(runs, _between_m(runs, space), space.speed_m_s), drones)
    return [list(runs[low:high]) for low, high in itertools.pairwise(bounds)]


def _between_m(runs: Sequence[Run], space: PatternSpace) -> NDArray[np.float64]:
    """Give legal lengths between the entry, all starts and all ends, in this order."""
    places = [space.entry, *(run[0].xy_m for run in runs), *(run[-1].xy_m for run in runs)]
    return space.transit.lengths_m(np.array(places))


def _costs(runs: Sequence[Run], between_m: NDArray[np.float64], speed_m_s: float) -> NDArray[np.float64]:
    """Give what it costs to fly runs i to k - 1, in metres; row i, column k - 1."""
    n = len(runs)
    flown_m = [run_length_m(run) + speed_m_s * sum(waypoint.hold_s for waypoint in run) for run in runs]
    onward_m = [float(between_m[n + k + 1, k + 2]) for k in range(n - 1)]
    done_m, way_m = np.cumsum([0.0, *flown_m]), np.cumsum([0.0, *onward_m])
    i, k = np.arange(n)[:, None], np.arange(1, n + 1)[None, :]
    cost = done_m[k] - done_m[i] + way_m[k - 1] - way_m[i] + between_m[0, i + 1] + between_m[n + k, 0]
    longest: NDArray[np.float64] = np.where(k > i, cost, np.inf)
    return longest


def _bounds(costs: NDArray[np.float64], drones: int) -> list[int]:
    longest = costs[0]  # of the first k runs, by the drones so far
    cuts = []
    for _ in range(1, drones):
        worst = np.maximum(np.concatenate(([np.inf], longest[:-1]))[:, None], costs)
        cuts.append(np.argmin(worst, axis=0))
        longest = np.min(worst, axis=0)
    bounds = [len(costs)]
    for cut in reversed(cuts):
        bounds.append(int(cut[bounds[-1] - 1]))
    return [0, *bounds[::-1]]


def _served(solution: pyvrp.Solution) -> list[int]:
    """Clients in the order they are served, counted from 0."""
    return [activity.idx for route in solution.routes() for activity in route if activity.is_client()]
