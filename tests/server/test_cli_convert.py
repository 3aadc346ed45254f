import json
import sys
from dataclasses import replace

import pytest

import server.cli
from geofence.latlon import LatLon
from missions.files.plan_files import read_plan, write_plan
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Plan

HOME = LatLon(36.09, 103.7)
GO = MissionItem(2, Command.NAV_WAYPOINT, position=LatLon(36.095, 103.7), alt_m=50.0)
PLAN = Plan(
    "dyke",
    HOME,
    (
        MissionItem(1, Command.NAV_TAKEOFF, alt_m=50.0),
        GO,
        MissionItem(3, Command.NAV_RETURN_TO_LAUNCH, Frame.MISSION),
    ),
    speed_m_s=8.0,
)
KML = (
    '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><LineString>'
    "<coordinates>103.7,36.09 103.71,36.09</coordinates></LineString></Placemark></kml>"
)


@pytest.fixture
def run(monkeypatch, capsys):
    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["feiying", "convert", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            server.cli.main()
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return call


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "dyke.plan"
    write_plan(PLAN, path)
    return path


@pytest.mark.parametrize("ending", ["plan", "geojson", "kml", "kmz", "gpx"])
def test_a_plan_goes_there_and_back(run, source, tmp_path, ending):
    there, back = tmp_path / f"there.{ending}", tmp_path / "back.plan"
    assert run(source, there)[0] in (0, None)
    assert run(there, back)[0] in (0, None)
    assert read_plan(back) == PLAN


def test_what_a_format_cannot_say_is_told(run, source, tmp_path):
    out = tmp_path / "dyke.wpml.kmz"
    code, stdout, stderr = run(source, out, "--json")
    document = json.loads(stdout)
    assert code in (0, None)
    assert document["items"] == 3
    assert any("stops at every waypoint" in loss for loss in document["losses"])
    assert "stops at every waypoint" in stderr
    assert [item.command for item in read_plan(out).items] == [22, 178, 16, 20]


def test_the_format_can_be_named(run, source, tmp_path):
    out = tmp_path / "dyke.xml"
    assert run(source, out, "--format", "gpx")[0] in (0, None)
    assert out.read_bytes().startswith(b"<?xml")


def test_a_foreign_line_wants_a_home_and_an_altitude(run, tmp_path):
    source, out = tmp_path / "a.kml", tmp_path / "a.plan"
    source.write_text(KML, "utf-8")
    code, _, stderr = run(source, out, "--alt", 40)
    assert code == 1
    assert "--home" in stderr
    code, _, stderr = run(source, out, "--home", "36.09,103.7")
    assert code == 1
    assert "--alt" in stderr
    assert not out.exists()
    code, _, stderr = run(source, out, "--home", "36.09,103.7", "--alt", 40)
    assert code in (0, None)
    assert "take-off and return to launch were put round" in stderr
    assert [item.alt_m for item in read_plan(out).items] == [40.0, 40.0, 40.0, 0.0]


@pytest.mark.parametrize("alt", ["nan", "inf", "0", "-5"])
def test_an_altitude_that_is_none_is_refused(run, tmp_path, alt):
    source = tmp_path / "a.kml"
    source.write_text(KML, "utf-8")
    code, _, stderr = run(source, tmp_path / "a.plan", "--home", "36.09,103.7", f"--alt={alt}")
    assert code == 1
    assert "none to fly at" in stderr


def test_a_file_is_not_written_over_itself(run, source):
    before = source.read_bytes()
    code, stdout, stderr = run(source, source, "--json")
    assert code == 1
    assert "file to convert" in stderr
    assert json.loads(stdout)["file"] is None
    assert source.read_bytes() == before


def test_nothing_is_written_of_what_cannot_be_said(run, source, tmp_path):
    write_plan(replace(PLAN, items=(*PLAN.items[:1], replace(GO, frame=Frame.GLOBAL_TERRAIN_ALT))), source)
    out = tmp_path / "a.wpml.kmz"
    code, _, stderr = run(source, out)
    assert code == 1
    assert "item 2" in stderr
    assert not out.exists()
