import json
import sys

import numpy as np
import pytest
import shapely
from shapely import box

import server.cli
import server.cli.plan
from geofence.altitude_band import AltitudeBand
from geofence.crs import Crs, from_wgs84
from geofence.formats.zone_files import read_zones, write_zones
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.zone import Zone, ZoneKind
from missions.files.plan_files import read_plan

FRAME = LocalFrame(LatLon(36.0925, 103.7080))


@pytest.fixture
def zones_file(tmp_path):
    field = Zone.of_area(
        "field", "Field", ZoneKind.INCLUSION, FRAME.unproject(box(0, 0, 400, 200)), AltitudeBand(None, 120.0)
    )
    keep_out = Zone.of_area("no", "No", ZoneKind.EXCLUSION, FRAME.unproject(box(150, 80, 200, 120)))
    path = tmp_path / "zones.geojson"
    write_zones([field, keep_out], path)
    return path


@pytest.fixture
def run(monkeypatch, capsys, zones_file):
    """Run `feiying plan`; returns exit code, standard output, standard error."""

    def call(*arguments, home=None):
        place = FRAME.position(20.0, 20.0)
        where = home or f"{place.lat_deg},{place.lon_deg}"
        monkeypatch.setattr(
            sys, "argv", ["feiying", "plan", str(zones_file), "--home", where, *map(str, arguments)]
        )
        with pytest.raises(SystemExit) as ended:
            server.cli.main()
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return call


USUAL = ("--zone", "field", "--pattern", "area", "--swath", 25, "--alt", 50)


@pytest.mark.parametrize("ending", ["plan", "geojson", "waypoints", "kml", "kmz", "gpx", "wpml.kmz"])
def test_a_plan_is_written(run, tmp_path, ending):
    out = tmp_path / f"out.{ending}"
    code, stdout, stderr = run(*USUAL, "--speed", 8, "-o", out)
    assert code in (0, None)
    assert stdout == ""
    assert "field area" in stderr
    assert "% covered" in stderr
    assert out.stat().st_size > 500


def test_json_is_one_document(run, tmp_path):
    code, stdout, _ = run(*USUAL, "-o", tmp_path / "out.plan", "--json")
    assert code in (0, None)
    document = json.loads(stdout)
    (plan,) = document["plans"]
    assert document["is_legal"]
    assert plan["items"] == len(read_plan(tmp_path / "out.plan").items)
    assert plan["coverage"] > 0.98
    assert plan["findings"] == []


def test_numbers_stand_before_an_ending_of_two_parts(tmp_path):
    paths = server.cli.plan._output_paths(tmp_path / "out.wpml.kmz", 2)
    assert [path.name for path in paths] == ["out-1.wpml.kmz", "out-2.wpml.kmz"]


def test_drones_get_numbered_files(run, tmp_path):
    code, stdout, _ = run(*USUAL, "--drones", 3, "-o", tmp_path / "out.plan", "--json")
    assert code in (0, None)
    names = [f"out-{number}.plan" for number in (1, 2, 3)]
    assert sorted(path.name for path in tmp_path.glob("*.plan")) == names
    assert [plan["file"] for plan in json.loads(stdout)["plans"]] == [str(tmp_path / name) for name in names]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((*USUAL, "-o", "out.pdf"), "'.pdf' names no plan format"),
        ((*USUAL, "-o", "nowhere/at/all/out.plan"), "does not exist"),
        (("--zone", "gone", *USUAL[2:], "-o", "out.plan"), "gone"),
        ((*USUAL[:4], "--swath", 500, "--alt", 50, "-o", "out.plan"), "wider than the area"),
        ((*USUAL[:6], "--alt", 130, "-o", "out.plan"), "--allow-above-120"),
        (("--zone", "no", *USUAL[2:], "-o", "out.plan"), "exclusion zone"),
        ((*USUAL, "--drones", 200, "-o", "out.plan"), "200 drones for"),
        ((*USUAL, "--drones", 10**9, "-o", "out.plan"), "Send 1 to 255"),
        ((*USUAL, "--drones", 0, "-o", "out.plan"), "Send 1 to 255"),
        ((*USUAL, "-o", "zones.geojson"), "holds the zones"),
        ((*USUAL, "-o", "out"), "has no ending"),
        ((*USUAL, "-o", "x" * 300 + ".plan"), "cannot be written"),
        ((*USUAL, "--speed", "500", "-o", "out.plan"), "speed 500 m/s is out of range"),
        ((*USUAL[:4], "--swath", "1e-9", "--alt", 50, "-o", "out.plan"), "0.2 m or more"),
        ((*USUAL[:4], "--swath", "nan", "--alt", 50, "-o", "out.plan"), "swath nan m is out of range"),
        ((*USUAL[:6], "--alt", "inf", "-o", "out.plan"), "altitude inf m is out of range"),
    ],
)
def test_refusals_are_one_sentence(run, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    code, stdout, stderr = run(*arguments)
    assert code == 1
    assert words in stderr
    assert "Traceback" not in stderr
    assert stdout == ""
    assert [path.name for path in tmp_path.iterdir()] == ["zones.geojson"]


@pytest.mark.parametrize("home", ["36.09", "a,b", "95,103", "36.09,103.7,5", ""])
def test_a_home_that_is_no_position_is_refused(run, tmp_path, home):
    code, _, stderr = run(*USUAL, "-o", tmp_path / "out.plan", home=home or " ")
    assert code == 1
    assert "--home" in stderr


def test_a_home_outside_is_refused_with_distance(run, tmp_path):
    code, _, stderr = run(*USUAL, "-o", tmp_path / "out.plan", home="36.2,103.7")
    assert code == 1
    assert "outside legal space" in stderr
    assert "field" in stderr


def test_a_refusal_is_told_in_json_too(run, tmp_path):
    code, stdout, stderr = run("--zone", "gone", *USUAL[2:], "-o", tmp_path / "out.plan", "--json")
    assert code == 1
    assert json.loads(stdout)["is_legal"] is None
    assert json.loads(stdout)["error"] in " ".join(stderr.split())


def test_an_unwritable_plan_is_decided_before_planning(run, monkeypatch, tmp_path):
    monkeypatch.setattr(server.cli.plan, "plan_flights", lambda *a, **k: pytest.fail("planned"))
    assert run(*USUAL, "-o", tmp_path / "out.pdf")[0] == 1
    assert run(*USUAL, "-o", tmp_path / "none" / "out.plan")[0] == 1


def test_zones_of_a_shifted_map_are_moved_first(run, tmp_path, zones_file):
    def shift(lonlat_deg):
        lat_deg, lon_deg = from_wgs84(lonlat_deg[:, 1], lonlat_deg[:, 0], Crs.GCJ02)
        return np.column_stack((lon_deg, lat_deg))

    zones = read_zones(zones_file)
    shifted = [
        Zone.of_area(
            zone.zone_id, zone.name, zone.kind, shapely.transform(zone.area, shift), zone.volumes[0].band
        )
        for zone in zones
    ]
    write_zones(shifted, zones_file)
    out = tmp_path / "out.plan"
    assert run(*USUAL, "-o", out)[0] == 1
    assert run(*USUAL, "-o", out, "--crs", "gcj02")[0] in (0, None)
