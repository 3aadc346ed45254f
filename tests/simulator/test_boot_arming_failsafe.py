"""Boot, arming checks and failsafes as recorded."""

from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

ARM = dialect.MAV_CMD_COMPONENT_ARM_DISARM
PREARM = dialect.MAV_SYS_STATUS_PREARM_CHECK


def test_cold_boot_says_what_was_recorded_when_it_was(cold_station: Any) -> None:
    cold_station.run(43)
    said = {m.text: t for t, m in cold_station.heard if m.get_type() == "STATUSTEXT"}
    for text, at_s in (
        ("Calibrating barometer", 0.3),
        ("Barometer 1 calibration complete", 1.9),
        ("ArduPilot Ready", 2.45),
        ("EKF3 IMU0 initialised", 4.45),
        ("EKF3 IMU1 MAG0 initial yaw alignment complete", 5.9),
        ("GPS 1: detected u-blox", 9.83),
        ("EKF3 IMU0 origin set", 20.0),
        ("Field Elevation Set: 1520m", 20.05),
        ("EKF3 IMU0 is using GPS", 41.4),
        ("EKF3 IMU1 is using GPS", 41.6),
    ):
        assert said[text] == pytest.approx(at_s, abs=0.1)
    home_s = [t for t, m in cold_station.heard if m.get_type() == "HOME_POSITION"]
    assert home_s == [pytest.approx(20.02, abs=0.05)]
    beats = [(m.base_mode, m.system_status) for m in cold_station.messages("HEARTBEAT")]
    assert beats[0] == (89, 1)
    assert beats[-1] == (81, 3)


def test_arming_is_refused_with_the_recorded_reasons(cold_station: Any) -> None:
    def arm(*params: float) -> list[str]:
        cold_station.heard.clear()
        assert cold_station.command(ARM, 1, *params) == dialect.MAV_RESULT_FAILED
        assert all(severity == 2 for severity, _ in cold_station.texts)
        return [text.removeprefix("Arm: ") for _, text in cold_station.texts]

    cold_station.run(1)
    assert arm() == [
        "Hardware safety switch",
        "Gyros not healthy",
        "EKF attitude is bad",
        "Compass not healthy",
        "AHRS: EKF3 not started",
        "Battery 1 unhealthy",
    ]
    cold_station.run(2)
    assert cold_station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 4) == 0
    assert arm() == [
        "Need Alt Estimate",
        "Accels inconsistent",
        "EKF attitude is bad",
        "AHRS: waiting for home",
    ]
    cold_station.run(3)
    assert arm(21196) == ["AHRS: EK3 sources require GPS", "Accels inconsistent", "AHRS: waiting for home"]
    assert cold_station.command(ARM, 0) == 0
    cold_station.run(22)
    assert arm() == ["Need Position Estimate"]
    assert arm(21196) == ["Need Position Estimate"]
    cold_station.heard.clear()
    cold_station.run(4)
    assert cold_station.texts == [(2, "PreArm: Need Position Estimate")]
    cold_station.run(10)
    assert cold_station.command(ARM, 1) == 0
    assert cold_station.texts[-1] == (6, "Arming motors")


def test_prearm_bit_follows_the_checks(cold_station: Any) -> None:
    cold_station.command(dialect.MAV_CMD_SET_MESSAGE_INTERVAL, 1, 1e6)
    cold_station.send(dialect.MAVLink_set_mode_message(1, 1, 4))
    cold_station.run(45)
    healthy_s = [
        t
        for t, m in cold_station.heard
        if m.get_type() == "SYS_STATUS" and m.onboard_control_sensors_health & PREARM
    ]
    assert healthy_s[0] == pytest.approx(42, abs=1.5)


def test_quick_boot_is_ready_within_a_second(make_station: Any) -> None:
    station = make_station()
    assert station.copter.autopilot.has_position
    texts = [(t, m.text) for t, m in station.heard if m.get_type() == "STATUSTEXT"]
    assert len(texts) == 20
    assert texts[-1][0] < 1.0


def test_low_battery_brings_the_vehicle_home_and_keeps_it_there(station: Any) -> None:
    station.parameter("BATT_LOW_VOLT", 11.5)
    station.parameter("BATT_FS_LOW_ACT", 2)
    station.take_off(20)
    station.heard.clear()
    station.parameter("SIM_BATT_VOLTAGE", 11.0)
    took_s = station.run_until(lambda: bool(station.texts), 20)
    assert took_s == pytest.approx(10, abs=0.2)
    (severity, first), second = station.texts[:2]
    assert severity == 4
    assert first.startswith("Battery 1 is low 11.00V used ")
    assert second == (4, "Battery Failsafe")
    assert station.messages("HEARTBEAT")[-1].custom_mode == 6
    assert station.messages("HEARTBEAT")[-1].system_status == dialect.MAV_STATE_CRITICAL
    station.run_until(lambda: not station.copter.autopilot.is_armed, 80)
    station.parameter("SIM_BATT_VOLTAGE", 12.6)
    station.run(3)
    assert station.texts[-1] == (2, "PreArm: Battery failsafe")
    assert station.command(ARM, 1) == dialect.MAV_RESULT_FAILED
    station.copter.power_on()
    station.run(2)
    station.arm_guided()


def test_battery_drains_at_the_recorded_rate(station: Any) -> None:
    station.take_off(20)
    before_mah = station.copter.autopilot.battery.consumed_mah
    station.run(60)
    # 27 A in the hover of the recordings.
    assert station.copter.autopilot.battery.consumed_mah - before_mah == pytest.approx(450, rel=0.05)


def test_voltage_sags_only_with_a_simulated_capacity(make_station: Any) -> None:
    station = make_station(parameters={"SIM_BATT_CAP_AH": 1.0})
    station.take_off(20)
    station.run(60)
    assert 10.5 < station.copter.autopilot.battery.voltage_v < 12.3


def test_silent_station_brings_the_vehicle_home_where_enabled(station: Any) -> None:
    beat = dialect.MAVLink_heartbeat_message(6, 8, 0, 0, 4, 3)
    station.parameter("FS_GCS_ENABLE", 1)
    station.take_off(20)
    station.send(beat)
    station.run(4)
    assert station.copter.autopilot.mode.number == 4
    station.run(2)
    assert station.copter.autopilot.mode.number == 6
    assert station.texts[-1] == (4, "GCS Failsafe")
    station.send(beat)
    assert station.texts[-1] == (4, "GCS Failsafe Cleared")


def test_wind_is_leaned_into(station: Any) -> None:
    for name, value in (("SIM_WIND_SPD", 9), ("SIM_WIND_DIR", 270), ("SIM_WIND_TURB", 1)):
        station.parameter(name, value)
    station.take_off(20)
    station.run(10)
    body = station.copter.autopilot.body
    assert abs(body.north_m) < 1.5
    assert abs(body.east_m) < 1.5
    # From the west: the nose points north, so the left side goes down, 12 degrees as recorded at this height.
    assert body.roll_rad == pytest.approx(-0.2, abs=0.07)


def test_unready_modes_are_refused_in_flight_before_a_position(cold_station: Any) -> None:
    cold_station.run(30)
    assert cold_station.command(ARM, 1) == 0
    assert cold_station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 4) == dialect.MAV_RESULT_FAILED
    assert cold_station.texts[-1] == (4, "Mode change to GUIDED failed: requires position")


@pytest.mark.parametrize(
    ("mode", "options", "alt_rel_m", "text", "mode_after"),
    [
        (4, 16, 0.0, "GCS Failsafe - Disarming", 4),
        (5, 16, 10.0, "GCS Failsafe - Continuing Pilot Control", 5),
        (9, 8, 10.0, "GCS Failsafe - Continuing Landing", 9),
        (4, 16, 10.0, "GCS Failsafe", 6),
    ],
)
def test_lost_station_by_mode_and_options(
    station: Any, mode: int, options: int, alt_rel_m: float, text: str, mode_after: int
) -> None:
    station.parameter("FS_GCS_ENABLE", 1)
    station.parameter("FS_OPTIONS", options)
    station.parameter("DISARM_DELAY", 0)
    if alt_rel_m:
        station.take_off(alt_rel_m)
    else:
        station.arm_guided()
    assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, mode) == 0
    station.send(dialect.MAVLink_heartbeat_message(6, 8, 0, 0, 0, 3))
    assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, mode) == 0
    station.run(5.5)
    assert (4, text) in station.texts
    assert station.copter.autopilot.mode.number == mode_after
