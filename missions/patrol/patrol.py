"""Planning a patrol: request in, one verified plan a drone out."""

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from shapely import MultiPolygon

from geofence.verification.return_policy import ReturnPolicy
from geofence.verification.return_verification import ReturnVerification
from geofence.zone import ZoneKind
from geofence.zone_set import ZoneSet
from missions.patrol.ground import PatrolGround, choose_ground, lowered_margin
from missions.patrol.layers import AltitudeChanges, layers_of, may_change_altitude
from missions.patrol.pieces import joined_flights
from missions.patrol.request import PatrolRequest, refuse_altitude, refuse_bad_numbers
from missions.patterns.area import plan_area
from missions.patterns.corridor import plan_corridor
from missions.patterns.flights import PatternFlights
from missions.patterns.lines import plan_lines
from missions.patterns.orbit import plan_orbit
from missions.patterns.pattern import (
    AreaPattern,
    CorridorPattern,
    ExpandingSquarePattern,
    LinesPattern,
    OrbitPattern,
    PerimeterPattern,
    PointsPattern,
    SectorSearchPattern,
    SpiralPattern,
)
from missions.patterns.perimeter import plan_perimeter
from missions.patterns.points import plan_points
from missions.patterns.search import plan_search
from missions.patterns.space import PatternSpace
from missions.plan.check import LEGAL_LIMIT_AGL_M, check_plan
from missions.plan.corner_stops import with_stops
from missions.plan.legs import legs_of
from missions.plan.plan import Plan
from missions.plan.return_choice import choose_returns
from missions.plan.route_items import items_of, rounded, routes_of
from missions.plan.waypoint import Waypoint
from missions.transit import XY, Transit

_TOLERANCE_SHARE = 0.1
_TOLERANCE_LEAST_M = 0.02


def plan_patrol(
    zones: ZoneSet, request: PatrolRequest, *, on_progress: Callable[[str, float], None] | None = None
) -> list[Plan]:
    """Plan a patrol; one plan a drone, each verified, its findings inside.

    Parameters
    ----------
    on_progress : callable, optional
        Told the stage and the share done.

    Raises
    ------
    GeofenceError
        There is no such zone.
    MissionError
        The patrol cannot be planned; says why and what would be accepted.
    """
    tell = on_progress or _say_nothing
    refuse_bad_numbers(request)
    pattern = request.pattern
    zone = zones.get(pattern.zone_id) if isinstance(pattern, AreaPattern | PerimeterPattern) else None
    refuse_altitude(zone, request)
    tell("legal space", 0.0)
    ground = choose_ground(zones, request)
    refuse_altitude(ground.zone, request)
    tell("route", 0.1)
    flown = _flights(ground, request, lambda share: tell("route", 0.1 + 0.7 * share))
    changed = _with_altitude_changes(zones, request, ground, flown.flights)
    flown = replace(flown, findings=(*lowered_margin(ground, request), *flown.findings))
    plans = []
    for number in range(len(flown.flights)):
        tell("verification", 0.8 + 0.2 * number / len(flown.flights))
        plan = _plan_of(zones, request, ground, replace(flown, flights=changed), number)
        if not plan.is_legal and changed[number] != flown.flights[number]:
            level = _plan_of(zones, request, ground, flown, number)
            plan = level if level.is_legal else plan
        plans.append(plan)
    tell("done", 1.0)
    return plans


def _say_nothing(_stage: str, _share: float) -> None:
    return


def _flights(
    ground: PatrolGround, request: PatrolRequest, on_share: Callable[[float], None]
) -> PatternFlights:
    """Fly the pattern in each piece of legal space that it is flown in, one after the other."""
    spaces = [_space(ground, request, anchor) for anchor in ground.anchors]
    if len(spaces) == 1:
        return _flights_in(spaces[0], ground, request, ground.target, on_share)
    return joined_flights(
        ground.target,
        [
            (space, functools.partial(_flights_in, space, ground, request, on_share=on_share))
            for space in spaces
        ],
        reach_m=(request.swath_m or 0.0) / 2.0,
    )


def _space(ground: PatrolGround, request: PatrolRequest, anchor: XY) -> PatternSpace:
    return PatternSpace(
        frame=ground.frame,
        legal=ground.legal,
        transit=Transit(ground.legal, anchor, max(_TOLERANCE_SHARE * ground.margin_m, _TOLERANCE_LEAST_M)),
        pad=ground.pad,
        margin_m=ground.margin_m,
        clearance_m=ground.clearance_m,
        alt_rel_m=request.alt_rel_m,
        speed_m_s=request.flown_speed_m_s,
        drones=request.drones,
        zone_id="" if ground.zone is None else ground.zone.zone_id,
    )


def _flights_in(
    space: PatternSpace,
    ground: PatrolGround,
    request: PatrolRequest,
    target: MultiPolygon,
    on_share: Callable[[float], None],
) -> PatternFlights:
    pattern = request.pattern
    match pattern:
        case AreaPattern():
            return plan_area(pattern, space, target, ground.zone_area, on_progress=on_share)
        case PerimeterPattern():
            is_outside = ground.zone is not None and ground.zone.kind is not ZoneKind.INCLUSION
            return plan_perimeter(pattern, space, ground.zone_area, is_outside=is_outside)
        case CorridorPattern():
            return plan_corridor(pattern, space, target)
        case LinesPattern():
            return plan_lines(pattern, space)
        case PointsPattern():
            return plan_points(pattern, space)
        case OrbitPattern() | SpiralPattern():
            return plan_orbit(pattern, space)
        case ExpandingSquarePattern() | SectorSearchPattern():
            return plan_search(pattern, space)
        case _:
            assert_never(pattern)


def _with_altitude_changes(
    zones: ZoneSet, request: PatrolRequest, ground: PatrolGround, flights: tuple[tuple[Waypoint, ...], ...]
) -> tuple[tuple[Waypoint, ...], ...]:
    """Lead the ways between pad and pattern, and within it, over what is low where that is faster or the only way."""
    if not may_change_altitude(zones, request):
        return flights
    visited = request.pattern.places if isinstance(request.pattern, PointsPattern) else ()
    changes = AltitudeChanges(
        functools.cache(lambda: layers_of(zones, request, ground.frame, ground.clearance_m)),
        ground.pad,
        ground.entry,
        legal=ground.legal,
        kept_xy_m=frozenset(ground.frame.point_xy_m(place) for place in visited),
        speed_m_s=request.flown_speed_m_s,
    )
    return tuple(changes.of(flight) for flight in flights)


def _plan_of(
    zones: ZoneSet, request: PatrolRequest, ground: PatrolGround, flown: PatternFlights, number: int
) -> Plan:
    step_m = number * request.alt_step_m
    waypoints = [
        replace(waypoint, alt_rel_m=waypoint.alt_rel_m + step_m) for waypoint in flown.flights[number]
    ]
    home = rounded(request.home)
    routes = routes_of(waypoints, ground.frame, home)
    pattern = request.pattern.name.value
    zone_id = "" if ground.zone is None else ground.zone.zone_id
    which = f"{number + 1}/{request.drones}" if request.drones > 1 else ""
    plan = Plan(
        name=" ".join(filter(None, (zone_id, pattern, which))),
        home=home,
        items=items_of(waypoints, routes, request.speed_m_s),
        routes=routes,
        home_alt_amsl_m=request.home_alt_amsl_m,
        speed_m_s=request.speed_m_s,
        margin_m=ground.margin_m,
        pattern=pattern,
        zone_id=zone_id,
        swath_m=request.swath_m,
        coverage=flown.coverage,
        datum_track=flown.datum_track,
    )
    plan = replace(plan, returns=_choose_returns(plan, zones, request, ground.margin_m))
    checked = check_plan(plan, zones, allow_above_120=request.allow_above_120)
    stopping = with_stops(plan, checked)
    if stopping is not plan:
        plan = stopping
        checked = check_plan(plan, zones, allow_above_120=request.allow_above_120)
    return replace(plan, findings=(*flown.findings, *checked.findings))


def _choose_returns(
    plan: Plan, zones: ZoneSet, request: PatrolRequest, margin_m: float
) -> ReturnPolicy | None:
    """Choose a legal way back; None where there is none, and the findings say why."""
    legs, _ = legs_of(plan)
    verification = ReturnVerification(
        legs,
        zones,
        plan.home,
        margin_m=margin_m,
        legal_limit_agl_m=None if request.allow_above_120 else LEGAL_LIMIT_AGL_M,
        home_alt_amsl_m=request.home_alt_amsl_m,
    )
    return choose_returns(verification)
