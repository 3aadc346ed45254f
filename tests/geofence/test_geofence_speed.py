"""Bounds with room for a busy machine; the measured times are a fraction of them."""

import time

import numpy as np
import pytest
from shapely import Point

from geofence.clearance import ZoneClearance
from geofence.verification import Leg, verify_legs
from geofence.zone import AltitudeBand
from geofence.zone_set import ZoneSet


@pytest.fixture(scope="module")
def many_zones(make_zone):
    random = np.random.default_rng(3)
    zones = []
    for number in range(500):
        x_m, y_m = random.uniform(-5000, 5000, 2)
        kind = ("inclusion", "exclusion", "advisory")[number % 3]
        disc = Point(x_m, y_m).buffer(random.uniform(50, 300), quad_segs=12)
        band = AltitudeBand(None, float(random.choice([60.0, 90.0, 120.0])))
        zones.append(make_zone(str(number), kind, disc, band))
    zones.append(make_zone("ground", "inclusion", (-6000, -6000, 6000, 6000), AltitudeBand(None, 120.0)))
    return ZoneSet(zones)


def _least_time_s(work, times=3):
    spent = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begin)
    return min(spent)


def test_a_thousand_legs_against_five_hundred_zones(many_zones, place):
    random = np.random.default_rng(4)
    corners = np.cumsum(random.uniform(-150, 150, (1001, 2)), axis=0) % 4000 - 2000
    legs = [
        Leg(n, n + 1, place(*corners[n]), place(*corners[n + 1]), 50.0, 50.0 + 20.0 * (n % 10 == 0))
        for n in range(1000)
    ]
    assert verify_legs(legs, many_zones, margin_m=5.0).findings
    assert _least_time_s(lambda: verify_legs(legs, many_zones, margin_m=5.0)) < 1.5


def test_one_position_is_quick(make_zone, place):
    zones = [make_zone("ground", "inclusion", (-500, -500, 500, 500))]
    zones += [make_zone(str(n), "exclusion", Point(n * 80 - 200, 0).buffer(20)) for n in range(6)]
    clearance = ZoneClearance(ZoneSet(zones))
    here = place(10.0, 100.0)
    clearance.clearance_m(here, 50.0)
    assert _least_time_s(lambda: [clearance.clearance_m(here, 50.0) for _ in range(500)]) / 500 < 100e-6


def test_a_track_of_a_hundred_thousand_points(many_zones):
    clearance = ZoneClearance(many_zones)
    random = np.random.default_rng(5)
    lat_deg, lon_deg = random.uniform(36.06, 36.12, 100_000), random.uniform(103.67, 103.74, 100_000)
    clearance.clearances_m(lat_deg[:1], lon_deg[:1], 50.0)
    assert _least_time_s(lambda: clearance.clearances_m(lat_deg, lon_deg, 50.0), 1) < 5.0
