"""Flies the plans of a schedule with simulated copters, and judges them by where these were."""

import itertools
import math
from dataclasses import dataclass

import numpy as np

from geofence.local_frame import LocalFrame
from missions.fleet.fleet_patrol import FleetPatrol
from missions.fleet.flight_plan import FlightPlan
from missions.plan.item import Command
from simulator.copter import Copter
from simulator.home import Home
from tests.simulator.conftest import STEP_S, Station

SHARE = 0.05
"""So far times may lie from those of the schedule, and never further than its separation allows for."""
_LEAST_S = 3.0
_SAMPLED_EVERY = 25
_LIMIT_S = 4_000.0
_SAME_M = 0.5
_HOME_ALT_M = 1520.0


@dataclass(frozen=True, slots=True)
class Flown:
    """A flight as it was: times and places since the schedule's zero, and when items were reached since arming."""

    made: FlightPlan
    departure_s: float
    landing_s: float
    places: np.ndarray
    reached_s: dict[int, float]


def fly(made: FlightPlan, departure_s: float) -> Flown:
    """Upload, arm, fly, until disarmed."""
    plan = made.plan
    copter = Copter(1, Home(plan.home.lat_deg, plan.home.lon_deg, _HOME_ALT_M), is_quick_boot=True)
    station = Station(copter)
    station.run(2)
    armed_s = station.start_mission(plan.items)
    body, samples = copter.autopilot.body, []
    while copter.autopilot.is_armed:
        assert station.now_s - armed_s < _LIMIT_S
        samples.append((station.now_s - armed_s + departure_s, body.east_m, body.north_m, body.up_m))
        station.run(_SAMPLED_EVERY * STEP_S)
    reached = {m.seq: s - armed_s for s, m in station.heard if m.get_type() == "MISSION_ITEM_REACHED"}
    return Flown(made, departure_s, departure_s + station.now_s - armed_s, np.array(samples), reached)


def fly_all(patrol: FleetPatrol) -> list[Flown]:
    """Fly every flight; none departs before its drone has landed and its battery is swapped."""
    swap_s = {pad.pad_id: pad.swap_s for pad in patrol.station.pads}
    ready_s: dict[str, float] = {}
    flown = []
    for made in patrol.flights:
        flight = made.flight
        one = fly(made, max(flight.departure_s, ready_s.get(flight.drone_id, 0.0)))
        ready_s[flight.drone_id] = one.landing_s + swap_s[flight.pad_id]
        flown.append(one)
    return flown


def disagreements(patrol: FleetPatrol, flown: list[Flown]) -> list[str]:
    """Departures, ends of tasks and landings that are not when the schedule has them; empty where all agree."""
    slack_s, found = patrol.schedule.settings.separation.slack_s, []
    for one in flown:
        flight = one.made.flight
        spans = [
            ("departure", flight.departure_s, one.departure_s),
            ("landing", flight.landing_s, one.landing_s),
        ]
        spans += [
            (visit.task_id, visit.end_s, one.departure_s + reached_s)
            for visit, reached_s in zip(flight.visits, _ends_s(patrol, one), strict=True)
        ]
        for what, planned_s, was_s in spans:
            allowed_s = min(max(_LEAST_S, SHARE * planned_s), slack_s)
            if not abs(was_s - planned_s) <= allowed_s:
                found.append(f"{one.made.plan.name}, {what}: {planned_s:.1f} s planned, {was_s:.1f} s flown")
    return found


def _ends_s(patrol: FleetPatrol, one: Flown) -> list[float]:
    """When the last place of each task was reached, after arming; each after the one before."""
    plan = one.made.plan
    frame = LocalFrame(plan.home)
    waypoints = iter(
        (item.seq, frame.point_xy_m(item.position))
        for item in plan.items
        if item.command == Command.NAV_WAYPOINT and item.position is not None
    )
    x0_m, y0_m = next(point.xy_m for point in one.made.flight.track)
    ends = []
    for visit in one.made.flight.visits:
        task = patrol.schedule.task(visit.task_id)
        x_m, y_m = task.points(is_reversed=visit.is_reversed)[-1]
        seq = next(seq for seq, place in waypoints if math.dist(place, (x_m - x0_m, y_m - y0_m)) < _SAME_M)
        ends.append(one.reached_s.get(seq, math.nan))
    return ends


def too_near(patrol: FleetPatrol, flown: list[Flown]) -> list[str]:
    """Pairs of drones in the air that came nearer than the separation."""
    separation, found = patrol.schedule.settings.separation, []
    step_s = _SAMPLED_EVERY * STEP_S
    times_s = np.arange(0.0, max(one.landing_s for one in flown) + step_s, step_s)
    placed = [_at(one, times_s) for one in flown]
    for (one, here), (other, there) in itertools.combinations(zip(flown, placed, strict=True), 2):
        if one.made.flight.drone_id == other.made.flight.drone_id:
            continue
        apart_m = np.hypot(*(here - there)[:, :2].T)
        is_near = (apart_m < separation.horizontal_m) & (np.abs(here - there)[:, 2] < separation.vertical_m)
        if is_near.any():
            at = int(np.argmax(is_near))
            found.append(
                f"{one.made.plan.name} and {other.made.plan.name} at {times_s[at]:.0f} s: {apart_m[at]:.1f} m"
            )
    return found


def _at(one: Flown, times_s: np.ndarray) -> np.ndarray:
    """East, north, up in the schedule's plane at times; nan on the ground before and after."""
    x0_m, y0_m = one.made.flight.track[0].xy_m
    samples = one.places
    places = np.column_stack([np.interp(times_s, samples[:, 0], samples[:, axis]) for axis in (1, 2, 3)])
    places += (x0_m, y0_m, 0.0)
    places[(times_s < samples[0, 0]) | (times_s > samples[-1, 0])] = np.nan
    return places
