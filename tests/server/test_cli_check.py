import json
import sys
from dataclasses import replace

import pytest
from shapely import box

import server.cli
import server.cli.check
from geofence.altitude_band import AltitudeBand
from geofence.formats.zone_files import read_zones, write_zones
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.zone import Volume, Zone, ZoneKind
from geofence.zone_set import ZoneSet
from missions.patrol import PatrolRequest, Pattern, plan_patrol
from missions.plan_files import write_plan

FRAME = LocalFrame(LatLon(36.0925, 103.7080))
FIELD = Zone.of_area(
    "field", "Field", ZoneKind.INCLUSION, FRAME.unproject(box(0, 0, 400, 200)), AltitudeBand(None, 120.0)
)


@pytest.fixture(scope="module")
def plan():
    request = PatrolRequest("field", Pattern.AREA, 25.0, 50.0, FRAME.position(20.0, 20.0))
    return plan_patrol(ZoneSet([FIELD]), request)[0]


@pytest.fixture
def run(monkeypatch, capsys):
    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["feiying", "check", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            server.cli.main()
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return call


@pytest.fixture
def files(plan, tmp_path):
    write_zones([FIELD], tmp_path / "zones.geojson")
    for ending in ("plan", "waypoints"):
        write_plan(plan, tmp_path / f"field.{ending}")
    return tmp_path


@pytest.mark.parametrize("ending", ["plan", "waypoints"])
def test_a_legal_plan_exits_0(run, files, ending):
    code, stdout, stderr = run(files / f"field.{ending}", files / "zones.geojson")
    assert (code, stdout) == (0, "")
    assert "legal" in stderr


def test_an_illegal_plan_exits_1_with_leg_zone_and_distance(run, files):
    keep_out = Zone.of_area("no", "No", ZoneKind.EXCLUSION, FRAME.unproject(box(150, 80, 200, 120)))
    write_zones([*read_zones(files / "zones.geojson"), keep_out], files / "more.geojson")
    code, stdout, stderr = run(files / "field.plan", files / "more.geojson", "--json")
    assert code == 1
    document = json.loads(stdout)
    assert document["is_legal"] is False
    worst = min(document["findings"], key=lambda finding: finding["clearance_m"])
    assert worst["code"] == "inside_exclusion"
    assert worst["zone_id"] == "no"
    assert worst["item_seq"] == worst["from_seq"] + 1
    assert worst["clearance_m"] < 0
    assert "no" in stderr


def test_a_wider_margin_can_be_asked_for(run, files):
    assert run(files / "field.plan", files / "zones.geojson", "--margin", 3)[0] == 0
    assert run(files / "field.plan", files / "zones.geojson", "--margin", 30)[0] == 1


def test_above_120_m_needs_a_word(run, files, plan):
    free = replace(FIELD, volumes=(Volume(FIELD.area),))
    write_zones([free], files / "free.geojson")
    high = replace(
        plan, items=tuple(replace(item, alt_m=item.alt_m and 130.0) for item in plan.items), routes=()
    )
    write_plan(high, files / "high.plan")
    assert run(files / "high.plan", files / "free.geojson")[0] == 1
    assert run(files / "high.plan", files / "free.geojson", "--allow-above-120")[0] == 0


@pytest.mark.parametrize(
    ("name", "content"), [("broken.plan", b'{"fileType": "Plan"'), ("empty.waypoints", b""), ("odd.kml", b"")]
)
def test_what_cannot_be_read_exits_2(run, files, name, content):
    (files / name).write_bytes(content)
    code, stdout, stderr = run(files / name, files / "zones.geojson")
    assert (code, stdout) == (2, "")
    assert name in stderr
    assert "Traceback" not in stderr


def test_missing_files_exit_2(run, files):
    assert run(files / "none.plan", files / "zones.geojson")[0] == 2
    code, stdout, _ = run(files / "field.plan", files / "none.geojson", "--json")
    assert code == 2
    assert json.loads(stdout)["is_legal"] is None
