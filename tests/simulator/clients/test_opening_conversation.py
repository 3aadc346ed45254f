"""What a ground station asks as it opens, one request after the other, and again once it has flown."""

import struct
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pymavlink import mavutil
from pymavlink.dialects.v20 import ardupilotmega as mavlink
from pymavlink.mavftp import MAVFTP

ACCEPTED, UNSUPPORTED, FAILED = 0, 3, 4
PROTOCOL_VERSION, COMPONENT_METADATA, AVAILABLE_MODES = 300, 397, 435


class Station:
    """Asks by command and by list."""

    def __init__(self, address: str, component_id: int) -> None:
        self.connection = mavutil.mavlink_connection(
            address, source_system=255, source_component=component_id
        )
        self.connection.wait_heartbeat(timeout=10)
        self.mav = self.connection.mav
        self.target = self.connection.target_system, 1

    def wait_for(self, names: str | list[str], condition: str = "") -> Any:
        found = self.connection.recv_match(type=names, condition=condition or None, blocking=True, timeout=20)
        assert found is not None, f"no {names} ({condition})"
        return found

    def command(self, number: int, *params: float) -> int:
        self.mav.command_long_send(*self.target, number, 0, *params, *[0] * (7 - len(params)))
        return int(self.wait_for("COMMAND_ACK", f"COMMAND_ACK.command=={number}").result)

    def ask(self, name: str) -> Any:
        """Ask for one message; give it, or the result that there is instead."""
        number = getattr(mavlink, f"MAVLINK_MSG_ID_{name}")
        result = self.command(mavlink.MAV_CMD_REQUEST_MESSAGE, number)
        return self.wait_for(name) if result == ACCEPTED else result

    def count(self, kind: int) -> int:
        self.mav.mission_request_list_send(*self.target, kind)
        return int(self.wait_for("MISSION_COUNT", f"MISSION_COUNT.mission_type=={kind}").count)


@pytest.fixture
def stations(address: str) -> Iterator[list[Station]]:
    made = [Station(address, component_id) for component_id in (190, 191)]
    yield made
    for each in made:
        each.connection.close()


def test_a_station_opens(stations: list[Station], tmp_path: Any) -> None:
    station, _ = stations
    version = station.ask("AUTOPILOT_VERSION")
    assert version.flight_sw_version >> 8 == 0x040602
    assert version.capabilities & mavlink.MAV_PROTOCOL_CAPABILITY_MISSION_INT
    # None of these is in ArduCopter 4.6: a station falls back on MAVLink 2 and on the modes that it knows.
    for number in (PROTOCOL_VERSION, AVAILABLE_MODES, COMPONENT_METADATA):
        assert station.command(mavlink.MAV_CMD_REQUEST_MESSAGE, number) == FAILED
    assert station.command(mavlink.MAV_CMD_REQUEST_PROTOCOL_VERSION, 1) == UNSUPPORTED

    for group, rate_hz in ((1, 2), (2, 2), (3, 2), (6, 3), (10, 10), (11, 10), (12, 3)):
        station.mav.request_data_stream_send(*station.target, group, rate_hz, 1)
    wanted = {"SYS_STATUS", "GPS_RAW_INT", "RAW_IMU", "SCALED_IMU2", "SCALED_PRESSURE", "RC_CHANNELS"}
    wanted |= {"SERVO_OUTPUT_RAW", "GLOBAL_POSITION_INT", "ATTITUDE", "VFR_HUD", "VIBRATION"}
    wanted |= {"BATTERY_STATUS", "EKF_STATUS_REPORT", "MISSION_CURRENT", "NAV_CONTROLLER_OUTPUT"}
    wanted |= {"AHRS", "AHRS2", "SIMSTATE", "LOCAL_POSITION_NED", "SYSTEM_TIME", "MEMINFO", "POWER_STATUS"}
    while wanted:
        wanted.discard(station.wait_for(sorted(wanted)).get_type())

    for name in ("HOME_POSITION", "EXTENDED_SYS_STATE"):
        number = getattr(mavlink, f"MAVLINK_MSG_ID_{name}")
        assert station.command(mavlink.MAV_CMD_SET_MESSAGE_INTERVAL, number, 1e6) == ACCEPTED
        station.wait_for(name)

    files = MAVFTP(station.connection, *station.target)
    files.cmd_get(["@PARAM/param.pck?withdefaults=1", str(tmp_path / "param.pck")])
    assert files.process_ftp_reply("OpenFileRO", timeout=10).error_code == 0
    header = (tmp_path / "param.pck").read_bytes()[:6]
    assert struct.unpack("<HHH", header)[1:] == (1392, 1392)

    assert [station.count(kind) for kind in (0, 1, 2)] == [0, 0, 0]
    home = station.ask("HOME_POSITION")
    assert home.latitude == pytest.approx(360925000, abs=10)
    assert station.command(mavlink.MAV_CMD_GET_HOME_POSITION) == ACCEPTED
    # There is no camera and no gimbal unless parameters say so.
    assert station.ask("CAMERA_INFORMATION") == FAILED
    assert station.command(mavlink.MAV_CMD_REQUEST_CAMERA_INFORMATION, 1) == UNSUPPORTED
    assert station.ask("GIMBAL_MANAGER_INFORMATION") == FAILED
    assert station.command(mavlink.MAV_CMD_DO_GIMBAL_MANAGER_PITCHYAW, -45, 0) in (FAILED, UNSUPPORTED)


def test_a_camera_and_a_gimbal_are_found(stations: list[Station]) -> None:
    station, _ = stations
    for name in (b"CAM1_TYPE", b"MNT1_TYPE"):
        station.mav.param_set_send(*station.target, name, 1, mavlink.MAV_PARAM_TYPE_INT8)
        station.wait_for("PARAM_VALUE", f"PARAM_VALUE.param_id=={name.decode()!r}")
    assert station.command(mavlink.MAV_CMD_PREFLIGHT_REBOOT_SHUTDOWN, 1) == ACCEPTED
    again = Station(station.connection.address, 190)
    try:
        assert again.ask("CAMERA_INFORMATION").resolution_h == 5472
        assert again.ask("CAMERA_SETTINGS").mode_id == 0
        assert again.ask("CAMERA_CAPTURE_STATUS").image_count == 0
        zoom, focus = mavlink.MAV_CMD_SET_CAMERA_ZOOM, mavlink.MAV_CMD_SET_CAMERA_FOCUS
        assert again.command(zoom, mavlink.ZOOM_TYPE_CONTINUOUS, 1) == ACCEPTED
        while again.ask("CAMERA_SETTINGS").zoomLevel == 0.0:
            pass
        assert again.command(zoom, mavlink.ZOOM_TYPE_RANGE, 30) == ACCEPTED
        assert again.ask("CAMERA_SETTINGS").zoomLevel == pytest.approx(30.0)
        assert again.command(zoom, mavlink.ZOOM_TYPE_STEP, 1) == UNSUPPORTED
        assert again.command(focus, mavlink.FOCUS_TYPE_AUTO) == ACCEPTED
        information = again.ask("GIMBAL_MANAGER_INFORMATION")
        assert information.gimbal_device_id == 1
        assert again.ask("GIMBAL_MANAGER_STATUS").gimbal_device_id == 1
        # The device behind the autopilot does not speak for itself.
        assert again.ask("GIMBAL_DEVICE_INFORMATION") == FAILED
        order = mavlink.MAV_CMD_DO_GIMBAL_MANAGER_PITCHYAW
        assert again.command(order, -45, 0, float("nan"), float("nan"), 0, 0, 1) == ACCEPTED
    finally:
        again.connection.close()


def test_two_stations_share_a_vehicle(stations: list[Station]) -> None:
    one, other = stations
    for station in stations:
        number = mavlink.MAVLINK_MSG_ID_ATTITUDE_QUATERNION
        assert station.command(mavlink.MAV_CMD_SET_MESSAGE_INTERVAL, number, 1e5) == ACCEPTED
        assert station.wait_for("ATTITUDE_QUATERNION").q1 == pytest.approx(1.0, abs=0.01)
    one.mav.mission_count_send(*one.target, 2, 0)
    one.wait_for(["MISSION_REQUEST", "MISSION_REQUEST_INT"], "True")
    other.mav.mission_count_send(*other.target, 2, 0)
    assert other.wait_for("MISSION_ACK").type == mavlink.MAV_MISSION_DENIED
    for seq, command, alt_m in ((0, 16, 0.0), (1, 22, 10.0)):
        one.mav.mission_item_int_send(*one.target, seq, 3, command, 0, 1, 0, 0, 0, 0, 0, 0, alt_m, 0)
    assert one.wait_for("MISSION_ACK").type == mavlink.MAV_MISSION_ACCEPTED
    assert other.count(0) == 2
    # What one of them sets, both hear of.
    one.mav.param_set_send(*one.target, b"WPNAV_SPEED", 600, mavlink.MAV_PARAM_TYPE_REAL32)
    assert other.wait_for("PARAM_VALUE", "PARAM_VALUE.param_id=='WPNAV_SPEED'").param_value == 600
    one.connection.close()
    deadline_s = time.monotonic() + 5
    while other.wait_for("HEARTBEAT").type != mavlink.MAV_TYPE_QUADROTOR:
        assert time.monotonic() < deadline_s
    assert other.command(mavlink.MAV_CMD_DO_SET_MODE, 1, 4) == ACCEPTED
