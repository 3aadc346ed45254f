"""The gallery flown; the same seed, the same bytes; failures that a stranger understands."""

import hashlib
import re
import xml.etree.ElementTree as ET

import pytest
from typer.testing import CliRunner

from geofence.latlon import LatLon
from geofence.zone_set import ZoneSet
from missions.files.plan_files import write_plan
from missions.patrol.patrol import plan_patrol
from missions.patrol.request import PatrolRequest
from missions.patterns.pattern import PointOfInterest, PointsPattern
from server.cli import app
from server.cli import scenario as _scenario_command  # noqa: F401 - registers itself
from server.scenario.scenario_file import read_scenario
from server.scenario.scenario_run import run_scenario
from telemetry.events import ItemReached

from .conftest import GALLERY

DOCS = GALLERY.parents[1] / "docs"
SCENARIOS = sorted(path.stem for path in GALLERY.glob("*.yaml"))


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_gallery_passes(name):
    result = run_scenario(read_scenario(GALLERY / f"{name}.yaml"))
    assert result.is_passed, "\n".join(verdict.reason for verdict in result.verdicts)
    assert not result.skipped


@pytest.mark.soak
@pytest.mark.parametrize("name", SCENARIOS)
def test_the_gallery_passes_whatever_the_seed(name):
    scenario = read_scenario(GALLERY / f"{name}.yaml")
    for seed in range(1, 25):
        result = run_scenario(scenario, seed=seed)
        assert result.is_passed, (seed, [verdict.reason for verdict in result.verdicts if verdict.reason])


@pytest.mark.parametrize("seed", [3, 10])
def test_late_and_lost_heartbeats_do_not_end_a_flight(seed):
    # With 3 a heartbeat from before arming comes after that of arming, with 10 the take-off is seen before any of arming.
    assert run_scenario(read_scenario(GALLERY / "upload-over-bad-link.yaml"), seed=seed).is_passed


EVENING = """\
name: Evening on the square
start: 2026-06-01T18:00:00+08:00
duration_s: 120
vehicles:
  - name: alpha
    home: {lat_deg: 36.0925, lon_deg: 103.708, alt_amsl_m: 1520}
world:
  people: {groups: [{name: choir, at: [36.0928, 103.708], count: 12, radius_m: 4}]}
  devices: {loudspeaker: {servo: 9}, light: {relay: 1}}
  detectors: {}
timeline:
  - {at_s: 3, vehicle: alpha, operation: {operation: take_off, alt_rel_m: 30}}
  - {when: {event: detection_reported, where: {label: crowd}}, vehicle: alpha, switch: {device: light}}
  - {when: {event: light_switched}, vehicle: alpha, switch: {device: loudspeaker, pulse_us: 1700}}
  - {when: {event: speaker_heard}, vehicle: alpha, operation: {operation: land}}
expectations:
  - seen: {event: detection_reported, where: {label: crowd, count: {least: 8, most: 16}}, near: {lat_deg: 36.0928, lon_deg: 103.708, radius_m: 10}}
    vehicle: alpha
  - seen: {event: light_switched, where: {is_on: true}}
    vehicle: alpha
  - seen: {event: speaker_heard, where: {number: 1700, people: 12}, near: {lat_deg: 36.0925, lon_deg: 103.708, radius_m: 5}}
  - seen: {event: detection_reported, near: {lat_deg: 36.0935, lon_deg: 103.708, radius_m: 10}}
"""


def test_what_happens_in_the_world_triggers_and_is_expected_where_it_happens(write):
    result = run_scenario(read_scenario(write(text=EVENING)))
    assert [verdict.is_met for verdict in result.verdicts] == [True, True, True, False], [
        verdict.reason for verdict in result.verdicts
    ]
    assert "detection_reported within 10 m round 36.093500, 103.708000" in result.verdicts[3].reason


BAD_LINK = """\
name: Gusts and a bad link
duration_s: 60
vehicles:
  - name: drone
    count: 2
    home: {lat_deg: 36.0925, lon_deg: 103.708, alt_amsl_m: 1520}
    link: {loss: 0.05, latency_s: 0.1, jitter_s: 0.1, duplication: 0.05, corruption: 0.05}
world:
  wind: {speed_m_s: 6, from_deg: 200, gust_m_s: 2}
timeline:
  - at_s: 4
    vehicle: [drone-1, drone-2]
    operation: {operation: take_off, alt_rel_m: 20}
faults:
  - {vehicle: drone-1, per_hour: 300, for_s: 3, wind_gust: {speed_m_s: 8, from_deg: 90}}
  - {vehicle: drone-2, per_hour: 300, for_s: 3, link: {loss: 1}}
expectations:
  - seen: {event: took_off}
"""


def recorded(folder):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*.tlog"))
    }


def test_the_same_seed_gives_the_same_bytes_at_any_speed(write, tmp_path):
    scenario = read_scenario(write(text=BAD_LINK))
    runs = {}
    for name, seed, speedup in (("fast", 4, None), ("slower", 4, 60.0), ("other", 5, None)):
        run_scenario(scenario, seed=seed, speedup=speedup, records=tmp_path / name)
        runs[name] = recorded(tmp_path / name)
    assert runs["fast"] == runs["slower"]
    assert sorted(runs["fast"]) == ["1-sim-drone-1.tlog", "2-sim-drone-2.tlog"]
    assert runs["fast"]["1-sim-drone-1.tlog"] != runs["other"]["1-sim-drone-1.tlog"]


def invoke(*arguments):
    return CliRunner().invoke(app, ["scenario", *map(str, arguments)])


def test_a_broken_expectation_says_when_what_where_and_draws_it(write, tmp_path):
    path = write(
        ("before_s: 10", "before_s: 5"),
        ("lands: {within_m: 1}", "outside: {above_alt_rel_m: 9}\n    vehicle: alpha"),
    )
    junit = tmp_path / "out" / "junit.xml"
    result = invoke("run", path, "--junit", junit, "--records", tmp_path / "records")
    assert result.exit_code == 1
    said = result.output
    assert (
        "At 00:00:05.0 (5.0 s): expected took_off of alpha, before 5 s; it was never seen in that time (but at "
        in said
    )
    assert re.search(
        r"expected alpha to stay outside above 9 m; alpha was inside\. "
        r"alpha was at 36\.092500, 103\.708000, 9\.\d m above home, mode LAND, armed\.",
        said,
    )
    assert "Last before that: " in said
    assert "0 of 2 expectations met" in said
    suite = ET.parse(junit).getroot()[0]
    assert (suite.attrib["tests"], suite.attrib["failures"]) == ("2", "2")
    attached = [case.findtext("system-out") for case in suite.iter("testcase")]
    for text in attached:
        picture = text.removeprefix("[[ATTACHMENT|").removesuffix("]]")
        drawn = ET.parse(picture).getroot()
        assert drawn.tag.endswith("svg")
        assert any("alpha" in (text.text or "") for text in drawn.iter() if text.tag.endswith("text"))


def test_a_passed_scenario_is_one_line_and_a_green_suite(write, tmp_path):
    result = invoke("run", write(), "--junit", tmp_path / "junit.xml")
    assert result.exit_code == 0, result.output
    suite = ET.parse(tmp_path / "junit.xml").getroot()[0]
    assert (suite.attrib["tests"], suite.attrib["failures"]) == ("2", "0")


def test_check_tells_faults_and_run_goes_on_with_the_next_file(write, tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("name: x\n")
    good = write()
    checked = invoke("check", bad, good)
    assert checked.exit_code == 1
    assert f"{bad}:1: vehicles: this key is missing." in checked.output
    assert "Up and down: understood" in checked.output
    ran = invoke("run", bad, good, "--junit", tmp_path / "junit.xml")
    assert ran.exit_code == 1
    assert "2 of 2 expectations met" in ran.output
    suites = ET.parse(tmp_path / "junit.xml").getroot()
    assert [suite.attrib["errors"] for suite in suites] == ["1", "0"]


def test_what_is_refused_in_the_timeline_is_an_event_that_can_be_expected(write):
    path = write(
        ("timeline:\n", "timeline:\n  - {at_s: 1, remove_zone: nowhere}\n"),
        (
            "seen: {event: took_off}\n    vehicle: alpha",
            "seen: {event: entry_refused, where: {reason: '*nowhere*'}}",
        ),
    )
    assert run_scenario(read_scenario(path)).is_passed


def test_the_guide_s_own_example_passes(write):
    text = re.search(r"```yaml\n(.*?)```", (DOCS / "scenarios.md").read_text(encoding="utf-8"), re.DOTALL)[1]
    zones = GALLERY.parent / "lanzhou" / "zones.geojson"
    result = run_scenario(read_scenario(write(("../lanzhou/zones.geojson", str(zones)), text=text)))
    assert result.is_passed, [verdict.reason for verdict in result.verdicts if verdict.reason]


def test_plans_of_files_and_missions_without_a_flight(write, tmp_path):
    zones = ZoneSet()
    points = PointsPattern((PointOfInterest(LatLon(36.0930, 103.7080), 2.0),))
    (plan,) = plan_patrol(zones, PatrolRequest(points, 30.0, LatLon(36.0925, 103.7080)))
    write_plan(plan, tmp_path / "short.plan")
    path = write(
        (
            "    operation: {operation: take_off, alt_rel_m: 10}",
            "    upload:\n      pattern: {name: points, points: [{lat_deg: 36.093, lon_deg: 103.709}]}\n      alt_rel_m: 20",
        ),
        ("when: {event: operation_ended, where: {operation: take_off}}", "at_s: 10"),
        ("operation: {operation: land}", "fly: short.plan"),
        ("seen: {event: took_off}", "seen: {event: transfer_progressed, where: {what: sending*}}"),
    )
    result = run_scenario(read_scenario(path))
    assert result.is_passed, [verdict.reason for verdict in result.verdicts if verdict.reason]
    reached = [seen.event.seq for seen in result.record.events if isinstance(seen.event, ItemReached)]
    assert 2 in reached


def test_a_vehicle_that_rests_elsewhere_is_rebooted_there(write):
    path = write(
        ("timeline:\n", "faults:\n  - {vehicle: alpha, at_s: 60, reboot: }\ntimeline:\n"),
        ("operation: {operation: land}", "operation: {operation: go_to, position: {lat_deg: 36.0928, lon_deg: 103.708}}\n  - at_s: 40\n    vehicle: alpha\n    operation: {operation: land}"),
        ("lands: {within_m: 1}", "lands: {within_m: 2, of: {lat_deg: 36.0928, lon_deg: 103.708}}\n    vehicle: alpha\n    after_s: 65"),
    )  # fmt: skip
    result = run_scenario(read_scenario(path))
    assert result.is_passed, [verdict.reason for verdict in result.verdicts if verdict.reason]


def test_lines_that_nobody_flew_are_told(write):
    line = "[{lat_deg: 36.0925, lon_deg: 103.708}, {lat_deg: 36.0925, lon_deg: 103.709}]"
    path = write(
        ("seen: {event: took_off}\n    vehicle: alpha\n    before_s: 10", f"flown: {{lines: [{line}]}}")
    )
    reason = run_scenario(read_scenario(path)).verdicts[0].reason
    assert (
        "expected every line (of 1) flown within 5 m; 81 m of line 1 were not flown, at 36.092500, 103.7081"
        in reason
    )
