"""The figures of the IAMSAR manual, volume III, section 3, and what drift makes of them."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from missions.patterns.drift import Drift
from missions.patterns.pattern import Direction, ExpandingSquarePattern, SectorSearchPattern
from missions.patterns.search import TURN_S, plan_search, search_legs, search_track, search_vertices
from missions.plan.plan import RouteKind
from missions.refusal import MissionError


def test_an_expanding_square_grows_by_a_track_spacing_every_second_leg(fields):
    legs = search_legs(ExpandingSquarePattern(fields.ORIGIN, track_spacing_m=50.0, legs=8, heading_deg=30.0))
    assert [length_m for _, length_m in legs] == [50, 50, 100, 100, 150, 150, 200, 200]
    assert [azimuth_deg for azimuth_deg, _ in legs] == [30, 120, 210, 300, 30, 120, 210, 300]


def test_parallel_tracks_of_an_expanding_square_lie_a_track_spacing_apart(fields):
    vertices = np.array(search_vertices(ExpandingSquarePattern(fields.ORIGIN, track_spacing_m=40.0, legs=13)))
    assert tuple(vertices[0]) == (0.0, 0.0)
    northbound = vertices[:-1:2][np.abs(np.diff(vertices, axis=0)[::2, 0]) < 1e-6][:, 0]
    assert np.diff(np.sort(northbound)) == pytest.approx(40.0)


def test_it_turns_left_where_asked_for(fields):
    square = ExpandingSquarePattern(fields.ORIGIN, legs=3, direction=Direction.COUNTER_CLOCKWISE)
    assert [azimuth_deg for azimuth_deg, _ in search_legs(square)] == [0, 270, 180]


def test_a_sector_search_has_nine_legs_and_passes_its_datum_three_times(fields):
    sector = SectorSearchPattern(fields.ORIGIN, radius_m=100.0, heading_deg=10.0)
    legs = search_legs(sector)
    assert [azimuth_deg for azimuth_deg, _ in legs] == [10, 130, 250, 250, 10, 130, 130, 250, 10]
    assert {length_m for _, length_m in legs} == {100.0}
    away_m = [math.hypot(x, y) for x, y in search_vertices(sector)]
    assert away_m == pytest.approx([0, 100, 100, 0, 100, 100, 0, 100, 100, 0], abs=1e-9)


def test_the_second_sector_search_is_turned_by_thirty_degrees(fields):
    once = search_legs(SectorSearchPattern(fields.ORIGIN, heading_deg=10.0))
    twice = search_legs(SectorSearchPattern(fields.ORIGIN, heading_deg=10.0, searches=2))
    assert twice[:9] == once
    assert [azimuth_deg for azimuth_deg, _ in twice[9:]] == [(a + 30) % 360 for a, _ in once]
    spokes = {round(a % 180, 6) for k, (a, _) in enumerate(twice) if k % 3 != 1}
    assert spokes == {10, 40, 70, 100, 130, 160}


@given(
    set_deg=st.floats(0, 360),
    rate_m_s=st.floats(0, 4),
    legs=st.integers(1, 20),
    arrival_s=st.floats(0, 600),
)
def test_the_track_is_the_pattern_seen_from_the_drifting_datum(fields, set_deg, rate_m_s, legs, arrival_s):
    square = ExpandingSquarePattern(fields.ORIGIN, legs=legs, drift=Drift(set_deg, rate_m_s))
    track, times = search_track(square, (70.0, -30.0), arrival_s, 8.0)
    east_m_s = rate_m_s * math.sin(math.radians(set_deg))
    north_m_s = rate_m_s * math.cos(math.radians(set_deg))
    from_datum = [
        (x - 70.0 - east_m_s * t, y + 30.0 - north_m_s * t) for (x, y), t in zip(track, times, strict=True)
    ]
    assert np.array(from_datum) == pytest.approx(np.array(search_vertices(square)), abs=1e-6)
    # Over ground each leg takes its length at the drone's speed.
    for k, (a, b) in enumerate(itertools.pairwise(track)):
        assert math.dist(a, b) == pytest.approx(8.0 * (times[k + 1] - times[k] - TURN_S), abs=1e-6)


def test_the_drone_meets_the_datum_where_it_has_drifted_to(fields, open_space):
    drift = Drift(90.0, 1.0)
    flown = plan_search(SectorSearchPattern(fields.at(500, 0), drift=drift), open_space)
    first = flown.datum_track[0]
    (flight,) = flown.flights
    met = next(
        waypoint
        for before, waypoint in zip(flight[1:], flight, strict=False)
        if before.kind is RouteKind.SEARCH
    )
    x_m, y_m = fields.FRAME.point_xy_m(first.position)
    assert met.xy_m == pytest.approx((x_m, y_m), abs=0.1)
    assert x_m == pytest.approx(500.0 + first.time_s, abs=0.1)
    # 6 s to start, 20 s up, then there at 10 m/s, with what speeding up takes.
    assert first.time_s == pytest.approx(6 + 20 + 3 + math.dist((20, 20), met.xy_m) / 10.0, abs=0.5)
    assert [fix.time_s for fix in flown.datum_track] == sorted(fix.time_s for fix in flown.datum_track)


def test_a_datum_too_fast_for_the_drone_is_refused(fields, open_space):
    with pytest.raises(MissionError, match="drifts at 6 m/s") as refused:
        plan_search(ExpandingSquarePattern(fields.ORIGIN, drift=Drift(0.0, 6.0)), open_space)
    assert "12 m/s" in refused.value.remedy
