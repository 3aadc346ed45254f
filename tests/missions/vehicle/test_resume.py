"""What is left of a plan that was broken off."""

import itertools

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.patrol.patrol import plan_patrol
from missions.patrol.request import PatrolRequest
from missions.patterns.pattern import AreaPattern
from missions.plan.check import check_plan
from missions.plan.item import Command
from missions.plan.plan import RouteKind
from missions.plan.return_check import ReturnDemand
from missions.refusal import MissionError
from missions.transit import Transit
from missions.vehicle.prediction import predict_flight
from missions.vehicle.resume import BreakOff, resume_plan
from missions.vehicle.stock_profiles import QUAD_30

PAD = (0.0, 0.0)
FIELD = shapely.box(-30, -30, 270, 200).difference(shapely.box(100, 20, 150, 110))


def straight(start, end):
    return [start, end]


def shown(plan):
    return [(item.command, item.position, item.params[0]) for item in plan.items]


@pytest.fixture(scope="module")
def patrol(fields):
    zones = fields.zones(fields.zone(FIELD))
    request = PatrolRequest(AreaPattern("field", 40.0), 40.0, fields.at(*PAD), speed_m_s=8.0)
    return zones, plan_patrol(zones, request)[0]


def test_the_rest_begins_on_the_leg_where_it_was_broken_off(plan_of, to, fields, order_of):
    trigger, stop = order_of(206, 20.0), order_of(206, 0.0)
    look = to(500.0, 500.0, 0.0, Command.DO_SET_ROI_LOCATION)
    plan = plan_of(
        to(100.0), trigger, look, to(100.0, 200.0, 50.0), stop, to(0.0, 200.0, 50.0), speed_m_s=6.0
    )
    rest = resume_plan(plan, BreakOff(6, fields.at(103.0, 100.0)), straight, fields.FRAME)
    commands = [item.command for item in rest.items]
    assert commands == [
        Command.NAV_TAKEOFF,
        Command.DO_CHANGE_SPEED,
        Command.NAV_WAYPOINT,
        206,
        Command.DO_SET_ROI_LOCATION,
        *(item.command for item in plan.items[5:]),
    ]
    assert [item.seq for item in rest.items] == list(range(1, len(rest.items) + 1))
    begin = rest.items[2]
    assert fields.FRAME.point_xy_m(begin.position) == pytest.approx((100.0, 100.0), abs=0.02)
    assert begin.alt_m == pytest.approx(40.0, abs=0.01)  # half-way up
    assert rest.items[0].alt_m == begin.alt_m
    assert shown(rest)[5:] == shown(plan)[5:]


def test_without_a_position_the_leg_is_flown_anew(plan_of, to, fields):
    plan = plan_of(to(100.0), to(100.0, 200.0), to(0.0, 200.0))
    rest = resume_plan(plan, BreakOff(3), straight, fields.FRAME)
    assert shown(rest)[1:] == shown(plan)[1:]
    assert predict_flight(rest, QUAD_30).duration_s == pytest.approx(predict_flight(plan, QUAD_30).duration_s)


def test_nothing_flown_leaves_everything_and_everything_flown_nothing(plan_of, to, fields):
    plan = plan_of(to(100.0), to(100.0, 200.0))
    assert resume_plan(plan, BreakOff(1), straight, fields.FRAME) is plan
    assert resume_plan(plan, BreakOff(2), straight, fields.FRAME) is plan
    with pytest.raises(MissionError, match="only the way home"):
        resume_plan(plan, BreakOff(4), straight, fields.FRAME)


def test_a_lap_in_its_middle_is_resumed_in_that_lap(plan_of, to, fields, order_of):
    plan = plan_of(to(80.0), to(80.0, 80.0), to(0.0, 80.0), order_of(Command.DO_JUMP, 2.0, 2.0))
    rest = resume_plan(plan, BreakOff(3, visit=2), straight, fields.FRAME)
    flown = [item.position for item in rest.items if item.command == Command.NAV_WAYPOINT]
    a, b, c = (plan.items[number].position for number in (1, 2, 3))
    assert flown == [a, b, c, a, b, c]
    assert Command.DO_JUMP not in [item.command for item in rest.items]
    with pytest.raises(MissionError, match="3 times"):
        resume_plan(plan, BreakOff(3, visit=4), straight, fields.FRAME)


def test_circles_and_stays_are_flown_anew(plan_of, to, fields):
    circle = to(100.0, 0.0, 30.0, Command.NAV_LOITER_TURNS, (3.0, 0.0, 20.0))
    plan = plan_of(to(40.0), circle, to(0.0, 50.0))
    rest = resume_plan(plan, BreakOff(3, fields.at(110.0, 15.0)), straight, fields.FRAME)
    assert shown(rest)[1:3] == shown(plan)[1:3]


def test_what_is_not_on_the_way_is_refused(plan_of, to, fields):
    plan = plan_of(to(100.0), to(100.0, 200.0), to(0.0, 200.0))
    with pytest.raises(MissionError, match="off the leg"):
        resume_plan(plan, BreakOff(3, fields.at(0.0, 100.0)), straight, fields.FRAME)
    with pytest.raises(MissionError, match="item 9"):
        resume_plan(plan, BreakOff(9), straight, fields.FRAME)


@given(st.data())
@settings(max_examples=10, deadline=None)
def test_the_rest_of_a_patrol_is_legal_and_whole(patrol, fields, data):
    zones, plan = patrol
    frame = fields.FRAME
    transit = Transit(FIELD.buffer(-3.0), PAD, 0.2)
    work = [item for item in plan.items if item.command == Command.NAV_WAYPOINT][1:-1]
    item = data.draw(st.sampled_from(work))
    before = plan.items[item.seq - 2]
    share = data.draw(st.floats(0.0, 1.0))
    a, b = (frame.point_xy_m(place.position) for place in (before, item))
    broken = frame.position(a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))
    rest = resume_plan(plan, BreakOff(item.seq, broken), transit.path, frame)
    assert check_plan(rest, zones, margin_m=2.0, returns=ReturnDemand.IGNORE).findings == ()
    # All that was left is flown, and for the same.
    tail = [left.position for left in plan.items if left.position is not None and left.seq >= item.seq]
    assert [left.position for left in rest.items if left.position is not None][-len(tail) :] == tail
    kinds = {kind for kind in RouteKind if any(route.kind is kind for route in plan.routes)}
    assert {route.kind for route in rest.routes} <= {*kinds, RouteKind.TRANSIT}
    for one, other in itertools.pairwise(rest.routes):
        assert one.positions[-1] == other.positions[0]
    assert predict_flight(rest, QUAD_30).energy_wh <= predict_flight(plan, QUAD_30).energy_wh + 2.0
