"""What ArduCopter 4.6 answers to commands, by command, parameters, mode and form."""

import math
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

ACCEPTED, REJECTED, DENIED, UNSUPPORTED, FAILED, INT_ONLY = 0, 1, 2, 3, 4, 8
NORTH_E7, EAST_E7 = 360926000, 1037080000


@pytest.mark.parametrize(
    ("number", "params", "result"),
    [
        (31000, (), UNSUPPORTED),
        (dialect.MAV_CMD_DO_ORBIT, (), UNSUPPORTED),
        (dialect.MAV_CMD_COMPONENT_ARM_DISARM, (2,), UNSUPPORTED),
        (dialect.MAV_CMD_DO_SET_MODE, (0, 4), DENIED),
        (dialect.MAV_CMD_DO_SET_MODE, (1, 99), FAILED),
        (dialect.MAV_CMD_DO_SET_MODE, (1, 27), FAILED),
        (dialect.MAV_CMD_DO_LAND_START, (), FAILED),
        (dialect.MAV_CMD_DO_REPOSITION, (-1, 1, 0, 0, 36.1, 103.7, 20), INT_ONLY),
        (dialect.MAV_CMD_DO_CHANGE_SPEED, (1, 0), DENIED),
        (dialect.MAV_CMD_DO_CHANGE_SPEED, (4, 5), DENIED),
        (dialect.MAV_CMD_DO_CHANGE_SPEED, (1, 5), FAILED),
        (dialect.MAV_CMD_CONDITION_YAW, (361,), FAILED),
        (dialect.MAV_CMD_CONDITION_YAW, (90, 0, 0, 2), FAILED),
        (dialect.MAV_CMD_MISSION_START, (1, 3), DENIED),
        (dialect.MAV_CMD_MISSION_START, (), ACCEPTED),
        (dialect.MAV_CMD_DO_PAUSE_CONTINUE, (2,), DENIED),
        (dialect.MAV_CMD_DO_PAUSE_CONTINUE, (0,), FAILED),
        (dialect.MAV_CMD_DO_SET_MISSION_CURRENT, (-1,), DENIED),
        (dialect.MAV_CMD_DO_SET_HOME, (1,), ACCEPTED),
        (dialect.MAV_CMD_DO_SET_HOME, (2, 0, 0, 0, 36.1, 103.7, 1500), FAILED),
        (dialect.MAV_CMD_DO_SET_HOME, (0, 0, 0, 0, 60.0, 103.7, 1500), FAILED),
        (dialect.MAV_CMD_DO_SET_ROI_LOCATION, (0, 0, 0, 0, 95.0, 103.7, 0), FAILED),
        (dialect.MAV_CMD_DO_SET_ROI_LOCATION, (), ACCEPTED),
        (dialect.MAV_CMD_DO_FENCE_ENABLE, (3,), FAILED),
        (dialect.MAV_CMD_DO_FLIGHTTERMINATION, (0,), FAILED),
        (dialect.MAV_CMD_NAV_TAKEOFF, (0, 0, 0, 0, 0, 0, 10), FAILED),
        (dialect.MAV_CMD_PREFLIGHT_CALIBRATION, (), UNSUPPORTED),
        (dialect.MAV_CMD_PREFLIGHT_CALIBRATION, (0, 0, 1), ACCEPTED),
        (dialect.MAV_CMD_PREFLIGHT_CALIBRATION, (0, 0, 0, 0, 2), ACCEPTED),
        (dialect.MAV_CMD_PREFLIGHT_STORAGE, (1,), FAILED),
        (dialect.MAV_CMD_PREFLIGHT_REBOOT_SHUTDOWN, (2,), UNSUPPORTED),
        (dialect.MAV_CMD_REQUEST_AUTOPILOT_CAPABILITIES, (0,), FAILED),
        (dialect.MAV_CMD_SET_EKF_SOURCE_SET, (4,), DENIED),
        (dialect.MAV_CMD_DO_GRIPPER, (1, 1), FAILED),
        (dialect.MAV_CMD_DO_MOUNT_CONTROL, (0, 0, 0, 0, 0, 0, 2), FAILED),
        (dialect.MAV_CMD_DO_AUX_FUNCTION, (18, 3), DENIED),
        (dialect.MAV_CMD_DO_AUX_FUNCTION, (999, 2), FAILED),
        (dialect.MAV_CMD_DO_SET_SERVO, (1, 1500), FAILED),
        (dialect.MAV_CMD_DO_SET_SERVO, (9, 1500), ACCEPTED),
        (dialect.MAV_CMD_DO_SET_SERVO, (17, 1500), FAILED),
        (dialect.MAV_CMD_DO_SET_RELAY, (0, 1), ACCEPTED),
        (dialect.MAV_CMD_DO_SET_RELAY, (1, 1), FAILED),
        (dialect.MAV_CMD_REQUEST_MESSAGE, (60000,), FAILED),
        (dialect.MAV_CMD_SET_MESSAGE_INTERVAL, (60000, 1e6), DENIED),
        (dialect.MAV_CMD_SET_MESSAGE_INTERVAL, (60000, 0), FAILED),
        (dialect.MAV_CMD_SET_MESSAGE_INTERVAL, (dialect.MAVLINK_MSG_ID_HOME_POSITION, 0), FAILED),
        (dialect.MAV_CMD_GET_MESSAGE_INTERVAL, (60000,), FAILED),
    ],
)
def test_on_the_ground(station: Any, number: int, params: tuple[float, ...], result: int) -> None:
    assert station.command(number, *params) == result
    # No number does harm.
    station.command(number, *[math.nan] * 7)


def test_refusals_say_why(station: Any) -> None:
    station.command(dialect.MAV_CMD_DO_PAUSE_CONTINUE, 1)
    station.command(dialect.MAV_CMD_DO_SET_SERVO, 1, 1500)
    station.command(dialect.MAV_CMD_DO_LAND_START)
    station.command(dialect.MAV_CMD_PREFLIGHT_STORAGE, 2)
    assert station.texts[-4:] == [
        (6, "Failed to resume"),
        (6, "ServoRelayEvent: Channel 1 is already in use"),
        (4, "Unable to start landing sequence"),
        (4, "All parameters reset, reboot board"),
    ]


def test_in_the_air(station: Any) -> None:
    station.take_off(10)
    assert station.command(dialect.MAV_CMD_PREFLIGHT_REBOOT_SHUTDOWN, 1) == FAILED
    assert station.command(dialect.MAV_CMD_PREFLIGHT_CALIBRATION, 1) == FAILED
    assert station.command(dialect.MAV_CMD_RUN_PREARM_CHECKS) == REJECTED
    for kind in range(4):
        assert station.command(dialect.MAV_CMD_DO_CHANGE_SPEED, kind, 2.0) == ACCEPTED
    place = {"x": NORTH_E7, "y": EAST_E7, "z": 15.0}

    def reposition(**changed: Any) -> int:
        return int(station.command_int(dialect.MAV_CMD_DO_REPOSITION, -1, 1, **(place | changed)))

    assert reposition(x=950000000) == DENIED
    assert reposition(x=0, y=0) == DENIED
    assert reposition(z=0.0) == DENIED
    assert reposition(frame=dialect.MAV_FRAME_LOCAL_NED) == DENIED
    assert reposition(frame=dialect.MAV_FRAME_GLOBAL, z=1530.0) == ACCEPTED
    assert reposition(frame=dialect.MAV_FRAME_GLOBAL_TERRAIN_ALT) == ACCEPTED
    assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 17) == ACCEPTED
    assert station.command_int(dialect.MAV_CMD_DO_REPOSITION, -1, 0, **place) == DENIED
    assert station.command_int(22, x=0, y=0, z=20.0, frame=dialect.MAV_FRAME_GLOBAL) == DENIED
    assert station.command(dialect.MAV_CMD_DO_FLIGHTTERMINATION, 1) == ACCEPTED
    assert not station.copter.autopilot.is_armed


def test_clearing_all_and_unknown_kinds_of_items(station: Any) -> None:
    rally = [{"command": dialect.MAV_CMD_NAV_RALLY_POINT, "x": NORTH_E7, "y": EAST_E7, "z": 40.0}]
    assert station.upload(rally, 2) == 0
    answers = station.send(dialect.MAVLink_mission_clear_all_message(1, 1, dialect.MAV_MISSION_TYPE_ALL))
    assert [(m.type, m.mission_type) for m in answers if m.get_type() == "MISSION_ACK"] == [(0, 255)]
    assert station.download(2) == []
    (answer,) = station.send(dialect.MAVLink_mission_request_list_message(1, 1, 9))
    assert (answer.type, answer.mission_type) == (dialect.MAV_MISSION_UNSUPPORTED, 9)


def test_outputs_are_switched_and_repeat(station: Any) -> None:
    outputs = station.copter.autopilot.outputs
    assert station.command(dialect.MAV_CMD_DO_SET_SERVO, 9, 1700) == ACCEPTED
    assert (
        station.command(dialect.MAV_CMD_REQUEST_MESSAGE, dialect.MAVLINK_MSG_ID_SERVO_OUTPUT_RAW) == ACCEPTED
    )
    assert station.messages("SERVO_OUTPUT_RAW")[-1].servo9_raw == 1700
    assert station.command(dialect.MAV_CMD_DO_REPEAT_RELAY, 0, 2, 1.0) == ACCEPTED
    seen = []
    station.run(0.2)
    for _ in range(5):
        station.run(0.5)
        seen.append(outputs.relays[0])
    assert seen == [False, True, False, False, False]


def test_parameters_forgotten_come_up_as_defaults(station: Any) -> None:
    station.parameter("WPNAV_SPEED", 700)
    assert station.command(dialect.MAV_CMD_PREFLIGHT_STORAGE, 2) == ACCEPTED
    station.copter.power_on()
    assert station.copter.parameters["WPNAV_SPEED"] == 1000


def test_modes_that_stations_may_not_choose(station: Any) -> None:
    station.parameter("FLTMODE_GCSBLOCK", 1 << 4)
    assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 4) == FAILED
    parts = station.messages("STATUSTEXT")[-2:]
    assert "".join(m.text for m in parts) == (
        "Mode change to GUIDED failed: GCS entry disabled (FLTMODE_GCSBLOCK)"
    )
    assert [m.chunk_seq for m in parts] == [0, 1]
    assert parts[0].id == parts[1].id != 0
    assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 5) == ACCEPTED


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("ANGLE_MAX", 500, "Arm: Check ANGLE_MAX"),
        ("FS_THR_VALUE", 900, "Arm: Check FS_THR_VALUE"),
    ],
)
def test_arming_with_bad_parameters(station: Any, name: str, value: float, text: str) -> None:
    station.parameter(name, value)
    assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 4) == ACCEPTED
    assert station.command(dialect.MAV_CMD_COMPONENT_ARM_DISARM, 1) == FAILED
    assert station.texts[-1] == (2, text)


def test_arming_with_the_throttle_up(station: Any) -> None:
    override = [65535, 65535, 1600, 65535, 0, 0, 0, 0]
    station.send(dialect.MAVLink_rc_channels_override_message(1, 1, *override))
    assert station.command(dialect.MAV_CMD_COMPONENT_ARM_DISARM, 1) == FAILED
    assert station.texts[-1] == (2, "Arm: Throttle too high")
    assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 4) == ACCEPTED
    assert station.command(dialect.MAV_CMD_COMPONENT_ARM_DISARM, 1) == ACCEPTED
