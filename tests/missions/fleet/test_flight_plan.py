from dataclasses import replace

import pytest

from bench.patrol_lines import Evening, patrol_evening
from geofence.verification.finding import FindingCode, Severity
from missions.fleet.change import DroneLost
from missions.fleet.fleet_ground import FleetGround
from missions.fleet.flight_plan import flight_waypoints, plan_flights
from missions.fleet.planner import plan_fleet
from missions.fleet.replan import replan
from missions.fleet.schedule import Schedule
from missions.fleet.state import state_at
from missions.plan.item import Command, MissionItem
from missions.plan.plan import RouteKind

_MARGIN_M = 5.0


def ground_of(evening: Evening) -> FleetGround:
    return FleetGround(evening.frame, evening.settings.layers_m, _MARGIN_M, 2.0 * _MARGIN_M)


@pytest.fixture(scope="module")
def evening() -> Evening:
    return patrol_evening(lines=24, drones=4, seed=7)


@pytest.fixture(scope="module")
def schedule(evening: Evening) -> Schedule:
    look = MissionItem(0, Command.DO_SET_ROI_NONE)
    tasks = [replace(task, actions=(look,)) for task in evening.tasks]
    few = replace(evening.settings, iterations=100)
    return plan_fleet(tasks, evening.drones, evening.pads, evening.transit, few)


def test_every_flight_is_a_legal_plan(evening: Evening, schedule: Schedule) -> None:
    plans = plan_flights(
        schedule, evening.zones, ground_of(evening), evening.transit, start_utc_s=1_700_000_000.0
    )
    assert len(plans) == len(schedule.flights)
    for made in plans:
        assert made.plan.is_legal, [f.message for f in made.plan.findings if f.severity is Severity.VIOLATION]
        assert made.plan.returns is not None
        assert made.first_seq == 1
        # Departure times are given: no zone with hours is unknown any more.
        assert not any(f.code is FindingCode.UNKNOWN_TIME for f in made.plan.findings)
        assert {alt for route in made.plan.routes for alt in route.alts_rel_m} == {made.flight.layer_m}


def test_lines_are_flown_as_lines_with_their_actions(evening: Evening, schedule: Schedule) -> None:
    for flight in schedule.flights:
        waypoints = flight_waypoints(flight, 0.0)
        assert sum(waypoint.kind is RouteKind.COVERAGE for waypoint in waypoints) == len(flight.visits)
        assert sum(len(waypoint.actions) for waypoint in waypoints) == len(flight.visits)


def test_a_flight_that_goes_on_in_the_air_begins_behind_its_way_there(
    evening: Evening, schedule: Schedule
) -> None:
    state = state_at(schedule, 250.0)
    replanned = replan(schedule, state, [DroneLost("drone 1")], evening.transit)
    plans = plan_flights(replanned.schedule, evening.zones, ground_of(evening), evening.transit)
    places = {drone.drone_id: drone.xy_m for drone in state.drones}
    airborne = [made for made in plans if made.flight.is_airborne]
    assert airborne
    for made in airborne:
        assert made.plan.is_legal, [f.message for f in made.plan.findings if f.severity is Severity.VIOLATION]
        item = made.plan.items[made.first_seq - 1]
        assert item.command in (Command.NAV_WAYPOINT, Command.NAV_RETURN_TO_LAUNCH)
        before = next(
            known
            for known in reversed(made.plan.items[: made.first_seq - 1])
            if known.command == Command.NAV_WAYPOINT
        )
        assert before.position is not None
        x_m, y_m = evening.frame.point_xy_m(before.position)
        assert abs(x_m - places[made.flight.drone_id][0]) < 0.1
        assert abs(y_m - places[made.flight.drone_id][1]) < 0.1
