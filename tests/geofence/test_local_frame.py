import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely import Polygon

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.refusal import GeofenceError

WGS84 = Geod(ellps="WGS84")

latitudes = st.one_of(st.floats(-89.9, 89.9), st.sampled_from([0.0, 36.09, 66.5, 85.0, -85.0, 89.8]))
longitudes = st.one_of(st.floats(-180.0, 180.0), st.sampled_from([179.999, -179.999, 180.0, -180.0, 103.708]))
azimuths = st.floats(0.0, 360.0)
radii = st.floats(0.0, 10_000.0)


@settings(max_examples=300, deadline=None)
@given(lat=latitudes, lon=longitudes, first=st.tuples(azimuths, radii), second=st.tuples(azimuths, radii))
def test_distances_within_ten_kilometres_are_true_to_five_centimetres(lat, lon, first, second):
    frame = LocalFrame(LatLon(lat, lon))
    places = [WGS84.fwd(lon, lat, azimuth, radius)[:2] for azimuth, radius in (first, second)]
    xy_m = frame.xy_m([place[1] for place in places], [place[0] for place in places])
    true_m = WGS84.inv(*places[0], *places[1])[2]
    assert math.dist(*xy_m) == pytest.approx(true_m, abs=0.05)
    for (azimuth, radius), point in zip((first, second), xy_m, strict=True):
        expected = (radius * math.sin(math.radians(azimuth)), radius * math.cos(math.radians(azimuth)))
        assert point == pytest.approx(expected, abs=0.001)


@settings(max_examples=200, deadline=None)
@given(lat=latitudes, lon=longitudes, x_m=st.floats(-2e4, 2e4), y_m=st.floats(-2e4, 2e4))
def test_positions_come_back(lat, lon, x_m, y_m):
    frame = LocalFrame(LatLon(lat, lon))
    assert frame.point_xy_m(frame.position(x_m, y_m)) == pytest.approx((x_m, y_m), abs=1e-4)


def test_a_plane_across_the_antimeridian_is_whole():
    frame = LocalFrame(LatLon(-17.0, 179.999))
    x_m, _ = frame.point_xy_m(LatLon(-17.0, -179.999))
    assert x_m == pytest.approx(212.9, abs=0.5)


def test_around_takes_the_short_way_round_the_earth():
    origin = LocalFrame.around([LatLon(1.0, 179.9), LatLon(3.0, -179.7)]).origin
    assert origin.lat_deg == pytest.approx(2.0)
    assert origin.lon_deg == pytest.approx(-179.9)
    assert LocalFrame.around([]).origin == LatLon(0.0, 0.0)


def test_long_edges_stay_straight_in_longitude_and_latitude():
    area = Polygon([(103.6, 36.0), (103.9, 36.0), (103.9, 36.2), (103.6, 36.2)])
    frame = LocalFrame(LatLon(36.1, 103.75))
    planar = frame.project_area(area)
    on_the_parallel = frame.xy_m(np.full(101, 36.0), np.linspace(103.6, 103.9, 101))
    from shapely import distance, points

    assert distance(points(on_the_parallel), planar.exterior).max() < 0.01
    # The plain projection bows away from the parallel by metres.
    assert distance(points(on_the_parallel), frame.project(area).exterior).max() > 5.0


def test_short_edges_keep_their_vertices():
    area = Polygon([(103.70, 36.09), (103.703, 36.09), (103.703, 36.092)])
    assert len(LocalFrame(LatLon(36.09, 103.7)).project_area(area).exterior.coords) == 4


@pytest.mark.parametrize("bad", [(91.0, 0.0), (0.0, 181.0), (math.nan, 0.0), (0.0, math.inf)])
def test_what_is_no_position_is_refused(bad):
    with pytest.raises(GeofenceError):
        LatLon(*bad)
