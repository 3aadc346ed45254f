"""Every pattern over made-up ground, checked with shapely alone."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon

from geofence.latlon import LatLon
from geofence.verification.finding import Severity
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
from missions.plan.check import check_plan
from missions.plan.item import Command
from missions.refusal import MissionError

FIELD = shapely.box(0, 0, 900, 700)
TOWER = shapely.box(400, 300, 460, 380)
BAR = shapely.box(600, 100, 640, 500)
LEGAL = FIELD - TOWER - BAR
ROUNDING_M = 0.02


def patterns_of(at):
    def line(*places):
        return tuple(at(*place) for place in places)

    zigzag = line((50, 50), (300, 400), (350, 100), (500, 600), (850, 300))
    return {
        "area": AreaPattern("field", 60.0),
        "overlapping area": AreaPattern("field", 80.0, overlap=0.3),
        "crosshatched area": AreaPattern("field", 80.0, crosshatch=True),
        "area with headland": AreaPattern("field", 80.0, headland=True),
        "perimeter": PerimeterPattern("field", laps=2, direction=Direction.CLOCKWISE),
        "perimeter inset": PerimeterPattern("field", inset_m=50.0),
        "perimeter outside": PerimeterPattern("tower", inset_m=20.0),
        "corridor": CorridorPattern(zigzag, swath_m=30.0),
        "wide corridor": CorridorPattern(zigzag, width_m=100.0, swath_m=30.0),
        "lines": LinesPattern(
            (line((100, 100), (300, 100)), line((500, 100), (800, 300)), line((100, 600), (800, 650)))
        ),
        "points": PointsPattern(
            tuple(
                PointOfInterest(at(*place), 5.0, at(430, 340))
                for place in ((100, 100), (800, 600), (430, 340), (750, 100))
            )
        ),
        "orbit": OrbitPattern(at(430, 340), 90.0),
        "orbit across the bar": OrbitPattern(at(560, 300), 120.0),
        "spiral": SpiralPattern(at(200, 400), 10.0, 120.0, 4.0),
        "helix": SpiralPattern(at(430, 340), 80.0, 80.0, 3.0, end_alt_rel_m=110.0),
        "expanding square": ExpandingSquarePattern(at(250, 350)),
        "drifting square": ExpandingSquarePattern(at(250, 350), drift=Drift(45.0, 0.5)),
        "sector search": SectorSearchPattern(at(250, 350), searches=2),
        "drifting sector search": SectorSearchPattern(at(250, 350), drift=Drift(90.0, 1.0)),
    }


NAMES = tuple(patterns_of(lambda x_m, y_m: LatLon(y_m / 1e5, x_m / 1e5)))


@pytest.fixture
def zones(fields):
    return fields.zones(
        fields.zone(FIELD),
        fields.zone(TOWER, "tower", ZoneKind.EXCLUSION),
        fields.zone(BAR, "bar", ZoneKind.EXCLUSION, ceiling_m=90.0),
    )


def flown(fields, plan):
    positions = [position for route in plan.routes for position in route.positions]
    return LineString(fields.FRAME.xy_m([p.lat_deg for p in positions], [p.lon_deg for p in positions]))


def assert_in_legal_space(fields, plan, legal):
    line = flown(fields, plan)
    assert line.difference(legal).length == 0.0
    assert line.distance(shapely.boundary(legal)) >= plan.margin_m - ROUNDING_M


@pytest.mark.parametrize("name", NAMES)
def test_every_pattern_is_legal(fields, zones, name):
    pattern = patterns_of(fields.at)[name]
    (plan,) = plan_patrol(zones, PatrolRequest(pattern, 50.0, fields.at(30, 30), speed_m_s=8.0))
    assert plan.is_legal
    assert check_plan(plan, zones).is_legal
    assert plan.pattern == pattern.name.value
    assert_in_legal_space(fields, plan, LEGAL)
    assert plan.routes[0].positions[0] == plan.routes[-1].positions[-1] == plan.home
    assert all(finding.severity is Severity.ADVICE for finding in plan.findings)
    looks = [item.command for item in plan.items if item.command in (195, 197)]
    assert looks == [Command.DO_SET_ROI_LOCATION, Command.DO_SET_ROI_NONE] * (len(looks) // 2)


def rings(draw, reach_m):
    """A star-shaped ring, concave as a rule."""
    count = draw(st.integers(5, 9))
    radii = draw(st.lists(st.floats(0.35, 1.0), min_size=count, max_size=count))
    angles = 2.0 * math.pi * np.arange(count) / count
    return [
        (reach_m * r * math.cos(a), reach_m * r * math.sin(a)) for r, a in zip(radii, angles, strict=True)
    ]


@st.composite
def grounds(draw):
    """An area round the origin, and exclusions in it, which may touch or cross its border and each other."""
    area = Polygon(rings(draw, 400.0))
    holes = []
    for _ in range(draw(st.integers(0, 3))):
        x, y = draw(st.floats(-300, 300)), draw(st.floats(-300, 300))
        ring = rings(draw, draw(st.floats(10, 90)))
        holes.append(Polygon([(x + dx, y + dy) for dx, dy in ring]))
    return area, holes


@st.composite
def place_patterns(draw, at):
    places = st.tuples(st.floats(-350, 350), st.floats(-350, 350)).map(lambda xy: at(*xy))
    lines = st.lists(places, min_size=2, max_size=6, unique=True).map(tuple)
    direction = draw(st.sampled_from(Direction))
    drift = draw(st.none() | st.builds(Drift, st.floats(0, 360), st.floats(0, 2)))
    kind = draw(st.integers(0, 7))
    match kind:
        case 0:
            return CorridorPattern(draw(lines), draw(st.none() | st.floats(20, 150)), swath_m=40.0)
        case 1:
            return LinesPattern(tuple(draw(st.lists(lines, min_size=1, max_size=4))))
        case 2:
            return PointsPattern(
                tuple(PointOfInterest(p) for p in draw(st.lists(places, min_size=1, max_size=6)))
            )
        case 3:
            return OrbitPattern(draw(places), draw(st.floats(5, 150)), draw(st.floats(0.2, 2)), direction)
        case 4:
            return SpiralPattern(
                draw(places),
                draw(st.floats(0, 50)),
                draw(st.floats(5, 150)),
                2.0,
                draw(st.none() | st.floats(20, 90)),
                direction,
            )
        case 5:
            return ExpandingSquarePattern(
                draw(places), draw(st.floats(10, 60)), draw(st.integers(1, 12)), drift=drift
            )
        case 6:
            return SectorSearchPattern(
                draw(places), draw(st.floats(20, 150)), draw(st.integers(1, 2)), drift=drift
            )
        case _:
            return PerimeterPattern(
                "field", 40.0, draw(st.none() | st.floats(9, 40)), draw(st.integers(1, 2)), direction
            )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), ground=grounds())
def test_no_pattern_leaves_legal_space(fields, data, ground):
    area, holes = ground
    zones = fields.zones(
        fields.zone(area),
        *(fields.zone(hole, f"no {k}", ZoneKind.EXCLUSION, ceiling_m=None) for k, hole in enumerate(holes)),
    )
    legal = area - shapely.union_all(holes) if holes else area
    room = shapely.buffer(legal, -9.0)
    assume(not room.is_empty)
    pad = max(shapely.get_parts(room), key=lambda part: part.area).representative_point()
    pattern = data.draw(place_patterns(fields.at))
    try:
        plans = plan_patrol(zones, PatrolRequest(pattern, 50.0, fields.at(pad.x, pad.y), speed_m_s=8.0))
    except MissionError:
        return
    for plan in plans:
        assert_in_legal_space(fields, plan, legal)
        assert plan.is_legal
