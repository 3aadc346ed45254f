"""SmartRTL, rally points and failsafe reactions; times and courses are ArduCopter's own where it was recorded."""

import math
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

RALLY = dialect.MAV_MISSION_TYPE_RALLY
REPOSITION = dialect.MAV_CMD_DO_REPOSITION
LAT_E7, LON_E7 = 360925000, 1037080000
E7_PER_M = 1 / 0.011131884502145034
EAST_SCALE = math.cos(math.radians(36.0925))
BEAT = dialect.MAVLink_heartbeat_message(6, 8, 0, 0, 4, 3)
RTL, LAND, BRAKE, SMART_RTL = 6, 9, 17, 21


def at(north_m: float, east_m: float) -> dict[str, int]:
    return {
        "x": LAT_E7 + round(north_m * E7_PER_M),
        "y": LON_E7 + round(east_m * E7_PER_M / EAST_SCALE),
    }


def go(station: Any, north_m: float, east_m: float, up_m: float = 20.0) -> None:
    assert station.command_int(REPOSITION, -1, 1, **at(north_m, east_m), z=up_m) == 0
    body = station.copter.autopilot.body
    station.run_until(lambda: math.dist((body.north_m, body.east_m), (north_m, east_m)) < 1.0, 120)


def set_mode(station: Any, number: int) -> int:
    result: int = station.command(dialect.MAV_CMD_DO_SET_MODE, 1, number)
    return result


def mode(station: Any) -> int:
    return int(station.copter.autopilot.mode.number)


def course(station: Any, limit_s: float = 300.0) -> list[tuple[float, float, float]]:
    """Run to the landing; gives every place."""
    autopilot, body = station.copter.autopilot, station.copter.autopilot.body
    places = []

    def is_down() -> bool:
        places.append((body.north_m, body.east_m, body.up_m))
        return not autopilot.is_armed

    station.run_until(is_down, limit_s)
    return places


def test_smart_rtl_flies_the_recorded_square_back(station: Any) -> None:
    station.parameter("SIM_WIND_SPD", 9)
    station.parameter("SIM_WIND_DIR", 270)
    station.take_off(20)
    for north_m, east_m in ((80, 0), (80, 80), (0, 80), (0, 0)):
        go(station, north_m, east_m)
    station.run(2)
    assert set_mode(station, SMART_RTL) == 0
    places = course(station)
    # Recorded: 86.6 s from the order to disarming, in 9 m/s of wind.
    assert len(places) * 0.02 == pytest.approx(86.6, rel=0.15)
    corners = [
        min(range(len(places)), key=lambda n, c=corner: math.dist(places[n][:2], c))
        for corner in ((0, 80), (80, 80), (80, 0))
    ]
    assert corners == sorted(corners)
    assert all(
        math.dist(places[n][:2], c) < 3 for n, c in zip(corners, ((0, 80), (80, 80), (80, 0)), strict=True)
    )
    assert math.hypot(*places[-1][:2]) < 1


def test_smart_rtl_is_refused_without_a_path(make_station: Any) -> None:
    station = make_station(parameters={"SRTL_POINTS": 0})
    station.take_off(10)
    assert set_mode(station, SMART_RTL) == dialect.MAV_RESULT_FAILED
    assert station.texts[-1] == (4, "Mode change to SMARTRTL failed: init failed")


def test_a_path_too_long_is_given_up(make_station: Any) -> None:
    station = make_station(parameters={"SRTL_POINTS": 12})
    station.take_off(20)
    for turn in range(30):
        go(station, 15.0 * turn, 30.0 * (turn % 2))
        if any("buffer full" in text for _, text in station.texts):
            break
    assert (4, "SmartRTL deactivated: buffer full") in station.texts
    assert set_mode(station, SMART_RTL) == dialect.MAV_RESULT_FAILED


def test_a_long_path_is_kept_small(station: Any) -> None:
    station.take_off(20)
    for turn in range(8):
        go(station, 100.0 * (turn % 2), 20.0 * turn)
    path = station.copter.autopilot.path
    path.clean()
    assert path.is_known
    assert len(path) < 40


@pytest.mark.parametrize(
    ("limit_km", "includes_home", "north_m", "target"),
    [
        (0.3, 1, 100.0, (150, 20)),
        (0.3, 1, 50.0, (0, 0)),
        (0.3, 0, 50.0, (150, 20)),
        (0.05, 0, 60.0, (0, 0)),
        (0.0, 1, 100.0, (150, 20)),
    ],
)
def test_rtl_goes_to_the_closest(
    station: Any, limit_km: float, includes_home: int, north_m: float, target: tuple[float, float]
) -> None:
    points = [
        {"command": dialect.MAV_CMD_NAV_RALLY_POINT, **at(150, 20), "z": 25.0},
        {"command": dialect.MAV_CMD_NAV_RALLY_POINT, **at(400, 0), "z": 25.0},
    ]
    assert station.upload(points, RALLY) == 0
    assert station.copter.parameters["RALLY_TOTAL"] == 2
    station.parameter("RALLY_LIMIT_KM", limit_km)
    station.parameter("RALLY_INCL_HOME", includes_home)
    station.take_off(20)
    go(station, north_m, 0.0)
    set_mode(station, RTL)
    places = course(station)
    assert math.dist(places[-1][:2], target) < 1
    # The rally point's own altitude is climbed to.
    assert max(place[2] for place in places) == pytest.approx(25.0 if target[0] else 20.0, abs=0.5)


@pytest.mark.parametrize(("alt_m", "target"), [(10.0, (0, 0)), (25.0, (150, 20))])
def test_rally_points_below_the_floor_are_passed_over(
    station: Any, alt_m: float, target: tuple[float, float]
) -> None:
    point = {"command": dialect.MAV_CMD_NAV_RALLY_POINT, **at(150, 20), "z": alt_m}
    assert station.upload([point], RALLY) == 0
    for name, value in (("FENCE_TYPE", 8), ("FENCE_ALT_MIN", 15), ("FENCE_ENABLE", 1)):
        station.parameter(name, value)
    station.take_off(30)
    go(station, 140.0, 0.0, 30.0)
    set_mode(station, RTL)
    assert math.dist(course(station)[-1][:2], target) < 1


@pytest.mark.parametrize(
    ("action", "points", "expected"),
    [
        (1, 300, RTL),
        (3, 300, SMART_RTL),
        (3, 0, RTL),
        (4, 300, SMART_RTL),
        (4, 0, LAND),
        (5, 300, LAND),
        (7, 300, BRAKE),
    ],
)
def test_a_silent_station_is_answered_as_set(
    make_station: Any, action: int, points: int, expected: int
) -> None:
    station = make_station(parameters={"SRTL_POINTS": points, "FS_GCS_ENABLE": action})
    station.take_off(20)
    station.send(BEAT)
    station.run(6)
    assert mode(station) == expected


def test_failsafe_options_let_auto_and_landings_go_on(make_station: Any) -> None:
    station = make_station(parameters={"FS_GCS_ENABLE": 1, "FS_OPTIONS": 8})
    station.take_off(20)
    station.send(BEAT)
    set_mode(station, LAND)
    station.run(6)
    assert mode(station) == LAND
    station = make_station(parameters={"FS_GCS_ENABLE": 5, "FS_OPTIONS": 2})
    items = [
        {"command": 16, **at(0, 0)},
        {"command": 22, "z": 20.0},
        {"command": 16, **at(300, 0), "z": 20.0},
    ]
    assert station.upload(items) == 0
    station.arm_guided()
    set_mode(station, 3)
    assert station.command(dialect.MAV_CMD_MISSION_START) == 0
    station.send(BEAT)
    station.run(12)
    assert mode(station) == 3


@pytest.mark.parametrize(("action", "expected"), [(1, LAND), (2, RTL), (4, SMART_RTL), (7, BRAKE)])
def test_a_critical_battery_overrides_a_low_one(make_station: Any, action: int, expected: int) -> None:
    station = make_station(
        parameters={"BATT_LOW_VOLT": 11.5, "BATT_CRT_VOLT": 11.0, "BATT_FS_CRT_ACT": action}
    )
    station.take_off(20)
    station.parameter("SIM_BATT_VOLTAGE", 10.8)
    station.run(12)
    assert mode(station) == expected
