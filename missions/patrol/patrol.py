"""Planning a patrol: request in, one verified plan a drone and battery out."""

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import assert_never

from shapely import MultiPolygon

from geofence.zone import ZoneKind
from geofence.zone_set import ZoneSet
from missions.patrol.equipment import Flight, equipped
from missions.patrol.flight_planner import FlightPlanner, PatrolFlight
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
from missions.plan.plan import Plan
from missions.plan.route_items import rounded
from missions.refusal import MissionError
from missions.transit import XY, Transit

_TOLERANCE_SHARE = 0.1
_TOLERANCE_LEAST_M = 0.02


def plan_patrol(
    zones: ZoneSet, request: PatrolRequest, *, on_progress: Callable[[str, float], None] | None = None
) -> list[Plan]:
    """Plan a patrol; the plans of `plan_flights`, whose errors it has."""
    return [flight.plan for flight in plan_flights(zones, request, on_progress=on_progress)]


def plan_flights(
    zones: ZoneSet, request: PatrolRequest, *, on_progress: Callable[[str, float], None] | None = None
) -> tuple[PatrolFlight, ...]:
    """Plan a patrol; one flight a drone and battery, each verified and predicted.

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
    request = _at_known_altitude(request)
    pattern = request.pattern
    zone = zones.get(pattern.zone_id) if isinstance(pattern, AreaPattern | PerimeterPattern) else None
    refuse_altitude(zone, request)
    tell("legal space", 0.0)
    ground = choose_ground(zones, request)
    refuse_altitude(ground.zone, request)
    tell("route", 0.1)
    flown = _flights(ground, request, lambda share: tell("route", 0.1 + 0.7 * share))
    flown = replace(flown, findings=(*lowered_margin(ground, request), *flown.findings))
    changed = _with_altitude_changes(zones, request, ground, flown.flights)
    space = _space(ground, request, ground.anchors[0])

    def planner_of(flights: Sequence[Flight]) -> FlightPlanner:
        carried = equipped(_stepped(flights, request), request, zones, ground.frame)
        return FlightPlanner(zones, request, ground, space, replace(flown, flights=carried))

    planner = planner_of(changed)
    flights: list[PatrolFlight] = []
    for number in range(len(flown.flights)):
        tell("verification", 0.8 + 0.2 * number / len(flown.flights))
        made = planner.flights_of_drone(number)
        if changed[number] != flown.flights[number] and not _are_legal(made):
            level = planner_of(flown.flights).flights_of_drone(number)
            made = level if _are_legal(level) else made
        flights += made
    tell("done", 1.0)
    return tuple(flights)


def _are_legal(flights: Sequence[PatrolFlight]) -> bool:
    return all(flight.plan.is_legal for flight in flights)


def _at_known_altitude(request: PatrolRequest) -> PatrolRequest:
    """Take home's altitude from the terrain where it is not given."""
    if request.terrain is None or request.home_alt_amsl_m is not None:
        return request
    home = rounded(request.home)
    ground_m = float(request.terrain.ground_alt_amsl_m(home.lat_deg, home.lon_deg)[0])
    if not math.isfinite(ground_m):
        raise MissionError(
            "the terrain model does not know the ground there",
            place=f"home {home}",
            remedy="Give terrain that covers home and all of the patrol",
        )
    return replace(request, home_alt_amsl_m=ground_m)


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


def _stepped(flights: Sequence[Flight], request: PatrolRequest) -> list[Flight]:
    """Let each further drone fly higher by the step."""
    return [
        tuple(replace(at, alt_rel_m=at.alt_rel_m + number * request.alt_step_m) for at in flight)
        for number, flight in enumerate(flights)
    ]


def _with_altitude_changes(
    zones: ZoneSet, request: PatrolRequest, ground: PatrolGround, flights: Sequence[Flight]
) -> Sequence[Flight]:
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
