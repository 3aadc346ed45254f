"""Ways of a patrol that change altitude, against sampling of the flown line in three dimensions."""

import itertools
import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geofence.altitude_band import AltitudeBand
from geofence.zone import Zone, ZoneKind
from missions.patrol import layers
from missions.patrol.patrol import plan_patrol
from missions.patrol.request import PatrolRequest
from missions.patterns.pattern import (
    AreaPattern,
    LinesPattern,
    OrbitPattern,
    PerimeterPattern,
    PointOfInterest,
    PointsPattern,
)
from missions.plan.item import Command
from missions.refusal import MissionError
from simulator.copter import Copter
from simulator.home import DEFAULT_HOME
from tests.simulator.conftest import Station

FIELD = shapely.box(0.0, 0.0, 600.0, 300.0)
FAR = shapely.box(300.0, 50.0, 500.0, 250.0)
WALL = shapely.box(200.0, -50.0, 240.0, 350.0)
SIDE_WALL = shapely.box(200.0, -50.0, 240.0, 250.0)
PAD = (30.0, 30.0)
STEP_M = 0.5


def exclusion(fields, area, floor_m, ceiling_m, zone_id="wall"):
    return Zone.of_area(
        zone_id, zone_id, ZoneKind.EXCLUSION, fields.FRAME.unproject(area), AltitudeBand(floor_m, ceiling_m)
    )


@pytest.fixture
def walled(fields):
    """A field with a wall across it."""

    def make(area=WALL, floor_m=None, ceiling_m=30.0):
        return fields.zones(
            fields.zone(FIELD), fields.zone(FAR, "far"), exclusion(fields, area, floor_m, ceiling_m)
        )

    return make


def flown_xyz_m(plan, fields):
    """Corners of the flown line, by the items alone: from the take-off to above home."""
    places = [(*fields.FRAME.point_xy_m(plan.home), 0.0)]
    for item in plan.items:
        if item.command in (Command.NAV_TAKEOFF, Command.NAV_WAYPOINT):
            position = plan.home if item.position is None else item.position
            places.append((*fields.FRAME.point_xy_m(position), item.alt_m))
    return np.array(places)


def sampled(plan, fields):
    corners = flown_xyz_m(plan, fields)
    pieces = [
        np.linspace(a, b, max(2, math.ceil(np.linalg.norm(b - a) / STEP_M)))
        for a, b in itertools.pairwise(corners)
    ]
    return np.vstack(pieces)


def assert_clear(plan, fields, *forbidden):
    """Nowhere within the margin of what is forbidden at its height, and never out of the field."""
    xyz_m = sampled(plan, fields)
    points = shapely.points(xyz_m[:, :2])
    assert shapely.contains(FIELD, points).all()
    for area, floor_m, ceiling_m in forbidden:
        is_within = (xyz_m[:, 2] >= floor_m) & (xyz_m[:, 2] <= ceiling_m)
        assert is_within.any()
        assert shapely.distance(points[is_within], area).min() >= plan.margin_m - 0.02


def alts_m(plan):
    return {round(item.alt_m, 1) for item in plan.items if item.command == Command.NAV_WAYPOINT}


def request(fields, pattern, alt_rel_m=25.0, **changes):
    return PatrolRequest(pattern, alt_rel_m, fields.at(*PAD), speed_m_s=8.0, **changes)


def patterns(fields):
    line = (fields.at(320.0, 100.0), fields.at(450.0, 200.0))
    return {
        "area": AreaPattern("far", 40.0),
        "perimeter": PerimeterPattern("far", 40.0),
        "lines": LinesPattern((line, (fields.at(330.0, 60.0), fields.at(480.0, 60.0)))),
        "points": PointsPattern(
            (
                PointOfInterest(fields.at(400.0, 100.0), dwell_s=0.0),
                PointOfInterest(fields.at(480.0, 200.0), look_at=fields.at(490.0, 200.0)),
            )
        ),
        "orbit": OrbitPattern(fields.at(400.0, 150.0), radius_m=50.0, turns=1.5),
    }


@pytest.mark.parametrize("name", ["area", "perimeter", "lines", "points", "orbit"])
def test_what_lies_behind_a_low_wall_is_reached_over_it(walled, fields, name):
    pattern, zones = patterns(fields)[name], walled()
    (plan,) = plan_patrol(zones, request(fields, pattern))
    assert plan.is_legal, plan.findings
    assert alts_m(plan) == {25.0, 33.0}
    assert_clear(plan, fields, (WALL, -1.0, 30.0))
    with pytest.raises(MissionError, match="can be reached from the pad"):
        plan_patrol(zones, request(fields, pattern, keeps_level=True))


def test_the_pattern_stays_at_its_altitude(walled, fields):
    (plan,) = plan_patrol(walled(), request(fields, AreaPattern("far", 40.0)))
    for route in plan.routes:
        if route.kind.value == "coverage":
            assert set(route.alts_rel_m) == {25.0}


def test_above_a_low_wall_nothing_changes(walled, fields):
    plans = [
        plan_patrol(walled(), request(fields, AreaPattern("far", 40.0), alt_rel_m=55.0, keeps_level=keeps))
        for keeps in (False, True)
    ]
    assert plans[0] == plans[1]


def test_under_a_high_zone_where_the_pattern_is_flown_above(walled, fields):
    zones = walled(floor_m=40.0, ceiling_m=90.0)
    (plan,) = plan_patrol(zones, request(fields, AreaPattern("far", 40.0), alt_rel_m=60.0))
    assert plan.is_legal, plan.findings
    assert max(alts_m(plan)) == 60.0
    assert 10.0 <= min(alts_m(plan)) <= 37.0
    assert_clear(plan, fields, (WALL, 40.0, 90.0))


def test_over_a_wall_where_that_is_faster_than_round_it(walled, fields):
    """Both ways are legal; the one over it saves more than its stops cost."""
    zones = walled(SIDE_WALL)
    line = LinesPattern(((fields.at(280.0, 30.0), fields.at(450.0, 30.0)),))
    (over,) = plan_patrol(zones, request(fields, line))
    (round_it,) = plan_patrol(zones, request(fields, line, keeps_level=True))
    assert over.is_legal
    assert round_it.is_legal
    assert alts_m(round_it) == {25.0}
    assert max(alts_m(over)) == 33.0
    assert over.length_m < round_it.length_m - 150.0
    assert_clear(over, fields, (SIDE_WALL, -1.0, 30.0))
    little = fields.zones(
        fields.zone(FIELD), exclusion(fields, shapely.box(200.0, 20.0, 240.0, 50.0), None, 30.0)
    )
    (level,) = plan_patrol(little, request(fields, line))
    assert alts_m(level) == {25.0}


def test_between_places_it_flies_over_a_wall_too(walled, fields):
    points = PointsPattern(
        (
            PointOfInterest(fields.at(150.0, 60.0), dwell_s=5.0),
            PointOfInterest(fields.at(290.0, 60.0), dwell_s=0.0),
        )
    )
    (plan,) = plan_patrol(walled(SIDE_WALL), request(fields, points))
    assert plan.is_legal
    for wanted in ((150.0, 60.0), (290.0, 60.0)):
        at = [xyz for xyz in flown_xyz_m(plan, fields) if math.dist(xyz[:2], wanted) < 0.1]
        assert any(xyz[2] == 25.0 for xyz in at)
    assert_clear(plan, fields, (SIDE_WALL, -1.0, 30.0))


def test_no_wall_reaches_to_the_sky_in_vain(walled, fields):
    """Without a way at any altitude it is refused as before."""
    with pytest.raises(MissionError, match="can be reached from the pad"):
        plan_patrol(walled(ceiling_m=None), request(fields, AreaPattern("far", 40.0)))
    with pytest.raises(MissionError, match="can be reached from the pad"):
        plan_patrol(walled(ceiling_m=118.0), request(fields, AreaPattern("far", 40.0)))


def test_altitude_layers_of_several_drones_are_kept(walled, fields):
    asked = request(fields, AreaPattern("far", 40.0), drones=2, alt_step_m=2.0)
    with pytest.raises(MissionError, match="can be reached from the pad"):
        plan_patrol(walled(), asked)


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_whatever_lies_between_is_kept_clear_of(fields, data):
    boxes = data.draw(
        st.lists(
            st.tuples(
                st.integers(120, 260),
                st.integers(-20, 200),
                st.integers(15, 60),
                st.integers(40, 320),
                st.sampled_from([(-1.0, 20.0), (-1.0, 35.0), (15.0, 60.0), (40.0, 119.0)]),
            ),
            min_size=1,
            max_size=4,
        )
    )
    areas = [
        (shapely.box(x, y, min(x + width, 285), y + height), *band) for x, y, width, height, band in boxes
    ]
    walls = [
        exclusion(fields, area, floor_m if floor_m > 0.0 else None, ceiling_m, f"wall {number}")
        for number, (area, floor_m, ceiling_m) in enumerate(areas)
    ]
    zones = fields.zones(fields.zone(FIELD), *walls)
    line = LinesPattern(((fields.at(310.0, 60.0), fields.at(450.0, 200.0)),))
    alt_rel_m = data.draw(st.sampled_from([18.0, 25.0, 45.0]))
    try:
        (plan,) = plan_patrol(zones, request(fields, line, alt_rel_m=alt_rel_m))
    except MissionError:
        return
    assert plan.is_legal, plan.findings
    xyz_m = sampled(plan, fields)
    points = shapely.points(xyz_m[:, :2])
    assert shapely.contains(FIELD, points).all()
    for area, floor_m, ceiling_m in areas:
        is_within = (xyz_m[:, 2] >= floor_m) & (xyz_m[:, 2] <= ceiling_m)
        if is_within.any():
            assert shapely.distance(points[is_within], area).min() >= plan.margin_m - 0.02


def test_zones_without_bands_cost_no_time(fields, monkeypatch):
    """No legal space at other altitudes is even made."""

    def refuse(*_args, **_settings):
        raise AssertionError

    monkeypatch.setattr(layers, "LayeredTransit", refuse)
    post = fields.zone(shapely.box(200.0, 20.0, 240.0, 200.0), "post", ZoneKind.EXCLUSION, ceiling_m=None)
    zones = fields.zones(fields.zone(FIELD), fields.zone(FAR, "far"), post)
    assert plan_patrol(zones, request(fields, AreaPattern("far", 40.0)))[0].is_legal


def test_a_way_over_a_wall_is_flown_so(walled, fields):
    (plan,) = plan_patrol(
        walled(), request(fields, LinesPattern(((fields.at(300.0, 60.0), fields.at(400.0, 60.0)),)))
    )
    station = Station(Copter(1, DEFAULT_HOME, is_quick_boot=True))
    station.run(2)
    shift = 360925000 - round(1e7 * plan.home.lat_deg), 1037080000 - round(1e7 * plan.home.lon_deg)
    station.start_mission(plan.items, shift_e7=shift)
    began_s = station.now_s
    flown = []
    while station.copter.autopilot.is_armed:
        station.run(0.1)
        body = station.copter.autopilot.body
        flown.append((PAD[0] + body.east_m, PAD[1] + body.north_m, body.up_m))
        assert station.now_s - began_s < 600.0
    xyz_m = np.array(flown)
    points = shapely.points(xyz_m[:, :2])
    is_low = xyz_m[:, 2] <= 30.0
    assert shapely.distance(points[is_low], WALL).min() > plan.margin_m
    assert shapely.distance(points, WALL).min() == 0.0
    assert xyz_m[:, 0].max() > 395.0


@pytest.mark.parametrize("drones", [1, 2])
def test_an_area_that_a_low_wall_cuts_is_covered_on_both_sides(fields, drones):
    """Each side is flown at the pattern's altitude, the wall between them is flown over."""
    zones = fields.zones(fields.zone(FIELD), exclusion(fields, WALL, None, 30.0))
    plans = plan_patrol(zones, request(fields, AreaPattern("field", 40.0), drones=drones))
    seen = shapely.union_all(
        [
            shapely.LineString([fields.FRAME.point_xy_m(position) for position in route.positions]).buffer(
                20.5
            )
            for plan in plans
            for route in plan.routes
            if route.kind.value == "coverage"
        ]
    )
    for plan in plans:
        assert plan.is_legal, plan.findings
        assert alts_m(plan) == {25.0, 33.0}
        assert_clear(plan, fields, (WALL, -1.0, 30.0))
        assert not [finding for finding in plan.findings if "no legal way" in finding.message]
    free = FIELD.difference(WALL.buffer(5.0))
    assert free.intersection(seen).area > 0.97 * free.area
    (level,) = plan_patrol(zones, request(fields, AreaPattern("field", 40.0), keeps_level=True))
    assert any("no legal way" in finding.message for finding in level.findings)
