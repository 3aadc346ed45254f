"""What an operator's plain pymavlink script does, against a vehicle on TCP."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pymavlink import mavutil

HOME = (36.0925, 103.7080)


@pytest.fixture
def connection(next_address: Callable[[], str]) -> Iterator[Any]:
    next_address()
    made = mavutil.mavlink_connection(next_address(), source_system=255)
    yield made
    made.close()


def wait_for(connection: Any, name: str, condition: str = "", timeout_s: float = 20.0) -> Any:
    found = connection.recv_match(type=name, condition=condition or None, blocking=True, timeout=timeout_s)
    assert found is not None, f"no {name} ({condition})"
    return found


def command(connection: Any, number: int, *params: float) -> None:
    connection.mav.command_long_send(
        connection.target_system, connection.target_component, number, 0, *params, *[0] * (7 - len(params))
    )
    assert wait_for(connection, "COMMAND_ACK", f"COMMAND_ACK.command=={number}").result == 0


def test_script_uploads_arms_flies_and_lands(connection: Any) -> None:
    mavlink = mavutil.mavlink
    heartbeat = connection.wait_heartbeat(timeout=10)
    assert heartbeat.get_srcSystem() == 2
    assert heartbeat.autopilot == mavlink.MAV_AUTOPILOT_ARDUPILOTMEGA
    connection.mav.heartbeat_send(mavlink.MAV_TYPE_GCS, mavlink.MAV_AUTOPILOT_INVALID, 0, 0, 0)
    command(connection, mavlink.MAV_CMD_SET_MESSAGE_INTERVAL, mavlink.MAVLINK_MSG_ID_GLOBAL_POSITION_INT, 1e6)
    command(connection, mavlink.MAV_CMD_SET_MESSAGE_INTERVAL, mavlink.MAVLINK_MSG_ID_SYS_STATUS, 1e6)
    prearm = mavlink.MAV_SYS_STATUS_PREARM_CHECK
    wait_for(connection, "SYS_STATUS", f"SYS_STATUS.onboard_control_sensors_health & {prearm}")

    places = [(0, 0, 0), (0, 0, 20), (0.0004, 0, 20), (0.0004, 0.0004, 25), (0, 0, 0)]
    commands = [
        mavlink.MAV_CMD_NAV_WAYPOINT,
        mavlink.MAV_CMD_NAV_TAKEOFF,
        mavlink.MAV_CMD_NAV_WAYPOINT,
        mavlink.MAV_CMD_NAV_WAYPOINT,
        mavlink.MAV_CMD_NAV_RETURN_TO_LAUNCH,
    ]
    connection.waypoint_count_send(len(commands))
    for _ in commands:
        asked = wait_for(connection, ["MISSION_REQUEST", "MISSION_REQUEST_INT"])
        north, east, alt = places[asked.seq]
        connection.mav.mission_item_int_send(
            connection.target_system,
            connection.target_component,
            asked.seq,
            mavlink.MAV_FRAME_GLOBAL_RELATIVE_ALT,
            commands[asked.seq],
            0,
            1,
            0,
            0,
            0,
            0,
            round((HOME[0] + north) * 1e7),
            round((HOME[1] + east) * 1e7),
            alt,
        )
    assert wait_for(connection, "MISSION_ACK").type == mavlink.MAV_MISSION_ACCEPTED

    connection.set_mode_apm("GUIDED")
    wait_for(connection, "HEARTBEAT", "HEARTBEAT.custom_mode==4")
    connection.arducopter_arm()
    connection.motors_armed_wait()
    connection.set_mode_auto()
    command(connection, mavlink.MAV_CMD_MISSION_START)
    reached: list[int] = []
    highest_m = 0.0
    deadline_s = time.monotonic() + 30
    while reached[-1:] != [4]:
        assert time.monotonic() < deadline_s
        message = wait_for(connection, ["MISSION_ITEM_REACHED", "GLOBAL_POSITION_INT"])
        if message.get_type() == "MISSION_ITEM_REACHED":
            reached.append(message.seq)
        else:
            highest_m = max(highest_m, message.relative_alt / 1000)
    connection.motors_disarmed_wait()
    assert reached == [1, 2, 3, 4]
    assert 24.5 < highest_m < 25.5
    landed = wait_for(connection, "GLOBAL_POSITION_INT")
    assert abs(landed.lat - HOME[0] * 1e7) < 50
    assert abs(landed.relative_alt) < 200
