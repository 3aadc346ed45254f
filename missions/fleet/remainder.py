"""What is left of tasks: the rest of one under way, the legal pieces of one that a zone cuts."""

import itertools
import math
from dataclasses import replace

import numpy as np
import shapely

from missions.fleet.obstacles import is_legal
from missions.fleet.task import Task
from missions.plan.item import Command
from missions.transit import XY, Transit

_PIECE_LEAST_M = 5.0
_CLEAR_M = 0.05
"""Pieces end this far inside of legal space."""


def rest_of(task: Task, *, is_reversed: bool, done_share: float, xy_m: XY) -> Task:
    """Give what is left of a task, from where the drone is to its end; it keeps the id.

    What it looked at is looked at again: ArduCopter forgets it with the mission.
    """
    points = task.points(is_reversed=is_reversed)
    lengths_m = task.leg_lengths_m[::-1] if is_reversed else task.leg_lengths_m
    total_m = float(lengths_m.sum())
    if total_m == 0.0:
        return replace(task, dwell_s=(1.0 - done_share) * task.dwell_s, actions=())
    done_m = done_share * total_m
    actions = tuple(item for item in task.actions if item.command == Command.DO_SET_ROI_LOCATION)
    reached_m = np.cumsum(lengths_m)
    ahead = int(np.searchsorted(reached_m, done_m - 1e-6, side="right"))
    left = points[ahead + 1 :] or points[-1:]
    if math.dist(xy_m, left[0]) < 1e-3:
        return replace(task, xy_m=left if len(left) > 1 else (xy_m, *left), actions=actions)
    return replace(task, xy_m=(xy_m, *left), actions=actions)


def legal_pieces(task: Task, transit: Transit) -> tuple[list[Task], float]:
    """Give the parts of a task that lie in legal space, and how many metres do not.

    Pieces are numbered behind the id; what is shorter than 5 m is left out. The dwelling goes with the last point.
    """
    if is_legal(task, transit):
        return [task], 0.0
    total_m = float(task.leg_lengths_m.sum())
    if len(task.xy_m) == 1:
        return [], 0.0
    inner = shapely.buffer(transit.area, -_CLEAR_M)
    cut = shapely.intersection(shapely.linestrings(np.array(task.xy_m)), inner)
    lines = [part for part in shapely.get_parts(cut) if part.geom_type == "LineString"]
    merged = shapely.line_merge(shapely.multilinestrings(lines)) if lines else shapely.multilinestrings([])
    pieces: list[Task] = []
    for part in shapely.get_parts(merged):
        if part.length < _PIECE_LEAST_M:
            continue
        xy_m = tuple((float(x_m), float(y_m)) for x_m, y_m in shapely.get_coordinates(part))
        is_end = math.dist(xy_m[-1], task.xy_m[-1]) < _CLEAR_M
        piece = replace(
            task,
            task_id=f"{task.task_id}/{len(pieces) + 1}",
            xy_m=xy_m,
            dwell_s=task.dwell_s if is_end else 0.0,
        )
        if is_legal(piece, transit):
            pieces.append(piece)
    flown_m = sum(math.dist(a, b) for piece in pieces for a, b in itertools.pairwise(piece.xy_m))
    return pieces, total_m - flown_m
