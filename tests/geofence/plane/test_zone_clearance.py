import math

import numpy as np
import pytest
from pyproj import Geod
from shapely import Point, box

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.latlon import LatLon
from geofence.plane.clearance import ZoneClearance
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet

WGS84 = Geod(ellps="WGS84")


@pytest.fixture
def ground(make_zone):
    return make_zone("ground", "inclusion", (-500, -500, 500, 500), AltitudeBand(20.0, 100.0))


def test_distances_are_signed_and_name_the_zone(ground, make_zone, place):
    clearance = ZoneClearance(ZoneSet([ground, make_zone("pad", "exclusion", (100, -50, 200, 50))]))
    for xy_m, expected_m, zone_id in [
        ((0, 0), 100.0, "pad"),
        ((-450, 0), 50.0, "ground"),
        ((110, 0), -10.0, "pad"),
        ((530, 0), -30.0, "ground"),
    ]:
        distance_m, owner = clearance.clearance_m(place(*xy_m), 50.0)
        assert distance_m == pytest.approx(expected_m, abs=0.005)
        assert owner == zone_id


def test_overlapping_exclusions_are_as_deep_as_their_union(make_zone, place):
    zones = [
        make_zone("a", "exclusion", (-100, -50, 60, 50)),
        make_zone("b", "exclusion", (-60, -50, 100, 50)),
    ]
    distance_m, _ = ZoneClearance(ZoneSet(zones)).clearance_m(place(50, 0), 50.0)
    assert distance_m == pytest.approx(-50.0, abs=0.005)


def test_without_zones_everything_is_far():
    clearance = ZoneClearance(ZoneSet(()))
    assert clearance.clearance_m(LatLon(36.0, 103.0), 50.0) == (math.inf, None)
    assert clearance.clearances_m([36.0, 37.0], [103.0, 103.0], 50.0).tolist() == [math.inf, math.inf]


def test_altitudes_decide_what_holds(ground, make_zone, place):
    mast = make_zone("mast", "exclusion", (-50, -50, 50, 50), AltitudeBand(40.0, 60.0))
    clearance = ZoneClearance(ZoneSet([ground, mast]))
    for alt_rel_m, expected_m, zone_id in [
        (0.0, 500.0, "ground"),
        (39.9, 500.0, "ground"),
        (40.0, -50.0, "mast"),
        (60.0, -50.0, "mast"),
        (60.1, 500.0, "ground"),
        (100.0, 500.0, "ground"),
        (100.0005, 500.0, "ground"),
        (100.1, -math.inf, "ground"),
        (math.nan, -50.0, "mast"),
        (39.9, 500.0, "ground"),
    ]:
        distance_m, owner = clearance.clearance_m(place(0, 0), alt_rel_m)
        assert distance_m == pytest.approx(expected_m, abs=0.03)
        assert owner == zone_id


def test_bands_above_the_sea_hold_where_home_is_unknown(make_zone, place):
    zones = ZoneSet(
        [make_zone("pad", "exclusion", (-50, -50, 50, 50), AltitudeBand(1600.0, None, AltitudeDatum.AMSL))]
    )
    assert ZoneClearance(zones).clearance_m(place(0, 0), 50.0)[0] == pytest.approx(-50.0, abs=0.01)
    assert ZoneClearance(zones, home_alt_amsl_m=1520.0).clearance_m(place(0, 0), 50.0)[0] == math.inf


@pytest.mark.parametrize("vertices", [8, 3000])
def test_one_and_many_agree(ground, make_zone, frame, vertices):
    disc = make_zone(
        "disc", "exclusion", Point(0, 0).buffer(100.0, quad_segs=vertices // 4), AltitudeBand(30.0, None)
    )
    clearance = ZoneClearance(ZoneSet([ground, disc]))
    random = np.random.default_rng(7)
    xy_m = random.uniform(-600, 600, (300, 2))
    alts_m = random.choice([10.0, 30.0, 50.0, 99.0], 300)
    degrees = frame.latlon_deg(xy_m)
    many = clearance.clearances_m(degrees[:, 0], degrees[:, 1], alts_m)
    one = [
        clearance.clearance_m(LatLon(*place_deg), alt_m)[0]
        for place_deg, alt_m in zip(degrees, alts_m, strict=True)
    ]
    assert many == pytest.approx(one, abs=1e-6)
    assert (many < 0).any()
    assert (many > 0).any()


def test_zones_of_a_whole_country_are_all_seen():
    cities = {
        "Lanzhou": (36.06, 103.83),
        "Shanghai": (31.23, 121.47),
        "Urumqi": (43.82, 87.61),
        "Suva": (-18.0, 179.99),
    }
    zones = [
        Zone.of_area(name, name, ZoneKind.EXCLUSION, box(lon - 0.005, lat - 0.005, lon + 0.005, lat + 0.005))
        for name, (lat, lon) in cities.items()
    ]
    clearance = ZoneClearance(ZoneSet(zones))
    for name, (lat, lon) in cities.items():
        inside_m, owner = clearance.clearance_m(LatLon(lat, lon), 50.0)
        assert owner == name
        assert inside_m < -400.0
        north_m, _ = clearance.clearance_m(LatLon(lat + 0.015, lon), 50.0)
        assert north_m == pytest.approx(WGS84.inv(lon, lat + 0.015, lon, lat + 0.005)[2], abs=0.2)
    places = np.array(list(cities.values()))
    many = clearance.clearances_m(places[:, 0], places[:, 1], 50.0)
    assert many == pytest.approx(
        [clearance.clearance_m(LatLon(*place), 50.0)[0] for place in places], abs=1e-6
    )
    assert clearance.clearance_m(LatLon(10.0, 0.0), 50.0) == (math.inf, None)
