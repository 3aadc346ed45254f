"""Planning a fleet: tasks, drones and pads in, a schedule without conflicts out."""

from collections.abc import Sequence

import numpy as np

from missions.fleet.deconflict import place_flights
from missions.fleet.draft import Draft
from missions.fleet.drone import Drone, Pad
from missions.fleet.obstacles import out_of_reach, why_alone
from missions.fleet.problem import FleetProblem, Start, refuse_bad_fleet
from missions.fleet.schedule import FleetSettings, Flight, Schedule, Unserved
from missions.fleet.search import Orders, no_orders, searched
from missions.fleet.split import IN_THE_AIR, new_split, split_order
from missions.fleet.task import Task
from missions.transit import Transit

_ROUNDS = 6
_FURTHER_SHARE = 4
_TRIALS = 24


def plan_fleet(
    tasks: Sequence[Task],
    drones: Sequence[Drone],
    pads: Sequence[Pad],
    transit: Transit,
    settings: FleetSettings | None = None,
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
    problem = FleetProblem(reachable, drones, pads, transit, settings, _starts(drones, pads, settings))
    orders = solved(problem, no_orders(len(drones), len(reachable)), settings.iterations)
    flights, left = timed(problem, orders, _TRIALS)
    return Schedule(
        flights, (*unserved, *left), tuple(tasks), tuple(drones), tuple(pads), settings
    )


def _starts(drones: Sequence[Drone], pads: Sequence[Pad], settings: FleetSettings) -> list[Start]:
    """From one pad, drones begin one after the other."""
    gaps_s = {pad.pad_id: pad.gap_s for pad in pads}
    at_once = {pad.pad_id: pad.at_once for pad in pads}
    before: dict[str, int] = {}
    starts = []
    for drone in drones:
        number = before.get(drone.pad_id, 0)
        before[drone.pad_id] = number + 1
        ready_s = max(drone.ready_s, settings.window_s[0])
        starts.append(Start(ready_s + number // at_once[drone.pad_id] * gaps_s[drone.pad_id], drone.batteries))
    return starts


def solved(problem: FleetProblem, orders: Orders, iterations: int) -> Orders:
    """Search on estimated lengths, and again while a path that is used turns out longer."""
    for number in range(_ROUNDS):
        orders = searched(problem.tables, orders, iterations, problem.settings.seed + number)
        used = [
            leg
            for drone in range(len(problem.drones))
            for flights, is_up in (_cut(problem, orders, drone),)
            for leg in problem.legs_of(drone, flights, is_airborne=is_up)
        ]
        if not problem.make_exact(used):
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


def timed(problem: FleetProblem, orders: Orders, trials: int) -> tuple[tuple[Flight, ...], list[Unserved]]:
    """Give the flights their layers and times; with the tasks that found none.

    Of other orders of flights so many trials are made.
    """
    drafts = []
    for drone in range(len(problem.drones)):
        flights, is_up = _cut(problem, orders, drone)
        drafts.append(
            [
                Draft(problem, drone, codes, is_airborne=is_up and number == 0)
                for number, codes in enumerate(flights)
            ]
        )
    placed = place_flights(problem, drafts, trials)
    flown = {visit.task_id for flight in placed.flights for visit in flight.visits}
    crowded = {problem.tasks[code >> 1].task_id for draft in placed.failed for code in draft.codes}
    left = []
    for index, task in enumerate(problem.tasks):
        if task.task_id in flown:
            continue
        if task.task_id in crowded:
            left.append(
                Unserved(
                    task.task_id,
                    "no departure of its flight keeps the separation from all others",
                    "Allow more layers or a longer window, or take fewer drones",
                )
            )
        else:
            left.append(why_alone(problem, index))
    return placed.flights, left
