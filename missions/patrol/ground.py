"""The ground of a patrol: what is to be seen or flown over, and where flight is legal, in one plane."""

import math
from dataclasses import dataclass

import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.plane.legal_space import ROUNDING_M, LegalSpace
from geofence.verification.finding import Finding, FindingCode, Severity
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet
from missions.patrol.layers import layers_of, may_change_altitude
from missions.patrol.request import PatrolRequest, is_altitude_allowed
from missions.patterns.extent import extent_xy_m
from missions.patterns.pattern import AreaPattern, CorridorPattern, PerimeterPattern
from missions.patterns.perimeter import inset_rings
from missions.plan.route_items import rounded
from missions.refusal import MissionError
from missions.transit import XY, polygons_of
from missions.transit.layered_path import Place
from missions.transit.layered_transit import LayeredTransit

CLEARANCE_FACTORS = (1.6, 1.3, 1.15)
"""Planning keeps this many margins; the rest over one is for tracking and corner cutting. The lower ones are
taken only where the higher closes a passage."""

DEFAULT_MARGIN_M = 5.0

_MARGIN_FACTORS = (1.0, 0.7, 0.5)
_PASSAGE_SHARE = 0.02
_BESIDE_M = 1.0
_INSTANT_M = 0.01
"""An altitude this far beyond a limit stands for all up to the next one."""


@dataclass(frozen=True, slots=True)
class PatrolGround:
    """What is flown over and where, in the plane, for one margin.

    `legal` keeps `clearance_m` from everything forbidden; the pad may lie closer, down to the margin. `zone` is
    the one that is patrolled, or the inclusion zone that holds most of the pattern; None where there are none. `entry` is the
    place of legal space at the pattern's altitude nearest to the pad. Each of the `anchors` lies in or next to a piece of legal space
    that the pattern is flown in; between pieces ways change altitude.
    """

    frame: LocalFrame
    zone: Zone | None
    target: MultiPolygon
    legal: Polygon | MultiPolygon
    margin_m: float
    clearance_m: float
    pad: XY
    entry: XY
    anchors: tuple[XY, ...]

    @property
    def zone_area(self) -> BaseGeometry:
        """The zone in the plane; empty where there is none."""
        return Polygon() if self.zone is None else self.frame.project(self.zone.area)


def _margins_m(request: PatrolRequest) -> list[float]:
    if request.margin_m is not None:
        return [request.margin_m]
    swath_m = request.swath_m
    usual_m = DEFAULT_MARGIN_M if swath_m is None else min(DEFAULT_MARGIN_M, swath_m / 4.0)
    return [usual_m * factor for factor in _MARGIN_FACTORS]


def choose_ground(zones: ZoneSet, request: PatrolRequest) -> PatrolGround:
    """Choose margin and planning clearance so that no passage is closed that a smaller one would keep open.

    Raises
    ------
    GeofenceError
        There is no such zone.
    MissionError
        The pattern lies where none of it may be flown, or home does.
    """
    frame = _frame(zones, request)
    pad = frame.point_xy_m(rounded(request.home))
    zone, wanted = _wanted(zones, request, frame, pad)
    free = shapely.buffer(_legal(zones, request, frame, 0.0), ROUNDING_M, join_style="mitre")
    target = MultiPolygon(polygons_of(shapely.intersection(wanted, free)))
    reach_m = _reach_m(request)
    best: tuple[float, PatrolGround] | None = None
    is_home_legal = is_passable = False
    is_layered = may_change_altitude(zones, request)
    drift_m = request.drift_m
    for margin_m in _margins_m(request):
        around_pad = _space(zones, request, frame, margin_m + drift_m, request.alt_rel_m)
        if not around_pad.covers_point_xy_m(pad):
            continue
        is_home_legal = True
        if target.is_empty:
            raise _target_refusal(request, zone)
        for factor in CLEARANCE_FACTORS:
            clearance_m = factor * margin_m + drift_m
            legal = _legal(zones, request, frame, clearance_m)
            pieces = polygons_of(legal)
            place = shapely.points(pad)
            if not pieces:
                continue
            piece = min(pieces, key=lambda part: float(shapely.distance(part, place)))
            stub = shapely.get_coordinates(shapely.shortest_line(place, piece))
            if not around_pad.covers_legs_xy_m(stub[:1], stub[1:])[0]:
                continue
            x, y = stub[-1].tolist()
            seen_m2 = shapely.intersection(target, shapely.buffer(piece, reach_m)).area
            flown: list[Polygon] = [piece]
            anchors: tuple[XY, ...] = (pad,)
            if is_layered and len(pieces) > 1 and seen_m2 < (1.0 - _PASSAGE_SHARE) * target.area:
                layers = layers_of(zones, request, frame, clearance_m)
                start = Place((x, y), request.alt_rel_m)
                flown, anchors = _reached(layers, start, pad, piece, pieces, target, request)
                seen_m2 = _seen_m2(target, flown, reach_m)
            if best is None or seen_m2 > best[0] + _PASSAGE_SHARE * target.area:
                ground = PatrolGround(frame, zone, target, legal, margin_m, clearance_m, pad, (x, y), anchors)
                best = (seen_m2, ground)
            # What a margin takes of a line at a border is no reason to lower it.
            passed_m2 = shapely.intersection(
                target, shapely.buffer(shapely.union_all(flown), max(reach_m, margin_m * factor))
            ).area
            is_passable |= passed_m2 >= (1.0 - _PASSAGE_SHARE) * target.area
        if best is not None and is_passable:
            break
    if best is None:
        raise _home_refusal(zones, request, is_home_legal=is_home_legal)
    return best[1]


def _reached(
    layers: LayeredTransit,
    start: Place,
    pad: XY,
    own: Polygon,
    pieces: list[Polygon],
    target: MultiPolygon,
    request: PatrolRequest,
) -> tuple[list[Polygon], tuple[XY, ...]]:
    """Choose the pieces of legal space that are flown in, and a place of each: for areas all that a way leads to, else the best.

    Parameters
    ----------
    own : Polygon
        The pad's.
    """
    reach_m = _reach_m(request)
    seen = {piece: _seen_m2(target, [piece], reach_m) for piece in pieces}
    least_m2 = _PASSAGE_SHARE * target.area
    is_shared = isinstance(request.pattern, AreaPattern)
    found = [(own, pad)] if not is_shared or seen[own] > least_m2 else []
    for piece in sorted(pieces, key=lambda each: -seen[each]):
        least_of_it_m2 = least_m2 if is_shared else seen[own] + least_m2
        if piece == own or seen[piece] <= least_of_it_m2:
            continue
        place = piece.representative_point()
        inside = float(place.x), float(place.y)
        if not _leads(layers, start.xy_m, inside, start.alt_rel_m):
            continue
        if not is_shared:
            return [piece], (inside,)
        found.append((piece, inside))
    found = found or [(own, pad)]
    return [piece for piece, _ in found], tuple(anchor for _, anchor in found)


def _seen_m2(target: MultiPolygon, pieces: list[Polygon], reach_m: float) -> float:
    return float(shapely.intersection(target, shapely.buffer(shapely.union_all(pieces), reach_m)).area)


def _leads(layers: LayeredTransit, start: XY, end: XY, alt_rel_m: float) -> bool:
    """Whether there is a way at any altitudes."""
    try:
        layers.path(Place(start, alt_rel_m), Place(end, alt_rel_m))
    except MissionError:
        return False
    return True


def _frame(zones: ZoneSet, request: PatrolRequest) -> LocalFrame:
    match request.pattern:
        case AreaPattern() | PerimeterPattern():
            centre = zones.get(request.pattern.zone_id).area.representative_point()
            return LocalFrame(LatLon(float(centre.y), float(centre.x)))
        case _:
            return LocalFrame.around(request.pattern.places)


def _wanted(
    zones: ZoneSet, request: PatrolRequest, frame: LocalFrame, pad: XY
) -> tuple[Zone | None, BaseGeometry]:
    """Return the zone that a pattern is flown in, and what is to be seen or flown over, legal or not."""
    pattern = request.pattern
    match pattern:
        case AreaPattern():
            zone = zones.get(pattern.zone_id)
            return zone, frame.project(zone.area)
        case PerimeterPattern():
            zone = zones.get(pattern.zone_id)
            area = frame.project(zone.area)
            if pattern.inset_m is None:
                return zone, shapely.buffer(shapely.boundary(area), pattern.swath_m / 2.0)
            rings = inset_rings(area, pattern.inset_m, is_outside=zone.kind is not ZoneKind.INCLUSION)
            # Where none fits the planner says so.
            return zone, shapely.buffer(shapely.union_all(rings), _BESIDE_M) if rings else area
        case _:
            extent = extent_xy_m(
                pattern, frame, pad, alt_rel_m=request.alt_rel_m, speed_m_s=request.flown_speed_m_s
            )
            return _zone_round(zones, request, frame, extent), extent


def _zone_round(
    zones: ZoneSet, request: PatrolRequest, frame: LocalFrame, extent: BaseGeometry
) -> Zone | None:
    """Return the inclusion zone that holds most of an extent; of equals one that allows the altitude, then the smallest."""
    inclusions = zones.of_kind(ZoneKind.INCLUSION)
    areas = [frame.project(zone.area) for zone in inclusions]
    held = [
        (zone, shapely.intersection(area, extent).area, area.area)
        for zone, area in zip(inclusions, areas, strict=True)
        if shapely.intersects(area, extent)
    ]
    if inclusions and not held:
        raise _target_refusal(request, None)
    rank = {
        zone.zone_id: (is_altitude_allowed(zone, request), round(held_m2), -area_m2)
        for zone, held_m2, area_m2 in held
    }
    return max((zone for zone, *_ in held), key=lambda zone: rank[zone.zone_id], default=None)


def _reach_m(request: PatrolRequest) -> float:
    """How far from where it is flown something is seen."""
    match request.pattern:
        case PerimeterPattern(inset_m=None) | AreaPattern() | CorridorPattern():
            return request.pattern.swath_m / 2.0
        case _:
            return 0.0


def _space(
    zones: ZoneSet, request: PatrolRequest, frame: LocalFrame, margin_m: float, alt_rel_m: float
) -> LegalSpace:
    return LegalSpace(
        zones,
        frame=frame,
        alt_rel_m=alt_rel_m,
        margin_m=margin_m,
        home_alt_amsl_m=request.home_alt_amsl_m,
    )


def _legal(
    zones: ZoneSet, request: PatrolRequest, frame: LocalFrame, margin_m: float
) -> Polygon | MultiPolygon:
    """Return where flight is legal at all altitudes of the pattern."""
    return legal_between(zones, frame, margin_m, request.pattern_alts_rel_m, request.home_alt_amsl_m)


def legal_between(
    zones: ZoneSet,
    frame: LocalFrame,
    margin_m: float,
    alts_rel_m: tuple[float, float],
    home_alt_amsl_m: float | None,
) -> Polygon | MultiPolygon:
    """Return where flight is legal at all altitudes from the first to the second."""
    low_m, high_m = alts_rel_m
    limits_m = {
        limit_m + beyond_m
        for zone in zones
        for volume in zone.volumes
        for limit_m in volume.band.limits_rel_m(home_alt_amsl_m)
        for beyond_m in (-_INSTANT_M, _INSTANT_M)
        if low_m < limit_m + beyond_m < high_m
    }
    areas = [
        LegalSpace(
            zones, frame=frame, alt_rel_m=alt_rel_m, margin_m=margin_m, home_alt_amsl_m=home_alt_amsl_m
        ).area_xy_m
        for alt_rel_m in sorted({low_m, high_m, *limits_m})
    ]
    legal = MultiPolygon(polygons_of(shapely.intersection_all(areas)))
    return areas[0] if len(areas) == 1 else legal


def _target_refusal(request: PatrolRequest, zone: Zone | None) -> MissionError:
    pattern = request.pattern
    if isinstance(pattern, AreaPattern | PerimeterPattern):
        place = f"zone {pattern.zone_id}"
        remedy = "Exclusion zones or other altitude limits cover it whole; choose another altitude or zone"
    else:
        place = f"{pattern.name.value.replace('_', ' ')} at {pattern.places[0]}"
        remedy = "Move it into an inclusion zone, clear of exclusion zones, or choose another altitude"
    if zone is None and not isinstance(pattern, AreaPattern | PerimeterPattern):
        return MissionError("no place of it lies in an inclusion zone", place=place, remedy=remedy)
    return MissionError(
        f"no place of it may be flown over at {request.alt_rel_m:g} m", place=place, remedy=remedy
    )


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
        what = (
            f"only {abs(clearance_m):.1f} m from the border of {edge}, less than the margin of {margin_m:g} m"
        )
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
    about = "" if ground.zone is None else f"Zone {ground.zone.zone_id}: "
    return [
        Finding(
            Severity.ADVICE,
            FindingCode.MARGIN,
            f"{about}the margin is {ground.margin_m:.2f} m instead of {usual_m:.2f} m, "
            "which would have closed the way to a part of it or left the pad too close to a border",
            f"Ask for a margin of {usual_m:.2f} m to have it kept",
            zone_id=None if ground.zone is None else ground.zone.zone_id,
        )
    ]
