"""Drones from files."""

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.refusal import MissionError
from missions.vehicle.profile_file import find_profile, profile_of, read_profile
from missions.vehicle.stock_profiles import QUAD_30, QUAD_50

OWN = """
name = "own"
empty_mass_kg = 2.5
max_wind_m_s = 11

[lift]
rotors = 6
rotor_diameter_m = 0.3
drag_area_m2 = 0.08

[battery]
capacity_wh = 222
reserve_share = 0.3

[motion]
speed_m_s = 8
"""
WHOLE = {
    "name": "x",
    "empty_mass_kg": 2.0,
    "lift": {"rotors": 4, "rotor_diameter_m": 0.3, "drag_area_m2": 0.05},
    "battery": {"capacity_wh": 100.0},
}


def test_a_toml_file_is_read(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(OWN, "utf-8")
    own = read_profile(path)
    assert (own.name, own.mass_kg, own.max_wind_m_s) == ("own", 2.5, 11.0)
    assert (own.lift.rotors, own.battery.reserve_share) == (6, 0.3)
    assert (own.motion.speed_m_s, own.motion.climb_m_s) == (8.0, 2.5)
    assert find_profile(str(path)) == own


def test_a_json_file_changes_a_drone_that_is_known(tmp_path):
    path = tmp_path / "own.json"
    path.write_text(json.dumps({"base": "quad-30", "name": "mine", "battery": {"capacity_wh": 99}}), "utf-8")
    mine = read_profile(path)
    assert mine.battery.capacity_wh == 99.0
    assert mine.battery.reserve_share == QUAD_30.battery.reserve_share
    assert mine.lift == QUAD_30.lift


def test_known_drones_are_found_by_name():
    assert find_profile("quad-50") is QUAD_50
    with pytest.raises(MissionError, match="arducopter-sitl"):
        find_profile("quad-5")


def test_a_measured_hover_is_taken():
    assert profile_of({**WHOLE, "hover_w": 400}).power_w() == pytest.approx(400.0)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"empty_mass_kg": None}, "empty_mass_kg"),
        ({"empty_mass_kg": -1}, "empty_mass_kg"),
        ({"empty_mass_kg": True}, "empty_mass_kg"),
        ({"empty_mass_kg": float("nan")}, "empty_mass_kg"),
        ({"empty_mass_kg": 10**400}, "empty_mass_kg"),
        ({"name": 7}, "name"),
        ({"name": " "}, "name"),
        ({"mass": 3}, "mass"),
        ({"max_lean_deg": 90}, "max_lean_deg"),
        ({"payload_w": -5}, "payload_w"),
        ({"base": "zeppelin"}, "zeppelin"),
        ({"hover_w": 3}, "hover_w"),
        ({"lift": 3}, "lift"),
        ({"lift": {"rotors": 4}}, "lift.rotor_diameter_m"),
        ({"lift": {**WHOLE["lift"], "rotors": 4.5}}, "lift.rotors"),
        ({"lift": {**WHOLE["lift"], "rotors": 0}}, "lift.rotors"),
        ({"lift": {**WHOLE["lift"], "rotor": 4}}, "lift.rotor"),
        ({"battery": {"capacity_wh": 0}}, "battery.capacity_wh"),
        ({"battery": {"capacity_wh": 50, "reserve_share": 1}}, "battery.reserve_share"),
        ({"motion": {"speed_m_s": 0}}, "motion.speed_m_s"),
        ({"motion": {"jerk_m_s3": -1}}, "motion.jerk_m_s3"),
    ],
)
def test_what_cannot_be_is_refused_by_field(changes, field):
    with pytest.raises(MissionError) as refused:
        profile_of({**WHOLE, **changes})
    assert field in str(refused.value)
    assert refused.value.remedy


def test_missing_fields_are_named():
    for name in WHOLE:
        with pytest.raises(MissionError, match=name):
            profile_of({key: value for key, value in WHOLE.items() if key != name})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.json", b"{"),
        ("x.json", b"[1]"),
        ("x.json", b"[" * 100_000),
        ("x.toml", b"name = "),
        ("x.toml", b"\xff\xfe"),
        ("x.json", b'{"empty_mass_kg": ' + b"9" * 5_000 + b"}"),
    ],
)
def test_files_that_make_no_sense_are_refused_by_name(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(MissionError, match=name):
        read_profile(path)
    with pytest.raises(MissionError, match=r"nowhere\.toml"):
        read_profile(tmp_path / "nowhere.toml")


@given(
    st.dictionaries(
        st.sampled_from([*WHOLE, "base", "motion", "payload_w", "hover_w", "lift", "battery"]),
        st.recursive(
            st.none()
            | st.booleans()
            | st.floats()
            | st.integers()
            | st.text(max_size=5)
            | st.just("quad-30"),
            lambda inner: st.dictionaries(
                st.sampled_from(["rotors", "capacity_wh", "speed_m_s", "drag_area_m2"]), inner, max_size=3
            ),
            max_leaves=6,
        ),
    )
)
@settings(max_examples=60, deadline=None)
def test_any_document_gives_a_drone_or_a_refusal(document):
    with contextlib.suppress(MissionError):
        assert profile_of({**WHOLE, **document}).power_w() > 0.0
