import math

import pytest

from simulator.world.adsb import adsb_vehicle
from simulator.world.air.traffic import AircraftSettings, Traffic
from simulator.world.world_frame import WorldFrame

FRAME = WorldFrame(36.0, 103.0)
ROUTE = ((36.0, 103.0, 1_600.0), (36.0, 103.1, 1_600.0), (36.05, 103.1, 1_900.0))


def test_an_aircraft_is_where_its_route_and_speed_put_it() -> None:
    traffic = Traffic((AircraftSettings(0x780001, "B70XY", ROUTE, 50.0, starts_s=100.0),), FRAME)
    assert traffic.at(99.0) == []
    (aircraft,) = traffic.at(160.0)
    assert (aircraft.north_m, aircraft.east_m, aircraft.alt_amsl_m) == pytest.approx((0.0, 3_000.0, 1_600.0))
    assert (aircraft.velocity_east_m_s, aircraft.velocity_up_m_s) == pytest.approx((50.0, 0.0))
    leg_m = float(FRAME.to_metres(36.0, 103.1)[1])
    (climbing,) = traffic.at(100.0 + leg_m / 50.0 + 20.0)
    assert math.hypot(climbing.north_m, climbing.alt_amsl_m - 1_600.0) == pytest.approx(1_000.0)
    assert climbing.velocity_up_m_s > 2.0
    assert traffic.at(1e5) == []


def test_a_looping_aircraft_comes_back() -> None:
    traffic = Traffic((AircraftSettings(1, "LOOP", ROUTE, 50.0, does_loop=True),), FRAME)
    points = [FRAME.to_metres(lat, lon) for lat, lon, _ in ROUTE]
    lengths = [
        math.dist((*map(float, a), h_a), (*map(float, b), h_b))
        for (a, h_a), (b, h_b) in zip(
            zip(points, (1_600, 1_600, 1_900), strict=True),
            [*zip(points[1:], (1_600, 1_900), strict=True), (points[0], 1_600)],
            strict=True,
        )
    ]
    (once,), (again,) = traffic.at(30.0), traffic.at(30.0 + sum(lengths) / 50.0)
    assert (again.north_m, again.east_m) == pytest.approx((once.north_m, once.east_m), abs=1e-3)


def test_what_a_receiver_reports_is_the_worlds_aircraft() -> None:
    (aircraft,) = Traffic((AircraftSettings(0x780001, "B70XY", ROUTE, 50.0, emitter_type=7),), FRAME).at(60.0)
    message = adsb_vehicle(aircraft, FRAME)
    _, lon_deg = FRAME.to_degrees(0.0, 3_000.0)
    assert (message.ICAO_address, message.lat, message.lon) == (
        0x780001,
        360_000_000,
        round(float(lon_deg) * 1e7),
    )
    assert (message.altitude, message.heading, message.hor_velocity, message.ver_velocity) == (
        1_600_000,
        9_000,
        5_000,
        0,
    )
    assert message.callsign == "B70XY"
