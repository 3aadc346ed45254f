"""Compiled: every drone against every zone near it."""

import math

import numpy as np

from geofence.monitor import columns as c
from geofence.monitor.alert_memory import clear_found, find, settle
from geofence.monitor.compiled import compiled
from geofence.monitor.edge_search import (
    box_distance_m,
    contains,
    metres_a_degree,
    nearest_edge,
    turned_lon_deg,
)
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
from geofence.monitor.motion import (
    KEPT_LEAD,
    Motion,
    bent_time_s,
    follow,
    motion_of,
    time_of_way_s,
    way_m,
)

TOLERANCE_M = 0.001
"""As much above its ceiling is still within an inclusion."""
NOTHING_ALLOWED = -2
INCLUSIONS = 1e9
"""Stands for the number of a zone in the alert about all inclusions together."""
_LEFT_M = 1.0
"""So far beyond a boundary a breach is over."""
_CLIMBING_M_S = 0.1
_SIDE, _FLOOR, _CEILING, _SCHEDULE = 0.0, 1.0, 2.0, 3.0
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
def looks(
    observed: np.ndarray, moved: np.ndarray, model: np.ndarray, utc_s: float, number: int
) -> tuple[float, float, float]:
    """Give how much higher, from when and until when the inclusions are asked: now; when stopped; when warned."""
    motion = motion_of(observed, moved, model)
    if number == 0 or motion.up_m_s <= _CLIMBING_M_S:
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
    model: np.ndarray,
    utc_s: float,
    unions: np.ndarray,
) -> int:
    """Look up the three unions of inclusions a drone is judged by; returns which is missing, or -1.

    Each is named by a hash of which inclusions it is made of; that of a missing one is left in its place.
    """
    for number in range(3):
        climb_m, from_utc_s, to_utc_s = looks(drone, moved, model, utc_s, number)
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


@compiled
def assess(
    first: int,
    observed: np.ndarray,
    slots: np.ndarray,
    zones: MonitoredZones,
    model: np.ndarray,
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
    model : array
        The figures of a `StoppingModel`.
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
            missing = find_unions(drone, moved[slot], zones, model, utc_s, unions)
            if missing >= 0:
                return i, missing, count
        clear_found(found)
        follow(drone, moved[slot])
        motion = motion_of(drone, moved[slot], model)
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
        _judge_volumes(
            drone, motion, east_m, north_m, zones, utc_s, is_watched, kept[slot], found, clearances[i]
        )
        if clearances[i, 1] < 0.0:
            clearances[i, 0] = math.inf
            if bound_m < math.inf:
                # What was nearest forbids no more, or not at this altitude.
                _judge_volumes(
                    drone, motion, east_m, north_m, zones, utc_s, is_watched, kept[slot], found, clearances[i]
                )
        past[c.CLEAR_LAT_DEG], past[c.CLEAR_LON_DEG] = drone[c.LAT_DEG], drone[c.LON_DEG]
        past[c.CLEAR_M] = clearances[i, 0]
        if has_inclusions:
            _judge_inclusions(
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


@compiled
def _judge_volumes(
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
        comes = rate > _CLIMBING_M_S and gap_m <= stop_m + motion.height_m
        might_come = gap_m <= 1.25 * stop_m + motion.height_m + 0.5
        upright_s = math.inf
        if rate > _CLIMBING_M_S and gap_m <= motion.climb_on_m + motion.height_m:
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
        if (is_inside or distance_m <= _LEFT_M) and (is_within_band or gap_m <= 0.5):
            holding = 3.0
    limit, to_limit_m = _SIDE, signed_m
    if wait_s > 0.0 and wait_s >= max(along_s, upright_s):
        limit = _SCHEDULE
    elif not is_within_band and (is_inside or upright_s > along_s):
        limit, to_limit_m = _FLOOR if below_m > 0.0 else _CEILING, gap_m
    if level == 3.0:
        breach_s = 0.0
    find(found, kept, zone, level, holding, limit, to_limit_m, breach_s, zone)


@compiled
def _judge_inclusions(
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
    limit, to_limit_m = _SIDE, distance_m
    level, holding, breach_s = 0.0, 0.0, math.inf
    if distance_m <= _LEFT_M:
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
                to_limit_m = headroom_m if last_limit == _CEILING else distance_m
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
                limit, to_limit_m = _SIDE, union_m
                owner = float(_owner(way_edge if way_edge >= 0 else union_edge, zones))
        if number < 2:
            if way <= motion.stop_m and level < 2.0:
                level, limit, to_limit_m = 2.0, _SIDE, union_m
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
    limit, to_limit_m, owner = _SIDE, -math.inf, -1.0
    for row in range(zones.group_starts[-1], len(zones.marks)):
        if not _covers(drone, zones, row):
            continue
        is_on_time = allows(drone, zones, row, -math.inf, utc_s, utc_s)
        over_m = altitude_m(drone, zones.marks[row, CEILING_DATUM]) - zones.limits[row, CEILING_M]
        if is_on_time and (limit != _CEILING or -over_m > to_limit_m):
            limit, to_limit_m, owner = _CEILING, -over_m, float(zones.marks[row, ZONE_NUMBER])
        elif not is_on_time and owner < 0.0:
            limit, to_limit_m, owner = _SCHEDULE, -math.inf, float(zones.marks[row, ZONE_NUMBER])
    return limit, to_limit_m, owner


@compiled
def _how_long(
    drone: np.ndarray, motion: Motion, zones: MonitoredZones, utc_s: float
) -> tuple[float, float, float, float]:
    """Give how long the inclusions round a drone last, the height left, the limit that ends it, and whose it is."""
    lasts_s, headroom_m, limit, owner = (
        0.0,
        0.0,
        _CEILING,
        float(zones.marks[zones.group_starts[-1], ZONE_NUMBER]),
    )
    is_any = False
    for row in range(zones.group_starts[-1], len(zones.marks)):
        if not allows(drone, zones, row, 0.0, utc_s, utc_s) or not _covers(drone, zones, row):
            continue
        left_s = zones.limits[row, END_UTC_S] - utc_s
        left_m = zones.limits[row, CEILING_M] - altitude_m(drone, zones.marks[row, CEILING_DATUM])
        upright_s = math.inf
        if motion.up_m_s > _CLIMBING_M_S and left_m < math.inf:
            upright_s = max(0.0, left_m - motion.height_m) / motion.up_m_s
        this_s = min(left_s, upright_s)
        if not is_any or this_s > lasts_s:
            is_any = True
            lasts_s, headroom_m = this_s, left_m
            limit = _CEILING if upright_s <= left_s else _SCHEDULE
            owner = float(zones.marks[row, ZONE_NUMBER])
    return lasts_s, headroom_m, limit, owner
