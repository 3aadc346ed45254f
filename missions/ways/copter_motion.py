"""How a copter moves: speeds, turns, and how far it strays."""

import math
from dataclasses import dataclass

LAND_SLOWLY_M = 10.0
"""LAND_ALT_LOW: below this it lands at its landing speed."""


@dataclass(frozen=True, slots=True)
class CopterMotion:
    """What a copter's settings say about its path and its times; by default ArduCopter 4.6 as shipped.

    Parameters
    ----------
    speed_m_s, climb_m_s, descent_m_s, landing_m_s : float
        WPNAV_SPEED, WPNAV_SPEED_UP, WPNAV_SPEED_DN, LAND_SPEED.
    acceleration_m_s2, climb_acceleration_m_s2, jerk_m_s3 : float
        WPNAV_ACCEL, WPNAV_ACCEL_Z, WPNAV_JERK.
    waypoint_radius_m : float
        WPNAV_RADIUS: no corner is cut by more.
    circle_radius_m, circle_rate_deg_s : float
        CIRCLE_RADIUS where an item gives none, CIRCLE_RATE.
    overshoot_s : float
        Beyond a corner or a stop it swings by its speed times this.
    swing_s : float
        So long it takes, at its speed, to swing back on to the next leg.
    drift_m : float
        So far wind pushes it off the vertical at take-off and landing.
    fastest, slowest : float
        Shares of its speed that it may fly at.
    pause_s : float
        At most lost at each item for braking, turning and speeding up.
    start_s : float
        At most lost before it lifts off.
    air_speed_m_s : float
        What it keeps up round a circle with the lean that it is allowed, ANGLE_MAX.
    wind_m_s : float or None
        The strongest gust that it is flown in; None where nobody says, and any must be reckoned with.

    Notes
    -----
    Flown by ArduCopter 4.6.2 with these settings: corners of 90 degrees between legs of 80 and 15 m at 10 m/s were cut by
    0.94 to 1.37 m and overshot by at most 0.8 m, back on the leg after 10 m; stops in gusts of 9 m/s were overshot by 1.15 m, take-off and landing
    drifted by 0.2 m. It flew at most 1 % faster than asked, lost 3.5 s at a corner, and 5 s before it lifted off.
    """

    speed_m_s: float = 10.0
    climb_m_s: float = 2.5
    descent_m_s: float = 1.5
    landing_m_s: float = 0.5
    acceleration_m_s2: float = 2.5
    jerk_m_s3: float = 1.0
    waypoint_radius_m: float = 2.0
    circle_radius_m: float = 10.0
    circle_rate_deg_s: float = 20.0
    overshoot_s: float = 0.15
    swing_s: float = 1.5
    drift_m: float = 0.5
    fastest: float = 1.05
    slowest: float = 0.6
    pause_s: float = 10.0
    start_s: float = 30.0
    climb_acceleration_m_s2: float = 1.0
    air_speed_m_s: float = 9.0
    wind_m_s: float | None = None

    def duration_s(self, length_m: float, climb_m: float, speed_m_s: float) -> tuple[float, float]:
        """Shortest and longest time of a straight stretch, its pauses aside."""
        vertical_m_s = self.climb_m_s if climb_m > 0.0 else self.descent_m_s
        nominal_s = max(length_m / speed_m_s, abs(climb_m) / vertical_m_s)
        slow_s = length_m / speed_m_s + abs(climb_m) / vertical_m_s
        return nominal_s / self.fastest, slow_s / self.slowest

    def landing_s(self, height_m: float) -> tuple[float, float]:
        """Shortest and longest time of a descent to the ground."""
        slowly_m = min(height_m, LAND_SLOWLY_M)
        nominal_s = (height_m - slowly_m) / self.descent_m_s + slowly_m / self.landing_m_s
        return height_m / self.descent_m_s / self.fastest, nominal_s / self.slowest

    def circle_speed_m_s(self, radius_m: float, speed_m_s: float) -> float:
        """Speed at which the place that it is to follow runs round a circle (AC_Circle), whether or not it can."""
        # Half of the acceleration is what AC_Circle spends on the bend.
        bend_m_s = math.sqrt(0.5 * self.acceleration_m_s2 * radius_m)
        return min(speed_m_s, bend_m_s, math.radians(self.circle_rate_deg_s) * radius_m)

    def circling_s(self, radius_m: float, turns: float, speed_m_s: float) -> tuple[float, float]:
        """Shortest and longest time of turns round a circle; wind changes nothing."""
        length_m = 2.0 * math.pi * radius_m * turns
        shortest_s = max(360.0 * turns / self.circle_rate_deg_s, length_m / speed_m_s)
        longest_s = length_m / self.circle_speed_m_s(radius_m, speed_m_s)
        return shortest_s / self.fastest, longest_s / self.slowest

    def braking_m(self, speed_m_s: float) -> float:
        """Way from a speed to a stop, with bounded acceleration and jerk."""
        limit_m_s = self.acceleration_m_s2**2 / self.jerk_m_s3
        if speed_m_s < limit_m_s:
            return speed_m_s * math.sqrt(speed_m_s / self.jerk_m_s3)
        duration_s = speed_m_s / self.acceleration_m_s2 + self.acceleration_m_s2 / self.jerk_m_s3
        return 0.5 * speed_m_s * duration_s

    def corner_cut_m(self, bend: float, speed_m_s: float) -> float:
        """Distance that it passes a corner at; `bend` is the sine of half the angle it turns by."""
        return min(self.waypoint_radius_m, 0.5 * bend * self.braking_m(speed_m_s))

    def circle_exit_m(self, radius_m: float, speed_m_s: float) -> float:
        """Way along the tangent to the stopping point from which it flies on after its last turn."""
        around_m_s = self.circle_speed_m_s(radius_m, speed_m_s)
        # AC_PosControl's stopping point: the position gain, PSC_POSXY_P, is 1 per second.
        if around_m_s < self.acceleration_m_s2:
            return around_m_s
        return 0.5 * self.acceleration_m_s2 + 0.5 * around_m_s**2 / self.acceleration_m_s2
