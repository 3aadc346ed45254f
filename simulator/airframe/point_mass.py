"""A multicopter as a point mass that leans to accelerate; stepped by a fixed time, knows no clock."""

import math

GRAVITY_M_S2 = 9.80665
HORIZONTAL_LAG_S = 0.3
"""How long the lean takes to follow its demand."""
VERTICAL_LAG_S = 0.1
DRAG_PER_M = 0.052
"""Acceleration lost to the air for each (m/s)^2; 27 degrees of lean at 9.8 m/s in the recordings."""

TRIM_S = 2.0
"""How long the velocity controller takes to learn the lean that holds against the air."""


class PointMass:
    """Position (north, east, up of where it was switched on), velocity, acceleration, attitude.

    `hit_ground_m_s` holds the speed of the touch-down that happened in the last step, else None; `is_lean_limited` says
    that the last step asked for more lean than there is.
    """

    __slots__ = (
        "_trim_east_m_s2",
        "_trim_north_m_s2",
        "accel_east_m_s2",
        "accel_north_m_s2",
        "accel_up_m_s2",
        "are_motors_on",
        "east_m",
        "hit_ground_m_s",
        "is_lean_limited",
        "is_on_ground",
        "max_lean_rad",
        "north_m",
        "pitch_rad",
        "pitch_rate_rad_s",
        "roll_rad",
        "roll_rate_rad_s",
        "specific_force_g",
        "up_m",
        "velocity_east_m_s",
        "velocity_north_m_s",
        "velocity_up_m_s",
        "wind_east_m_s",
        "wind_north_m_s",
        "yaw_rad",
        "yaw_rate_rad_s",
    )

    def __init__(self, yaw_rad: float = 0.0) -> None:
        self.north_m = self.east_m = self.up_m = 0.0
        self.velocity_north_m_s = self.velocity_east_m_s = self.velocity_up_m_s = 0.0
        self.accel_north_m_s2 = self.accel_east_m_s2 = self.accel_up_m_s2 = 0.0
        self.roll_rad = self.pitch_rad = 0.0
        self.yaw_rad = yaw_rad
        self.roll_rate_rad_s = self.pitch_rate_rad_s = self.yaw_rate_rad_s = 0.0
        self.wind_north_m_s = self.wind_east_m_s = 0.0
        self.max_lean_rad = math.radians(30.0)
        self.are_motors_on = False
        self.is_on_ground = True
        self.is_lean_limited = False
        self._trim_north_m_s2 = self._trim_east_m_s2 = 0.0
        self.hit_ground_m_s: float | None = None
        self.specific_force_g = 1.0

    @property
    def ground_speed_m_s(self) -> float:
        """Horizontal speed over ground."""
        return math.hypot(self.velocity_north_m_s, self.velocity_east_m_s)

    @property
    def air_speed_m_s(self) -> float:
        """Horizontal speed through the air."""
        return math.hypot(
            self.velocity_north_m_s - self.wind_north_m_s, self.velocity_east_m_s - self.wind_east_m_s
        )

    @property
    def level_demand(self) -> tuple[float, float]:
        """The accelerations north and east to ask for, so that it does not lean."""
        return -self._trim_north_m_s2, -self._trim_east_m_s2

    def step(
        self, dt: float, north_m_s2: float, east_m_s2: float, up_m_s2: float, yaw_rate_rad_s: float
    ) -> None:
        """Advance by `dt` towards the accelerations and the yaw rate asked for."""
        self.hit_ground_m_s = None
        self.is_lean_limited = False
        if not self.are_motors_on:
            if self.is_on_ground:
                self._rest()
                return
            north_m_s2 = east_m_s2 = 0.0
            up_m_s2 = -GRAVITY_M_S2
        elif self.is_on_ground and up_m_s2 <= 0.0:
            self._rest()
            return
        air_north = self.velocity_north_m_s - self.wind_north_m_s
        air_east = self.velocity_east_m_s - self.wind_east_m_s
        drag = DRAG_PER_M * math.hypot(air_north, air_east)
        learn = dt / (TRIM_S + dt)
        self._trim_north_m_s2 += (drag * air_north - self._trim_north_m_s2) * learn
        self._trim_east_m_s2 += (drag * air_east - self._trim_east_m_s2) * learn
        lean_north = north_m_s2 + self._trim_north_m_s2
        lean_east = east_m_s2 + self._trim_east_m_s2
        lean = math.hypot(lean_north, lean_east)
        limit = GRAVITY_M_S2 * math.tan(self.max_lean_rad)
        self.is_lean_limited = lean > limit
        if self.is_lean_limited:
            lean_north *= limit / lean
            lean_east *= limit / lean
        north_m_s2 = lean_north - drag * air_north
        east_m_s2 = lean_east - drag * air_east
        follow = dt / (HORIZONTAL_LAG_S + dt)
        self.accel_north_m_s2 += (north_m_s2 - self.accel_north_m_s2) * follow
        self.accel_east_m_s2 += (east_m_s2 - self.accel_east_m_s2) * follow
        self.accel_up_m_s2 += (up_m_s2 - self.accel_up_m_s2) * (dt / (VERTICAL_LAG_S + dt))
        north_before, east_before, up_before = (
            self.velocity_north_m_s,
            self.velocity_east_m_s,
            self.velocity_up_m_s,
        )
        self.velocity_north_m_s += self.accel_north_m_s2 * dt
        self.velocity_east_m_s += self.accel_east_m_s2 * dt
        self.velocity_up_m_s += self.accel_up_m_s2 * dt
        self.north_m += 0.5 * (north_before + self.velocity_north_m_s) * dt
        self.east_m += 0.5 * (east_before + self.velocity_east_m_s) * dt
        self.up_m += 0.5 * (up_before + self.velocity_up_m_s) * dt
        self.is_on_ground = False
        self._lean(dt, drag * air_north, drag * air_east)
        self.yaw_rate_rad_s = yaw_rate_rad_s
        self.yaw_rad = math.remainder(self.yaw_rad + yaw_rate_rad_s * dt, math.tau)
        if self.up_m <= 0.0 and self.velocity_up_m_s < 0.0:
            self.hit_ground_m_s = -self.velocity_up_m_s
            self.up_m = 0.0
            self.is_on_ground = True
            self._rest()

    def _lean(self, dt: float, drag_north_m_s2: float, drag_east_m_s2: float) -> None:
        north = self.accel_north_m_s2 + drag_north_m_s2
        east = self.accel_east_m_s2 + drag_east_m_s2
        up = max(GRAVITY_M_S2 + self.accel_up_m_s2, 1.0)
        cosine, sine = math.cos(self.yaw_rad), math.sin(self.yaw_rad)
        forward = north * cosine + east * sine
        right = east * cosine - north * sine
        pitch = -math.atan2(forward, up)
        roll = math.atan2(right, math.hypot(forward, up))
        self.pitch_rate_rad_s = (pitch - self.pitch_rad) / dt
        self.roll_rate_rad_s = (roll - self.roll_rad) / dt
        self.pitch_rad, self.roll_rad = pitch, roll
        self.specific_force_g = math.sqrt(north * north + east * east + up * up) / GRAVITY_M_S2

    def _rest(self) -> None:
        self.velocity_north_m_s = self.velocity_east_m_s = self.velocity_up_m_s = 0.0
        self.accel_north_m_s2 = self.accel_east_m_s2 = self.accel_up_m_s2 = 0.0
        self.roll_rad = self.pitch_rad = 0.0
        self.roll_rate_rad_s = self.pitch_rate_rad_s = self.yaw_rate_rad_s = 0.0
        self.specific_force_g = 1.0
