"""A multicopter as a point mass that leans to accelerate; stepped by a fixed time, knows no clock."""

import math

from simulator.airframe.angle import wrapped_rad
from simulator.compiled import compiled
from simulator.row import Row

GRAVITY_M_S2 = 9.80665
HORIZONTAL_LAG_S = 0.3
"""How long the lean takes to follow its demand."""
VERTICAL_LAG_S = 0.1
DRAG_PER_S, DRAG_PER_M = 0.2193, 0.031
"""Acceleration lost to the air for each m/s and each (m/s)^2: 5.5 degrees of lean at 3 m/s as recorded, 28 at 10 m/s where
27 are recorded, and 10.4 m/s through the air at the 30 degrees that are the most, where it is about 10.8."""

SLOPE_M = 0.1
"""Deeper in rising ground, a vehicle that climbs has hit it, too."""
TRIM_S = 2.0
"""How long the velocity controller takes to learn the lean that holds against the air."""


class PointMass(Row):
    """Position (north, east, up of where it was switched on), velocity, acceleration, attitude.

    `ground_up_m` is where the ground lies under it. `hit_ground_m_s` holds the speed of the touch-down that happened in
    the last step, else 0; `is_lean_limited` says that the last step asked for more lean than there is.
    """

    north_m: float
    east_m: float
    up_m: float
    velocity_north_m_s: float
    velocity_east_m_s: float
    velocity_up_m_s: float
    accel_north_m_s2: float
    accel_east_m_s2: float
    accel_up_m_s2: float
    roll_rad: float
    pitch_rad: float
    yaw_rad: float
    roll_rate_rad_s: float
    pitch_rate_rad_s: float
    yaw_rate_rad_s: float
    wind_north_m_s: float
    wind_east_m_s: float
    max_lean_rad: float = math.radians(30.0)
    trim_north_m_s2: float
    trim_east_m_s2: float
    specific_force_g: float = 1.0
    ground_up_m: float
    hit_ground_m_s: float
    are_motors_on: bool
    is_on_ground: bool = True
    is_lean_limited: bool

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


@compiled
def move_body(
    body: PointMass,
    dt: float,
    north_m_s2: float,
    east_m_s2: float,
    up_m_s2: float,
    yaw_rate_rad_s: float,
    way_north_m_s: float,
    way_east_m_s: float,
) -> None:
    """Advance by `dt` towards the accelerations and the yaw rate asked for, on a way at that velocity."""
    body.hit_ground_m_s = 0.0
    body.is_lean_limited = False
    if not body.are_motors_on:
        if body.is_on_ground:
            _rest(body)
            return
        north_m_s2 = east_m_s2 = 0.0
        up_m_s2 = -GRAVITY_M_S2
    elif body.is_on_ground and up_m_s2 <= 0.0:
        _rest(body)
        return
    air_north = body.velocity_north_m_s - body.wind_north_m_s
    air_east = body.velocity_east_m_s - body.wind_east_m_s
    drag = DRAG_PER_S + DRAG_PER_M * math.hypot(air_north, air_east)
    learn = dt / (TRIM_S + dt)
    body.trim_north_m_s2 += (drag * air_north - body.trim_north_m_s2) * learn
    body.trim_east_m_s2 += (drag * air_east - body.trim_east_m_s2) * learn
    lean_north = north_m_s2 + body.trim_north_m_s2
    lean_east = east_m_s2 + body.trim_east_m_s2
    lean = math.hypot(lean_north, lean_east)
    limit = GRAVITY_M_S2 * math.tan(body.max_lean_rad)
    body.is_lean_limited = lean > limit
    if body.is_lean_limited:
        lean_north, lean_east = _limited(lean_north, lean_east, limit, way_north_m_s, way_east_m_s)
    north_m_s2 = lean_north - drag * air_north
    east_m_s2 = lean_east - drag * air_east
    follow = dt / (HORIZONTAL_LAG_S + dt)
    body.accel_north_m_s2 += (north_m_s2 - body.accel_north_m_s2) * follow
    body.accel_east_m_s2 += (east_m_s2 - body.accel_east_m_s2) * follow
    body.accel_up_m_s2 += (up_m_s2 - body.accel_up_m_s2) * (dt / (VERTICAL_LAG_S + dt))
    north_before, east_before, up_before = (
        body.velocity_north_m_s,
        body.velocity_east_m_s,
        body.velocity_up_m_s,
    )
    body.velocity_north_m_s += body.accel_north_m_s2 * dt
    body.velocity_east_m_s += body.accel_east_m_s2 * dt
    body.velocity_up_m_s += body.accel_up_m_s2 * dt
    body.north_m += 0.5 * (north_before + body.velocity_north_m_s) * dt
    body.east_m += 0.5 * (east_before + body.velocity_east_m_s) * dt
    body.up_m += 0.5 * (up_before + body.velocity_up_m_s) * dt
    body.is_on_ground = False
    _lean(body, dt, drag * air_north, drag * air_east)
    body.yaw_rate_rad_s = yaw_rate_rad_s
    body.yaw_rad = wrapped_rad(body.yaw_rad + yaw_rate_rad_s * dt)
    under_m = body.ground_up_m - body.up_m
    if under_m >= 0.0 and (body.velocity_up_m_s < 0.0 or under_m > SLOPE_M):
        body.hit_ground_m_s = max(-body.velocity_up_m_s, 0.0)
        body.up_m = body.ground_up_m
        body.is_on_ground = True
        _rest(body)


@compiled
def _limited(
    north: float, east: float, limit: float, way_north: float, way_east: float
) -> tuple[float, float]:
    """Keep to the limit as ArduCopter does: what keeps the vehicle on its way comes before what speeds it along."""
    way = math.hypot(way_north, way_east)
    if way < 0.01:
        share = limit / math.hypot(north, east)
        return north * share, east * share
    way_north /= way
    way_east /= way
    along = north * way_north + east * way_east
    across = min(max(east * way_north - north * way_east, -limit), limit)
    most = math.sqrt(max(limit * limit - across * across, 0.0))
    along = min(max(along, -most), most)
    return along * way_north - across * way_east, along * way_east + across * way_north


@compiled
def _lean(body: PointMass, dt: float, drag_north_m_s2: float, drag_east_m_s2: float) -> None:
    north = body.accel_north_m_s2 + drag_north_m_s2
    east = body.accel_east_m_s2 + drag_east_m_s2
    up = max(GRAVITY_M_S2 + body.accel_up_m_s2, 1.0)
    cosine, sine = math.cos(body.yaw_rad), math.sin(body.yaw_rad)
    forward = north * cosine + east * sine
    right = east * cosine - north * sine
    pitch = -math.atan2(forward, up)
    roll = math.atan2(right, math.hypot(forward, up))
    body.pitch_rate_rad_s = (pitch - body.pitch_rad) / dt
    body.roll_rate_rad_s = (roll - body.roll_rad) / dt
    body.pitch_rad, body.roll_rad = pitch, roll
    body.specific_force_g = math.sqrt(north * north + east * east + up * up) / GRAVITY_M_S2


@compiled
def _rest(body: PointMass) -> None:
    body.velocity_north_m_s = body.velocity_east_m_s = body.velocity_up_m_s = 0.0
    body.accel_north_m_s2 = body.accel_east_m_s2 = body.accel_up_m_s2 = 0.0
    body.roll_rad = body.pitch_rad = 0.0
    body.roll_rate_rad_s = body.pitch_rate_rad_s = body.yaw_rate_rad_s = 0.0
    body.specific_force_g = 1.0
