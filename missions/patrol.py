"""Planning a patrol of one zone: request in, one verified plan a drone out."""

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geofence.clearance import ZoneClearance
from geofence.finding import Finding, FindingCode, Severity
from geofence.latlon import LatLon
from geofence.legal_space import ROUNDING_M, LegalSpace
from geofence.local_frame import LocalFrame
from geofence.zone import AltitudeDatum, Zone, ZoneKind
from geofence.zone_set import ZoneSet
from missions.coverage import CoverageTour, plan_coverage
from missions.fleet_split import split_tour
from missions.perimeter import PerimeterTour, inset_rings, plan_perimeter
from missions.plan import Plan, RouteKind
from missions.plan_check import LEGAL_LIMIT_AGL_M, check_plan
from missions.refusal import MissionError
from missions.route_items import Stretch, items_of, merged_points, rounded, routes_of
from missions.transit import XY, Transit, polygons_of

CLEARANCE_FACTORS = (1.6, 1.3, 1.15)
"""Planning keeps this many margins; the rest over one is for tracking and corner cutting. The lower ones are
taken only where the higher closes a passage."""

DEFAULT_MARGIN_M = 5.0
DEFAULT_SPEED_M_S = 10.0
"""ArduCopter's WPNAV_SPEED as shipped."""

_MARGIN_FACTORS = (1.0, 0.7, 0.5)
_PASSAGE_SHARE = 0.02
_TOLERANCE_SHARE = 0.1
_TURN_S = 2.0
_TURN_AT_MOST_SWATHS = 1.0
_SHORT_TURN_SWATHS = 2.5
_NAMED_GAPS_AT_MOST = 12
_TOLERANCE_LEAST_M = 0.02
_RING_FACTORS = (1.25, 1.5, 2.0)
_RING_INSET_LEAST_M = 0.5


class Pattern(StrEnum):
    """How a zone is patrolled."""

    AREA = "area"
    """Every place of it is seen."""
    PERIMETER = "perimeter"
    """Once along its border."""


@dataclass(frozen=True, slots=True)
class PatrolRequest:
    """What is to be patrolled, and with what.

    Parameters
    ----------
    zone_id : str
    pattern : Pattern
    swath_m : float
        Width on the ground that the camera covers.
    alt_rel_m : float
        Above home.
    home : LatLon
        Pad where all drones start and land.
    drones : int
    speed_m_s : float or None
        None leaves the speed to the vehicle.
    margin_m : float or None
        Least distance to every boundary; by default 5 m or a quarter of the swath, and less where that would
        close the way to a good part of the zone.
    allow_above_120 : bool
    alt_step_m : float
        Each further drone flies higher by this.
    home_alt_amsl_m : float or None
        Needed where zones count altitudes from mean sea level.
    """

    zone_id: str
    pattern: Pattern
    swath_m: float
    alt_rel_m: float
    home: LatLon
    drones: int = 1
    speed_m_s: float | None = None
    margin_m: float | None = None
    allow_above_120: bool = False
    alt_step_m: float = 0.0
    home_alt_amsl_m: float | None = None


@dataclass(frozen=True, slots=True)
class _Ground:
    """What is flown over and where, in the plane, for one margin.

    `legal` keeps `clearance_m` from everything forbidden; the pad may lie closer, down to the margin.
    """

    frame: LocalFrame
    target: MultiPolygon
    legal: Polygon | MultiPolygon
    margin_m: float
    clearance_m: float
    pad: XY


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
    _refuse_bad_numbers(request)
    _refuse_altitude(zone, request)
    tell("legal space", 0.0)
    ground = _ground(zones, zone, request)
    transit = Transit(ground.legal, ground.pad, max(_TOLERANCE_SHARE * ground.margin_m, _TOLERANCE_LEAST_M))
    tell("route", 0.1)
    coverage: float | None = None
    if request.pattern is Pattern.AREA:
        flights, findings, coverage = _cover(
            ground, transit, request, lambda share: tell("route", 0.1 + 0.7 * share)
        )
    else:
        flights, findings = _go_round(ground, transit, zone, request)
    findings = [*_lowered_margin(ground, request), *findings]
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


def _refuse_bad_numbers(request: PatrolRequest) -> None:
    for name, value in (
        ("swath", request.swath_m),
        ("altitude", request.alt_rel_m),
        ("speed", request.speed_m_s),
    ):
        if value is not None and not (math.isfinite(value) and value > 0.0):
            raise MissionError(f"{name} {value:g} is not a positive number", remedy=f"Give a {name} above 0")
    if request.margin_m is not None and not (math.isfinite(request.margin_m) and request.margin_m >= 0.0):
        raise MissionError(f"margin {request.margin_m:g} m is not a distance", remedy="Give 0 m or more")
    if not math.isfinite(request.alt_step_m):
        raise MissionError(f"altitude step {request.alt_step_m:g} m is not a number", remedy="Give metres")
    if request.drones < 1:
        raise MissionError(f"{request.drones} drones cannot fly a patrol", remedy="Send at least one")
    if request.pattern is Pattern.PERIMETER and request.drones > 1:
        raise MissionError("a perimeter is followed by one drone", remedy="Ask for one drone")


def _refuse_altitude(zone: Zone, request: PatrolRequest) -> None:
    place = f"zone {zone.zone_id}"
    if zone.kind is not ZoneKind.INCLUSION and request.pattern is Pattern.AREA:
        raise MissionError(
            f"an area patrol flies inside, and this is an {zone.kind.value} zone",
            place=place,
            remedy="Choose an inclusion zone, or the perimeter pattern",
        )
    last_m = request.alt_rel_m + request.alt_step_m * (request.drones - 1)
    top_m, bottom_m = max(request.alt_rel_m, last_m), min(request.alt_rel_m, last_m)
    if bottom_m <= 0.0:
        raise MissionError(
            f"drone {request.drones} would fly at {bottom_m:g} m", remedy="Take a smaller altitude step"
        )
    if top_m > LEGAL_LIMIT_AGL_M and not request.allow_above_120:
        raise MissionError(
            f"altitude {top_m:g} m is above the legal limit of {LEGAL_LIMIT_AGL_M:g} m above ground",
            remedy=f"Stay at or below {LEGAL_LIMIT_AGL_M:g} m, or pass --allow-above-120 where you hold a permission",
        )
    if zone.kind is not ZoneKind.INCLUSION:
        return
    offset_m = 0.0
    if zone.band.datum is AltitudeDatum.AMSL:
        if request.home_alt_amsl_m is None:
            if zone.band.ceiling_m is None and zone.band.floor_m is None:
                return
            raise MissionError(
                "its altitudes count from mean sea level, and home's altitude is not known",
                place=place,
                remedy="Give the altitude of home above mean sea level, or altitudes above ground in the zone",
            )
        offset_m = request.home_alt_amsl_m
    if zone.band.ceiling_m is not None and top_m > zone.band.ceiling_m - offset_m + 1e-6:
        raise MissionError(
            f"altitude {top_m:g} m is above its ceiling of {zone.band.ceiling_m - offset_m:g} m above home",
            place=place,
            remedy=f"Fly at {zone.band.ceiling_m - offset_m:g} m or lower",
        )
    if zone.band.floor_m is not None and bottom_m < zone.band.floor_m - offset_m - 1e-6:
        raise MissionError(
            f"altitude {bottom_m:g} m is below its floor of {zone.band.floor_m - offset_m:g} m above home",
            place=place,
            remedy=f"Fly at {zone.band.floor_m - offset_m:g} m or higher",
        )


def _margins_m(request: PatrolRequest) -> list[float]:
    if request.margin_m is not None:
        return [request.margin_m]
    usual_m = min(DEFAULT_MARGIN_M, request.swath_m / 4.0)
    return [usual_m * factor for factor in _MARGIN_FACTORS]


def _ground(zones: ZoneSet, zone: Zone, request: PatrolRequest) -> _Ground:
    """Choose margin and planning clearance so that no passage is closed that a smaller one would keep open."""
    centre = zone.area.representative_point()
    frame = LocalFrame(LatLon(float(centre.y), float(centre.x)))
    pad = frame.point_xy_m(rounded(request.home))
    target = _target(zones, zone, request, frame)
    best: tuple[float, _Ground] | None = None
    is_home_legal = False
    for margin_m in _margins_m(request):
        around_pad = _space(zones, request, frame, margin_m)
        if not around_pad.covers_point_xy_m(pad):
            continue
        is_home_legal = True
        for factor in CLEARANCE_FACTORS:
            legal = _space(zones, request, frame, factor * margin_m).area_xy_m
            pieces = polygons_of(legal)
            place = shapely.points(pad)
            if not pieces:
                continue
            piece = min(pieces, key=lambda part: float(shapely.distance(part, place)))
            stub = shapely.get_coordinates(shapely.shortest_line(place, piece))
            if not around_pad.covers_legs_xy_m(stub[:1], stub[1:])[0]:
                continue
            seen_m2 = shapely.intersection(target, shapely.buffer(piece, request.swath_m / 2.0)).area
            if best is None or seen_m2 > best[0] + _PASSAGE_SHARE * target.area:
                best = (seen_m2, _Ground(frame, target, legal, margin_m, factor * margin_m, pad))
        if best is not None and best[0] >= (1.0 - _PASSAGE_SHARE) * target.area:
            break
    if best is None:
        raise _home_refusal(zones, request, is_home_legal=is_home_legal)
    return best[1]


def _space(zones: ZoneSet, request: PatrolRequest, frame: LocalFrame, margin_m: float) -> LegalSpace:
    return LegalSpace(
        zones,
        frame=frame,
        alt_rel_m=request.alt_rel_m,
        margin_m=margin_m,
        home_alt_amsl_m=request.home_alt_amsl_m,
    )


def _target(zones: ZoneSet, zone: Zone, request: PatrolRequest, frame: LocalFrame) -> MultiPolygon:
    """Return what is to be seen: the zone without what is forbidden in it, or a strip along it."""
    area = frame.project(zone.area)
    free = shapely.buffer(_space(zones, request, frame, 0.0).area_xy_m, ROUNDING_M, join_style="mitre")
    if request.pattern is Pattern.PERIMETER:
        area = shapely.buffer(shapely.boundary(area), request.swath_m / 2.0)
    target = MultiPolygon(polygons_of(shapely.intersection(area, free)))
    if target.is_empty:
        raise MissionError(
            f"no place of it may be flown over at {request.alt_rel_m:g} m",
            place=f"zone {zone.zone_id}",
            remedy="Exclusion zones or other altitude limits cover it whole; choose another altitude or zone",
        )
    return target


def _home_refusal(zones: ZoneSet, request: PatrolRequest, *, is_home_legal: bool) -> MissionError:
    margin_m = _margins_m(request)[-1]
    clearance_m, zone_id = ZoneClearance(zones, home_alt_amsl_m=request.home_alt_amsl_m).clearance_m(
        request.home, request.alt_rel_m
    )
    place = f"home {request.home}"
    if is_home_legal or not math.isfinite(clearance_m) or zone_id is None:
        return MissionError(
            f"there is no legal space to fly in around it at {request.alt_rel_m:g} m",
            place=place,
            remedy="Move home, lower the margin, or choose another altitude",
        )
    zone = zones.get(zone_id)
    edge = f"{zone.kind.value} zone {zone_id}"
    if clearance_m >= 0.0:
        what = f"only {clearance_m:.1f} m from the border of {edge}, less than the margin of {margin_m:g} m"
    elif zone.kind is ZoneKind.EXCLUSION:
        what = f"outside legal space, {-clearance_m:.1f} m inside {edge}"
    else:
        what = f"outside legal space, {-clearance_m:.1f} m away from {edge}"
    return MissionError(
        what, place=place, remedy="Move home into an inclusion zone, clear of exclusion zones"
    )


def _lowered_margin(ground: _Ground, request: PatrolRequest) -> list[Finding]:
    usual_m = _margins_m(request)[0]
    if ground.margin_m >= usual_m:
        return []
    return [
        Finding(
            Severity.ADVICE,
            FindingCode.MARGIN,
            f"Zone {request.zone_id}: the margin is {ground.margin_m:.2f} m instead of {usual_m:.2f} m, "
            "which would have closed the way to a part of it or left the pad too close to a border",
            f"Ask for a margin of {usual_m:.2f} m to have it kept",
            zone_id=request.zone_id,
        )
    ]


def _cover(
    ground: _Ground, transit: Transit, request: PatrolRequest, on_share: Callable[[float], None]
) -> tuple[list[list[Stretch]], list[Finding], float]:
    width_m = _width_m(ground.target)
    if request.swath_m > width_m:
        raise MissionError(
            f"the swath of {request.swath_m:g} m is wider than the area, which is {width_m:.1f} m wide",
            place=f"zone {request.zone_id}",
            remedy=f"Take a swath below {width_m:.1f} m, or the perimeter pattern",
        )
    turn_m = min((request.speed_m_s or DEFAULT_SPEED_M_S) * _TURN_S, _TURN_AT_MOST_SWATHS * request.swath_m)
    entry = transit.nearest_point(ground.pad)
    tour = plan_coverage(ground.target, transit, entry, request.swath_m, turn_m=turn_m, on_progress=on_share)
    shares = split_tour(tour, transit, entry, request.drones, turn_m=turn_m)
    flights = [_through(ground.pad, _coverage_stretches(share, request.swath_m)) for share in shares]
    return flights, list(_gap_findings(ground, transit, request, tour)), tour.coverage


def _width_m(target: BaseGeometry) -> float:
    """Shorter side of the smallest rectangle round the widest piece."""
    widths = []
    for part in polygons_of(target):
        corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(part))
        if len(corners) >= 4:
            widths.append(min(math.dist(corners[0], corners[1]), math.dist(corners[1], corners[2])))
    return max(widths, default=0.0)


def _coverage_stretches(tour: CoverageTour, swath_m: float) -> Iterator[Stretch]:
    """Strokes, with short turns between them counted as coverage."""
    last = len(tour.ways) - 1
    for number, way in enumerate(tour.ways):
        length_m = sum(math.dist(a, b) for a, b in itertools.pairwise(way))
        is_turn = 0 < number < last and length_m <= _SHORT_TURN_SWATHS * swath_m
        yield Stretch(RouteKind.COVERAGE if is_turn else RouteKind.TRANSIT, way)
        if number < last:
            yield Stretch(RouteKind.COVERAGE, tour.legs[number])


def _go_round(
    ground: _Ground, transit: Transit, zone: Zone, request: PatrolRequest
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
    ground: _Ground, transit: Transit, request: PatrolRequest, tour: CoverageTour
) -> Iterator[Finding]:
    named = tour.uncovered[:_NAMED_GAPS_AT_MOST]
    for gap in named:
        yield _not_seen(ground, request, gap.area, "m2", gap.representative_point(), transit)
    rest = tour.uncovered[_NAMED_GAPS_AT_MOST:]
    if rest:
        yield Finding(
            Severity.ADVICE,
            FindingCode.ADVISORY,
            f"Zone {request.zone_id}: {len(rest)} smaller pieces, {sum(gap.area for gap in rest):.0f} m2 together, "
            "stay unseen",
            "Take a smaller swath or margin",
            zone_id=request.zone_id,
        )


def _not_seen(
    ground: _Ground, request: PatrolRequest, amount: float, unit: str, place: BaseGeometry, transit: Transit
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
        FindingCode.ADVISORY,
        f"Zone {request.zone_id}: {amount:.0f} {unit} around {position} stay unseen: {cause}",
        remedy,
        zone_id=request.zone_id,
        position=position,
    )


def _plan_of(
    zones: ZoneSet,
    request: PatrolRequest,
    ground: _Ground,
    transit: Transit,
    stretches: list[Stretch],
    number: int,
    findings: list[Finding],
) -> Plan:
    alt_rel_m = request.alt_rel_m + number * request.alt_step_m
    home = rounded(request.home)
    routes = routes_of(merged_points(stretches, transit), ground.frame, home, alt_rel_m)
    which = f" {number + 1}/{request.drones}" if request.drones > 1 else ""
    plan = Plan(
        name=f"{request.zone_id} {request.pattern.value}{which}",
        home=home,
        items=items_of(routes, alt_rel_m, request.speed_m_s),
        routes=routes,
        home_alt_amsl_m=request.home_alt_amsl_m,
        speed_m_s=request.speed_m_s,
        margin_m=ground.margin_m,
        pattern=request.pattern.value,
        zone_id=request.zone_id,
        swath_m=request.swath_m,
    )
    checked = check_plan(plan, zones, allow_above_120=request.allow_above_120)
    return replace(plan, findings=(*findings, *checked.findings))
