"""Planning a fleet: tasks, drones and pads in, a schedule without conflicts out."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from missions.fleet.deconflict import Placed, place_flights
from missions.fleet.draft import Draft
from missions.fleet.drone import Drone, Pad
from missions.fleet.equipment import Equipping
from missions.fleet.obstacles import out_of_height, out_of_reach, why_alone
from missions.fleet.orders import Orders, no_orders
from missions.fleet.problem import FleetProblem, Start, refuse_bad_fleet
from missions.fleet.schedule import FleetSettings, Flight, Schedule, Unserved
from missions.fleet.search import searched
from missions.fleet.split import IN_THE_AIR, new_split, split_order
from missions.fleet.task import Task
from missions.transit import Transit

_ROUNDS = 6
_FURTHER_SHARE = 4
_TRIALS = 64
_ATTEMPTS = 3
_ROOM_S = 90.0
_MANY_TASKS = 40.0
"""Of a drone: where each has more, an iteration takes longer by as much, and there are fewer of them."""
_FAR_TOO_MANY_SHARE = 0.4
"""Below this share orders are so long that each try of a place takes longer, too."""
_CROWDED_SHARE = 0.15
_KEPT_SHARE = 2.0 / 3.0
_TRIES_IN_VAIN = 2


def plan_fleet(
    tasks: Sequence[Task],
    drones: Sequence[Drone],
    pads: Sequence[Pad],
    transit: Transit,
    settings: FleetSettings | None = None,
    *,
    equipping: Equipping | None = None,
) -> Schedule:
    """Plan who flies what and when, so that the last drone is home soonest.

    No two drones come nearer than the separation, take-offs and landings at one pad follow one another, no flight uses
    its battery's reserve. The same input gives the same schedule.

    Parameters
    ----------
    tasks : sequence of Task
    drones : sequence of Drone
    pads : sequence of Pad
    transit : Transit
        Legal space of all layers.
    settings : FleetSettings, optional
    equipping : Equipping, optional
        What flights do besides flying their tasks.

    Returns
    -------
    Schedule
        Tasks that cannot be flown are in `unserved`, each with its reason.

    Raises
    ------
    MissionError
        The drones, pads and settings themselves make no sense.
    """
    settings = settings or FleetSettings()
    refuse_bad_fleet(tasks, drones, pads, settings)
    reachable, unserved = out_of_reach(tasks, transit)
    if equipping is not None:
        reachable, unequipped = out_of_height(reachable, equipping, settings)
        unserved += unequipped
    starts = [Start(max(drone.ready_s, settings.window_s[0]), drone.batteries) for drone in drones]
    problem = FleetProblem(reachable, drones, pads, transit, settings, starts, equipping=equipping)
    flights, left = _with_as_many_as_help(problem, pads)
    return Schedule(flights, (*unserved, *left), tuple(tasks), tuple(drones), tuple(pads), settings)


def _with_as_many_as_help(
    problem: FleetProblem, pads: Sequence[Pad]
) -> tuple[tuple[Flight, ...], list[Unserved]]:
    """Schedule with all drones, then with fewer and fewer from pads where they wait for one another; the best of these."""
    settings = problem.settings
    best, best_left = scheduled(problem, _nothing(problem), settings.iterations, _TRIALS)
    flights, in_vain = best, 0
    while in_vain < _TRIES_IN_VAIN and (crowded := _crowded(problem, flights)):
        starts = [
            replace(start, batteries=0)
            if drone.pad_id in crowded and drone.drone_id not in crowded[drone.pad_id]
            else start
            for drone, start in zip(problem.drones, problem.starts, strict=True)
        ]
        problem = FleetProblem(
            problem.tasks,
            problem.drones,
            pads,
            problem.transit,
            settings,
            starts,
            equipping=problem.equipping,
        )
        flights, left = scheduled(problem, _nothing(problem), settings.iterations, _TRIALS)
        if _cost(flights, left) < _cost(best, best_left):
            best, best_left, in_vain = flights, left, 0
        else:
            in_vain += 1
    return best, best_left


def _nothing(problem: FleetProblem) -> Orders:
    return no_orders(len(problem.drones), len(problem.tasks))


def _cost(flights: Sequence[Flight], left: Sequence[Unserved]) -> tuple[int, float]:
    return len(left), max((flight.landing_s for flight in flights), default=0.0)


def _crowded(problem: FleetProblem, flights: Sequence[Flight]) -> dict[str, set[str]]:
    """Drones that may stay in use, by pads at which many wait long for their first take-off."""
    ready_s = {
        drone.drone_id: start.ready_s for drone, start in zip(problem.drones, problem.starts, strict=True)
    }
    needed = frozenset[str]().union(*(task.needs for task in problem.tasks))
    home_s = max((flight.landing_s for flight in flights), default=0.0)
    crowded: dict[str, set[str]] = {}
    for pad in {pad.pad_id: pad for pad in problem.pads}.values():
        first: dict[str, Flight] = {}
        visits: dict[str, int] = {}
        for flight in flights:
            if flight.pad_id == pad.pad_id:
                first.setdefault(flight.drone_id, flight)
                visits[flight.drone_id] = visits.get(flight.drone_id, 0) + len(flight.visits)
        waited_s = max((flight.departure_s - ready_s[name] for name, flight in first.items()), default=0.0)
        if len(first) > pad.at_once and waited_s > _CROWDED_SHARE * (home_s - min(ready_s.values())):
            able = {drone.drone_id: len(drone.capabilities & needed) for drone in problem.drones}
            ranked = sorted(first, key=lambda name: (-able[name], -visits[name]))
            crowded[pad.pad_id] = set(ranked[: max(pad.at_once, int(_KEPT_SHARE * len(ranked)))])
    return crowded


def solved(problem: FleetProblem, orders: Orders, iterations: int) -> Orders:
    """Search on estimated lengths, and again while a path that is used turns out longer."""
    flying = sum(start.batteries > 0 or start.xy_m is not None for start in problem.starts)
    share = min(1.0, _MANY_TASKS * max(flying, 1) / max(len(problem.tasks), 1))
    iterations = int(iterations * share * min(1.0, share / _FAR_TOO_MANY_SHARE))
    for number in range(_ROUNDS):
        orders = searched(problem.tables, orders, iterations, problem.settings.seed + number)
        if not problem.make_exact(_legs_flown(problem, orders)):
            break
        iterations //= _FURTHER_SHARE
        take_out_broken(problem, orders)
    return orders


def take_out_broken(problem: FleetProblem, orders: Orders) -> None:
    """Leave out what a drone can no longer fly, from the end of its order."""
    split = new_split(len(problem.tasks))
    for drone in range(len(problem.drones)):
        order = orders.codes[drone]
        while (count := int(orders.counts[drone])) and not np.isfinite(
            split_order(problem.tables, drone, order, count, split)
        ):
            orders.is_left_out[order[count - 1] >> 1] = True
            orders.counts[drone] = count - 1


def _cut(problem: FleetProblem, orders: Orders, drone: int) -> tuple[list[list[int]], bool]:
    """Codes of each flight of a drone, and whether the first begins in the air."""
    count = int(orders.counts[drone])
    order = orders.codes[drone]
    split = new_split(max(count, 1))
    is_up = problem.starts[drone].xy_m is not None
    if not np.isfinite(split_order(problem.tables, drone, order, count, split)):
        return ([[]], True) if is_up else ([], False)
    flights: list[list[int]] = []
    end = count
    while end > 0:
        first = int(split.first[end])
        begin = max(first, 0)
        flights.insert(0, order[begin:end].tolist())
        end = begin
        if first == IN_THE_AIR:
            return flights, True
    if is_up:
        flights.insert(0, [])
    return flights, is_up


def scheduled(
    problem: FleetProblem, orders: Orders, iterations: int, trials: int
) -> tuple[tuple[Flight, ...], list[Unserved]]:
    """Search, and give the flights their layers and times; with the tasks that nobody flies.

    Where a flight finds no time without a conflict, its tasks are searched for again, with room for waiting.

    Parameters
    ----------
    problem : FleetProblem
    orders : Orders
        To begin with.
    iterations : int
        Of the search.
    trials : int
        Of other orders of flights.
    """
    best: tuple[int, float] | None = None
    for attempt in range(1, _ATTEMPTS + 1):
        orders = solved(problem, orders, iterations)
        placed = place_flights(problem, _drafts(problem, orders), trials)
        left = _left(problem, placed)
        cost = len(left), placed.cost[1]
        if best is None or cost < best:
            best, answer = cost, (placed.flights, left)
        if not placed.failed:
            break
        iterations //= _FURTHER_SHARE
        _make_room(problem, orders, placed, attempt * _ROOM_S)
    return answer


def scheduled_as_ordered(
    problem: FleetProblem, orders: Orders, trials: int
) -> tuple[tuple[Flight, ...], list[Unserved]] | None:
    """Give flights their layers and times, everybody's tasks in the order they have; None where that is not legal."""
    split = new_split(max(len(problem.tasks), 1))
    while problem.make_exact(_legs_flown(problem, orders)):
        for drone in range(len(problem.drones)):
            count = int(orders.counts[drone])
            if count and not np.isfinite(
                split_order(problem.tables, drone, orders.codes[drone], count, split)
            ):
                return None
    placed = place_flights(problem, _drafts(problem, orders), trials)
    return None if placed.failed else (placed.flights, _left(problem, placed))


def _legs_flown(problem: FleetProblem, orders: Orders) -> list[tuple[int, int]]:
    return [
        leg
        for drone in range(len(problem.drones))
        for flights, is_up in (_cut(problem, orders, drone),)
        for leg in problem.legs_of(drone, flights, is_airborne=is_up)
    ]


def _make_room(problem: FleetProblem, orders: Orders, placed: Placed, room_s: float) -> None:
    """Take out what found no time, and let the drones that had it plan for so much waiting."""
    tables = problem.tables
    for draft in placed.failed:
        room_wh = tables.hover_w[draft.drone] * room_s / 3600.0
        (tables.air_wh if draft.is_airborne else tables.usable_wh)[draft.drone] -= room_wh
        kept = [
            code
            for code in orders.codes[draft.drone, : orders.counts[draft.drone]]
            if code not in draft.codes
        ]
        orders.codes[draft.drone, : len(kept)] = kept
        orders.counts[draft.drone] = len(kept)
        for code in draft.codes:
            task = code >> 1
            orders.is_left_out[task] = True
            soonest_s = tables.early_s[task] + tables.work_s[:, task].max()
            tables.late_s[task] = max(soonest_s, tables.late_s[task] - room_s)


def _drafts(problem: FleetProblem, orders: Orders) -> list[list[Draft]]:
    drafts = []
    for drone in range(len(problem.drones)):
        flights, is_up = _cut(problem, orders, drone)
        drafts.append(
            [
                Draft(problem, drone, codes, is_airborne=is_up and number == 0)
                for number, codes in enumerate(flights)
            ]
        )
    return drafts


def _left(problem: FleetProblem, placed: Placed) -> list[Unserved]:
    flown = {visit.task_id for flight in placed.flights for visit in flight.visits}
    crowded = {code >> 1 for draft in placed.failed for code in draft.codes}
    refused = {
        code >> 1: draft.refusal
        for draft in placed.failed
        for code in draft.codes
        if draft.refusal is not None
    }
    return [
        Unserved(task.task_id, f"its flight: {refused[index].what}", refused[index].remedy)
        if index in refused
        else Unserved(
            task.task_id,
            "no departure of its flight keeps the separation from all others",
            "Allow more layers or a longer window, or take fewer drones",
        )
        if index in crowded
        else why_alone(problem, index)
        for index, task in enumerate(problem.tasks)
        if task.task_id not in flown
    ]
