"""Flights of a patrol that is split by battery, judged by samples and predictions of their own."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from shapely import box

from geofence.altitude_band import AltitudeBand
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet
from missions.patrol.patrol import plan_flights
from missions.patrol.request import PatrolRequest
from missions.patterns.pattern import (
    CorridorPattern,
    ExpandingSquarePattern,
    OrbitPattern,
    PerimeterPattern,
    PointOfInterest,
    PointsPattern,
)
from missions.plan.item import Command
from missions.vehicle.prediction import predict_flight
from missions.vehicle.stock_profiles import QUAD_30
from missions.vehicle.wind import Wind

FRAME = LocalFrame(LatLon(36.0925, 103.7080))
FIELD, HOLE = box(0, 0, 600, 400), box(250, 100, 330, 250)
ZONES = ZoneSet(
    [
        Zone.of_area("field", "Field", ZoneKind.INCLUSION, FRAME.unproject(FIELD), AltitudeBand(None, 120.0)),
        Zone.of_area("no", "No", ZoneKind.EXCLUSION, FRAME.unproject(HOLE), AltitudeBand(None, 90.0)),
    ]
)
PAD_XY_M = (30.0, 30.0)
SMALL = replace(QUAD_30, name="small", battery=replace(QUAD_30.battery, capacity_wh=18.0))
WIND = Wind(5.0, 200.0)
SAMPLING_M = 0.5
at = FRAME.position
PATTERNS = {
    "perimeter": PerimeterPattern("no", laps=5),
    "corridor": CorridorPattern((at(50, 50), at(550, 60), at(550, 350)), width_m=60.0, swath_m=15.0),
    "points": PointsPattern(
        tuple(PointOfInterest(at(40 + 50 * n, 40 + 15 * (n % 3)), 40.0) for n in range(10))
    ),
    "orbit": OrbitPattern(at(290, 175), 120.0, turns=4),
}


def request_of(pattern, **changes):
    usual = PatrolRequest(pattern, 50.0, at(*PAD_XY_M), vehicle=SMALL, wind=WIND, splits_by_battery=True)
    return replace(usual, **changes)


def waypoints_xy_m(plan):
    return [FRAME.point_xy_m(item.position) for item in plan.items if item.command == Command.NAV_WAYPOINT]


@pytest.mark.parametrize("name", PATTERNS)
def test_every_flight_is_legal_and_lands_with_its_reserve(name):
    flights = plan_flights(ZONES, request_of(PATTERNS[name]))
    assert len(flights) > 1
    free = FIELD.difference(HOLE)
    for flight in flights:
        way = [PAD_XY_M, *waypoints_xy_m(flight.plan)]
        line = shapely.LineString(way)
        places = shapely.line_interpolate_point(line, np.arange(0.0, line.length, SAMPLING_M))
        assert shapely.covers(free, places).all()
        assert shapely.distance(places, free.boundary).min() >= flight.plan.margin_m
        assert way[-1] == pytest.approx(PAD_XY_M, abs=0.05)
        assert flight.plan.is_legal
        assert flight.prediction == predict_flight(flight.plan, SMALL, WIND)
        assert flight.prediction.energy_wh <= SMALL.battery.flight_wh


def test_together_they_fly_to_every_point_once():
    flights = plan_flights(ZONES, request_of(PATTERNS["points"]))
    stays = [
        FRAME.point_xy_m(item.position)
        for flight in flights
        for item in flight.plan.items
        if item.command == Command.NAV_WAYPOINT and item.params[0] >= 40.0
    ]
    wanted = [FRAME.point_xy_m(point.position) for point in PATTERNS["points"].points]
    assert np.allclose(sorted(stays), sorted(wanted), atol=0.05)


def test_a_search_is_never_split_but_told_of():
    search = ExpandingSquarePattern(at(150, 200), track_spacing_m=12.0, legs=20)
    (flight,) = plan_flights(ZONES, request_of(search))
    assert not flight.prediction.keeps_reserve
    assert not flight.plan.is_legal
    (assumed,) = plan_flights(ZONES, request_of(search, vehicle=None))
    assert assumed.plan.is_legal


def test_what_is_asked_for_alone_is_not_split():
    (flight,) = plan_flights(ZONES, request_of(PATTERNS["points"], splits_by_battery=False))
    assert [finding.code.value for finding in flight.plan.findings] == ["reserve"]
    assert not flight.plan.is_legal
