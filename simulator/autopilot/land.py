"""LAND."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.autopilot.descent import Descent
from simulator.autopilot.mode import Mode, ModeNumber

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot


class Land(Mode):
    """Come down here."""

    number = ModeNumber.LAND
    is_armable = False
    needs_position = False

    def __init__(self, autopilot: Autopilot) -> None:
        super().__init__(autopilot)
        self._descent = Descent(autopilot)

    @property
    def is_landing(self) -> bool:
        """Always."""
        return True

    def enter(self) -> None:
        """Stop, and descend meanwhile."""
        self._descent.start()
        self.autopilot.heading.hold(self.autopilot.body)

    def step(self, dt: float) -> None:
        """Descend; disarm on the ground."""
        if self._descent.step(dt):
            self.autopilot.disarm()
