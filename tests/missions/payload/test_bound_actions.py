import math
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from geofence.latlon import LatLon
from missions.payload.action import (
    Face,
    Hover,
    LookAhead,
    LookAt,
    PitchGimbal,
    StartPictures,
    Switch,
    TakePicture,
)
from missions.payload.bound_actions import AreaActions, with_area_actions, with_pictures, with_point_actions
from missions.payload.payload import Payload, Relay, Servo
from missions.plan.check import check_plan
from missions.plan.item import Command
from missions.plan.plan import Plan, RouteKind
from missions.plan.return_check import ReturnDemand
from missions.plan.route_items import items_of, routes_of
from missions.plan.waypoint import Waypoint
from missions.refusal import MissionError

PAYLOAD = Payload({"loudspeaker": Relay(1), "light": Servo(9)})
SPEAK = Switch("loudspeaker", is_on=True)
LIGHT = Switch("light", is_on=True)


def flight(*places, kinds=None):
    kinds = kinds or [RouteKind.COVERAGE] * len(places)
    pad = Waypoint((0.0, 0.0), RouteKind.TRANSIT, 40.0)
    return [pad, *(Waypoint(xy_m, kind, 40.0) for xy_m, kind in zip(places, kinds, strict=True)), pad]


def flown(waypoints, command=Command.DO_SET_RELAY):
    """Sampled places of the flight, and whether the relay is on there."""
    is_on, places, states = False, [], []
    for number, (start, end) in enumerate(pairwise(waypoints)):
        if number == 0:
            is_on = after(start, command, is_on=is_on)
        shares = np.linspace(0.0, 1.0, max(2, int(math.dist(start.xy_m, end.xy_m) / 0.25)))
        places.append(np.array(start.xy_m) + shares[:, None] * np.subtract(end.xy_m, start.xy_m))
        states.append(np.full(len(shares), is_on))
        is_on = after(end, command, is_on=is_on)
    return np.vstack(places), np.concatenate(states), is_on


def after(waypoint, command, *, is_on):
    for item in waypoint.actions:
        if item.command == command:
            is_on = item.params[1] == 1.0
    return is_on


def judge(waypoints, area, near_m=0.7):
    places, is_on, is_left_on = flown(waypoints)
    points = shapely.points(places)
    is_clear = shapely.distance(points, shapely.boundary(area)) > near_m
    assert (is_on == shapely.covers(area, points))[is_clear].all()
    assert not is_left_on


def test_a_loudspeaker_sounds_over_its_area_only():
    area = box(100.0, -50.0, 200.0, 300.0)
    given_ones = flight((50.0, 100.0), (250.0, 100.0), (250.0, 200.0), (150.0, 200.0))
    done = with_area_actions(given_ones, [AreaActions.during(area, SPEAK)], PAYLOAD)
    judge(done, area)
    assert [waypoint for waypoint in done if waypoint.xy_m in [w.xy_m for w in given_ones]] == given_ones
    added = [waypoint for waypoint in done if waypoint.actions]
    crossings = [(100.0, 100.0), (200.0, 100.0), (200.0, 200.0), (100.0, 400.0 / 3.0)]
    assert np.array([w.xy_m for w in added]) == pytest.approx(np.array(crossings), abs=1e-6)
    assert [w.kind for w in added] == [RouteKind.COVERAGE] * 3 + [RouteKind.TRANSIT]


def test_all_is_off_before_the_return(fields):
    area = box(-20.0, -20.0, 60.0, 60.0)
    done = with_area_actions(flight((100.0, 0.0)), [AreaActions.during(area, SPEAK)], PAYLOAD)
    assert done[0].actions
    assert done[-1].actions
    judge(done, area)
    routes = routes_of(done, fields.FRAME, fields.at(0.0, 0.0))
    items = items_of(done, routes, 8.0)
    assert [item.command for item in items[:4]] == [22, 178, 181, 16]
    assert [item.command for item in items[-2:]] == [181, 20]
    assert items[-2].params == (0.0, 0.0, 0.0, 0.0)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-200.0, 200.0), st.floats(-200.0, 200.0)), min_size=1, max_size=8),
    st.lists(
        st.tuples(
            st.floats(-200.0, 200.0), st.floats(-200.0, 200.0), st.floats(2.0, 120.0), st.integers(3, 9)
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_random_flights_and_areas(places, discs):
    areas = [
        Polygon([(x + r * math.cos(k * math.tau / n), y + r * math.sin(k * math.tau / n)) for k in range(n)])
        for x, y, r, n in discs
    ]
    done = with_area_actions(flight(*places), [AreaActions.during(area, SPEAK) for area in areas], PAYLOAD)
    judge(done, shapely.union_all(areas))


@pytest.mark.parametrize(
    "area",
    [
        box(100.0, 0.0, 200.0, 50.0),  # the flight runs along its border
        box(100.0, -10.0, 100.2, 10.0),  # too short a stay to be worth it
        MultiPolygon([box(50.0, -10.0, 80.0, 10.0), box(80.05, -10.0, 120.0, 10.0)]),  # a gap of 5 cm
        Polygon([(60.0, -10.0), (90.0, 0.0), (60.0, 10.0)]),  # out through a corner
    ],
)
def test_borders_that_are_only_touched(area):
    judge(with_area_actions(flight((300.0, 0.0)), [AreaActions.during(area, SPEAK)], PAYLOAD), area)


def test_areas_for_one_device_may_not_quarrel():
    one = AreaActions.during(box(0.0, -50.0, 100.0, 50.0), SPEAK)
    other = AreaActions.during(box(50.0, -50.0, 150.0, 50.0), SPEAK, LIGHT)
    with pytest.raises(MissionError, match="overlap there and both are for the loudspeaker"):
        with_area_actions(flight((200.0, 0.0)), [one, other], PAYLOAD)
    light = AreaActions.during(box(50.0, -50.0, 150.0, 50.0), LIGHT)
    done = with_area_actions(flight((200.0, 0.0)), [one, light], PAYLOAD)
    judge(done, one.area_xy_m)
    assert sum(item.command == Command.DO_SET_SERVO for w in done for item in w.actions) == 4


def test_what_is_switched_on_must_be_switched_off():
    with pytest.raises(MissionError, match="is not ended on leaving"):
        AreaActions(box(0.0, 0.0, 1.0, 1.0), (SPEAK,), ())
    place = LatLon(36.0, 103.0)
    assert AreaActions.during(box(0.0, 0.0, 1.0, 1.0), LookAt(place), PitchGimbal(-45.0)).leaving == (
        LookAhead(),
    )


def test_pictures_are_taken_on_strokes_only():
    transit, coverage = RouteKind.TRANSIT, RouteKind.COVERAGE
    given_ones = flight(
        (0.0, 100.0), (200.0, 100.0), (200.0, 130.0), (0.0, 130.0), (0.0, 300.0), (200.0, 300.0),
        kinds=[transit, coverage, coverage, coverage, transit, coverage],
    )  # fmt: skip
    done = with_pictures(given_ones, 12.0, PAYLOAD)
    assert [w.xy_m for w in done] == [w.xy_m for w in given_ones]
    triggers = {number: w.actions[0].params[0] for number, w in enumerate(done) if w.actions}
    assert triggers == {1: 12.0, 4: 0.0, 5: 12.0, 6: 0.0}
    done = with_pictures(given_ones, 12.0, PAYLOAD, turns_at_most_m=30.0)
    triggers = {number: w.actions[0].params[0] for number, w in enumerate(done) if w.actions}
    assert triggers == {1: 12.0, 2: 0.0, 3: 12.0, 4: 0.0, 5: 12.0, 6: 0.0}


def test_actions_at_a_point_are_done_each_time_it_is_passed():
    actions = [SPEAK, Face(90.0), Hover(10.0), Switch("loudspeaker", is_on=False), TakePicture()]
    done = with_point_actions(flight((100.0, 0.0), (100.0, 100.0)), (60.0, 0.0), actions, PAYLOAD)
    (there,) = [w for w in done if w.actions]
    assert there.xy_m == pytest.approx((60.0, 0.0))
    assert [item.command for item in there.actions] == [181, 115, 93, 181, 2000]
    done = with_point_actions(flight((100.0, 0.0), (100.0, 100.0)), (100.0, 0.0), actions, PAYLOAD)
    assert [number for number, w in enumerate(done) if w.actions] == [1]
    twice = flight((100.0, 0.0), (100.0, 100.0), (50.0, 100.0), (50.0, -100.0))
    assert sum(bool(w.actions) for w in with_point_actions(twice, (50.0, 0.0), actions, PAYLOAD)) == 2
    with pytest.raises(MissionError, match=r"no nearer than 40\.0 m"):
        with_point_actions(flight((100.0, 0.0)), (50.0, 40.0), actions, PAYLOAD)


def test_plans_with_actions_are_verified(fields):
    field = fields.zone(box(-50.0, -50.0, 400.0, 300.0))
    waypoints = flight((50.0, 100.0), (250.0, 100.0), (250.0, 200.0), (50.0, 200.0))
    waypoints = with_pictures(waypoints, 10.0, PAYLOAD)
    everything = [
        SPEAK, LIGHT, PitchGimbal(-30.0), LookAt(fields.at(150.0, 150.0)), TakePicture(), Face(45.0), Hover(20.0),
        LookAhead(), Switch("light", is_on=False), Switch("loudspeaker", is_on=False),
    ]  # fmt: skip
    waypoints = with_point_actions(waypoints, (150.0, 100.0), everything, PAYLOAD)
    waypoints = with_area_actions(
        waypoints, [AreaActions.during(box(200.0, 0.0, 300.0, 400.0), StartPictures(5.0))], PAYLOAD
    )
    home = fields.at(0.0, 0.0)
    routes = routes_of(waypoints, fields.FRAME, home)
    plan = Plan("all", home, items_of(waypoints, routes, 8.0), routes)
    assert {item.command for item in plan.items} >= {93, 115, 181, 183, 195, 197, 206, 1000, 2000}
    assert check_plan(plan, fields.zones(field), returns=ReturnDemand.IGNORE).findings == ()
