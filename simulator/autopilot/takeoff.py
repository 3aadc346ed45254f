"""Leaving the ground and climbing straight up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot

SPOOL_UP_S = 1.35
"""From the order to lift-off with turning motors."""
ARMING_DELAY_S = 2.0
"""Motors do not spool up sooner after arming."""


class Takeoff:
    """Climbs to an altitude from wherever the vehicle is."""

    def __init__(self, autopilot: Autopilot) -> None:
        self._autopilot = autopilot
        self._lift_off_s = 0.0
        self._start_up = 0.0
        self.target_up = 0.0

    def start(self, target_up: float) -> None:
        """Begin; `target_up` counts from the origin."""
        autopilot = self._autopilot
        body = autopilot.body
        self.target_up = target_up
        self._start_up = body.up_m
        self._lift_off_s = autopilot.now_s
        if body.is_on_ground:
            ready_s = max(autopilot.now_s, autopilot.armed_at_s + ARMING_DELAY_S)
            self._lift_off_s = ready_s + SPOOL_UP_S
            autopilot.control.relax(body)
        else:
            autopilot.control.start(body)
        autopilot.heading.hold(body)

    def step(self, dt: float) -> bool:
        """Climb; true once the altitude is reached and the climb has died down, as ArduCopter counts it."""
        autopilot = self._autopilot
        if autopilot.now_s < self._lift_off_s:
            return False
        control = autopilot.control
        if not control.is_active:
            control.start(autopilot.body)
            autopilot.set_landed(False)
        limits = autopilot.leg_limits()
        control.shape_velocity(dt, 0.0, 0.0, accel_m_s2=limits.accel_m_s2)
        control.shape_vertical(
            dt,
            self.target_up,
            climb_m_s=limits.climb_m_s,
            descent_m_s=limits.descent_m_s,
            accel_m_s2=1.1 * limits.accel_up_m_s2,
        )
        climbed = control.up - self._start_up
        return (
            climbed >= 0.9 * (self.target_up - self._start_up)
            and control.velocity_up < 0.1 * limits.climb_m_s
        )
