"""How long each movement of a flight takes."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from missions.refusal import MissionError
from missions.vehicle.movement import XYZ, Movement, Phase
from missions.vehicle.profile import VehicleProfile
from missions.vehicle.straight import Straight, corner_saving_s
from missions.vehicle.wind import Wind
from missions.ways.copter_motion import LAND_SLOWLY_M, CopterMotion

SPOOL_UP_S = 3.35
"""From arming to lift-off, as recorded."""

_TAKE_OFF_BRAKE_M_S2 = 0.56
"""How gently a take-off ends, as recorded."""
_TAKE_OFF_ENDS_EARLY_S = 0.4
"""It counts as ended at a tenth of the climb speed."""
_FLARE_S = 0.7
_DISARM_S = 2.1
_SLOWEST_M_S = 0.3
_LEAST_SPARE_M_S2 = 0.3


@dataclass(frozen=True, slots=True)
class AirLimit:
    """What the greatest lean gives.

    Parameters
    ----------
    fastest_m_s : float
        Air speed.
    pull_m_s2 : float
        Horizontal acceleration, without drag.
    """

    fastest_m_s: float
    pull_m_s2: float


@dataclass(frozen=True, slots=True)
class Pace:
    """How a movement is flown.

    Parameters
    ----------
    duration_s : float
    speed_m_s : float
        Along the path, at its fastest.
    cruise_s : float
        So much of the time at that speed; the rest it speeds up and brakes.
    standing_s : float
        So much of it on the ground, before lift-off or after touch-down.
    """

    duration_s: float
    speed_m_s: float
    cruise_s: float
    standing_s: float = 0.0


def paces_of(
    movements: Sequence[Movement], profile: VehicleProfile, wind: Wind, *, alt_amsl_m: float = 0.0
) -> list[Pace]:
    """Time all movements of a flight.

    Raises
    ------
    MissionError
        Where the wind is stronger than what the drone can fly against.
    """
    air = AirLimit(profile.fastest_air_speed_m_s(alt_amsl_m=alt_amsl_m), profile.pull_m_s2)
    straights = [_straight(movement, profile.motion, wind, air) for movement in movements]
    limits_m_s = [_level_limit_m_s(movement, wind, air.fastest_m_s) for movement in movements]
    savings_s = [0.0] * (len(movements) + 1)
    for number, (one, other) in enumerate(itertools.pairwise(movements), start=1):
        arriving, leaving = straights[number - 1], straights[number]
        if other.is_passing and arriving is not None and leaving is not None:
            savings_s[number] = _saving_s(
                one, arriving, other, leaving, profile.motion, max(limits_m_s[number - 1 : number + 1])
            )
    paces = []
    for number, (movement, straight) in enumerate(zip(movements, straights, strict=True)):
        if straight is None:
            paces.append(_other_pace(movement, profile.motion))
            continue
        saved_s = 0.5 * (savings_s[number] + savings_s[number + 1])
        duration_s = max(straight.duration_s - saved_s, 0.0)
        paces.append(Pace(duration_s, straight.peak_m_s, min(straight.cruise_s, duration_s)))
    return paces


def reachable_m_s(
    direction: tuple[float, float], wanted_m_s: float, wind_m_s: tuple[float, float], air_m_s: float
) -> float:
    """Ground speed along a direction: what is wanted, or what the wind triangle leaves of the fastest air speed.

    Raises
    ------
    MissionError
        Where that is nothing.
    """
    along_m_s = wind_m_s[0] * direction[0] + wind_m_s[1] * direction[1]
    across_m_s = wind_m_s[1] * direction[0] - wind_m_s[0] * direction[1]
    spare = air_m_s**2 - across_m_s**2
    most_m_s = along_m_s + math.sqrt(spare) if spare > 0.0 else 0.0
    if most_m_s < _SLOWEST_M_S:
        raise MissionError(
            f"against {math.hypot(*wind_m_s):.1f} m/s of wind the drone does not get on: "
            f"it flies at {air_m_s:.1f} m/s through the air at most",
            place="wind",
            remedy="Wait for less wind, or choose a faster drone",
        )
    return min(wanted_m_s, most_m_s)


def _straight(movement: Movement, motion: CopterMotion, wind: Wind, air: AirLimit) -> Straight | None:
    if movement.phase not in (Phase.FLY, Phase.CLIMB, Phase.CURVE):
        return None
    east_m, north_m, up_m = (b - a for a, b in zip(movement.start_m, movement.end_m, strict=True))
    flat_m = math.hypot(east_m, north_m)
    length_m = movement.length_m
    if length_m == 0.0:
        return Straight.of(0.0, 1.0, 1.0, 1.0)
    speed_m_s, acceleration_m_s2 = math.inf, math.inf
    if flat_m > 0.0:
        speed_m_s = _level_speed_m_s(movement, motion, wind, air.fastest_m_s)
        flat = 1.0 if movement.phase is Phase.CURVE else min(1.0, flat_m / length_m)
        speed_m_s /= flat
        acceleration_m_s2 = motion.acceleration_m_s2 / flat
    if up_m != 0.0:
        steep = abs(up_m) / length_m
        speed_m_s = min(speed_m_s, (motion.climb_m_s if up_m > 0.0 else motion.descent_m_s) / steep)
        acceleration_m_s2 = min(acceleration_m_s2, motion.climb_acceleration_m_s2 / steep)
    straight = Straight.of(length_m, speed_m_s, acceleration_m_s2, motion.jerk_m_s3)
    spare_m_s2 = _spare_m_s2(movement, straight.peak_m_s, wind, air)
    if spare_m_s2 < acceleration_m_s2:
        # It brakes as ever: the mean of both ramps.
        slower_m_s2 = 2.0 / (1.0 / acceleration_m_s2 + 1.0 / spare_m_s2)
        straight = Straight.of(length_m, speed_m_s, slower_m_s2, motion.jerk_m_s3)
    return straight


def _spare_m_s2(movement: Movement, peak_m_s: float, wind: Wind, air: AirLimit) -> float:
    """Acceleration that its lean leaves at three quarters of its fastest."""
    way_m = math.dist(movement.start_m[:2], movement.end_m[:2])
    if way_m == 0.0:
        return math.inf
    along = _direction(movement.start_m, (*movement.end_m[:2], movement.start_m[2]))
    blowing_m_s = wind.velocity_m_s(movement.start_m[2])
    speed_m_s = 0.75 * peak_m_s
    air_m_s = (speed_m_s * along[0] - blowing_m_s[0], speed_m_s * along[1] - blowing_m_s[1])
    pull = air.pull_m_s2 * math.hypot(*air_m_s) / air.fastest_m_s**2
    against_m_s2 = pull * (air_m_s[0] * along[0] + air_m_s[1] * along[1])
    across_m_s2 = pull * (air_m_s[1] * along[0] - air_m_s[0] * along[1])
    spare_m_s2 = math.sqrt(max(0.0, air.pull_m_s2**2 - across_m_s2**2)) - against_m_s2
    return max(spare_m_s2, _LEAST_SPARE_M_S2)


def _level_limit_m_s(movement: Movement, wind: Wind, air_m_s: float) -> float:
    """Ground speed along the chord of a movement; 0 where it leads nowhere."""
    chord_m = math.dist(movement.start_m[:2], movement.end_m[:2])
    if chord_m == 0.0 or movement.phase is not Phase.FLY:
        return 0.0
    direction = _direction(movement.start_m, (*movement.end_m[:2], movement.start_m[2]))[:2]
    blowing_m_s = wind.velocity_m_s(movement.start_m[2])
    return reachable_m_s(direction, movement.speed_m_s, blowing_m_s, air_m_s)


def _level_speed_m_s(movement: Movement, motion: CopterMotion, wind: Wind, air_m_s: float) -> float:
    """Mean ground speed along the level path, no faster than its bends allow."""
    blowing_m_s = wind.velocity_m_s(movement.start_m[2])
    points = movement.points_m
    lengths_m, times_s = 0.0, 0.0
    for number, (a, b) in enumerate(itertools.pairwise(points)):
        way_m = math.dist(a[:2], b[:2])
        if way_m == 0.0:
            continue
        wanted_m_s = movement.speed_m_s
        if movement.phase is Phase.CURVE and number + 2 < len(points):
            wanted_m_s = min(wanted_m_s, _bend_speed_m_s(a, b, points[number + 2], motion.acceleration_m_s2))
        direction = ((b[0] - a[0]) / way_m, (b[1] - a[1]) / way_m)
        lengths_m += way_m
        times_s += way_m / reachable_m_s(direction, wanted_m_s, blowing_m_s, air_m_s)
    return lengths_m / times_s


def _bend_speed_m_s(a: XYZ, b: XYZ, c: XYZ, acceleration_m_s2: float) -> float:
    one, other = math.atan2(b[1] - a[1], b[0] - a[0]), math.atan2(c[1] - b[1], c[0] - b[0])
    turned = abs(math.remainder(other - one, math.tau))
    return math.sqrt(acceleration_m_s2 * math.dist(a[:2], b[:2]) / turned) if turned > 1e-9 else math.inf


def _saving_s(
    one: Movement,
    arriving: Straight,
    other: Movement,
    leaving: Straight,
    motion: CopterMotion,
    limit_m_s: float,
) -> float:
    if Phase.CURVE in (one.phase, other.phase):
        return min(arriving.ramp_s, leaving.ramp_s)
    if arriving.length_m == 0.0 or leaving.length_m == 0.0:
        return 0.0
    return corner_saving_s(
        arriving,
        leaving,
        _direction(one.points_m[-2], one.end_m),
        _direction(other.start_m, other.points_m[1]),
        radius_m=motion.waypoint_radius_m,
        speed_m_s=limit_m_s,
    )


def _direction(start: XYZ, end: XYZ) -> XYZ:
    length_m = math.dist(start, end) or 1.0
    return ((end[0] - start[0]) / length_m, (end[1] - start[1]) / length_m, (end[2] - start[2]) / length_m)


def _other_pace(movement: Movement, motion: CopterMotion) -> Pace:
    height_m = abs(movement.end_m[2] - movement.start_m[2])
    match movement.phase:
        case Phase.HOLD:
            return Pace(movement.wait_s, 0.0, movement.wait_s)
        case Phase.TAKE_OFF:
            wait_s = SPOOL_UP_S if movement.start_m[2] <= 0.0 else 0.0
            return Pace(wait_s + _take_off_s(height_m, motion), motion.climb_m_s, 0.0, wait_s)
        case Phase.LAND:
            return Pace(_landing_s(height_m, motion), motion.descent_m_s, 0.0, _DISARM_S)
        case Phase.CIRCLE:
            return _circle_pace(movement, motion)
        case Phase.FLY | Phase.CLIMB | Phase.CURVE:
            raise AssertionError(movement.phase)


def _take_off_s(height_m: float, motion: CopterMotion) -> float:
    """Time of a climb that begins briskly and ends gently."""
    change_s2_m = 1.0 / (1.1 * motion.climb_acceleration_m_s2) + 1.0 / _TAKE_OFF_BRAKE_M_S2
    peak_m_s = min(motion.climb_m_s, math.sqrt(2.0 * height_m / change_s2_m))
    if peak_m_s == 0.0:
        return 0.0
    return max(0.0, height_m / peak_m_s + 0.5 * peak_m_s * change_s2_m - _TAKE_OFF_ENDS_EARLY_S)


def _landing_s(height_m: float, motion: CopterMotion) -> float:
    """Time of a descent, and from touching the ground until the motors stop."""
    fast_m = max(0.0, height_m - LAND_SLOWLY_M)
    fast_s = 0.0
    if fast_m > 0.0:
        # It speeds up, and slows down along a square root and then exponentially at 1/s (AC_PosControl).
        speeding_up_s = 0.5 * motion.descent_m_s / motion.climb_acceleration_m_s2
        fast_s = fast_m / motion.descent_m_s + speeding_up_s + _FLARE_S
    return fast_s + min(height_m, LAND_SLOWLY_M) / motion.landing_m_s + _DISARM_S


def _circle_pace(movement: Movement, motion: CopterMotion) -> Pace:
    """Round at the angular rate that CIRCLE_RATE, the speed and half the acceleration allow (AC_Circle).

    The angle runs on whether or not the copter can follow it: wind does not make it longer.
    """
    once_m = movement.length_m / movement.rounds if movement.rounds else 0.0
    radius_m = once_m / math.tau
    speed_m_s = min(
        movement.speed_m_s,
        math.radians(motion.circle_rate_deg_s) * radius_m,
        math.sqrt(0.5 * motion.acceleration_m_s2 * radius_m),
    )
    if speed_m_s == 0.0:
        return Pace(0.0, 0.0, 0.0)
    duration_s = movement.length_m / speed_m_s + 0.5 * speed_m_s / motion.acceleration_m_s2
    return Pace(duration_s, speed_m_s, duration_s)
