"""Tables of a flight: times, energies, what is left."""

import contextlib
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geofence.refusal import Refusal
from geofence.terrain import GridTerrain
from geofence.verification.return_policy import ReturnPolicy
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import RouteKind
from missions.plan.waypoint import Waypoint
from missions.refusal import MissionError
from missions.vehicle.battery import Battery
from missions.vehicle.movement import Phase
from missions.vehicle.prediction import predict_flight, predict_waypoints
from missions.vehicle.stock_profiles import ARDUCOPTER_SITL, QUAD_30, STOCK_PROFILES
from missions.vehicle.wind import CALM, Wind

PROFILES = st.sampled_from(list(STOCK_PROFILES.values()))
PLACES = st.lists(
    st.tuples(st.floats(-500.0, 500.0), st.floats(-500.0, 500.0), st.floats(5.0, 110.0)),
    min_size=1,
    max_size=8,
)


@pytest.fixture(scope="module")
def square(plan_of, to):
    return plan_of(to(200.0), to(200.0, 200.0), to(0.0, 200.0))


def phases(prediction):
    return [(leg.item_seq, leg.phase) for leg in prediction.legs]


def test_a_flight_is_told_leg_by_leg(square):
    prediction = predict_flight(square, QUAD_30)
    assert phases(prediction) == [
        (1, Phase.TAKE_OFF),
        (2, Phase.FLY),
        (3, Phase.FLY),
        (4, Phase.FLY),
        (5, Phase.FLY),
        (5, Phase.HOLD),
        (5, Phase.LAND),
    ]
    assert prediction.legs[1].length_m == pytest.approx(200.0, rel=1e-3)
    assert prediction.legs[-1].alt_rel_m == 0.0
    assert prediction.legs[0].start_s == 0.0


@given(PLACES, PROFILES, st.floats(0.0, 6.0), st.floats(0.0, 360.0))
@settings(max_examples=60, deadline=None)
def test_its_table_adds_up(plan_of, to, places, profile, wind_m_s, from_deg):
    prediction = predict_flight(plan_of(*(to(*place) for place in places)), profile, Wind(wind_m_s, from_deg))
    left = 1.0
    now_s = 0.0
    for leg in prediction.legs:
        assert leg.start_s == now_s
        assert leg.duration_s >= 0.0
        assert leg.energy_wh >= 0.0
        assert leg.state_of_charge == pytest.approx(
            left - leg.energy_wh / profile.battery.usable_wh, abs=1e-9
        )
        now_s, left = leg.end_s, leg.state_of_charge
    assert prediction.duration_s == now_s
    assert prediction.state_of_charge == pytest.approx(left, abs=1e-9)
    # Nobody flies faster than asked, or on less than the quietest power.
    assert prediction.duration_s > sum(leg.length_m for leg in prediction.legs) / 10.0
    quietest_w = min(profile.power_w(0.5 * number) for number in range(40))
    assert prediction.energy_wh > quietest_w * (prediction.duration_s - 6.0) / 3600.0


@given(PLACES, PROFILES, st.floats(0.05, 1.0), st.floats(0.0, 30.0))
@settings(max_examples=60, deadline=None)
def test_a_payload_takes_more_of_the_battery(plan_of, to, places, profile, mass_kg, power_w):
    plan = plan_of(*(to(*place) for place in places))
    empty, loaded = (
        predict_flight(plan, profile),
        predict_flight(plan, profile.with_payload("x", mass_kg, power_w)),
    )
    assert loaded.energy_wh > empty.energy_wh
    assert loaded.state_of_charge < empty.state_of_charge


@given(PLACES, st.floats(10.0, 500.0))
@settings(max_examples=60, deadline=None)
def test_one_more_place_takes_longer_and_more(plan_of, to, places, more_m):
    x_m, y_m, alt_m = places[-1]
    items = [to(*place) for place in places]
    once = predict_flight(plan_of(*items), QUAD_30)
    there_and_back = predict_flight(
        plan_of(*items, to(x_m + more_m, y_m, alt_m), to(x_m, y_m, alt_m)), QUAD_30
    )
    assert there_and_back.duration_s > once.duration_s
    assert there_and_back.energy_wh > once.energy_wh


@given(st.floats(0.0, 360.0), st.floats(1.0, 3.0), st.floats(1.5, 3.0))
@settings(max_examples=40, deadline=None)
def test_wind_it_can_hold_costs_power_and_no_time(square, from_deg, wind_m_s, times):
    quick = replace(QUAD_30, max_lean_deg=35.0)
    calm = predict_flight(square, quick)
    breeze = predict_flight(square, quick, Wind(wind_m_s, from_deg))
    assert breeze.duration_s == pytest.approx(calm.duration_s)
    gale = predict_flight(square, replace(quick, max_wind_m_s=20.0), Wind(times * wind_m_s + 5.0, from_deg))
    assert gale.energy_wh > breeze.energy_wh


def test_against_wind_beyond_its_lean_it_flies_at_what_the_wind_triangle_leaves(plan_of, to):
    far = plan_of(to(0.0, 1000.0), to(0.0, 2000.0))
    against, along, across = (
        predict_flight(far, ARDUCOPTER_SITL, Wind(6.0, from_deg)).legs[2] for from_deg in (0.0, 180.0, 90.0)
    )
    fastest_m_s = ARDUCOPTER_SITL.fastest_air_speed_m_s(alt_amsl_m=1520.0)
    assert 1000.0 / against.duration_s == pytest.approx(fastest_m_s - 6.0, rel=0.02)
    assert 1000.0 / across.duration_s == pytest.approx((fastest_m_s**2 - 36.0) ** 0.5, rel=0.03)
    assert 1000.0 / along.duration_s == pytest.approx(10.0, rel=0.05)
    assert along.energy_wh < across.energy_wh < against.energy_wh


def test_wind_that_it_must_not_or_cannot_fly_in_is_refused(square):
    with pytest.raises(MissionError, match="at most"):
        predict_flight(square, QUAD_30, Wind(8.0, gusts_m_s=4.0))
    with pytest.raises(MissionError, match="does not get on"):
        predict_flight(square, replace(QUAD_30, max_wind_m_s=30.0), Wind(17.0))


def test_wind_given_for_10_m_is_stronger_at_the_height_of_the_flight(plan_of, to):
    wind = Wind(8.0, 270.0, measured_at_m=10.0)
    assert wind.velocity_m_s(10.0) == pytest.approx((8.0, 0.0))
    assert wind.velocity_m_s(100.0)[0] == pytest.approx(8.0 * 10.0**0.14)
    predict_flight(plan_of(to(100.0, alt_m=20.0)), QUAD_30, wind)
    with pytest.raises(MissionError, match="at 110 m"):
        predict_flight(plan_of(to(100.0, alt_m=110.0)), QUAD_30, wind)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("speed_m_s", -1.0),
        ("gusts_m_s", float("nan")),
        ("from_deg", float("inf")),
        ("from_deg", 720.0),
        ("measured_at_m", 0.0),
        ("shear", 2.0),
    ],
)
def test_winds_that_cannot_be_are_refused(field, value):
    with pytest.raises(MissionError, match=field):
        replace(CALM, **{field: value})


def test_stays_last_as_long_as_asked(plan_of, to, order_of):
    passed = predict_flight(plan_of(to(100.0), to(200.0)), QUAD_30)
    stopped = predict_flight(plan_of(to(100.0, params=(20.7,)), to(200.0)), QUAD_30)
    loitered = predict_flight(
        plan_of(to(100.0, command=Command.NAV_LOITER_TIME, params=(20.0,)), to(200.0)), QUAD_30
    )
    delayed = predict_flight(plan_of(to(100.0), order_of(Command.NAV_DELAY, 20.0), to(200.0)), QUAD_30)
    assert 20.0 < stopped.duration_s - passed.duration_s < 28.0  # and the stop, at whole seconds
    assert loitered.duration_s == pytest.approx(stopped.duration_s)
    assert delayed.duration_s == pytest.approx(passed.duration_s + 20.0, abs=8.0)
    (hold,) = (leg for leg in stopped.legs if leg.phase is Phase.HOLD and leg.item_seq == 2)
    assert hold.energy_wh == pytest.approx(20.0 * QUAD_30.power_w(alt_amsl_m=1550.0) / 3600.0)


def test_jumps_are_flown_as_often_as_they_repeat(plan_of, to, order_of):
    def flown(repeats):
        plan = plan_of(to(100.0), to(0.0, 100.0), order_of(Command.DO_JUMP, 2.0, repeats), to(50.0))
        return [leg.item_seq for leg in predict_flight(plan, QUAD_30).legs if leg.phase is Phase.FLY]

    assert flown(0.0) == [2, 3, 5, 6]
    assert flown(2.0) == [2, 3, 2, 3, 2, 3, 5, 6]


def test_flights_without_end_are_refused(plan_of, to, order_of):
    for item, words in (
        (order_of(Command.DO_JUMP, 2.0, -1.0), "for ever"),
        (order_of(Command.DO_JUMP, 9.0, 1.0), "does not exist"),
        (to(50.0, command=Command.NAV_LOITER_UNLIM), "for ever"),
        (order_of(Command.NAV_DELAY, -1.0, 12.0), "time of the day"),
        (order_of(179, 1.0), "not understood"),
    ):
        with pytest.raises(MissionError, match=words):
            predict_flight(plan_of(to(100.0), item), QUAD_30)


def test_a_change_of_speed_acts_until_the_return(plan_of, to, order_of):
    slowly = order_of(Command.DO_CHANGE_SPEED, 1.0, 4.0, -1.0)
    legs = predict_flight(plan_of(to(300.0), slowly, to(600.0)), QUAD_30).legs
    assert 300.0 / legs[1].duration_s > 7.0
    assert 3.5 < 300.0 / legs[2].duration_s < 4.0
    assert 600.0 / legs[3].duration_s > 8.0  # RTL is flown at the vehicle's own


def test_a_return_climbs_first_where_it_is_low(plan_of, to):
    low = predict_flight(plan_of(to(300.0, alt_m=10.0), returns=ReturnPolicy(alt_rel_m=40.0)), QUAD_30)
    assert [phase for seq, phase in phases(low) if seq == 3] == [
        Phase.CLIMB,
        Phase.FLY,
        Phase.HOLD,
        Phase.LAND,
    ]
    assert low.legs[-2].alt_rel_m == 40.0


def test_splines_are_flown_through(plan_of, to):
    def wave(command):
        return plan_of(*(to(60.0 * n, 40.0 * (n % 2), command=command) for n in range(1, 7)))

    curved, cornered = (
        predict_flight(wave(command), QUAD_30)
        for command in (Command.NAV_SPLINE_WAYPOINT, Command.NAV_WAYPOINT)
    )
    assert [leg.phase for leg in curved.legs].count(Phase.CURVE) == 6
    assert curved.duration_s < cornered.duration_s
    assert sum(leg.length_m for leg in curved.legs) > sum(leg.length_m for leg in cornered.legs)


def test_circles_take_their_rounds(plan_of, to):
    def circled(turns, radius_m):
        plan = plan_of(to(100.0, 0.0, 30.0, Command.NAV_LOITER_TURNS, (turns, 0.0, radius_m)))
        return next(leg for leg in predict_flight(plan, QUAD_30).legs if leg.phase is Phase.CIRCLE)

    # Half of the acceleration holds it on the circle: 5 m/s at 20 m.
    assert circled(1.0, 20.0).duration_s == pytest.approx(2.0 * np.pi * 20.0 / 5.0, rel=0.05)
    assert circled(3.0, 20.0).duration_s == pytest.approx(3.0 * circled(1.0, 20.0).duration_s, rel=0.05)
    assert circled(1.0, -20.0).duration_s == pytest.approx(circled(1.0, 20.0).duration_s)
    # CIRCLE_RATE, 20 degrees a second.
    assert circled(1.0, 5.0).duration_s == pytest.approx(18.0, rel=0.05)


def test_ground_is_followed(plan_of, to, fields):
    terrain = GridTerrain(
        np.tile(np.abs(np.arange(80) - 40.0) * -3.0 + 1640.0, (40, 1)),
        north_deg=fields.at(0.0, 500.0).lat_deg,
        west_deg=fields.at(-500.0, 0.0).lon_deg,
        lat_step_deg=fields.at(0.0, 25.0).lat_deg - fields.at(0.0, 0.0).lat_deg,
        lon_step_deg=fields.at(25.0, 0.0).lon_deg - fields.at(0.0, 0.0).lon_deg,
    )
    item = replace(to(900.0), frame=Frame.GLOBAL_TERRAIN_ALT)
    over = predict_flight(plan_of(item), QUAD_30, terrain=terrain)
    assert over.legs[1].length_m > 905.0
    assert [leg.item_seq for leg in over.legs if leg.phase is Phase.FLY] == [2, 3]
    level = predict_flight(plan_of(item), QUAD_30)
    assert level.legs[1].length_m == pytest.approx(900.0, rel=1e-3)
    with pytest.raises(MissionError, match="terrain"):
        predict_flight(plan_of(replace(item, position=fields.at(5000.0, 0.0))), QUAD_30, terrain=terrain)


def test_a_broken_reserve_is_told_with_time_and_leg(square):
    short = replace(QUAD_30, battery=Battery(8.0, usable_share=1.0, reserve_share=0.25))
    prediction = predict_flight(square, short)
    assert not prediction.keeps_reserve
    assert prediction.state_of_charge < 0.25
    leg, when_s = prediction.reserve_broken_by, prediction.reserve_broken_s
    assert leg.start_s <= when_s <= leg.end_s
    assert prediction.state_of_charge_at(when_s) == pytest.approx(0.25)
    assert prediction.state_of_charge_at(0.0) == 1.0
    assert prediction.state_of_charge_at(1e6) == prediction.state_of_charge
    enough = predict_flight(square, QUAD_30)
    assert enough.keeps_reserve
    assert enough.reserve_broken_by is None
    assert enough.reserve_broken_s is None


def test_waypoints_in_the_plane_are_predicted_as_their_plan(plan_of, to):
    corners = [(200.0, 0.0), (200.0, 200.0), (0.0, 200.0), (0.0, 0.0)]
    waypoints = [Waypoint(xy_m, RouteKind.TRANSIT, 30.0) for xy_m in ((0.0, 0.0), *corners)]
    of_waypoints = predict_waypoints(waypoints, QUAD_30, speed_m_s=8.0, home_alt_amsl_m=1520.0)
    of_plan = predict_flight(plan_of(*(to(*xy_m) for xy_m in corners), speed_m_s=8.0), QUAD_30)
    assert of_waypoints.duration_s == pytest.approx(of_plan.duration_s, rel=1e-3)
    assert of_waypoints.energy_wh == pytest.approx(of_plan.energy_wh, rel=1e-3)


def test_a_plan_of_nothing_takes_nothing(plan_of):
    nothing = replace(plan_of(), items=())
    assert predict_flight(nothing, QUAD_30).duration_s == 0.0
    only_up = replace(plan_of(), items=(MissionItem(1, Command.NAV_TAKEOFF, alt_m=30.0),))
    assert predict_flight(only_up, QUAD_30).duration_s > 12.0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("capacity_wh", 0.0),
        ("usable_share", 1.2),
        ("usable_share", 0.0),
        ("reserve_share", 1.0),
        ("reserve_share", -0.1),
    ],
)
def test_batteries_that_cannot_be_are_refused(field, value):
    with pytest.raises(MissionError, match=field):
        replace(Battery(50.0), **{field: value})


def test_a_stay_where_it_already_is_counts_once(plan_of, to):
    twice = predict_flight(plan_of(to(100.0), to(100.0, params=(30.0,)), to(200.0)), QUAD_30)
    assert [leg.duration_s for leg in twice.legs if leg.phase is Phase.HOLD and leg.item_seq == 3] == [30.0]


NUMBERS = st.sampled_from([0.0, 1.0, 2.0, -1.0, 7.5, 400.0, math.nan, math.inf, 1e300])
ITEMS = st.lists(
    st.tuples(
        st.sampled_from([16, 17, 18, 19, 20, 21, 22, 82, 84, 85, 93, 112, 115, 177, 178, 195, 206, 999]),
        st.sampled_from([Frame.GLOBAL, Frame.MISSION, Frame.GLOBAL_RELATIVE_ALT, Frame.GLOBAL_TERRAIN_ALT]),
        st.none() | st.tuples(st.floats(-900.0, 900.0), st.floats(-900.0, 900.0)),
        st.sampled_from([0.0, 30.0, 80.0, -5.0, math.nan]),
        st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS),
    ),
    max_size=7,
)


@given(ITEMS)
@settings(max_examples=200, deadline=None)
def test_any_items_are_predicted_or_refused(plan_of, fields, drawn):
    items = [
        MissionItem(0, command, frame, None if place is None else fields.at(*place), alt_m, params)
        for command, frame, place, alt_m, params in drawn
    ]
    with contextlib.suppress(Refusal):
        prediction = predict_flight(plan_of(*items), QUAD_30)
        assert math.isfinite(prediction.duration_s)
        assert math.isfinite(prediction.energy_wh)
        assert all(leg.duration_s >= 0.0 and leg.energy_wh >= 0.0 for leg in prediction.legs)
