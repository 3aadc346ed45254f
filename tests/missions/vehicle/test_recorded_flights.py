"""Predicted times against those recorded with ArduCopter 4.6.2, within 5 %."""

from dataclasses import replace
from pathlib import Path

import pytest
from pymavlink import mavutil

from geofence.latlon import LatLon
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Plan
from missions.vehicle.prediction import predict_flight
from missions.vehicle.reposition import reposition_s
from missions.vehicle.stock_profiles import ARDUCOPTER_SITL
from missions.vehicle.wind import Wind

SHARE = 0.05
HOME = LatLon(36.0925, 103.7080)
SURVEY = [
    (36.0926797, 103.7075553),
    (36.0926797, 103.7084447),
    (36.0928144, 103.7084447),
    (36.0928144, 103.7075553),
    (36.0929492, 103.7075553),
    (36.0929492, 103.7084447),
    (36.0930839, 103.7084447),
    (36.0930839, 103.7075553),
    (36.0932186, 103.7075553),
    (36.0932186, 103.7084447),
]
RECORDED_LEGS_S = [18.32, 10.40, 11.28, 4.20, 10.90, 4.20, 10.90, 4.20, 10.90, 4.20, 12.90, 58.92]


@pytest.fixture(scope="module")
def survey():
    items = (
        MissionItem(0, Command.NAV_TAKEOFF, alt_m=30.0),
        *(MissionItem(0, Command.NAV_WAYPOINT, position=LatLon(*place), alt_m=30.0) for place in SURVEY),
        MissionItem(0, Command.NAV_RETURN_TO_LAUNCH, Frame.MISSION),
    )
    numbered = tuple(replace(item, seq=seq) for seq, item in enumerate(items, start=1))
    plan = Plan("survey", HOME, numbered, home_alt_amsl_m=1520.0)
    return predict_flight(plan, ARDUCOPTER_SITL)


def reached_s(prediction):
    """When each item is reached."""
    return [
        max(leg.end_s for leg in prediction.legs if leg.item_seq == seq)
        for seq in dict.fromkeys(leg.item_seq for leg in prediction.legs)
    ]


def test_every_item_of_the_survey_takes_as_long_as_recorded(survey):
    ends_s = reached_s(survey)
    legs_s = [end - begin for begin, end in zip([0.0, *ends_s], ends_s, strict=False)]
    assert legs_s == pytest.approx(RECORDED_LEGS_S, rel=SHARE)
    assert survey.duration_s == pytest.approx(sum(RECORDED_LEGS_S), rel=0.02)


@pytest.mark.recorded
def test_the_survey_against_the_recording_itself(survey):
    folder = Path(__file__).parents[4] / "shared" / "ardupilot"
    if not folder.is_dir():
        pytest.skip(f"no recordings of a real ArduCopter at {folder}")
    log = mavutil.mavlink_connection(str(folder / "01-auto-survey-rtl.tlog"))
    armed_s = None
    recorded_s = []
    while (message := log.recv_msg()) is not None:
        if message.get_srcSystem() != 1:
            continue
        if message.get_type() == "STATUSTEXT" and message.text == "Arming motors":
            armed_s = message._timestamp
        elif message.get_type() == "MISSION_ITEM_REACHED":
            recorded_s.append(message._timestamp - armed_s)
    log.close()
    assert reached_s(survey) == pytest.approx(recorded_s, rel=SHARE)


def test_a_climb_to_29_m_takes_as_long_as_recorded(survey):
    take_off = survey.legs[0]
    # It counts as ended at 30 m; the last metre takes 1.4 s.
    assert take_off.duration_s - 1.4 == pytest.approx(16.9, rel=SHARE)


def test_the_return_takes_as_long_as_recorded(survey):
    on_ground_s = 2.1
    home_s = sum(leg.duration_s for leg in survey.legs if leg.item_seq == 12) - on_ground_s
    assert home_s == pytest.approx(57.0, rel=SHARE)


def test_repositions_take_as_long_as_recorded():
    assert reposition_s(ARDUCOPTER_SITL, (0.0, 150.0, 0.0)) == pytest.approx(20.74, rel=SHARE)
    assert reposition_s(ARDUCOPTER_SITL, (0.0, -50.0, 0.0), speed_m_s=3.0) == pytest.approx(18.75, rel=SHARE)


def test_repositions_in_wind_take_as_long_as_recorded():
    """Four legs of 80 m at 20 m, west wind of 9 m/s at 60 m, which SITL weakens as the root of the height.

    They were ended 2 m from the place, so that all but the first began at 2 m/s across.
    """
    wind = Wind(9.0, 270.0, measured_at_m=60.0, shear=0.5)
    legs = [(0.0, 80.0, 0.0), (80.0, 0.0, 0.0), (0.0, -80.0, 0.0), (-80.0, 0.0, 0.0)]
    predicted_s = [
        reposition_s(ARDUCOPTER_SITL, leg, wind, alt_rel_m=20.0, home_alt_amsl_m=1520.0, within_m=2.0)
        for leg in legs
    ]
    recorded_s = [11.99, 12.25, 12.00, 16.91]
    assert predicted_s[0] == pytest.approx(recorded_s[0], rel=SHARE)
    assert predicted_s[3] == pytest.approx(recorded_s[3], rel=SHARE)
    assert sum(predicted_s) == pytest.approx(sum(recorded_s), rel=SHARE)
