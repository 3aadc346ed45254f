"""The energy that each movement of a flight takes."""

import itertools
import math

from missions.vehicle.movement import Movement, Phase
from missions.vehicle.movement_times import Pace
from missions.vehicle.profile import VehicleProfile
from missions.vehicle.wind import Wind

_IDLE_SHARE = 0.1
"""Of the power of the hover, with motors turning on the ground."""


def movement_energy_wh(
    movement: Movement, pace: Pace, profile: VehicleProfile, wind: Wind, *, alt_amsl_m: float = 0.0
) -> float:
    """Energy of a movement at its pace, from a home at an altitude."""
    blowing_m_s = wind.velocity_m_s(movement.start_m[2])
    altitude_m = alt_amsl_m + movement.start_m[2]
    up_m = movement.end_m[2] - movement.start_m[2]
    if movement.phase in (Phase.TAKE_OFF, Phase.CLIMB, Phase.HOLD, Phase.LAND):
        flying_s = pace.duration_s - pace.standing_s
        climb_m_s = up_m / flying_s if flying_s > 0.0 else 0.0
        standing_w = _IDLE_SHARE * profile.power_w(alt_amsl_m=altitude_m)
        flying_w = profile.power_w(math.hypot(*blowing_m_s), climb_m_s, alt_amsl_m=altitude_m)
        return (standing_w * pace.standing_s + flying_w * flying_s) / 3600.0
    climb_m_s = 0.0
    if movement.phase is not Phase.CIRCLE and movement.length_m > 0.0:
        climb_m_s = pace.speed_m_s * up_m / movement.length_m
    length_m = way_wh = 0.0
    for a, b in itertools.pairwise(movement.points_m):
        way_m = math.dist(a[:2], b[:2])
        direction = ((b[0] - a[0]) / way_m, (b[1] - a[1]) / way_m) if way_m > 0.0 else (0.0, 0.0)
        way_wh += way_m * _flown_w(pace, direction, blowing_m_s, climb_m_s, profile, altitude_m)
        length_m += way_m
    if length_m == 0.0:
        return 0.0
    return way_wh / length_m * pace.duration_s / 3600.0


def _flown_w(
    pace: Pace,
    direction: tuple[float, float],
    wind_m_s: tuple[float, float],
    climb_m_s: float,
    profile: VehicleProfile,
    alt_amsl_m: float,
) -> float:
    """Mean power along a direction: at the cruise, and by Simpson's rule over speeding up and braking."""
    fastest_m_s = profile.fastest_air_speed_m_s(alt_amsl_m=alt_amsl_m)

    def power_w(speed_m_s: float, acceleration_m_s2: float = 0.0) -> float:
        air_m_s = math.hypot(speed_m_s * direction[0] - wind_m_s[0], speed_m_s * direction[1] - wind_m_s[1])
        air_m_s = min(air_m_s, fastest_m_s)  # round a circle it falls behind instead
        return profile.power_w(air_m_s, climb_m_s, acceleration_m_s2, alt_amsl_m=alt_amsl_m)

    cruise = pace.cruise_s / pace.duration_s if pace.duration_s > 0.0 else 1.0
    fast_w = power_w(pace.speed_m_s)
    if cruise >= 1.0:
        return fast_w
    middle_w = power_w(0.5 * pace.speed_m_s, profile.motion.acceleration_m_s2)
    ramp_w = (power_w(0.0) + 4.0 * middle_w + fast_w) / 6.0
    return cruise * fast_w + (1.0 - cruise) * ramp_w
