"""Predicted times against flights of the simulator, within 5 %, in no wind and in 8 m/s."""

import math

import pytest
import shapely

from missions.patrol.patrol import plan_patrol
from missions.patrol.request import PatrolRequest
from missions.patterns.pattern import AreaPattern, PerimeterPattern
from missions.plan.item import Command
from missions.vehicle.prediction import predict_flight
from missions.vehicle.stock_profiles import ARDUCOPTER_SITL
from missions.vehicle.wind import CALM, Wind
from simulator.copter import Copter
from simulator.home import DEFAULT_HOME
from tests.simulator.conftest import Station

SHARE = 0.05
LIMIT_S = 3_000.0


def flown_s(plan, wind):
    """Fly a plan from arming to disarming."""
    parameters = {
        "SIM_WIND_T": 1,
        "SIM_WIND_SPD": wind.speed_m_s,
        "SIM_WIND_DIR": wind.from_deg,
        "SIM_WIND_TURB": 0.0,
    }
    station = Station(Copter(1, DEFAULT_HOME, is_quick_boot=True, parameters=parameters))
    station.run(2)
    armed_s = station.start_mission(plan.items)
    station.run_until(lambda: not station.copter.autopilot.is_armed, LIMIT_S)
    return station.now_s - armed_s


def strokes(to, length_m, spacing_m, count):
    """Lines to and fro."""
    for number in range(count):
        ends = (0.0, length_m) if number % 2 == 0 else (length_m, 0.0)
        yield from (to(x_m, 20.0 + spacing_m * number) for x_m in ends)


def ring(to, radius_m, corners):
    angles = (math.tau * number / corners for number in range(corners + 1))
    return [to(radius_m * math.cos(angle), radius_m * math.sin(angle)) for angle in angles]


@pytest.fixture(scope="module")
def plans(plan_of, to, order_of, fields):
    field = shapely.box(-30, -30, 270, 200).difference(shapely.box(100, 60, 150, 110))
    zones = fields.zones(fields.zone(field))

    def patrol(pattern, speed_m_s):
        request = PatrolRequest(
            pattern, 40.0, fields.at(0.0, 0.0), speed_m_s=speed_m_s, home_alt_amsl_m=1520.0
        )
        return plan_patrol(zones, request)[0]

    return {
        "area patrol": patrol(AreaPattern("field", 40.0), 10.0),
        "perimeter patrol": patrol(PerimeterPattern("field", 40.0), 6.0),
        "long strokes": plan_of(*strokes(to, 300.0, 40.0, 6)),
        "short strokes": plan_of(*strokes(to, 40.0, 15.0, 12), speed_m_s=5.0),
        "shortest strokes": plan_of(*strokes(to, 15.0, 5.0, 16)),
        "ring": plan_of(*ring(to, 100.0, 24), speed_m_s=7.0),
        "stays": plan_of(
            to(60.0, params=(5.0,)),
            to(60.0, 80.0, 45.0, Command.NAV_LOITER_TIME, (12.0,)),
            order_of(Command.NAV_DELAY, 8.0),
            to(0.0, 80.0, 20.0),
        ),
        "circles": plan_of(to(60.0, 60.0, 30.0, Command.NAV_LOITER_TURNS, (3.0, 0.0, 25.0))),
        "large circles": plan_of(
            to(100.0, 50.0, 30.0, Command.NAV_LOITER_TURNS, (2.0, 0.0, -40.0)),
            to(40.0, -80.0, 30.0, Command.NAV_LOITER_TURNS, (1.0, 0.0, 60.0)),
            to(0.0, 40.0),
        ),
        "laps": plan_of(
            to(80.0), to(80.0, 80.0), to(0.0, 80.0), to(0.0, 0.0), order_of(Command.DO_JUMP, 2.0, 2.0)
        ),
        "landing afield": plan_of(to(50.0), to(90.0, 20.0), ends=(to(100.0, 50.0, 0.0, Command.NAV_LAND),)),
        "low return": plan_of(to(100.0, alt_m=8.0), to(100.0, 60.0, 8.0)),
    }


FLIGHTS = [
    *("area patrol", "perimeter patrol", "long strokes", "short strokes", "shortest strokes", "ring"),
    *("stays", "circles", "large circles", "laps", "landing afield", "low return"),
]
CASES = [
    *((name, CALM) for name in FLIGHTS),
    *((name, Wind(8.0, 270.0)) for name in FLIGHTS),
    *((name, Wind(8.0, 200.0)) for name in ("area patrol", "perimeter patrol", "large circles")),
]


@pytest.mark.parametrize(
    ("name", "wind"),
    CASES,
    ids=[f"{name} in {wind.speed_m_s:g} m/s from {wind.from_deg:g}" for name, wind in CASES],
)
def test_a_flight_takes_as_long_as_predicted(plans, name, wind):
    predicted = predict_flight(plans[name], ARDUCOPTER_SITL, wind)
    assert flown_s(plans[name], wind) == pytest.approx(predicted.duration_s, rel=SHARE)
