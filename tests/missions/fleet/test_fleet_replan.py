"""Fleets replanned from what is reported of their drones."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from shapely import box

from geofence.altitude_band import AltitudeBand
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet
from missions.files.schedule_document import schedule_document, standing_of
from missions.fleet.fleet_patrol import FleetPatrol, FleetRequest, plan_fleet_patrol
from missions.fleet.fleet_replan import (
    FleetChanges,
    ReportedDrone,
    ReportedFleet,
    replan_fleet_patrol,
    state_of,
)
from missions.fleet.patrol_window import PatrolWindow
from missions.fleet.separation import conflicts_of
from missions.fleet.standing_schedule import StandingSchedule
from missions.fleet.state import state_at
from missions.fleet.station import Station, StationDrone, StationPad
from missions.fleet.wanted import Wanted, wanted_of
from missions.patterns.pattern import AreaPattern, OrbitPattern
from missions.plan.item import Command
from missions.refusal import MissionError
from missions.vehicle.stock_profiles import QUAD_30
from missions.vehicle.wind import Wind

FRAME = LocalFrame(LatLon(36.09, 103.70))
NOW_S = 140.0


def at(x_m: float, y_m: float) -> LatLon:
    return FRAME.position(x_m, y_m)


def zone(name: str, area: object, kind: ZoneKind = ZoneKind.INCLUSION) -> Zone:
    return Zone.of_area(name, name, kind, FRAME.unproject(area), AltitudeBand(None, 120.0))


FIELD = zone("field", box(-500.0, -300.0, 700.0, 300.0))
PARK = zone("park", box(0.0, -250.0, 400.0, 0.0))
ZONES = ZoneSet([FIELD, PARK])


@pytest.fixture(scope="module")
def patrol() -> FleetPatrol:
    station = Station(
        (StationPad("west", at(-400.0, 0.0)), StationPad("east", at(600.0, -100.0))),
        (
            StationDrone("red", "west", QUAD_30, stand=at(-400.0, 0.0)),
            StationDrone("blue", "west", QUAD_30, stand=at(-360.0, 0.0)),
            StationDrone("green", "east", QUAD_30),
        ),
    )
    wanted = [
        *wanted_of(AreaPattern("park", 50.0)),
        *wanted_of(OrbitPattern(at(550.0, 100.0), 40.0, turns=1.0), "tower"),
        *(
            Wanted(f"row {n}", (at(-450.0, y_m), at(-50.0, y_m)))
            for n, y_m in enumerate((-250, -150, 150, 250))
        ),
    ]
    return plan_fleet_patrol(
        ZONES, station, wanted, FleetRequest(50.0, PatrolWindow(75_600.0, 3_600.0), iterations=200)
    )


@pytest.fixture(scope="module")
def standing(patrol: FleetPatrol) -> StandingSchedule:
    """The schedule as its file holds it."""
    document = json.loads(json.dumps(schedule_document(patrol, [Path("x.plan")] * len(patrol.flights))))
    return standing_of(document, source="night.json")


def reported(patrol: FleetPatrol, now_s: float = NOW_S, **others: ReportedDrone) -> ReportedFleet:
    """Report everything as it is scheduled."""
    drones = []
    for state in state_at(patrol.schedule, now_s).drones:
        drone = next(drone for drone in patrol.schedule.drones if drone.drone_id == state.drone_id)
        told = ReportedDrone(state.drone_id)
        if state.is_airborne:
            told = ReportedDrone(
                state.drone_id,
                patrol.ground.frame.position(*state.xy_m),
                state.alt_m,
                state.left_wh / drone.battery_wh,
            )
        drones.append(others.get(state.drone_id, told))
    return ReportedFleet(now_s, tuple(drones))


def assert_sound(patrol: FleetPatrol) -> None:
    assert patrol.is_legal, [f.message for made in patrol.flights for f in made.plan.findings]
    flown = Counter(visit.task_id for flight in patrol.schedule.flights for visit in flight.visits)
    assert set(flown.values()) <= {1}
    assert conflicts_of(patrol.schedule.flights, patrol.schedule.settings.separation) == []


def test_a_schedule_is_read_as_it_was_written(patrol: FleetPatrol, standing: StandingSchedule) -> None:
    assert standing.schedule.tasks == patrol.schedule.tasks
    assert [replace(drone, costs=None) for drone in standing.schedule.drones] == [
        replace(drone, costs=None) for drone in patrol.schedule.drones
    ]
    assert standing.schedule.settings == patrol.schedule.settings
    assert standing.schedule.pads == patrol.schedule.pads
    assert standing.station == patrol.station
    assert [flight.visits for flight in standing.schedule.flights] == [
        flight.visits for flight in patrol.schedule.flights
    ]


@pytest.mark.parametrize("now_s", [60.0, NOW_S, 300.0])
def test_the_state_is_told_from_positions(
    patrol: FleetPatrol, standing: StandingSchedule, now_s: float
) -> None:
    state = state_of(standing, reported(patrol, now_s))
    expected = state_at(patrol.schedule, now_s)
    assert state.done_ids == expected.done_ids
    for told, known in zip(state.drones, expected.drones, strict=True):
        assert (told.task_id, told.is_airborne, told.batteries) == (
            known.task_id,
            known.is_airborne,
            known.batteries,
        )
        assert told.done_share == pytest.approx(known.done_share, abs=0.02)
        assert told.left_wh == pytest.approx(known.left_wh, abs=1e-6)


def test_a_lost_drone_and_a_new_place(patrol: FleetPatrol, standing: StandingSchedule) -> None:
    state = reported(patrol)
    state = replace(state, drones=tuple(drone for drone in state.drones if drone.drone_id != "blue"))
    call = Wanted("call", (at(300.0, 200.0),), dwell_s=30.0, priority=10.0)
    made = replan_fleet_patrol(
        standing, ZONES, state, FleetChanges(lost_ids=("blue",), added=(call,)), iterations=100
    )
    new = made.patrol
    assert_sound(new)
    assert not new.schedule.unserved
    assert [drone.drone_id for drone in new.station.drones] == ["red", "green"]
    done = {v.task_id for flight in patrol.schedule.flights for v in flight.visits if v.end_s <= NOW_S}
    flown = {visit.task_id for flight in new.schedule.flights for visit in flight.visits}
    assert flown == {task.task_id for task in patrol.schedule.tasks} - done | {"call"}
    moved = {move.task_id for move in made.replanned.moves}
    assert "call" in moved
    places = {drone.drone_id: drone.position for drone in state.drones}
    in_the_air = [flight for flight in new.flights if flight.flight.is_airborne]
    assert {made.flight.drone_id for made in in_the_air} == {"red", "green"}
    for made_plan in in_the_air:
        before = next(
            item
            for item in reversed(made_plan.plan.items[: made_plan.first_seq - 1])
            if item.command == Command.NAV_WAYPOINT
        )
        place = places[made_plan.flight.drone_id]
        assert before.position is not None
        assert place is not None
        assert before.position.lat_deg == pytest.approx(place.lat_deg, abs=2e-7)
        assert before.position.lon_deg == pytest.approx(place.lon_deg, abs=2e-7)
    # And so again from the new schedule's own file.
    document = json.loads(json.dumps(schedule_document(new, [Path("x.plan")] * len(new.flights))))
    again = replan_fleet_patrol(
        standing_of(document, source="new.json"),
        ZONES,
        reported(new, 200.0),
        FleetChanges(withdrawn=("park",)),
        iterations=20,
    )
    assert_sound(again.patrol)
    names = {visit.task_id for flight in again.patrol.schedule.flights for visit in flight.visits}
    assert not any(name.startswith("park") for name in names)


def test_an_activated_zone_is_left_out(patrol: FleetPatrol, standing: StandingSchedule) -> None:
    closed = ZoneSet([*ZONES, zone("parade", box(-300.0, 100.0, -100.0, 300.0), ZoneKind.EXCLUSION)])
    state = reported(patrol, 20.0)
    made = replan_fleet_patrol(standing, closed, state, FleetChanges(wind=Wind(3.0, 270.0)), iterations=20)
    assert_sound(made.patrol)
    assert {"row 2", "row 3"} <= {left.task_id for left in made.patrol.schedule.unserved}
    pieces = {visit.task_id for flight in made.patrol.schedule.flights for visit in flight.visits}
    assert {"row 2/1", "row 2/2"} <= pieces


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: (replace(s, drones=s.drones[1:]), FleetChanges()), "drone red"),
        (lambda s: (replace(s, now_s=9_000.0), FleetChanges()), "not within the schedule's window"),
        (lambda s: (replace(s, done_ids=frozenset({"nothing"})), FleetChanges()), "no task nothing"),
        (lambda s: (s, FleetChanges(withdrawn=("nothing",))), "no task nothing"),
        (lambda s: (s, FleetChanges(lost_ids=("nobody",))), "no drone nobody"),
        (lambda s: (s, FleetChanges(lost_ids=("red", "blue", "green"))), "no drone of the schedule is left"),
        (lambda s: (s, FleetChanges(added=(Wanted("row 1", (at(0.0, 0.0),)),))), "row 1 already"),
    ],
)
def test_what_is_not_known_is_refused(
    patrol: FleetPatrol, standing: StandingSchedule, change: object, words: str
) -> None:
    state, changes = change(reported(patrol))
    with pytest.raises(MissionError) as refused:
        replan_fleet_patrol(standing, ZONES, state, changes, iterations=0)
    assert words in str(refused.value)
    assert refused.value.remedy
