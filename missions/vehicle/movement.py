"""What a copter does for the items of a plan, one after another, as often as its jumps repeat them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from geofence.local_frame import LocalFrame
from geofence.terrain import Terrain
from geofence.verification.leg import Leg
from missions.plan.item import Command, MissionItem
from missions.plan.plan import Plan
from missions.refusal import MissionError
from missions.ways.copter_motion import CopterMotion
from missions.ways.flight_step import FlightStep, Place, StepPart
from missions.ways.item_reading import AT_ONCE
from missions.ways.item_steps import ItemSteps
from missions.ways.plan_ground import PlanGround

XYZ = tuple[float, float, float]

_ROUTE = {int(Command.NAV_WAYPOINT), int(Command.NAV_SPLINE_WAYPOINT)}
RETURN_WAIT_S = 5.0  # RTL_LOIT_TIME
_STEPS_AT_MOST = 100_000


class Phase(StrEnum):
    """What a copter is at."""

    TAKE_OFF = "take-off"
    CLIMB = "climb"
    FLY = "fly"
    CURVE = "curve"
    CIRCLE = "circle"
    HOLD = "hold"
    LAND = "land"


@dataclass(frozen=True, slots=True)
class Movement:
    """One stretch of a flight.

    Parameters
    ----------
    from_seq, item_seq : int
        The items that it begins at and is flown for; 0 is home.
    phase : Phase
    points_m : tuple of (float, float, float)
        East, north and up of home; the chords of a curve or of one round of a circle.
    speed_m_s : float
        What the mission asks for.
    is_passing : bool
        It begins at a waypoint that the copter does not stop at.
    wait_s : float
        Of a hold.
    rounds : float
        Of a circle.
    """

    from_seq: int
    item_seq: int
    phase: Phase
    points_m: tuple[XYZ, ...]
    speed_m_s: float
    is_passing: bool = False
    wait_s: float = 0.0
    rounds: float = 1.0

    @property
    def start_m(self) -> XYZ:
        """Where it begins."""
        return self.points_m[0]

    @property
    def end_m(self) -> XYZ:
        """Where it ends, unless it is a circle."""
        return self.points_m[-1]

    @property
    def length_m(self) -> float:
        """Along the path, climbs and all rounds included."""
        once_m = sum(math.dist(a, b) for a, b in zip(self.points_m, self.points_m[1:], strict=False))
        return once_m * self.rounds


def items_in_order(plan: Plan) -> Iterator[MissionItem]:
    """Give a plan's items as ArduCopter comes to them: jumps followed as often as they repeat, and left out themselves.

    Raises
    ------
    MissionError
        For jumps without end, or to an item that does not exist.
    """
    left: dict[int, int] = {}
    index = steps = 0
    while index < len(plan.items):
        item = plan.items[index]
        steps += 1
        if steps > _STEPS_AT_MOST:
            raise MissionError(f"more than {_STEPS_AT_MOST} items would be flown", remedy="Repeat less often")
        index += 1
        if item.command != Command.DO_JUMP:
            yield item
            continue
        target, repeats = item.params[0], item.params[1]
        if not (math.isfinite(target) and 1 <= round(target) <= len(plan.items)):
            raise MissionError(
                f"jumps to item {target:g}, which does not exist",
                place=f"item {item.seq}",
                remedy=f"Jump to an item from 1 to {len(plan.items)}",
            )
        if not (math.isfinite(repeats) and repeats >= 0.0):
            raise MissionError(
                "jumps for ever, so the flight has no end",
                place=f"item {item.seq}",
                remedy="Say how often it jumps",
            )
        if left.setdefault(item.seq, int(repeats)) > 0:
            left[item.seq] -= 1
            index = round(target) - 1


def followed(
    plan: Plan, motion: CopterMotion, *, terrain: Terrain | None = None
) -> Iterator[tuple[MissionItem, Place, FlightStep]]:
    """Give the items as ArduCopter comes to them, each with where the copter is then and what it flies for it.

    Raises
    ------
    MissionError
        For items whose way is not known, and for jumps without end.
    """
    ordered = tuple(items_in_order(plan))
    steps = ItemSteps(replace(plan, items=ordered), motion, PlanGround(plan, terrain))
    place = steps.start()
    for index, item in enumerate(ordered):
        (step,) = steps.steps(index, place)
        if steps.findings:
            raise MissionError(steps.findings[0].message, remedy=steps.findings[0].remedy)
        yield item, place, step
        place = step.end


def movements_of(plan: Plan, motion: CopterMotion, *, terrain: Terrain | None = None) -> list[Movement]:
    """Follow the items from home.

    Raises
    ------
    MissionError
        For items whose way is not known, or that have no end.
    """
    frame = LocalFrame(plan.home)
    flown: MissionItem | None = None
    movements: list[Movement] = []
    for item, place, step in followed(plan, motion, terrain=terrain):
        is_passing = any(turn.is_passed for turn in step.turns) or _is_smooth(flown, item)
        # RTL_SPEED is 0: whatever the mission asked for, a return is flown at the vehicle's own.
        is_return = item.command == Command.NAV_RETURN_TO_LAUNCH
        movements.extend(
            Movement(
                place.seq,
                item.seq,
                phase,
                _round_points_m(item, place, legs, frame)
                if phase is Phase.CIRCLE
                else _points_m(legs, frame),
                motion.speed_m_s if is_return else place.speed_m_s,
                is_passing and phase in (Phase.FLY, Phase.CURVE),
                _wait_s(item) if phase is Phase.HOLD else 0.0,
                abs(item.params[0]) if phase is Phase.CIRCLE and math.isfinite(item.params[0]) else 1.0,
            )
            for phase, legs in _phases(item, step)
        )
        flown = item if item.is_navigation else flown
    return movements


def _is_smooth(flown: MissionItem | None, item: MissionItem) -> bool:
    """ArduCopter does not stop between a spline waypoint and its neighbours either (AC_WPNav)."""
    if flown is None or item.command not in _ROUTE or flown.command not in _ROUTE:
        return False
    is_bent = Command.NAV_SPLINE_WAYPOINT in (flown.command, item.command)
    return is_bent and not flown.params[0] >= 1.0


def _phases(item: MissionItem, step: FlightStep) -> Iterator[tuple[Phase, list[Leg]]]:
    straight: list[Leg] = []
    for number, part in enumerate(step.parts):
        leg = part.legs[0]
        is_vertical = leg.start == leg.end
        if len(part.legs) == 1 and not is_vertical:
            straight.append(leg)  # over terrain a leg comes in pieces
            if number + 1 < len(step.parts) and _is_piece(step.parts[number + 1]):
                continue
            yield Phase.FLY, straight
            straight = []
        elif item.command == Command.NAV_LOITER_TURNS:
            yield Phase.CIRCLE, _first_ring(part.legs)
            return  # on its way to the next item it has not come to its stop
        elif len(part.legs) > 1:
            yield Phase.CURVE, list(part.legs[1:])  # the first is its chord
        elif leg.start_alt_rel_m < leg.end_alt_rel_m:
            yield Phase.TAKE_OFF if leg.meets_ground else Phase.CLIMB, [leg]
        elif leg.start_alt_rel_m > leg.end_alt_rel_m and leg.meets_ground:
            if item.command == Command.NAV_RETURN_TO_LAUNCH:
                yield Phase.HOLD, [replace(leg, end_alt_rel_m=leg.start_alt_rel_m)]
            yield Phase.LAND, [leg]
        elif leg.start_alt_rel_m > leg.end_alt_rel_m:
            yield Phase.CLIMB, [leg]
        elif item.command != Command.NAV_RETURN_TO_LAUNCH and part.duration_s != AT_ONCE:
            yield Phase.HOLD, [leg]


def _is_piece(part: StepPart) -> bool:
    return len(part.legs) == 1 and part.legs[0].start != part.legs[0].end


def _first_ring(legs: tuple[Leg, ...]) -> list[Leg]:
    """Where the autopilot may keep one of two radii, the one that it keeps."""
    ends = (number for number, leg in enumerate(legs, start=1) if leg.end == legs[0].start)
    return list(legs[: next(ends, len(legs))])


def _points_m(legs: list[Leg], frame: LocalFrame) -> tuple[XYZ, ...]:
    places = [legs[0].start, *(leg.end for leg in legs)]
    alts_m = [legs[0].start_alt_rel_m, *(leg.end_alt_rel_m for leg in legs)]
    xy_m = frame.xy_m([place.lat_deg for place in places], [place.lon_deg for place in places])
    return tuple((float(x), float(y), alt_m) for (x, y), alt_m in zip(xy_m, alts_m, strict=True))


def _round_points_m(item: MissionItem, place: Place, legs: list[Leg], frame: LocalFrame) -> tuple[XYZ, ...]:
    """One round from the point nearest to where the copter comes from, clockwise unless the radius is negative."""
    points = _points_m(legs, frame)[:-1]
    if item.params[2] < 0.0:
        points = points[::-1]
    come_from = frame.point_xy_m(place.position)
    first = min(range(len(points)), key=lambda number: math.dist(points[number][:2], come_from))
    return (*points[first:], *points[: first + 1])


def _wait_s(item: MissionItem) -> float:
    place = f"item {item.seq}"
    if item.command == Command.NAV_RETURN_TO_LAUNCH:
        return RETURN_WAIT_S
    if item.command == Command.NAV_LOITER_UNLIM:
        raise MissionError(
            "holds its place for ever, so the flight has no end",
            place=place,
            remedy="Say how long, with NAV_LOITER_TIME",
        )
    if item.command == Command.NAV_DELAY:
        if 0.0 < item.params[0] < math.inf:
            return item.params[0]
        raise MissionError(
            "waits for a time of the day, so nobody knows how long it takes",
            place=place,
            remedy="Say how many seconds",
        )
    return float(math.floor(item.params[0]))  # kept in whole seconds
