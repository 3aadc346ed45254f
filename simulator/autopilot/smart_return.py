"""SMART_RTL: fly the flown path back, and land where it began."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from simulator.autopilot.descent import Descent
from simulator.autopilot.mode import Mode, ModeNumber

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot
    from simulator.autopilot.waypoint_navigation import Place

ABOVE_START_M = 2.0
"""So far above the place of arming the path ends and the landing begins."""


class SmartReturnPhase(Enum):
    """How far the way back has come."""

    FOLLOW = auto()
    APPROACH = auto()
    LAND = auto()


class SmartReturnToLaunch(Mode):
    """Follows the path from its newest point to its first."""

    number = ModeNumber.SMART_RTL
    name = "SMARTRTL"
    is_armable = False

    def __init__(self, autopilot: Autopilot) -> None:
        super().__init__(autopilot)
        self._descent = Descent(autopilot)
        self._phase = SmartReturnPhase.FOLLOW
        self._target: Place | None = None

    @property
    def is_landing(self) -> bool:
        """Whether the path is at its end."""
        return self._phase is SmartReturnPhase.LAND

    def refusal(self) -> str:
        """Refuse where the path is not known."""
        autopilot = self.autopilot
        return "init failed" if autopilot.is_armed and not autopilot.path.is_known else ""

    def enter(self) -> None:
        """Stop, tidy the path up, and turn round."""
        autopilot = self.autopilot
        body = autopilot.body
        self._target = None
        if body.is_on_ground or not autopilot.is_armed:
            self._land()
            return
        self._phase = SmartReturnPhase.FOLLOW
        autopilot.path.clean()
        autopilot.control.start(body)
        autopilot.navigation.start(body)
        autopilot.navigation.fly_to(autopilot.control.stopping_point(body), None, autopilot.leg_limits())
        if autopilot.parameters["WP_YAW_BEHAVIOR"] in (1, 3):
            autopilot.heading.travel(body)
        else:
            autopilot.heading.hold(body)

    def leave(self) -> None:
        """Remember the point that was not reached."""
        if self._phase is SmartReturnPhase.FOLLOW and self._target is not None:
            self.autopilot.path.put_back(self._target)
        self._target = None

    def step(self, dt: float) -> None:
        """Go on; disarm on the ground."""
        autopilot = self.autopilot
        if self._phase is SmartReturnPhase.LAND:
            if self._descent.step(dt):
                autopilot.disarm()
            return
        autopilot.fly_leg(dt)
        navigation = autopilot.navigation
        if not (navigation.is_finished if navigation.is_passing else autopilot.is_at_leg_end()):
            return
        if self._phase is SmartReturnPhase.APPROACH:
            self._land()
            return
        self._target = autopilot.path.pop()
        following = autopilot.path.newest
        if self._target is None:
            self._land()
        elif following is None:
            self._phase = SmartReturnPhase.APPROACH
            navigation.fly_to(_above(self._target), None, autopilot.leg_limits())
        else:
            after = _above(following) if len(autopilot.path) == 1 else following
            navigation.fly_to(self._target, after, autopilot.leg_limits())

    def _land(self) -> None:
        self._phase = SmartReturnPhase.LAND
        self._descent.start(None if self._target is None else self._target[:2])


def _above(start: Place) -> Place:
    north, east, up = start
    return (north, east, up + ABOVE_START_M)
