"""Compiled: how a drone moves, how far it needs to stop, and where it comes to."""

import math
from typing import NamedTuple

import numpy as np

from geofence.compiled import compiled
from geofence.monitor import columns as c
from geofence.monitor.edge_search import way_to_boundary_m
from geofence.monitor.packed_areas import PackedAreas
from geofence.monitor.stopping import (
    ASSUMED_CLIMB_M_S,
    ASSUMED_SPEED_M_S,
    HEIGHT_ALLOWANCE_M,
    HEIGHT_ALLOWANCE_S,
    RESPONSE_S,
    RETURN_CLIMB_DECELERATION_M_S2,
    SIDE_ALLOWANCE_M,
    SIDE_ALLOWANCE_MOST_M,
    SIDE_ALLOWANCE_S,
    WARNING_S,
    braking_distance_m,
    braking_height_m,
)

LEAD = 1.25
"""A breach is announced this many warning times ahead: speed and course are not steady."""
KEPT_LEAD = 1.5
"""And stays announced until it is this many times that ahead."""
ACCELERATION_HELD_S = 4.0
ACCELERATION_LEAST_M_S2 = 0.05
LEFT_M = 1.0
"""So far beyond a boundary a breach is over."""
CLIMBING_M_S = 0.1
"""What climbs slower keeps its height."""
_FILTER_S = 0.7
_GAP_S = 2.0
_STRAIGHT_ON_SLACK_M = 1.0
_CLIMB_ON_SLACK_M = 0.5
_MOVING_M_S = 0.05

_braking_distance_m = compiled(braking_distance_m)
_braking_height_m = compiled(braking_height_m)


class Motion(NamedTuple):
    """How one drone moves: in which direction, how fast, and how far it needs to stop."""

    east: float
    north: float
    speed_m_s: float
    is_known: bool
    stop_m: float
    ahead_m: float
    beside_m: float
    up_m_s: float
    down_m_s: float
    stop_up_m: float
    stop_down_m: float
    height_m: float
    climb_on_m: float
    lead_s: float
    reach_m: float
    accel_east_m_s2: float
    accel_north_m_s2: float


@compiled
def follow(observed: np.ndarray, moved: np.ndarray) -> None:
    """Keep a drone's smoothed acceleration up to date."""
    time_s, east, north = observed[c.TIME_S], observed[c.EAST_M_S], observed[c.NORTH_M_S]
    elapsed_s = time_s - moved[c.MOVED_TIME_S]
    if elapsed_s == 0.0:
        return
    if math.isnan(east + north) or not 0.0 < elapsed_s <= _GAP_S:
        moved[c.ACCEL_EAST_M_S2] = moved[c.ACCEL_NORTH_M_S2] = 0.0
    else:
        share = 1.0 - math.exp(-elapsed_s / _FILTER_S)
        for measured, speed, accel in (
            (east, c.MOVED_EAST_M_S, c.ACCEL_EAST_M_S2),
            (north, c.MOVED_NORTH_M_S, c.ACCEL_NORTH_M_S2),
        ):
            moved[accel] += share * ((measured - moved[speed]) / elapsed_s - moved[accel])
    moved[c.MOVED_TIME_S], moved[c.MOVED_EAST_M_S], moved[c.MOVED_NORTH_M_S] = time_s, east, north


@compiled
def motion_of(observed: np.ndarray, moved: np.ndarray) -> Motion:
    """Work out what a drone needs to stop, and how far ahead is looked."""
    east_m_s, north_m_s = observed[c.EAST_M_S], observed[c.NORTH_M_S]
    speed = math.sqrt(east_m_s * east_m_s + north_m_s * north_m_s)
    is_known = not math.isnan(speed)
    if not is_known:
        speed = ASSUMED_SPEED_M_S
    east, north = 1.0, 0.0
    if is_known and speed > _MOVING_M_S:
        east, north = east_m_s / speed, north_m_s / speed
    accel_east, accel_north = moved[c.ACCEL_EAST_M_S2], moved[c.ACCEL_NORTH_M_S2]
    faster_m_s = RESPONSE_S * max(0.0, accel_east * east + accel_north * north) if is_known else 0.0
    lead_s = LEAD * WARNING_S
    stop_m = RESPONSE_S * (speed + 0.5 * faster_m_s) + _braking_distance_m(speed + faster_m_s)
    ahead_m = max(speed * lead_s * KEPT_LEAD, 1.25 * stop_m + 1.0)
    straight_on_m = observed[c.STRAIGHT_ON_M]
    is_on_route = is_known and straight_on_m < math.inf
    if is_on_route:
        # It will turn there: whoever says so has seen that it is slow enough.
        turn_m = straight_on_m + _STRAIGHT_ON_SLACK_M
        stop_m, ahead_m = min(stop_m, turn_m), min(ahead_m, turn_m)
    beside_m = min(SIDE_ALLOWANCE_M + SIDE_ALLOWANCE_S * speed, SIDE_ALLOWANCE_MOST_M)
    climb = observed[c.CLIMB_M_S]
    up = ASSUMED_CLIMB_M_S if math.isnan(climb) else max(climb, 0.0)
    down = ASSUMED_CLIMB_M_S if math.isnan(climb) else max(-climb, 0.0)
    climb_on_m = observed[c.CLIMB_ON_M] + _CLIMB_ON_SLACK_M
    accel = math.sqrt(accel_east * accel_east + accel_north * accel_north)
    reach_m = ahead_m + beside_m + 1.0
    if is_known and not is_on_route and accel > ACCELERATION_LEAST_M_S2:
        reach_m = max(reach_m, (speed + accel * ACCELERATION_HELD_S) * lead_s + beside_m)
    else:
        accel_east = accel_north = 0.0
    return Motion(
        east,
        north,
        speed,
        is_known,
        stop_m,
        ahead_m,
        beside_m,
        up,
        down,
        _stop_height_m(up, climb_on_m),
        _stop_height_m(down, climb_on_m),
        HEIGHT_ALLOWANCE_M + HEIGHT_ALLOWANCE_S * max(up, down),
        climb_on_m,
        lead_s,
        reach_m,
        accel_east,
        accel_north,
    )


@compiled
def _stop_height_m(climb_m_s: float, climb_on_m: float) -> float:
    """Give the way up or down until a drone stops, by itself or told to."""
    by_itself_m = max(climb_on_m, climb_m_s * climb_m_s / (2.0 * RETURN_CLIMB_DECELERATION_M_S2))
    return min(climb_m_s * RESPONSE_S + _braking_height_m(climb_m_s), by_itself_m)


@compiled
def way_m(
    motion: Motion,
    lon_deg: float,
    lat_deg: float,
    east_m: float,
    north_m: float,
    distance_m: float,
    area: int,
    areas: PackedAreas,
) -> tuple[float, int]:
    """Give the way until a boundary is met, and its edge; the nearest one where nobody knows the course."""
    if distance_m > motion.reach_m:
        return math.inf, -1
    if not motion.is_known:
        return max(0.0, distance_m - motion.beside_m), -1
    return way_to_boundary_m(
        lon_deg,
        lat_deg,
        east_m,
        north_m,
        motion.east,
        motion.north,
        motion.ahead_m,
        motion.beside_m,
        area,
        areas,
    )


@compiled
def time_of_way_s(motion: Motion, way: float) -> float:
    """Give the time for a way at the present speed."""
    if way == 0.0:
        return 0.0
    return way / motion.speed_m_s if motion.speed_m_s > _MOVING_M_S else math.inf


@compiled
def bent_time_s(
    motion: Motion,
    lon_deg: float,
    lat_deg: float,
    east_m: float,
    north_m: float,
    area: int,
    areas: PackedAreas,
) -> float:
    """Give the time until a boundary is met if the acceleration is held for a while; infinite without one."""
    ax, ay = motion.accel_east_m_s2, motion.accel_north_m_s2
    if ax == 0.0 and ay == 0.0:
        return math.inf
    vx, vy = motion.east * motion.speed_m_s, motion.north * motion.speed_m_s
    held = ACCELERATION_HELD_S
    from_s = from_x = from_y = 0.0
    for to_s in (held / 3.0, held / 1.5, held, motion.lead_s):
        bent_s = min(to_s, held)
        to_x = vx * to_s + ax * bent_s * (to_s - 0.5 * bent_s)
        to_y = vy * to_s + ay * bent_s * (to_s - 0.5 * bent_s)
        dx, dy = to_x - from_x, to_y - from_y
        length = math.sqrt(dx * dx + dy * dy)
        if length > 0.0:
            way, _ = way_to_boundary_m(
                lon_deg + from_x / east_m,
                lat_deg + from_y / north_m,
                east_m,
                north_m,
                dx / length,
                dy / length,
                length,
                motion.beside_m,
                area,
                areas,
            )
            if way < math.inf:
                return from_s + way / length * (to_s - from_s)
        from_s, from_x, from_y = to_s, to_x, to_y
    return math.inf
