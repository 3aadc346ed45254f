import itertools
import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString

from missions.patterns.run import backwards, cut_line, drawn, flight_along, run_length_m
from missions.plan.plan import RouteKind
from missions.plan.waypoint import Waypoint

AREA = shapely.box(0, 0, 400, 300) - shapely.box(150, 100, 250, 200)


@given(
    st.lists(st.tuples(st.integers(-100, 500), st.integers(-100, 400)), min_size=2, max_size=9).filter(
        lambda places: len(set(places)) > 1
    )
)
def test_a_line_is_cut_into_what_is_legal_and_what_is_not(places):
    cut = cut_line(drawn(places, RouteKind.LINE, 50.0), AREA)
    line = LineString(places)
    legal_m = sum(
        shapely.intersection(LineString([a, b]), AREA).length for a, b in itertools.pairwise(places)
    )
    runs_m = sum(run_length_m(run) for run in cut.runs)
    short_m = 1.0 * len(places)
    assert legal_m - short_m <= runs_m <= legal_m + 1e-6
    assert runs_m + sum(left.length for left in cut.left_out) == pytest.approx(line.length, abs=short_m)
    for run in cut.runs:
        assert LineString([waypoint.xy_m for waypoint in run]).difference(AREA.buffer(1e-6)).length == 0.0


def test_altitudes_are_cut_too_and_change_evenly_on_the_way_round(space_in):
    line = (Waypoint((50, 150), RouteKind.ORBIT, 40.0), Waypoint((350, 150), RouteKind.ORBIT, 70.0))
    space = space_in(AREA)
    cut = cut_line(line, space.transit.area)
    first, second = cut.runs
    assert first[-1].alt_rel_m == pytest.approx(50.0, abs=0.01)
    assert second[0].alt_rel_m == pytest.approx(60.0, abs=0.01)
    flight = flight_along(cut.runs, space)
    round_it = [waypoint.alt_rel_m for waypoint in flight if 140 < waypoint.xy_m[0] < 260][:4]
    assert round_it == sorted(round_it)
    assert [waypoint.alt_rel_m for waypoint in (flight[0], flight[-1])] == [40.0, 70.0]


def test_a_run_is_turned_round_with_its_kinds():
    run = (
        Waypoint((0, 0), RouteKind.TRANSIT, 50.0),
        Waypoint((10, 0), RouteKind.LINE, 51.0),
        Waypoint((20, 0), RouteKind.LINE, 52.0),
    )
    turned = backwards(run)
    assert [waypoint.xy_m for waypoint in turned] == [(20, 0), (10, 0), (0, 0)]
    assert [waypoint.kind for waypoint in turned] == [RouteKind.TRANSIT, RouteKind.LINE, RouteKind.LINE]
    assert backwards(turned) == run


def test_a_flight_is_as_long_as_its_runs_and_the_shortest_ways(space_in):
    runs = [
        drawn([(100, 50), (300, 50)], RouteKind.LINE, 50.0),
        drawn([(300, 250), (100, 250)], RouteKind.LINE, 50.0),
    ]
    flight = flight_along(runs, space_in(AREA))
    length_m = run_length_m(flight)
    assert length_m == pytest.approx(
        400 + math.dist((20, 20), (100, 50)) + 200 + math.dist((100, 250), (20, 20))
    )
    kinds = [waypoint.kind for waypoint in flight[1:]]
    assert kinds == [RouteKind.TRANSIT, RouteKind.LINE, RouteKind.TRANSIT, RouteKind.LINE, RouteKind.TRANSIT]
