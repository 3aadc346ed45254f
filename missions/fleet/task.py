"""A task: what one drone does in one go."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from missions.plan.item import MissionItem
from missions.plan.plan import RouteKind
from missions.refusal import MissionError
from missions.transit import XY


@dataclass(frozen=True, slots=True)
class Task:
    """A patrol line, a place to dwell at, or a piece of an area with all its strokes.

    Parameters
    ----------
    task_id : str
    xy_m : tuple of (float, float)
        The line that is flown, from one end to the other; one point for a place.
    kind : RouteKind
        What its legs are flown for.
    is_reversible : bool
        Whether it may be flown from its last point to its first.
    dwell_s : float
        So long the drone stays at the end.
    alt_m : float or None
        Above the pads' common level; None leaves it to the flight's layer.
    window_s : (float, float)
        It is begun and ended within these times of the schedule.
    priority : float
        What cannot be flown all together is left out from the lowest.
    needs : frozenset of str
        Capabilities that its drone must have.
    drone_ids : frozenset of str
        The only drones that may fly it; empty for any.
    actions : tuple of MissionItem
        Commands given where it is begun.
    end_actions : tuple of MissionItem
        Commands given where it ends.
    """

    task_id: str
    xy_m: tuple[XY, ...]
    kind: RouteKind = RouteKind.COVERAGE
    is_reversible: bool = True
    dwell_s: float = 0.0
    alt_m: float | None = None
    window_s: tuple[float, float] = (0.0, math.inf)
    priority: float = 1.0
    needs: frozenset[str] = frozenset()
    drone_ids: frozenset[str] = frozenset()
    actions: tuple[MissionItem, ...] = ()
    end_actions: tuple[MissionItem, ...] = ()

    def __post_init__(self) -> None:
        place = f"task {self.task_id}"
        numbers = [value for point in self.xy_m for value in point]
        if not self.xy_m or not all(map(math.isfinite, numbers)):
            raise MissionError("a task needs points", place=place, remedy="Give at least one, in metres")
        if not (math.isfinite(self.dwell_s) and self.dwell_s >= 0.0):
            raise MissionError(f"it cannot dwell {self.dwell_s:g} s", place=place, remedy="Give 0 s or more")
        if not self.window_s[0] <= self.window_s[1] or not math.isfinite(self.window_s[0]):
            raise MissionError(
                f"its window from {self.window_s[0]:g} to {self.window_s[1]:g} s is empty",
                place=place,
                remedy="Give the earliest time first",
            )
        if not (math.isfinite(self.priority) and self.priority > 0.0):
            raise MissionError(
                f"priority {self.priority:g} is not one", place=place, remedy="Give a number above 0"
            )
        if self.alt_m is not None and not math.isfinite(self.alt_m):
            raise MissionError("its altitude is not a number", place=place, remedy="Give metres")

    @property
    def leg_lengths_m(self) -> NDArray[np.float64]:
        """Lengths of its legs."""
        points = np.array(self.xy_m, dtype=np.float64)
        lengths_m: NDArray[np.float64] = np.hypot(*np.diff(points, axis=0).T)
        return lengths_m

    def points(self, *, is_reversed: bool) -> tuple[XY, ...]:
        """Give its points as they are flown."""
        return self.xy_m[::-1] if is_reversed else self.xy_m
