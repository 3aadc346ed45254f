"""How far a copter flies on when it is told to stop; the distances are a real ArduCopter's (4.7-dev, SITL, quad +)."""

from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

LAT_E7, LON_E7 = 360925000, 1037080000
FAR_E7 = 180_000
"""2 km north."""
RTL, LAND, BRAKE = 6, 9, 17


def way_on_m(make_station: Any, mode: int, speed_m_s: float, tail_wind_m_s: float) -> tuple[float, float]:
    """Fly north and stop by a mode; gives the speed over ground that was flown and the way on."""
    station = make_station(
        parameters={
            "WPNAV_SPEED": 100.0 * speed_m_s,
            "RTL_ALT": 6000.0,
            "RTL_CONE_SLOPE": 0.0,
            "SIM_WIND_T": 1,
            "SIM_WIND_SPD": abs(tail_wind_m_s),
            "SIM_WIND_DIR": 180.0 if tail_wind_m_s > 0.0 else 0.0,
        }
    )
    station.take_off(40)
    assert station.command_int(dialect.MAV_CMD_DO_REPOSITION, -1, 1, x=LAT_E7 + FAR_E7, y=LON_E7, z=40.0) == 0
    station.run(25)
    body = station.copter.autopilot.body
    speed_m_s, begun_m = body.velocity_north_m_s, body.north_m
    assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, mode) == 0
    station.run_until(lambda: body.velocity_north_m_s < 0.05, 30)
    return speed_m_s, body.north_m - begun_m


@pytest.mark.parametrize(
    ("mode", "speed_m_s", "tail_wind_m_s", "way_m"),
    [
        (BRAKE, 3.0, 0.0, 5.1),
        (BRAKE, 5.0, 0.0, 9.0),
        (BRAKE, 10.0, 0.0, 20.7),
        (BRAKE, 10.0, 8.0, 20.7),
        (BRAKE, 15.0, 8.0, 34.3),
        (RTL, 5.0, 0.0, 6.5),
        (RTL, 10.0, 0.0, 21.6),
        (RTL, 15.0, 8.0, 46.4),
        (LAND, 5.0, 0.0, 7.0),
        (LAND, 10.0, 0.0, 23.8),
        (LAND, 15.0, 8.0, 50.2),
    ],
)
def test_the_way_on_is_that_of_the_real_one(
    make_station: Any, mode: int, speed_m_s: float, tail_wind_m_s: float, way_m: float
) -> None:
    flown_m_s, flown_m = way_on_m(make_station, mode, speed_m_s, tail_wind_m_s)
    assert flown_m_s == pytest.approx(speed_m_s, abs=0.3)
    assert flown_m == pytest.approx(way_m, rel=0.08, abs=0.3)


def test_landing_chases_a_target_that_it_could_not_follow(make_station: Any) -> None:
    # The real one flew 10.8 m/s of the 15 it was told, and came to rest after 37.7 m.
    speed_m_s, flown_m = way_on_m(make_station, LAND, 15.0, 0.0)
    assert speed_m_s < 11.0
    assert 1.1 * (speed_m_s**2 / 5.0 + 0.37 * speed_m_s) < flown_m < 38.0
