import json
import sys

import pytest
from shapely import box

import server.cli
from geofence.altitude_band import AltitudeBand
from geofence.formats.zone_files import write_zones
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.zone import Zone, ZoneKind
from missions.files.item_values import numbered
from missions.files.plan_files import write_plan
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Plan
from missions.report import route_map
from missions.report.words import WORDS

FRAME = LocalFrame(LatLon(36.0925, 103.7080))


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    (tmp_path / "leaflet.js").write_text("/* map */", "utf-8")
    (tmp_path / "leaflet.css").write_text("", "utf-8")
    monkeypatch.setattr(route_map, "_ASSETS", tmp_path)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["feiying", "report", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            server.cli.main()
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return call


@pytest.fixture
def zones(tmp_path):
    area = FRAME.unproject(box(0, 0, 400, 200))
    path = tmp_path / "zones.geojson"
    write_zones([Zone.of_area("field", "Field", ZoneKind.INCLUSION, area, AltitudeBand(None, 120.0))], path)
    return path


@pytest.fixture
def plan_file(tmp_path):
    def make(name, x_m):
        items = (
            MissionItem(0, Command.NAV_TAKEOFF, alt_m=50.0),
            MissionItem(0, Command.NAV_WAYPOINT, position=FRAME.position(x_m, 100.0), alt_m=50.0),
            MissionItem(0, Command.NAV_RETURN_TO_LAUNCH, Frame.MISSION),
        )
        path = tmp_path / f"{name}.plan"
        write_plan(Plan(name, FRAME.position(100.0, 100.0), numbered(items), speed_m_s=5.0), path)
        return path

    return make


def test_a_report_tells_what_is_legal(run, plan_file, zones, tmp_path):
    out = tmp_path / "out.html"
    code, stdout, stderr = run(
        plan_file("inside", 200.0),
        plan_file("outside", 600.0),
        "--zones",
        zones,
        "-o",
        out,
        "--lang",
        "en",
        "--json",
    )
    assert code in (0, None), stderr
    document = json.loads(stdout)
    assert [plan["is_legal"] for plan in document["plans"]] == [True, False]
    page = out.read_text("utf-8")
    assert 'data-lang="en"' in page
    assert "verdict legal" in page
    assert "verdict illegal" in page
    assert "outside.plan: not legal" in stderr.replace("\n", "")


def test_without_zones_nothing_is_claimed(run, plan_file, tmp_path):
    out = tmp_path / "out.html"
    code, stdout, _ = run(plan_file("inside", 200.0), "-o", out, "--json")
    assert code in (0, None)
    assert json.loads(stdout)["plans"][0]["is_legal"] is None
    assert "verdict unchecked" in out.read_text("utf-8")


def test_it_is_a_page_and_no_input(run, plan_file, zones, tmp_path):
    plan = plan_file("inside", 200.0)
    assert run(plan, "-o", tmp_path / "out.pdf")[0] == 1
    page = tmp_path / "in.html"
    page.write_bytes(plan.read_bytes())
    code, _, stderr = run(page, "-o", page)
    assert code == 1
    assert "about" in stderr


def test_a_report_shows_what_is_predicted_for_a_vehicle(run, plan_file, zones, tmp_path):
    out = tmp_path / "out.html"
    plan = plan_file("inside", 200.0)
    small = tmp_path / "small.toml"
    small.write_text('base = "quad-30"\nname = "small"\n[battery]\ncapacity_wh = 3\n', "utf-8")
    usual = (plan, "--zones", zones, "-o", out, "--json")
    pages = {}
    for vehicle in ("quad-50", small):
        code, stdout, stderr = run(*usual, "--vehicle", vehicle, "--wind", "4,0")
        assert code in (0, None), stderr
        (document,) = json.loads(stdout)["plans"]
        assert document["is_legal"] == document["keeps_reserve"] == (vehicle == "quad-50")
        pages[document["vehicle"]] = out.read_text("utf-8")
    run(*usual)
    plain = out.read_text("utf-8")
    assert "The reserve of the battery is touched" in pages["small"]
    assert "The reserve of the battery is touched" not in pages["quad-50"]
    assert WORDS["battery"][1] in pages["quad-50"]
    assert WORDS["battery"][1] not in plain


def test_a_report_for_no_vehicle_there_is_is_refused(run, plan_file, tmp_path):
    code, _, stderr = run(plan_file("inside", 200.0), "-o", tmp_path / "out.html", "--vehicle", "airliner")
    assert code == 1
    assert "--vehicle: no drone is called 'airliner'" in stderr
    assert not (tmp_path / "out.html").exists()
