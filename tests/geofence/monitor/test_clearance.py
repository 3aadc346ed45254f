import math

import numpy as np
import pytest
from pyproj import Geod
from shapely import MultiPolygon, Point, box

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.latlon import LatLon
from geofence.monitor import columns
from geofence.monitor.observation import Observation
from geofence.monitor.zone_monitor import ZoneMonitor
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet

WGS84 = Geod(ellps="WGS84")


@pytest.fixture
def ground(make_zone):
    return make_zone("ground", "inclusion", (-500, -500, 500, 500), AltitudeBand(20.0, 100.0))


def test_distances_are_signed_and_name_the_zone(ground, make_zone, place):
    monitor = ZoneMonitor(ZoneSet([ground, make_zone("pad", "exclusion", (100, -50, 200, 50))]))
    for xy_m, expected_m, zone_id in [
        ((0, 0), 100.0, "pad"),
        ((-450, 0), 50.0, "ground"),
        ((110, 0), -10.0, "pad"),
        ((530, 0), -30.0, "ground"),
    ]:
        distance_m, owner = monitor.clearance_m(place(*xy_m), alt_rel_m=50.0)
        assert distance_m == pytest.approx(expected_m, abs=0.005)
        assert owner == zone_id


def test_overlapping_exclusions_are_as_deep_as_their_union(make_zone, place):
    zones = [
        make_zone("a", "exclusion", (-100, -50, 60, 50)),
        make_zone("b", "exclusion", (-60, -50, 100, 50)),
    ]
    distance_m, _ = ZoneMonitor(ZoneSet(zones)).clearance_m(place(50, 0), alt_rel_m=50.0)
    assert distance_m == pytest.approx(-50.0, abs=0.005)


def test_without_zones_everything_is_far():
    monitor = ZoneMonitor(ZoneSet(()))
    assert monitor.clearance_m(LatLon(36.0, 103.0), alt_rel_m=50.0) == (math.inf, None)


def test_altitudes_decide_what_holds(ground, make_zone, place):
    mast = make_zone("mast", "exclusion", (-50, -50, 50, 50), AltitudeBand(40.0, 60.0))
    monitor = ZoneMonitor(ZoneSet([ground, mast]))
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
        distance_m, owner = monitor.clearance_m(place(0, 0), alt_rel_m=alt_rel_m)
        assert distance_m == pytest.approx(expected_m, abs=0.03)
        assert owner == zone_id


def test_bands_above_the_sea_hold_where_home_is_unknown(make_zone, place):
    zones = ZoneSet(
        [make_zone("pad", "exclusion", (-50, -50, 50, 50), AltitudeBand(1600.0, None, AltitudeDatum.AMSL))]
    )
    monitor = ZoneMonitor(zones)
    assert monitor.clearance_m(place(0, 0), alt_rel_m=50.0)[0] == pytest.approx(-50.0, abs=0.01)
    assert monitor.clearance_m(place(0, 0), alt_rel_m=50.0, alt_amsl_m=1570.0)[0] == math.inf


@pytest.mark.parametrize("vertices", [8, 3000])
def test_one_and_many_agree_with_shapely(ground, make_zone, frame, vertices):
    disc = make_zone(
        "disc", "exclusion", Point(0, 0).buffer(100.0, quad_segs=vertices // 4), AltitudeBand(30.0, None)
    )
    zones = ZoneSet([ground, disc])
    random = np.random.default_rng(7)
    xy_m = random.uniform(-600, 600, (300, 2))
    alts_m = random.choice([10.0, 30.0, 50.0, 99.0], 300)
    observed = np.empty((300, columns.OBSERVED))
    for row, place_deg, alt_m in zip(observed, frame.latlon_deg(xy_m), alts_m, strict=True):
        Observation(position=LatLon(*place_deg), time_s=0.0, alt_rel_m=alt_m, is_watched=False).write(row)
    many = ZoneMonitor(zones)
    many.observe([str(number) for number in range(300)], observed, None)
    clearances_m, _ = many.clearances(300)
    one = ZoneMonitor(zones)
    field, circle = frame.project(ground.area), frame.project(disc.area)
    for point_m, alt_m, row, clearance_m in zip(xy_m, alts_m, observed, clearances_m, strict=True):
        alone_m, _ = one.clearance_m(LatLon(row[0], row[1]), alt_rel_m=alt_m)
        assert clearance_m == alone_m
        point = Point(point_m)
        expected_m = point.distance(field.exterior) * (1 if field.contains(point) else -1)
        if alt_m >= 30.0 and field.contains(point):
            expected_m = min(
                expected_m, point.distance(circle.exterior) * (-1 if circle.contains(point) else 1)
            )
        assert clearance_m == pytest.approx(expected_m, abs=0.05)
    assert (clearances_m < 0).any()
    assert (clearances_m > 0).any()


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
    monitor = ZoneMonitor(ZoneSet(zones))
    for name, (lat, lon) in cities.items():
        inside_m, owner = monitor.clearance_m(LatLon(lat, lon), alt_rel_m=50.0)
        assert owner == name
        assert inside_m < -400.0
        north_m, _ = monitor.clearance_m(LatLon(lat + 0.015, lon), alt_rel_m=50.0)
        assert north_m == pytest.approx(WGS84.inv(lon, lat + 0.015, lon, lat + 0.005)[2], abs=0.2)


def test_the_exclusion_is_named_that_covers_the_edge_of_an_inclusion(ground, make_zone, place):
    rim = make_zone("rim", "exclusion", (400, -50, 600, 50))
    monitor = ZoneMonitor(ZoneSet([ground, rim]))
    clearance_m, zone_id = monitor.clearance_m(place(480, 0), alt_rel_m=50.0)
    assert (clearance_m, zone_id) == (pytest.approx(-50.0, abs=0.01), "rim")


def test_touching_inclusions_have_no_boundary_between_them(make_zone, place):
    west = make_zone("west", "inclusion", (-300, -100, 0, 100))
    east = make_zone("east", "inclusion", (0.005, -100, 300, 100))
    clearance_m, _ = ZoneMonitor(ZoneSet([west, east])).clearance_m(place(0, 0), alt_rel_m=50.0)
    assert clearance_m == pytest.approx(100.0, abs=0.05)


def test_areas_across_the_antimeridian_are_whole():
    cut = MultiPolygon([box(179.99, -0.01, 180.0, 0.01), box(-180.0, -0.01, -179.99, 0.01)])
    monitor = ZoneMonitor(ZoneSet([Zone.of_area("line", "line", ZoneKind.EXCLUSION, cut)]))
    for lon_deg in (179.999, -179.999, 180.0, -180.0):
        clearance_m, _ = monitor.clearance_m(LatLon(0.0, lon_deg), alt_rel_m=50.0)
        assert clearance_m == pytest.approx(-1001.9 if abs(lon_deg) < 180 else -1105.7, abs=1.0)
    outside_m, _ = monitor.clearance_m(LatLon(0.0, -179.98), alt_rel_m=50.0)
    assert outside_m == pytest.approx(1113.2, abs=0.5)
