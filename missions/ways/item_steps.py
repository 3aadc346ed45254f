"""The steps that a copter may take for each item."""

import itertools
import math

from geofence.latlon import LatLon
from geofence.verification.finding import Finding, FindingCode
from geofence.verification.leg import Leg, SweptArea
from geofence.verification.return_policy import ReturnPolicy
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Plan
from missions.ways.circling import Circling, spread_hull
from missions.ways.copter_motion import CopterMotion
from missions.ways.curves import distance_m, spline
from missions.ways.flight_step import FlightStep, Place, StepPart
from missions.ways.item_reading import AT_ONCE, ItemReading, delay_s, hold_s
from missions.ways.plan_ground import PlanGround
from missions.ways.turns import Turn

_HEIGHT_OF_SAME_PLACE_M = 0.01
_TAKE_OFF_LEAST_M = 1.0
_RETURN_WAIT_S = 10.0  # RTL_LOIT_TIME is 5 s
_LANDING_S = 30.0
_FOLLOWS_AT_MOST = 500
_RADIUS_AT_MOST_M = 2_550.0  # a byte, in tens of metres (AP_Mission)
_NAV_VTOL_TAKEOFF, _NAV_VTOL_LAND = 84, 85
_KEEPS_ITS_WAY = {
    *(Command.CONDITION_DELAY, Command.CONDITION_YAW),
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
_HOLDS = {int(Command.NAV_LOITER_UNLIM), int(Command.NAV_LOITER_TIME)}
_PASSES = {int(Command.NAV_WAYPOINT), *_HOLDS}
"""ArduCopter cuts the corner before these (set_next_wp); before all others it stops."""


class ItemSteps:
    """Reads a plan's items as ArduCopter does.

    Parameters
    ----------
    plan : Plan
    motion : CopterMotion
    ground : PlanGround
    """

    def __init__(self, plan: Plan, motion: CopterMotion, ground: PlanGround) -> None:
        self._reading = ItemReading(plan, ground)
        self._plan = plan
        self._motion = motion
        self._ground = ground

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what is to be said of items that cannot be followed."""
        return tuple(self._reading.findings.values())

    def start(self) -> Place:
        """Return the place before the first item."""
        return Place(0, self._plan.home, 0.0, self._plan.speed_m_s or self._motion.speed_m_s)

    def steps(self, index: int, place: Place) -> list[FlightStep]:
        """Give the steps for the item at an index, from a place; more than one at a jump."""
        item = self._plan.items[index]
        stay = FlightStep(place, index + 1)
        if item.command == Command.DO_JUMP:
            return [stay, *self._reading.jump(item, place)]
        if item.command == Command.DO_CHANGE_SPEED:
            return [FlightStep(self._reading.changed_speed(item, place), index + 1)]
        if item.command == Command.NAV_DELAY:
            wait = self._stay(item, place.seq, place.position, place.alt_rel_m, delay_s(item))
            return [FlightStep(place, index + 1, wait)]
        if item.command == Command.NAV_RETURN_TO_LAUNCH:
            return [self._return(index, place)]
        if item.command in _TAKES_OFF:
            return [self._take_off(index, place)]
        if item.command in _LANDS:
            return [self._land(index, place)]
        if item.command == Command.NAV_LOITER_TURNS:
            return [self._circle(index, place)]
        if item.command in _PASSES or item.command == Command.NAV_SPLINE_WAYPOINT:
            return [self._fly_to(index, place)]
        if item.command not in _KEEPS_ITS_WAY:
            self._reading.note(
                item, FindingCode.UNSUPPORTED_ITEM, f"command {item.command} is not understood"
            )
        return [stay]

    def _leg(
        self,
        seqs: tuple[int, int],
        start: LatLon,
        end: LatLon,
        alts_rel_m: tuple[float, float],
        speed_m_s: float,
    ) -> StepPart:
        leg = Leg(*seqs, start, end, *alts_rel_m)
        climb_m = alts_rel_m[1] - alts_rel_m[0]
        return StepPart((leg,), self._motion.duration_s(distance_m(start, end), climb_m, speed_m_s))

    def _stay(
        self,
        item: MissionItem,
        from_seq: int,
        position: LatLon,
        alt_rel_m: float,
        wait_s: tuple[float, float],
    ) -> tuple[StepPart, ...]:
        """Hold the place for a while, which a leg on the spot stands for."""
        if wait_s == AT_ONCE:
            return ()
        return (StepPart((Leg(from_seq, item.seq, position, position, alt_rel_m, alt_rel_m),), wait_s),)

    def _to(self, item: MissionItem, place: Place, target: LatLon, alt_rel_m: float) -> tuple[StepPart, ...]:
        """Fly straight to a place, over the terrain where the item's altitude counts from it."""
        seqs = (place.seq, item.seq)
        terrain = self._ground.terrain
        if item.frame is not Frame.GLOBAL_TERRAIN_ALT or terrain is None or item.alt_m == 0.0:
            alts = (place.alt_rel_m, alt_rel_m)
            return (self._leg(seqs, place.position, target, alts, place.speed_m_s),)
        length_m = distance_m(place.position, target)
        count = min(max(1, math.ceil(length_m / (0.25 * terrain.spacing_m))), _FOLLOWS_AT_MOST)
        places = [_between(place.position, target, number / count) for number in range(count + 1)]
        grounds = [self._ground.alt_rel_m(position) for position in places]
        if any(ground_m is None for ground_m in grounds):
            self._reading.note(
                item,
                FindingCode.UNKNOWN_TERRAIN,
                "follows ground that the terrain model does not know",
                "Give terrain that covers it, or altitudes above home",
            )
        known_m = [0.0 if ground_m is None else ground_m for ground_m in grounds]
        start_agl_m, end_agl_m = place.alt_rel_m - known_m[0], alt_rel_m - known_m[-1]
        alts_m = [
            ground_m + start_agl_m + (end_agl_m - start_agl_m) * number / count
            for number, ground_m in enumerate(known_m)
        ]
        return tuple(
            self._leg(seqs, places[k], places[k + 1], (alts_m[k], alts_m[k + 1]), place.speed_m_s)
            for k in range(count)
        )

    def _turns(self, item: MissionItem, place: Place, target: LatLon, alt_rel_m: float) -> tuple[Turn, ...]:
        """Turn from the last leg into the next."""
        if place.before is None or target == place.position:
            return ()
        return (
            Turn(
                place.seq,
                place.before,
                place.position,
                target,
                (place.before_alt_rel_m, place.alt_rel_m, alt_rel_m),
                place.is_passed and item.command in _PASSES,
                place.speed_m_s,
                AT_ONCE,
            ),
        )

    def _spread(
        self, item: MissionItem, place: Place, target: LatLon, alt_rel_m: float
    ) -> tuple[SweptArea, ...]:
        """All ways from where the drone may be."""
        if not place.spread:
            return ()
        alts_m = place.alt_rel_m, alt_rel_m
        area = spread_hull((*place.spread, (target, 0.0)))
        return (SweptArea(place.seq, item.seq, area, min(alts_m), max(alts_m)),)

    def _on_ground(self, position: LatLon) -> float:
        """How low a landing comes: to home's level, or to ground below it."""
        return min(0.0, self._ground.alt_rel_m(position) or 0.0)

    def _take_off(self, index: int, place: Place) -> FlightStep:
        item = self._plan.items[index]
        least_m = place.alt_rel_m + (_TAKE_OFF_LEAST_M if place.alt_rel_m == 0.0 else 0.0)
        alt_rel_m = max(self._reading.alt_rel_m(item, place, place.position), least_m)
        part = self._vertical(place.seq, item, place.position, place.alt_rel_m, alt_rel_m, meets_ground=True)
        drift = _drift(item.seq, place.position, place.alt_rel_m, alt_rel_m)
        end = Place(item.seq, place.position, alt_rel_m, place.speed_m_s)
        return FlightStep(end, index + 1, (part,), (drift,))

    def _land(self, index: int, place: Place) -> FlightStep:
        """At its altitude to the place, then down (do_land)."""
        item = self._plan.items[index]
        target = place.position if item.position is None else item.position
        parts: tuple[StepPart, ...] = ()
        alt_rel_m = place.alt_rel_m
        if target != place.position:
            seqs = (place.seq, item.seq)
            parts = (self._leg(seqs, place.position, target, (alt_rel_m, alt_rel_m), place.speed_m_s),)
        ground_m = self._on_ground(target)
        parts += (self._vertical(place.seq, item, target, alt_rel_m, ground_m, meets_ground=True),)
        turns = (
            *self._turns(item, place, target, alt_rel_m),
            _drift(item.seq, target, ground_m, alt_rel_m),
        )
        areas = self._spread(item, place, target, alt_rel_m)
        return FlightStep(Place(item.seq, target, 0.0, place.speed_m_s), index + 1, parts, turns, areas)

    def _vertical(
        self,
        from_seq: int,
        item: MissionItem,
        position: LatLon,
        start_alt_m: float,
        end_alt_m: float,
        *,
        meets_ground: bool,
    ) -> StepPart:
        leg = Leg(from_seq, item.seq, position, position, start_alt_m, end_alt_m, meets_ground=meets_ground)
        if meets_ground and end_alt_m < start_alt_m:
            shortest_s, longest_s = self._motion.landing_s(start_alt_m - end_alt_m)
            return StepPart((leg,), (shortest_s, longest_s + _LANDING_S))
        return StepPart((leg,), self._motion.duration_s(0.0, end_alt_m - start_alt_m, self._motion.speed_m_s))

    def _return(self, index: int, place: Place) -> FlightStep:
        """Climb to RTL_ALT, less within the cone above the target; straight there; wait; down."""
        item = self._plan.items[index]
        target = (self._plan.returns or ReturnPolicy()).target_from(place.position, self._plan.home)
        end = target.position
        away_m = distance_m(place.position, end)
        alt_m = float(target.return_alts_rel_m(place.alt_rel_m, away_m))
        speed_m_s = min(place.speed_m_s, self._motion.speed_m_s)
        parts: list[StepPart] = []
        if alt_m > place.alt_rel_m:
            parts.append(
                self._vertical(place.seq, item, place.position, place.alt_rel_m, alt_m, meets_ground=False)
            )
        if away_m > _HEIGHT_OF_SAME_PLACE_M:
            # RTL_SPEED is 0: the vehicle's own speed, whatever the mission changed it to.
            fast_m_s = max(place.speed_m_s, self._motion.speed_m_s)
            leg = Leg(place.seq, item.seq, place.position, end, alt_m, alt_m)
            shortest_s = self._motion.duration_s(away_m, 0.0, fast_m_s)[0]
            longest_s = self._motion.duration_s(away_m, 0.0, speed_m_s)[1] + _RETURN_WAIT_S
            parts.append(StepPart((leg,), (shortest_s, longest_s)))
        else:
            parts += self._stay(item, place.seq, end, alt_m, (0.0, _RETURN_WAIT_S))
        ground_m = self._on_ground(end)
        parts.append(self._vertical(place.seq, item, end, alt_m, ground_m, meets_ground=True))
        turns = (*self._turns(item, place, end, alt_m), _drift(item.seq, end, ground_m, alt_m))
        areas = self._spread(item, place, end, alt_m)
        return FlightStep(
            Place(item.seq, end, 0.0, self._motion.speed_m_s), index + 1, tuple(parts), turns, areas
        )

    def _circle(self, index: int, place: Place) -> FlightStep:
        item = self._plan.items[index]
        centre = place.position if item.position is None else item.position
        alt_rel_m = self._reading.alt_rel_m(item, place, centre)
        turns = item.params[0] if math.isfinite(item.params[0]) else 1.0
        radius_m = item.params[2] if math.isfinite(item.params[2]) else 0.0
        if abs(radius_m) > _RADIUS_AT_MOST_M:
            what = f"circles at {radius_m:g} m, and an autopilot keeps {_RADIUS_AT_MOST_M:g} m at most"
            self._reading.note(
                item, FindingCode.UNSUPPORTED_ITEM, what, "Give a smaller radius, or waypoints"
            )
            radius_m = 0.0
        flown = Circling.of(place, centre, radius_m, turns, self._motion)
        alts_m = place.alt_rel_m, alt_rel_m
        parts: list[StepPart] = []
        areas: list[SweptArea] = []
        corners: tuple[Turn, ...] = ()
        if flown.entry is not None:
            seqs = (place.seq, item.seq)
            parts.append(self._leg(seqs, place.position, flown.entry, alts_m, place.speed_m_s))
            corners = self._turns(item, place, flown.entry, alt_rel_m)
        if flown.approach is not None:
            areas.append(SweptArea(place.seq, item.seq, flown.approach, min(alts_m), max(alts_m)))
        chords = tuple(
            Leg(place.seq, item.seq, start, end, alt_rel_m, alt_rel_m)
            for ring in flown.rings
            for start, end in itertools.pairwise(ring)
        )
        areas.append(
            SweptArea(
                place.seq,
                item.seq,
                flown.beside,
                alt_rel_m,
                alt_rel_m,
                name=f"The circle at item {item.seq}",
                code=FindingCode.CIRCLE,
                remedy=flown.remedy,
            )
        )
        parts.append(StepPart(chords, self._motion.circling_s(flown.radius_m, abs(turns), place.speed_m_s)))
        if flown.exit is not None:
            seqs = (place.seq, item.seq)
            alts_m = alt_rel_m, alt_rel_m
            parts.append(self._leg(seqs, flown.exit, flown.stop, alts_m, place.speed_m_s))
        end = Place(item.seq, flown.stop, alt_rel_m, place.speed_m_s, spread=flown.spread)
        return FlightStep(end, index + 1, tuple(parts), corners, tuple(areas))

    def _fly_to(self, index: int, place: Place) -> FlightStep:
        item = self._plan.items[index]
        target = place.position if item.position is None else item.position
        alt_rel_m = self._reading.alt_rel_m(item, place, target)
        parts = self._to(item, place, target, alt_rel_m)
        if item.command == Command.NAV_SPLINE_WAYPOINT:
            parts = (self._spline(index, place, target, alt_rel_m),)
        parts += self._stay(item, place.seq, target, alt_rel_m, hold_s(item))
        # Parameter 1 is kept in whole seconds; with one or more it stops.
        is_passed = item.command == Command.NAV_WAYPOINT and not item.params[0] >= 1.0
        end = Place(
            item.seq,
            target,
            alt_rel_m,
            place.speed_m_s,
            place.position,
            place.alt_rel_m,
            is_passed,
            place.spread if target == place.position else (),
        )
        return FlightStep(
            end,
            index + 1,
            parts,
            self._turns(item, place, target, alt_rel_m),
            self._spread(item, place, target, alt_rel_m),
        )

    def _spline(self, index: int, place: Place, target: LatLon, alt_rel_m: float) -> StepPart:
        """Fly the curve, and the straight line that it is flown as after a stop."""
        item = self._plan.items[index]
        following = next(
            (item.position for item in self._plan.items[index + 1 :] if item.is_navigation), None
        )
        curve = spline(place.before, place.position, target, following)
        climb_m = (alt_rel_m - place.alt_rel_m) / (len(curve) - 1)
        legs = [Leg(place.seq, item.seq, place.position, target, place.alt_rel_m, alt_rel_m)]
        for number in range(len(curve) - 1):
            alt_m = place.alt_rel_m + number * climb_m
            legs.append(Leg(place.seq, item.seq, curve[number], curve[number + 1], alt_m, alt_m + climb_m))
        straight_m = distance_m(place.position, target)
        curved_m = sum(distance_m(leg.start, leg.end) for leg in legs[1:])
        climb_m = alt_rel_m - place.alt_rel_m
        shortest_s = self._motion.duration_s(straight_m, climb_m, place.speed_m_s)[0]
        longest_s = self._motion.duration_s(max(curved_m, straight_m), climb_m, place.speed_m_s)[1]
        return StepPart(tuple(legs), (shortest_s, longest_s))


def _drift(seq: int, position: LatLon, low_m: float, high_m: float) -> Turn:
    return Turn(
        seq,
        position,
        position,
        position,
        (high_m, low_m, high_m),
        is_passed=False,
        speed_m_s=0.0,
        span_s=AT_ONCE,
        meets_ground=True,
    )


def _between(start: LatLon, end: LatLon, share: float) -> LatLon:
    """Place on the straight line between two places not far apart."""
    turn_deg = (end.lon_deg - start.lon_deg + 180.0) % 360.0 - 180.0
    lon_deg = (start.lon_deg + share * turn_deg + 180.0) % 360.0 - 180.0
    return LatLon(start.lat_deg + share * (end.lat_deg - start.lat_deg), lon_deg)
