"""From mission items to the legs that a copter flies for them."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

from pyproj import Geod

from geofence.latlon import LatLon
from geofence.verification.finding import Finding, FindingCode, Severity
from geofence.verification.leg import Leg
from geofence.verification.return_policy import ReturnPolicy, ReturnTarget
from missions.item import Command, Frame, MissionItem
from missions.plan import Plan

_CIRCLE_RADIUS_M = 10.0  # CIRCLE_RADIUS
_CIRCLE_CHORDS = 36
_SPLINE_CHORDS = 16
_HEIGHT_OF_SAME_PLACE_M = 0.01
_NAV_VTOL_TAKEOFF, _NAV_VTOL_LAND = 84, 85
_KEEPS_ITS_WAY = {
    *(Command.NAV_DELAY, Command.CONDITION_DELAY, Command.CONDITION_YAW, Command.DO_CHANGE_SPEED),
    114,  # CONDITION_DISTANCE
    *(181, 182, 183, 184),  # relays and servos
    189,  # DO_LAND_START
    *range(195, 207),  # regions of interest, camera, mount
    *(211, 42600),  # gripper, winch
    *(214, 216),  # camera interval, sprayer
    *(530, 531, 532, 534, 1000, 1001, 2000, 2001, 2500, 2501),  # cameras and gimbals
    600,  # JUMP_TAG
}
"""MAV_CMD values that do not change where a copter flies. Any other is refused: it may switch the fence off, change
the mode, move home, jump."""

_TAKES_OFF = {int(Command.NAV_TAKEOFF), _NAV_VTOL_TAKEOFF}
_LANDS = {int(Command.NAV_LAND), _NAV_VTOL_LAND}
_LOITERS = {int(Command.NAV_LOITER_UNLIM), int(Command.NAV_LOITER_TIME), int(Command.NAV_LOITER_TURNS)}
_FLIES_TO = {int(Command.NAV_WAYPOINT), int(Command.NAV_SPLINE_WAYPOINT)} | _LOITERS
_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the drone is when it turns to the next item."""

    seq: int
    position: LatLon
    alt_rel_m: float
    before: LatLon | None = None


def legs_of(plan: Plan) -> tuple[list[Leg], list[Finding]]:
    """Every leg that the items can lead to, both ways at every jump, and findings on items that cannot be followed."""
    legs: dict[tuple[int, _Place], list[Leg]] = {}
    findings: dict[tuple[int, FindingCode], Finding] = {}
    waiting = [(0, _Place(0, plan.home, 0.0))]
    known = set(waiting)
    while waiting:
        index, place = waiting.pop()
        if index >= len(plan.items):
            continue
        item = plan.items[index]
        onward = [(index + 1, place)]
        if item.command == Command.DO_JUMP:
            onward += _jump(plan, item, place, findings)
        elif item.command == Command.NAV_RETURN_TO_LAUNCH:
            target = (plan.returns or ReturnPolicy()).target_from(place.position, plan.home)
            legs[item.seq, place] = list(_return_legs(target, place, item))
            onward = [(index + 1, _Place(item.seq, target.position, 0.0))]
        elif item.command in _TAKES_OFF | _LANDS | _FLIES_TO:
            alt_rel_m = _alt_rel_m(plan, item, place, findings)
            legs[item.seq, place] = list(_legs_to(plan, index, place, alt_rel_m))
            end_alt_m = 0.0 if item.command in _LANDS else alt_rel_m
            onward = [(index + 1, _Place(item.seq, _target(item, place), end_alt_m, place.position))]
        elif item.command not in _KEEPS_ITS_WAY:
            _note(findings, item, FindingCode.UNSUPPORTED_ITEM, f"command {item.command} is not understood")
        for step in onward:
            if step not in known:
                known.add(step)
                waiting.append(step)
    ordered = sorted(legs.items(), key=lambda entry: (entry[0][0], entry[0][1].seq))
    return [leg for _, part in ordered for leg in part], list(findings.values())


def _note(
    findings: dict[tuple[int, FindingCode], Finding],
    item: MissionItem,
    code: FindingCode,
    what: str,
    remedy: str = "",
) -> None:
    findings.setdefault(
        (item.seq, code),
        Finding(
            Severity.VIOLATION,
            code,
            f"Item {item.seq}: {what}, so its way cannot be verified",
            remedy or "Replace it by waypoints",
            item_seq=item.seq,
            position=item.position,
        ),
    )


def _jump(
    plan: Plan, item: MissionItem, place: _Place, findings: dict[tuple[int, FindingCode], Finding]
) -> list[tuple[int, _Place]]:
    target, repeat = item.params[0], item.params[1]
    if not (math.isfinite(target) and 1 <= round(target) <= len(plan.items)):
        _note(
            findings,
            item,
            FindingCode.UNSUPPORTED_ITEM,
            f"jumps to item {target:g}, which does not exist",
            f"Jump to an item from 1 to {len(plan.items)}",
        )
        return []
    return [] if repeat == 0 else [(round(target) - 1, place)]


def _alt_rel_m(
    plan: Plan, item: MissionItem, place: _Place, findings: dict[tuple[int, FindingCode], Finding]
) -> float:
    if item.alt_m == 0.0:  # ArduCopter keeps its altitude where an item gives none
        return place.alt_rel_m
    if item.frame is not Frame.GLOBAL:
        return item.alt_m
    if plan.home_alt_amsl_m is None:
        _note(
            findings,
            item,
            FindingCode.UNKNOWN_ALTITUDE,
            f"{item.alt_m:g} m above mean sea level, and the altitude of home is not known",
            "Give home's altitude in the plan, or altitudes above home",
        )
        return place.alt_rel_m
    return item.alt_m - plan.home_alt_amsl_m


def _target(item: MissionItem, place: _Place) -> LatLon:
    """ArduCopter stays where it is for an item without a position, and takes off on the spot."""
    return place.position if item.position is None or item.command in _TAKES_OFF else item.position


def _legs_to(plan: Plan, index: int, place: _Place, alt_rel_m: float) -> Iterator[Leg]:
    item = plan.items[index]

    def leg(start: LatLon, end: LatLon, start_alt_m: float, end_alt_m: float) -> Leg:
        return Leg(place.seq, item.seq, start, end, start_alt_m, end_alt_m)

    target = _target(item, place)
    if item.command in _LANDS:
        if target != place.position:
            yield leg(place.position, target, place.alt_rel_m, place.alt_rel_m)
        yield leg(target, target, place.alt_rel_m, 0.0)
        return
    yield leg(place.position, target, place.alt_rel_m, alt_rel_m)
    if item.command == Command.NAV_SPLINE_WAYPOINT:
        curve = _spline(place, target, _next_position(plan, index))
        for number, (start, end) in enumerate(itertools.pairwise(curve)):
            climb_m = (alt_rel_m - place.alt_rel_m) / _SPLINE_CHORDS
            yield leg(
                start, end, place.alt_rel_m + number * climb_m, place.alt_rel_m + (number + 1) * climb_m
            )
    if item.command == Command.NAV_LOITER_TURNS:
        circle = _circle(target, abs(item.params[2]) or _CIRCLE_RADIUS_M)
        for start, end in itertools.pairwise(circle):
            yield leg(start, end, alt_rel_m, alt_rel_m)


def _return_legs(target: ReturnTarget, place: _Place, item: MissionItem) -> Iterator[Leg]:
    """Climb to RTL_ALT, less within the cone above the target; straight there; down."""
    end = target.position
    _, _, away_m = _GEOD.inv(place.position.lon_deg, place.position.lat_deg, end.lon_deg, end.lat_deg)
    alt_m = float(target.return_alts_rel_m(place.alt_rel_m, away_m))
    if alt_m > place.alt_rel_m:
        yield Leg(place.seq, item.seq, place.position, place.position, place.alt_rel_m, alt_m)
    if away_m > _HEIGHT_OF_SAME_PLACE_M:
        yield Leg(place.seq, item.seq, place.position, end, alt_m, alt_m)
    yield Leg(place.seq, item.seq, end, end, alt_m, 0.0)


def _circle(centre: LatLon, radius_m: float) -> list[LatLon]:
    """Chords round a circle, drawn so that the circle lies within them."""
    outer_m = radius_m / math.cos(math.pi / _CIRCLE_CHORDS)
    azimuths_deg = [360.0 * k / _CIRCLE_CHORDS for k in range(_CIRCLE_CHORDS + 1)]
    return [_away(centre, azimuth_deg, outer_m) for azimuth_deg in azimuths_deg]


def _away(position: LatLon, azimuth_deg: float, distance_m: float) -> LatLon:
    lon_deg, lat_deg, _ = _GEOD.fwd(position.lon_deg, position.lat_deg, azimuth_deg, distance_m)
    return LatLon(float(lat_deg), float(lon_deg))


def _next_position(plan: Plan, index: int) -> LatLon | None:
    return next((item.position for item in plan.items[index + 1 :] if item.is_navigation), None)


def _spline(place: _Place, target: LatLon, following: LatLon | None) -> list[LatLon]:
    """ArduCopter's Hermite curve (AC_WPNav, SplineCurve): tangents along the neighbours' lines, cut back where long."""
    metres_lat = 111_132.0
    metres_lon = 111_320.0 * math.cos(math.radians(target.lat_deg))

    def xy(position: LatLon) -> tuple[float, float]:
        return (
            (position.lon_deg - place.position.lon_deg) * metres_lon,
            (position.lat_deg - place.position.lat_deg) * metres_lat,
        )

    end = xy(target)
    back = xy(place.before) if place.before is not None else (0.0, 0.0)
    leave = (-back[0], -back[1])
    arrive = (0.0, 0.0) if following is None else xy(following)
    total = math.hypot(leave[0] + arrive[0], leave[1] + arrive[1])
    limit = 4.0 * math.hypot(*end)
    scale = limit / total if total > limit > 0.0 else 1.0
    curve = []
    for k in range(_SPLINE_CHORDS + 1):
        t = k / _SPLINE_CHORDS
        h_end, h_leave, h_arrive = t * t * (3.0 - 2.0 * t), t * (1.0 - t) ** 2, t * t * (t - 1.0)
        x, y = (h_end * end[i] + scale * (h_leave * leave[i] + h_arrive * arrive[i]) for i in (0, 1))
        curve.append(LatLon(place.position.lat_deg + y / metres_lat, place.position.lon_deg + x / metres_lon))
    return curve
