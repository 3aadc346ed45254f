"""Straight legs one after another, with corners rounded where the vehicle need not stop."""

import math

from simulator.airframe.point_mass import PointMass
from simulator.autopilot.leg_profile import LegProfile, brake_s, profile_at
from simulator.autopilot.position_control import POSITION_GAIN, PositionControl, Way
from simulator.compiled import compiled
from simulator.row import Row

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


class Leg(Row):
    """One straight line with the time already flown along it."""

    origin_north: float
    origin_east: float
    origin_up: float
    to_north: float
    to_east: float
    to_up: float
    north: float
    east: float
    up: float
    """Its direction."""
    elapsed_s: float
    profile: LegProfile

    def __init__(self, origin: Place, destination: Place, limits: LegLimits, start_m_s: float = 0.0) -> None:
        super().__init__()
        self.origin_north, self.origin_east, self.origin_up = origin
        self.to_north, self.to_east, self.to_up = destination
        north, east, up = (end - begin for begin, end in zip(origin, destination, strict=True))
        length = math.sqrt(north * north + east * east + up * up)
        if length < 1e-6:
            self.profile = LegProfile(0.0, 1.0, 1.0, 1.0)
            return
        self.north, self.east, self.up = north / length, east / length, up / length
        flat, steep = math.hypot(north, east) / length, up / length
        speeds = [limits.speed_m_s / flat] if flat > 1e-6 else []
        accels = [limits.accel_m_s2 / flat] if flat > 1e-6 else []
        if abs(steep) > 1e-6:
            speeds.append((limits.climb_m_s if steep > 0 else limits.descent_m_s) / abs(steep))
            accels.append(limits.accel_up_m_s2 / abs(steep))
        self.profile = LegProfile(length, min(speeds), min(accels), limits.jerk_m_s3, start_m_s)

    @property
    def origin(self) -> Place:
        """Where it begins."""
        return self.origin_north, self.origin_east, self.origin_up

    @property
    def destination(self) -> Place:
        """Where it ends."""
        return self.to_north, self.to_east, self.to_up


class Legs(Row):
    """The legs that move the target: the one being flown, the one before while it still ends, the one to come."""

    previous: Leg
    current: Leg
    upcoming: Leg
    has_previous: bool
    has_current: bool
    has_upcoming: bool
    is_upcoming_begun: bool
    is_finished: bool
    pace: float = 1.0
    latest_pace: float = 1.0
    own_pace: float = 1.0
    radius_m: float
    speed_m_s: float
    accel_m_s2: float
    jerk_m_s3: float


class WaypointNavigation:
    """Moves the position target along legs.

    A waypoint that need not be stopped at is passed within the acceptance radius: the next leg is begun while this
    one still brakes, and the two motions add up, as ArduCopter 4.x does.

    Parameters
    ----------
    control : PositionControl
    legs : Legs
    body : PointMass
    """

    def __init__(self, control: PositionControl, legs: Legs, body: PointMass) -> None:
        self._control = control
        self._legs = legs
        self._body = body
        self._origin: Place = (0.0, 0.0, 0.0)

    @property
    def leg(self) -> Leg | None:
        """The leg being flown."""
        return self._legs.current if self._legs.has_current else None

    @property
    def is_passing(self) -> bool:
        """Whether the waypoint ahead is passed without stopping."""
        return self._legs.has_upcoming

    @property
    def is_finished(self) -> bool:
        """Whether the leg is flown to its end."""
        return self._legs.is_finished

    def start(self, body: PointMass) -> None:
        """Begin anew from where the body would come to rest."""
        self._origin = self._control.stopping_point(body)
        legs = self._legs
        legs.own_pace = legs.latest_pace = 1.0
        legs.has_previous = legs.has_current = legs.has_upcoming = False
        legs.is_upcoming_begun = legs.is_finished = False

    def fly_to(self, destination: Place, after: Place | None, limits: LegLimits) -> None:
        """Set the destination, and the one `after` it where the vehicle need not stop in between."""
        legs = self._legs
        self._keep_to(limits)
        if legs.has_current and legs.has_upcoming and legs.upcoming.destination == destination:
            legs.has_previous = legs.is_upcoming_begun
            if legs.has_previous:
                legs.previous = legs.current
            legs.current = legs.upcoming
        else:
            if legs.has_current and not legs.is_finished:
                # A leg that is broken off is left as ArduCopter leaves it: the next begins where the body would stop.
                self.start(self._body)
            origin = legs.current.destination if legs.has_current else self._origin
            legs.current = Leg(origin, destination, limits)
            legs.has_current, legs.has_previous = True, False
        legs.has_upcoming = after is not None
        if after is not None:
            legs.upcoming = Leg(destination, after, limits)
        legs.is_upcoming_begun = legs.is_finished = False

    def change_speed(self, limits: LegLimits) -> None:
        """Fly the rest of this leg, and all after it, within new limits."""
        legs = self._legs
        self._keep_to(limits)
        if not legs.has_current:
            return
        leg = legs.current
        distance, speed, _ = leg.profile.at(leg.elapsed_s)
        here = (
            leg.origin_north + leg.north * distance,
            leg.origin_east + leg.east * distance,
            leg.origin_up + leg.up * distance,
        )
        legs.current = Leg(here, leg.destination, limits, speed)
        if legs.has_upcoming and not legs.is_upcoming_begun:
            upcoming = legs.upcoming
            legs.upcoming = Leg(upcoming.origin, upcoming.destination, limits)

    def _keep_to(self, limits: LegLimits) -> None:
        legs = self._legs
        legs.radius_m, legs.speed_m_s = limits.radius_m, limits.speed_m_s
        legs.accel_m_s2, legs.jerk_m_s3 = limits.accel_m_s2, limits.jerk_m_s3

    def step(self, dt: float, pace: float = 1.0) -> None:
        """Advance the target for `dt`; a `pace` below 1 flies the legs more slowly."""
        if self._legs.has_current:
            self._legs.pace = pace
            self._control.way, self._control.time_s = Way.ALONG_LEGS, dt


@compiled
def follow_legs(legs: Legs, control: PositionControl, body: PointMass) -> None:
    """Advance the target along the legs."""
    position_error_m = math.sqrt(
        (control.north - body.north_m) ** 2
        + (control.east - body.east_m) ** 2
        + (control.up - body.up_m) ** 2
    )
    _follow_body(legs, control, body)
    pace = legs.pace * legs.own_pace
    pace_per_s = (legs.pace - legs.latest_pace) / control.time_s
    legs.latest_pace = legs.pace
    time_s = control.time_s * pace
    leg, upcoming = legs.current, legs.upcoming
    leg.elapsed_s += time_s
    if legs.has_previous:
        legs.previous.elapsed_s += time_s
        legs.has_previous = _remaining_s(legs.previous) > 0.0
    if legs.has_upcoming:
        if legs.is_upcoming_begun:
            upcoming.elapsed_s += time_s
        elif position_error_m < legs.radius_m and _may_begin(legs):
            legs.is_upcoming_begun = True
            upcoming.elapsed_s = time_s
    _move_target(legs, control, pace, pace_per_s)
    if legs.has_upcoming and legs.is_upcoming_begun:
        if upcoming.elapsed_s >= _remaining_s(leg):
            legs.is_finished = True
    elif _remaining_s(leg) <= 0.0:
        legs.is_finished = True


@compiled
def _remaining_s(leg: Leg) -> float:
    return max(leg.profile.total_s - leg.elapsed_s, 0.0)


@compiled
def _follow_body(legs: Legs, control: PositionControl, body: PointMass) -> None:
    """Let the target's time run no faster than the body can follow, as ArduCopter does, with 5 % to spare."""
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
    time_s = legs.accel_m_s2 / legs.jerk_m_s3
    legs.own_pace += (wanted - legs.own_pace) * control.time_s / (time_s + control.time_s)


@compiled
def _may_begin(legs: Legs) -> bool:
    leg, upcoming = legs.current, legs.upcoming
    if leg.elapsed_s < brake_s(leg.profile) - upcoming.profile.start.total_s:
        return False
    half_s = 0.5 * _remaining_s(leg)
    if _remaining_s(leg) >= 0.5 * upcoming.profile.total_s:
        return False
    distance, speed, accel = profile_at(leg.profile, leg.elapsed_s + half_s)
    next_distance, next_speed, next_accel = profile_at(upcoming.profile, half_s)
    left = distance - leg.profile.distance_m
    offset = math.sqrt(
        (leg.north * left + upcoming.north * next_distance) ** 2
        + (leg.east * left + upcoming.east * next_distance) ** 2
        + (leg.up * left + upcoming.up * next_distance) ** 2
    )
    turn_speed = math.hypot(
        leg.north * speed + upcoming.north * next_speed, leg.east * speed + upcoming.east * next_speed
    )
    turn_accel = math.hypot(
        leg.north * accel + upcoming.north * next_accel, leg.east * accel + upcoming.east * next_accel
    )
    return (
        offset < legs.radius_m and turn_speed <= legs.speed_m_s + 1e-6 and turn_accel < 2.0 * legs.accel_m_s2
    )


@compiled
def _move_target(legs: Legs, control: PositionControl, pace: float, pace_per_s: float) -> None:
    leg = legs.current
    control.north, control.east, control.up = leg.origin_north, leg.origin_east, leg.origin_up
    control.velocity_north = control.velocity_east = control.velocity_up = 0.0
    control.accel_north = control.accel_east = control.accel_up = 0.0
    _add_motion(control, leg, 0.0, pace, pace_per_s)
    if legs.has_previous:
        _add_motion(control, legs.previous, legs.previous.profile.distance_m, pace, pace_per_s)
    if legs.has_upcoming and legs.is_upcoming_begun:
        _add_motion(control, legs.upcoming, 0.0, pace, pace_per_s)


@compiled
def _add_motion(control: PositionControl, leg: Leg, counted_m: float, pace: float, pace_per_s: float) -> None:
    distance, speed, accel = profile_at(leg.profile, leg.elapsed_s)
    distance -= counted_m
    accel = accel * pace * pace + speed * pace_per_s
    speed *= pace
    control.north += leg.north * distance
    control.east += leg.east * distance
    control.up += leg.up * distance
    control.velocity_north += leg.north * speed
    control.velocity_east += leg.east * speed
    control.velocity_up += leg.up * speed
    control.accel_north += leg.north * accel
    control.accel_east += leg.east * accel
    control.accel_up += leg.up * accel
