"""Planning a patrol of one zone: request in, one verified plan a drone out."""

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import shapely
from shapely.geometry.base import BaseGeometry

from geofence.verification.finding import Finding, FindingCode, Severity
from geofence.verification.return_policy import ReturnPolicy
from geofence.verification.return_verification import ReturnVerification
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet
from missions.coverage.coverage import CoverageTour, plan_coverage
from missions.coverage.fleet_split import split_tour
from missions.patrol.ground import PatrolGround, choose_ground, lowered_margin
from missions.patrol.perimeter import PerimeterTour, inset_rings, plan_perimeter
from missions.patrol.request import PatrolRequest, Pattern, refuse_altitude, refuse_bad_numbers
from missions.plan.check import LEGAL_LIMIT_AGL_M, check_plan
from missions.plan.corner_stops import with_stops
from missions.plan.legs import legs_of
from missions.plan.plan import Plan, RouteKind
from missions.plan.return_choice import choose_returns
from missions.plan.route_items import Stretch, items_of, merged_points, rounded, routes_of
from missions.plan.waypoint import Waypoint
from missions.refusal import MissionError
from missions.transit import XY, Transit, polygons_of

__all__ = ["DEFAULT_SPEED_M_S", "PatrolRequest", "Pattern", "plan_patrol"]

DEFAULT_SPEED_M_S = 10.0
"""ArduCopter's WPNAV_SPEED as shipped."""

_TOLERANCE_SHARE = 0.1
_TURN_S = 2.0
_TURN_AT_MOST_SWATHS = 1.0
_LINES_AT_MOST = 1_000
_NAMED_GAPS_AT_MOST = 12
_TOLERANCE_LEAST_M = 0.02
_RING_FACTORS = (1.25, 1.5, 2.0)
_RING_INSET_LEAST_M = 0.5


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
    zone = zones.get(request.zone_id)
    refuse_bad_numbers(request)
    refuse_altitude(zone, request)
    tell("legal space", 0.0)
    ground = choose_ground(zones, zone, request)
    transit = Transit(ground.legal, ground.pad, max(_TOLERANCE_SHARE * ground.margin_m, _TOLERANCE_LEAST_M))
    tell("route", 0.1)
    coverage: float | None = None
    if request.pattern is Pattern.AREA:
        flights, findings, coverage = _cover(
            ground, transit, request, lambda share: tell("route", 0.1 + 0.7 * share)
        )
    else:
        flights, findings = _go_round(ground, transit, zone, request)
    findings = [*lowered_margin(ground, request), *findings]
    plans = []
    for number, stretches in enumerate(flights):
        tell("verification", 0.8 + 0.2 * number / len(flights))
        plans.append(
            replace(_plan_of(zones, request, ground, transit, stretches, number, findings), coverage=coverage)
        )
    tell("done", 1.0)
    return plans


def _say_nothing(_stage: str, _share: float) -> None:
    return


def _cover(
    ground: PatrolGround, transit: Transit, request: PatrolRequest, on_share: Callable[[float], None]
) -> tuple[list[list[Stretch]], list[Finding], float]:
    width_m = _width_m(ground.target)
    if request.swath_m > width_m:
        raise MissionError(
            f"the swath of {request.swath_m:g} m is wider than the area, which is {width_m:.1f} m wide",
            place=f"zone {request.zone_id}",
            remedy=f"Take a swath below {width_m:.1f} m, or the perimeter pattern",
        )
    if width_m > _LINES_AT_MOST * request.swath_m:
        raise MissionError(
            f"a swath of {request.swath_m:g} m would take more than {_LINES_AT_MOST} lines",
            place=f"zone {request.zone_id}",
            remedy=f"Take a swath of {math.ceil(10.0 * width_m / _LINES_AT_MOST) / 10.0:g} m or more",
        )
    turn_m = min((request.speed_m_s or DEFAULT_SPEED_M_S) * _TURN_S, _TURN_AT_MOST_SWATHS * request.swath_m)
    entry = transit.nearest_point(ground.pad)
    tour = plan_coverage(ground.target, transit, entry, request.swath_m, turn_m=turn_m, on_progress=on_share)
    shares = split_tour(tour, transit, entry, request.drones, turn_m=turn_m, swath_m=request.swath_m)
    flights = [_through(ground.pad, _coverage_stretches(share)) for share in shares]
    return flights, list(_gap_findings(ground, transit, request, tour)), tour.coverage


def _width_m(target: BaseGeometry) -> float:
    """Shorter side of the smallest rectangle round the widest piece."""
    widths = []
    for part in polygons_of(target):
        corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(part))
        if len(corners) >= 4:
            widths.append(min(math.dist(corners[0], corners[1]), math.dist(corners[1], corners[2])))
    return max(widths, default=0.0)


def _coverage_stretches(tour: CoverageTour) -> Iterator[Stretch]:
    for number, (start, end) in enumerate(itertools.pairwise(tour.points)):
        yield Stretch(RouteKind.COVERAGE if tour.sees[number] else RouteKind.TRANSIT, (start, end))


def _go_round(
    ground: PatrolGround, transit: Transit, zone: Zone, request: PatrolRequest
) -> tuple[list[list[Stretch]], list[Finding]]:
    area = ground.frame.project(zone.area)
    is_outside = zone.kind is not ZoneKind.INCLUSION
    entry = transit.nearest_point(ground.pad)
    best: tuple[float, list[shapely.LineString]] | None = None
    for factor in _RING_FACTORS:
        rings = inset_rings(
            area, max(factor * ground.clearance_m, _RING_INSET_LEAST_M), is_outside=is_outside
        )
        followed_m = sum(shapely.intersection(ring, transit.area).length for ring in rings)
        if best is None or followed_m > 1.05 * best[0]:
            best = (followed_m, rings)
    if best is None or not best[1]:
        raise MissionError(
            f"it is too narrow for a ring {ground.clearance_m:.1f} m inside its border",
            place=f"zone {zone.zone_id}",
            remedy="Lower the margin, or take the area pattern",
        )
    tour = plan_perimeter(best[1], ground.legal, transit, entry)
    findings = [
        _not_seen(
            ground,
            request,
            line.length,
            "m of the perimeter",
            line.interpolate(0.5, normalized=True),
            transit,
        )
        for line in tour.left_out[:_NAMED_GAPS_AT_MOST]
    ]
    return [_through(ground.pad, _perimeter_stretches(tour))], findings


def _perimeter_stretches(tour: PerimeterTour) -> Iterator[Stretch]:
    for number, way in enumerate(tour.ways):
        yield Stretch(RouteKind.TRANSIT, way)
        if number < len(tour.pieces):
            yield Stretch(RouteKind.PERIMETER, tour.pieces[number])


def _through(pad: XY, stretches: Iterator[Stretch]) -> list[Stretch]:
    """Begin and end at the pad itself, which may lie outside the planned space."""
    inner = list(stretches)
    return [
        Stretch(RouteKind.TRANSIT, (pad, inner[0].points[0])),
        *inner,
        Stretch(RouteKind.TRANSIT, (inner[-1].points[-1], pad)),
    ]


def _gap_findings(
    ground: PatrolGround, transit: Transit, request: PatrolRequest, tour: CoverageTour
) -> Iterator[Finding]:
    named = tour.uncovered[:_NAMED_GAPS_AT_MOST]
    for gap in named:
        yield _not_seen(ground, request, gap.area, "m2", gap.representative_point(), transit)
    rest = tour.uncovered[_NAMED_GAPS_AT_MOST:]
    if rest:
        yield Finding(
            Severity.ADVICE,
            FindingCode.NOT_COVERED,
            f"Zone {request.zone_id}: {len(rest)} smaller pieces, {sum(gap.area for gap in rest):.0f} m2 together, "
            "stay unseen",
            "Take a smaller swath or margin",
            zone_id=request.zone_id,
        )


def _not_seen(
    ground: PatrolGround,
    request: PatrolRequest,
    amount: float,
    unit: str,
    place: BaseGeometry,
    transit: Transit,
) -> Finding:
    position = ground.frame.position(float(place.x), float(place.y))
    half_m = request.swath_m / 2.0
    if shapely.distance(transit.area, place) <= half_m:
        cause, remedy = "a line over them would see little else", "Take a smaller swath"
    elif shapely.distance(ground.legal, place) <= half_m:
        cause, remedy = "no legal way leads there from the pad", "Patrol that part from a pad of its own"
    else:
        cause, remedy = f"too narrow for a margin of {ground.margin_m:g} m", "Lower the margin"
    return Finding(
        Severity.ADVICE,
        FindingCode.NOT_COVERED,
        f"Zone {request.zone_id}: {amount:.0f} {unit} around {position} stay unseen: {cause}",
        remedy,
        zone_id=request.zone_id,
        position=position,
    )


def _plan_of(
    zones: ZoneSet,
    request: PatrolRequest,
    ground: PatrolGround,
    transit: Transit,
    stretches: list[Stretch],
    number: int,
    findings: list[Finding],
) -> Plan:
    alt_rel_m = request.alt_rel_m + number * request.alt_step_m
    home = rounded(request.home)
    points = merged_points(stretches, transit)
    waypoints = [Waypoint(xy_m, kind, alt_rel_m) for xy_m, kind in points]
    routes = routes_of(waypoints, ground.frame, home)
    which = f" {number + 1}/{request.drones}" if request.drones > 1 else ""
    plan = Plan(
        name=f"{request.zone_id} {request.pattern.value}{which}",
        home=home,
        items=items_of(waypoints, routes, request.speed_m_s),
        routes=routes,
        home_alt_amsl_m=request.home_alt_amsl_m,
        speed_m_s=request.speed_m_s,
        margin_m=ground.margin_m,
        pattern=request.pattern.value,
        zone_id=request.zone_id,
        swath_m=request.swath_m,
    )
    plan = replace(plan, returns=_choose_returns(plan, zones, request, ground.margin_m))
    checked = check_plan(plan, zones, allow_above_120=request.allow_above_120)
    stopping = with_stops(plan, checked)
    if stopping is not plan:
        plan = stopping
        checked = check_plan(plan, zones, allow_above_120=request.allow_above_120)
    return replace(plan, findings=(*findings, *checked.findings))


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
