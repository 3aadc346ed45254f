"""What a copter does that has lost a motor: it spins, sinks, and is disarmed when it lies on the ground."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot

THRUST_LOSS_AFTER_S = 1.0
"""Of sinking at full throttle."""
DISARM_AFTER_S = 2.0
"""Of lying on its side."""
SINK_M_S = 9.0
SPIN_RAD_S = math.radians(250.0)
EMERGENCY = 0


class CrashCheck:
    """Steps a vehicle that three motors cannot carry."""

    def __init__(self, autopilot: Autopilot) -> None:
        self._autopilot = autopilot
        self._falling_s = 0.0
        self._lying_s = 0.0
        self._is_thrust_loss_said = False

    @property
    def is_out_of_control(self) -> bool:
        """Whether nothing that is steered has any effect."""
        autopilot = self._autopilot
        return autopilot.ailments.lost_motor > 0 and autopilot.is_armed and not autopilot.is_landed

    def step(self, dt: float) -> tuple[float, float]:
        """Give the acceleration up and the yaw rate; says and does what ArduCopter does about it."""
        autopilot = self._autopilot
        body = autopilot.body
        if body.is_on_ground:
            self._lying_s += dt
            if self._lying_s >= DISARM_AFTER_S and autopilot.parameters["FS_CRASH_CHECK"] != 0:
                autopilot.say(EMERGENCY, "Crash: Disarming: AngErr=90>30, Accel=0.0<3.0")
                autopilot.disarm(is_forced=True)
                self._lying_s = self._falling_s = 0.0
                self._is_thrust_loss_said = False
            return -1.0, 0.0
        self._falling_s += dt
        if self._falling_s >= THRUST_LOSS_AFTER_S and not self._is_thrust_loss_said:
            self._is_thrust_loss_said = True
            autopilot.say(EMERGENCY, f"Potential Thrust Loss ({autopilot.ailments.lost_motor})")
        up_m_s2 = min(max(-SINK_M_S - body.velocity_up_m_s, -5.0), 5.0)
        return up_m_s2, SPIN_RAD_S
