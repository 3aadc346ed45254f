import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely import Point, Polygon, box

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.circle import Circle
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.lowering.fence_lowering import lower_to_fence
from geofence.lowering.lowered_circle import LoweredCircle
from geofence.refusal import GeofenceError
from geofence.verification.leg import Leg
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet

FRAME = LocalFrame(LatLon(36.0925, 103.7080))
GEOD = Geod(ellps="WGS84")
GROUND = (-500.0, -500.0, 500.0, 500.0)


def _planar(ring):
    return FRAME.project_area(Polygon([(place.lon_deg, place.lat_deg) for place in ring]))


def _legs(corners, alts=(50.0, 50.0)):
    """A leg between each two corners at the higher altitude; the first climbs there from the lower on the spot."""
    along = [FRAME.position(*corner) for corner in corners]
    low_m, high_m = alts
    climb = [Leg(0, 1, along[0], along[0], low_m, low_m, meets_ground=True)]
    climb += [Leg(0, 1, along[0], along[0], low_m, high_m)]
    return climb + [Leg(1, 2, start, end, high_m, high_m) for start, end in itertools.pairwise(along)]


def _lower(zones, corners, *, alts=(0.0, 50.0), most=100, **more):
    legs = _legs(corners, alts) if corners else []
    return lower_to_fence(ZoneSet(zones), legs=legs, max_items=most, **more)


def test_simple_zones_keep_their_vertices(make_zone):
    fence = _lower(
        [
            make_zone("ground", "inclusion", GROUND, AltitudeBand(20.0, 110.0)),
            make_zone("pad", "exclusion", (100, 100, 200, 200)),
        ],
        [(0, 0), (0, 300)],
    )
    assert [len(ring) for ring in fence.inclusion] == [4]
    assert [len(ring) for ring in fence.exclusions] == [4]
    assert fence.items == 8
    assert fence.alt_max_rel_m == 110.0
    assert _planar(fence.inclusion[0]).symmetric_difference(box(*GROUND)).area < 4000 * 0.3


def test_only_the_component_of_the_route_is_kept(make_zone):
    zones = [
        make_zone("west", "inclusion", (-500, -500, 0, 500), AltitudeBand(None, 100.0)),
        make_zone("east", "inclusion", (0, -500, 500, 500), AltitudeBand(None, 80.0)),
        make_zone("island", "inclusion", (700, 0, 900, 100), AltitudeBand(None, 60.0)),
        make_zone("on the island", "exclusion", (750, 20, 800, 50)),
    ]
    fence = _lower(zones, [(-300, 0), (300, 0)])
    assert len(fence.inclusion) == 1
    assert fence.exclusions == ()
    assert fence.alt_max_rel_m == 80.0
    with pytest.raises(GeofenceError, match=r"leaves the inclusion zones at .*holds one area"):
        _lower(zones, [(-300, 0), (800, 10)])


def test_holes_become_exclusions(make_zone):
    ground = make_zone(
        "ground", "inclusion", Polygon(box(*GROUND).exterior, [box(100, 100, 200, 200).exterior])
    )
    fence = _lower([ground], [(0, 0), (0, 300)])
    assert [len(ring) for ring in (*fence.inclusion, *fence.exclusions)] == [4, 4]
    assert _planar(fence.exclusions[0]).covers(box(100, 100, 200, 200))


def test_exclusions_count_at_the_altitudes_flown(make_zone):
    zones = [
        make_zone("ground", "inclusion", GROUND, AltitudeBand(None, 110.0)),
        make_zone("house", "exclusion", (100, 100, 200, 200), AltitudeBand(None, 20.0)),
        make_zone("sky", "exclusion", (-200, 100, -100, 200), AltitudeBand(90.0, None)),
    ]
    assert len(_lower(zones, [(0, 0)], alts=(0.0, 50.0)).exclusions) == 1
    assert len(_lower(zones, [(0, 0)], alts=(30.0, 50.0)).exclusions) == 0
    # Beneath the zone in the sky the fence's lid must stay.
    assert _lower(zones, [(0, 0)], alts=(30.0, 50.0)).alt_max_rel_m == 90.0
    with pytest.raises(GeofenceError, match="allows 111 m above home"):
        _lower(zones, [(0, 0)], alts=(30.0, 111.0))


def test_no_inclusion_leaves_only_the_exclusions_within_reach(make_zone):
    zones = [
        make_zone("near", "exclusion", (100, 0, 200, 100)),
        make_zone("far", "exclusion", (8000, 0, 8100, 100)),
    ]
    fence = _lower(zones, [(0, 0), (0, 50)], reach_m=5000.0)
    assert fence.inclusion == ()
    assert len(fence.exclusions) == 1
    assert fence.alt_max_rel_m is None
    assert _lower([], [(0, 0)]).items == 0


def test_an_exclusion_within_another_is_left_out(make_zone):
    zones = [
        make_zone("a", "exclusion", (100, 100, 200, 200)),
        make_zone("b", "exclusion", (120, 120, 130, 130)),
    ]
    zones.append(make_zone("c", "exclusion", (100, 100, 200, 200)))
    assert len(_lower(zones, [(0, 0)]).exclusions) == 1


def test_the_route_must_be_free(make_zone):
    ground = make_zone("ground", "inclusion", GROUND)
    with pytest.raises(GeofenceError, match=r"enters an excluded area at 36\.\d+,103\.\d+"):
        _lower([ground, make_zone("pad", "exclusion", (-10, 100, 10, 200))], [(0, 0), (0, 300)])
    with pytest.raises(GeofenceError, match="no route"):
        _lower([ground], [])
    unknown = make_zone("amsl", "inclusion", GROUND, AltitudeBand(None, 1600.0, AltitudeDatum.AMSL))
    with pytest.raises(GeofenceError, match="home's altitude above mean sea level"):
        _lower([unknown], [(0, 0)])
    assert _lower([unknown], [(0, 0)], home_alt_amsl_m=1520.0).alt_max_rel_m == 80.0


def test_round_zones_are_simplified_until_they_fit(make_zone):
    zones = [
        make_zone("ground", "inclusion", Point(0, 0).buffer(500.0, quad_segs=32)),
        make_zone("pad", "exclusion", Point(200, 0).buffer(50.0, quad_segs=32)),
    ]
    sizes = []
    for most in (300, 60, 30, 16, 10):
        fence = _lower(zones, [(0, 0), (0, 100)], most=most)
        assert fence.items <= most
        sizes.append(_planar(fence.inclusion[0]).area)
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[2] > 0.9 * np.pi * 500**2
    with pytest.raises(GeofenceError, match=r"needs [6-8] vertices"):
        _lower(zones, [(0, 0), (0, 100)], most=4)


def test_simplifying_leaves_the_route_its_room(make_zone):
    ground = make_zone("ground", "inclusion", Point(0, 0).buffer(500.0, quad_segs=64))
    corners = [(480 * np.cos(turn), 480 * np.sin(turn)) for turn in np.linspace(0.0, 6.0, 60)]
    fence = _lower([ground], corners, most=40, clear_m=4.0)
    route = shapely.LineString(corners)
    assert fence.items <= 40
    assert _planar(fence.inclusion[0]).exterior.distance(route) >= 3.99
    with pytest.raises(
        GeofenceError, match=r"the fence needs \d+ vertices to leave the route free, and 7 are allowed"
    ):
        _lower([ground], corners, most=8, clear_m=4.0)


@st.composite
def blobs(draw, least_m, most_m, centre_m):
    count = draw(st.integers(8, 60))
    turns = np.linspace(0.0, 2.0 * np.pi, count, endpoint=False)
    seed = draw(st.integers(0, 2**31))
    radii = np.random.default_rng(seed).uniform(least_m, most_m, count)
    x_m, y_m = draw(centre_m), draw(centre_m)
    return Polygon(np.column_stack((x_m + radii * np.cos(turns), y_m + radii * np.sin(turns))))


@settings(max_examples=120, deadline=None)
@given(
    blobs(300.0, 900.0, st.just(0.0)),
    st.lists(blobs(20.0, 120.0, st.floats(-600.0, 600.0)), max_size=5),
    st.lists(st.tuples(st.floats(-250, 250), st.floats(-250, 250)), min_size=1, max_size=5),
    st.integers(8, 150),
)
def test_the_fence_admits_nothing_forbidden(ground, pads, corners, most):
    zones = [Zone.of_area("ground", "ground", ZoneKind.INCLUSION, FRAME.unproject(ground))]
    zones += [
        Zone.of_area(str(n), str(n), ZoneKind.EXCLUSION, FRAME.unproject(pad)) for n, pad in enumerate(pads)
    ]
    try:
        fence = _lower(zones, corners, most=most)
    except GeofenceError:
        return
    assert fence.items <= most
    admitted = _planar(fence.inclusion[0])
    for ring in fence.exclusions:
        assert _planar(ring).is_valid
        admitted = admitted.difference(_planar(ring))
    legal = ground.difference(shapely.union_all(pads)) if pads else ground
    assert admitted.difference(legal).area < 1e-6
    route = shapely.LineString(corners) if len(set(corners)) > 1 else Point(corners[0])
    assert legal.buffer(0.01).covers(route)
    assert admitted.covers(route)


def _band(draw):
    floor_m = draw(st.none() | st.floats(5.0, 80.0))
    height_m = draw(st.none() | st.floats(5.0, 60.0))
    return AltitudeBand(floor_m, None if height_m is None else (floor_m or 0.0) + height_m, AltitudeDatum.REL)


@st.composite
def _mixed_zones(draw):
    """One inclusion, round or not, and exclusions of every shape and band."""
    zones = []
    if draw(st.booleans()):
        centre = FRAME.position(draw(st.floats(-50, 50)), draw(st.floats(-50, 50)))
        ceiling = AltitudeBand(None, draw(st.none() | st.floats(40.0, 120.0)), AltitudeDatum.REL)
        circle = Circle(centre, draw(st.floats(350.0, 900.0)))
        zones.append(Zone.of_circle("disc", "disc", ZoneKind.INCLUSION, circle, ceiling))
    elif draw(st.booleans()):
        ground = FRAME.unproject(draw(blobs(300.0, 900.0, st.just(0.0))))
        zones.append(Zone.of_area("ground", "ground", ZoneKind.INCLUSION, ground))
    for number in range(draw(st.integers(0, 4))):
        name, band = str(number), _band(draw)
        if draw(st.booleans()):
            centre = FRAME.position(draw(st.floats(-600, 600)), draw(st.floats(-600, 600)))
            circle = Circle(centre, draw(st.floats(5.0, 150.0)))
            zones.append(Zone.of_circle(name, name, ZoneKind.EXCLUSION, circle, band))
        else:
            area = FRAME.unproject(draw(blobs(20.0, 120.0, st.floats(-600.0, 600.0))))
            zones.append(Zone.of_area(name, name, ZoneKind.EXCLUSION, area, band))
    return zones


@settings(max_examples=150, deadline=None)
@given(
    _mixed_zones(),
    st.lists(
        st.tuples(st.floats(-250, 250), st.floats(-250, 250), st.floats(10, 60)), min_size=1, max_size=4
    ),
    st.integers(8, 150),
    st.integers(0, 2**31),
)
def test_no_sampled_point_that_is_forbidden_is_admitted(legs, admitted, zones, corners, most, seed):
    route = legs(corners)
    try:
        fence = lower_to_fence(ZoneSet(zones), legs=route, max_items=most)
    except GeofenceError:
        return
    polygons, circles = len(fence.inclusion) + len(fence.exclusions), len(fence.exclusion_circles)
    circles += len(fence.inclusion_circles)
    assert 5 + 2 * polygons + 8 * (fence.items - circles) + 13 * circles <= 8 * most
    watched = {entry.zone_id for entry in fence.account if not entry.is_stricter}
    alts_m = [corner[2] for corner in corners]
    low_m, high_m = min(alts_m), max(15.0, *alts_m)
    random = np.random.default_rng(seed)
    for x_m, y_m, share in random.uniform((-900, -900, 0), (900, 900, 1), (80, 3)):
        position, alt_rel_m = FRAME.position(x_m, y_m), low_m + share * (high_m - low_m)
        if not admitted(fence, position, alt_rel_m):
            continue
        for zone in zones:
            inside = _is_inside(zone, position, alt_rel_m)
            assert inside == (zone.kind is ZoneKind.INCLUSION) or zone.zone_id in watched, (
                zone.zone_id,
                x_m,
                y_m,
            )
    for leg in route[1:]:
        for share in (0.0, 0.5, 1.0):
            middle = LatLon(
                leg.start.lat_deg + share * (leg.end.lat_deg - leg.start.lat_deg),
                leg.start.lon_deg + share * (leg.end.lon_deg - leg.start.lon_deg),
            )
            alt_rel_m = leg.start_alt_rel_m + share * (leg.end_alt_rel_m - leg.start_alt_rel_m)
            assert admitted(fence, middle, alt_rel_m)


def _is_inside(zone, position, alt_rel_m):
    (volume,) = zone.volumes
    floor_m, ceiling_m = volume.band.limits_rel_m()
    if not floor_m <= alt_rel_m <= ceiling_m:
        return False
    if volume.circle is None:
        return bool(shapely.contains_xy(volume.area, position.lon_deg, position.lat_deg))
    centre = volume.circle.centre
    _, _, distance_m = GEOD.inv(position.lon_deg, position.lat_deg, centre.lon_deg, centre.lat_deg)
    return distance_m < volume.circle.radius_m


@settings(max_examples=100, deadline=None)
@given(st.floats(-70, 70), st.floats(1.0, 50_000.0), st.floats(0, 360), st.booleans())
def test_circles_are_safe_as_ardupilot_reckons(distance, lat_deg, radius_m, azimuth_deg, is_bounds):
    circle = Circle(LatLon(lat_deg, 10.0), radius_m)
    lowered = LoweredCircle.of(circle, is_bounds=is_bounds)
    lon_deg, lat_deg, _ = GEOD.fwd(10.0, circle.centre.lat_deg, azimuth_deg, radius_m)
    edge_m = distance(LatLon(lat_deg, lon_deg), lowered.wire.centre)
    if is_bounds:
        assert edge_m >= lowered.wire.radius_m
        assert lowered.wire.radius_m > 0.985 * radius_m - 0.04
    else:
        assert edge_m <= lowered.wire.radius_m
        assert lowered.wire.radius_m < 1.015 * radius_m + 0.04
