"""From waypoints to routes and the items an ArduCopter flies them by."""

import itertools
import math
from collections.abc import Sequence

import numpy as np
from pyproj import Geod

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Route
from missions.plan.waypoint import Waypoint
from missions.transit import XY, Transit

_MERGE_M = 0.5
_COLLINEAR_M = 0.02
_LEVEL_M = 0.05
_GROUND_SPEED = 1.0
_KEEP_THROTTLE = -1.0
_GEOD = Geod(ellps="WGS84")


def merged_waypoints(flight: Sequence[Waypoint], transit: Transit) -> list[Waypoint]:
    """Leave out waypoints that change nothing; the first is the start.

    Those are left out that lie within half a metre of the one before, or on the line between their neighbours,
    where the leg that results is legal too and nothing is done there.
    """
    flat = [flight[0]]
    for waypoint in flight[1:]:
        if waypoint.xy_m != flat[-1].xy_m or waypoint.is_stop:
            flat.append(waypoint)
    kept = [flat[0]]
    for waypoint, ahead in itertools.pairwise(flat[1:]):
        if waypoint.is_stop or not _changes_nothing(kept[-1], waypoint, ahead, transit):
            kept.append(waypoint)
    if len(flat) > 1:
        kept.append(flat[-1])
    return kept


def _changes_nothing(before: Waypoint, waypoint: Waypoint, ahead: Waypoint, transit: Transit) -> bool:
    a, b, c = before.xy_m, waypoint.xy_m, ahead.xy_m
    is_near = math.dist(a, b) < _MERGE_M or math.dist(b, c) < _MERGE_M / 5.0
    is_straight = waypoint.kind is ahead.kind and _off_line_m(a, b, c) < _COLLINEAR_M
    if not is_near and not (is_straight and _is_level(before, waypoint, ahead)):
        return False
    return bool(transit.is_visible(np.array([a]), np.array([c]))[0])


def _is_level(before: Waypoint, waypoint: Waypoint, ahead: Waypoint) -> bool:
    """Whether the altitude changes evenly."""
    first_m, last_m = math.dist(before.xy_m, waypoint.xy_m), math.dist(waypoint.xy_m, ahead.xy_m)
    share = first_m / max(first_m + last_m, 1e-9)
    even_m = before.alt_rel_m + share * (ahead.alt_rel_m - before.alt_rel_m)
    return abs(waypoint.alt_rel_m - even_m) < _LEVEL_M


def _off_line_m(a: XY, b: XY, c: XY) -> float:
    """Distance of b from the leg a-c."""
    along = (c[0] - a[0], c[1] - a[1])
    length = math.hypot(*along)
    if length == 0.0:
        return math.dist(a, b)
    share = ((b[0] - a[0]) * along[0] + (b[1] - a[1]) * along[1]) / length**2
    share = min(1.0, max(0.0, share))
    return math.dist(b, (a[0] + share * along[0], a[1] + share * along[1]))


def rounded(position: LatLon) -> LatLon:
    """Return the position as the wire carries it, in 1e-7 degrees."""
    return LatLon(round(position.lat_deg, 7), round(position.lon_deg, 7))


def routes_of(waypoints: Sequence[Waypoint], frame: LocalFrame, home: LatLon) -> tuple[Route, ...]:
    """Return runs of legs of one kind, as positions of the wire's resolution; the flight begins and ends at home."""
    lat_lon = frame.latlon_deg(np.array([waypoint.xy_m for waypoint in waypoints]))
    positions = [home, *(rounded(LatLon(float(lat), float(lon))) for lat, lon in lat_lon[1:-1]), home]
    routes: list[Route] = []
    first = 0
    for index in range(1, len(positions)):
        kind = waypoints[index].kind
        if index + 1 == len(positions) or waypoints[index + 1].kind is not kind:
            run = tuple(positions[first : index + 1])
            alts_rel_m = tuple(waypoint.alt_rel_m for waypoint in waypoints[first : index + 1])
            routes.append(Route(kind, run, alts_rel_m, ground_length_m(run)))
            first = index
    return tuple(routes)


def ground_length_m(positions: Sequence[LatLon]) -> float:
    """Geodesic length of a line of positions."""
    if len(positions) < 2:
        return 0.0
    return float(_GEOD.line_length([p.lon_deg for p in positions], [p.lat_deg for p in positions]))


def items_of(
    waypoints: Sequence[Waypoint], routes: Sequence[Route], speed_m_s: float | None
) -> tuple[MissionItem, ...]:
    """Take-off, speed, an item for every waypoint and its actions, return to launch.

    A waypoint that says its height above ground becomes an item in the frame of the autopilot's own terrain.

    Parameters
    ----------
    waypoints : sequence of Waypoint
    routes : sequence of Route
        Made of them by `routes_of`.
    speed_m_s : float or None
    """
    steps: list[MissionItem] = [MissionItem(0, Command.NAV_TAKEOFF, alt_m=waypoints[0].alt_rel_m)]
    if speed_m_s is not None:
        steps.append(
            MissionItem(
                0,
                Command.DO_CHANGE_SPEED,
                frame=Frame.MISSION,
                params=(_GROUND_SPEED, speed_m_s, _KEEP_THROTTLE, 0.0),
            )
        )
    steps += waypoints[0].actions
    positions = [position for route in routes for position in route.positions[1:]]
    for waypoint, position in zip(waypoints[1:], positions, strict=True):
        steps.append(_waypoint_item(waypoint, position))
        steps += waypoint.actions
    steps.append(MissionItem(0, Command.NAV_RETURN_TO_LAUNCH, frame=Frame.MISSION))
    return tuple(
        MissionItem(seq, step.command, step.frame, step.position, step.alt_m, step.params, step.autocontinue)
        for seq, step in enumerate(steps, start=1)
    )


def _waypoint_item(waypoint: Waypoint, position: LatLon) -> MissionItem:
    if waypoint.alt_agl_m is None:
        datum, alt_m = Frame.GLOBAL_RELATIVE_ALT, waypoint.alt_rel_m
    else:
        datum, alt_m = Frame.GLOBAL_TERRAIN_ALT, waypoint.alt_agl_m
    return MissionItem(0, Command.NAV_WAYPOINT, datum, position, alt_m, (waypoint.hold_s, 0.0, 0.0, 0.0))
