"""Giving flights layers and departures so that they never come too near to each other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from missions.fleet.draft import Draft, take_off_and_landing
from missions.fleet.drone import Pad
from missions.fleet.problem import FleetProblem
from missions.fleet.schedule import Flight
from missions.fleet.separation import nearest_approach, track_array

_DELAY_STEP_S = 5.0
_DELAYS_AT_MOST = 360
_URGENT_S = 10_000.0
_LEAD_S = 300.0
_RESERVE_SHARE = 0.5
"""So much of its reserve a drone in the air may use to keep the separation on its way home."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Flights that have their times.

    Parameters
    ----------
    flights : tuple of Flight
    failed : tuple of Draft
        For these no conflict-free time was found.
    """

    flights: tuple[Flight, ...]
    failed: tuple[Draft, ...]

    @property
    def cost(self) -> tuple[int, float]:
        """Tasks that failed, then seconds until the last is home, and a little of all."""
        landings_s = [flight.landing_s for flight in self.flights]
        mean_s = sum(landings_s) / max(len(landings_s), 1)
        return sum(max(1, len(draft.codes)) for draft in self.failed), max(
            landings_s, default=0.0
        ) + 0.1 * mean_s


def place_flights(problem: FleetProblem, drafts: Sequence[Sequence[Draft]], trials: int) -> Placed:
    """Place the flights of all drones: by layers, then by delays, then by another order.

    Flights are placed as they get ready; each takes the first departure, and of its layers the first, that conflicts
    with nothing placed before. Then all are placed again, with an earlier or later choice for one drone (mostly the one that found no
    place or was home last), or with its flights in another order.

    Parameters
    ----------
    problem : FleetProblem
    drafts : sequence of sequences of Draft
        Of each drone in order.
    trials : int
        Of other orders.
    """
    generator = np.random.default_rng(problem.settings.seed)
    order = [list(flights) for flights in drafts]
    lead_s = np.zeros(len(order))
    best = _Placing(problem, order, lead_s).run()
    for trial in range(trials):
        if not best.flights:
            break
        blamed = best.failed[0].drone if best.failed else _last_home(problem, best)
        new_order, new_lead_s = [list(flights) for flights in order], lead_s.copy()
        drone = blamed if trial % 2 == 0 else int(generator.integers(len(order)))
        if best.failed and trial % 4 == 0:
            new_lead_s[drone] += _URGENT_S
        elif trial % 4 < 2:
            _turn_over(new_order[drone])
        else:
            new_lead_s[drone] += generator.normal(0.0, _LEAD_S)
        placed = _Placing(problem, new_order, new_lead_s).run()
        if placed.cost <= best.cost:
            best, order, lead_s = placed, new_order, new_lead_s
    return best


def _last_home(problem: FleetProblem, placed: Placed) -> int:
    last = max(placed.flights, key=lambda flight: flight.landing_s)
    return next(index for index, drone in enumerate(problem.drones) if drone.drone_id == last.drone_id)


def _turn_over(flights: list[Draft]) -> None:
    """Fly a drone's last flight first; one in the air stays the first."""
    fixed = 1 if flights and flights[0].is_airborne else 0
    if len(flights) > fixed:
        flights.insert(fixed, flights.pop())


class _Placing:
    """One pass over all flights; a drone with a lead chooses as if it were ready so much sooner."""

    def __init__(
        self, problem: FleetProblem, drafts: Sequence[Sequence[Draft]], lead_s: NDArray[np.float64]
    ) -> None:
        self._problem, self._drafts, self._lead_s = problem, drafts, lead_s
        self._flights: list[Flight] = []
        self._tracks: list[NDArray[np.float64]] = []
        self._at_pads: dict[str, list[tuple[float, float]]] = {}

    def run(self) -> Placed:
        """Place flights in order of their readiness."""
        problem = self._problem
        ready_s = [start.time_s if start.xy_m is not None else start.ready_s for start in problem.starts]
        next_flight = [0] * len(self._drafts)
        failed: list[Draft] = []
        while True:
            waiting = [drone for drone, drafts in enumerate(self._drafts) if next_flight[drone] < len(drafts)]
            if not waiting:
                return Placed(tuple(sorted(self._flights, key=_departure)), tuple(failed))
            drone = min(waiting, key=lambda index: self._turn(index, next_flight[index], ready_s[index]))
            draft = self._drafts[drone][next_flight[drone]]
            next_flight[drone] += 1
            flight = self._placed(draft, ready_s[drone])
            if flight is None:
                failed.append(draft)
                if not draft.is_airborne:
                    continue
                flight = self._brought_home(draft, ready_s[drone])
            self._keep(flight)
            ready_s[drone] = flight.landing_s + problem.pads[drone].swap_s

    def _turn(self, drone: int, number: int, ready_s: float) -> tuple[bool, float, int]:
        is_on_ground = not self._drafts[drone][number].is_airborne
        return is_on_ground, ready_s - float(self._lead_s[drone]), drone

    def _placed(self, draft: Draft, ready_s: float) -> Flight | None:
        layers_m = self._layers_m(draft)
        first_s = ready_s if draft.is_airborne else max(ready_s, draft.earliest_departure_s(layers_m[0]))
        for delay in range(_DELAYS_AT_MOST):
            is_flyable = False
            for layer_m in layers_m:
                flight = draft.flown(ready_s, layer_m, first_s + delay * _DELAY_STEP_S)
                if flight is None:
                    continue
                is_flyable = True
                if self._is_free(flight):
                    return flight
            if not is_flyable:
                return None
        return None

    def _brought_home(self, draft: Draft, ready_s: float) -> Flight:
        """Bring a drone in the air home: straight, then by using its reserve, then in any case."""
        straight = Draft(draft.problem, draft.drone, (), is_airborne=True)
        flight = self._placed(straight, ready_s)
        if flight is not None:
            return flight
        layers_m = self._layers_m(straight)
        spare_wh = straight.limit_wh + _RESERVE_SHARE * self._problem.drones[draft.drone].reserve_wh
        for delay in range(_DELAYS_AT_MOST):
            departure_s = ready_s + delay * _DELAY_STEP_S
            for layer_m in layers_m:
                forced = straight.flown(ready_s, layer_m, departure_s, is_forced=True)
                if forced is not None and forced.energy_wh <= spare_wh and self._is_free(forced):
                    return forced
            if forced is None or forced.energy_wh > spare_wh:
                break
        at_once = straight.flown(ready_s, layers_m[0], ready_s, is_forced=True)
        assert at_once is not None
        return at_once

    def _layers_m(self, draft: Draft) -> list[float]:
        """All layers, another one first for each drone, and the drone's own in the air."""
        layers_m = list(self._problem.settings.layers_m)
        shift = draft.drone % len(layers_m)
        turned = layers_m[shift:] + layers_m[:shift]
        if draft.is_airborne:
            alt_m = self._problem.height_of_start_m(self._problem.starts[draft.drone])
            turned.sort(key=lambda layer_m: abs(layer_m - alt_m))
        return turned

    def _is_free(self, flight: Flight) -> bool:
        separation = self._problem.settings.separation
        pad = next(pad for pad in self._problem.pads if pad.pad_id == flight.pad_id)
        if not _is_pad_free(pad, self._at_pads.get(pad.pad_id, []), take_off_and_landing(flight)):
            return False
        track = track_array(flight)
        for other, other_track in zip(self._flights, self._tracks, strict=True):
            if (
                other.departure_s > flight.landing_s + separation.slack_s
                or other.landing_s < flight.departure_s - separation.slack_s
                or other.drone_id == flight.drone_id
            ):
                continue
            distance_m, _ = nearest_approach(
                other_track, track, separation.vertical_m, separation.slack_s, separation.horizontal_m
            )
            if distance_m < separation.horizontal_m:
                return False
        return True

    def _keep(self, flight: Flight) -> None:
        self._flights.append(flight)
        self._tracks.append(track_array(flight))
        self._at_pads.setdefault(flight.pad_id, []).extend(take_off_and_landing(flight))


def _departure(flight: Flight) -> tuple[float, str]:
    return flight.departure_s, flight.drone_id


def _is_pad_free(
    pad: Pad, taken_s: Sequence[tuple[float, float]], wanted_s: Sequence[tuple[float, float]]
) -> bool:
    """Whether never more than the pad's number are in its column at once, gaps included."""
    for begin_s, end_s in wanted_s:
        during = [
            (start_s, stop_s + pad.gap_s)
            for start_s, stop_s in taken_s
            if start_s < end_s + pad.gap_s and begin_s < stop_s + pad.gap_s
        ]
        moments = [begin_s, *(start_s for start_s, _ in during if start_s >= begin_s)]
        if any(
            sum(start_s <= at_s < stop_s for start_s, stop_s in during) >= pad.at_once for at_s in moments
        ):
            return False
    return True
