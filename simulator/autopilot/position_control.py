"""Turns a moving target into accelerations, and shapes targets where no leg is flown."""

import math
from enum import IntEnum

from simulator.airframe.point_mass import PointMass
from simulator.compiled import compiled
from simulator.row import Row

POSITION_GAIN = 1.0
"""PSC_POSXY_P and PSC_POSZ_P."""
VELOCITY_GAIN = 2.0
"""PSC_VELXY_P."""
CLIMB_GAIN = 5.0
"""PSC_VELZ_P."""
APPROACH_ACCEL_M_S2 = 1.2
"""How hard a shaped approach brakes; from the 150 m and 50 m flights recorded."""
CLIMB_APPROACH_ACCEL_M_S2 = 0.56
"""How hard a climb ends; from the recorded take-offs."""
JERK_M_S3 = 5.0
"""PSC_JERK_XY and PSC_JERK_Z."""
BRAKE_ACCEL_M_S2 = 2.5
CLIMB_BRAKE_ACCEL_M_S2 = 1.0
SHAPE_GAIN = 2.0
"""How quickly a shaped target takes up a speed; from the recorded accelerations, and the jerk over WPNAV_ACCEL."""
CLIMB_SHAPE_GAIN = 4.0
MAX_POSITION_ERROR_M = 60.0


@compiled
def approach_speed_m_s(distance_m: float, accel_m_s2: float, gain: float = POSITION_GAIN) -> float:
    """Speed from which one can stop within `distance_m`: square root far away, linear close by."""
    linear_m = accel_m_s2 / (gain * gain)
    if distance_m > linear_m:
        return math.sqrt(2.0 * accel_m_s2 * (distance_m - 0.5 * linear_m))
    return distance_m * gain


@compiled
def stopping_distance_m(speed_m_s: float, accel_m_s2: float, gain: float = POSITION_GAIN) -> float:
    """Distance within which `approach_speed_m_s` asks for `speed_m_s`; its inverse."""
    if speed_m_s > accel_m_s2 / gain:
        return 0.5 * accel_m_s2 / (gain * gain) + speed_m_s * speed_m_s / (2.0 * accel_m_s2)
    return speed_m_s / gain


class Way(IntEnum):
    """How the target moves in the next step."""

    KEEP = 0
    TO_PLACE = 1
    AT_VELOCITY = 2
    ALONG_LEGS = 3


_KEEP, _TO_PLACE, _AT_VELOCITY = int(Way.KEEP), int(Way.TO_PLACE), int(Way.AT_VELOCITY)


class PositionControl(Row):
    """The target the vehicle follows, north, east and up of the origin, and how it is to move in the next step.

    `is_active` is false where nothing steers by position (on the ground, STABILIZE). A shaped target waits for a body
    that leans as far as it may: it neither runs farther ahead nor gets faster. Modes say in every step how the target
    is to move; it moves when all vehicles are stepped.
    """

    north: float
    east: float
    up: float
    velocity_north: float
    velocity_east: float
    velocity_up: float
    accel_north: float
    accel_east: float
    accel_up: float
    limit_north: float
    limit_east: float
    ahead_north_m: float
    ahead_east_m: float
    faster_north_m_s: float
    faster_east_m_s: float
    is_active: bool
    way: int
    time_s: float
    to_north: float
    to_east: float
    speed_m_s: float
    accel_m_s2: float
    gain: float
    vertical_way: int
    vertical_time_s: float
    to_up: float
    climb_m_s: float
    descent_m_s: float
    accel_up_m_s2: float
    gain_up: float

    def start(self, body: PointMass) -> None:
        """Take over where the body is and as it moves."""
        if not self.is_active:
            self.north, self.east, self.up = body.north_m, body.east_m, body.up_m
            self.velocity_north, self.velocity_east = body.velocity_north_m_s, body.velocity_east_m_s
            self.velocity_up = body.velocity_up_m_s
            self.accel_north = self.accel_east = self.accel_up = 0.0
        self.is_active = True

    def restart_horizontally(self, body: PointMass) -> None:
        """Leave a target that the body could not follow, and begin where it is and as it moves."""
        self.start(body)
        self.way = Way.KEEP
        self.north, self.east = body.north_m, body.east_m
        self.velocity_north, self.velocity_east = body.velocity_north_m_s, body.velocity_east_m_s
        self.accel_north, self.accel_east = body.accel_north_m_s2, body.accel_east_m_s2

    def relax(self, body: PointMass) -> None:
        """Let go; the target follows the body."""
        self.is_active = False
        self.start(body)
        self.is_active = False

    @staticmethod
    def stopping_point(body: PointMass) -> tuple[float, float, float]:
        """Where the body would come to rest if it braked now."""
        speed = body.ground_speed_m_s
        along = stopping_distance_m(speed, BRAKE_ACCEL_M_S2) / speed if speed > 0.01 else 0.0
        climb = body.velocity_up_m_s
        return (
            body.north_m + body.velocity_north_m_s * along,
            body.east_m + body.velocity_east_m_s * along,
            body.up_m + math.copysign(stopping_distance_m(abs(climb), CLIMB_BRAKE_ACCEL_M_S2), climb),
        )

    def shape_horizontal(
        self, dt: float, north: float, east: float, *, speed_m_s: float, accel_m_s2: float
    ) -> None:
        """Move the target towards a place for `dt`, and stop there."""
        self.way, self.time_s = Way.TO_PLACE, dt
        self.to_north, self.to_east = north, east
        self.speed_m_s, self.accel_m_s2, self.gain = speed_m_s, accel_m_s2, SHAPE_GAIN

    def shape_velocity(
        self, dt: float, north_m_s: float, east_m_s: float, *, accel_m_s2: float, gain: float = SHAPE_GAIN
    ) -> None:
        """Move the target at a speed for `dt`, within acceleration and jerk limits."""
        self.way, self.time_s = Way.AT_VELOCITY, dt
        self.to_north, self.to_east = north_m_s, east_m_s
        self.accel_m_s2, self.gain = accel_m_s2, gain

    def shape_vertical(
        self, dt: float, up: float, *, climb_m_s: float, descent_m_s: float, accel_m_s2: float
    ) -> None:
        """Move the target towards an altitude for `dt`, and stop there."""
        self.vertical_way, self.vertical_time_s = Way.TO_PLACE, dt
        self.to_up, self.climb_m_s, self.descent_m_s = up, climb_m_s, descent_m_s
        self.accel_up_m_s2, self.gain_up = accel_m_s2, CLIMB_SHAPE_GAIN

    def shape_climb(
        self, dt: float, climb_m_s: float, *, accel_m_s2: float, gain: float = CLIMB_SHAPE_GAIN
    ) -> None:
        """Climb or descend at a speed for `dt`."""
        self.vertical_way, self.vertical_time_s = Way.AT_VELOCITY, dt
        self.to_up = climb_m_s
        self.accel_up_m_s2, self.gain_up = accel_m_s2, gain


@compiled
def shape_target(control: PositionControl) -> None:
    """Move the target as it was asked for."""
    if control.way == _TO_PLACE:
        to_north, to_east = control.to_north - control.north, control.to_east - control.east
        distance = math.hypot(to_north, to_east)
        speed = 0.0
        if distance > 1e-6:
            speed = min(control.speed_m_s, approach_speed_m_s(distance, APPROACH_ACCEL_M_S2)) / distance
        _shape_velocity(control, to_north * speed, to_east * speed)
    elif control.way == _AT_VELOCITY:
        _shape_velocity(control, control.to_north, control.to_east)
    if control.vertical_way == _TO_PLACE:
        to_up = control.to_up - control.up
        speed = approach_speed_m_s(abs(to_up), CLIMB_APPROACH_ACCEL_M_S2)
        _shape_climb(
            control, min(speed, control.climb_m_s) if to_up > 0.0 else -min(speed, control.descent_m_s)
        )
    elif control.vertical_way == _AT_VELOCITY:
        _shape_climb(control, control.to_up)


@compiled
def _shape_velocity(control: PositionControl, north_m_s: float, east_m_s: float) -> None:
    want_north = (north_m_s - control.velocity_north) * control.gain
    want_east = (east_m_s - control.velocity_east) * control.gain
    want = math.hypot(want_north, want_east)
    if want > control.accel_m_s2:
        want_north *= control.accel_m_s2 / want
        want_east *= control.accel_m_s2 / want
    jerk_north, jerk_east = want_north - control.accel_north, want_east - control.accel_east
    change = math.hypot(jerk_north, jerk_east)
    limit = JERK_M_S3 * control.time_s
    if change > limit:
        jerk_north *= limit / change
        jerk_east *= limit / change
    control.accel_north += jerk_north
    control.accel_east += jerk_east
    faster_north, faster_east = _held_back(
        control,
        control.accel_north * control.time_s,
        control.accel_east * control.time_s,
        control.faster_north_m_s,
        control.faster_east_m_s,
    )
    control.velocity_north += faster_north
    control.velocity_east += faster_east
    on_north, on_east = _held_back(
        control,
        control.velocity_north * control.time_s,
        control.velocity_east * control.time_s,
        control.ahead_north_m,
        control.ahead_east_m,
    )
    control.north += on_north
    control.east += on_east


@compiled
def _held_back(
    control: PositionControl, north: float, east: float, error_north: float, error_east: float
) -> tuple[float, float]:
    """Leave out of a change what increases an error in the direction in which the body is at its limit."""
    along = north * control.limit_north + east * control.limit_east
    if along > 0.0 and error_north * control.limit_north + error_east * control.limit_east > 0.0:
        share = along / (control.limit_north**2 + control.limit_east**2)
        return north - share * control.limit_north, east - share * control.limit_east
    return north, east


@compiled
def _shape_climb(control: PositionControl, climb_m_s: float) -> None:
    most = control.accel_up_m_s2
    wanted = min(max((climb_m_s - control.velocity_up) * control.gain_up, -most), most)
    limit = JERK_M_S3 * control.vertical_time_s
    control.accel_up += min(max(wanted - control.accel_up, -limit), limit)
    control.velocity_up += control.accel_up * control.vertical_time_s
    control.up += control.velocity_up * control.vertical_time_s


@compiled
def note_limit(control: PositionControl, body: PointMass, north_m_s2: float, east_m_s2: float) -> None:
    """Take note of whether the body leans as far as it may, and of how far the target is ahead of it."""
    control.limit_north = north_m_s2 if body.is_lean_limited else 0.0
    control.limit_east = east_m_s2 if body.is_lean_limited else 0.0
    control.ahead_north_m, control.ahead_east_m = control.north - body.north_m, control.east - body.east_m
    control.faster_north_m_s = control.velocity_north - body.velocity_north_m_s
    control.faster_east_m_s = control.velocity_east - body.velocity_east_m_s


@compiled
def demand(control: PositionControl, body: PointMass) -> tuple[float, float, float]:
    """Give the accelerations north, east and up that make the body follow the target."""
    error_north, error_east = control.north - body.north_m, control.east - body.east_m
    error = math.hypot(error_north, error_east)
    if error > MAX_POSITION_ERROR_M:
        # The target waits for a body that cannot follow, so that it never runs away.
        excess = 1.0 - MAX_POSITION_ERROR_M / error
        control.north -= error_north * excess
        control.east -= error_east * excess
        error_north, error_east = control.north - body.north_m, control.east - body.east_m
    error = math.hypot(error_north, error_east)
    gain = approach_speed_m_s(error, BRAKE_ACCEL_M_S2) / error if error > 1e-6 else 0.0
    error_up = control.up - body.up_m
    climb = math.copysign(approach_speed_m_s(abs(error_up), CLIMB_BRAKE_ACCEL_M_S2), error_up)
    return (
        control.accel_north
        + VELOCITY_GAIN * (control.velocity_north + gain * error_north - body.velocity_north_m_s),
        control.accel_east
        + VELOCITY_GAIN * (control.velocity_east + gain * error_east - body.velocity_east_m_s),
        control.accel_up + CLIMB_GAIN * (control.velocity_up + climb - body.velocity_up_m_s),
    )
