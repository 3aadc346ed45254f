"""Compiled: a drone against the inclusions it flies in."""

import math

import numpy as np

from geofence.compiled import compiled
from geofence.monitor import columns as c
from geofence.monitor.alert_memory import find
from geofence.monitor.columns import CEILING, SCHEDULE, SIDE
from geofence.monitor.edge_search import contains, nearest_edge, turned_lon_deg
from geofence.monitor.inclusion_allowance import allows, altitude_m
from geofence.monitor.monitored_zones import CEILING_DATUM, CEILING_M, END_UTC_S, ZONE_NUMBER, MonitoredZones
from geofence.monitor.motion import CLIMBING_M_S, KEPT_LEAD, LEFT_M, Motion, bent_time_s, time_of_way_s, way_m

INCLUSIONS = 1e9
"""Stands for the number of a zone in the alert about all inclusions together."""


@compiled
def judge_inclusions(
    drone: np.ndarray,
    motion: Motion,
    east_m: float,
    north_m: float,
    unions: np.ndarray,
    zones: MonitoredZones,
    utc_s: float,
    is_watched: bool,
    kept: np.ndarray,
    found: np.ndarray,
    clearance: np.ndarray,
) -> None:
    """Judge a drone by the unions of the inclusions that allow it now, when it has stopped, and when it was warned."""
    zone = INCLUSIONS
    now = unions[0]
    is_inside, distance_m, edge = _place_in(drone, east_m, north_m, now, zones)
    owner = (
        float(_owner(edge, zones)) if edge >= 0 else float(zones.marks[zones.group_starts[-1], ZONE_NUMBER])
    )
    if not is_inside:
        limit, to_limit_m, above = _why_outside(drone, zones, utc_s)
        if above >= 0.0:
            owner = above
        else:
            to_limit_m = -distance_m
        if -distance_m < clearance[0] and clearance[0] >= 0.0:
            clearance[0], clearance[1] = -distance_m, owner
        if is_watched:
            find(found, kept, zone, 3.0, 3.0, limit, to_limit_m, 0.0, owner)
        return
    if distance_m < clearance[0]:
        clearance[0], clearance[1] = distance_m, owner
    if not is_watched:
        return
    lon_deg, lat_deg = drone[c.LON_DEG], drone[c.LAT_DEG]
    limit, to_limit_m = SIDE, distance_m
    level, holding, breach_s = 0.0, 0.0, math.inf
    if distance_m <= LEFT_M:
        holding = 3.0
    for number in range(3):
        union = unions[number]
        if number > 0 and union == unions[number - 1]:
            continue
        is_in, union_m, union_edge = number == 0, distance_m, edge
        if number > 0:
            is_in, union_m, union_edge = _place_in(drone, east_m, north_m, union, zones)
        if not is_in:
            # Nothing it is in now lasts, or reaches, that far: how long does it, and which limit is met?
            lasts_s, headroom_m, last_limit, last_owner = _how_long(drone, motion, zones, utc_s)
            if lasts_s < breach_s:
                breach_s, limit, owner = lasts_s, last_limit, last_owner
                to_limit_m = headroom_m if last_limit == CEILING else distance_m
            if number == 1:
                level, limit, owner, to_limit_m = 2.0, last_limit, last_owner, headroom_m
            continue
        turned_deg = turned_lon_deg(lon_deg, zones.areas.boxes_deg[union])
        way, way_edge = way_m(motion, turned_deg, lat_deg, east_m, north_m, union_m, union, zones.areas)
        along_s = time_of_way_s(motion, way)
        if union_m <= motion.reach_m:
            along_s = min(
                along_s, bent_time_s(motion, turned_deg, lat_deg, east_m, north_m, union, zones.areas)
            )
        if along_s < breach_s:
            breach_s = along_s
            if level < 2.0:
                limit, to_limit_m = SIDE, union_m
                owner = float(_owner(way_edge if way_edge >= 0 else union_edge, zones))
        if number < 2:
            if way <= motion.stop_m and level < 2.0:
                level, limit, to_limit_m = 2.0, SIDE, union_m
                owner = float(_owner(way_edge if way_edge >= 0 else union_edge, zones))
            if way <= 1.25 * motion.stop_m + 1.0:
                holding = max(holding, 2.0)
    if breach_s <= motion.lead_s:
        level = max(level, 1.0)
    if breach_s <= motion.lead_s * KEPT_LEAD:
        holding = max(holding, 1.0)
    find(found, kept, zone, level, holding, limit, to_limit_m, breach_s, owner)


@compiled
def _owner(edge: int, zones: MonitoredZones) -> float:
    """Give the zone of an edge of a union."""
    return float(zones.edge_owners[edge - (len(zones.areas.edges_deg) - len(zones.edge_owners))])


@compiled
def _place_in(
    drone: np.ndarray, east_m: float, north_m: float, union: int, zones: MonitoredZones
) -> tuple[bool, float, int]:
    """Whether a drone is in a union of inclusions, and its nearest edge."""
    if union < 0:
        return False, math.inf, -1
    lat_deg = drone[c.LAT_DEG]
    lon_deg = turned_lon_deg(drone[c.LON_DEG], zones.areas.boxes_deg[union])
    distance_m, edge = nearest_edge(lon_deg, lat_deg, east_m, north_m, math.inf, union, zones.areas)
    return contains(lon_deg, lat_deg, union, zones.areas), distance_m, edge


@compiled
def _covers(drone: np.ndarray, zones: MonitoredZones, row: int) -> bool:
    box = zones.areas.boxes_deg[row]
    lat_deg = drone[c.LAT_DEG]
    lon_deg = turned_lon_deg(drone[c.LON_DEG], box)
    is_in_box = box[0] <= lon_deg <= box[2] and box[1] <= lat_deg <= box[3]
    return is_in_box and contains(lon_deg, lat_deg, row, zones.areas)


@compiled
def _why_outside(drone: np.ndarray, zones: MonitoredZones, utc_s: float) -> tuple[float, float, float]:
    """Give the limit, the distance to it and the zone of an inclusion the drone is above, or too early or late for."""
    limit, to_limit_m, owner = SIDE, -math.inf, -1.0
    for row in range(zones.group_starts[-1], len(zones.marks)):
        if not _covers(drone, zones, row):
            continue
        is_on_time = allows(drone, zones, row, -math.inf, utc_s, utc_s)
        over_m = altitude_m(drone, zones.marks[row, CEILING_DATUM]) - zones.limits[row, CEILING_M]
        if is_on_time and (limit != CEILING or -over_m > to_limit_m):
            limit, to_limit_m, owner = CEILING, -over_m, float(zones.marks[row, ZONE_NUMBER])
        elif not is_on_time and owner < 0.0:
            limit, to_limit_m, owner = SCHEDULE, -math.inf, float(zones.marks[row, ZONE_NUMBER])
    return limit, to_limit_m, owner


@compiled
def _how_long(
    drone: np.ndarray, motion: Motion, zones: MonitoredZones, utc_s: float
) -> tuple[float, float, float, float]:
    """Give how long the inclusions round a drone last, the height left, the limit that ends it, and whose it is."""
    lasts_s, headroom_m, limit, owner = (
        0.0,
        0.0,
        CEILING,
        float(zones.marks[zones.group_starts[-1], ZONE_NUMBER]),
    )
    is_any = False
    for row in range(zones.group_starts[-1], len(zones.marks)):
        if not allows(drone, zones, row, 0.0, utc_s, utc_s) or not _covers(drone, zones, row):
            continue
        left_s = zones.limits[row, END_UTC_S] - utc_s
        left_m = zones.limits[row, CEILING_M] - altitude_m(drone, zones.marks[row, CEILING_DATUM])
        upright_s = math.inf
        if motion.up_m_s > CLIMBING_M_S and left_m < math.inf:
            upright_s = max(0.0, left_m - motion.height_m) / motion.up_m_s
        this_s = min(left_s, upright_s)
        if not is_any or this_s > lasts_s:
            is_any = True
            lasts_s, headroom_m = this_s, left_m
            limit = CEILING if upright_s <= left_s else SCHEDULE
            owner = float(zones.marks[row, ZONE_NUMBER])
    return lasts_s, headroom_m, limit, owner
