"""Coming down where one is, and noticing the ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.autopilot.position_control import approach_speed_m_s

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot

LANDED_AFTER_S = 1.6
"""From touching the ground until the landing is believed."""
DISARM_AFTER_S = 2.1


class Descent:
    """Descends fast, then slowly near the ground, and ends two seconds after touching it."""

    def __init__(self, autopilot: Autopilot) -> None:
        self._autopilot = autopilot
        self._touched_s: float | None = None
        self._hold: tuple[float, float] | None = None

    def start(self, hold: tuple[float, float] | None = None) -> None:
        """Begin; keep to the place `hold`, or stop wherever that ends."""
        autopilot = self._autopilot
        self._touched_s = autopilot.now_s if autopilot.body.is_on_ground else None
        self._hold = hold
        if not autopilot.body.is_on_ground:
            autopilot.control.start(autopilot.body)

    def step(self, dt: float) -> bool:
        """Descend; true once the vehicle has landed for good."""
        autopilot = self._autopilot
        body, control = autopilot.body, autopilot.control
        if self._touched_s is None and body.is_on_ground:
            self._touched_s = autopilot.now_s
            control.relax(body)
        if self._touched_s is not None:
            if autopilot.now_s - self._touched_s >= LANDED_AFTER_S:
                autopilot.set_landed(True)
            return autopilot.now_s - self._touched_s >= DISARM_AFTER_S
        limits = autopilot.leg_limits()
        if self._hold is None:
            control.shape_velocity(dt, 0.0, 0.0, accel_m_s2=limits.accel_m_s2)
        else:
            control.shape_horizontal(
                dt, *self._hold, speed_m_s=limits.speed_m_s, accel_m_s2=limits.accel_m_s2
            )
        parameters = autopilot.parameters
        fast = parameters["LAND_SPEED_HIGH"] * 0.01 or limits.descent_m_s
        slow = parameters["LAND_SPEED"] * 0.01
        above = body.up_m - body.ground_up_m - max(parameters["LAND_ALT_LOW"], 100.0) * 0.01
        speed = approach_speed_m_s(max(above, 0.0), limits.accel_up_m_s2)
        control.shape_climb(dt, -min(max(speed, slow), max(fast, slow)), accel_m_s2=limits.accel_up_m_s2)
        return False
