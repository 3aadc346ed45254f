"""Steps of a flight with what it does on its way: altitudes above ground, pictures and actions."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace

from missions.fleet.drone import Drone
from missions.fleet.equipment import Equipping, action_seconds
from missions.fleet.flight_costs import FlightCosts, climb_energy_wh
from missions.fleet.step import Step
from missions.plan.item import MissionItem
from missions.plan.waypoint import Waypoint


def equipped_steps(
    steps: Sequence[Step],
    equipping: Equipping,
    layer_m: float,
    drone: Drone,
    *,
    start_alt_m: float | None = None,
) -> list[Step]:
    """Equip a flight that is not landed yet.

    Parameters
    ----------
    steps : sequence of Step
        Level at its layer; the first leads up to it.
    equipping : Equipping
    layer_m : float
    drone : Drone
    start_alt_m : float, optional
        Of a drone in the air; on the ground the first step's cost is left as it is.

    Raises
    ------
    MissionError
        It cannot be flown so.
    """
    places = [
        list(of_place)
        for _, of_place in itertools.groupby(range(len(steps)), lambda number: steps[number].xy_m)
    ]
    given = _actions(steps, places)
    flown = equipping.equipped(
        [
            Waypoint(
                steps[of_place[0]].xy_m, steps[of_place[0]].kind, steps[of_place[0]].alt_m, actions=actions
            )
            for of_place, actions in zip(places, given, strict=True)
        ],
        layer_m,
        drone.drone_id,
        drone.speed_m_s,
    )
    rest = iter(flown)
    done: list[Step] = []
    for number, of_place in enumerate(places):
        leg = steps[of_place[0]]
        while (waypoint := next(rest)).xy_m != leg.xy_m:
            done += _on_the_way(done[-1], leg, waypoint, drone.costs)
            done += _acting(waypoint, drone.costs, leg)
        first = (
            _leg(done[-1], leg, waypoint, drone.costs) if number else _up(leg, waypoint, drone, start_alt_m)
        )
        done += [first, *_in_place([steps[index] for index in of_place[1:]], waypoint, drone.costs, first)]
    return done


def _actions(steps: Sequence[Step], places: Sequence[Sequence[int]]) -> list[tuple[MissionItem, ...]]:
    """Give what is done at each place so far: steps give theirs where they begin."""
    given = []
    for number, of_place in enumerate(places):
        beginning = [*of_place[1:], *(places[number + 1][:1] if number + 1 < len(places) else ())]
        given.append(tuple(action for index in beginning for action in steps[index].actions))
    return given


def _up(leg: Step, waypoint: Waypoint, drone: Drone, start_alt_m: float | None) -> Step:
    up = replace(leg, alt_m=waypoint.alt_rel_m, actions=())
    if start_alt_m is None:
        return up
    seconds, energy_wh = drone.costs.cost(0.0, waypoint.alt_rel_m - start_alt_m, 0.0)
    return replace(up, duration_s=float(seconds), energy_wh=float(energy_wh))


def _on_the_way(before: Step, leg: Step, waypoint: Waypoint, costs: FlightCosts) -> list[Step]:
    """Give the step to a waypoint that was added within a leg."""
    return [replace(_leg(before, leg, waypoint, costs), is_first=False, is_last=False)]


def _leg(before: Step, leg: Step, waypoint: Waypoint, costs: FlightCosts) -> Step:
    length_m = math.dist(before.xy_m, waypoint.xy_m)
    seconds, energy_wh = costs.cost(length_m, 0.0, 0.0)
    climb_m = max(waypoint.alt_rel_m - before.alt_m, 0.0)
    return replace(
        leg,
        duration_s=float(seconds),
        energy_wh=float(energy_wh) + climb_energy_wh(costs, climb_m),
        xy_m=waypoint.xy_m,
        alt_m=waypoint.alt_rel_m,
        actions=(),
    )


def _acting(waypoint: Waypoint, costs: FlightCosts, like: Step) -> list[Step]:
    """Give the stay for the actions of a waypoint; it has them where it begins, and may take no time."""
    if not waypoint.actions:
        return []
    seconds = action_seconds(waypoint.actions)
    _, energy_wh = costs.cost(0.0, 0.0, seconds)
    return [
        Step(
            seconds,
            float(energy_wh),
            waypoint.xy_m,
            waypoint.alt_rel_m,
            like.kind,
            like.task,
            actions=waypoint.actions,
        )
    ]


def _in_place(steps: Sequence[Step], waypoint: Waypoint, costs: FlightCosts, arrived: Step) -> list[Step]:
    """Give the steps that are done at one place, its actions before the end of what is done there."""
    stays = [replace(step, alt_m=waypoint.alt_rel_m, actions=()) for step in steps]
    ends = [number for number, step in enumerate(stays) if step.is_last]
    at = ends[0] if ends else len(stays)
    return [*stays[:at], *_acting(waypoint, costs, stays[at] if ends else arrived), *stays[at:]]
