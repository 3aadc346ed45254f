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
_PASSES = 4


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


def place_flights(problem: FleetProblem, drafts: Sequence[Sequence[Draft]]) -> Placed:
    """Place the flights of all drones: by layers, then by delays, then by another order.

    Flights are placed as they get ready; each takes the first departure, and of its layers the first, that conflicts
    with nothing placed before. Where a flight finds none, all are placed again with that drone's first.

    Parameters
    ----------
    problem : FleetProblem
    drafts : sequence of sequences of Draft
        Of each drone in order.
    """
    best: Placed | None = None
    urgent: list[int] = []
    for _ in range(_PASSES):
        placed = _Placing(problem, drafts, urgent).run()
        if best is None or _tasks(placed.failed) < _tasks(best.failed):
            best = placed
        new = [draft.drone for draft in placed.failed if draft.drone not in urgent]
        if not new:
            break
        urgent = [*new, *urgent]
    assert best is not None
    return best


def _tasks(drafts: Sequence[Draft]) -> int:
    return sum(max(1, len(draft.codes)) for draft in drafts)


class _Placing:
    """One pass over all flights."""

    def __init__(
        self, problem: FleetProblem, drafts: Sequence[Sequence[Draft]], urgent: Sequence[int]
    ) -> None:
        self._problem, self._drafts = problem, drafts
        self._urgent = {drone: -1 - number for number, drone in enumerate(reversed(urgent))}
        self._flights: list[Flight] = []
        self._tracks: list[NDArray[np.float64]] = []
        self._at_pads: dict[str, list[tuple[float, float]]] = {}

    def run(self) -> Placed:
        """Place flights in order of their readiness."""
        problem = self._problem
        ready_s = [
            start.time_s if start.xy_m is not None else start.ready_s for start in problem.starts
        ]
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

    def _turn(self, drone: int, number: int, ready_s: float) -> tuple[bool, int, float, int]:
        is_on_ground = not self._drafts[drone][number].is_airborne
        return is_on_ground, self._urgent.get(drone, 0), ready_s, drone

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
        """Bring a drone in the air home, with what it is on if that is free, else straight, else in any case."""
        straight = Draft(draft.problem, draft.drone, (), is_airborne=True)
        flight = self._placed(straight, ready_s)
        if flight is not None:
            return flight
        layer_m = self._layers_m(straight)[0]
        forced = straight.flown(ready_s, layer_m, ready_s, is_forced=True)
        assert forced is not None
        return forced

    def _layers_m(self, draft: Draft) -> list[float]:
        """All layers, another one first for each drone, and the drone's own in the air."""
        layers_m = list(self._problem.settings.layers_m)
        shift = draft.drone % len(layers_m)
        turned = layers_m[shift:] + layers_m[:shift]
        if draft.is_airborne:
            alt_m = self._problem.starts[draft.drone].alt_m
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
        if any(sum(start_s <= at_s < stop_s for start_s, stop_s in during) >= pad.at_once for at_s in moments):
            return False
    return True
