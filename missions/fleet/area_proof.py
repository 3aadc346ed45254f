"""What of the areas asked for a fleet sees, all flights together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from geofence.verification.finding import Finding
from missions.coverage.seen import seen_from
from missions.fleet.schedule import Schedule
from missions.fleet.wanted_tasks import Target, WantedTasks
from missions.patterns.left_out import unseen
from missions.patterns.space import PatternSpace
from missions.transit import polygons_of

_NAMED_GAP_SWATHS = 0.5
_NOBODY = ("nobody flies there", "See what is not flown; or take more overlap, or a smaller swath")


@dataclass(frozen=True, slots=True)
class AreaSeen:
    """How much of an area is seen.

    Parameters
    ----------
    name : str
    zone_id : str
        Empty where it is none.
    swath_m : float
    coverage : float
        Share of what may be flown over without a margin.
    """

    name: str
    zone_id: str
    swath_m: float
    coverage: float


def prove_areas(
    schedule: Schedule, made: WantedTasks, space: PatternSpace
) -> tuple[tuple[AreaSeen, ...], list[Finding]]:
    """Measure what is seen from the pieces that are flown, and name the places that are not.

    Parameters
    ----------
    schedule : Schedule
    made : WantedTasks
    space : PatternSpace
    """
    flown = {visit.task_id for flight in schedule.flights for visit in flight.visits}
    ways = [
        (task.xy_m, made.swaths_m[task.task_id])
        for task in schedule.tasks
        if task.task_id in flown and task.task_id in made.swaths_m
    ]
    seen = shapely.union_all([seen_from(points, swath_m) for points, swath_m in ways])
    proofs: list[AreaSeen] = []
    findings: list[Finding] = []
    for target in made.targets:
        missed = shapely.difference(target.area, seen)
        share = 1.0 - missed.area / target.area.area
        proofs.append(AreaSeen(target.name, target.zone_id, target.swath_m, share))
        gaps = _named(polygons_of(missed), target)
        findings += unseen(replace(space, zone_id=target.zone_id), gaps, target.swath_m, _NOBODY)
    return tuple(proofs), findings


def _named(gaps: Sequence[shapely.Polygon], target: Target) -> list[shapely.Polygon]:
    least_m2 = (_NAMED_GAP_SWATHS * target.swath_m) ** 2
    return [
        gap for gap, area_m2 in zip(gaps, shapely.area(np.array(gaps)), strict=True) if area_m2 > least_m2
    ]
