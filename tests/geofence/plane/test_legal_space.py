import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.plane.legal_space import LegalSpace
from geofence.refusal import GeofenceError
from geofence.verification.leg import Leg
from geofence.verification.verification import verify_legs
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet

FRAME = LocalFrame(LatLon(36.0925, 103.7080))
GROUND = (-500.0, -500.0, 500.0, 500.0)


def _space(zones, *, alt_rel_m=50.0, margin_m=5.0, **home):
    return LegalSpace(ZoneSet(zones), frame=FRAME, alt_rel_m=alt_rel_m, margin_m=margin_m, **home)


def test_inclusions_shrink_and_exclusions_grow(make_zone):
    space = _space(
        [make_zone("ground", "inclusion", GROUND), make_zone("pad", "exclusion", (-50, -50, 50, 50))]
    )
    assert space.area_xy_m.area == pytest.approx(990**2 - (100**2 + 4 * 100 * 5 + np.pi * 25), rel=0.001)
    assert space.covers_point_xy_m((494.0, 0.0))
    assert not space.covers_point_xy_m((496.0, 0.0))
    assert not space.covers_point_xy_m((54.0, 0.0))
    legs = space.covers_legs_xy_m([(60, 60), (-60, 0), (60, 0)], [(60, -60), (60, 0), (60, 0)])
    assert legs.tolist() == [True, False, True]


def test_touching_inclusions_are_one(make_zone):
    space = _space(
        [make_zone("a", "inclusion", (-500, -500, 0, 500)), make_zone("b", "inclusion", (0, -500, 500, 500))]
    )
    assert space.area_xy_m.geom_type == "Polygon"
    assert space.covers_legs_xy_m([(-400, 0)], [(400, 0)]).all()


def test_without_inclusions_the_space_is_a_square_of_twenty_kilometres(make_zone):
    assert _space([]).area_xy_m.area == pytest.approx(20_000.0**2)
    space = _space([make_zone("pad", "exclusion", (-50, -50, 50, 50))])
    assert not space.covers_point_xy_m((0, 0))
    assert space.covers_point_xy_m((9_999, 9_999))


def test_bands_decide_what_counts(make_zone):
    zones = [
        make_zone("low", "inclusion", GROUND, AltitudeBand(None, 60.0)),
        make_zone("mast", "exclusion", (-50, -50, 50, 50), AltitudeBand(None, 40.0)),
    ]
    assert _space(zones, alt_rel_m=50.0).covers_point_xy_m((0, 0))
    assert not _space(zones, alt_rel_m=40.0).covers_point_xy_m((0, 0))
    assert _space(zones, alt_rel_m=61.0).area_xy_m.is_empty
    assert not _space(zones, alt_rel_m=61.0).covers_point_xy_m((200, 0))
    assert not _space(zones, alt_rel_m=61.0).covers_legs_xy_m([(200, 0)], [(210, 0)]).any()


def test_unknown_limits_are_taken_at_their_worst(make_zone):
    ground = make_zone("ground", "inclusion", GROUND, AltitudeBand(None, 1600.0, AltitudeDatum.AMSL))
    pad = make_zone("pad", "exclusion", (-50, -50, 50, 50), AltitudeBand(1600.0, None, AltitudeDatum.AMSL))
    unknown = _space([ground, pad])
    assert unknown.area_xy_m.is_empty
    assert unknown.unknown_zone_ids == ("ground",)
    assert _space([ground, pad], home_alt_amsl_m=1520.0).covers_point_xy_m((0, 0))
    assert not _space([pad]).covers_point_xy_m((0, 0))


def test_a_margin_that_is_no_distance_is_refused(make_zone):
    for margin_m, alt_rel_m in ((-1.0, 50.0), (float("nan"), 50.0), (5.0, float("inf"))):
        with pytest.raises(GeofenceError):
            _space([], margin_m=margin_m, alt_rel_m=alt_rel_m)


@st.composite
def jagged(draw, most_m=300.0):
    count = draw(st.integers(3, 12))
    turns = np.sort(draw(st.lists(st.integers(0, 627), min_size=count, max_size=count, unique=True))) / 100.0
    radii = np.array(draw(st.lists(st.floats(0.05, 1.0), min_size=count, max_size=count))) * most_m
    centre = draw(st.tuples(st.floats(-200.0, 200.0), st.floats(-200.0, 200.0)))
    polygon = Polygon(np.column_stack((centre[0] + radii * np.cos(turns), centre[1] + radii * np.sin(turns))))
    # Valid with room to spare: rounding to degrees and back must not make it cross itself.
    is_sound = polygon.is_valid and polygon.buffer(-0.5).geom_type == "Polygon" and polygon.area > 10.0
    is_sound = is_sound and polygon.simplify(0.01).equals(polygon)
    return polygon if is_sound else box(0.0, 0.0, 100.0, 100.0)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(ZoneKind), jagged()), min_size=1, max_size=6),
    st.floats(0.0, 30.0),
    st.integers(0, 2**31),
)
def test_every_point_of_the_legal_space_keeps_the_margin(drawn, margin_m, seed):
    zones = [
        Zone.of_area(str(n), str(n), kind, FRAME.unproject(shape)) for n, (kind, shape) in enumerate(drawn)
    ]
    space = _space(zones, margin_m=margin_m)
    area = space.area_xy_m
    if area.is_empty:
        return
    random = np.random.default_rng(seed)
    points = shapely.line_interpolate_point(area.boundary, random.uniform(0.0, area.boundary.length, 300))
    vertices = shapely.points(shapely.get_coordinates(area))
    west, south, east, north = area.bounds
    inner = shapely.points(random.uniform((west, south), (east, north), (300, 2)))
    points = np.concatenate((points, vertices, inner[shapely.contains(area, inner)]))
    inclusions = [shape for kind, shape in drawn if kind is ZoneKind.INCLUSION]
    for kind, shape in drawn:
        if kind is ZoneKind.EXCLUSION:
            assert shapely.distance(points, shape).min() >= margin_m - 0.001
    if inclusions:
        outside = shapely.box(-9e3, -9e3, 9e3, 9e3).difference(shapely.union_all(inclusions).buffer(0.01))
        assert shapely.distance(points, outside).min() >= margin_m - 0.001


@settings(max_examples=100, deadline=None)
@given(
    st.lists(jagged(100.0), max_size=5),
    st.lists(st.tuples(st.floats(-400, 400), st.floats(-400, 400)), min_size=2, max_size=12),
    st.sampled_from([0.0, 2.0, 5.0, 12.0]),
)
def test_covered_legs_verify_after_rounding_for_the_wire(shapes, corners, margin_m):
    zones = [Zone.of_area("ground", "ground", ZoneKind.INCLUSION, FRAME.unproject(box(*GROUND)))]
    zones += [
        Zone.of_area(str(n), str(n), ZoneKind.EXCLUSION, FRAME.unproject(shape))
        for n, shape in enumerate(shapes)
    ]
    space = _space(zones, margin_m=margin_m)
    # Legs at random, and those that hug the edge of the legal space.
    hugging = [np.array(ring.coords) for ring in shapely.get_rings(shapely.get_parts(space.area_xy_m))]
    starts = np.concatenate([corners[:-1], *(ring[:-1] for ring in hugging)])
    ends = np.concatenate([corners[1:], *(ring[1:] for ring in hugging)])
    is_covered = space.covers_legs_xy_m(starts, ends)
    legs = []
    for start, end in zip(starts[is_covered], ends[is_covered], strict=True):
        places = np.round(FRAME.latlon_deg([start, end]), 7)
        legs.append(Leg(1, 2, LatLon(*places[0]), LatLon(*places[1]), 50.0, 50.0))
    verification = verify_legs(legs, ZoneSet(zones), margin_m=margin_m)
    assert verification.findings == ()
    assert verification.min_clearance_m is None or verification.min_clearance_m >= margin_m
