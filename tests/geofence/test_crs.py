"""GCJ-02 and BD-09 against the published formulas, written out plainly here, and published pairs."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, Polygon, box

from geofence.circle import Circle
from geofence.crs import (
    BOX_DEG,
    Crs,
    bd09_to_gcj02,
    from_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    position_from_wgs84,
    position_to_wgs84,
    to_wgs84,
    wgs84_to_gcj02,
    zones_in_wgs84,
)
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.refusal import GeofenceError
from geofence.zone import Volume, Zone, ZoneKind

LANZHOU = LatLon(36.0611, 103.8343)
CHINA = {"lat_deg": st.floats(18.0, 53.5), "lon_deg": st.floats(73.6, 135.0)}
DEGREE_M = 111_195.0


def published_gcj02(lat, lon):
    pi, x, y = math.pi, lon - 105.0, lat - 35.0
    dlat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    dlat += (20.0 * math.sin(6.0 * x * pi) + 20.0 * math.sin(2.0 * x * pi)) * 2.0 / 3.0
    dlat += (20.0 * math.sin(y * pi) + 40.0 * math.sin(y / 3.0 * pi)) * 2.0 / 3.0
    dlat += (160.0 * math.sin(y / 12.0 * pi) + 320.0 * math.sin(y * pi / 30.0)) * 2.0 / 3.0
    dlon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    dlon += (20.0 * math.sin(6.0 * x * pi) + 20.0 * math.sin(2.0 * x * pi)) * 2.0 / 3.0
    dlon += (20.0 * math.sin(x * pi) + 40.0 * math.sin(x / 3.0 * pi)) * 2.0 / 3.0
    dlon += (150.0 * math.sin(x / 12.0 * pi) + 300.0 * math.sin(x / 30.0 * pi)) * 2.0 / 3.0
    a, ee = 6378245.0, 0.00669342162296594323
    magic = 1.0 - ee * math.sin(lat / 180.0 * pi) ** 2
    dlat = dlat * 180.0 / (a * (1.0 - ee) / (magic * math.sqrt(magic)) * pi)
    dlon = dlon * 180.0 / (a / math.sqrt(magic) * math.cos(lat / 180.0 * pi) * pi)
    return lat + dlat, lon + dlon


def published_inverse(lat, lon):
    """Undo the shift by halving a box round the place."""
    low, high = np.array([lat, lon]) - 0.02, np.array([lat, lon]) + 0.02
    for _ in range(60):
        middle = (low + high) / 2.0
        is_below = np.array(published_gcj02(*middle)) < (lat, lon)
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    return (low + high) / 2.0


def published_bd09_to_gcj02(lat, lon):
    turns = math.pi * 3000.0 / 180.0
    x, y = lon - 0.0065, lat - 0.006
    z = math.hypot(x, y) - 0.00002 * math.sin(y * turns)
    theta = math.atan2(y, x) - 0.000003 * math.cos(x * turns)
    return z * math.sin(theta), z * math.cos(theta)


def apart_m(a, b):
    return math.hypot((a[0] - b[0]) * DEGREE_M, (a[1] - b[1]) * DEGREE_M * math.cos(math.radians(b[0])))


@given(**CHINA)
def test_the_forward_shift_is_the_published_formula(lat_deg, lon_deg):
    assert np.allclose(
        wgs84_to_gcj02(lat_deg, lon_deg), published_gcj02(lat_deg, lon_deg), rtol=0, atol=1e-11
    )


@given(**CHINA)
def test_the_inverse_undoes_the_forward_shift(lat_deg, lon_deg):
    for crs in (Crs.GCJ02, Crs.BD09):
        back = to_wgs84(*from_wgs84(lat_deg, lon_deg, crs), crs)
        assert np.allclose(back, (lat_deg, lon_deg), rtol=0, atol=1e-9)


@given(**CHINA)
def test_the_inverse_is_the_published_one_to_a_metre(lat_deg, lon_deg):
    gcj02 = tuple(map(float, wgs84_to_gcj02(lat_deg, lon_deg)))
    assert apart_m(gcj02_to_wgs84(*gcj02), published_inverse(*gcj02)) < 0.01
    bd09 = tuple(map(float, gcj02_to_bd09(*gcj02)))
    assert apart_m(bd09_to_gcj02(*bd09), published_bd09_to_gcj02(*bd09)) < 1.0


@pytest.mark.parametrize(
    ("convert", "given_deg", "expected_deg"),
    [
        (wgs84_to_gcj02, (39.90734, 116.39089), (39.908741, 116.397130)),
        (gcj02_to_bd09, (39.915, 116.404), (39.921336993510, 116.410369499371)),
        (bd09_to_gcj02, (39.915, 116.404), (39.908656739578, 116.397622196909)),
    ],
)
def test_published_pairs(convert, given_deg, expected_deg):
    assert apart_m(convert(*given_deg), expected_deg) < 0.5


@pytest.mark.parametrize("place", [LatLon(48.8584, 2.2945), LatLon(-33.8568, 151.2153), LatLon(0.5, 104.0)])
@pytest.mark.parametrize("crs", Crs)
def test_nothing_is_shifted_outside_china(place, crs):
    assert position_to_wgs84(place, crs) == place
    assert position_from_wgs84(place, crs) == place


def test_single_positions_and_arrays_agree():
    shifted = position_from_wgs84(LANZHOU, Crs.GCJ02)
    assert 100.0 < apart_m((shifted.lat_deg, shifted.lon_deg), (LANZHOU.lat_deg, LANZHOU.lon_deg)) < 700.0
    lat_deg, lon_deg = to_wgs84([shifted.lat_deg, 48.0], [shifted.lon_deg, 2.0], Crs.GCJ02)
    assert (lat_deg[1], lon_deg[1]) == (48.0, 2.0)
    assert position_to_wgs84(shifted, Crs.GCJ02) == LatLon(float(lat_deg[0]), float(lon_deg[0]))


def test_zones_of_wgs84_are_left_alone():
    zone = Zone.of_area("a", "A", ZoneKind.EXCLUSION, box(103.0, 36.0, 103.1, 36.1))
    assert zones_in_wgs84([zone], Crs.WGS84) == [zone]


@pytest.mark.parametrize("crs", [Crs.GCJ02, Crs.BD09])
def test_every_point_of_a_straight_edge_stays_within_a_decimetre(crs):
    corners = [(103.2, 35.8), (104.9, 35.9), (105.2, 36.6), (103.4, 36.5)]
    (zone,) = zones_in_wgs84([Zone.of_area("a", "A", ZoneKind.EXCLUSION, Polygon(corners))], crs)
    frame = LocalFrame(LANZHOU)
    boundary = frame.project(zone.area.exterior)
    drawn = shapely.get_coordinates(shapely.segmentize(Polygon(corners).exterior, 0.0007))
    lat_deg, lon_deg = to_wgs84(drawn[:, 1], drawn[:, 0], crs)
    assert shapely.distance(shapely.points(frame.xy_m(lat_deg, lon_deg)), boundary).max() < 0.1


def test_a_circle_stays_a_circle_and_every_volume_moves():
    circle, area = (
        Circle(LANZHOU, 500.0),
        box(103.8, 36.0, 103.81, 36.01).difference(box(103.803, 36.003, 103.806, 36.006)),
    )
    round_volume = Zone.of_circle("c", "C", ZoneKind.EXCLUSION, circle).volumes[0]
    zone = Zone("z", "Z", ZoneKind.EXCLUSION, (round_volume, Volume(area)), properties={"note": 1})
    (moved,) = zones_in_wgs84([zone], Crs.GCJ02)
    assert moved.volumes[0].circle == Circle(position_to_wgs84(LANZHOU, Crs.GCJ02), 500.0)
    assert moved.volumes[0].area.contains(
        Point(moved.volumes[0].circle.centre.lon_deg, moved.volumes[0].circle.centre.lat_deg)
    )
    corner = position_to_wgs84(LatLon(36.0, 103.8), Crs.GCJ02)
    assert moved.volumes[1].area.distance(Point(corner.lon_deg, corner.lat_deg)) < 1e-12
    assert len(moved.volumes[1].area.interiors) == 1
    assert moved.properties == {"note": 1}


def test_rings_that_touch_between_vertices_stay_valid():
    area = Polygon(
        [(103.0, 36.0), (103.3, 36.0), (103.3, 36.3), (103.0, 36.3)],
        [[(103.117, 36.0), (103.2, 36.1), (103.1, 36.1)]],
    )
    assert area.is_valid
    for crs in (Crs.GCJ02, Crs.BD09):
        (moved,) = zones_in_wgs84([Zone.of_area("a", "A", ZoneKind.EXCLUSION, area)], crs)
        assert moved.area.is_valid


def test_a_zone_outside_the_box_is_left_and_one_across_its_edge_refused():
    west_deg, _, _, north_deg = BOX_DEG
    paris = Zone.of_area("paris", "Paris", ZoneKind.EXCLUSION, box(2.2, 48.8, 2.4, 48.9))
    assert zones_in_wgs84([paris], Crs.GCJ02) == [paris]
    for area in (
        box(west_deg - 1.0, 40.0, west_deg + 1.0, 41.0),
        box(100.0, north_deg - 0.01, 101.0, north_deg - 0.005),
        box(0.0, -10.0, 170.0, 80.0),
    ):
        with pytest.raises(
            GeofenceError, match=r"zone edge: it lies across the edge .* GCJ02 is shifted .*Cut it there"
        ):
            zones_in_wgs84([Zone.of_area("edge", "Edge", ZoneKind.EXCLUSION, area)], Crs.GCJ02)
