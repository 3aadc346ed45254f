"""Where the nose points."""

import math
from enum import Enum, auto

from simulator.airframe.point_mass import PointMass
from simulator.autopilot.position_control import PositionControl

SLEW_RAD_S = math.radians(60.0)
"""ATC_SLEW_YAW."""
GAIN = 4.5
TURN_ACCEL_RAD_S2 = math.radians(270.0)
"""ATC_ACCEL_Y_MAX."""


class HeadingMode(Enum):
    """What decides the heading."""

    HOLD = auto()
    TRAVEL = auto()
    FIXED = auto()
    PLACE = auto()
    RATE = auto()


class HeadingControl:
    """Keeps a heading target and turns the body to it."""

    __slots__ = ("_rate_rad_s", "mode", "place", "slew_rad_s", "target_rad", "wanted_rate_rad_s")

    def __init__(self) -> None:
        self.mode = HeadingMode.HOLD
        self.target_rad = 0.0
        self.slew_rad_s = SLEW_RAD_S
        self.wanted_rate_rad_s = 0.0
        self.place: tuple[float, float] = (0.0, 0.0)
        self._rate_rad_s = 0.0

    def hold(self, body: PointMass) -> None:
        """Keep the present heading."""
        self.mode, self.target_rad, self.slew_rad_s = HeadingMode.HOLD, body.yaw_rad, SLEW_RAD_S

    def travel(self, body: PointMass) -> None:
        """Look where one flies."""
        if self.mode is not HeadingMode.TRAVEL:
            self.mode, self.target_rad, self.slew_rad_s = HeadingMode.TRAVEL, body.yaw_rad, SLEW_RAD_S

    def turn_to(self, heading_rad: float, *, rate_rad_s: float = 0.0) -> None:
        """Turn to a heading the short way."""
        self.mode, self.target_rad = HeadingMode.FIXED, math.remainder(heading_rad, math.tau)
        self.slew_rad_s = min(rate_rad_s, SLEW_RAD_S) if rate_rad_s > 0.0 else SLEW_RAD_S

    def look_at(self, north: float, east: float) -> None:
        """Look at a place."""
        self.mode, self.place, self.slew_rad_s = HeadingMode.PLACE, (north, east), SLEW_RAD_S

    def turn_at(self, rate_rad_s: float) -> None:
        """Keep turning."""
        self.mode, self.wanted_rate_rad_s = HeadingMode.RATE, rate_rad_s

    def is_at_target(self, body: PointMass) -> bool:
        """Whether the nose points within 2 degrees of the target."""
        return abs(math.remainder(self.target_rad - body.yaw_rad, math.tau)) < math.radians(2.0)

    def step(self, dt: float, body: PointMass, control: PositionControl, top_speed_m_s: float) -> float:
        """Return the yaw rate for this step."""
        if self.mode is HeadingMode.RATE:
            wanted = self.wanted_rate_rad_s
        else:
            if self.mode is HeadingMode.TRAVEL:
                # Below a twentieth of the top speed the direction says nothing.
                if math.hypot(control.velocity_north, control.velocity_east) > 0.05 * top_speed_m_s:
                    self.target_rad = math.atan2(control.velocity_east, control.velocity_north)
            elif self.mode is HeadingMode.PLACE:
                north, east = self.place[0] - body.north_m, self.place[1] - body.east_m
                if math.hypot(north, east) > 2.0:
                    self.target_rad = math.atan2(east, north)
            error = math.remainder(self.target_rad - body.yaw_rad, math.tau)
            wanted = min(max(error * GAIN, -self.slew_rad_s), self.slew_rad_s)
        limit = TURN_ACCEL_RAD_S2 * dt
        self._rate_rad_s += min(max(wanted - self._rate_rad_s, -limit), limit)
        return self._rate_rad_s
