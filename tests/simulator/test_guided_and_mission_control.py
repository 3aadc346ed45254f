"""Commands in flight; the expectations are ArduCopter's own answers."""

import math
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

HOME_ITEM = {"command": 16, "frame": 0, "x": 360925000, "y": 1037080000, "z": 1520.0}
MISSION = [
    HOME_ITEM,
    {"command": 16, "x": 360933983, "y": 1037086670, "z": 30.0},
    {"command": 16, "x": 360930390, "y": 1037086670, "z": 30.0},
    {"command": 93, "frame": 2, "params": (5.0, -1.0, -1.0, -1.0)},
    {"command": 178, "frame": 2, "params": (1.0, 6.0, -1.0, 0.0)},
    {"command": 19, "params": (5.0, 0.0, 0.0, 0.0), "x": 360926797, "y": 1037086670, "z": 30.0},
    {"command": 177, "frame": 2, "params": (1.0, 2.0, 0.0, 0.0)},
    {"command": 21},
]


def fly_mission(station: Any, items: list[dict[str, Any]], limit_s: float = 400) -> list[str]:
    assert station.upload(items) == 0
    station.arm_guided()
    assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 3) == 0
    assert station.command(dialect.MAV_CMD_MISSION_START) == 0
    station.run_until(lambda: not station.copter.autopilot.is_armed, limit_s)
    return [text for _, text in station.texts]


def test_takeoff_is_refused_disarmed_and_in_the_air(station: Any) -> None:
    assert station.command(dialect.MAV_CMD_NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 10) == dialect.MAV_RESULT_FAILED
    station.take_off(10)
    assert station.command(dialect.MAV_CMD_NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 10) == dialect.MAV_RESULT_FAILED


def test_disarming_in_the_air_needs_force(station: Any) -> None:
    station.take_off(10)
    assert station.command(dialect.MAV_CMD_COMPONENT_ARM_DISARM, 0) == dialect.MAV_RESULT_FAILED
    assert station.copter.autopilot.is_armed
    assert station.command(dialect.MAV_CMD_COMPONENT_ARM_DISARM, 0, 21196) == dialect.MAV_RESULT_ACCEPTED
    station.run(5)
    assert station.copter.autopilot.body.is_on_ground
    assert any("SIM Hit ground at" in text for _, text in station.texts)


def test_heading_commands(station: Any) -> None:
    station.take_off(10)
    body = station.copter.autopilot.body
    assert station.command(dialect.MAV_CMD_CONDITION_YAW, 90, 20, 1, 0) == 0
    station.run(2.5)
    assert 30 < math.degrees(body.yaw_rad) < 55
    station.run(4)
    assert math.degrees(body.yaw_rad) == pytest.approx(90, abs=1)
    assert station.command_int(195, x=360924000, y=1037080000, z=0.0, frame=0) == 0
    station.run(5)
    assert abs(math.degrees(body.yaw_rad)) == pytest.approx(180, abs=2)
    assert station.command(dialect.MAV_CMD_DO_SET_ROI_NONE) == 0


def test_pause_continue_set_current_and_changes_in_flight(station: Any) -> None:
    autopilot = station.copter.autopilot
    station.take_off(30)
    assert station.upload(MISSION) == 0
    station.heard.clear()
    assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 3) == 0
    station.run(4)
    assert station.texts == [(6, "Mission: 1 WP")]
    assert autopilot.body.ground_speed_m_s > 3
    assert station.command(dialect.MAV_CMD_DO_PAUSE_CONTINUE, 0) == 0
    station.run(6)
    assert autopilot.body.ground_speed_m_s < 0.3
    assert autopilot.auto.state == 4
    assert station.command(dialect.MAV_CMD_DO_PAUSE_CONTINUE, 1) == 0
    station.run(4)
    assert autopilot.body.ground_speed_m_s > 3
    station.heard.clear()
    assert station.command(dialect.MAV_CMD_DO_SET_MISSION_CURRENT, 5) == 0
    assert station.texts == [(6, "Mission: 5 LoitTime")]
    assert station.messages("MISSION_CURRENT")[-1].seq == 5
    station.run(1)

    station.heard.clear()
    assert station.upload(MISSION) == 0
    again = [(6, "Mission: 5 LoitTime"), (2, "Auto mission changed, restarted command")]
    assert station.texts == [*(again * 7), (6, "Flight plan received"), *again]

    assert station.send(dialect.MAVLink_mission_clear_all_message(1, 1, 0))[0].type == 1
    assert len(station.download()) == 8
    for mode in (5, 17):
        assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, mode) == 0
        assert station.messages("HEARTBEAT")[-1].custom_mode == mode
    station.run(3)
    assert station.command(dialect.MAV_CMD_NAV_LAND) == 0
    station.run_until(lambda: not autopilot.is_armed, 60)
    assert station.texts[-1] == (6, "Disarming motors")
    station.send(dialect.MAVLink_set_mode_message(1, 1, 4))
    assert station.messages("HEARTBEAT")[-1].custom_mode == 4


def test_loiter_with_the_throttle_down_descends_as_in_sitl(station: Any) -> None:
    station.take_off(30)
    station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 5)
    station.run(4)
    assert station.copter.autopilot.body.velocity_up_m_s == pytest.approx(-2.5, abs=0.2)
    override = [65535, 65535, 1500, 65535, 0, 0, 0, 0]
    station.send(dialect.MAVLink_rc_channels_override_message(1, 1, *override))
    station.run(4)
    assert abs(station.copter.autopilot.body.velocity_up_m_s) < 0.1


def test_common_mission_commands(station: Any) -> None:
    items = [
        HOME_ITEM,
        {"command": 22, "z": 15.0},
        {"command": 178, "frame": 2, "params": (1.0, 4.0, -1.0, 0.0)},
        {"command": 16, "params": (3.0,), "x": 360928000, "y": 1037080000, "z": 15.0},
        {"command": 115, "frame": 2, "params": (270.0, 0.0, 1.0, 0.0)},
        {"command": 93, "frame": 2, "params": (4.0, -1.0, -1.0, -1.0)},
        {"command": 195, "x": 360925000, "y": 1037085558, "z": 0.0},
        {"command": 82, "x": 360928000, "y": 1037083000, "z": 20.0},
        {"command": 18, "params": (1.0, 0.0, 8.0, 0.0), "x": 360928000, "y": 1037083000, "z": 20.0},
        {"command": 177, "frame": 2, "params": (7.0, 1.0)},
        {"command": 19, "params": (2.0,), "x": 360926000, "y": 1037081000, "z": 20.0},
        {"command": 112, "frame": 2, "params": (1.0,)},
        {"command": 21, "x": 360925500, "y": 1037080500},
    ]
    texts = fly_mission(station, items)
    flown = [text for text in texts if text.startswith("Mission:")]
    assert flown == [
        "Mission: 1 Takeoff",
        "Mission: 2 ChangeSpeed",
        "Mission: 3 WP",
        "Mission: 4 CondYaw",
        "Mission: 5 Delay",
        "Mission: 6 SetROI",
        "Mission: 7 SplineWP",
        "Mission: 8 LoitTurns",
        "Mission: 7 SplineWP",
        "Mission: 8 LoitTurns",
        "Mission: 10 LoitTime",
        "Mission: 11 CondDelay",
        "Mission: 12 Land",
    ]
    reached = [m.seq for m in station.messages("MISSION_ITEM_REACHED")]
    # What is done on the way is told as reached too, after the item that is flown has begun.
    assert reached == [1, 2, 3, 4, 5, 6, 7, 8, 7, 8, 10, 11, 12]
    body = station.copter.autopilot.body
    assert (body.north_m, body.east_m) == pytest.approx((5.57, 4.50), abs=0.3)


def test_auto_needs_a_mission_and_a_takeoff(station: Any) -> None:
    station.arm_guided()
    assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 3) == dialect.MAV_RESULT_FAILED
    assert station.texts[-1] == (4, "Mode change to AUTO failed: init failed")
    station.upload(MISSION)
    assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 3) == dialect.MAV_RESULT_FAILED
    assert (2, "Auto: Missing Takeoff Cmd") in station.texts


def test_auto_waits_on_the_ground_for_mission_start(station: Any) -> None:
    station.upload([HOME_ITEM, {"command": 22, "z": 15.0}, {"command": 20}])
    station.arm_guided()
    assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 3) == 0
    station.run(5)
    assert station.copter.autopilot.body.is_on_ground
    assert station.command(dialect.MAV_CMD_MISSION_START) == 0
    station.run(8)
    assert station.copter.autopilot.alt_rel_m > 3


def test_idle_vehicle_disarms_after_ten_seconds(station: Any) -> None:
    station.arm_guided()
    took_s = station.run_until(lambda: not station.copter.autopilot.is_armed, 20)
    assert took_s == pytest.approx(10.0, abs=0.1)
    station.parameter("DISARM_DELAY", 0)
    station.arm_guided()
    station.run(30)
    assert station.copter.autopilot.is_armed


def test_mission_ends_in_the_air_without_landing(station: Any) -> None:
    station.upload(
        [HOME_ITEM, {"command": 22, "z": 15.0}, {"command": 16, "x": 360926000, "y": 1037080000, "z": 15}]
    )
    station.arm_guided()
    station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 3)
    station.command(dialect.MAV_CMD_MISSION_START)
    station.run(60)
    autopilot = station.copter.autopilot
    assert autopilot.auto.state == 5
    assert autopilot.alt_rel_m == pytest.approx(15, abs=0.3)
    assert autopilot.body.ground_speed_m_s < 0.1


def test_velocity_target_runs_out(station: Any) -> None:
    station.take_off(20)
    station.send(
        dialect.MAVLink_set_position_target_local_ned_message(
            0, 1, 1, 1, 0b110111000111, 0, 0, 0, 3.0, -1.0, -0.5, 0, 0, 0, 0, 0
        )
    )
    station.run(2.9)
    body = station.copter.autopilot.body
    assert (body.velocity_north_m_s, body.velocity_east_m_s) == pytest.approx((3.0, -1.0), abs=0.3)
    station.run(5)
    assert body.ground_speed_m_s < 0.1


def test_local_target(station: Any) -> None:
    station.take_off(20)
    station.send(
        dialect.MAVLink_set_position_target_local_ned_message(
            0, 1, 1, 1, 0b110111111000, 12.0, -7.0, -25.0, 0, 0, 0, 0, 0, 0, 0, 0
        )
    )
    station.run(20)
    body = station.copter.autopilot.body
    assert (body.north_m, body.east_m, body.up_m) == pytest.approx((12, -7, 25), abs=0.2)


@pytest.mark.parametrize("mode", [0, 2, 3, 4, 5, 6, 9, 17, 21])
def test_every_mode_can_be_entered_in_flight_and_survived(station: Any, mode: int) -> None:
    station.take_off(10)
    station.upload([HOME_ITEM, {"command": 16, "x": 360926000, "y": 1037080000, "z": 12.0}, {"command": 20}])
    assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, mode) == 0
    station.run(10)
    assert station.command(dialect.MAV_CMD_NAV_RETURN_TO_LAUNCH) == 0
    station.run_until(lambda: not station.copter.autopilot.is_armed, 200)
    assert math.hypot(station.copter.autopilot.body.north_m, station.copter.autopilot.body.east_m) < 12.5


def test_set_home_and_return_to_it(station: Any) -> None:
    station.take_off(20)
    home = {"x": 360926000, "y": 1037081000, "z": 1520.0, "frame": 0}
    assert station.command_int(dialect.MAV_CMD_DO_SET_HOME, 0, **home) == 0
    assert station.messages("HOME_POSITION")[-1].latitude == 360926000
    assert station.command(dialect.MAV_CMD_NAV_RETURN_TO_LAUNCH) == 0
    station.run_until(lambda: not station.copter.autopilot.is_armed, 100)
    body = station.copter.autopilot.body
    assert (body.north_m, body.east_m) == pytest.approx((11.13, 9.0), abs=0.3)
    # Arming moves no home that was set.
    station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 4)
    assert station.command(dialect.MAV_CMD_COMPONENT_ARM_DISARM, 1) == 0
    station.run(3)
    assert station.messages("HOME_POSITION")[-1].latitude == 360926000


def test_an_attitude_is_flown_until_nothing_more_is_heard(station: Any) -> None:
    station.take_off(20)
    body = station.copter.autopilot.body

    def lean(pitch_deg: float, thrust: float, mask: int = 0b111) -> None:
        half = math.radians(pitch_deg) / 2
        quaternion = [math.cos(half), 0.0, math.sin(half), 0.0]
        station.send(
            dialect.MAVLink_set_attitude_target_message(0, 1, 1, mask, quaternion, 0.0, 0.0, 0.0, thrust)
        )
        station.run(0.1)

    for _ in range(20):
        lean(-10.0, 0.5)
    assert 1.5 < body.velocity_north_m_s < 4.0
    assert abs(body.velocity_up_m_s) < 0.1
    for _ in range(30):
        lean(0.0, 1.0)
    assert body.velocity_up_m_s == pytest.approx(2.5, abs=0.2)
    station.run(8)
    assert abs(body.velocity_north_m_s) < 0.1
    assert abs(body.velocity_up_m_s) < 0.1
    lean(-10.0, 0.5)
    lean(-10.0, 0.5, 0b111 | dialect.ATTITUDE_TARGET_TYPEMASK_THROTTLE_IGNORE)
    station.run(3)
    assert abs(body.velocity_north_m_s) < 0.1
