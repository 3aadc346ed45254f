import itertools
import math

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.patterns.order import best_order, divided
from missions.patterns.pattern import PointOfInterest, PointsPattern
from missions.patterns.points import plan_points
from missions.patterns.run import backwards, drawn
from missions.plan.item import Command
from missions.plan.plan import RouteKind
from missions.refusal import MissionError

coordinates = st.tuples(st.integers(-500, 500), st.integers(-500, 500))


def between_m(runs, pad=(20.0, 20.0)):
    stops = [(pad, pad), *((run[0].xy_m, run[-1].xy_m) for run in runs), (pad, pad)]
    return sum(math.dist(a[1], b[0]) for a, b in itertools.pairwise(stops))


@settings(max_examples=20, deadline=None)
@given(st.lists(coordinates, min_size=1, max_size=6, unique=True))
def test_points_are_visited_in_the_best_of_all_orders(fields, open_space, places):
    runs = [drawn([place], RouteKind.VISIT, 50.0) for place in places]
    ordered = best_order(runs, open_space, both_ways=False)
    assert sorted(ordered, key=str) == sorted(runs, key=str)
    best_m = min(between_m(order) for order in itertools.permutations(runs))
    assert between_m(ordered) == pytest.approx(best_m, abs=0.1)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(coordinates, coordinates).filter(lambda ends: ends[0] != ends[1]),
        min_size=1,
        max_size=4,
        unique=True,
    )
)
def test_lines_are_flown_in_the_best_order_and_direction(fields, open_space, lines):
    runs = [drawn(line, RouteKind.LINE, 50.0) for line in lines]
    ordered = best_order(runs, open_space, both_ways=True)
    assert len(ordered) == len(runs)
    best_m = min(
        between_m(order)
        for shuffled in itertools.permutations(runs)
        for order in itertools.product(*((run, backwards(run)) for run in shuffled))
    )
    assert between_m(ordered) == pytest.approx(best_m, abs=0.1)


def test_the_order_minds_what_is_in_the_way(space_in):
    # Across the wall is near, round it is far.
    area = shapely.box(0, 0, 400, 400) - shapely.box(195, 0, 205, 350)
    runs = [drawn([place], RouteKind.VISIT, 50.0) for place in ((180, 20), (220, 20), (180, 300), (220, 300))]
    ordered = best_order(runs, space_in(area), both_ways=False)
    sides = [run[0].xy_m[0] < 200 for run in ordered]
    assert sides in ([True, True, False, False], [True, False, False, True])


def test_drones_share_and_none_is_idle(space_in):
    space = space_in(shapely.box(-100, -100, 900, 900), drones=3)
    runs = [drawn([(x, 100.0), (x, 600.0)], RouteKind.LINE, 50.0) for x in range(0, 800, 80)]
    shares = divided(runs, space)
    assert [run for share in shares for run in share] == runs
    assert max(map(len, shares)) - min(map(len, shares)) <= 2
    with pytest.raises(MissionError, match="3 drones for 2 pieces"):
        divided(runs[:2], space)


def test_a_point_is_dwelt_at_looking_where_asked(fields, open_space):
    pattern = PointsPattern((PointOfInterest(fields.at(100, 100), 4.2, fields.at(130, 100)),))
    (flight,) = plan_points(pattern, open_space).flights
    look, hold = (waypoint for waypoint in flight if waypoint.is_stop)
    assert look.xy_m == hold.xy_m
    assert look.hold_s == 0.0
    assert hold.hold_s == 5.0
    assert look.actions[0].command == Command.DO_SET_ROI_LOCATION
    assert hold.actions[0].command == Command.DO_SET_ROI_NONE


def test_points_out_of_reach_are_named_by_number(fields, space_in):
    area = shapely.MultiPolygon([shapely.box(0, 0, 300, 300), shapely.box(400, 0, 700, 300)])
    places = ((100, 100), (500, 100), (350, 100))
    pattern = PointsPattern(tuple(PointOfInterest(fields.at(*place)) for place in places))
    flown = plan_points(pattern, space_in(area))
    other, outside = flown.findings
    assert "point 2 at" in other.message
    assert "no legal way leads there" in other.message
    assert "point 3 at" in outside.message
    assert "outside of legal space" in outside.message
