"""How fast legs are flown, as a share of their own speed: a pause slows down, and going on speeds up."""

from simulator.autopilot.position_control import JERK_M_S3
from simulator.autopilot.waypoint_navigation import LegLimits


class Pace:
    """Changes within the acceleration and jerk of the legs."""

    def __init__(self) -> None:
        self.share = 1.0
        self._rate_per_s = 0.0

    def reset(self) -> None:
        """Fly at full pace."""
        self.share, self._rate_per_s = 1.0, 0.0

    def step(self, dt: float, wanted: float, limits: LegLimits) -> None:
        """Change towards what is wanted for `dt`."""
        if self.share == wanted and self._rate_per_s == 0.0:
            return
        most = limits.accel_m_s2 / limits.speed_m_s
        rate = min(max((wanted - self.share) * JERK_M_S3 / limits.accel_m_s2, -most), most)
        change = JERK_M_S3 / limits.speed_m_s * dt
        self._rate_per_s += min(max(rate - self._rate_per_s, -change), change)
        self.share = min(max(self.share + self._rate_per_s * dt, 0.0), 1.0)
