"""Areas and other patterns shared over pads and drones, judged by samples of the plans' own items."""

import itertools
import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import shapely
from shapely import box

from geofence.altitude_band import AltitudeBand
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.terrain import GridTerrain
from geofence.verification.finding import FindingCode
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet
from missions.fleet.fleet_patrol import FleetPatrol, FleetRequest, plan_fleet_patrol
from missions.fleet.patrol_window import PatrolWindow
from missions.fleet.separation import conflicts_of
from missions.fleet.station import Station, StationDrone, StationPad
from missions.fleet.wanted import Wanted, WantedPattern, wanted_of
from missions.patterns.pattern import (
    AreaPattern,
    CorridorPattern,
    ExpandingSquarePattern,
    OrbitPattern,
    PerimeterPattern,
    SpiralPattern,
)
from missions.plan.item import Command
from missions.refusal import MissionError
from missions.vehicle.stock_profiles import QUAD_30
from tests.missions.fleet.simulated import disagreements, fly_all, too_near

ORIGIN = LatLon(36.09, 103.70)
FRAME = LocalFrame(ORIGIN)
WINDOW = PatrolWindow(75_600.0, 7_200.0)
SMALL = replace(QUAD_30, battery=replace(QUAD_30.battery, capacity_wh=38.0))
SWATH_M = 50.0
FIELD = box(-450.0, -250.0, 450.0, 250.0)
LAKE = box(40.0, -60.0, 200.0, 90.0)
YARD = box(520.0, -150.0, 760.0, 150.0)
BRIDGE = box(440.0, -20.0, 530.0, 40.0)


def zone(name, area, kind=ZoneKind.INCLUSION):
    return Zone.of_area(name, name, kind, FRAME.unproject(area), AltitudeBand(None, 120.0))


ZONES = ZoneSet(
    [zone("field", FIELD), zone("yard", YARD), zone("bridge", BRIDGE), zone("lake", LAKE, ZoneKind.EXCLUSION)]
)


def at(x_m, y_m):
    return FRAME.position(x_m, y_m)


def station(profile=QUAD_30):
    return Station(
        (StationPad("west", at(-400.0, 0.0)), StationPad("east", at(600.0, -100.0))),
        (
            StationDrone("red", "west", profile, stand=at(-400.0, 0.0)),
            StationDrone("blue", "west", profile, stand=at(-360.0, 0.0)),
            StationDrone("green", "east", profile),
        ),
    )


def flown_xy_m(patrol: FleetPatrol) -> list[np.ndarray]:
    """Places of each plan's items in the order they are flown, from home and back."""
    flights = []
    for made in patrol.flights:
        places = [made.plan.home]
        places += [
            item.position
            for item in made.plan.items
            if item.command == Command.NAV_WAYPOINT and item.position is not None
        ]
        places.append(made.plan.home)
        flights.append(np.array([FRAME.point_xy_m(place) for place in places]))
    return flights


def sampled(ways: list[np.ndarray], step_m: float = 5.0) -> np.ndarray:
    samples = []
    for way in ways:
        for a, b in itertools.pairwise(way):
            count = max(2, math.ceil(math.dist(a, b) / step_m) + 1)
            samples.append(np.linspace(a, b, count))
    return np.concatenate(samples)


def seen_share(areas: list[shapely.Polygon], samples: np.ndarray, reach_m: float) -> float:
    """Share of a lattice over the areas that is as near to a sample as half a swath."""
    lattice = np.concatenate(
        [
            np.array(list(itertools.product(np.arange(w, e, 7.0), np.arange(s, n, 7.0))))
            for w, s, e, n in (area.bounds for area in areas)
        ]
    )
    is_in_lake = (
        (lattice[:, 0] > 40.0) & (lattice[:, 0] < 200.0) & (lattice[:, 1] > -60.0) & (lattice[:, 1] < 90.0)
    )
    lattice = lattice[~is_in_lake]
    nearest = [np.hypot(*(samples - place).T).min() for place in lattice]
    return float((np.array(nearest) <= reach_m).mean())


def assert_sound(patrol: FleetPatrol) -> None:
    schedule = patrol.schedule
    assert patrol.is_legal
    flown = Counter(visit.task_id for flight in schedule.flights for visit in flight.visits)
    assert set(flown.values()) == {1}
    assert all(prediction.keeps_reserve for prediction in patrol.predictions)
    assert conflicts_of(schedule.flights, schedule.settings.separation) == []
    samples = sampled(flown_xy_m(patrol), 2.0)
    x, y = samples.T
    is_inside = (np.abs(x) <= 450.0) & (np.abs(y) <= 250.0)
    is_inside |= (x >= 520.0) & (x <= 760.0) & (np.abs(y) <= 150.0)
    is_inside |= (x >= 440.0) & (x <= 530.0) & (y >= -20.0) & (y <= 40.0)
    is_inside &= ~((x > 40.0) & (x < 200.0) & (y > -60.0) & (y < 90.0))
    assert is_inside.all()


@pytest.fixture(scope="module")
def shared() -> FleetPatrol:
    """Two areas, a line and a place for three drones of two pads, with batteries that do not last."""
    wanted = [
        *wanted_of(AreaPattern("field", SWATH_M)),
        *wanted_of(AreaPattern("yard", SWATH_M)),
        Wanted("gate", (at(-100.0, 200.0),), dwell_s=20.0),
        Wanted("wall", (at(-440.0, -200.0), at(-200.0, -240.0))),
    ]
    return plan_fleet_patrol(ZONES, station(SMALL), wanted, FleetRequest(50.0, WINDOW, iterations=400))


def test_areas_are_seen_by_all_drones_together(shared: FleetPatrol) -> None:
    assert_sound(shared)
    assert not shared.schedule.unserved
    assert all(shared.schedule.of_drone(drone.drone_id) for drone in shared.schedule.drones)
    assert max(len(shared.schedule.of_drone(drone.drone_id)) for drone in shared.schedule.drones) > 1
    assert [(area.name, area.swath_m) for area in shared.areas] == [("field", SWATH_M), ("yard", SWATH_M)]
    share = seen_share([FIELD, YARD], sampled(flown_xy_m(shared)), SWATH_M / 2.0 + 0.5)
    assert share >= 0.985
    assert all(area.coverage >= 0.985 for area in shared.areas)
    flown = {visit.task_id for flight in shared.schedule.flights for visit in flight.visits}
    assert {"gate", "wall"} <= flown


def test_the_last_drone_is_home_about_as_soon_as_the_others(shared: FleetPatrol) -> None:
    homes_s = [shared.schedule.of_drone(drone.drone_id)[-1].landing_s for drone in shared.schedule.drones]
    busy_s = [
        sum(flight.landing_s - flight.departure_s for flight in shared.schedule.of_drone(drone.drone_id))
        for drone in shared.schedule.drones
    ]
    assert max(homes_s) <= sum(busy_s) / 3.0 + 2.0 * 180.0


def test_areas_are_flown_as_planned(shared: FleetPatrol) -> None:
    flown = fly_all(shared)
    assert disagreements(shared, flown) == []
    assert too_near(shared, flown) == []


def test_what_no_battery_reaches_is_named_as_unseen() -> None:
    weak = replace(QUAD_30, battery=replace(QUAD_30.battery, capacity_wh=16.0))
    one = Station((StationPad("west", at(-400.0, 0.0)),), (StationDrone("red", "west", weak, batteries=3),))
    patrol = plan_fleet_patrol(
        ZONES, one, wanted_of(AreaPattern("field", SWATH_M)), FleetRequest(50.0, WINDOW, iterations=50)
    )
    assert_sound(patrol)
    (area,) = patrol.areas
    share = seen_share([FIELD], sampled(flown_xy_m(patrol)), SWATH_M / 2.0)
    # Ways to the pieces see something too.
    assert area.coverage <= share + 0.01
    assert area.coverage < 0.7
    assert patrol.schedule.unserved
    unseen = [finding for finding in patrol.findings if finding.code is FindingCode.NOT_COVERED]
    assert unseen
    assert all("stay unseen" in finding.message for finding in unseen)


def test_other_patterns_are_shared_too() -> None:
    corridor = CorridorPattern((at(-420.0, 150.0), at(-100.0, 150.0)), width_m=100.0, swath_m=50.0)
    wanted = [
        *wanted_of(corridor, "bank"),
        *wanted_of(PerimeterPattern("yard"), "round the yard"),
        *wanted_of(OrbitPattern(at(-250.0, -100.0), 40.0, turns=1.0), "tower"),
        WantedPattern("spiral", SpiralPattern(at(-50.0, -150.0), 10.0, 60.0, turns=2.0), priority=2.0),
    ]
    patrol = plan_fleet_patrol(ZONES, station(), wanted, FleetRequest(50.0, WINDOW, iterations=100))
    assert_sound(patrol)
    assert not patrol.schedule.unserved
    names = {visit.task_id.split(" (")[0] for flight in patrol.schedule.flights for visit in flight.visits}
    assert names == {"bank", "round the yard", "tower", "spiral"}
    (bank,) = patrol.areas
    assert bank.coverage > 0.97
    looks = Counter(
        item.command
        for made in patrol.flights
        for item in made.plan.items
        if item.command in (Command.DO_SET_ROI_LOCATION, Command.DO_SET_ROI_NONE)
    )
    round_pieces = sum(task.task_id.startswith(("tower", "spiral")) for task in patrol.schedule.tasks)
    assert looks == {Command.DO_SET_ROI_LOCATION: round_pieces, Command.DO_SET_ROI_NONE: round_pieces}


def test_an_area_inside_another_is_not_seen_twice() -> None:
    patch = ZoneSet([*ZONES, zone("patch", box(-300.0, -200.0, -100.0, 0.0))])
    wanted = [*wanted_of(AreaPattern("field", SWATH_M)), *wanted_of(AreaPattern("patch", SWATH_M))]
    patrol = plan_fleet_patrol(patch, station(), wanted, FleetRequest(50.0, WINDOW, iterations=20))
    assert [area.name for area in patrol.areas] == ["field", "patch"]
    assert all(area.coverage >= 0.98 for area in patrol.areas)
    assert not any(task.task_id.startswith("patch") for task in patrol.schedule.tasks)


@pytest.mark.parametrize(
    "make",
    [
        lambda: wanted_of(ExpandingSquarePattern(at(0.0, 0.0))),
        lambda: wanted_of(SpiralPattern(at(0.0, 0.0), end_alt_rel_m=90.0)),
        lambda: plan_fleet_patrol(
            ZONES, station(), wanted_of(AreaPattern("lake")), FleetRequest(50.0, WINDOW)
        ),
    ],
)
def test_what_cannot_be_shared_is_refused_with_a_remedy(make) -> None:
    with pytest.raises(MissionError) as refused:
        make()
    assert refused.value.remedy


def test_pads_and_layers_are_counted_over_terrain() -> None:
    slope = GridTerrain(
        np.tile(np.linspace(1650.0, 1500.0, 31), (31, 1)),
        north_deg=ORIGIN.lat_deg + 0.015,
        west_deg=ORIGIN.lon_deg - 0.015,
        lat_step_deg=0.001,
        lon_step_deg=0.001,
    )
    lines = [
        Wanted("north", (at(-300.0, 200.0), at(0.0, 200.0))),
        Wanted("south", (at(550.0, 0.0), at(700.0, 100.0))),
    ]
    request = FleetRequest(40.0, WINDOW, iterations=20, terrain=slope)
    patrol = plan_fleet_patrol(ZONES, station(), lines, request)
    assert patrol.is_legal
    west, east = patrol.schedule.pads
    ground_m = [float(slope.ground_alt_amsl_m(p.lat_deg, p.lon_deg)[0]) for p in (at(-400, 0), at(600, -100))]
    assert west.ground_m == pytest.approx(0.0)
    assert east.ground_m == pytest.approx(ground_m[1] - ground_m[0], abs=0.1)
    for made in patrol.flights:
        drone = next(drone for drone in patrol.schedule.drones if drone.drone_id == made.flight.drone_id)
        assert made.plan.home_alt_amsl_m == pytest.approx(ground_m[drone.pad_id == "east"], abs=0.1)
    # 120 m above the lowest ground of all that is flown over.
    assert ground_m[0] - ground_m[1] > 50.0
    assert patrol.schedule.settings.layers_m == (40.0, 50.0)
    far = replace(station(), pads=(StationPad("west", at(-4000.0, 0.0)), *station().pads[1:]))
    with pytest.raises(MissionError, match="does not know the ground"):
        plan_fleet_patrol(ZONES, far, lines, request)


def test_a_part_that_no_way_leads_to_is_told_from_one_that_is_too_narrow() -> None:
    wall = zone("wall", box(100.0, -300.0, 140.0, 300.0), ZoneKind.EXCLUSION)
    west = Station((StationPad("west", at(-400.0, 0.0)),), (StationDrone("red", "west", QUAD_30),))
    request = FleetRequest(60.0, WINDOW, iterations=50)
    patrol = plan_fleet_patrol(
        ZoneSet([zone("field", FIELD), wall]),
        west,
        [WantedPattern("field", AreaPattern("field", SWATH_M))],
        request,
    )
    (unseen,) = [known for known in patrol.findings if known.code is FindingCode.NOT_COVERED]
    assert "no legal way leads there" in unseen.message
    with pytest.raises(MissionError, match=r"pad west: it lies outside of legal space.*Move it"):
        plan_fleet_patrol(
            ZoneSet([zone("field", FIELD), zone("no", box(-450.0, -50.0, -350.0, 50.0), ZoneKind.EXCLUSION)]),
            west,
            [WantedPattern("field", AreaPattern("field", SWATH_M))],
            request,
        )
