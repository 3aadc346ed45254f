"""Flight modes: numbers, names and what each may do."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot


class ModeNumber(IntEnum):
    """Those of ArduCopter's custom modes that are flown here."""

    STABILIZE = 0
    ALT_HOLD = 2
    AUTO = 3
    GUIDED = 4
    LOITER = 5
    RTL = 6
    CIRCLE = 7
    LAND = 9
    POSHOLD = 16
    BRAKE = 17
    SMART_RTL = 21
    AUTO_RTL = 27
    """No mode of its own: AUTO on its way to the landing."""


class Mode:
    """One way of flying; asks the autopilot for everything it needs."""

    number: ModeNumber
    name = ""
    """As ArduCopter calls it in its texts."""
    is_armable = True
    needs_position = True
    is_pilot_flown = False

    def __init__(self, autopilot: Autopilot) -> None:
        self.autopilot = autopilot
        self.name = self.name or self.number.name

    @property
    def is_taking_off(self) -> bool:
        """Whether it climbs from the ground."""
        return False

    @property
    def is_landing(self) -> bool:
        """Whether it comes down to land."""
        return False

    def refusal(self) -> str:
        """Say why the mode cannot be entered now, or nothing."""
        return ""

    def enter(self) -> None:
        """Take over."""

    def leave(self) -> None:
        """Hand over."""

    def step(self, dt: float) -> None:
        """Move the target by `dt`; called while armed only."""
        raise NotImplementedError

    def take_off(self, up: float, *, must_hold_place: bool) -> bool:  # noqa: ARG002
        """Climb to `up` metres above the origin on a ground station's word; false where the mode does not."""
        return False

    def pause(self) -> bool:
        """Stop on the way; false where there is nothing to pause."""
        return False

    def resume(self) -> bool:
        """Go on."""
        return False

    def change_speed(self, kind: int, speed_m_s: float) -> bool:  # noqa: ARG002
        """Fly at this speed until the mode is left; false where the mode has no speed of its own."""
        return False

    def on_disarmed(self) -> None:
        """Forget what belonged to the flight."""
