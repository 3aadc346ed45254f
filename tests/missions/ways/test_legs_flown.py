"""Legs flown by the simulator across wind, against how far off them a copter is reckoned with."""

import math
from dataclasses import replace

import numpy as np
import pytest
import shapely

from geofence.local_frame import LocalFrame
from geofence.verification.finding import FindingCode, Severity
from missions.files.item_values import numbered
from missions.files.plan_files import export_plan
from missions.files.qgc_plan import plan_from_document
from missions.patrol.patrol import plan_patrol
from missions.patrol.request import PatrolRequest
from missions.patterns.pattern import AreaPattern
from missions.plan.check import check_plan
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Plan
from missions.plan.return_check import ReturnDemand
from missions.refusal import MissionError
from missions.vehicle.wind import Wind
from missions.ways.copter_motion import CopterMotion
from missions.ways.leg_wind import leg_drift_m, strongest_held_m_s, wind_within_m_s
from simulator.copter import Copter
from simulator.home import DEFAULT_HOME
from tests.simulator.conftest import Station

CALM_M = 1.3
"""What is cut and overshot at corners without any wind."""

ALT_M = 15.0
TRACK_M = ((0, 0), (0, 160), (60, 160), (60, 0))


def in_wind(wind_m_s):
    return CopterMotion(wind_m_s=wind_m_s)


def off_track_m(fields, speed_m_s, wind_m_s, spread_m_s):
    """Fly north, along the wind, and south; how far it was off, and the strongest gust it met."""
    places = [fields.at(east_m, north_m) for east_m, north_m in TRACK_M]
    items = [
        MissionItem(0, Command.NAV_TAKEOFF, alt_m=ALT_M),
        MissionItem(0, Command.DO_CHANGE_SPEED, Frame.MISSION, params=(1.0, speed_m_s, -1.0, 0.0)),
        *(MissionItem(0, Command.NAV_WAYPOINT, position=place, alt_m=ALT_M) for place in places[1:]),
        MissionItem(0, Command.NAV_LAND),
    ]
    parameters = {
        "SIM_WIND_T": 1,
        "SIM_WIND_SPD": wind_m_s,
        "SIM_WIND_DIR": 90.0,
        "SIM_WIND_TURB": spread_m_s,
    }
    station = Station(Copter(1, DEFAULT_HOME, is_quick_boot=True, parameters=parameters))
    station.run(2)
    station.start_mission(numbered(items))
    frame = LocalFrame(places[0])
    track = shapely.LineString([frame.point_xy_m(place) for place in places])
    autopilot, worst_m, gust_m_s, is_up = station.copter.autopilot, 0.0, 0.0, False
    while not is_up or autopilot.body.up_m > ALT_M - 1.0:
        station.run(0.2)
        is_up |= autopilot.body.up_m > ALT_M - 0.5
        if is_up:
            body = autopilot.body
            lat_e7, lon_e7 = autopilot.frame.to_e7(body.north_m, body.east_m)
            at = shapely.points(frame.xy_m(np.array([lat_e7 * 1e-7]), np.array([lon_e7 * 1e-7]))[0])
            worst_m = max(worst_m, track.distance(at))
            gust_m_s = max(gust_m_s, math.hypot(body.wind_north_m_s, body.wind_east_m_s))
        assert station.now_s < 300.0
    return worst_m, gust_m_s


@pytest.mark.parametrize(
    ("speed_m_s", "wind_m_s", "spread_m_s"),
    [
        (10.0, 4.0, 0.0),
        (10.0, 8.0, 0.0),
        (10.0, 10.0, 0.0),
        (5.0, 9.0, 0.0),
        (10.0, 6.0, 1.0),
        (7.0, 8.0, 0.0),
    ],
)
def test_no_leg_is_left_by_more_than_is_reckoned_with(fields, speed_m_s, wind_m_s, spread_m_s):
    worst_m, gust_m_s = off_track_m(fields, speed_m_s, wind_m_s, spread_m_s)
    assert worst_m <= leg_drift_m(in_wind(gust_m_s), speed_m_s) + CALM_M


def test_drift_grows_with_wind_and_speed():
    assert leg_drift_m(CopterMotion(), 10.0) == leg_drift_m(in_wind(4.0), 10.0) == 0.0
    drifts_m = [leg_drift_m(in_wind(wind / 2.0), 10.0) for wind in range(10, 21)]
    assert drifts_m == sorted(drifts_m)
    assert leg_drift_m(in_wind(9.0), 5.0) < leg_drift_m(in_wind(9.0), 10.0)
    assert math.isinf(leg_drift_m(in_wind(10.1), 3.0))
    strong = replace(in_wind(10.1), air_speed_m_s=12.0)
    assert leg_drift_m(strong, 10.0) == leg_drift_m(in_wind(10.1 * 9.0 / 12.0), 10.0)
    assert strongest_held_m_s(strong) > 13.0
    within_m_s = wind_within_m_s(CopterMotion(), 10.0, 5.0)
    assert leg_drift_m(in_wind(within_m_s), 10.0) <= 5.0 < leg_drift_m(in_wind(within_m_s + 0.1), 10.0)


def along_the_border(fields, inside_m):
    """A plan that keeps so far inside the rectangle's southern border."""
    places = [fields.at(x, inside_m) for x in (50.0, 350.0)]
    items = [
        MissionItem(0, Command.NAV_TAKEOFF, alt_m=30.0),
        *(MissionItem(0, Command.NAV_WAYPOINT, position=place, alt_m=30.0) for place in places),
        MissionItem(0, Command.NAV_RETURN_TO_LAUNCH, Frame.MISSION),
    ]
    return Plan("border", fields.at(50.0, inside_m), numbered(items), margin_m=5.0, speed_m_s=10.0)


def violations(plan, zones, wind_m_s):
    verified = check_plan(plan, zones, motion=in_wind(wind_m_s), returns=ReturnDemand.IGNORE)
    return [finding for finding in verified.findings if finding.severity is Severity.VIOLATION]


def test_a_margin_is_kept_on_top_of_what_wind_does(fields):
    plan, zones = along_the_border(fields, 8.0), fields.zones(fields.zone(fields.RECTANGLE))
    assert violations(plan, zones, None) == violations(plan, zones, 7.0) == []
    windy = violations(plan, zones, 9.0)
    assert {finding.code for finding in windy} == {FindingCode.MARGIN}
    assert "less than the margin of 11.3 m, 6.3 m of it for gusts of 9 m/s" in windy[0].message
    # What the plan says of its wind holds where nobody says another.
    assert violations(replace(plan, max_wind_m_s=9.0), zones, None) == windy
    assert violations(replace(plan, max_wind_m_s=9.0), zones, 7.0) == []
    (stormy,) = violations(plan, zones, 12.0)
    assert (stormy.code, stormy.remedy) == (FindingCode.TRACKING, "Fly in gusts of at most 10 m/s")


def test_a_patrol_is_planned_for_its_gusts(fields):
    zones = fields.zones(fields.zone(fields.RECTANGLE))
    request = PatrolRequest(AreaPattern("field", 25.0), 50.0, fields.at(40, 40), wind=Wind(6.0, 90.0, 2.0))
    (plan,) = plan_patrol(zones, request)
    assert plan.is_legal
    assert plan.max_wind_m_s == 8.0
    least_m = check_plan(plan, zones).min_clearance_m
    assert least_m >= plan.margin_m + leg_drift_m(in_wind(8.0), 10.0)
    read = plan_from_document(export_plan(plan, "plan", zones=zones), source="x", name="x")
    assert read.max_wind_m_s == 8.0
    (calm,) = plan_patrol(zones, replace(request, wind=Wind()))
    assert calm.max_wind_m_s is None
    with pytest.raises(MissionError, match="Fly in gusts of at most"):
        plan_patrol(zones, replace(request, wind=Wind(6.0, 90.0, 20.0)))
