"""The rest of a flight that was broken off: legal, whole, and nothing where it cannot be."""

import json
import sys
from pathlib import Path

import pytest
import shapely

import server.cli
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from missions.files.plan_files import read_plan

ZONES = Path(__file__).parents[2] / "examples" / "lanzhou" / "zones.geojson"
PAD = "36.094195,103.706334"


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["feiying", *map(str, arguments), "--json"])
        with pytest.raises(SystemExit) as ended:
            server.cli.main()
        out, err = capsys.readouterr()
        return ended.value.code or 0, json.loads(out) if out else {}, err

    return call


@pytest.fixture
def whole(run, tmp_path):
    """A patrol of the island: over the river, round the nesting ground."""
    path = tmp_path / "whole.plan"
    area = ("--pattern", "area", "--zone", "yanming-island", "--swath", 80, "--alt", 60)
    code, _, err = run("plan", ZONES, *area, "--home", PAD, "-o", path)
    assert code == 0, err
    return path


def xy_m(plan, frame):
    return [frame.point_xy_m(item.position) for item in plan.items if item.position is not None]


def test_what_is_left_is_flown_by_a_legal_way(run, whole, tmp_path):
    plan = read_plan(whole)
    places = [item for item in plan.items if item.is_navigation and item.position is not None]
    before, broken = places[len(places) // 2 - 1], places[len(places) // 2]
    frame = LocalFrame(LatLon(*map(float, PAD.split(","))))
    a, b = (frame.point_xy_m(item.position) for item in (before, broken))
    half = frame.position((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    rest_file = tmp_path / "rest.plan"
    at = f"{half.lat_deg},{half.lon_deg}"
    code, document, err = run("resume", whole, ZONES, "--item", broken.seq, "--at", at, "-o", rest_file)
    assert (code, document["is_legal"]) == (0, True), err
    assert run("check", rest_file, ZONES)[0] == 0
    rest = read_plan(rest_file)
    flown = shapely.LineString([(0.0, 0.0), *xy_m(rest, frame)])
    left = [frame.point_xy_m(half), *(frame.point_xy_m(item.position) for item in places[len(places) // 2 :])]
    assert all(flown.distance(shapely.Point(place)) < 0.1 for place in left)
    assert len(rest.items) < len(plan.items)
    nesting = next(
        feature
        for feature in json.loads(ZONES.read_text("utf-8"))["features"]
        if "nesting" in json.dumps(feature).lower()
    )
    ring = [
        frame.point_xy_m(LatLon(lat, lon))
        for lon, lat, *_ in shapely.geometry.shape(nesting["geometry"]).exterior.coords
    ]
    assert flown.distance(shapely.Polygon(ring)) > 0.0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--item", 999), "item 999"),
        (("--item", 3, "--at", "36.2,103.8"), "off the leg"),
        (("--item", 3, "--at", "nowhere"), "--at"),
        (("--item", 3, "--margin", 4000), ""),
    ],
)
def test_what_cannot_be_resumed_writes_nothing(run, whole, tmp_path, options, words):
    rest = tmp_path / "rest.plan"
    code, document, err = run("resume", whole, ZONES, *options, "-o", rest)
    assert code == 1
    assert document["file"] is None
    assert words in err
    assert not rest.exists()
    assert run("resume", whole, ZONES, "--item", 3, "-o", whole)[0] == 1
