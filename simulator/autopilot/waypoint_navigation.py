"""Straight legs one after another, with corners rounded where the vehicle need not stop."""

import math

from simulator.airframe.point_mass import PointMass
from simulator.autopilot.leg_profile import LegProfile
from simulator.autopilot.position_control import POSITION_GAIN, PositionControl

Place = tuple[float, float, float]
"""North, east and up of the origin."""


class LegLimits:
    """What the parameters allow."""

    __slots__ = (
        "accel_m_s2",
        "accel_up_m_s2",
        "climb_m_s",
        "descent_m_s",
        "jerk_m_s3",
        "radius_m",
        "speed_m_s",
    )

    def __init__(
        self,
        *,
        speed_m_s: float,
        climb_m_s: float,
        descent_m_s: float,
        accel_m_s2: float,
        accel_up_m_s2: float,
        jerk_m_s3: float,
        radius_m: float,
    ) -> None:
        self.speed_m_s = speed_m_s
        self.climb_m_s = climb_m_s
        self.descent_m_s = descent_m_s
        self.accel_m_s2 = accel_m_s2
        self.accel_up_m_s2 = accel_up_m_s2
        self.jerk_m_s3 = jerk_m_s3
        self.radius_m = radius_m


class Leg:
    """One straight line with the time already flown along it."""

    __slots__ = ("destination", "direction", "elapsed_s", "origin", "profile")

    def __init__(self, origin: Place, destination: Place, limits: LegLimits, start_m_s: float = 0.0) -> None:
        self.origin, self.destination = origin, destination
        north, east, up = (end - begin for begin, end in zip(origin, destination, strict=True))
        length = math.sqrt(north * north + east * east + up * up)
        self.elapsed_s = 0.0
        if length < 1e-6:
            self.direction = (0.0, 0.0, 0.0)
            self.profile = LegProfile(0.0, 1.0, 1.0, 1.0)
            return
        self.direction = (north / length, east / length, up / length)
        flat, steep = math.hypot(north, east) / length, up / length
        speeds = [limits.speed_m_s / flat] if flat > 1e-6 else []
        accels = [limits.accel_m_s2 / flat] if flat > 1e-6 else []
        if abs(steep) > 1e-6:
            speeds.append((limits.climb_m_s if steep > 0 else limits.descent_m_s) / abs(steep))
            accels.append(limits.accel_up_m_s2 / abs(steep))
        self.profile = LegProfile(length, min(speeds), min(accels), limits.jerk_m_s3, start_m_s)

    @property
    def remaining_s(self) -> float:
        """Time until it is flown."""
        return max(self.profile.total_s - self.elapsed_s, 0.0)


class WaypointNavigation:
    """Moves the position target along legs.

    A waypoint that need not be stopped at is passed within the acceptance radius: the next leg is begun while this
    one still brakes, and the two motions add up, as ArduCopter 4.x does.
    """

    def __init__(self, control: PositionControl) -> None:
        self._control = control
        self._limits: LegLimits | None = None
        self._origin: Place = (0.0, 0.0, 0.0)
        self._previous: Leg | None = None
        self._leg: Leg | None = None
        self._next: Leg | None = None
        self._is_next_begun = False
        self._own_pace = 1.0
        self.is_finished = False

    @property
    def leg(self) -> Leg | None:
        """The leg being flown."""
        return self._leg

    @property
    def is_passing(self) -> bool:
        """Whether the waypoint ahead is passed without stopping."""
        return self._next is not None

    def start(self, body: PointMass) -> None:
        """Begin anew from where the body would come to rest."""
        self._origin = self._control.stopping_point(body)
        self._own_pace = 1.0
        self._previous = self._leg = self._next = None
        self._is_next_begun = False
        self.is_finished = False

    def fly_to(self, destination: Place, after: Place | None, limits: LegLimits) -> None:
        """Set the destination, and the one `after` it where the vehicle need not stop in between."""
        self._limits = limits
        upcoming = self._next
        if self._leg is not None and upcoming is not None and upcoming.destination == destination:
            self._previous = self._leg if self._is_next_begun else None
            self._leg = upcoming
        else:
            origin = self._origin if self._leg is None else self._leg.destination
            self._leg = Leg(origin, destination, limits)
            self._previous = None
        self._next = Leg(destination, after, limits) if after is not None else None
        self._is_next_begun = False
        self.is_finished = False

    def change_speed(self, limits: LegLimits) -> None:
        """Fly the rest of this leg, and all after it, within new limits."""
        self._limits = limits
        leg = self._leg
        if leg is None:
            return
        distance, speed, _ = leg.profile.at(leg.elapsed_s)
        here = tuple(begin + along * distance for begin, along in zip(leg.origin, leg.direction, strict=True))
        self._leg = Leg((here[0], here[1], here[2]), leg.destination, limits, speed)
        if self._next is not None and not self._is_next_begun:
            self._next = Leg(self._next.origin, self._next.destination, limits)

    def step(self, dt: float, body: PointMass, pace: float = 1.0) -> None:
        """Advance the target by `dt`; a `pace` below 1 flies the legs more slowly."""
        leg, limits = self._leg, self._limits
        if leg is None or limits is None:
            return
        control = self._control
        position_error_m = math.dist(
            (control.north, control.east, control.up), (body.north_m, body.east_m, body.up_m)
        )
        self._follow_body(dt, body, limits)
        pace *= self._own_pace
        dt *= pace
        leg.elapsed_s += dt
        if self._previous is not None:
            self._previous.elapsed_s += dt
            if self._previous.remaining_s <= 0.0:
                self._previous = None
        upcoming = self._next
        if upcoming is not None:
            if self._is_next_begun:
                upcoming.elapsed_s += dt
            elif position_error_m < limits.radius_m and self._may_begin(leg, upcoming, limits):
                self._is_next_begun = True
                upcoming.elapsed_s = dt
        self._move_target(leg, pace)
        if upcoming is not None and self._is_next_begun:
            if upcoming.elapsed_s >= leg.remaining_s:
                self.is_finished = True
        elif leg.remaining_s <= 0.0:
            self.is_finished = True

    def _follow_body(self, dt: float, body: PointMass, limits: LegLimits) -> None:
        """Let the target's time run no faster than the body can follow, as ArduCopter does, with 5 % to spare."""
        control = self._control
        north, east, up = control.velocity_north, control.velocity_east, control.velocity_up
        speed = math.sqrt(north * north + east * east + up * up)
        wanted = 1.0
        if speed > 0.1:
            ahead = (
                (control.north - body.north_m) * north
                + (control.east - body.east_m) * east
                + (control.up - body.up_m) * up
            ) / speed
            along = (
                body.velocity_north_m_s * north + body.velocity_east_m_s * east + body.velocity_up_m_s * up
            ) / speed
            wanted = min(max(0.05 + (along - POSITION_GAIN * ahead) / speed, 0.0), 1.0)
        time_s = limits.accel_m_s2 / limits.jerk_m_s3
        self._own_pace += (wanted - self._own_pace) * dt / (time_s + dt)

    @staticmethod
    def _may_begin(leg: Leg, upcoming: Leg, limits: LegLimits) -> bool:
        if leg.elapsed_s < leg.profile.brake_s - upcoming.profile.start.total_s:
            return False
        half_s = 0.5 * leg.remaining_s
        if leg.remaining_s >= 0.5 * upcoming.profile.total_s:
            return False
        distance, speed, accel = leg.profile.at(leg.elapsed_s + half_s)
        next_distance, next_speed, next_accel = upcoming.profile.at(half_s)
        left = distance - leg.profile.distance_m
        (north, east, up), (next_north, next_east, next_up) = leg.direction, upcoming.direction
        offset = math.sqrt(
            (north * left + next_north * next_distance) ** 2
            + (east * left + next_east * next_distance) ** 2
            + (up * left + next_up * next_distance) ** 2
        )
        turn_speed = math.hypot(
            north * speed + next_north * next_speed, east * speed + next_east * next_speed
        )
        turn_accel = math.hypot(
            north * accel + next_north * next_accel, east * accel + next_east * next_accel
        )
        return (
            offset < limits.radius_m
            and turn_speed <= limits.speed_m_s + 1e-6
            and turn_accel < 2.0 * limits.accel_m_s2
        )

    def _move_target(self, leg: Leg, pace: float) -> None:
        distance, speed, accel = leg.profile.at(leg.elapsed_s)
        north, east, up = leg.direction
        at = [
            leg.origin[0] + north * distance,
            leg.origin[1] + east * distance,
            leg.origin[2] + up * distance,
        ]
        velocity = [north * speed, east * speed, up * speed]
        acceleration = [north * accel, east * accel, up * accel]
        others: list[tuple[Leg, bool]] = []
        if self._previous is not None:
            others.append((self._previous, True))
        if self._next is not None and self._is_next_begun:
            others.append((self._next, False))
        for other, is_ending in others:
            distance, speed, accel = other.profile.at(other.elapsed_s)
            if is_ending:
                distance -= other.profile.distance_m
            for axis, along in enumerate(other.direction):
                at[axis] += along * distance
                velocity[axis] += along * speed
                acceleration[axis] += along * accel
        control = self._control
        control.north, control.east, control.up = at
        control.velocity_north, control.velocity_east, control.velocity_up = (
            speed * pace for speed in velocity
        )
        control.accel_north, control.accel_east, control.accel_up = (
            accel * pace * pace for accel in acceleration
        )
