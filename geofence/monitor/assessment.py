"""Compiled: every drone against every zone near it."""

import math

import numpy as np

from geofence.compiled import compiled
from geofence.monitor import columns as c
from geofence.monitor.alert_memory import clear_found, settle
from geofence.monitor.edge_search import metres_a_degree
from geofence.monitor.inclusion_allowance import find_unions
from geofence.monitor.inclusion_judgement import judge_inclusions
from geofence.monitor.monitored_zones import MonitoredZones
from geofence.monitor.motion import follow, motion_of
from geofence.monitor.volume_judgement import judge_volumes


@compiled
def assess(
    first: int,
    observed: np.ndarray,
    slots: np.ndarray,
    zones: MonitoredZones,
    utc_s: float,
    moved: np.ndarray,
    kept: np.ndarray,
    found: np.ndarray,
    unions: np.ndarray,
    clearances: np.ndarray,
    events: np.ndarray,
    count: int,
) -> tuple[int, int, int]:
    """Judge drones, up to one for which a union of inclusions is missing.

    Parameters
    ----------
    first : int
        The drone to begin with.
    observed : array of shape (n, OBSERVED)
    slots : array of shape (n,)
        Where each drone's memory is.
    zones : MonitoredZones
    utc_s : float
        Finite; any, where the zones' times are made for an unknown one.
    moved : array of shape (slots, MOVED)
    kept : array of shape (slots, ALERTS_MOST, KEPT)
    found : array of shape (ALERTS_MOST, KEPT)
        To work in.
    unions : array of shape (3,)
        Takes the unions the last drone is judged by.
    clearances : array of shape (n, 2)
        Takes the signed distance to forbidden space, and the zone's number or -1.
    events : array of shape (2 n ALERTS_MOST, EVENT_ALERT + KEPT)
    count : int
        Events written down before.

    Returns
    -------
    drone, missing, count : int
        The first drone that is not judged, which of its unions is missing, and the events.
    """
    for i in range(first, len(slots)):
        slot = slots[i]
        drone = observed[i]
        has_inclusions = len(zones.marks) > zones.group_starts[-1]
        if has_inclusions:
            missing = find_unions(drone, moved[slot], zones, utc_s, unions)
            if missing >= 0:
                return i, missing, count
        clear_found(found)
        follow(drone, moved[slot])
        motion = motion_of(drone, moved[slot])
        east_m, north_m = metres_a_degree(drone[c.LAT_DEG])
        # No farther than it was, and what has been flown since: that bounds the search.
        past = moved[slot]
        flown_m = math.hypot(
            (drone[c.LON_DEG] - past[c.CLEAR_LON_DEG]) * east_m,
            (drone[c.LAT_DEG] - past[c.CLEAR_LAT_DEG]) * north_m,
        )
        bound_m = past[c.CLEAR_M] + 1.01 * flown_m + 1.0
        clearances[i, 0], clearances[i, 1] = bound_m, -1.0
        is_watched = drone[c.IS_WATCHED] != 0.0
        judge_volumes(
            drone, motion, east_m, north_m, zones, utc_s, is_watched, kept[slot], found, clearances[i]
        )
        if clearances[i, 1] < 0.0:
            clearances[i, 0] = math.inf
            if bound_m < math.inf:
                # What was nearest forbids no more, or not at this altitude.
                judge_volumes(
                    drone, motion, east_m, north_m, zones, utc_s, is_watched, kept[slot], found, clearances[i]
                )
        past[c.CLEAR_LAT_DEG], past[c.CLEAR_LON_DEG] = drone[c.LAT_DEG], drone[c.LON_DEG]
        past[c.CLEAR_M] = clearances[i, 0]
        if has_inclusions:
            judge_inclusions(
                drone,
                motion,
                east_m,
                north_m,
                unions,
                zones,
                utc_s,
                is_watched,
                kept[slot],
                found,
                clearances[i],
            )
        before = count
        count = settle(found, kept[slot], drone[c.TIME_S], is_watched, events, count)
        for event in range(before, count):
            events[event, c.EVENT_DRONE] = i
    return len(slots), -1, count
