"""Distance over time along one straight leg with limited speed, acceleration and jerk."""

from typing import Any, Self

from simulator.compiled import compiled
from simulator.row import Row

ATTITUDE_TIME_S = 0.6
"""The jerk itself is smoothed, which lengthens each change of acceleration by so much; from the recorded legs."""


class Ramp(Row):
    """A change of speed: acceleration rises over `rise_s`, is held, and falls again."""

    from_m_s: float
    to_m_s: float
    rise_s: float
    total_s: float

    @classmethod
    def of(cls, from_m_s: float, to_m_s: float, rise_s: float, total_s: float) -> Self:
        """Make one."""
        ramp = cls()
        ramp.from_m_s, ramp.to_m_s, ramp.rise_s, ramp.total_s = from_m_s, to_m_s, rise_s, total_s
        return ramp

    @property
    def distance_m(self) -> float:
        """Length covered; the shape is symmetric."""
        return 0.5 * (self.from_m_s + self.to_m_s) * self.total_s


@compiled
def ramp_at(ramp: Ramp, time_s: float) -> tuple[float, float, float]:
    """Distance, speed and acceleration after `time_s` from the start of the ramp."""
    if ramp.total_s <= 0.0 or time_s <= 0.0:
        return ramp.from_m_s * max(time_s, 0.0), ramp.from_m_s, 0.0
    distance_m = 0.5 * (ramp.from_m_s + ramp.to_m_s) * ramp.total_s
    if time_s >= ramp.total_s:
        return distance_m + ramp.to_m_s * (time_s - ramp.total_s), ramp.to_m_s, 0.0
    if time_s > 0.5 * ramp.total_s:
        distance, speed, accel = _first_half(ramp, ramp.total_s - time_s, ramp.to_m_s, -1.0)
        return distance_m - distance, speed, accel
    return _first_half(ramp, time_s, ramp.from_m_s, 1.0)


@compiled
def _first_half(ramp: Ramp, time_s: float, base_m_s: float, sign: float) -> tuple[float, float, float]:
    peak = (ramp.to_m_s - ramp.from_m_s) / (ramp.total_s - ramp.rise_s)
    jerk = peak / ramp.rise_s
    rising = min(time_s, ramp.rise_s)
    accel = jerk * rising
    gained = 0.5 * jerk * rising * rising
    distance = base_m_s * rising + sign * jerk * rising**3 / 6.0
    speed = base_m_s + sign * gained
    held = time_s - rising
    if held > 0.0:
        distance += speed * held + sign * 0.5 * peak * held * held
        speed += sign * peak * held
    return distance, speed, accel


def ramp_between(from_m_s: float, to_m_s: float, accel_m_s2: float, jerk_m_s3: float) -> Ramp:
    """Return the quickest change of speed within the limits."""
    change = abs(to_m_s - from_m_s)
    if change < 1e-9:
        return Ramp.of(from_m_s, to_m_s, 0.0, 0.0)
    rise = accel_m_s2 / jerk_m_s3 + ATTITUDE_TIME_S
    if change >= accel_m_s2 * rise:
        return Ramp.of(from_m_s, to_m_s, rise, change / accel_m_s2 + rise)
    rise = (change * rise / accel_m_s2) ** 0.5
    return Ramp.of(from_m_s, to_m_s, rise, 2.0 * rise)


class LegProfile(Row):
    """Start speed, cruise, stop, over a given distance."""

    start: Ramp
    stop: Ramp
    distance_m: float
    peak_m_s: float
    cruise_s: float
    total_s: float

    def __init__(
        self, distance_m: float, speed_m_s: float, accel_m_s2: float, jerk_m_s3: float, start_m_s: float = 0.0
    ) -> None:
        super().__init__()
        if distance_m < 1e-6:
            distance_m = start_m_s = 0.0
        self.distance_m = distance_m
        speed_m_s = max(speed_m_s, 0.1)

        def ramps(peak: float) -> tuple[Ramp, Ramp]:
            return (
                ramp_between(start_m_s, peak, accel_m_s2, jerk_m_s3),
                ramp_between(peak, 0.0, accel_m_s2, jerk_m_s3),
            )

        start, stop = ramps(speed_m_s)
        if start.distance_m + stop.distance_m > distance_m:
            low, high = 0.0, speed_m_s
            for _ in range(50):
                middle = 0.5 * (low + high)
                start, stop = ramps(middle)
                if start.distance_m + stop.distance_m > distance_m:
                    high = middle
                else:
                    low = middle
            start, stop = ramps(low)
            if start.distance_m + stop.distance_m > distance_m and start_m_s > 0.0:
                # Too fast to stop in time within the limits: brake as evenly as the distance allows.
                time_s = 2.0 * distance_m / start_m_s
                start, stop = (
                    Ramp.of(start_m_s, start_m_s, 0.0, 0.0),
                    Ramp.of(start_m_s, 0.0, 0.5 * time_s, time_s),
                )
        self.start, self.stop = start, stop
        self.peak_m_s = stop.from_m_s
        rest = max(distance_m - start.distance_m - stop.distance_m, 0.0)
        self.cruise_s = rest / self.peak_m_s if self.peak_m_s > 1e-6 else 0.0
        self.total_s = start.total_s + self.cruise_s + stop.total_s

    def at(self, time_s: float) -> tuple[float, float, float]:
        """Distance, speed and acceleration after `time_s`; rests at the end."""
        return _first_at(self.as_array(), time_s)


@compiled
def brake_s(profile: LegProfile) -> float:
    """When braking begins."""
    return profile.start.total_s + profile.cruise_s


@compiled
def profile_at(profile: LegProfile, time_s: float) -> tuple[float, float, float]:
    """Distance, speed and acceleration after `time_s`; rests at the end."""
    start, stop = profile.start, profile.stop
    if time_s <= start.total_s:
        return ramp_at(start, time_s)
    begun_m = 0.5 * (start.from_m_s + start.to_m_s) * start.total_s
    if time_s <= brake_s(profile):
        return begun_m + profile.peak_m_s * (time_s - start.total_s), profile.peak_m_s, 0.0
    if time_s >= profile.total_s:
        return profile.distance_m, 0.0, 0.0
    distance, speed, accel = ramp_at(stop, time_s - brake_s(profile))
    stop_m = 0.5 * (stop.from_m_s + stop.to_m_s) * stop.total_s
    return profile.distance_m - stop_m + distance, speed, accel


@compiled
def _first_at(profiles: Any, time_s: float) -> tuple[float, float, float]:
    return profile_at(profiles[0], time_s)
