"""Compiled: which inclusions allow a drone to be where it is."""

import math

import numpy as np

from geofence.compiled import compiled
from geofence.monitor import columns as c
from geofence.monitor.monitored_zones import CEILING_DATUM, CEILING_M, END_UTC_S, START_UTC_S, MonitoredZones
from geofence.monitor.motion import CLIMBING_M_S, motion_of

TOLERANCE_M = 0.001
"""As much above its ceiling is still within an inclusion."""
NOTHING_ALLOWED = -2
_AGL, _REL, _AMSL = 0, 1, 2


@compiled
def altitude_m(observed: np.ndarray, datum: int) -> float:
    """Give an altitude counted from a datum; NaN where it is not known."""
    if datum == _AGL and not math.isnan(observed[c.ALT_AGL_M]):
        return float(observed[c.ALT_AGL_M])
    if datum <= _REL:
        return float(observed[c.ALT_REL_M])
    return float(observed[c.ALT_AMSL_M]) if datum == _AMSL else math.nan


@compiled
def allows(
    observed: np.ndarray, zones: MonitoredZones, row: int, climb_m: float, from_utc_s: float, to_utc_s: float
) -> bool:
    """Whether an inclusion allows an altitude throughout a time; one of unknown limits does not.

    A drone that does not say its altitude at all is not judged by ceilings.
    """
    limits = zones.limits[row]
    if limits[START_UTC_S] > from_utc_s or limits[END_UTC_S] < to_utc_s:
        return False
    ceiling_m = limits[CEILING_M]
    if ceiling_m == math.inf or (math.isnan(observed[c.ALT_REL_M]) and math.isnan(observed[c.ALT_AMSL_M])):
        return True
    return bool(altitude_m(observed, zones.marks[row, CEILING_DATUM]) + climb_m <= ceiling_m + TOLERANCE_M)


@compiled
def looks(observed: np.ndarray, moved: np.ndarray, utc_s: float, number: int) -> tuple[float, float, float]:
    """Give how much higher, from when and until when the inclusions are asked: now; when stopped; when warned."""
    motion = motion_of(observed, moved)
    if number == 0 or motion.up_m_s <= CLIMBING_M_S:
        climb_m = 0.0
    elif number == 1:
        climb_m = motion.stop_up_m + motion.height_m
    else:
        climb_m = min(motion.up_m_s * motion.lead_s, motion.climb_on_m) + motion.height_m
    return climb_m, utc_s, utc_s + motion.lead_s if number == 2 else utc_s


@compiled
def find_unions(
    drone: np.ndarray,
    moved: np.ndarray,
    zones: MonitoredZones,
    utc_s: float,
    unions: np.ndarray,
) -> int:
    """Look up the three unions of inclusions a drone is judged by; returns which is missing, or -1.

    Each is named by a hash of which inclusions it is made of; that of a missing one is left in its place.
    """
    for number in range(3):
        climb_m, from_utc_s, to_utc_s = looks(drone, moved, utc_s, number)
        key = np.int64(1469598103934665603)
        is_any = False
        for row in range(zones.group_starts[-1], len(zones.marks)):
            if allows(drone, zones, row, climb_m, from_utc_s, to_utc_s):
                key = (key ^ np.int64(row + 1)) * np.int64(1099511628211)
                is_any = True
        unions[number] = NOTHING_ALLOWED
        if is_any:
            place = -1
            for k in range(len(zones.union_keys)):
                if zones.union_keys[k] == key:
                    place = k
                    break
            if place < 0:
                unions[number] = key
                return number
            unions[number] = len(zones.marks) + place
    return -1
