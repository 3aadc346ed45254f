"""Modes and mission items beyond the recorded ones."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

HOME = {"command": 16, "frame": 0, "x": 360925000, "y": 1037080000, "z": 1520.0}
TAKEOFF = {"command": 22, "z": 15.0}
RTL = {"command": 20}
STICKS_CENTRED = [1500, 1500, 1500, 1500, 0, 0, 0, 0]


def place(north_m: float, east_m: float) -> dict[str, int]:
    return {
        "x": 360925000 + round(north_m * 89.83),
        "y": 1037080000 + round(east_m * 111.2),
    }


def begin(station: Any, *items: dict[str, Any]) -> None:
    assert station.upload([HOME, *items]) == 0
    station.arm_guided()
    assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 3) == 0
    station.run(0.02)
    assert station.command(dialect.MAV_CMD_MISSION_START) == 0


def reached(station: Any) -> list[int]:
    return [m.seq for m in station.messages("MISSION_ITEM_REACHED")]


def centre_sticks(station: Any) -> None:
    station.send(dialect.MAVLink_rc_channels_override_message(1, 1, *STICKS_CENTRED))


def test_circle_goes_round_the_place_ahead_and_faces_it(station: Any) -> None:
    station.take_off(15)
    centre_sticks(station)
    assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 7) == 0
    assert station.messages("HEARTBEAT")[-1].custom_mode == 7
    body = station.copter.autopilot.body
    station.run(4)
    angles = []
    for _ in range(16):
        station.run(1)
        assert math.hypot(body.north_m - 10.0, body.east_m) == pytest.approx(10.0, abs=1.5)
        angles.append(math.atan2(body.east_m, body.north_m - 10.0))
        towards = math.atan2(-body.east_m, 10.0 - body.north_m)
        assert abs(math.remainder(towards - body.yaw_rad, math.tau)) < 0.4
    turned = np.sum(np.mod(np.diff(angles), math.tau))
    assert math.degrees(turned) / 15.0 == pytest.approx(20.0, abs=1.0)
    assert body.up_m == pytest.approx(15.0, abs=1.0)


def test_poshold_leans_and_holds(station: Any) -> None:
    station.take_off(10)
    centre_sticks(station)
    assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 16) == 0
    body = station.copter.autopilot.body
    station.send(dialect.MAVLink_rc_channels_override_message(1, 1, 1500, 1300, 1500, 1500, 0, 0, 0, 0))
    station.run(2)
    assert body.velocity_north_m_s > 2.0
    centre_sticks(station)
    station.run(6)
    assert body.ground_speed_m_s < 0.1


@pytest.mark.parametrize(
    ("mode", "param3", "result"), [(5, 0.0, 0), (16, 0.0, 0), (2, 0.0, 4), (2, 1.0, 0), (0, 1.0, 4)]
)
def test_takeoff_by_command_in_modes_of_the_pilot(
    station: Any, mode: int, param3: float, result: int
) -> None:
    assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, mode) == 0
    assert station.command(dialect.MAV_CMD_COMPONENT_ARM_DISARM, 1) == 0
    assert station.command(dialect.MAV_CMD_NAV_TAKEOFF, 0, 0, param3, 0, 0, 0, 6) == result
    station.run(8)
    assert (station.copter.autopilot.alt_rel_m > 3.0) == (result == 0)


def test_splines_are_flown_as_curves_without_stops(station: Any) -> None:
    spline = {"command": 82, "z": 15.0}
    begin(
        station,
        TAKEOFF,
        {"command": 16, "z": 15.0, **place(40, 0)},
        spline | place(80, 40),
        spline | place(40, 80),
        {"command": 16, "z": 15.0, **place(0, 80)},
        RTL,
    )
    body = station.copter.autopilot.body
    station.run_until(lambda: 2 in reached(station), 60)
    track, speeds = [], []
    while 4 not in reached(station):
        station.run(0.1)
        track.append((body.north_m, body.east_m))
        speeds.append(body.ground_speed_m_s)
    assert min(speeds[10:]) > 2.0
    headings = np.unwrap([math.atan2(b[1] - a[1], b[0] - a[0]) for a, b in itertools.pairwise(track)])
    assert np.max(np.abs(np.diff(headings))) < 0.25
    # A spline swings out beyond the straight lines between its points.
    assert max(north for north, _ in track) > 80.5
    station.run_until(lambda: 5 in reached(station), 60)
    assert "Reached command #3" in [text for _, text in station.texts]


def test_a_mission_lets_a_ground_station_fly_within_limits(station: Any) -> None:
    begin(
        station,
        TAKEOFF,
        {"command": 222, "frame": 2, "params": (30.0, 0.0, 0.0, 25.0)},
        {"command": 92, "frame": 2, "params": (1.0,)},
        RTL,
    )
    autopilot = station.copter.autopilot
    station.run_until(lambda: autopilot.is_guided, 60)
    assert reached(station) == [1]
    target = dialect.MAVLink_set_position_target_local_ned_message(
        0, 1, 1, dialect.MAV_FRAME_LOCAL_NED, 0xDF8, 60.0, 0.0, -15.0, 0, 0, 0, 0, 0, 0, 0, 0
    )
    station.send(target)
    station.run_until(lambda: not autopilot.is_guided, 30)
    assert autopilot.body.north_m == pytest.approx(26.0, abs=2.0)
    assert reached(station) == [1, 2, 3]
    assert station.texts[-1] == (6, "Mission: 4 RTL")


def test_a_load_is_placed_and_the_vehicle_comes_up_again(station: Any) -> None:
    begin(station, TAKEOFF, {"command": 94, "z": 15.0, "params": (0.0,), **place(20, 0)}, RTL)
    autopilot = station.copter.autopilot
    station.run_until(lambda: (6, "PayloadPlace: landed") in station.texts, 90)
    assert autopilot.is_armed
    assert autopilot.body.is_on_ground
    station.run_until(lambda: 2 in reached(station), 60)
    assert autopilot.alt_rel_m == pytest.approx(15.0, abs=1.0)


def test_a_load_is_taken_back_where_the_ground_is_too_deep(station: Any) -> None:
    begin(station, TAKEOFF, {"command": 94, "z": 15.0, "params": (5.0,), **place(20, 0)}, RTL)
    station.run_until(lambda: 2 in reached(station), 90)
    assert (4, "PayloadPlace: Reached maximum descent") in station.texts


def test_landing_sequence_is_jumped_to_and_shown(station: Any) -> None:
    begin(
        station,
        TAKEOFF,
        {"command": 16, "z": 15.0, **place(300, 0)},
        {"command": 189, **place(0, 0)},
        {"command": 21, **place(10, 0)},
    )
    station.run_until(lambda: reached(station) == [1], 60)
    station.run(2)
    assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 27) == 0
    assert station.messages("HEARTBEAT")[-1].custom_mode == 27
    assert station.texts[-1] == (6, "Landing sequence start")
    station.run_until(lambda: not station.copter.autopilot.is_armed, 90)
    assert reached(station) == [1, 3, 4]


def test_delays_in_seconds_and_until_a_time_of_day(station: Any) -> None:
    now_s = station.copter.autopilot.epoch_unix_s + station.now_s
    at = int(now_s + 30) % 86400
    begin(
        station,
        TAKEOFF,
        {"command": 93, "frame": 2, "params": (2.0, -1, -1, -1)},
        {"command": 93, "frame": 2, "params": (-1.0, at // 3600, at // 60 % 60, at % 60)},
        RTL,
    )
    station.run_until(lambda: 3 in reached(station), 60)
    assert (station.copter.autopilot.epoch_unix_s + station.now_s) % 86400 == pytest.approx(at, abs=1.1)
    assert (6, "Delaying 2 sec") in station.texts


def test_what_copters_do_not_fly_is_passed_over(station: Any) -> None:
    begin(
        station,
        TAKEOFF,
        {"command": 83, "frame": 2, "params": (20.0,)},
        {"command": 194, "frame": 2},
        {"command": 16, "z": 15.0, **place(20, 0)},
        {"command": 31, "z": 18.0, **place(20, 0)},
        RTL,
    )
    station.run_until(lambda: 4 in reached(station), 60)
    station.run_until(lambda: (6, "Mission: 6 RTL") in station.texts, 60)
    texts = [text for _, text in station.texts]
    assert "Mission: 2 AltitudeWait" in texts
    assert "Skipping invalid cmd #194" in texts
    # LOITER_TO_ALT is not told as reached, as on the real vehicle.
    assert reached(station) == [1, 3, 4]
    assert station.copter.autopilot.alt_rel_m == pytest.approx(18.0, abs=0.5)


def test_pictures_by_distance_in_a_mission(make_station: Any) -> None:
    station = make_station(parameters={"CAM1_TYPE": 1})
    begin(
        station,
        TAKEOFF,
        {"command": 206, "frame": 2, "params": (10.0, 0.0, 1.0, 0.0)},
        {"command": 16, "z": 15.0, **place(55, 0)},
        {"command": 206, "frame": 2, "params": (0.0,)},
        RTL,
    )
    station.run_until(lambda: (6, "Mission: 5 RTL") in station.texts, 60)
    station.run(5)
    norths = [(m.lat - 360925000) / 89.83 for m in station.messages("CAMERA_FEEDBACK")]
    assert norths == pytest.approx([0, 10, 20, 30, 40, 50], abs=1.5)


def test_terrain_altitudes_follow_the_ground(station: Any) -> None:
    autopilot = station.copter.autopilot
    autopilot.ground = lambda lat_deg, _: 1520.0 + max(lat_deg - 36.0925, 0.0) * 111_000.0 * 0.2
    begin(station, TAKEOFF, {"command": 16, "frame": 10, "z": 20.0, **place(50, 0)}, RTL)
    station.run_until(lambda: 2 in reached(station), 60)
    assert autopilot.alt_rel_m == pytest.approx(30.0, abs=1.0)


def test_jumps_to_tags_repeat_what_follows_the_tag(station: Any) -> None:
    waypoint = {"command": 16, "z": 15.0}
    begin(
        station,
        TAKEOFF,
        {"command": 600, "params": (7.0, 0.0, 0.0, 0.0)},
        waypoint | place(10, 0),
        waypoint | place(0, 0),
        {"command": 601, "params": (7.0, 1.0, 0.0, 0.0)},
        RTL,
    )
    tag, jump = station.download()[2], station.download()[5]
    assert (tag.command, tag.param1) == (600, 7.0)
    assert (jump.command, jump.param1, jump.param2) == (601, 7.0, 1.0)
    station.run_until(lambda: reached(station).count(4) == 2, 90)
    assert [seq for seq in reached(station) if seq in (3, 4)] == [3, 4, 3, 4]
    assert not any("invalid" in text for _, text in station.texts)


def test_a_mission_takes_off_even_where_its_altitude_lies_below_the_ground(station: Any) -> None:
    begin(station, {"command": 22, "frame": 0, "z": 10.0}, {"command": 16, "z": 5.0, **place(10, 0)})
    station.run_until(lambda: 2 in reached(station), 60)
    assert station.copter.autopilot.alt_rel_m == pytest.approx(5.0, abs=0.5)
    climbed = [m for m in station.messages("MISSION_ITEM_REACHED") if m.seq == 1]
    assert len(climbed) <= 1


@pytest.mark.parametrize("mode", [2, 5, 16])
def test_a_landing_with_the_sticks_is_noticed(station: Any, mode: int) -> None:
    station.take_off(3)
    autopilot = station.copter.autopilot
    assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, mode) == 0
    station.run_until(lambda: autopilot.body.is_on_ground, 20)
    assert station.run_until(lambda: autopilot.is_landed, 5) == pytest.approx(1.6, abs=0.2)
    assert station.run_until(lambda: not autopilot.is_armed, 20) == pytest.approx(10.0, abs=0.2)


def test_a_vehicle_that_landed_with_the_sticks_may_be_disarmed(station: Any) -> None:
    station.take_off(3)
    station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 5)
    station.run_until(lambda: station.copter.autopilot.is_landed, 20)
    assert station.command(dialect.MAV_CMD_COMPONENT_ARM_DISARM, 0) == 0
