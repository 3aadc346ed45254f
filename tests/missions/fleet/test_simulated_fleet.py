"""Schedules beside the same evenings flown by simulated copters."""

from collections import Counter
from dataclasses import replace

import pytest

from bench.patrol_lines import patrol_evening
from missions.fleet.fleet_patrol import FleetPatrol, FleetRequest, plan_fleet_patrol
from missions.fleet.patrol_window import PatrolWindow
from missions.fleet.separation import conflicts_of
from missions.fleet.station import Station, StationDrone, StationPad
from missions.fleet.wanted import Wanted
from missions.vehicle.stock_profiles import QUAD_30
from tests.missions.fleet.simulated import disagreements, fly_all, too_near

NIGHT = PatrolWindow(75_600.0, 7_200.0)
SMALL = replace(QUAD_30, battery=replace(QUAD_30.battery, capacity_wh=40.0))


def planned(*, lines, drones, pads, seed, profile, iterations=None):
    evening = patrol_evening(lines=lines, drones=drones, pads=pads, seed=seed)
    station = Station(
        tuple(StationPad(pad.pad_id, evening.frame.position(*pad.xy_m)) for pad in evening.pads),
        tuple(StationDrone(drone.drone_id, drone.pad_id, profile) for drone in evening.drones),
    )
    wanted = [
        Wanted(task.task_id, tuple(evening.frame.position(*point) for point in task.xy_m))
        for task in evening.tasks
    ]
    request = FleetRequest(60.0, NIGHT, iterations=iterations)
    return plan_fleet_patrol(evening.zones, station, wanted, request)


def assert_flown_as_planned(patrol: FleetPatrol) -> None:
    schedule = patrol.schedule
    assert patrol.is_legal
    assert not schedule.unserved
    assert Counter(visit.task_id for flight in schedule.flights for visit in flight.visits) == Counter(
        task.task_id for task in schedule.tasks
    )
    assert conflicts_of(schedule.flights, schedule.settings.separation) == []
    assert all(prediction.keeps_reserve for prediction in patrol.predictions)
    flown = fly_all(patrol)
    assert disagreements(patrol, flown) == []
    assert too_near(patrol, flown) == []


def test_a_small_night_is_flown_as_planned():
    patrol = planned(lines=24, drones=3, pads=2, seed=5, profile=SMALL, iterations=300)
    assert max(len(patrol.schedule.of_drone(drone.drone_id)) for drone in patrol.schedule.drones) > 1
    assert_flown_as_planned(patrol)


@pytest.mark.soak
@pytest.mark.timeout(1_200)
def test_165_lines_are_flown_as_planned():
    patrol = planned(lines=165, drones=6, pads=2, seed=1, profile=QUAD_30)
    assert len(patrol.flights) > len(patrol.schedule.drones)
    assert patrol.schedule.home_s <= NIGHT.length_s
    assert_flown_as_planned(patrol)
