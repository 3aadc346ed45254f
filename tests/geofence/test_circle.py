"""Circles are drawn to the safe side."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geofence.circle import Circle
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError

GEOD = Geod(ellps="WGS84")


@settings(max_examples=60, deadline=None)
@given(
    st.floats(-88.0, 88.0),
    st.sampled_from([103.7, 179.95, -180.0]),
    st.floats(0.0, 6.0).map(lambda power: 10.0**power),
    st.booleans(),
)
def test_what_is_forbidden_holds_the_circle_and_what_is_allowed_lies_in_it(
    lat_deg, lon_deg, radius_m, is_outside
):
    if abs(lat_deg) + radius_m / 110_000.0 > 89.8:
        return
    drawn = Circle(LatLon(lat_deg, lon_deg), radius_m).polygon(is_outside=is_outside)
    assert drawn.is_valid
    azimuths_deg = np.linspace(0.0, 360.0, 5000)
    edge_m = np.full(azimuths_deg.size, radius_m * (1.0 - 1e-8 if is_outside else 1.0 + 1e-8))
    centres = np.full_like(edge_m, lon_deg), np.full_like(edge_m, lat_deg)
    on_circle_lon_deg, on_circle_lat_deg, _ = GEOD.fwd(*centres, azimuths_deg, edge_m)
    is_in = shapely.intersects_xy(drawn, on_circle_lon_deg, on_circle_lat_deg)
    assert is_in.all() if is_outside else not is_in.any()


@pytest.mark.parametrize(("lat_deg", "radius_m"), [(90.0, 10.0), (-89.0, 200_000.0), (81.5, 1_000_000.0)])
def test_a_circle_around_a_pole_is_refused(lat_deg, radius_m):
    with pytest.raises(GeofenceError, match="holds a pole or comes close to one"):
        Circle(LatLon(lat_deg, 0.0), radius_m)
