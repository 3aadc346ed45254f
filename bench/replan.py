"""How long a station's evening takes to plan, and a fleet in the air to replan."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import shapely

from bench.patrol_lines import Evening, patrol_evening
from missions.fleet.change import Change, CostsChanged, DroneLost, Replanned, SpaceChanged, TaskAdded
from missions.fleet.flight_costs import SteadyFlight
from missions.fleet.planner import plan_fleet
from missions.fleet.replan import replan
from missions.fleet.schedule import Schedule
from missions.fleet.separation import conflicts_of
from missions.fleet.state import FleetState, state_at
from missions.fleet.task import Task
from missions.transit import Transit

Result = TypeVar("Result")

_LINES = 165
_MOMENTS_S = (60.0, 200.0, 400.0, 600.0)
_IN_THE_AIR_S = 300.0


def run(*, seed: int = 1, iterations: int | None = None) -> dict[str, Any]:
    """Plan 165 lines for 6 drones of 2 pads within two hours, and replan them in the air with 20 drones of 3 pads.

    Seconds on the wall and of the processor, everything compiled before. A schedule is judged by its flights: lines flown once,
    flights that use their reserve, pairs that come too near.

    Parameters
    ----------
    seed : int
        Of the lines.
    iterations : int, optional
        Of the search for the schedule; by default as it is planned with.
    """
    evening = patrol_evening(lines=_LINES, drones=6, pads=2, seed=seed)
    _, compile_s, _ = _timed(lambda: _planned(evening, 1))
    schedule, wall_s, cpu_s = _timed(lambda: _planned(evening, iterations))
    many = patrol_evening(lines=_LINES, drones=20, pads=3, seed=seed)
    flown = _planned(many, 300)
    replan(flown, state_at(flown, _IN_THE_AIR_S), [], many.transit)
    return {
        "name": "replan",
        "plan": {
            "lines": _LINES,
            "drones": len(evening.drones),
            "pads": len(evening.pads),
            "iterations": schedule.settings.iterations,
            "compile_s": round(compile_s, 2),
            "wall_s": round(wall_s, 2),
            "cpu_s": round(cpu_s, 2),
            "home_s": round(schedule.home_s),
            "earliest_home_s": round(_earliest_home_s(evening)),
            **_judged(schedule),
        },
        "replan": [
            _measured(many, flown, now_s, name, change)
            for now_s in _MOMENTS_S
            for name, change in _changes(many, now_s)
        ],
    }


def run_once() -> None:
    """Plan and replan a small evening, so that all that is compiled is compiled and kept."""
    few = patrol_evening(lines=8, drones=3, pads=2)
    flown = _planned(few, 3)
    replan(flown, state_at(flown, _IN_THE_AIR_S), [], few.transit)


def _planned(evening: Evening, iterations: int | None) -> Schedule:
    settings = evening.settings if iterations is None else replace(evening.settings, iterations=iterations)
    return plan_fleet(evening.tasks, evening.drones, evening.pads, evening.transit, settings)


def _earliest_home_s(evening: Evening) -> float:
    """No schedule is sooner: the lines alone, shared ideally by all drones."""
    line_m = sum(float(task.leg_lengths_m.sum()) for task in evening.tasks)
    return line_m / sum(drone.speed_m_s or 0.0 for drone in evening.drones)


def _judged(schedule: Schedule) -> dict[str, Any]:
    flown = Counter(visit.task_id for flight in schedule.flights for visit in flight.visits)
    return {
        "flights": len(schedule.flights),
        "flown_once": sum(count == 1 for count in flown.values()),
        "flown_more": sum(count > 1 for count in flown.values()),
        "unserved": len(schedule.unserved),
        "reserves_broken": sum(flight.energy_wh > flight.limit_wh + 1e-6 for flight in schedule.flights),
        "conflicts": len(conflicts_of(schedule.flights, schedule.settings.separation)),
    }


def _changes(evening: Evening, now_s: float) -> list[tuple[str, Change]]:
    pad_x_m, pad_y_m = evening.pads[0].xy_m
    closed = shapely.box(pad_x_m + 250.0, pad_y_m - 200.0, pad_x_m + 750.0, pad_y_m + 300.0)
    smaller = Transit(shapely.difference(evening.transit.area, closed), evening.pads[0].xy_m, 0.5)
    windy = SteadyFlight(speed_m_s=8.0, cruise_w=380.0, hover_w=340.0)
    call = Task(
        "call", (evening.tasks[7].xy_m[0],), dwell_s=60.0, priority=10.0, window_s=(now_s, now_s + 400.0)
    )
    return [
        ("drone lost", DroneLost(evening.drones[2].drone_id)),
        ("zone activated", SpaceChanged(smaller)),
        ("wind up", CostsChanged({drone.drone_id: windy for drone in evening.drones})),
        ("priority point", TaskAdded(call)),
    ]


def _measured(
    evening: Evening, schedule: Schedule, now_s: float, name: str, change: Change
) -> dict[str, Any]:
    state: FleetState = state_at(schedule, now_s)
    replanned: Replanned
    replanned, wall_s, cpu_s = _timed(lambda: replan(schedule, state, [change], evening.transit))
    new = replanned.schedule
    return {
        "change": name,
        "at_s": now_s,
        "drones": len(schedule.drones),
        "lines_left": len(new.tasks),
        "in_the_air": sum(drone.is_airborne for drone in state.drones),
        "wall_s": round(wall_s, 3),
        "cpu_s": round(cpu_s, 3),
        "home_s": round(new.home_s),
        "moved": len(replanned.moves),
        "reordered": len(replanned.reordered_ids),
        "notes": len(replanned.notes),
        **_judged(new),
    }


def _timed(do: Callable[[], Result]) -> tuple[Result, float, float]:
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    result = do()
    return result, time.perf_counter() - wall_s, time.process_time() - cpu_s
