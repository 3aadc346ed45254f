"""The rest of a plan whose flight was broken off."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.terrain import Terrain
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Plan, Route, RouteKind
from missions.plan.route_items import ground_length_m, rounded
from missions.refusal import MissionError
from missions.transit import XY
from missions.vehicle.flight_parts import LegalWay
from missions.vehicle.movement import followed
from missions.vehicle.standing_orders import standing_orders
from missions.ways.copter_motion import CopterMotion
from missions.ways.flight_step import Place

_OFF_LEG_AT_MOST_M = 30.0
_STRAIGHT_TO = {int(Command.NAV_WAYPOINT), int(Command.NAV_LOITER_TIME), int(Command.NAV_LOITER_UNLIM)}
_HOMEWARD = {int(Command.NAV_RETURN_TO_LAUNCH), int(Command.NAV_LAND)}


@dataclass(frozen=True, slots=True)
class BreakOff:
    """Where a flight was broken off.

    Parameters
    ----------
    seq : int
        The item that was being flown.
    position : LatLon, optional
        Where, on the leg to it; without it the leg is flown anew. Circles, curves and stays always are.
    visit : int
        Which time it was being flown, where jumps repeat it.
    """

    seq: int
    position: LatLon | None = None
    visit: int = 1


def resume_plan(
    plan: Plan, broken_off: BreakOff, way: LegalWay, frame: LocalFrame, *, terrain: Terrain | None = None
) -> Plan:
    """Make the plan of the rest: take-off, a legal way to where it was broken off, the items that are left.

    What was in force there is in force again: the speed from the take-off on, the rest from that place on. Jumps are
    written out. The plan is not verified; `check_plan` does that.

    Parameters
    ----------
    plan : Plan
    broken_off : BreakOff
    way : LegalWay
        In the frame's plane; flown at the altitude of the place that it leads to.
    frame : LocalFrame
    terrain : Terrain, optional
        For altitudes above ground.

    Raises
    ------
    MissionError
        Where there is no such place on the plan's way, or nothing is left of it but the way home.
    """
    steps = list(followed(plan, CopterMotion(), terrain=terrain))
    items = [item for item, _, _ in steps]
    index = _index(items, broken_off)
    if not any(_is_work(item) for item in items[index:]):
        raise MissionError(
            "only the way home was left", place=f"item {broken_off.seq}", remedy="There is nothing to resume"
        )
    if not any(_is_work(item) for item in items[:index]):
        return plan
    _, place, step = steps[index]
    begin = _begin(items[index], place, step.end, broken_off, frame)
    bends = list(way(frame.point_xy_m(plan.home), frame.point_xy_m(begin.position)))
    out = [*(rounded(frame.position(*bend)) for bend in bends[1:-1]), begin.position]
    orders = standing_orders(items[:index])
    speeds = [order for order in orders if order.command == Command.DO_CHANGE_SPEED]
    others = [order for order in orders if order.command != Command.DO_CHANGE_SPEED]
    rest = (
        MissionItem(0, Command.NAV_TAKEOFF, alt_m=begin.alt_rel_m),
        *speeds,
        *(MissionItem(0, Command.NAV_WAYPOINT, position=each, alt_m=begin.alt_rel_m) for each in out),
        *others,
        *items[index:],
    )
    return replace(
        plan,
        name=f"{plan.name}, rest",
        items=tuple(replace(item, seq=seq) for seq, item in enumerate(rest, start=1)),
        routes=tuple(_routes(plan, out, begin, place, items[index:])),
        findings=(),
        coverage=None,
    )


def _index(items: Sequence[MissionItem], broken_off: BreakOff) -> int:
    visits = [index for index, item in enumerate(items) if item.seq == broken_off.seq]
    if not visits:
        raise MissionError(
            "is not an item of the plan's way",
            place=f"item {broken_off.seq}",
            remedy="Give the item that was being flown",
        )
    if not 1 <= broken_off.visit <= len(visits):
        raise MissionError(
            f"is flown {len(visits)} times, and broken off the {broken_off.visit}. time",
            place=f"item {broken_off.seq}",
            remedy=f"Give a visit from 1 to {len(visits)}",
        )
    return visits[broken_off.visit - 1]


def _is_work(item: MissionItem) -> bool:
    is_take_off = item.command == Command.NAV_TAKEOFF
    return item.is_navigation and item.command not in _HOMEWARD and not is_take_off


@dataclass(frozen=True, slots=True)
class _Begin:
    """Where the rest begins."""

    position: LatLon
    alt_rel_m: float


def _begin(item: MissionItem, place: Place, end: Place, broken_off: BreakOff, frame: LocalFrame) -> _Begin:
    start = _Begin(place.position, place.alt_rel_m)
    if broken_off.position is None or item.position is None or item.command not in _STRAIGHT_TO:
        return start
    a, b = frame.point_xy_m(place.position), frame.point_xy_m(end.position)
    share, off_m = _projected(frame.point_xy_m(broken_off.position), a, b)
    if off_m > _OFF_LEG_AT_MOST_M:
        raise MissionError(
            f"{broken_off.position} is {off_m:.0f} m off the leg to it",
            place=f"item {item.seq}",
            remedy="Give a position on the leg, or none to fly it anew",
        )
    alt_rel_m = place.alt_rel_m + share * (end.alt_rel_m - place.alt_rel_m)
    on_leg = frame.position(a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))
    return _Begin(rounded(on_leg), alt_rel_m)


def _projected(point: XY, a: XY, b: XY) -> tuple[float, float]:
    """Share of the line from a to b at which it is nearest to a point, and the distance there."""
    along = (b[0] - a[0], b[1] - a[1])
    square = along[0] ** 2 + along[1] ** 2
    share = ((point[0] - a[0]) * along[0] + (point[1] - a[1]) * along[1]) / square if square > 0.0 else 0.0
    share = min(1.0, max(0.0, share))
    return share, math.dist(point, (a[0] + share * along[0], a[1] + share * along[1]))


def _routes(
    plan: Plan, out: Sequence[LatLon], begin: _Begin, place: Place, rest: Sequence[MissionItem]
) -> Iterator[Route]:
    """Routes of the way out and of the rest, as far as the plan knows its own."""
    if not plan.routes:
        return
    kinds = {pair: route.kind for route in plan.routes for pair in itertools.pairwise(route.positions)}
    way_out = (plan.home, *out)
    yield Route(RouteKind.TRANSIT, way_out, (begin.alt_rel_m,) * len(way_out), ground_length_m(way_out))
    run, alts_m, kind = [begin.position], [begin.alt_rel_m], None
    before = place.position
    for item in rest:
        if item.position is None or not item.is_navigation:
            continue
        leg_kind = kinds.get((before, item.position), RouteKind.TRANSIT)
        if kind is not None and leg_kind is not kind:
            yield Route(kind, tuple(run), tuple(alts_m), ground_length_m(run))
            run, alts_m = run[-1:], alts_m[-1:]
        kind, before = leg_kind, item.position
        run.append(item.position)
        alts_m.append(item.alt_m if item.frame is Frame.GLOBAL_RELATIVE_ALT else alts_m[-1])
    if kind is not None:
        yield Route(kind, tuple(run), tuple(alts_m), ground_length_m(run))
