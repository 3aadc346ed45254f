"""Replanning in flight: a new legal assignment that moves as little as it must."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

import numpy as np

from missions.fleet.change import (
    Change,
    CostsChanged,
    DroneLost,
    Move,
    Note,
    Replanned,
    SpaceChanged,
    TaskAdded,
    TaskWithdrawn,
)
from missions.fleet.drone import Drone
from missions.fleet.equipment import Equipping
from missions.fleet.obstacles import out_of_reach
from missions.fleet.orders import Orders, no_orders
from missions.fleet.planner import scheduled, scheduled_as_ordered, take_out_broken
from missions.fleet.problem import FleetProblem, Owner, Start, refuse_bad_fleet, stand_of, work_parts
from missions.fleet.remainder import legal_pieces, rest_of
from missions.fleet.schedule import Schedule, Unserved, Visit
from missions.fleet.separation import conflicts_of
from missions.fleet.state import DroneState, FleetState
from missions.fleet.task import Task
from missions.refusal import MissionError
from missions.transit import Transit

DEFAULT_ITERATIONS = 150
_TRIALS = 8
"""Of other orders of flights, where all tasks stay with their drones."""


def replan(
    schedule: Schedule,
    state: FleetState,
    changes: Sequence[Change],
    transit: Transit,
    *,
    iterations: int = DEFAULT_ITERATIONS,
    equipping: Equipping | None = None,
) -> Replanned:
    """Give the drones a new schedule from now on.

    What is under way is ended where that is legal and leaves a way home. All else stays with its drone and in
    its order, unless that saves more than `change_weight_s` of the settings for each task that is moved. The same input gives the
    same schedule.

    Parameters
    ----------
    schedule : Schedule
        What was flown so far.
    state : FleetState
    changes : sequence of Change
    transit : Transit
        Legal space as it was; a `SpaceChanged` replaces it.
    iterations : int
        Of the search, after what has lost its drone was inserted by regret.
    equipping : Equipping, optional
        What the schedule was planned with.

    Raises
    ------
    MissionError
        The state or a change speaks of what is not in the schedule.
    """
    return _Replanning(schedule, state, changes, transit, equipping).run(iterations)


class _Replanning:
    """One replanning, step by step."""

    def __init__(
        self,
        schedule: Schedule,
        state: FleetState,
        changes: Sequence[Change],
        transit: Transit,
        equipping: Equipping | None,
    ) -> None:
        self._schedule, self._state, self._equipping = schedule, state, equipping
        self._is_changed = bool(changes)
        self._transit = transit
        self._tasks = {task.task_id: task for task in schedule.tasks if task.task_id not in state.done_ids}
        self._drones = {drone.drone_id: drone for drone in schedule.drones}
        self._lost: set[str] = set()
        self._notes: list[Note] = []
        self._unserved: list[Unserved] = []
        self._states = {known.drone_id: known for known in state.drones}
        if set(self._states) != set(self._drones):
            odd = min(set(self._states) ^ set(self._drones))
            raise MissionError(
                "the state and the schedule do not have the same drones",
                place=f"drone {odd}",
                remedy="Give the state of every drone of the schedule",
            )
        for change in changes:
            self._apply(change)
        self._visits = self._visits_left()

    def _apply(self, change: Change) -> None:
        match change:
            case DroneLost(drone_id):
                self._known_drone(drone_id)
                self._lost.add(drone_id)
            case SpaceChanged(transit):
                self._transit = transit
            case CostsChanged(costs):
                for drone_id, new in costs.items():
                    self._drones[drone_id] = replace(self._known_drone(drone_id), costs=new)
            case TaskAdded(task):
                if any(task.task_id == known.task_id for known in self._schedule.tasks):
                    raise MissionError(
                        f"there is a task {task.task_id} already", remedy="Give it an id of its own"
                    )
                self._tasks[task.task_id] = task
            case TaskWithdrawn(task_id):
                if self._tasks.pop(task_id, None) is None:
                    raise MissionError(f"there is no task {task_id} left to fly", remedy="Give a known id")
            case _:
                assert_never(change)

    def _known_drone(self, drone_id: str) -> Drone:
        if drone_id not in self._drones:
            raise MissionError(f"there is no drone {drone_id}", remedy="Give a drone of the schedule")
        return self._drones[drone_id]

    def _visits_left(self) -> dict[str, list[Visit]]:
        """Give the visits that each drone has not ended, in order."""
        return {
            drone_id: [
                visit
                for flight in self._schedule.of_drone(drone_id)
                for visit in flight.visits
                if visit.task_id in self._tasks
            ]
            for drone_id in self._drones
        }

    def run(self, iterations: int) -> Replanned:
        """Repair, search, and time."""
        drones = [self._with_what_is_left(self._drones[drone.drone_id]) for drone in self._schedule.drones]
        settings = self._schedule.settings
        refuse_bad_fleet(list(self._tasks.values()), drones, self._schedule.pads, settings)
        starts = [self._start(drone) for drone in drones]
        underway = {start.underway.task_id for start in starts if start.underway is not None}
        waiting, pieces = self._legal([task for name, task in self._tasks.items() if name not in underway])
        problem = FleetProblem(
            waiting,
            drones,
            self._schedule.pads,
            self._transit,
            settings,
            starts,
            self._owners(drones, pieces),
            self._equipping,
        )
        for index, drone in enumerate(drones):
            if drone.drone_id in self._lost:
                problem.tables.may_fly[index] = False
        orders = self._orders(problem, pieces)
        take_out_broken(problem, orders)
        kept = None
        if not self._has_orphans(problem, orders):
            kept = scheduled_as_ordered(problem, orders, _TRIALS)
        flights, left = scheduled(problem, orders, iterations, 0) if kept is None else kept
        tasks = [start.underway for start in starts if start.underway is not None]
        cut = [
            self._tasks[unserved.task_id] for unserved in self._unserved if unserved.task_id in self._tasks
        ]
        known = {task.task_id for task in (*tasks, *waiting)}
        new = Schedule(
            flights,
            (*self._unserved, *left),
            (*tasks, *waiting, *(task for task in cut if task.task_id not in known)),
            tuple(drones),
            self._schedule.pads,
            settings,
        )
        for flight in flights:
            if flight.energy_wh > flight.limit_wh + 1e-6:
                self._notes.append(
                    Note(
                        flight.drone_id,
                        f"its reserve is not kept: home takes {flight.energy_wh:.0f} Wh of the {max(flight.limit_wh, 0.0):.0f} Wh over it",
                    )
                )
        conflicts = tuple(conflicts_of(flights, settings.separation))
        moves, reordered = self._account(new, pieces)
        return Replanned(new, moves, reordered, tuple(self._notes), conflicts)

    def _has_orphans(self, problem: FleetProblem, orders: Orders) -> bool:
        """Whether a task wants a drone: what nobody could fly before wants one only where something has changed."""
        left_out = orders.is_left_out
        return bool((left_out & (self._is_changed | (problem.tables.owner >= 0))).any())

    def _with_what_is_left(self, drone: Drone) -> Drone:
        state = self._states[drone.drone_id]
        batteries = 0 if drone.drone_id in self._lost else state.batteries
        return replace(drone, batteries=batteries, ready_s=max(self._state.now_s, state.ready_s))

    def _is_landing(self, drone: Drone, state: DroneState) -> bool:
        """Whether it is over its pad, lower than any layer, with nothing left of this flight."""
        pad = next(pad for pad in self._schedule.pads if pad.pad_id == drone.pad_id)
        settings = self._schedule.settings
        lowest_m = min(settings.layers_m)
        if settings.tolerance_agl_m is not None:
            lowest_m += pad.ground_m - settings.tolerance_agl_m
        if math.dist(state.xy_m, stand_of(drone, pad)) > 1.0 or state.alt_m >= lowest_m:
            return False
        now_s = self._state.now_s
        return not any(
            visit.task_id in self._tasks
            for flight in self._schedule.of_drone(drone.drone_id)
            if flight.departure_s <= now_s < flight.landing_s
            for visit in flight.visits
        )

    def _start(self, drone: Drone) -> Start:
        state = self._states[drone.drone_id]
        if drone.drone_id in self._lost or not state.is_airborne:
            return Start(drone.ready_s, drone.batteries)
        now_s = self._state.now_s
        limit_wh = state.left_wh - drone.reserve_wh
        gate = self._transit.nearest_point(state.xy_m)
        if math.dist(gate, state.xy_m) > 1.0:
            self._notes.append(
                Note(
                    drone.drone_id,
                    f"it is {math.dist(gate, state.xy_m):.0f} m outside of legal space, and leaves by the shortest way",
                )
            )
        return Start(
            now_s,
            state.batteries,
            state.xy_m,
            state.alt_m,
            now_s,
            limit_wh,
            self._underway(drone, state, limit_wh),
            is_landing=self._is_landing(drone, state),
        )

    def _underway(self, drone: Drone, state: DroneState, limit_wh: float) -> Task | None:
        """Give the rest of the task it is on, if it can end it and still get home."""
        task = self._tasks.get(state.task_id)
        if task is None:
            return None
        rest = rest_of(task, is_reversed=state.is_reversed, done_share=state.done_share, xy_m=state.xy_m)
        self._tasks[task.task_id] = rest
        pieces, _ = legal_pieces(rest, self._transit)
        if pieces != [rest]:
            self._notes.append(
                Note(drone.drone_id, f"breaks off {task.task_id}, which leaves legal space now")
            )
            return None
        pad = next(pad for pad in self._schedule.pads if pad.pad_id == drone.pad_id)
        end = self._transit.nearest_point(rest.xy_m[-1])
        way = self._transit.path(end, self._transit.nearest_point(pad.xy_m))
        home_s, home_wh = drone.costs.cost(np.hypot(*np.diff(np.array(way), axis=0).T), 0.0, 0.0)
        parts = work_parts(rest, drone.costs, state.alt_m)
        top_m = max(self._schedule.settings.layers_m)
        over_pad_m = self._schedule.settings.over_pad_m(top_m, pad.ground_m)
        rise_s, rise_wh = drone.costs.cost(0.0, abs(over_pad_m + pad.ground_m - state.alt_m), 0.0)
        down_s, down_wh = drone.costs.landing(over_pad_m)
        needed_wh = sum(part[1] for part in parts) + float(np.sum(home_wh)) + float(rise_wh) + down_wh
        home_at_s = self._state.now_s + sum(part[0] for part in parts) + float(np.sum(home_s)) + float(rise_s)
        home_at_s += down_s
        if needed_wh > limit_wh or home_at_s > self._schedule.settings.window_s[1]:
            self._notes.append(
                Note(
                    drone.drone_id,
                    f"breaks off {task.task_id}: its rest and the way home take {needed_wh:.0f} Wh",
                )
            )
            return None
        return replace(rest, is_reversible=False, window_s=(0.0, math.inf))

    def _legal(self, tasks: Sequence[Task]) -> tuple[list[Task], dict[str, list[Task]]]:
        """Cut tasks that leave legal space into pieces; with the pieces of every task."""
        pieces: dict[str, list[Task]] = {}
        whole, broken = out_of_reach(tasks, self._transit)
        is_whole = {task.task_id for task in whole}
        reasons = {unserved.task_id: unserved for unserved in broken}
        kept: list[Task] = []
        for task in tasks:
            if task.task_id in is_whole:
                pieces[task.task_id] = [task]
            else:
                pieces[task.task_id], lost_m = legal_pieces(task, self._transit)
                if not pieces[task.task_id]:
                    self._unserved.append(reasons[task.task_id])
                else:
                    self._unserved.append(
                        Unserved(
                            task.task_id,
                            f"{lost_m:.0f} m of it lie outside of legal space; its other parts are flown",
                            "Fly them when the zone is lifted",
                        )
                    )
            kept += pieces[task.task_id]
        return kept, pieces

    def _owners(self, drones: Sequence[Drone], pieces: dict[str, list[Task]]) -> dict[str, Owner]:
        owners = {}
        for index, drone in enumerate(drones):
            if drone.drone_id in self._lost:
                continue
            names = [
                piece.task_id
                for visit in self._visits[drone.drone_id]
                for piece in pieces.get(visit.task_id, [])
            ]
            owners.update({name: Owner(index, rank) for rank, name in enumerate(names)})
        return owners

    def _orders(self, problem: FleetProblem, pieces: dict[str, list[Task]]) -> Orders:
        """Give everybody what they had, without the lost drones."""
        orders = no_orders(len(problem.drones), len(problem.tasks))
        numbers = {task.task_id: number for number, task in enumerate(problem.tasks)}
        for index, drone in enumerate(problem.drones):
            if drone.drone_id in self._lost:
                continue
            codes = []
            for visit in self._visits[drone.drone_id]:
                parts = pieces.get(visit.task_id, [])
                # The rest of a task that was broken off has the direction in which it was flown.
                is_rest = self._states[drone.drone_id].task_id == visit.task_id
                is_reversed = visit.is_reversed and not is_rest
                codes += [
                    2 * numbers[piece.task_id] + int(is_reversed)
                    for piece in (parts[::-1] if is_reversed else parts)
                ]
            orders.codes[index, : len(codes)] = codes
            orders.counts[index] = len(codes)
            orders.is_left_out[[code >> 1 for code in codes]] = False
        return orders

    def _account(
        self, new: Schedule, pieces: dict[str, list[Task]]
    ) -> tuple[tuple[Move, ...], tuple[str, ...]]:
        whole = {piece.task_id: name for name, parts in pieces.items() for piece in parts}
        had = {visit.task_id: drone_id for drone_id, visits in self._visits.items() for visit in visits}
        has = {visit.task_id: flight.drone_id for flight in new.flights for visit in flight.visits}
        moves = []
        for task in new.tasks:
            before, after = had.get(whole.get(task.task_id, task.task_id), ""), has.get(task.task_id, "")
            if before != after:
                moves.append(Move(task.task_id, before, after))
        reordered: list[str] = []
        for drone_id, visits in self._visits.items():
            rank = {visit.task_id: number for number, visit in enumerate(visits)}
            highest = -1
            for flight in new.of_drone(drone_id):
                for visit in flight.visits:
                    number = rank.get(whole.get(visit.task_id, visit.task_id), highest)
                    if number < highest:
                        reordered.append(visit.task_id)
                    highest = max(highest, number)
        return tuple(moves), tuple(reordered)
