"""Turns a moving target into accelerations, and shapes targets where no leg is flown."""

import math

from simulator.airframe.point_mass import PointMass

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


def approach_speed_m_s(distance_m: float, accel_m_s2: float, gain: float = POSITION_GAIN) -> float:
    """Speed from which one can stop within `distance_m`: square root far away, linear close by."""
    linear_m = accel_m_s2 / (gain * gain)
    if distance_m > linear_m:
        return math.sqrt(2.0 * accel_m_s2 * (distance_m - 0.5 * linear_m))
    return distance_m * gain


def stopping_distance_m(speed_m_s: float, accel_m_s2: float, gain: float = POSITION_GAIN) -> float:
    """Distance within which `approach_speed_m_s` asks for `speed_m_s`; its inverse."""
    if speed_m_s > accel_m_s2 / gain:
        return 0.5 * accel_m_s2 / (gain * gain) + speed_m_s * speed_m_s / (2.0 * accel_m_s2)
    return speed_m_s / gain


class PositionControl:
    """The target the vehicle follows, north, east and up of the origin.

    `is_active` is false where nothing steers by position (on the ground, STABILIZE). A shaped target waits for a body
    that leans as far as it may: it neither runs farther ahead nor gets faster.
    """

    __slots__ = (
        "accel_east",
        "accel_north",
        "accel_up",
        "ahead_east_m",
        "ahead_north_m",
        "east",
        "faster_east_m_s",
        "faster_north_m_s",
        "is_active",
        "limit_east",
        "limit_north",
        "north",
        "up",
        "velocity_east",
        "velocity_north",
        "velocity_up",
    )

    def __init__(self) -> None:
        self.is_active = False
        self.north = self.east = self.up = 0.0
        self.velocity_north = self.velocity_east = self.velocity_up = 0.0
        self.accel_north = self.accel_east = self.accel_up = 0.0
        self.limit_north = self.limit_east = 0.0
        self.ahead_north_m = self.ahead_east_m = 0.0
        self.faster_north_m_s = self.faster_east_m_s = 0.0

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
        """Move the target towards a place and stop there."""
        to_north, to_east = north - self.north, east - self.east
        distance = math.hypot(to_north, to_east)
        if distance > 1e-6:
            speed = min(speed_m_s, approach_speed_m_s(distance, APPROACH_ACCEL_M_S2))
            self.shape_velocity(
                dt, to_north / distance * speed, to_east / distance * speed, accel_m_s2=accel_m_s2
            )
        else:
            self.shape_velocity(dt, 0.0, 0.0, accel_m_s2=accel_m_s2)

    def shape_velocity(
        self, dt: float, north_m_s: float, east_m_s: float, *, accel_m_s2: float, gain: float = SHAPE_GAIN
    ) -> None:
        """Move the target at a speed, within acceleration and jerk limits."""
        want_north = (north_m_s - self.velocity_north) * gain
        want_east = (east_m_s - self.velocity_east) * gain
        want = math.hypot(want_north, want_east)
        if want > accel_m_s2:
            want_north *= accel_m_s2 / want
            want_east *= accel_m_s2 / want
        jerk_north, jerk_east = want_north - self.accel_north, want_east - self.accel_east
        change = math.hypot(jerk_north, jerk_east)
        limit = JERK_M_S3 * dt
        if change > limit:
            jerk_north *= limit / change
            jerk_east *= limit / change
        self.accel_north += jerk_north
        self.accel_east += jerk_east
        faster_north, faster_east = self.accel_north * dt, self.accel_east * dt
        if not self._is_held(faster_north, faster_east, self.faster_north_m_s, self.faster_east_m_s):
            self.velocity_north += faster_north
            self.velocity_east += faster_east
        on_north, on_east = self.velocity_north * dt, self.velocity_east * dt
        if not self._is_held(on_north, on_east, self.ahead_north_m, self.ahead_east_m):
            self.north += on_north
            self.east += on_east

    def _is_held(self, north: float, east: float, error_north: float, error_east: float) -> bool:
        """Whether a change would increase an error in the direction in which the body is at its limit."""
        return (
            north * self.limit_north + east * self.limit_east > 0.0
            and error_north * self.limit_north + error_east * self.limit_east > 0.0
        )

    def note_limit(self, body: PointMass, north_m_s2: float, east_m_s2: float) -> None:
        """Take note of whether the body leans as far as it may, and of how far the target is ahead of it."""
        is_limited = body.is_lean_limited
        self.limit_north, self.limit_east = (north_m_s2, east_m_s2) if is_limited else (0.0, 0.0)
        self.ahead_north_m, self.ahead_east_m = self.north - body.north_m, self.east - body.east_m
        self.faster_north_m_s = self.velocity_north - body.velocity_north_m_s
        self.faster_east_m_s = self.velocity_east - body.velocity_east_m_s

    def shape_vertical(
        self, dt: float, up: float, *, climb_m_s: float, descent_m_s: float, accel_m_s2: float
    ) -> None:
        """Move the target towards an altitude and stop there."""
        to_up = up - self.up
        speed = approach_speed_m_s(abs(to_up), CLIMB_APPROACH_ACCEL_M_S2)
        wanted = min(speed, climb_m_s) if to_up > 0.0 else -min(speed, descent_m_s)
        self.shape_climb(dt, wanted, accel_m_s2=accel_m_s2)

    def shape_climb(
        self, dt: float, climb_m_s: float, *, accel_m_s2: float, gain: float = CLIMB_SHAPE_GAIN
    ) -> None:
        """Climb or descend at a speed."""
        wanted = min(max((climb_m_s - self.velocity_up) * gain, -accel_m_s2), accel_m_s2)
        limit = JERK_M_S3 * dt
        self.accel_up += min(max(wanted - self.accel_up, -limit), limit)
        self.velocity_up += self.accel_up * dt
        self.up += self.velocity_up * dt

    def demand(self, body: PointMass) -> tuple[float, float, float]:
        """Accelerations north, east and up that make the body follow the target."""
        error_north, error_east = self.north - body.north_m, self.east - body.east_m
        error = math.hypot(error_north, error_east)
        if error > MAX_POSITION_ERROR_M:
            # The target waits for a body that cannot follow, so that it never runs away.
            excess = 1.0 - MAX_POSITION_ERROR_M / error
            self.north -= error_north * excess
            self.east -= error_east * excess
            error_north, error_east = self.north - body.north_m, self.east - body.east_m
        error = math.hypot(error_north, error_east)
        gain = approach_speed_m_s(error, BRAKE_ACCEL_M_S2) / error if error > 1e-6 else 0.0
        error_up = self.up - body.up_m
        climb = math.copysign(approach_speed_m_s(abs(error_up), CLIMB_BRAKE_ACCEL_M_S2), error_up)
        return (
            self.accel_north
            + VELOCITY_GAIN * (self.velocity_north + gain * error_north - body.velocity_north_m_s),
            self.accel_east
            + VELOCITY_GAIN * (self.velocity_east + gain * error_east - body.velocity_east_m_s),
            self.accel_up + CLIMB_GAIN * (self.velocity_up + climb - body.velocity_up_m_s),
        )
