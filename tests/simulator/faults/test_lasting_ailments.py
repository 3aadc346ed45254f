"""SIM_ parameters make the same go wrong as faults do, as in ArduPilot's own simulator."""

from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.airframe.ailments import Ailments
from simulator.autopilot.mode import ModeNumber


def test_a_disabled_receiver_ends_in_the_ekf_failsafe(station: Any) -> None:
    station.take_off(10)
    station.parameter("SIM_GPS_DISABLE", 1)
    autopilot = station.copter.autopilot
    station.run_until(lambda: autopilot.mode.number is ModeNumber.LAND, 30)
    station.parameter("SIM_GPS_DISABLE", 0)
    station.run(1)
    assert autopilot.ailments.are_none


def test_a_motor_fails_only_where_its_thrust_is_taken(station: Any) -> None:
    station.take_off(10)
    station.parameter("SIM_ENGINE_FAIL", 2)
    station.run(1)
    assert station.copter.autopilot.ailments.are_none
    station.parameter("SIM_ENGINE_MUL", 0)
    station.run_until(lambda: not station.copter.autopilot.is_armed, 30)
    assert "Potential Thrust Loss (2)" in [text for _, text in station.texts]


def test_a_crash_in_a_mission_is_no_landing(station: Any) -> None:
    there = {"command": 16, "x": 360945000, "y": 1037080000, "z": 10.0}
    assert station.upload([there, {"command": 22, "z": 10.0}, there]) == 0
    station.arm_guided()
    station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 3)
    station.command(dialect.MAV_CMD_MISSION_START)
    autopilot = station.copter.autopilot
    station.run_until(lambda: autopilot.alt_rel_m > 9.0, 30)
    station.parameter("SIM_ENGINE_MUL", 0)
    station.parameter("SIM_ENGINE_FAIL", 4)
    station.run_until(lambda: not autopilot.is_armed, 30)
    assert any(text.startswith("Crash: Disarming") for _, text in station.texts)


def test_a_glitch_is_given_in_degrees(station: Any) -> None:
    station.parameter("SIM_GPS_GLITCH_X", 0.0001)
    station.run(0.1)
    assert station.copter.autopilot.ailments.gps_north_m == pytest.approx(11.13, abs=0.01)


def test_all_compasses_must_fail(station: Any) -> None:
    ailments = station.copter.autopilot.ailments
    for number in (1, 2, 3):
        assert ailments.has_compass
        station.parameter(f"SIM_MAG{number}_FAIL", 1)
        station.run(0.1)
    assert not ailments.has_compass


def test_what_lasts_is_not_healed_with_a_fault() -> None:
    ailments = Ailments()
    ailments.bear(has_gps=False, gps_north_m=0.0)
    ailments.gps_north_m += 30.0
    ailments.heal()
    assert (ailments.has_gps, ailments.gps_north_m, ailments.are_none) == (False, 0.0, False)
    ailments.bear(has_gps=True, gps_north_m=0.0)
    assert ailments.are_none
