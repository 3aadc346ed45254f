"""Requests for patterns: which zone they are flown in, what is refused, what is said."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
import shapely
from shapely import LineString, Polygon

from geofence.verification.finding import FindingCode
from geofence.zone import ZoneKind
from missions.patrol.patrol import plan_patrol
from missions.patrol.request import PatrolRequest
from missions.patterns.drift import Drift
from missions.patterns.pattern import (
    AreaPattern,
    CorridorPattern,
    Direction,
    ExpandingSquarePattern,
    LinesPattern,
    OrbitPattern,
    PerimeterPattern,
    PointOfInterest,
    PointsPattern,
    SectorSearchPattern,
    SpiralPattern,
)
from missions.plan.plan import RouteKind
from missions.refusal import MissionError


@pytest.fixture
def request_for(fields):
    def make(pattern, **changes):
        return replace(PatrolRequest(pattern, 50.0, fields.at(20.0, 20.0)), **changes)

    return make


@pytest.fixture
def field(fields):
    return fields.zones(fields.zone(fields.HOLED))


def xy_of(fields, plan, kind):
    positions = [p for route in plan.routes if route.kind is kind for p in route.positions]
    return fields.FRAME.xy_m([p.lat_deg for p in positions], [p.lon_deg for p in positions])


def test_a_pattern_of_places_is_flown_in_the_zone_that_holds_it(fields, request_for):
    zones = fields.zones(
        fields.zone(fields.RECTANGLE, "low", ceiling_m=40.0),
        fields.zone(fields.RECTANGLE.buffer(50.0), "high"),
        fields.zone(shapely.box(400, 0, 800, 200), "east"),
    )
    (plan,) = plan_patrol(zones, request_for(OrbitPattern(fields.at(200, 100), 30.0)))
    assert (plan.zone_id, plan.name, plan.pattern) == ("high", "high orbit", "orbit")
    (plan,) = plan_patrol(zones, request_for(OrbitPattern(fields.at(600, 100), 30.0)))
    assert plan.zone_id == "east"


def test_without_inclusion_zones_it_is_flown_clear_of_exclusions(fields, request_for):
    zones = fields.zones(fields.zone(shapely.box(190, -200, 210, 300), "wall", ZoneKind.EXCLUSION))
    (plan,) = plan_patrol(zones, request_for(OrbitPattern(fields.at(400, 100), 50.0)))
    assert plan.is_legal
    assert plan.zone_id == ""
    assert plan.name == "orbit"


def test_a_place_in_no_zone_is_refused_by_name(fields, field, request_for):
    with pytest.raises(
        MissionError, match=r"orbit at 36\.\d+,103\.\d+: no place of it lies in an inclusion zone"
    ):
        plan_patrol(field, request_for(OrbitPattern(fields.at(2000, 100))))
    with pytest.raises(MissionError, match="expanding square at"):
        plan_patrol(field, request_for(ExpandingSquarePattern(fields.at(2000, 100))))


def test_the_margin_is_not_lowered_for_a_line_across_an_exclusion(fields, request_for):
    zones = fields.zones(
        fields.zone(fields.RECTANGLE), fields.zone(shapely.box(190, 80, 200, 120), "no", ZoneKind.EXCLUSION)
    )
    line = (fields.at(150, 100), fields.at(240, 100))
    (plan,) = plan_patrol(zones, request_for(LinesPattern((line,))))
    assert plan.margin_m == 5.0
    (finding,) = plan.findings
    assert finding.code is FindingCode.NOT_FLOWN
    assert "of line 1 around" in finding.message


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("laps", [1, 3])
def test_a_perimeter_is_followed_so_often_and_that_way_round(fields, request_for, direction, laps):
    zones = fields.zones(fields.zone(fields.RECTANGLE))
    pattern = PerimeterPattern("field", inset_m=30.0, laps=laps, direction=direction)
    (plan,) = plan_patrol(zones, request_for(pattern))
    xy = xy_of(fields, plan, RouteKind.PERIMETER)
    ring = fields.RECTANGLE.buffer(-30.0).exterior
    assert LineString(xy).length == pytest.approx(laps * ring.length, rel=0.03)
    assert LineString(xy).distance(fields.RECTANGLE.exterior) > 29.9
    twice_m2 = np.sum(xy[:-1, 0] * xy[1:, 1] - xy[1:, 0] * xy[:-1, 1])
    assert np.sign(twice_m2) == -direction.turn
    assert plan.is_legal


def test_a_perimeter_can_be_nearer_than_the_usual_clearance(fields, request_for):
    zones = fields.zones(fields.zone(fields.RECTANGLE))
    (plan,) = plan_patrol(zones, request_for(PerimeterPattern("field", inset_m=6.0)))
    assert plan.is_legal
    assert plan.margin_m == 5.0
    xy = xy_of(fields, plan, RouteKind.PERIMETER)
    assert LineString(xy).length == pytest.approx(fields.RECTANGLE.buffer(-6.0).exterior.length, rel=0.02)


def test_a_crosshatch_sees_all_of_it_twice_at_right_angles(fields, request_for):
    zones = fields.zones(fields.zone(fields.RECTANGLE))
    (plan,) = plan_patrol(zones, request_for(AreaPattern("field", 40.0, crosshatch=True)))
    (once,) = plan_patrol(zones, request_for(AreaPattern("field", 40.0)))
    assert plan.is_legal
    assert 1.7 < plan.length_m / once.length_m < 2.6
    assert plan.coverage >= once.coverage
    xy = xy_of(fields, plan, RouteKind.COVERAGE)
    legs = [LineString(pair) for pair in itertools.pairwise(xy)]
    for axis in (0, 1):
        passes = [leg for leg in legs if abs(leg.coords[0][axis] - leg.coords[1][axis]) < 0.2 * leg.length]
        seen = shapely.union_all([leg.buffer(20.5, cap_style="square") for leg in passes])
        assert seen.intersection(fields.RECTANGLE).area > 0.9 * fields.RECTANGLE.area


def test_overlap_brings_the_lines_nearer(fields, request_for):
    zones = fields.zones(fields.zone(fields.RECTANGLE))
    (plan,) = plan_patrol(zones, request_for(AreaPattern("field", 40.0, overlap=0.5)))
    (narrow,) = plan_patrol(zones, request_for(AreaPattern("field", 20.0)))
    assert plan.swath_m == 40.0
    assert plan.length_m == pytest.approx(narrow.length_m, rel=0.02)


def test_a_headland_lap_goes_before_the_coverage(fields, request_for):
    zones = fields.zones(fields.zone(fields.RECTANGLE))
    (plan,) = plan_patrol(zones, request_for(AreaPattern("field", 30.0, headland=True)))
    kinds = [route.kind for route in plan.routes if route.kind is not RouteKind.TRANSIT]
    assert kinds[0] is RouteKind.PERIMETER
    assert RouteKind.COVERAGE in kinds
    assert plan.coverage > 0.97
    xy = np.vstack([xy_of(fields, plan, kind) for kind in (RouteKind.PERIMETER, RouteKind.COVERAGE)])
    assert LineString(xy).buffer(15.0).intersection(fields.RECTANGLE).area > 0.97 * fields.RECTANGLE.area
    with pytest.raises(MissionError, match="headland lap is flown by one drone"):
        plan_patrol(zones, request_for(AreaPattern("field", 30.0, headland=True), drones=2))


def test_a_helix_keeps_out_of_what_is_forbidden_at_any_of_its_altitudes(fields, request_for):
    block = shapely.box(150, 80, 170, 120)
    zones = fields.zones(
        fields.zone(fields.RECTANGLE), fields.zone(block, "no", ZoneKind.EXCLUSION, ceiling_m=30.0)
    )
    centre = fields.at(200, 100)
    level = request_for(OrbitPattern(centre, 40.0))
    (over,) = plan_patrol(zones, level)
    assert LineString(xy_of(fields, over, RouteKind.ORBIT)).intersects(block)
    (round_it,) = plan_patrol(zones, request_for(SpiralPattern(centre, 40.0, 40.0, 3.0, end_alt_rel_m=20.0)))
    assert round_it.is_legal
    whole = [fields.FRAME.point_xy_m(p) for route in round_it.routes for p in route.positions]
    assert LineString(whole).distance(block) > 5.0


def test_drones_share_lines_and_points(fields, field, request_for):
    lines = tuple((fields.at(20, y), fields.at(120, y)) for y in (60, 120, 180, 240))
    plans = plan_patrol(field, request_for(LinesPattern(lines), drones=2, alt_step_m=5.0))
    assert [plan.name for plan in plans] == ["field lines 1/2", "field lines 2/2"]
    flown = [len([r for r in plan.routes if r.kind is RouteKind.LINE]) for plan in plans]
    assert sum(flown) == 4
    assert {alt for route in plans[1].routes for alt in route.alts_rel_m} == {55.0}
    points = tuple(PointOfInterest(fields.at(x, 30)) for x in (60, 120, 300))
    assert len(plan_patrol(field, request_for(PointsPattern(points), drones=3))) == 3


def test_a_search_says_where_its_datum_is(fields, field, request_for):
    drift = Drift(90.0, 0.2)
    (plan,) = plan_patrol(field, request_for(SectorSearchPattern(fields.at(60, 150), 40.0, drift=drift)))
    assert len(plan.datum_track) == 10
    first, last = plan.datum_track[0], plan.datum_track[-1]
    moved_m = fields.FRAME.point_xy_m(last.position)[0] - fields.FRAME.point_xy_m(first.position)[0]
    assert moved_m == pytest.approx(0.2 * (last.time_s - first.time_s), abs=0.01)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda at: AreaPattern("field", -1.0), "swath -1 m"),
        (lambda at: AreaPattern("field", 40.0, overlap=0.95), "overlap 0.95"),
        (lambda at: PerimeterPattern("field", laps=0), "0 laps"),
        (lambda at: PerimeterPattern("field", inset_m=math.nan), "inset nan"),
        (lambda at: CorridorPattern((at(0, 0),)), "a line of 1 place leads nowhere"),
        (lambda at: CorridorPattern((at(0, 0), at(9, 0)), width_m=1e6), "width 1e"),
        (lambda at: LinesPattern(()), "0 lines"),
        (lambda at: PointsPattern(()), "0 points"),
        (lambda at: PointOfInterest(at(0, 0), dwell_s=-1.0), "dwell -1 s"),
        (lambda at: OrbitPattern(at(0, 0), radius_m=1.0), "radius 1 m"),
        (lambda at: OrbitPattern(at(0, 0), turns=0.0), "turns 0"),
        (lambda at: SpiralPattern(at(0, 0), 0.0, 0.0), "spiral within 0 m"),
        (lambda at: ExpandingSquarePattern(at(0, 0), legs=0), "0 legs"),
        (lambda at: SectorSearchPattern(at(0, 0), searches=3), "3 searches"),
        (lambda at: SectorSearchPattern(at(0, 0), heading_deg=400.0), "heading 400 degrees"),
        (lambda at: Drift(0.0, 50.0), "drift 50 m/s"),
    ],
)
def test_parameters_that_cannot_be_are_refused(fields, make, words):
    with pytest.raises(MissionError, match=words) as refused:
        make(fields.at)
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("make", "changes", "words"),
    [
        (lambda at: OrbitPattern(at(200, 50)), {"drones": 2}, "pattern orbit is flown by one drone"),
        (lambda at: PerimeterPattern("field", inset_m=4.0), {}, "inset of 4 m leaves no room"),
        (lambda at: PerimeterPattern("field", inset_m=170.0), {}, "too narrow for a ring 170 m"),
        (lambda at: SpiralPattern(at(60, 60), end_alt_rel_m=130.0), {}, "altitude 130 m is above the legal"),
        (lambda at: PointsPattern((PointOfInterest(at(200, 150)),)), {}, "no place of it"),
        (lambda at: PointsPattern((PointOfInterest(at(3, 3)),)), {}, "no point can be reached"),
        (lambda at: LinesPattern(((at(1, 0), at(1, 300)),)), {}, "no part of any line can be reached"),
    ],
)
def test_patterns_that_do_not_fit_are_refused(fields, field, request_for, make, changes, words):
    with pytest.raises(MissionError, match=words) as refused:
        plan_patrol(field, request_for(make(fields.at), **changes))
    assert refused.value.remedy


def test_a_long_pattern_is_still_one_polygon_of_findings(fields, request_for):
    zones = fields.zones(fields.zone(fields.RECTANGLE))
    comb = [(x, y) for x in range(0, 400, 20) for y in ((-50, 250) if x % 40 else (250, -50))]
    pattern = CorridorPattern(tuple(fields.at(*place) for place in comb), swath_m=20.0)
    (plan,) = plan_patrol(zones, request_for(pattern))
    assert plan.is_legal
    assert len(plan.findings) <= 26
    assert Polygon(fields.RECTANGLE).covers(LineString(xy_of(fields, plan, RouteKind.CORRIDOR)))
