"""A vehicle's state as the monitor of zones takes it in."""

import math

from geofence.monitor.observation import Observation
from telemetry.vehicle.vehicle_state import VehicleState

_UNKNOWN = math.nan


def observation_of(
    state: VehicleState, *, straight_on_m: float = math.inf, climb_on_m: float = math.inf
) -> Observation | None:
    """Give what is known of a vehicle's place and motion; None without a position."""
    if state.position is None:
        return None
    if state.ground_speed_m_s is not None and state.course_deg is not None:
        course_rad = math.radians(state.course_deg)
        east_m_s = state.ground_speed_m_s * math.sin(course_rad)
        north_m_s = state.ground_speed_m_s * math.cos(course_rad)
    else:
        # A vehicle that says its velocity and has no course stands.
        east_m_s = north_m_s = 0.0 if state.says_velocity else _UNKNOWN
    alt_rel_m = _UNKNOWN if state.alt_rel_m is None else state.alt_rel_m
    alt_amsl_m = _UNKNOWN if state.alt_amsl_m is None else state.alt_amsl_m
    if state.alt_amsl_m is None and state.home_alt_amsl_m is not None:
        alt_amsl_m = state.home_alt_amsl_m + alt_rel_m
    return Observation(
        position=state.position,
        time_s=state.updated_s if state.boot_time_s is None else state.boot_time_s,
        alt_rel_m=alt_rel_m,
        alt_amsl_m=alt_amsl_m,
        east_m_s=east_m_s,
        north_m_s=north_m_s,
        climb_m_s=_UNKNOWN if state.climb_m_s is None else state.climb_m_s,
        is_watched=state.is_armed and state.is_flying is not False,
        straight_on_m=straight_on_m,
        climb_on_m=climb_on_m,
    )
