"""Times of flight against those recorded with ArduCopter 4.6.2, within 3 %."""

import math
from pathlib import Path
from typing import Any

import pytest
from pymavlink import mavutil
from pymavlink.dialects.v20 import ardupilotmega as dialect

SHARE = 0.03
REPOSITION = dialect.MAV_CMD_DO_REPOSITION
EAST_E7 = 1037080000

SURVEY = [
    {"command": 16, "frame": 0, "x": 360925000, "y": EAST_E7, "z": 1520.0},
    {"command": 22, "z": 30.0},
    *(
        {"command": 16, "x": x, "y": y, "z": 30.0}
        for x, y in (
            (360926797, 1037075553),
            (360926797, 1037084447),
            (360928144, 1037084447),
            (360928144, 1037075553),
            (360929492, 1037075553),
            (360929492, 1037084447),
            (360930839, 1037084447),
            (360930839, 1037075553),
            (360932186, 1037075553),
            (360932186, 1037084447),
        )
    ),
    {"command": 20},
]
RECORDED_LEGS_S = [18.32, 10.40, 11.28, 4.20, 10.90, 4.20, 10.90, 4.20, 10.90, 4.20, 12.90]
RECORDED_RETURN_S = 58.92
RECORDED_TOTAL_S = 161.34


def fly_survey(station: Any) -> list[float]:
    """Fly the recorded mission; return when each item was reached, counted from arming."""
    assert station.upload(SURVEY) == 0
    assert station.command(dialect.MAV_CMD_SET_MESSAGE_INTERVAL, 32, 100_000) == 0
    station.arm_guided()
    start_s = station.now_s
    assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 3) == 0
    station.run(0.04)
    assert station.command(dialect.MAV_CMD_MISSION_START) == 0
    station.run_until(lambda: not station.copter.autopilot.is_armed, 200)
    return [t - start_s for t, m in station.heard if m.get_type() == "MISSION_ITEM_REACHED"]


def test_survey_takes_as_long_as_recorded(station: Any) -> None:
    reached_s = fly_survey(station)
    legs_s = [end - begin for begin, end in zip([0.0, *reached_s], reached_s, strict=False)]
    assert legs_s[:-1] == pytest.approx(RECORDED_LEGS_S, rel=SHARE)
    assert legs_s[-1] == pytest.approx(RECORDED_RETURN_S, rel=SHARE)
    assert reached_s[-1] == pytest.approx(RECORDED_TOTAL_S, rel=SHARE)
    assert [m.seq for m in station.messages("MISSION_ITEM_REACHED")] == list(range(1, 13))
    texts = [text for _, text in station.texts]
    assert texts.count("Mission: 1 Takeoff") == 1
    assert "Reached command #1" not in texts
    assert texts.index("Reached command #2") + 1 == texts.index("Mission: 3 WP")
    assert texts[-2].startswith("SIM Hit ground at 0.5")
    assert texts[-1] == "Disarming motors"


def test_survey_keeps_to_its_lines(station: Any) -> None:
    fly_survey(station)
    places = [station.copter.autopilot.frame.to_north_east_m(item["x"], item["y"]) for item in SURVEY[2:-1]]
    legs = list(zip([(0.0, 0.0), *places], [*places, (0.0, 0.0)], strict=True))
    track = [(m.x, m.y, m.z) for m in station.messages("LOCAL_POSITION_NED")]
    assert max(min(distance_to_line(x, y, *leg) for leg in legs) for x, y, _ in track) < 1.5
    assert max(-z for _, _, z in track) < 30.3
    # Corners are passed within the acceptance radius of 2 m, all the same.
    for place in places:
        assert min(math.dist(place, (x, y)) for x, y, _ in track) < 2.0


def distance_to_line(x: float, y: float, begin: tuple[float, float], end: tuple[float, float]) -> float:
    along_x, along_y = end[0] - begin[0], end[1] - begin[1]
    share = ((x - begin[0]) * along_x + (y - begin[1]) * along_y) / (along_x**2 + along_y**2)
    share = min(max(share, 0.0), 1.0)
    return math.hypot(x - begin[0] - share * along_x, y - begin[1] - share * along_y)


def test_guided_flights_take_as_long_as_recorded(station: Any) -> None:
    body = station.copter.autopilot.body
    station.arm_guided()
    station.command(dialect.MAV_CMD_NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 30)
    climb_s = station.run_until(lambda: station.copter.autopilot.alt_rel_m > 29, 30)
    assert climb_s == pytest.approx(16.9, rel=SHARE)

    def fly_to(lat_e7: int) -> float:
        assert station.command_int(REPOSITION, -1, 1, x=lat_e7, y=EAST_E7, z=30.0) == 0
        north_m, _ = station.copter.autopilot.frame.to_north_east_m(lat_e7, EAST_E7)
        return station.run_until(
            lambda: abs(body.north_m - north_m) < 1.0 and body.ground_speed_m_s < 0.2, 40
        )

    assert fly_to(360938474) == pytest.approx(20.74, rel=SHARE)
    assert station.command(dialect.MAV_CMD_DO_CHANGE_SPEED, 1, 3, -1) == 0
    assert fly_to(360933983) == pytest.approx(18.75, rel=SHARE)


@pytest.mark.recorded
def test_survey_against_the_recording_itself(station: Any, recordings: Path) -> None:
    log = mavutil.mavlink_connection(str(recordings / "01-auto-survey-rtl.tlog"))
    armed_s = None
    recorded_s = []
    while (message := log.recv_msg()) is not None:
        if message.get_srcSystem() != 1:
            continue
        if message.get_type() == "STATUSTEXT" and message.text == "Arming motors":
            armed_s = message._timestamp
        elif message.get_type() == "MISSION_ITEM_REACHED":
            assert armed_s is not None
            recorded_s.append(message._timestamp - armed_s)
    log.close()
    assert fly_survey(station) == pytest.approx(recorded_s, rel=SHARE)


def test_speed_parameter_acts(station: Any) -> None:
    station.parameter("WPNAV_SPEED", 500)
    station.take_off(10)
    station.command_int(REPOSITION, -1, 1, x=360925000 + 9000, y=EAST_E7, z=10.0)
    fastest = 0.0
    for _ in range(20):
        station.run(1)
        fastest = max(fastest, station.copter.autopilot.body.ground_speed_m_s)
    assert fastest == pytest.approx(5.0, abs=0.2)


def test_a_circle_is_flown_to_at_its_nearest_point(station: Any) -> None:
    circle = {"command": 18, "x": 360925000 + 9000, "y": EAST_E7, "z": 30.0, "params": (1.0, 0.0, 40.0)}
    assert station.upload([SURVEY[0], SURVEY[1], circle, {"command": 20}]) == 0
    station.arm_guided()
    assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 3) == 0
    assert station.command(dialect.MAV_CMD_MISSION_START) == 0
    body = station.copter.autopilot.body
    centre_m = station.copter.autopilot.frame.to_north_east_m(360925000 + 9000, EAST_E7)
    nearest_m = math.inf

    def is_round() -> bool:
        nonlocal nearest_m
        nearest_m = min(nearest_m, math.dist(centre_m, (body.north_m, body.east_m)))
        return any(m.seq == 2 for m in station.messages("MISSION_ITEM_REACHED"))

    station.run_until(is_round, 120)
    assert nearest_m > 36.0
