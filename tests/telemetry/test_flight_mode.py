"""Mode names and numbers against pymavlink's."""

import pytest
from pymavlink import mavutil

from telemetry.refusal import TelemetryError
from telemetry.vehicle.flight_mode import mode_name, mode_number, modes_of


def test_copter_modes_are_pymavlinks():
    theirs = {number: name for number, name in mavutil.mode_mapping_acm.items() if number not in (8, 10)}
    ours = {number: name for name, number in modes_of(3, 2).items()}
    assert {number: ours[number] for number in theirs if number in ours} == {
        number: name for number, name in theirs.items() if number in ours
    }
    assert set(ours) >= set(range(8)) | {9, 11, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24}
    for number, name in ours.items():
        assert mode_name(3, 2, number) == name
        assert mode_number(3, 2, name.lower()) == number


def test_px4_modes_are_pymavlinks():
    for name, (_, main, sub) in mavutil.px4_map.items():
        if name in modes_of(12, 2):
            assert mode_number(12, 2, name) == main << 16 | sub << 24
            assert mode_name(12, 2, main << 16 | sub << 24) == name
    assert len(modes_of(12, 2).keys() & mavutil.px4_map.keys()) >= 13


def test_other_vehicles_have_their_own():
    assert mode_name(3, 1, 7) == "CRUISE"
    assert mode_name(3, 10, 4) == "HOLD"
    assert mode_name(3, 2, 77) == "MODE 77"
    assert mode_name(8, 6, 4) == "MODE 4"


def test_an_unknown_mode_is_refused_with_those_there_are():
    with pytest.raises(TelemetryError, match="no flight mode HOVER") as refusal:
        mode_number(3, 2, "HOVER")
    assert "LOITER" in refusal.value.remedy
    with pytest.raises(TelemetryError, match="no flight mode HOVER"):
        mode_number(0, 2, "HOVER")
