import itertools
import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geofence.altitude_band import AltitudeBand
from geofence.verification.finding import Severity
from geofence.zone import Zone, ZoneKind
from missions.plan.check import check_plan
from missions.plan.corner_stops import with_stops
from missions.plan.plan import Plan
from missions.plan.return_check import ReturnDemand
from missions.plan.route_items import items_of, rounded, routes_of
from missions.refusal import MissionError
from missions.transit.layered_path import Place
from missions.transit.layered_transit import LayeredTransit
from missions.ways.copter_motion import CopterMotion

FIELD = shapely.box(0, 0, 400, 300)
MARGIN_M, ALT_MARGIN_M = 1.0, 3.0


@pytest.fixture
def volume(fields):
    def make(area, zone_id, floor_m, ceiling_m, kind=ZoneKind.EXCLUSION):
        band = AltitudeBand(floor_m, ceiling_m)
        return Zone.of_area(zone_id, zone_id, kind, fields.FRAME.unproject(area), band)

    return make


@pytest.fixture
def transit_among(fields, volume):
    def make(*exclusions, field=FIELD, ceiling_m=120.0, **changes):
        members = [volume(area, f"no {n}", *band) for n, (area, *band) in enumerate(exclusions)]
        zones = fields.zones(volume(field, "field", None, ceiling_m, ZoneKind.INCLUSION), *members)
        settings = {"margin_m": MARGIN_M, "alt_margin_m": ALT_MARGIN_M, **changes}
        return LayeredTransit(zones, fields.FRAME, **settings)

    return make


def test_over_a_low_zone_where_that_is_faster(transit_among):
    path = transit_among((shapely.box(190, -10, 210, 290), None, 30.0)).path(
        Place((50.0, 50.0), 25.0), Place((350.0, 50.0), 25.0)
    )
    motion = CopterMotion()
    assert path.length_m == pytest.approx(300.0)
    assert path.time_s == pytest.approx(30.0 + 8.0 / motion.climb_m_s + 8.0 / motion.descent_m_s)
    assert max(place.alt_rel_m for place in path.places) == 33.0


def test_round_it_where_that_is_faster(transit_among):
    path = transit_among((shapely.box(190, -10, 210, 60), None, 100.0)).path(
        Place((50.0, 50.0), 25.0), Place((350.0, 50.0), 25.0)
    )
    assert {place.alt_rel_m for place in path.places} == {25.0}
    assert path.length_m == pytest.approx(2.0 * math.hypot(139.0, 11.0) + 22.0, abs=0.3)


def test_under_a_high_zone_and_up_behind_it(transit_among):
    path = transit_among((shapely.box(100, -10, 300, 310), 40.0, None)).path(
        Place((50.0, 50.0), 60.0), Place((350.0, 150.0), 60.0)
    )
    assert path.length_m == pytest.approx(math.hypot(300.0, 100.0))
    assert min(place.alt_rel_m for place in path.places) == 37.0


def test_out_from_under_a_zone_to_climb_and_back_over_it(transit_among):
    """The way out to where it climbs and back is a mirror's, nowhere near a corner."""
    path = transit_among((shapely.box(100, 100, 300, 200), 40.0, 60.0)).path(
        Place((180.0, 180.0), 30.0), Place((240.0, 170.0), 80.0)
    )
    out_m = 200.0 + (MARGIN_M + 0.03) / math.cos(0.75 * math.pi / 16.0)
    assert path.length_m == pytest.approx(math.hypot(60.0, 2.0 * out_m - 350.0), abs=0.05)


def test_altitude_is_changed_as_seldom_as_can_be(transit_among):
    over_and_under = (
        (shapely.box(100, 100, 300, 200), 40.0, 60.0),
        (shapely.box(320, -10, 340, 310), None, 45.0),
    )
    path = transit_among(*over_and_under).path(Place((200.0, 150.0), 30.0), Place((390.0, 150.0), 50.0))
    assert [place.alt_rel_m for place in path.places] == [30.0, 30.0, 50.0, 50.0]


def test_take_off_and_landing_are_columns(transit_among):
    transit = transit_among((shapely.box(100, 100, 300, 200), 4.0, 60.0))
    path = transit.path(Place((50.0, 50.0), 0.0), Place((350.0, 50.0), 0.0))
    assert [place.alt_rel_m for place in path.places] == [0.0, 10.0, 10.0, 0.0]
    assert len(path.waypoints(10.0)) == 2
    with pytest.raises(MissionError, match=r"take off or land, up to 10 m: 21\.1 m outside"):
        transit.path(Place((120.0, 150.0), 0.0), Place((350.0, 50.0), 0.0))


def test_what_cannot_be_reached_is_named(transit_among):
    wall = (shapely.box(190, -10, 210, 310), None, None)
    with pytest.raises(MissionError, match=r"another piece of legal space, of 55\d{3} m2, 2[0-9.]+ m from"):
        transit_among(wall).path(Place((50.0, 50.0), 25.0), Place((350.0, 50.0), 25.0))
    with pytest.raises(MissionError, match=r"not legal there to fly at 25 m: 51\.1 m outside"):
        transit_among(wall).path(Place((50.0, 50.0), 25.0), Place((450.0, 50.0), 25.0))
    with pytest.raises(MissionError, match="not between the ground and 120 m"):
        transit_among(wall).path(Place((50.0, 50.0), 25.0), Place((150.0, 50.0), 125.0))
    with pytest.raises(MissionError, match="nowhere legal to fly at 119 m"):
        transit_among(wall).path(Place((50.0, 50.0), 119.0), Place((150.0, 50.0), 25.0))


def test_zones_on_top_of_each_other_are_one(fields, volume):
    members = [
        volume(FIELD, "low", None, 50.0, ZoneKind.INCLUSION),
        volume(FIELD, "high", 50.0, 120.0, ZoneKind.INCLUSION),
    ]
    transit = LayeredTransit(fields.zones(*members), fields.FRAME, margin_m=MARGIN_M)
    path = transit.path(Place((50.0, 50.0), 20.0), Place((50.0, 50.0), 90.0))
    assert path.time_s == pytest.approx(70.0 / CopterMotion().climb_m_s)


LIMITS_M = [20.0, 35.0, 50.0, 65.0, 80.0]
ALTS_M = [12.0, 27.0, 42.0, 57.0, 72.0, 95.0]
BOXES = st.tuples(st.integers(0, 14), st.integers(0, 10), st.integers(1, 8), st.integers(1, 8)).map(
    lambda b: shapely.box(b[0] * 25 + 5, b[1] * 25 + 5, (b[0] + b[2]) * 25 - 5, (b[1] + b[3]) * 25 - 5)
)
BANDS = st.tuples(st.integers(-1, 4), st.integers(1, 5)).map(
    lambda b: (None if b[0] < 0 else LIMITS_M[b[0]], None if b[0] + b[1] > 4 else LIMITS_M[b[0] + b[1]])
)
EXCLUSIONS = st.lists(st.tuples(BOXES, BANDS).map(lambda e: (e[0], *e[1])), max_size=5)
SPOTS = st.tuples(st.integers(1, 15), st.integers(1, 11)).map(lambda s: (s[0] * 25.0, s[1] * 25.0))
PLACES = st.builds(Place, SPOTS, st.sampled_from(ALTS_M))


def is_forbidden(exclusions, xy_m, alt_m, margin_m, alt_margin_m) -> bool:
    return any(
        (floor_m is None or alt_m > floor_m - alt_margin_m)
        and (ceiling_m is None or alt_m < ceiling_m + alt_margin_m)
        and shapely.distance(area, shapely.points(xy_m)) < margin_m
        for area, floor_m, ceiling_m in exclusions
    )


GRID = np.array(list(itertools.product(range(25, 400, 25), range(25, 300, 25))), dtype=float)
PAIRS = np.triu_indices(len(GRID), 1)
LEGS = shapely.linestrings(np.stack((GRID[PAIRS[0]], GRID[PAIRS[1]]), axis=1))


def fastest_on_a_grid(exclusions, start: Place, end: Place) -> float:
    """Dijkstra over the points of a grid at some altitudes, straight legs between all that see each other."""
    motion = CopterMotion()
    level_s = np.full((len(ALTS_M), len(GRID), len(GRID)), math.inf)
    legs_s = np.hypot(*(GRID[PAIRS[0]] - GRID[PAIRS[1]]).T) / motion.speed_m_s
    for level, alt_m in enumerate(ALTS_M):
        holding = [area for area, low, high in exclusions if (low or 0.0) < alt_m < (high or math.inf)]
        walls = shapely.union_all([area.buffer(1.1 * MARGIN_M, join_style="mitre") for area in holding])
        shapely.prepare(walls)
        level_s[level][PAIRS] = np.where(shapely.disjoint(walls, LEGS), legs_s, math.inf)
        level_s[level] = np.minimum(level_s[level], level_s[level].T)
    is_open = np.array(
        [
            np.logical_and.reduce(
                [
                    np.ones(len(GRID), dtype=bool),
                    *(
                        shapely.distance(area, shapely.points(GRID)) > 1.6 * MARGIN_M
                        for area, low, high in exclusions
                        if (low or 0.0) < above_m and (high or math.inf) > below_m
                    ),
                ]
            )
            for below_m, above_m in itertools.pairwise(ALTS_M)
        ]
    )
    best_s = np.full((len(ALTS_M), len(GRID)), math.inf)
    first, last = (
        (ALTS_M.index(place.alt_rel_m), int(np.flatnonzero((place.xy_m == GRID).all(axis=1))[0]))
        for place in (start, end)
    )
    best_s[first] = 0.0
    left_s = best_s.copy()
    while math.isfinite(left_s.min()):
        level, spot = (int(n) for n in np.unravel_index(np.argmin(left_s), left_s.shape))
        seconds = best_s[level, spot]
        if (level, spot) == last:
            return float(seconds)
        left_s[level, spot] = math.inf
        onward_s = np.full_like(best_s, math.inf)
        onward_s[level] = seconds + level_s[level, spot]
        if level + 1 < len(ALTS_M) and is_open[level, spot]:
            onward_s[level + 1, spot] = seconds + (ALTS_M[level + 1] - ALTS_M[level]) / motion.climb_m_s
        if level and is_open[level - 1, spot]:
            onward_s[level - 1, spot] = seconds + (ALTS_M[level] - ALTS_M[level - 1]) / motion.descent_m_s
        is_better = onward_s < best_s
        best_s[is_better] = left_s[is_better] = onward_s[is_better]
    return math.inf


@settings(max_examples=40, deadline=None, suppress_health_check=["function_scoped_fixture"])
@given(exclusions=EXCLUSIONS, start=PLACES, end=PLACES)
def test_no_slower_than_any_way_over_a_grid_and_legal_everywhere(transit_among, exclusions, start, end):
    transit = transit_among(*exclusions, ceiling_m=130.0)
    seconds = fastest_on_a_grid(exclusions, start, end)
    is_bad = [is_forbidden(exclusions, p.xy_m, p.alt_rel_m, MARGIN_M, ALT_MARGIN_M) for p in (start, end)]
    try:
        path = transit.path(start, end)
    except MissionError:
        assert any(is_bad) or math.isinf(seconds)
        return
    assert not any(is_bad)
    assert (path.places[0], path.places[-1]) == (start, end)
    assert path.time_s <= seconds + 1e-3
    back = transit.path(end, start)
    assert back.time_s == pytest.approx(time_reversed_s(path), rel=1e-3)
    for a, b in itertools.pairwise(path.places):
        assert a.xy_m == b.xy_m or a.alt_rel_m == b.alt_rel_m
        for share in np.linspace(0.0, 1.0, 41):
            xy_m = np.array(a.xy_m) * (1.0 - share) + np.array(b.xy_m) * share
            alt_m = a.alt_rel_m * (1.0 - share) + b.alt_rel_m * share
            assert not is_forbidden(exclusions, xy_m, alt_m, MARGIN_M, ALT_MARGIN_M - 1e-5)
            assert FIELD.exterior.distance(shapely.points(xy_m)) >= MARGIN_M
            assert FIELD.covers(shapely.points(xy_m))


def time_reversed_s(path) -> float:
    motion = CopterMotion()
    alts_m = [place.alt_rel_m for place in path.places][::-1]
    climbs = [b - a for a, b in itertools.pairwise(alts_m)]
    return path.length_m / motion.speed_m_s + sum(
        max(c / motion.climb_m_s, -c / motion.descent_m_s) for c in climbs
    )


@settings(max_examples=20, deadline=None, suppress_health_check=["function_scoped_fixture"])
@given(exclusions=EXCLUSIONS, pad=SPOTS, goal=PLACES)
def test_flights_there_and_back_are_verified(fields, volume, exclusions, pad, goal):
    members = [volume(area, f"no {n}", *band) for n, (area, *band) in enumerate(exclusions)]
    zones = fields.zones(volume(FIELD, "field", None, 120.0, ZoneKind.INCLUSION), *members)
    transit = LayeredTransit(zones, fields.FRAME, margin_m=3.2)
    home = rounded(fields.FRAME.position(*pad))
    ground = Place(fields.FRAME.point_xy_m(home), 0.0)
    try:
        there, back = transit.path(ground, goal), transit.path(goal, ground)
    except MissionError:
        return
    waypoints = [*there.waypoints(transit.lowest_rel_m), *back.waypoints(transit.lowest_rel_m)[1:]]
    routes = routes_of(waypoints, fields.FRAME, home)
    plan = Plan("transit", home, items_of(waypoints, routes, 10.0), routes, margin_m=2.0)
    checked = check_plan(plan, zones, returns=ReturnDemand.IGNORE)
    checked = check_plan(with_stops(plan, checked), zones, returns=ReturnDemand.IGNORE)
    assert [finding for finding in checked.findings if finding.severity is Severity.VIOLATION] == []
