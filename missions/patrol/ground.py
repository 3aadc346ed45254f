"""The ground of a patrol: what is to be seen, and where flight is legal, in one plane."""

import math
from dataclasses import dataclass

import shapely
from shapely import MultiPolygon, Polygon

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.plane.legal_space import ROUNDING_M, LegalSpace
from geofence.verification.finding import Finding, FindingCode, Severity
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet
from missions.patrol.request import PatrolRequest, Pattern
from missions.plan.route_items import rounded
from missions.refusal import MissionError
from missions.transit import XY, polygons_of

CLEARANCE_FACTORS = (1.6, 1.3, 1.15)
"""Planning keeps this many margins; the rest over one is for tracking and corner cutting. The lower ones are
taken only where the higher closes a passage."""

DEFAULT_MARGIN_M = 5.0

_MARGIN_FACTORS = (1.0, 0.7, 0.5)
_PASSAGE_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class PatrolGround:
    """What is flown over and where, in the plane, for one margin.

    `legal` keeps `clearance_m` from everything forbidden; the pad may lie closer, down to the margin.
    """

    frame: LocalFrame
    target: MultiPolygon
    legal: Polygon | MultiPolygon
    margin_m: float
    clearance_m: float
    pad: XY


def _margins_m(request: PatrolRequest) -> list[float]:
    if request.margin_m is not None:
        return [request.margin_m]
    usual_m = min(DEFAULT_MARGIN_M, request.swath_m / 4.0)
    return [usual_m * factor for factor in _MARGIN_FACTORS]


def choose_ground(zones: ZoneSet, zone: Zone, request: PatrolRequest) -> PatrolGround:
    """Choose margin and planning clearance so that no passage is closed that a smaller one would keep open."""
    centre = zone.area.representative_point()
    frame = LocalFrame(LatLon(float(centre.y), float(centre.x)))
    pad = frame.point_xy_m(rounded(request.home))
    target = _target(zones, zone, request, frame)
    best: tuple[float, PatrolGround] | None = None
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
                best = (seen_m2, PatrolGround(frame, target, legal, margin_m, factor * margin_m, pad))
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
    # What it compiles is of use where there is something to refuse only.
    from geofence.monitor.zone_monitor import ZoneMonitor

    clearance_m, zone_id = ZoneMonitor(zones).clearance_m(
        request.home,
        alt_rel_m=request.alt_rel_m,
        alt_amsl_m=math.nan
        if request.home_alt_amsl_m is None
        else request.home_alt_amsl_m + request.alt_rel_m,
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
        what = f"outside legal space, {_far(-clearance_m)} inside {edge}"
    else:
        what = f"outside legal space, {_far(-clearance_m)} away from {edge}"
    or_less = ", or lower the margin" if clearance_m >= 0.0 else ""
    return MissionError(
        what, place=place, remedy=f"Move home into an inclusion zone, clear of exclusion zones{or_less}"
    )


def _far(distance_m: float) -> str:
    return f"{distance_m:.1f} m" if distance_m < 10_000.0 else f"{distance_m / 1000.0:.0f} km"


def lowered_margin(ground: PatrolGround, request: PatrolRequest) -> list[Finding]:
    """Say where the margin is less than usual."""
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
