"""Speeds that were ordered for as long as a mode lasts."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from simulator.autopilot.waypoint_navigation import LegLimits

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot


class SpeedKind(IntEnum):
    """SPEED_TYPE; ArduCopter takes airspeed for ground speed."""

    AIR = 0
    GROUND = 1
    CLIMB = 2
    DESCENT = 3


class OrderedSpeeds:
    """DO_CHANGE_SPEED; what was not ordered is as the parameters say."""

    def __init__(self) -> None:
        self._level_m_s: float | None = None
        self._climb_m_s: float | None = None
        self._descent_m_s: float | None = None

    def forget(self) -> None:
        """Go back to the parameters."""
        self._level_m_s = self._climb_m_s = self._descent_m_s = None

    def order(self, kind: int, speed_m_s: float) -> bool:
        """Take an order; false where there is no such kind of speed."""
        if kind in (SpeedKind.AIR, SpeedKind.GROUND):
            self._level_m_s = speed_m_s
        elif kind == SpeedKind.CLIMB:
            self._climb_m_s = speed_m_s
        elif kind == SpeedKind.DESCENT:
            self._descent_m_s = speed_m_s
        else:
            return False
        return True

    def limits(self, autopilot: Autopilot) -> LegLimits:
        """Return what the parameters allow, with the speeds ordered."""
        limits = autopilot.leg_limits(speed_m_s=self._level_m_s)
        if self._climb_m_s is None and self._descent_m_s is None:
            return limits
        return LegLimits(
            speed_m_s=limits.speed_m_s,
            climb_m_s=self._climb_m_s or limits.climb_m_s,
            descent_m_s=self._descent_m_s or limits.descent_m_s,
            accel_m_s2=limits.accel_m_s2,
            accel_up_m_s2=limits.accel_up_m_s2,
            jerk_m_s3=limits.jerk_m_s3,
            radius_m=limits.radius_m,
        )
