"""Parts of a flight, each flown from the pad and back to it."""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from missions.plan.item import Command, MissionItem
from missions.plan.plan import Plan, RouteKind
from missions.plan.waypoint import Waypoint
from missions.refusal import MissionError
from missions.transit import XY
from missions.vehicle.movement import Phase
from missions.vehicle.prediction import FlightPrediction
from missions.vehicle.standing_orders import standing_orders, stood_down

LegalWay = Callable[[XY, XY], Sequence[XY]]
"""Bends of a legal way from one place to another, both included: `Transit.path`."""

Shaping = Callable[[tuple[Waypoint, ...]], Sequence[Waypoint]]
"""Gives a flight, pad to pad, what it needs besides its way."""

_NOT_IN_ONE = "cannot be reached and returned from"
_SHORTEST_PIECE_M = 20.0
_TO_A_POINT = {"transit", "visit"}
"""Kinds of legs that are flown for their end alone."""
_ESTIMATE_ERROR = 0.02
_STRAIGHT_RAD = 0.1
_MID_STROKE_SHARE = 0.05
"""Of a battery: so much less a cut in the middle of a straight line has to take than one at its end."""


@dataclass(frozen=True, slots=True)
class BatteryFlight:
    """A flight on one battery.

    Parameters
    ----------
    waypoints : tuple of Waypoint
        Pad to pad.
    prediction : FlightPrediction
    """

    waypoints: tuple[Waypoint, ...]
    prediction: FlightPrediction


class FlightParts:
    """What the parts of a flight take, each with its way out and home.

    A part is a run of stops: waypoints that are flown for their own sake, and not only to get somewhere else.

    Parameters
    ----------
    waypoints : sequence of Waypoint
        Pad to pad.
    way : LegalWay
    plan, predict : callable
        Make a plan of any flight, pad to pad, and the prediction of a plan.
    shaped : callable
        Gives each part what it needs besides, such as altitudes over ground; it may add waypoints.
    """

    def __init__(
        self,
        waypoints: Sequence[Waypoint],
        way: LegalWay,
        plan: Callable[[Sequence[Waypoint]], Plan],
        predict: Callable[[Plan], FlightPrediction],
        shaped: Shaping,
    ) -> None:
        self._waypoints = tuple(waypoints)
        self._way = way
        self._plan, self._predict, self._shaped = plan, predict, shaped
        self._stops = [n for n in range(1, len(waypoints) - 1) if not _is_passage(waypoints[n])]
        self._energy_wh, self._stays_wh = [0.0], [0.0]
        self._read()
        self._flights: dict[tuple[int, int], BatteryFlight] = {}
        self._spurs_wh: dict[int, tuple[float, float]] = {}

    def _read(self) -> None:
        """Take the energy from the end of the take-off to the end of the stay at each waypoint, and that of the stay."""
        plan = self._plan(self._waypoints)
        legs = self._predict(plan).legs
        seqs = _waypoint_seqs(plan)
        for begin, end in itertools.pairwise((*seqs, plan.items[-1].seq)):
            there = [leg for leg in legs if begin <= leg.item_seq < end]
            self._energy_wh.append(self._energy_wh[-1] + math.fsum(leg.energy_wh for leg in there))
            self._stays_wh.append(math.fsum(leg.energy_wh for leg in there if leg.phase is Phase.HOLD))

    def first_too_long(self, flight_wh: float) -> int | None:
        """Find the first waypoint whose leg has to be halved to fit into one battery.

        Raises
        ------
        MissionError
            For the first place that cannot be reached and returned from, or stayed at.
        """
        for number, stop in enumerate(self._stops):
            if self._estimate_wh(number, number) <= (1.0 - _ESTIMATE_ERROR) * flight_wh:
                continue
            if self._flight(number, number).prediction.keeps_reserve:
                continue
            there_wh = sum(self._spur_wh(stop))
            if there_wh > flight_wh:
                raise self._refusal(stop, _NOT_IN_ONE, there_wh, flight_wh)
            before, waypoint = self._waypoints[stop - 1], self._waypoints[stop]
            if (
                not _leads_to_point(waypoint)
                and math.dist(before.xy_m, waypoint.xy_m) > 2.0 * _SHORTEST_PIECE_M
            ):
                return stop
            needed_wh = self._flight(number, number).prediction.energy_wh
            stay = f"stayed at for {waypoint.hold_s:g} s " if waypoint.hold_s > 0.0 else ""
            raise self._refusal(stop, f"cannot be reached, {stay}and returned from", needed_wh, flight_wh)
        return None

    def _refusal(self, stop: int, what: str, needed_wh: float, flight_wh: float) -> MissionError:
        x_m, y_m = self._waypoints[stop].xy_m
        return MissionError(
            f"{what} on one battery: that takes {needed_wh:.1f} Wh of the {flight_wh:.1f} Wh above the reserve",
            place=f"waypoint {stop} at ({x_m:.1f}, {y_m:.1f}) m",
            remedy="Take off nearer to it, carry less, or choose a drone with a larger battery",
        )

    def halved(self, stop: int) -> "FlightParts":
        """Give the same flight with a waypoint half-way along the leg to a stop."""
        before, after = self._waypoints[stop - 1], self._waypoints[stop]
        x_m, y_m = (0.5 * (a + b) for a, b in zip(before.xy_m, after.xy_m, strict=True))
        alt_rel_m = 0.5 * (before.alt_rel_m + after.alt_rel_m)
        middle = replace(after, xy_m=(x_m, y_m), alt_rel_m=alt_rel_m, hold_s=0.0, actions=())
        waypoints = (*self._waypoints[:stop], middle, *self._waypoints[stop:])
        return FlightParts(waypoints, self._way, self._plan, self._predict, self._shaped)

    def fewest_flights(self, flight_wh: float) -> tuple[BatteryFlight, ...]:
        """Fly all stops in as few flights as keep the energy, and of these ways the one that takes the least.

        Shortest paths over the places to cut at, by estimates; what is chosen is predicted in whole, and chosen anew without
        the parts that take too much.
        """
        too_much: set[tuple[int, int]] = set()
        while True:
            chosen = self._cheapest(flight_wh, too_much)
            flights = [self._flight(first, last) for first, last in chosen]
            broken = {
                part
                for part, flight in zip(chosen, flights, strict=True)
                if not flight.prediction.keeps_reserve
            }
            if not broken:
                return tuple(flights)
            for first, last in broken:
                if first == last:
                    needed_wh = self._flight(first, last).prediction.energy_wh
                    raise self._refusal(self._stops[first], _NOT_IN_ONE, needed_wh, flight_wh)
            too_much |= broken

    def _cheapest(self, flight_wh: float, too_much: set[tuple[int, int]]) -> list[tuple[int, int]]:
        count = len(self._stops)
        best: list[tuple[float, float, int]] = [(0, 0.0, 0)]
        for last in range(count):
            options: list[tuple[float, float, int]] = []
            for first in range(last, -1, -1):
                energy_wh = self._estimate_wh(first, last)
                if first < last and energy_wh > (1.0 + 3.0 * _ESTIMATE_ERROR) * flight_wh:
                    break
                is_possible = (
                    energy_wh <= (1.0 + _ESTIMATE_ERROR) * flight_wh and (first, last) not in too_much
                )
                if first < last and not is_possible:
                    continue
                flights, before_wh, _ = best[first]
                penalty_wh = _MID_STROKE_SHARE * flight_wh if self._is_mid_stroke(first) else 0.0
                options.append((flights + 1, before_wh + energy_wh + penalty_wh, first))
            best.append(min(options))
        parts = []
        end = count
        while end > 0:
            first = best[end][2]
            parts.append((first, end - 1))
            end = first
        return parts[::-1]

    def _is_mid_stroke(self, first: int) -> bool:
        """Whether the flight runs straight on where a part would begin."""
        stop = self._stops[first]
        if first == 0 or stop < 2 or _leads_to_point(self._waypoints[stop]):
            return False
        a, b, c = (self._waypoints[n].xy_m for n in (stop - 2, stop - 1, stop))
        turn = math.atan2(c[1] - b[1], c[0] - b[0]) - math.atan2(b[1] - a[1], b[0] - a[0])
        return abs(math.remainder(turn, math.tau)) < _STRAIGHT_RAD

    def _entry(self, first: int) -> int:
        """Where a part begins: at the start of its first line, or at its first point."""
        stop = self._stops[first]
        return stop if _leads_to_point(self._waypoints[stop]) else stop - 1

    def _estimate_wh(self, first: int, last: int) -> float:
        entry, end = self._entry(first), self._stops[last]
        stay_wh = self._stays_wh[entry] if entry == self._stops[first] else 0.0
        flown_wh = self._energy_wh[end] - self._energy_wh[entry]
        return self._spur_wh(entry)[0] + stay_wh + flown_wh + self._spur_wh(end)[1]

    def _spur_wh(self, number: int) -> tuple[float, float]:
        """Energy of the way to a waypoint, take-off included, and of that home from it."""
        if number not in self._spurs_wh:
            goal = replace(self._waypoints[number], hold_s=0.0, actions=(), kind=RouteKind.TRANSIT)
            out, home = self._way_out(goal), self._way_home(goal)
            flight = self._shaped((*out, *home))
            plan = self._plan(flight)
            prediction = self._predict(plan)
            reached = next(n for n in range(1, len(flight)) if flight[n].xy_m == goal.xy_m)
            goal_seq = _waypoint_seqs(plan)[reached - 1]
            out_wh = math.fsum(leg.energy_wh for leg in prediction.legs if leg.item_seq <= goal_seq)
            self._spurs_wh[number] = (out_wh, prediction.energy_wh - out_wh)
        return self._spurs_wh[number]

    def _way_out(self, goal: Waypoint) -> list[Waypoint]:
        """From the pad to a waypoint, which is the last."""
        bends = list(self._way(self._waypoints[0].xy_m, goal.xy_m))
        out = [Waypoint(xy_m, RouteKind.TRANSIT, goal.alt_rel_m) for xy_m in bends[:-1]]
        return [*out, goal]

    def _way_home(self, start: Waypoint) -> list[Waypoint]:
        """From a waypoint, which is left out, to the pad."""
        bends = list(self._way(start.xy_m, self._waypoints[-1].xy_m))
        return [Waypoint(xy_m, RouteKind.TRANSIT, start.alt_rel_m) for xy_m in bends[1:]]

    def _flight(self, first: int, last: int) -> BatteryFlight:
        if (first, last) not in self._flights:
            waypoints = tuple(self._shaped(tuple(self._flown(first, last))))
            self._flights[first, last] = BatteryFlight(waypoints, self._predict(self._plan(waypoints)))
        return self._flights[first, last]

    def _flown(self, first: int, last: int) -> list[Waypoint]:
        entry, end = self._entry(first), self._stops[last]
        if first == 0:
            flight = list(self._waypoints[: end + 1])
        else:
            goal = self._waypoints[entry]
            orders = standing_orders(self._actions_before(entry))
            if entry == self._stops[first]:
                goal = replace(goal, actions=(*orders, *goal.actions))
            else:
                orders = standing_orders((*orders, *goal.actions))
                goal = replace(goal, kind=RouteKind.TRANSIT, hold_s=0.0, actions=orders)
            flight = [*self._way_out(goal), *self._waypoints[entry + 1 : end + 1]]
        if last + 1 == len(self._stops):
            return [*flight, *self._waypoints[end + 1 :]]
        orders = standing_orders((*self._actions_before(end), *self._waypoints[end].actions))
        flight[-1] = replace(flight[-1], actions=(*flight[-1].actions, *stood_down(orders)))
        return [*flight, *self._way_home(self._waypoints[end])]

    def _actions_before(self, number: int) -> list[MissionItem]:
        return [action for waypoint in self._waypoints[:number] for action in waypoint.actions]


def _waypoint_seqs(plan: Plan) -> list[int]:
    """Seq of the item of each waypoint but the pad that the flight begins at."""
    return [item.seq for item in plan.items if item.command == Command.NAV_WAYPOINT]


def _leads_to_point(waypoint: Waypoint) -> bool:
    """Whether the leg to a waypoint is flown for its end alone, and may begin anywhere."""
    return waypoint.kind in _TO_A_POINT


def _is_passage(waypoint: Waypoint) -> bool:
    return waypoint.kind is RouteKind.TRANSIT and waypoint.hold_s == 0.0 and not waypoint.actions
