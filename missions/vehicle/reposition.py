"""How long a copter in GUIDED takes to a place it is sent to."""

import math

from missions.vehicle.movement_times import reachable_m_s
from missions.vehicle.profile import VehicleProfile
from missions.vehicle.straight import Straight
from missions.vehicle.wind import CALM, Wind

GUIDED_JERK_M_S3 = 5.0
"""PSC_JERK_XY, PSC_JERK_Z: GUIDED flies no S-curves, and takes up its acceleration faster than AUTO."""


def reposition_s(
    profile: VehicleProfile,
    offset_m: tuple[float, float, float],
    wind: Wind = CALM,
    *,
    alt_rel_m: float = 0.0,
    speed_m_s: float | None = None,
    home_alt_amsl_m: float = 0.0,
    within_m: float = 0.0,
) -> float:
    """Time from one stop in the air to another place, as an ArduCopter flies it in GUIDED.

    Parameters
    ----------
    profile : VehicleProfile
    offset_m : (float, float, float)
        Where it is sent: east, north and up of where it is.
    wind : Wind
    alt_rel_m : float
        Of its flight, for the wind.
    speed_m_s : float, optional
        By default the profile's.
    home_alt_amsl_m : float
    within_m : float
        So near it counts as there, still braking; 0 counts its stop.

    Raises
    ------
    MissionError
        For wind that it must not or cannot fly in.
    """
    profile.refuse_wind(wind, alt_rel_m=alt_rel_m)
    motion = profile.motion
    east_m, north_m, up_m = offset_m
    way_m = math.hypot(east_m, north_m)
    vertical_m_s = motion.climb_m_s if up_m > 0.0 else motion.descent_m_s
    vertical = Straight.of(abs(up_m), vertical_m_s, motion.climb_acceleration_m_s2, GUIDED_JERK_M_S3)
    if way_m == 0.0:
        return vertical.duration_s - vertical.last_s(within_m)
    reached_m_s = reachable_m_s(
        (east_m / way_m, north_m / way_m),
        speed_m_s or motion.speed_m_s,
        wind.velocity_m_s(alt_rel_m),
        profile.fastest_air_speed_m_s(alt_amsl_m=home_alt_amsl_m + alt_rel_m),
    )
    level = Straight.of(way_m, reached_m_s, motion.acceleration_m_s2, GUIDED_JERK_M_S3)
    return max(level.duration_s - level.last_s(within_m), vertical.duration_s - vertical.last_s(within_m))
