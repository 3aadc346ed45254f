"""Where the nose points."""

import math
from enum import IntEnum

from simulator.airframe.angle import wrapped_rad
from simulator.airframe.point_mass import PointMass
from simulator.autopilot.position_control import PositionControl
from simulator.compiled import compiled
from simulator.row import Row

SLEW_RAD_S = math.radians(60.0)
"""ATC_SLEW_YAW."""
GAIN = 4.5
TURN_ACCEL_RAD_S2 = math.radians(270.0)
"""ATC_ACCEL_Y_MAX."""


class HeadingMode(IntEnum):
    """What decides the heading."""

    HOLD = 0
    TRAVEL = 1
    FIXED = 2
    PLACE = 3
    RATE = 4


_TRAVEL, _PLACE, _RATE = int(HeadingMode.TRAVEL), int(HeadingMode.PLACE), int(HeadingMode.RATE)


class HeadingControl(Row):
    """Keeps a heading target and turns the body to it."""

    mode_number: int
    target_rad: float
    slew_rad_s: float = SLEW_RAD_S
    wanted_rate_rad_s: float
    place_north_m: float
    place_east_m: float
    rate_rad_s: float
    top_speed_m_s: float
    """Of the vehicle; below a twentieth of it the direction of travel says nothing."""

    @property
    def mode(self) -> HeadingMode:
        """What decides the heading now."""
        return HeadingMode(self.mode_number)

    def hold(self, body: PointMass) -> None:
        """Keep the present heading."""
        self.mode_number, self.target_rad, self.slew_rad_s = HeadingMode.HOLD, body.yaw_rad, SLEW_RAD_S

    def travel(self, body: PointMass) -> None:
        """Look where one flies."""
        if self.mode_number != HeadingMode.TRAVEL:
            self.mode_number, self.target_rad, self.slew_rad_s = HeadingMode.TRAVEL, body.yaw_rad, SLEW_RAD_S

    def turn_to(self, heading_rad: float, *, rate_rad_s: float = 0.0) -> None:
        """Turn to a heading the short way."""
        self.mode_number, self.target_rad = HeadingMode.FIXED, math.remainder(heading_rad, math.tau)
        self.slew_rad_s = min(rate_rad_s, SLEW_RAD_S) if rate_rad_s > 0.0 else SLEW_RAD_S

    def look_at(self, north: float, east: float) -> None:
        """Look at a place."""
        self.mode_number, self.slew_rad_s = HeadingMode.PLACE, SLEW_RAD_S
        self.place_north_m, self.place_east_m = north, east

    def turn_at(self, rate_rad_s: float) -> None:
        """Keep turning."""
        self.mode_number, self.wanted_rate_rad_s = HeadingMode.RATE, rate_rad_s

    def is_at_target(self, body: PointMass) -> bool:
        """Whether the nose points within 2 degrees of the target."""
        return abs(math.remainder(self.target_rad - body.yaw_rad, math.tau)) < math.radians(2.0)


@compiled
def turn_rate_rad_s(heading: HeadingControl, dt: float, body: PointMass, control: PositionControl) -> float:
    """Give the yaw rate for this step."""
    if heading.mode_number == _RATE:
        wanted = heading.wanted_rate_rad_s
    else:
        if heading.mode_number == _TRAVEL:
            if math.hypot(control.velocity_north, control.velocity_east) > 0.05 * heading.top_speed_m_s:
                heading.target_rad = math.atan2(control.velocity_east, control.velocity_north)
        elif heading.mode_number == _PLACE:
            north, east = heading.place_north_m - body.north_m, heading.place_east_m - body.east_m
            if math.hypot(north, east) > 2.0:
                heading.target_rad = math.atan2(east, north)
        error = wrapped_rad(heading.target_rad - body.yaw_rad)
        wanted = min(max(error * GAIN, -heading.slew_rad_s), heading.slew_rad_s)
    limit = TURN_ACCEL_RAD_S2 * dt
    heading.rate_rad_s += min(max(wanted - heading.rate_rad_s, -limit), limit)
    return heading.rate_rad_s
