import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from simulator.world.events import DetectionReported, IncidentSeen, WorldEvent
from simulator.world.ground.terrain import TerrainSettings
from simulator.world.people.incident import IncidentSettings, IncidentState
from simulator.world.people.people import GroupSettings, PeopleSettings
from simulator.world.sight.detector import DetectorSettings
from simulator.world.sight.eye import CameraSettings, Eye, axes
from simulator.world.world import Onlooker, World
from simulator.world.world_frame import WorldFrame
from simulator.world.world_settings import WorldSettings

FRAME = WorldFrame(36.0, 103.0)
NOON, NIGHT = 1_784_350_800.0, 1_784_394_000.0


def place(north_m: float, east_m: float) -> tuple[float, float]:
    lat_deg, lon_deg = FRAME.to_degrees(north_m, east_m)
    return float(lat_deg), float(lon_deg)


def looks(
    *groups: GroupSettings,
    height_m: float = 25.0,
    starts: float = NOON,
    has_light_on: bool = False,
    count: int = 100,
    seed: int = 0,
    incidents: tuple[IncidentSettings, ...] = (),
    **detector: float,
) -> tuple[World, list[WorldEvent]]:
    settings = WorldSettings(
        (36.0, 103.0),
        starts,
        seed=seed,
        terrain=TerrainSettings(flat_amsl_m=100.0, extent_m=400.0),
        people=PeopleSettings(groups=groups),
        incidents=incidents,
        detectors=replace(DetectorSettings(false_alarms_min=0.0), **detector),  # type: ignore[arg-type]
    )
    world = World(settings)
    events: list[WorldEvent] = []
    world.listen(events.append)
    camera = settings.camera
    pitch_rad = math.radians(-45.0)
    eye = Eye(
        np.array((0.0, 0.0, 100.0 + height_m)),
        axes(0.0, pitch_rad, 0.0),
        camera.focal_px(),
        camera.width_px,
        camera.height_px,
    )
    for _ in range(count):
        world.step(1.0)
        if world.is_look_due:
            world.look([Onlooker(1, eye, 0.0, has_light_on=has_light_on)])
    return world, events


def detections(events: list[WorldEvent]) -> Iterator[DetectionReported]:
    return (event for event in events if isinstance(event, DetectionReported))


def misses_m(events: list[WorldEvent], north_m: float, east_m: float) -> np.ndarray:
    found = list(detections(events))
    north, east = FRAME.to_metres([each.lat_deg for each in found], [each.lon_deg for each in found])
    return np.hypot(north - north_m, east - east_m)


def test_a_person_is_found_about_as_far_off_as_the_detector_says() -> None:
    _, events = looks(GroupSettings("one", place(25.0, 3.0)))
    found = list(detections(events))
    assert len(found) > 80
    assert {each.label for each in found} == {"person"}
    said_m = found[0].uncertainty_m
    assert np.sqrt((misses_m(events, 25.0, 3.0) ** 2).mean() / 2.0) == pytest.approx(said_m, rel=0.25)
    assert found[0].x_px == pytest.approx(
        320.0 + 3.0 / math.hypot(25.0, 25.0) * CameraSettings().focal_px(), abs=8.0
    )


def test_fewer_are_found_from_afar_behind_leaves_and_in_the_dark() -> None:
    one = GroupSettings("one", place(25.0, 0.0))
    near = len(list(detections(looks(one)[1])))
    far = len(list(detections(looks(GroupSettings("one", place(120.0, 0.0)), height_m=120.0)[1])))
    hidden = len(list(detections(looks(replace(one, cover=0.7))[1])))
    dark = len(list(detections(looks(one, starts=NIGHT)[1])))
    lit = len(list(detections(looks(one, starts=NIGHT, has_light_on=True)[1])))
    assert near > 80
    assert far < 0.6 * near
    assert 0.15 * near < hidden < 0.5 * near
    assert dark < 10
    assert lit > 80


def test_nobody_is_found_who_is_out_of_the_picture_or_not_there() -> None:
    behind = GroupSettings("behind", place(-25.0, 0.0))
    later = GroupSettings("later", place(25.0, 0.0), from_s=1_000.0)
    assert list(detections(looks(behind, later)[1])) == []


def test_a_crowd_is_counted_roughly() -> None:
    _, events = looks(GroupSettings("crowd", place(25.0, 8.0), 30, 4.0))
    crowds = [each for each in detections(events) if each.label == "crowd"]
    assert len(crowds) > 80
    assert np.mean([each.count for each in crowds]) == pytest.approx(30.0, rel=0.25)
    assert np.std([each.count for each in crowds]) > 0.5
    assert np.median(misses_m(crowds, 25.0, 8.0)) < 3.0  # type: ignore[arg-type]


def test_false_alarms_come_at_their_rate_and_lie_in_the_picture() -> None:
    _, events = looks(false_alarms_min=6.0, count=600)
    found = list(detections(events))
    assert 40 <= len(found) <= 80
    assert all(0.0 <= each.x_px <= 640.0 and 0.0 <= each.y_px <= 360.0 for each in found)
    assert max(each.confidence for each in found) <= 0.6


def test_the_same_seed_errs_the_same_way() -> None:
    one = GroupSettings("one", place(25.0, 3.0))
    runs = [looks(one, seed=seed, count=20, false_alarms_min=5.0)[1] for seed in (4, 4, 5)]
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_an_incident_is_seen_by_who_looks_at_it_once() -> None:
    incident = IncidentSettings("reeds", "fire", place(25.0, 0.0), 30.0)
    world, events = looks(incidents=(incident,), starts=NIGHT)
    seen = [event for event in events if isinstance(event, IncidentSeen)]
    assert [(event.incident_id, event.system_id) for event in seen] == [("reeds", 1)]
    assert 30.0 <= seen[0].at_s < 40.0
    assert world.incidents[0].state is IncidentState.SEEN
    assert {each.label for each in detections(events)} == {"fire"}
