"""Compiled: a drone against the exclusions and advisories near it."""

import math

import numpy as np

from geofence.compiled import compiled
from geofence.monitor import columns as c
from geofence.monitor.alert_memory import find
from geofence.monitor.columns import CEILING, FLOOR, SCHEDULE, SIDE
from geofence.monitor.edge_search import box_distance_m, contains, nearest_edge, turned_lon_deg
from geofence.monitor.inclusion_allowance import altitude_m
from geofence.monitor.monitored_zones import (
    CEILING_DATUM,
    CEILING_M,
    END_UTC_S,
    FLOOR_DATUM,
    FLOOR_M,
    IS_ADVISORY,
    START_UTC_S,
    ZONE_NUMBER,
    MonitoredZones,
)
from geofence.monitor.motion import CLIMBING_M_S, KEPT_LEAD, LEFT_M, Motion, bent_time_s, time_of_way_s, way_m


@compiled
def judge_volumes(
    drone: np.ndarray,
    motion: Motion,
    east_m: float,
    north_m: float,
    zones: MonitoredZones,
    utc_s: float,
    is_watched: bool,
    kept: np.ndarray,
    found: np.ndarray,
    clearance: np.ndarray,
) -> None:
    """Judge a drone by the exclusions and advisories near it, and give its clearance from them."""
    lon_deg, lat_deg = drone[c.LON_DEG], drone[c.LAT_DEG]
    groups = len(zones.group_starts) - 1
    first, first_m = -1, math.inf
    for group in range(groups):
        box = zones.group_boxes_deg[group]
        away_m = box_distance_m(turned_lon_deg(lon_deg, box), lat_deg, east_m, north_m, box)
        if away_m < first_m:
            first, first_m = group, away_m
    # The nearest group first: it bounds how far the others need to be searched.
    for turn in range(-1, groups):
        group = first if turn < 0 else turn
        if group < 0 or (turn >= 0 and group == first):
            continue
        box = zones.group_boxes_deg[group]
        away_m = box_distance_m(turned_lon_deg(lon_deg, box), lat_deg, east_m, north_m, box)
        if away_m > max(motion.reach_m, clearance[0]):
            continue
        for volume in range(zones.group_starts[group], zones.group_starts[group + 1]):
            _judge_volume(
                volume, drone, motion, east_m, north_m, zones, utc_s, is_watched, kept, found, clearance
            )


@compiled
def _judge_volume(
    volume: int,
    drone: np.ndarray,
    motion: Motion,
    east_m: float,
    north_m: float,
    zones: MonitoredZones,
    utc_s: float,
    is_watched: bool,
    kept: np.ndarray,
    found: np.ndarray,
    clearance: np.ndarray,
) -> None:
    lat_deg = drone[c.LAT_DEG]
    box = zones.areas.boxes_deg[volume]
    lon_deg = turned_lon_deg(drone[c.LON_DEG], box)
    away_m = box_distance_m(lon_deg, lat_deg, east_m, north_m, box)
    below_m = zones.limits[volume, FLOOR_M] - altitude_m(drone, zones.marks[volume, FLOOR_DATUM])
    above_m = altitude_m(drone, zones.marks[volume, CEILING_DATUM]) - zones.limits[volume, CEILING_M]
    # What is not known is within: NaN compares false.
    is_within_band = not below_m > 0.0 and not above_m > 0.0
    wait_s = max(0.0, zones.limits[volume, START_UTC_S] - utc_s)
    left_s = zones.limits[volume, END_UTC_S] - utc_s
    is_advisory = zones.marks[volume, IS_ADVISORY] != 0
    bounds = is_within_band and wait_s == 0.0 and left_s >= 0.0 and not is_advisory
    is_near = (
        is_watched and away_m <= motion.reach_m and wait_s <= motion.lead_s * KEPT_LEAD and left_s >= 0.0
    )
    if not is_near and not (bounds and away_m <= max(clearance[0], 0.0)):
        return
    is_inside = away_m == 0.0 and contains(lon_deg, lat_deg, volume, zones.areas)
    search_m = max(motion.reach_m, clearance[0] if bounds else 0.0)
    distance_m, _ = nearest_edge(
        lon_deg, lat_deg, east_m, north_m, math.inf if is_inside else search_m, volume, zones.areas
    )
    signed_m = -distance_m if is_inside else distance_m
    zone = float(zones.marks[volume, ZONE_NUMBER])
    if bounds and signed_m < clearance[0]:
        clearance[0], clearance[1] = signed_m, zone
    if not is_near:
        return
    way, along_s = 0.0, 0.0
    if not is_inside:
        way, _ = way_m(motion, lon_deg, lat_deg, east_m, north_m, distance_m, volume, zones.areas)
        along_s = time_of_way_s(motion, way)
        if distance_m <= motion.reach_m:
            along_s = min(
                along_s, bent_time_s(motion, lon_deg, lat_deg, east_m, north_m, volume, zones.areas)
            )
    gap_m = max(below_m, above_m)
    upright_s = 0.0
    comes: bool = True
    might_come: bool = True
    if not is_within_band:
        is_below = below_m > 0.0
        rate = motion.up_m_s if is_below else motion.down_m_s
        stop_m = motion.stop_up_m if is_below else motion.stop_down_m
        gap_m = below_m if is_below else above_m
        comes = rate > CLIMBING_M_S and gap_m <= stop_m + motion.height_m
        might_come = gap_m <= 1.25 * stop_m + motion.height_m + 0.5
        upright_s = math.inf
        if rate > CLIMBING_M_S and gap_m <= motion.climb_on_m + motion.height_m:
            upright_s = max(0.0, gap_m - motion.height_m) / rate
    breach_s = max(along_s, upright_s, wait_s)
    if breach_s > left_s:
        breach_s = math.inf
    is_reached = is_inside or way <= motion.stop_m
    level = 0.0
    if breach_s <= motion.lead_s:
        level = 1.0
    if not is_advisory:
        if is_inside and is_within_band:
            level = 3.0 if wait_s == 0.0 else level
        elif is_reached and comes and wait_s <= motion.lead_s:
            level = 2.0
    holding = 1.0 if breach_s <= motion.lead_s * KEPT_LEAD else 0.0
    if not is_advisory and wait_s == 0.0:
        if (is_inside or way <= 1.25 * motion.stop_m + 1.0) and might_come:
            holding = 2.0
        if (is_inside or distance_m <= LEFT_M) and (is_within_band or gap_m <= 0.5):
            holding = 3.0
    limit, to_limit_m = SIDE, signed_m
    if wait_s > 0.0 and wait_s >= max(along_s, upright_s):
        limit = SCHEDULE
    elif not is_within_band and (is_inside or upright_s > along_s):
        limit, to_limit_m = FLOOR if below_m > 0.0 else CEILING, gap_m
    if level == 3.0:
        breach_s = 0.0
    find(found, kept, zone, level, holding, limit, to_limit_m, breach_s, zone)
