import copy
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.refusal import SimulatorError
from simulator.world.document.world_document import world_settings
from simulator.world.document.world_file import read_world
from simulator.world.world import World
from simulator.world.world_settings import WorldSettings

LANZHOU = Path(__file__).parents[3] / "examples" / "lanzhou" / "world.yaml"


def lanzhou() -> dict[str, Any]:
    document = copy.deepcopy(_lanzhou())
    del document["zones_file"], document["surfaces_file"]
    return document


@cache
def _lanzhou() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(LANZHOU.read_text(encoding="utf-8"))
    return read


def test_the_example_is_read_with_what_lies_beside_it() -> None:
    settings = read_world(LANZHOU)
    assert {zone.kind for zone in settings.zones} == {"inclusion", "exclusion", "advisory"}
    assert {surface.kind for surface in settings.surfaces} >= {"road", "building", "green"}
    # The river draws its own water.
    assert "water" not in {surface.kind for surface in settings.surfaces}
    assert settings.utc_offset_h == 8.0
    assert settings.river is not None
    assert settings.river.axis == settings.terrain.valley.axis  # type: ignore[union-attr]
    assert settings.wind.east_m_s.at(0.0) > 0.0  # from the west-north-west
    assert settings.devices["light"].relay == 1
    assert World(settings).ground_amsl_m_at(*settings.origin) == 1_516.0


def test_hardly_anything_must_be_given() -> None:
    assert world_settings({"origin": [36.0, 103.0]}) == WorldSettings((36.0, 103.0))
    assert world_settings({"origin": [36.0, 103.0], "detectors": {}}).detectors is not None


def test_a_whole_number_of_tables_is_kept() -> None:
    document = {
        "origin": [36.0, 103.0],
        "terrain": {"flat_m": 5},
        "wind": {"speed_m_s": [[0, 4], [60, 8]], "from_deg": [[0, 350], [60, 10]]},
    }
    wind = world_settings(document).wind
    assert wind.north_m_s.at(30.0) == pytest.approx(-5.9, abs=0.05)  # the short way, over north
    assert wind.east_m_s.at(30.0) == pytest.approx(-0.35, abs=0.05)


MISSING = object()


@pytest.mark.parametrize(
    ("keys", "value", "place", "words"),
    [
        (("origin",), MISSING, "origin", r"Give \[latitude, longitude\]"),
        (("origin",), [103.7, 36.0], "origin[0]", "out of range"),
        (("starts",), "2026-07-18T19:10:00", "starts", r"\+08:00"),
        (("seed",), 1.5, "seed", "not whole"),
        (("river", "level_m", 2), [200, 1512], "river.level_m[2]", "200 s is not after 300 s"),
        (("river", "level_m", 2), [1500, "high"], "river.level_m[2]", "'high' is no number"),
        (("river", "level_m"), MISSING, "river.level_m", "level_m is missing"),
        (("river", "levels"), 3, "river.levels", "Did you mean level_m"),
        (("river", "axis"), [[36.0, 103.0]], "river.axis", "Give 2 or more"),
        (("terrain", "flat_m"), 3, "terrain", "exclude each other"),
        (("terrain", "spacing_m"), 1, "terrain.spacing_m", "too many"),
        (("terrain", "valley", "plain_m"), 1500, "terrain.valley.plain_m", "not above the bed"),
        (("terrain", "islands", 1, "shore"), [[36.0, 103.0]] * 5, "terrain.islands[1].shore", "too few"),
        (("wind", "speed_m_s"), True, "wind.speed_m_s", "no number"),
        (("people", "areas", 0, "per_hectare", 1), [4, 5], "people.areas[0].per_hectare[1]", "not after"),
        (("people", "groups", 0, "kind"), "dogs", "people.groups[0].kind", "Give adults, children"),
        (("people", "walkers", 0, "count"), 0, "people.walkers[0].count", "from 1"),
        (("incidents", 1, "id"), "swimmer", "incidents[1].id", "there twice"),
        (("incidents", 0, "drifts"), "yes", "incidents[0].drifts", "true or false"),
        (("traffic", 0, "callsign"), "TOO LONG ONE", "traffic[0].callsign", "1 to 8"),
        (("traffic", 0, "route", 1), [36.0, 103.0], "traffic[0].route[1]", "metres above sea level"),
        (("devices", "light"), {}, "devices.light", "relay: N"),
        (("camera", "width_px"), 5, "camera.width_px", "out of range"),
        (("surfaces",), [{"kind": "lava", "area": []}], "surfaces[0].kind", "green, sand"),
        (("zones",), {"area": 1}, "zones", "no list"),
        (("weather",), "fine", "weather", "Known are"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(
    keys: tuple[Any, ...], value: Any, place: str, words: str
) -> None:
    document = lanzhou()
    where: Any = document
    for key in keys[:-1]:
        where = where[key]
    if value is MISSING:
        del where[keys[-1]]
    else:
        where[keys[-1]] = value
    with pytest.raises(SimulatorError, match=words) as refused:
        world_settings(document)
    assert refused.value.place == place
    assert refused.value.remedy


def places_in(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if way:
        yield way
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places_in(value[key], (*way, key))


@pytest.mark.parametrize("value", [None, True, -1, 10**400, float("nan"), "", [], {}, [[1]], {"a": 1}])
def test_whatever_is_wrong_is_refused_with_place_and_remedy(value: Any) -> None:
    refusals = []
    for way in list(places_in(lanzhou()))[::3]:
        document = lanzhou()
        where: Any = document
        for key in way[:-1]:
            where = where[key]
        where[way[-1]] = value
        try:
            world_settings(document)
        except SimulatorError as error:
            refusals.append(error)
    assert len(refusals) > 20
    assert all(error.place and error.remedy for error in refusals)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("origin: [36, 103]\nriver: [", ":2", "Mend the YAML"),
        ("- 1", "world.yaml", "no world"),
        ("origin: [36, 103]\nzones_file: none.geojson", "world.yaml: zones_file", "no such file"),
        ("origin: [36, 103]\nterrain: {file: none.tif}", "none.tif", "cannot be read"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(tmp_path: Path, text: str, place: str, words: str) -> None:
    (tmp_path / "world.yaml").write_text(text)
    with pytest.raises(SimulatorError, match=words) as refused:
        World(read_world(tmp_path / "world.yaml"))
    assert refused.value.place.endswith(place)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SimulatorError, match="cannot be read"):
        read_world(tmp_path / "none.yaml")
