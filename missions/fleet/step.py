"""A straight piece of a flight, or a stay."""

from dataclasses import dataclass

from missions.fleet.task import Task
from missions.plan.item import MissionItem
from missions.plan.plan import RouteKind
from missions.transit import XY


@dataclass(frozen=True, slots=True)
class Step:
    """A straight piece of a flight, or a stay.

    Parameters
    ----------
    duration_s, energy_wh : float
    xy_m, alt_m
        Where it ends.
    kind : RouteKind
    task : Task or None
        What it belongs to.
    is_first, is_last : bool
        Of its task.
    actions : tuple of MissionItem
        Given where it begins.
    """

    duration_s: float
    energy_wh: float
    xy_m: XY
    alt_m: float
    kind: RouteKind
    task: Task | None = None
    is_first: bool = False
    is_last: bool = False
    actions: tuple[MissionItem, ...] = ()
