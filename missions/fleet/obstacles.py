"""Why a task cannot be flown."""

from collections.abc import Sequence

import numpy as np

from missions.fleet.drone import Drone
from missions.fleet.equipment import Equipping
from missions.fleet.problem import FleetProblem
from missions.fleet.schedule import FleetSettings, Unserved
from missions.fleet.split import new_split, split_order
from missions.fleet.task import Task
from missions.refusal import MissionError
from missions.transit import Transit


def out_of_reach(tasks: Sequence[Task], transit: Transit) -> tuple[list[Task], list[Unserved]]:
    """Tasks that lie in legal space whole, and the others."""
    inside, outside = [], []
    for task in tasks:
        if is_legal(task, transit):
            inside.append(task)
        else:
            outside.append(
                Unserved(
                    task.task_id,
                    "out of reach: it leaves the legal space that is connected with the pads",
                    "Move it, lower the margin, or take another altitude",
                )
            )
    return inside, outside


def out_of_height(
    tasks: Sequence[Task], equipping: Equipping, settings: FleetSettings
) -> tuple[list[Task], list[Unserved]]:
    """Tasks along which what is asked for can be done, such as to keep a height above the ground, and the others."""
    kept, refused = [], []
    for task in tasks:
        try:
            equipping.effort(task, min(settings.layers_m))
        except MissionError as refusal:
            refused.append(Unserved(task.task_id, refusal.what, refusal.remedy))
        else:
            kept.append(task)
    return kept, refused


def is_legal(task: Task, transit: Transit) -> bool:
    """Whether all of it lies in the area."""
    points = np.array(task.xy_m, dtype=np.float64)
    if any(transit.nearest_point(point) != point for point in task.xy_m):
        return False
    return len(points) == 1 or bool(transit.is_visible(points[:-1], points[1:]).all())


def why_alone(problem: FleetProblem, index: int) -> Unserved:
    """Say what keeps a task from being flown: by all drones, alone, or beside the others."""
    task, tables = problem.tasks[index], problem.tables
    allowed = np.flatnonzero(tables.may_fly[:, index])
    if not len(allowed):
        return _nobody(task, problem.drones)
    split = new_split(1)
    codes = (2 * index, 2 * index + 1) if task.is_reversible else (2 * index,)
    order = np.zeros(1, dtype=np.int64)
    needs_wh, has_wh, soonest_s = np.inf, 0.0, np.inf
    for drone in allowed:
        kind, pad = tables.kind[drone], tables.pad[drone]
        is_flyable = False
        for code in codes:
            order[0] = code
            is_flyable |= bool(np.isfinite(split_order(tables, int(drone), order, 1, split)))
            there_s, there_wh = tables.travel_s[kind, pad, code], tables.travel_wh[kind, pad, code]
            energy_wh = tables.up_wh[drone] + there_wh + tables.work_wh[kind, index]
            energy_wh += tables.travel_wh[kind, code ^ 1, pad] + tables.down_wh[drone]
            if energy_wh - tables.usable_wh[drone] < needs_wh - has_wh:
                needs_wh, has_wh = energy_wh, tables.usable_wh[drone]
            reached_s = tables.ready_s[drone] + tables.up_s[drone] + there_s
            soonest_s = min(soonest_s, max(reached_s, task.window_s[0]) + tables.work_s[kind, index])
        if is_flyable:
            return Unserved(
                task.task_id,
                "no drone has time and batteries left for it beside the others",
                "Add drones or batteries, or give it more time or a higher priority",
            )
    if needs_wh > has_wh:
        return Unserved(
            task.task_id,
            f"out of reach: there and back takes {needs_wh:.0f} Wh, and at most {has_wh:.0f} Wh may be used",
            "Fly it from a nearer pad, with a larger battery, or in pieces",
        )
    if soonest_s > task.window_s[1]:
        return Unserved(
            task.task_id,
            f"its window ends at {task.window_s[1]:.0f} s, and no drone can end it before {soonest_s:.0f} s",
            "Give it a later end",
        )
    return Unserved(
        task.task_id,
        "no drone that may fly it has a battery left, or is home again before the schedule or its longest flight ends",
        "Add batteries or time",
    )


def _nobody(task: Task, drones: Sequence[Drone]) -> Unserved:
    has_all = [drone for drone in drones if task.needs <= drone.capabilities]
    if not drones:
        return Unserved(task.task_id, "there is no drone", "Add a drone")
    if not has_all:
        missing = ", ".join(sorted(task.needs))
        return Unserved(task.task_id, f"no drone has what it needs: {missing}", "Add a drone that has")
    ids = ", ".join(sorted(task.drone_ids))
    return Unserved(
        task.task_id, f"none of the drones it is kept for ({ids}) can fly it", "Allow other drones"
    )
