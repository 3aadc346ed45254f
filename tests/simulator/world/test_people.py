import time
from dataclasses import replace

import numpy as np
import pytest

from simulator.world.events import (
    IncidentEnded,
    IncidentReported,
    RiverLevelChanged,
    WaterReached,
    WorldEvent,
)
from simulator.world.ground.river import RiverSettings
from simulator.world.ground.terrain import IslandSettings, TerrainSettings, ValleySettings
from simulator.world.people.incident import IncidentSettings
from simulator.world.people.people import AreaSettings, GroupSettings, PeopleSettings, WalkerSettings
from simulator.world.time_table import TimeTable
from simulator.world.world import World
from simulator.world.world_frame import WorldFrame
from simulator.world.world_settings import WorldSettings

FRAME = WorldFrame(36.0, 103.0)
NOON_UTC = 1_784_376_000.0


def place(north_m: float, east_m: float) -> tuple[float, float]:
    lat_deg, lon_deg = FRAME.to_degrees(north_m, east_m)
    return float(lat_deg), float(lon_deg)


def square(half_m: float) -> tuple[tuple[float, float], ...]:
    return tuple(
        place(n, e) for n, e in ((1, -1), (1, 1), (-1, 1), (-1, -1)) for n, e in [(n * half_m, e * half_m)]
    )


AXIS = (place(0.0, -900.0), place(0.0, 900.0))
ISLAND = WorldSettings(
    (36.0, 103.0),
    starts_unix_s=NOON_UTC,
    terrain=TerrainSettings(
        valley=ValleySettings(AXIS, 100.0, 110.0, bed_width_m=200.0),
        islands=(IslandSettings(square(40.0), 102.0, 104.0, 0.06),),
        extent_m=300.0,
        spacing_m=4.0,
    ),
    river=RiverSettings(
        AXIS, TimeTable.of([(0.0, 101.5), (600.0, 103.4), (900.0, 105.5)]), TimeTable.steady(2.0)
    ),
    people=PeopleSettings(groups=(GroupSettings("children", place(30.0, 5.0), 5, 4.0, "children"),)),
)


def run(world: World, seconds: float, dt: float = 0.5) -> list[WorldEvent]:
    events: list[WorldEvent] = []
    world.listen(events.append)
    for _ in range(round(seconds / dt)):
        world.step(dt)
    return events


def test_children_on_an_island_step_back_from_the_water_until_there_is_no_place_left() -> None:
    world = World(ISLAND)
    assert world.river is not None
    people = world.people
    before = people.north_m.copy()
    for _ in range(6):
        run(world, 100.0)
        assert (world.river.depth_m(people.north_m, people.east_m) < 0.0).all()
    assert (people.north_m < before - 5.0).all()  # inwards
    events = run(world, 300.0)
    reached = [event for event in events if isinstance(event, WaterReached)]
    assert {event.name for event in reached} == {"children"}
    assert len(reached) == 5
    assert (people.east_m > 60.0).all()  # the river has them


def test_the_same_seed_moves_everybody_the_same_way_whatever_the_step() -> None:
    worlds = [World(ISLAND), World(ISLAND), World(replace(ISLAND, seed=1))]
    for world, dt in zip(worlds, (0.02, 0.5, 0.5), strict=True):
        run(world, 60.0, dt)
    east_m = [world.people.east_m for world in worlds]
    assert east_m[0] == pytest.approx(east_m[1], abs=1e-6)
    assert not np.allclose(east_m[0], east_m[2])


def test_an_area_fills_and_empties_by_the_hour() -> None:
    area = AreaSettings("market", square(100.0), ((8.0, 0.0), (12.0, 50.0), (20.0, 10.0)))
    counts = []
    for hour in (8.0, 10.0, 12.0, 20.0, 2.0):
        settings = WorldSettings(
            (36.0, 103.0), NOON_UTC + (hour - 12.0) * 3600.0, 0.0, people=PeopleSettings(areas=(area,))
        )
        people = World(settings).people
        counts.append(int(people.is_present.sum()))
        inside = np.maximum(np.abs(people.north_m), np.abs(people.east_m))[people.is_present]
        assert (inside < 106.0).all()
    assert counts == [0, 100, 200, 40, 20]


def test_walkers_go_to_and_fro_at_their_pace() -> None:
    walkers = WalkerSettings("promenade", (place(0.0, 0.0), place(0.0, 100.0), place(50.0, 100.0)), 8, 1.3)
    world = World(WorldSettings((36.0, 103.0), people=PeopleSettings(walkers=(walkers,))))
    places = []
    for _ in range(300):
        run(world, 1.0)
        places.append((world.people.north_m.copy(), world.people.east_m.copy()))
    steps = np.hypot(*np.diff(np.array(places), axis=0).transpose(1, 0, 2))
    assert np.median(steps) == pytest.approx(1.3, rel=0.25)
    assert steps.max() < 1.3 * 1.25
    east_m = np.array([east for _, east in places])
    assert east_m.max() > 99.0
    assert east_m.min() < 1.0


def test_an_incident_is_reported_drifts_and_ends() -> None:
    settings = IncidentSettings(
        "swimmer", "person in the water", place(70.0, -100.0), 60.0, 180.0, does_drift=True
    )
    world = World(replace(ISLAND, people=PeopleSettings(), incidents=(settings,)))
    assert not world.people.is_present.any()
    events = run(world, 61.0)
    told = [type(event) for event in events if not isinstance(event, RiverLevelChanged)]
    assert told == [IncidentReported, WaterReached]
    start_m = world.people.east_m[0]
    run(world, 30.0)
    assert world.people.east_m[0] - start_m == pytest.approx(60.0, abs=2.0)
    assert IncidentEnded(180.0, "swimmer") in run(world, 90.0)
    assert not world.people.is_present.any()


def test_the_gauge_tells_every_five_centimetres_up_and_down() -> None:
    river = RiverSettings(ISLAND.river.axis, TimeTable.of([(0.0, 10.0), (10.0, 10.2), (20.0, 10.1)]))
    told = run(World(replace(ISLAND, river=river, people=PeopleSettings())), 30.0)
    assert [(event.level_amsl_m, event.is_rising) for event in told] == [
        (pytest.approx(level_amsl_m), is_rising)
        for level_amsl_m, is_rising in ((10.05, True), (10.1, True), (10.15, True), (10.2, True), (10.15, False), (10.1, False))
    ]  # fmt: skip


def test_an_incident_can_be_ended_once() -> None:
    world = World(replace(ISLAND, incidents=(IncidentSettings("fire", "fire", place(0.0, 0.0), 10.0),)))
    assert not world.end_incident("fire")
    run(world, 20.0)
    assert world.end_incident("fire")
    run(world, 1.0)
    assert not world.people.is_present[-1]
    assert not world.end_incident("fire")


def test_ten_thousand_people_are_cheap() -> None:
    area = AreaSettings("square", square(200.0), ((0.0, 600.0),))
    world = World(replace(ISLAND, people=PeopleSettings(areas=(area,))))
    assert len(world.people) == 9_600
    start_s = time.process_time()
    run(world, 30.0, 0.02)
    assert time.process_time() - start_s < 1.5
