"""How long a straight leg takes from stop to stop, and where its copter is meanwhile."""

import math
from dataclasses import dataclass

SMOOTHING_S = 0.6
"""Each change of acceleration takes longer than its jerk says: the jerk is smoothed too, and the copter lags behind."""

_HALVINGS = 24


@dataclass(frozen=True, slots=True)
class Straight:
    """A leg flown from stop to stop with limited speed, acceleration and jerk (ArduCopter 4's S-curves).

    Parameters
    ----------
    length_m : float
    peak_m_s : float
        The fastest it gets.
    rise_s, ramp_s : float
        Until the acceleration is full, and until the speed is; braking mirrors it.
    """

    length_m: float
    peak_m_s: float
    rise_s: float
    ramp_s: float

    @classmethod
    def of(cls, length_m: float, speed_m_s: float, acceleration_m_s2: float, jerk_m_s3: float) -> "Straight":
        """Work out the quickest flight within the limits, all above 0."""
        if length_m <= 0.0:
            return cls(0.0, 0.0, 0.0, 0.0)
        rise_s = acceleration_m_s2 / jerk_m_s3 + SMOOTHING_S
        kink_m_s = acceleration_m_s2 * rise_s
        # A ramp to v takes v / a + rise, or 2 sqrt(v rise / a) below a * rise; two of them cover v times that.
        if 2.0 * kink_m_s * rise_s < length_m:
            root = math.sqrt(rise_s**2 + 4.0 * length_m / acceleration_m_s2)
            most_m_s = 0.5 * acceleration_m_s2 * (root - rise_s)
        else:
            most_m_s = (0.25 * length_m**2 * acceleration_m_s2 / rise_s) ** (1.0 / 3.0)
        peak_m_s = min(speed_m_s, most_m_s)
        if peak_m_s > kink_m_s:
            return cls(length_m, peak_m_s, rise_s, peak_m_s / acceleration_m_s2 + rise_s)
        rise_s = math.sqrt(peak_m_s * rise_s / acceleration_m_s2)
        return cls(length_m, peak_m_s, rise_s, 2.0 * rise_s)

    @property
    def cruise_s(self) -> float:
        """At its fastest."""
        return max(0.0, self.length_m / self.peak_m_s - self.ramp_s) if self.peak_m_s > 0.0 else 0.0

    @property
    def duration_s(self) -> float:
        """From stop to stop."""
        return 2.0 * self.ramp_s + self.cruise_s

    def begun(self, time_s: float) -> tuple[float, float]:
        """Way and speed after a time from the start, the same as before the end; within the ramp or the cruise."""
        if time_s >= self.ramp_s:
            way_m = 0.5 * self.peak_m_s * self.ramp_s + self.peak_m_s * (time_s - self.ramp_s)
            return way_m, self.peak_m_s
        if time_s > 0.5 * self.ramp_s:
            # A ramp is its own mirror image about its middle.
            left_m, left_m_s = self.begun(self.ramp_s - time_s)
            mirrored_m = 0.5 * self.peak_m_s * self.ramp_s - self.peak_m_s * (self.ramp_s - time_s) + left_m
            return mirrored_m, self.peak_m_s - left_m_s
        full_m_s2 = self.peak_m_s / (self.ramp_s - self.rise_s)
        jerk_m_s3 = full_m_s2 / self.rise_s
        rising_s = min(time_s, self.rise_s)
        speed_m_s = 0.5 * jerk_m_s3 * rising_s**2
        way_m = jerk_m_s3 * rising_s**3 / 6.0
        held_s = time_s - rising_s
        way_m += speed_m_s * held_s + 0.5 * full_m_s2 * held_s**2
        return way_m, speed_m_s + full_m_s2 * held_s

    def last_s(self, way_m: float) -> float:
        """Time that the last metres take, at most the second half of the leg."""
        low_s, high_s = 0.0, 0.5 * self.duration_s
        if way_m <= 0.0 or self.length_m <= 0.0:
            return 0.0
        for _ in range(_HALVINGS):
            middle_s = 0.5 * (low_s + high_s)
            low_s, high_s = (middle_s, high_s) if self.begun(middle_s)[0] < way_m else (low_s, middle_s)
        return low_s


def corner_saving_s(
    arriving: Straight,
    leaving: Straight,
    arrive_direction: tuple[float, float, float],
    leave_direction: tuple[float, float, float],
    *,
    radius_m: float,
    speed_m_s: float,
) -> float:
    """Time saved where a copter passes a corner: it begins the next leg while it still brakes on the last.

    Both motions add up for that long (ArduCopter's SCurve::advance_target_along_track). The next leg begins once, half-way
    through, the copter would be within the waypoint radius of the corner and no faster than its legs.

    Parameters
    ----------
    arriving, leaving : Straight
    arrive_direction, leave_direction : (float, float, float)
        Unit vectors, east, north, up.
    radius_m : float
    speed_m_s : float
    """
    most_s = min(arriving.ramp_s + leaving.ramp_s, 0.5 * leaving.duration_s, arriving.duration_s)

    def is_passed(overlap_s: float) -> bool:
        left_m, arriving_m_s = arriving.begun(0.5 * overlap_s)
        gone_m, leaving_m_s = leaving.begun(0.5 * overlap_s)
        pairs = list(zip(arrive_direction, leave_direction, strict=True))
        off_m = math.hypot(*(leave * gone_m - arrive * left_m for arrive, leave in pairs))
        turn_m_s = math.hypot(*(arrive * arriving_m_s + leave * leaving_m_s for arrive, leave in pairs[:2]))
        return off_m < radius_m and turn_m_s <= speed_m_s + 1e-6

    if is_passed(most_s):
        return most_s
    low_s, high_s = 0.0, most_s
    for _ in range(_HALVINGS):
        middle_s = 0.5 * (low_s + high_s)
        low_s, high_s = (middle_s, high_s) if is_passed(middle_s) else (low_s, middle_s)
    return low_s
