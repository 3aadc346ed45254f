import datetime as dt

import pytest
from astral import Observer
from astral.sun import azimuth, elevation

from simulator.world.air.sun import light_level, sun_place_deg


def unix_s(text: str) -> float:
    return dt.datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(
    ("moment", "lat_deg", "lon_deg", "elevation_deg", "azimuth_deg"),
    [
        # The worked example of NREL's Solar Position Algorithm (TP-560-34302): zenith 50.11162, azimuth 194.34024.
        ("2003-10-17T12:30:30-07:00", 39.742476, -105.1786, 39.88838, 194.34024),
        # Equator at the equinox's true noon, and the pole at midsummer: the obliquity.
        ("2026-03-20T12:07:24+00:00", 0.0, 0.0, 90.0, None),
        ("2026-06-21T08:25:00+00:00", 89.999, 0.0, 23.436 + 0.037, None),
    ],
)
def test_published_places_of_the_sun(
    moment: str, lat_deg: float, lon_deg: float, elevation_deg: float, azimuth_deg: float | None
) -> None:
    found_elevation_deg, found_azimuth_deg = sun_place_deg(unix_s(moment), lat_deg, lon_deg)
    assert found_elevation_deg == pytest.approx(elevation_deg, abs=0.1 if elevation_deg == 90.0 else 0.01)
    if azimuth_deg is not None:
        assert found_azimuth_deg == pytest.approx(azimuth_deg, abs=0.01)


@pytest.mark.parametrize("date", ["2026-01-05", "2026-07-18", "2026-10-30"])
def test_a_day_in_lanzhou_is_that_of_astral(date: str) -> None:
    observer = Observer(36.06, 103.83)
    for hour in range(24):
        moment = dt.datetime.fromisoformat(f"{date}T{hour:02}:20:00+08:00")
        elevation_deg, azimuth_deg = sun_place_deg(moment.timestamp(), 36.06, 103.83)
        assert elevation_deg == pytest.approx(elevation(observer, moment), abs=0.05)
        assert azimuth_deg == pytest.approx(azimuth(observer, moment), abs=0.05)


def test_light_falls_with_the_sun() -> None:
    levels = [light_level(elevation_deg) for elevation_deg in (60.0, 10.0, 0.0, -6.0, -12.0, -40.0)]
    assert levels == sorted(levels, reverse=True)
    assert levels[0] == 1.0
    assert 0.0 < levels[-1] < 0.01
