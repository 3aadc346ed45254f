"""Bad scenario files: line, key, and what was expected."""

import pytest

from server.scenario.refusal import ScenarioError
from server.scenario.scenario_file import read_scenario

from .conftest import PLAIN

BAD = {
    "no number": (("alt_rel_m: 10", "alt_rel_m: ten"), 9, "timeline[0].operation.alt_rel_m", "a number"),
    "too low": (("alt_rel_m: 10", "alt_rel_m: 0"), 9, "timeline[0].operation.alt_rel_m", "a number of at least 1"),
    "misspelt key": (("duration_s", "duration"), 2, "duration", "duration_s, perhaps"),
    "misspelt key inside": (("lon_deg: 103.708", "lon: 103.708"), 5, "vehicles[0].home.lon", "lon_deg, perhaps"),
    "key missing": (("    home: {lat_deg: 36.0925, lon_deg: 103.708, alt_amsl_m: 1520}\n", ""), 4, "vehicles[0].home", "given"),
    "two triggers": (("at_s: 3", "at_s: 3\n    when: {event: landed}"), 7, "timeline[0]", "one of at_s, when; given: at_s, when"),
    "no action": (("    operation: {operation: take_off, alt_rel_m: 10}\n", ""), 7, "timeline[0]", "one of patrol"),
    "no operation": (("operation: take_off", "operation: fly_away"), 9, "timeline[0].operation.operation", "one of 'take_off'"),
    "misspelt action": (("    operation: {operation: take_off, alt_rel_m: 10}", "    comand: arm"), 9, "timeline[0].comand", "command, perhaps"),
    "misspelt fault": (("timeline:", "faults:\n  - {vehicle: alpha, at_s: 3, gps_los: {}}\ntimeline:"), 7, "faults[0].gps_los", "gps_loss, perhaps"),
    "nothing given": (("alt_rel_m: 10", "alt_rel_m:"), 9, "timeline[0].operation.alt_rel_m", "a number"),
    "entry after the end": (("at_s: 3", "at_s: 121"), 7, "timeline[0].at_s", "at most duration_s, which is 120"),
    "fault after the end": (("timeline:", "faults:\n  - {vehicle: alpha, at_s: 300, gps_loss: {}}\ntimeline:"), 7, "faults[0].at_s", "at most duration_s"),
    "expected after the end": (("before_s: 10", "after_s: 130"), 16, "expectations[0].after_s", "at most duration_s"),
    "nobody to keep from": (("seen: {event: took_off}\n    vehicle: alpha", "separation: {least_m: 5}"), 14, "expectations[0].separation", "two vehicles"),
    "no zones to keep": (("seen: {event: took_off}", "zones_kept: {least_m: 5}"), 14, "expectations[0].zones_kept", "zones, of the scenario"),
    "no mode": (("seen: {event: took_off}", "never: {event: mode_changed, where: {mode: RLT}}"), 14, "expectations[0].never.where.mode", "RTL"),
    "no fault": (("seen: {event: took_off}", "seen: {event: fault_began, where: {fault: gps}}"), 14, "expectations[0].seen.where.fault", "gps_loss"),
    "no vehicle": (("vehicle: alpha\n    before_s", "vehicle: beta\n    before_s"), 15, "expectations[0].vehicle", "one of alpha"),
    "no event": (("event: took_off", "event: taken_off"), 14, "expectations[0].seen.event", "took_off"),
    "no member": (("where: {operation: take_off}", "where: {op: take_off}"), 10, "timeline[1].when.where.op", "operation"),
    "backwards": (("before_s: 10", "before_s: 10\n    after_s: 20"), 16, "expectations[0].before_s", "at least 20"),
    "no zones": (("duration_s: 120", "zones: none.geojson"), 2, "zones", "zones that can be read"),
    "no parameter": (("timeline:", "    parameters: {WPNAV_SPED: 500}\ntimeline:"), 6, "vehicles[0].parameters.WPNAV_SPED", "a name of ArduCopter"),
    "time without zone": (("duration_s: 120", "start: 2026-06-01T22:00:00"), 2, "start", "a time zone"),
    "world": (("timeline:", "world:\n  river:\n    axis: [[36.09, 103.70], [36.09, 103.72]]\n    level_m:\n      - [0, 1511]\n      - [60, 1512]\n      - [30, 1513]\ntimeline:"), 12, "world.river.level_m[2]", "times in order"),
    "wind": (("timeline:", "world:\n  wind: {speed_m_s: 4, gusts_m_s: 1}\ntimeline:"), 7, "world.wind.gusts_m_s", "gust_m_s, perhaps"),
    "file of the world": (("timeline:", "world: {zones_file: none.geojson}\ntimeline:"), 6, "world.zones_file", "a GeoJSON file"),
    "heights of the world": (("timeline:", "world:\n  terrain:\n    file: none.tif\ntimeline:"), 8, "world.terrain.file", "GeoTIFF"),
    "river elsewhere": (("timeline:", "world:\n  river:\n    level_m: 3\n    axis: [[10, 10], [10.1, 10]]\ntimeline:"), 9, "world.river.axis", "within extent_m"),
    "moment of the world": (("timeline:", "world: {starts: x}\ntimeline:"), 6, "world.starts", "start of the scenario"),
    "no world": (("timeline:", "world: calm\ntimeline:"), 6, "world", "keys and values"),
    "no place": (("seen: {event: took_off}", "seen: {event: took_off, near: {lat_deg: 36, lon_deg: 103, radius_m: 9}}"), 14, "expectations[0].seen.near", "detection_reported"),
    "no device": (("operation: {operation: land}", "switch: {device: light}"), 12, "timeline[1].switch.device", "world's devices"),
    "lost who": (("operation: {operation: land}", "replan: {lost: [beta]}"), 12, "timeline[1].replan.lost", "one of alpha"),
    "one pad": (
        ("timeline:", "  - {name: pair, count: 2, home: {lat_deg: 36.09, lon_deg: 103.7}}\ntimeline:\n  - {at_s: 1, vehicle: pair-2, schedule: {alt_rel_m: 30, patterns: [{pattern: {name: points, points: [{lat_deg: 36.09, lon_deg: 103.7}]}}]}}"),
        8, "timeline[0].vehicle", "each with a home",
    ),
    "key twice": (("duration_s: 120", "duration_s: 120\nduration_s: 90"), 3, "duration_s", "each key once"),
    "no yaml": (("  - name: alpha", "  - name: [alpha"), 5, "", "YAML"),
    "a tag": (("name: Up and down", "name: !!python/name:os.system x"), 1, "name", "a plain value"),
    "two faults": (
        ("timeline:", "faults:\n  - {vehicle: alpha, at_s: 3, gps_loss: {}, reboot: {}}\ntimeline:"), 7, "faults[0]", "one of gps_loss",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_fault_is_told_with_line_key_and_what_was_expected(write, name):
    replaced, line, key, expected = BAD[name]
    path = write(replaced)
    with pytest.raises(ScenarioError) as refused:
        read_scenario(path)
    told = [(fault.line, fault.key) for fault in refused.value.faults]
    assert (line, key) in told, str(refused.value)
    fault = refused.value.faults[told.index((line, key))]
    assert expected in fault.expected, fault
    place = f"{path}:{line}: " + (f"{key}: " if key else "")
    assert place in str(refused.value)


def test_all_faults_are_told_at_once_in_the_order_of_the_file(write):
    path = write(("duration_s: 120", "duration_s: -1"), ("before_s: 10", "before_s: soon"))
    with pytest.raises(ScenarioError) as refused:
        read_scenario(path)
    assert [fault.key for fault in refused.value.faults] == ["duration_s", "expectations[0].before_s"]
    assert len(str(refused.value).splitlines()) == 2


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"- 1", b"\xff\xfe", b"name", b"a: &a [1]\nb: *c", b"[" * 5000, b"? [1]\n: 2", b"\x00"],
)
def test_no_content_is_more_than_refused(tmp_path, content):
    path = tmp_path / "bad.yaml"
    path.write_bytes(content)
    with pytest.raises(ScenarioError):
        read_scenario(path)


def test_aliases_of_aliases_are_refused_before_they_fill_the_memory(tmp_path):
    path = tmp_path / "bomb.yaml"
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]" for at in range(1, 20)]
    path.write_text("\n".join(lines))
    with pytest.raises(ScenarioError, match="too many values"):
        read_scenario(path)


def test_words_and_times_of_day_stay_what_they_are(write):
    scenario = read_scenario(
        write(("name: Up and down", "name: on"), ("duration_s: 120", "description: 12:30:00"))
    )
    assert (scenario.body.name, scenario.body.description) == ("on", "12:30:00")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="cannot be read"):
        read_scenario(tmp_path / "none.yaml")


def test_the_plain_scenario_is_understood(write):
    assert read_scenario(write(text=PLAIN)).body.vehicles[0].names == ("alpha",)
