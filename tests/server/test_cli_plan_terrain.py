"""`feiying plan --agl`: height above ground, judged by dense samples of the true hill."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from missions.files.plan_files import read_plan
from missions.plan.item import Command, Frame
from tests.server.plan_command import (
    FRAME,
    HOME_AMSL_M,
    PAD_XY_M,
    PlanCommand,
    hill_amsl_m,
    write_terrain,
    write_zones_file,
)

USUAL = ("--zone", "field", "--pattern", "area", "--swath", 40)
SAMPLING_M = 1.0
MODEL_M = 0.8
"""The terrain file knows the hill every 25 to 31 m, and what lies between less well."""


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    return PlanCommand(monkeypatch, capsys, write_zones_file(tmp_path / "zones.geojson"))


@pytest.fixture(scope="module")
def hill(tmp_path_factory):
    return write_terrain(tmp_path_factory.mktemp("terrain") / "hill.tif")


def sampled_agl_m(plan):
    """Heights above the true hill between the items, of straight legs from the end of the take-off."""
    pad_amsl_m = hill_amsl_m(*PAD_XY_M)
    places = [(*PAD_XY_M, plan.items[0].alt_m)]
    places += [
        (*FRAME.point_xy_m(item.position), item.alt_m)
        for item in plan.items
        if item.command == Command.NAV_WAYPOINT
    ]
    heights_m = []
    for start, end in itertools.pairwise(np.array(places)):
        count = int(np.hypot(*(end - start)[:2]) / SAMPLING_M) + 2
        x_m, y_m, alt_m = (start + np.linspace(0.0, 1.0, count)[:, None] * (end - start)).T
        heights_m.append(pad_amsl_m + alt_m - hill_amsl_m(x_m, y_m))
    return np.concatenate(heights_m)


@pytest.mark.parametrize("tolerance_m", [5.0, 10.0])
def test_the_height_above_ground_is_kept(run, hill, tmp_path, tolerance_m):
    out = tmp_path / "out.plan"
    arguments = (*USUAL, "--agl", 50, "--terrain", hill, "--tolerance", tolerance_m, "-o", out)
    document = run.document(*arguments)
    plan = read_plan(out)
    heights_m = sampled_agl_m(plan)
    assert document["is_legal"]
    assert plan.home_alt_amsl_m == pytest.approx(hill_amsl_m(*PAD_XY_M), abs=MODEL_M)
    assert heights_m.min() > 50.0 - tolerance_m - MODEL_M
    assert heights_m.max() < 50.0 + tolerance_m + MODEL_M
    assert heights_m.max() - heights_m.min() > 1.0


def test_without_following_the_hill_is_too_near(run, hill, tmp_path):
    """The same flight at one altitude is no flight at one height: the test above can fail."""
    out = tmp_path / "out.plan"
    assert run.document(*USUAL, "--alt", 50, "-o", out)["is_legal"]
    assert sampled_agl_m(read_plan(out)).min() < 50.0 - 5.0 - MODEL_M
    error = run.refusal(*USUAL, "--alt", 30, "--terrain", hill, "-o", tmp_path / "low.plan")
    assert "Nothing was written" in error
    assert not (tmp_path / "low.plan").exists()


def test_the_vehicle_follows_by_its_own_terrain(run, hill, tmp_path):
    out = tmp_path / "out.plan"
    arguments = ("--agl", 50, "--terrain", hill, "--terrain-frame", "--tolerance", 15, "-o", out)
    document = run.document(*USUAL, *arguments)
    assert document["parameters"] == {"TERRAIN_ENABLE": 1.0, "TERRAIN_SPACING": 100.0}
    waypoints = [item for item in read_plan(out).items if item.command == Command.NAV_WAYPOINT]
    assert {(item.frame, item.alt_m) for item in waypoints} == {(Frame.GLOBAL_TERRAIN_ALT, 50.0)}


def test_each_further_drone_keeps_higher_above_ground(run, hill, tmp_path):
    out = tmp_path / "out.plan"
    run.document(*USUAL, "--agl", 50, "--terrain", hill, "--drones", 2, "--alt-step", 12, "-o", out)
    low_m, high_m = (sampled_agl_m(read_plan(tmp_path / f"out-{n}.plan")) for n in (1, 2))
    assert high_m.min() > 62.0 - 5.0 - MODEL_M > low_m.min()


def test_parts_of_a_split_flight_keep_their_height_too(run, hill, tmp_path):
    """The ways from the pad and back lead over the hill."""
    vehicle = tmp_path / "small.toml"
    vehicle.write_text('base = "quad-30"\nname = "small"\n[battery]\ncapacity_wh = 25\n', "utf-8")
    out = tmp_path / "out.plan"
    arguments = ("--swath", 15, "--agl", 50, "--terrain", hill, "--vehicle", vehicle, "-o", out)
    plans = run.document(*USUAL[:4], *arguments)["plans"]
    assert len(plans) > 1
    for made in plans:
        heights_m = sampled_agl_m(read_plan(Path(made["file"])))
        assert made["keeps_reserve"]
        assert heights_m.min() > 45.0 - MODEL_M
        assert heights_m.max() < 55.0 + MODEL_M


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--agl", 50), "--agl: does nothing without --terrain"),
        (("--alt", 50, "--agl", 50), "--alt and --agl each say the altitude"),
        ((), "--alt: no altitude is given"),
        (("--alt", 50, "--tolerance", 5), "--tolerance: does nothing without --agl"),
        (("--alt", 50, "--terrain-frame"), "--terrain-frame: does nothing without --agl"),
        (("--alt", 50, "--terrain", "gone.tif"), "cannot be read as terrain"),
    ],
)
def test_refusals_name_the_option(run, tmp_path, arguments, words):
    assert words in run.refusal(*USUAL, *arguments, "-o", tmp_path / "out.plan")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--agl", 50, "--tolerance", 0.01), "--agl: a tolerance of 0.01 m"),
        (("--agl", 3), "--agl: 3 m above ground within 5 m is no height to keep"),
        (("--agl", 130), "--agl: 130 m above ground is above the limit"),
    ],
)
def test_heights_that_cannot_be_kept_are_refused(run, hill, tmp_path, arguments, words):
    error = run.refusal(*USUAL, *arguments, "--terrain", hill, "-o", tmp_path / "out.plan")
    assert words in error


def test_a_spiral_to_another_altitude_keeps_no_height(run, hill, tmp_path):
    centre = FRAME.position(200.0, 100.0)
    error = run.refusal(
        *("--pattern", "spiral", "--centre", f"{centre.lat_deg},{centre.lon_deg}", "--end-radius", 50),
        *("--end-alt", 80, "--agl", 50, "--terrain", hill, "-o", tmp_path / "out.plan"),
    )
    assert "--end-alt" in error


def test_terrain_of_another_place_is_refused(run, tmp_path):
    elsewhere = write_terrain(tmp_path / "elsewhere.tif", west_deg=110.0)
    arguments = ("--agl", 50, "--terrain", elsewhere, "-o", tmp_path / "out.plan")
    assert "does not know the ground there" in run.refusal(*USUAL, *arguments)


def test_the_hill_is_one():
    assert hill_amsl_m(200.0, 100.0) == HOME_AMSL_M + 40.0
