import json
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from shapely import box

import server.cli
import server.cli.check
from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.applicability import Applicability, Period
from geofence.formats.zone_files import read_zones, write_zones
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.verification.return_policy import ReturnPolicy
from geofence.zone import Volume, Zone, ZoneKind
from geofence.zone_set import ZoneSet
from missions.files.plan_files import read_plan, write_plan
from missions.patrol.patrol import plan_patrol
from missions.patrol.request import PatrolRequest
from missions.patterns.pattern import AreaPattern

FRAME = LocalFrame(LatLon(36.0925, 103.7080))
FIELD = Zone.of_area(
    "field", "Field", ZoneKind.INCLUSION, FRAME.unproject(box(0, 0, 400, 200)), AltitudeBand(None, 120.0)
)


@pytest.fixture(scope="module")
def plan():
    request = PatrolRequest(AreaPattern("field", 25.0), 50.0, FRAME.position(20.0, 20.0))
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


@pytest.mark.parametrize(("max_wind", "code"), [(7, 0), (9, 1), (12, 1)])
def test_the_wind_that_is_stated_counts(run, files, max_wind, code):
    arguments = (files / "field.plan", files / "zones.geojson", "--max-wind", max_wind)
    found, _, stderr = run(*arguments)
    assert found == code
    assert f"gusts of at most {max_wind} m/s" in stderr
    assert ("for gusts of 9 m/s" in stderr) is (max_wind == 9)


def test_an_illegal_plan_exits_1_with_leg_zone_and_distance(run, files):
    keep_out = Zone.of_area("no", "No", ZoneKind.EXCLUSION, FRAME.unproject(box(150, 80, 200, 120)))
    write_zones([*read_zones(files / "zones.geojson"), keep_out], files / "more.geojson")
    code, stdout, stderr = run(files / "field.plan", files / "more.geojson", "--json")
    assert code == 1
    document = json.loads(stdout)
    assert document["is_legal"] is False
    entered = [finding for finding in document["findings"] if finding["code"] == "inside_exclusion"]
    worst = min(entered, key=lambda finding: finding["clearance_m"])
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


def test_a_way_back_through_a_zone_is_not_legal_unless_returns_are_ignored(run, files):
    # Above the route, where the return of a plan that says nothing of it does not lead...
    band = AltitudeBand(55.0, None, AltitudeDatum.REL)
    layer = Zone.of_area("no", "No", ZoneKind.EXCLUSION, FRAME.unproject(box(150, 80, 200, 120)), band)
    write_zones([*read_zones(files / "zones.geojson"), layer], files / "layer.geojson")
    assert run(files / "field.plan", files / "layer.geojson")[0] == 0
    # ...and where it does.
    plan = read_plan(files / "field.plan")
    write_plan(replace(plan, returns=ReturnPolicy(alt_rel_m=80.0)), files / "high.plan")
    code, stdout, stderr = run(files / "high.plan", files / "layer.geojson", "--json")
    assert code == 1
    assert {finding["code"] for finding in json.loads(stdout)["findings"]} == {"return_crosses"}
    assert "Set the return altitude (RTL_ALT) to 50 m" in stderr
    assert run(files / "high.plan", files / "layer.geojson", "--returns", "advise")[0] == 0
    assert run(files / "high.plan", files / "layer.geojson", "--returns", "ignore")[0] == 0


def test_json_tells_every_leg_and_the_return(run, files, plan):
    document = json.loads(run(files / "field.plan", files / "zones.geojson", "--json")[1])
    assert len(document["legs"]) >= len(plan.items) - 2
    assert all(leg["clearance_m"] >= document["margin_m"] for leg in document["legs"])
    assert document["returns"] == {"mode": "rtl", "alt_rel_m": 50.0, "rally_points": []}


def test_the_time_of_departure_counts(run, files):
    evening = Applicability(
        (Period(datetime(2025, 6, 1, 18, tzinfo=UTC), datetime(2025, 6, 1, 20, tzinfo=UTC)),)
    )
    market = Zone.of_area("market", "", ZoneKind.EXCLUSION, FRAME.unproject(box(150, 80, 200, 120)))
    write_zones([FIELD, replace(market, applicability=evening)], files / "market.geojson")
    call = (files / "field.plan", files / "market.geojson")
    assert run(*call)[0] == 1
    assert run(*call, "--departure", "2025-06-01T08:00+08:00")[0] == 0
    assert run(*call, "--departure", "2025-06-01T19:00Z")[0] == 1
    assert run(*call, "--departure", "2025-06-01T12:00Z/2025-06-01T18:30Z")[0] == 1
    for wrong in ("noon", "2025-06-01T08:00", "2025-06-02T08:00Z/2025-06-01T08:00Z"):
        assert run(*call, "--departure", wrong)[0] == 2


def test_a_proof_is_written_and_recomputed(run, files):
    proof = files / "proof.json"
    assert run(files / "field.plan", files / "zones.geojson", "--proof", proof)[0] == 0
    assert run("--verify", proof)[0] == 0
    assert run("--verify", proof, files / "field.plan", files / "zones.geojson")[0] == 0
    document = json.loads(run("--verify", proof, "--json")[1])
    assert document == {"holds": True, "is_legal": True, "broken": [], "notes": []}

    proof.write_bytes(proof.read_bytes().replace(b'"margin_m": 5.0', b'"margin_m": 4.0'))
    code, _, stderr = run("--verify", proof)
    assert code == 1
    assert "changed after it was written" in stderr


def test_a_result_is_told_with_what_it_was_held_to(run, files, plan):
    call, proof = (files / "field.plan", files / "zones.geojson"), files / "proof.json"
    _, _, stderr = run(*call, "--margin", 3, "--allow-above-120", "--returns", "advise", "--proof", proof)
    said = " ".join(stderr.split()).partition(": ")[2]
    assert said.startswith(f"legal, {len(plan.items)} mission items, margin 3 m, least clearance ")
    assert said.endswith(
        ", more than 120 m above ground allowed, way back by RTL at 50 m, not required to be legal"
    )
    assert said in " ".join(run("--verify", proof)[2].split())


@pytest.mark.parametrize("name", ["field.plan", "zones.geojson"])
def test_a_proof_never_replaces_what_it_is_about(run, files, name):
    before = (files / name).read_bytes()
    code, _, stderr = run(files / "field.plan", files / "zones.geojson", "--proof", files / name)
    assert code == 2
    assert "would replace a file that it is about" in stderr
    assert (files / name).read_bytes() == before


def test_a_proof_is_verified_with_its_own_settings_alone(run, files):
    proof = files / "proof.json"
    run(files / "field.plan", files / "zones.geojson", "--proof", proof)
    for option in (["--margin", "0"], ["--allow-above-120"], ["--proof", files / "other.json"]):
        code, _, stderr = run("--verify", proof, *option)
        assert code == 2
        assert "with its own settings" in stderr


def test_a_proof_does_not_hold_for_other_zones(run, files):
    proof = files / "proof.json"
    run(files / "field.plan", files / "zones.geojson", "--proof", proof)
    wider = Zone.of_area("field", "Field", ZoneKind.INCLUSION, FRAME.unproject(box(0, 0, 401, 200)))
    write_zones([wider], files / "wider.geojson")
    code, _, stderr = run("--verify", proof, files / "field.plan", files / "wider.geojson")
    assert code == 1
    assert "The zones are not what was proven" in stderr


def test_what_cannot_be_proven_exits_2(run, files):
    assert run("--verify", files / "none.json")[0] == 2
    assert run("--verify", files / "zones.geojson")[0] == 2
    assert run(files / "field.plan")[0] == 2
    run(files / "field.plan", files / "zones.geojson", "--proof", files / "proof.json")
    (files / "zones.geojson").unlink()
    assert run("--verify", files / "proof.json")[0] == 2


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


@pytest.mark.parametrize(("wind", "expected"), [("3,90", 0), ("9.5,90", 1)])
def test_the_reserve_is_judged_where_a_vehicle_is_named(run, files, wind, expected):
    small = files / "small.toml"
    small.write_text('base = "quad-30"\nname = "small"\n[battery]\ncapacity_wh = 40\n', "utf-8")
    code, stdout, stderr = run(
        files / "field.plan", files / "zones.geojson", "--vehicle", small, "--wind", wind, "--json"
    )
    document = json.loads(stdout)
    codes = {finding["code"] for finding in document["findings"]}
    assert code == expected
    assert document["vehicle"] == "small"
    assert document["keeps_reserve"] == document["is_legal"] == (expected == 0)
    assert ("reserve" in codes) == (expected == 1)
    assert ("BREAKS the reserve" in stderr) == (expected == 1)


def test_without_vehicle_and_wind_nothing_is_said_of_batteries(run, files):
    code, stdout, stderr = run(files / "field.plan", files / "zones.geojson", "--json")
    assert code == 0
    assert "keeps_reserve" not in json.loads(stdout)
    assert "reserve" not in stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--vehicle", "airliner"), "--vehicle: no drone is called"),
        (("--wind", "12,90"), "--wind: quad-30 flies in 10 m/s at most"),
        (("--wind", "much"), "--wind: 'much' is no wind"),
        (("--vehicle", "quad-30", "--proof", "proof.json"), "--vehicle: a proof says nothing of batteries"),
    ],
)
def test_refusals_about_the_vehicle_name_the_option(run, files, monkeypatch, arguments, words):
    monkeypatch.chdir(files)
    code, _, stderr = run(files / "field.plan", files / "zones.geojson", *arguments)
    assert code == 2
    assert words in stderr
    assert not (files / "proof.json").exists()
