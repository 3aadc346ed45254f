"""From planar lines to routes and the items an ArduCopter flies them by."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pyproj import Geod

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Route, RouteKind
from missions.plan.waypoint import Waypoint
from missions.transit import XY, Transit

_MERGE_M = 0.5
_COLLINEAR_M = 0.02
_GROUND_SPEED = 1.0
_KEEP_THROTTLE = -1.0
_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Points flown for one purpose; the first is the last of the stretch before."""

    kind: RouteKind
    points: tuple[XY, ...]


def merged_points(stretches: Sequence[Stretch], transit: Transit) -> list[tuple[XY, RouteKind]]:
    """Waypoints with the kind of the leg that leads to each; the first is the start.

    Points that lie within half a metre of the one before, or on the line between their neighbours, are left
    out where the leg that results is legal too.
    """
    flat: list[tuple[XY, RouteKind]] = [(stretches[0].points[0], stretches[0].kind)]
    for stretch in stretches:
        for point in stretch.points:
            if point != flat[-1][0]:
                flat.append((point, stretch.kind))
    kept = [flat[0]]
    for (point, kind), (ahead, ahead_kind) in itertools.pairwise(flat[1:]):
        before = kept[-1][0]
        is_near = math.dist(before, point) < _MERGE_M or math.dist(point, ahead) < _MERGE_M / 5.0
        is_straight = kind is ahead_kind and _off_line_m(before, point, ahead) < _COLLINEAR_M
        if (is_near or is_straight) and transit.is_visible(np.array([before]), np.array([ahead]))[0]:
            continue
        kept.append((point, kind))
    if len(flat) > 1:
        kept.append(flat[-1])
    return kept


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
