import math
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

STREAMED = [
    "HEARTBEAT",
    "SYS_STATUS",
    "SYSTEM_TIME",
    "GPS_RAW_INT",
    "RAW_IMU",
    "SCALED_PRESSURE",
    "ATTITUDE",
    "LOCAL_POSITION_NED",
    "GLOBAL_POSITION_INT",
    "SERVO_OUTPUT_RAW",
    "MISSION_CURRENT",
    "GPS_GLOBAL_ORIGIN",
    "NAV_CONTROLLER_OUTPUT",
    "RC_CHANNELS",
    "VFR_HUD",
    "POSITION_TARGET_GLOBAL_INT",
    "POWER_STATUS",
    "BATTERY_STATUS",
    "AUTOPILOT_VERSION",
    "MEMINFO",
    "FENCE_STATUS",
    "EKF_STATUS_REPORT",
    "VIBRATION",
    "HOME_POSITION",
    "EXTENDED_SYS_STATE",
]


def interval(station: Any, name: str, interval_us: float) -> int:
    message_id = getattr(dialect, f"MAVLINK_MSG_ID_{name}")
    return int(station.command(dialect.MAV_CMD_SET_MESSAGE_INTERVAL, message_id, interval_us))


def test_only_heartbeats_come_unasked(station: Any) -> None:
    station.heard.clear()
    station.run(9)
    assert {m.get_type() for _, m in station.heard} <= {"HEARTBEAT", "TIMESYNC"}
    assert len(station.messages("HEARTBEAT")) == 9


@pytest.mark.parametrize("name", STREAMED)
def test_every_message_can_be_streamed(station: Any, name: str) -> None:
    station.parameter("FENCE_ENABLE", 1)
    station.take_off(10)
    station.heard.clear()
    assert interval(station, name, 250_000) == 0
    station.heard.clear()
    station.run(10)
    assert len(station.messages(name)) == pytest.approx(40, abs=1)
    assert interval(station, name, -1) == 0
    station.heard.clear()
    station.run(3)
    assert station.messages(name) == []


def test_unknown_message_is_denied_with_a_text(station: Any) -> None:
    assert station.command(dialect.MAV_CMD_SET_MESSAGE_INTERVAL, 60000, 1e6) == dialect.MAV_RESULT_DENIED
    assert station.texts[-1] == (6, "No ap_message for mavlink id (60000)")
    assert station.command(dialect.MAV_CMD_REQUEST_MESSAGE, 60000) == dialect.MAV_RESULT_FAILED


def test_asked_message_follows_the_answer(station: Any) -> None:
    station.heard.clear()
    assert station.command(dialect.MAV_CMD_REQUEST_MESSAGE, dialect.MAVLINK_MSG_ID_HOME_POSITION) == 0
    assert [m.get_type() for _, m in station.heard] == ["COMMAND_ACK", "HOME_POSITION"]
    station.heard.clear()
    assert station.command(dialect.MAV_CMD_GET_HOME_POSITION) == 0
    assert [m.get_type() for _, m in station.heard] == ["HOME_POSITION", "GPS_GLOBAL_ORIGIN", "COMMAND_ACK"]


def test_interval_can_be_asked_for(station: Any) -> None:
    interval(station, "ATTITUDE", 200_000)
    assert station.command(dialect.MAV_CMD_GET_MESSAGE_INTERVAL, dialect.MAVLINK_MSG_ID_ATTITUDE) == 0
    assert station.messages("MESSAGE_INTERVAL")[-1].interval_us == 200_000


def test_timesync_is_answered_and_ping_is_not(station: Any) -> None:
    (answer,) = station.send(dialect.MAVLink_timesync_message(0, 123456789))
    assert (answer.ts1, answer.tc1) == (123456789, round(station.now_s * 1e9))
    assert station.send(dialect.MAVLink_ping_message(1, 1, 0, 0)) == []


def test_stream_groups_of_old_stations(station: Any) -> None:
    station.send(dialect.MAVLink_request_data_stream_message(1, 1, dialect.MAV_DATA_STREAM_POSITION, 5, 1))
    station.run(1)
    station.heard.clear()
    station.run(4)
    assert len(station.messages("GLOBAL_POSITION_INT")) == pytest.approx(20, abs=1)
    assert station.messages("ATTITUDE") == []
    station.send(dialect.MAVLink_request_data_stream_message(1, 1, dialect.MAV_DATA_STREAM_ALL, 2, 1))
    station.run(1)
    station.heard.clear()
    station.run(4)
    names = {m.get_type() for _, m in station.heard}
    assert {"ATTITUDE", "VFR_HUD", "SYS_STATUS", "BATTERY_STATUS", "RC_CHANNELS", "RAW_IMU"} <= names
    station.send(dialect.MAVLink_request_data_stream_message(1, 1, dialect.MAV_DATA_STREAM_ALL, 0, 0))
    station.heard.clear()
    station.run(4)
    assert station.messages("ATTITUDE") == []


def test_rate_parameter_acts(station: Any) -> None:
    station.parameter("SR0_EXTRA1", 10)
    station.heard.clear()
    station.run(2)
    assert len(station.messages("ATTITUDE")) == pytest.approx(20, abs=1)


def test_each_station_has_its_own_streams(station: Any) -> None:
    other = type(station)(station.copter, 254)
    interval(station, "ATTITUDE", 100_000)
    station.run(2)
    assert station.messages("ATTITUDE")
    assert not other.messages("ATTITUDE")


def test_messages_of_one_flight_agree(station: Any) -> None:
    for name in STREAMED:
        interval(station, name, 100_000)
    station.take_off(20)
    station.command_int(dialect.MAV_CMD_DO_REPOSITION, -1, 1, x=360931000, y=1037087000, z=25.0)
    station.run(6)
    latest = {m.get_type(): m for _, m in station.heard}
    position, local, hud = latest["GLOBAL_POSITION_INT"], latest["LOCAL_POSITION_NED"], latest["VFR_HUD"]
    gps, attitude, target = latest["GPS_RAW_INT"], latest["ATTITUDE"], latest["NAV_CONTROLLER_OUTPUT"]
    assert position.time_boot_ms == local.time_boot_ms == attitude.time_boot_ms
    assert position.time_boot_ms == pytest.approx(station.now_s * 1000, abs=100)
    assert position.relative_alt == pytest.approx(-local.z * 1000, abs=2)
    assert position.alt - position.relative_alt == 1_520_000
    assert (position.lat, position.lon) == (gps.lat, gps.lon)
    assert hud.groundspeed == pytest.approx(math.hypot(local.vx, local.vy), abs=1e-5)
    assert gps.vel == pytest.approx(hud.groundspeed * 100, abs=1)
    assert position.hdg / 100 == pytest.approx(math.degrees(attitude.yaw) % 360, abs=0.02)
    assert hud.heading == int(position.hdg / 100)
    assert target.wp_dist == pytest.approx(math.hypot(66.8 - local.x, 62.97 - local.y), abs=1.0)
    assert attitude.pitch < -0.1
    assert latest["EXTENDED_SYS_STATE"].landed_state == dialect.MAV_LANDED_STATE_IN_AIR
    assert latest["HEARTBEAT"].base_mode == 217
    assert latest["BATTERY_STATUS"].current_battery == latest["SYS_STATUS"].current_battery > 2500


def test_landed_state_through_a_flight(station: Any) -> None:
    interval(station, "EXTENDED_SYS_STATE", 200_000)
    station.take_off(10)
    station.run(8)
    station.command(dialect.MAV_CMD_NAV_LAND)
    station.run_until(lambda: not station.copter.autopilot.is_armed, 60)
    station.run(1)
    states = [m.landed_state for m in station.messages("EXTENDED_SYS_STATE")]
    assert [s for s, before in zip(states, [None, *states], strict=False) if s != before] == [1, 3, 2, 4, 1]


@pytest.mark.parametrize(("alt_amsl_m", "lat_deg"), [(-400.0, -84.9), (8848.0, 84.9)])
def test_extreme_places_can_be_told(make_station: Any, alt_amsl_m: float, lat_deg: float) -> None:
    from simulator.home import Home

    station = make_station(home=Home(lat_deg, 179.99999, alt_amsl_m, 359.9))
    for name in STREAMED:
        interval(station, name, 500_000)
    station.take_off(5)
    position = station.messages("GLOBAL_POSITION_INT")[-1]
    assert position.lat == round(lat_deg * 1e7)
    assert position.alt == pytest.approx(alt_amsl_m * 1000 + 4600, abs=400)


def test_every_message_can_be_asked_for(station: Any) -> None:
    station.take_off(5)
    messages = station.copter.streams.messages
    said = 0
    for message_id in list(messages):
        answers = station.send(
            dialect.MAVLink_command_long_message(
                1, 1, dialect.MAV_CMD_REQUEST_MESSAGE, 0, message_id, 0, 0, 0, 0, 0, 0
            )
        )
        assert answers[0].get_type() == "COMMAND_ACK"
        assert answers[0].result == dialect.MAV_RESULT_ACCEPTED
        assert [m.get_msgId() for m in answers[1:]] in ([], [message_id])
        said += len(answers) - 1
    assert said >= 36
