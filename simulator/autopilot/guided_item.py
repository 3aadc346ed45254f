"""NAV_GUIDED_ENABLE: a ground station flies for a while within a mission."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simulator.protocol.mission_item import MissionItem

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot
    from simulator.autopilot.waypoint_navigation import Place


class GuidedItem:
    """Lets GUIDED steer within the limits of DO_GUIDED_LIMITS."""

    def __init__(self, autopilot: Autopilot) -> None:
        self._autopilot = autopilot
        self._limits: MissionItem | None = None
        self._from: Place = (0.0, 0.0, 0.0)
        self._since_s = 0.0

    def limit(self, item: MissionItem) -> None:
        """DO_GUIDED_LIMITS: for how long, how low, high and far the ground station may fly."""
        self._limits = item

    def forget(self) -> None:
        """Set no limits."""
        self._limits = None

    def start(self) -> None:
        """Begin here and now."""
        autopilot = self._autopilot
        body = autopilot.body
        self._since_s = autopilot.now_s
        self._from = (body.north_m, body.east_m, body.up_m)
        autopilot.guided.enter()

    def step(self, dt: float) -> bool:
        """Let the ground station fly; true once it may no more."""
        autopilot = self._autopilot
        autopilot.guided.step(dt)
        limits = self._limits
        if limits is None:
            return False
        body = autopilot.body
        away_m = math.dist(self._from[:2], (body.north_m, body.east_m))
        return (
            (limits.param1 > 0 and autopilot.now_s - self._since_s >= limits.param1)
            or (limits.param2 != 0 and autopilot.alt_rel_m < limits.param2)
            or (limits.param3 != 0 and autopilot.alt_rel_m > limits.param3)
            or (limits.param4 > 0 and away_m > limits.param4)
        )
