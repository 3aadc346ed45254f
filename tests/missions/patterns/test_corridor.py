import itertools
import math

import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString

from missions.patterns.corridor import parallel_lines, plan_corridor
from missions.patterns.pattern import CorridorPattern
from missions.plan.plan import RouteKind

coordinates = st.tuples(st.integers(0, 400), st.integers(0, 400))


def test_tracks_lie_evenly_beside_a_straight_line():
    line = LineString([(0, 0), (300, 0)])
    tracks = parallel_lines(line, 100.0, 30.0)
    assert sorted(track.centroid.y for track in tracks) == pytest.approx([-37.5, -12.5, 12.5, 37.5])
    assert all(track.length == pytest.approx(300.0, abs=3.0) for track in tracks)
    (middle,) = parallel_lines(line, 30.0, 30.0)
    assert middle.equals(line)


def test_tracks_of_a_closed_line_are_rings():
    square = LineString([(0, 0), (200, 0), (200, 200), (0, 200), (0, 0)])
    inner, outer = sorted(parallel_lines(square, 40.0, 20.0), key=lambda track: track.length)
    assert inner.is_ring
    assert outer.is_ring
    assert shapely.Polygon(outer).contains(shapely.Polygon(inner))


@given(st.lists(coordinates, min_size=2, max_size=7, unique=True), st.floats(20, 160), st.floats(15, 60))
def test_tracks_cover_the_corridor_without_loops(places, width_m, swath_m):
    line = LineString(places)
    assume(min(math.dist(a, b) for a, b in itertools.pairwise(places)) > width_m)
    tracks = parallel_lines(line, width_m, swath_m)
    corridor = line.buffer(width_m / 2, cap_style="flat")
    count = math.ceil(width_m / swath_m - 1e-9)
    step_m = width_m / count
    for track in tracks:
        assert track.is_simple or track.equals(tracks[0])
        assert all(line.distance(shapely.Point(place)) <= width_m / 2 + 0.5 for place in track.coords)
    turned_m = math.pi * width_m * (len(places) - 1)
    assert sum(track.length for track in tracks) <= count * line.length + turned_m * count
    seen = MultiLineString(tracks).buffer(0.5 * step_m + 0.06 * swath_m)
    in_bends_m2 = 0.3 * step_m**2 * len(places)
    assert corridor.difference(seen).area <= 0.01 * corridor.area + in_bends_m2


def test_tracks_inside_a_bend_do_not_loop():
    line = LineString([(-400, 0), (0, 0), (-300, 300)])
    for track in parallel_lines(line, 80.0, 40.0):
        away_m = [line.distance(shapely.Point(place)) for place in track.coords]
        assert away_m == pytest.approx([20.0] * len(away_m), abs=1.0)
        assert track.is_simple


def test_a_corridor_is_flown_there_and_back(fields, open_space):
    line = tuple(fields.at(*place) for place in ((0, 100), (300, 100), (600, 300)))
    pattern = CorridorPattern(line, width_m=80.0, swath_m=40.0)
    target = LineString([(0, 100), (300, 100), (600, 300)]).buffer(40, cap_style="flat")
    flown = plan_corridor(pattern, open_space, shapely.MultiPolygon([target]))
    (flight,) = flown.flights
    assert flown.coverage > 0.99
    assert flown.findings == ()
    between = [k for k, w in enumerate(flight[1:-1]) if w.kind is RouteKind.TRANSIT]
    assert len(between) <= 3
    assert sum(math.dist(a.xy_m, b.xy_m) for a, b in itertools.pairwise(flight)) < 1560


def test_drones_share_a_corridor(fields, space_in):
    line = tuple(fields.at(*place) for place in ((0, 100), (600, 100)))
    pattern = CorridorPattern(line, width_m=160.0, swath_m=40.0)
    target = shapely.MultiPolygon([shapely.box(0, 20, 600, 180)])
    space = space_in(shapely.box(-100, -100, 900, 400), drones=2)
    flown = plan_corridor(pattern, space, target)
    tracks = [sum(w.kind is RouteKind.CORRIDOR for w in flight) for flight in flown.flights]
    assert tracks == [2, 2]
    assert flown.coverage > 0.99
