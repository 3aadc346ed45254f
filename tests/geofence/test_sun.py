from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from astral import Observer
from astral.sun import dawn, dusk, sunrise, sunset

from geofence.latlon import LatLon
from geofence.sun import SunEvent, sun_event_utc_s

LANZHOU = LatLon(36.0611, 103.8343)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def minutes_of(event, day, zone, place):
    found = datetime.fromtimestamp(sun_event_utc_s(event, day, zone, place), zone)
    return found.hour * 60 + found.minute + found.second / 60


# Tables of sunrise in local mean time for 1 January 2002, by latitude.
@pytest.mark.parametrize(
    ("lat_deg", "clock"),
    [(0, "6:00"), (20, "6:35"), (36, "7:11"), (50, "7:59"), (-20, "5:24"), (-50, "3:55")],
)
def test_sunrise_is_that_of_published_tables(lat_deg, clock):
    hours, minutes = map(int, clock.split(":"))
    found = minutes_of(SunEvent.SUNRISE, date(2002, 1, 1), ZoneInfo("UTC"), LatLon(lat_deg, 0.0))
    assert found == pytest.approx(hours * 60 + minutes, abs=1.5)


# Published for 14 June 2009.
@pytest.mark.parametrize(
    ("zone", "place", "clock"),
    [
        ("Asia/Shanghai", LatLon(39.91, 116.39), "4:45"),
        ("Asia/Bangkok", LatLon(13.75, 100.52), "5:50"),
        ("Europe/Paris", LatLon(48.86, 2.35), "5:47"),
        ("America/Los_Angeles", LatLon(34.05, -118.24), "5:41"),
        ("America/New_York", LatLon(40.71, -74.01), "5:24"),
        ("America/Chicago", LatLon(41.88, -87.63), "5:15"),
    ],
)
def test_sunrise_in_cities_is_as_published(zone, place, clock):
    hours, minutes = map(int, clock.split(":"))
    found = minutes_of(SunEvent.SUNRISE, date(2009, 6, 14), ZoneInfo(zone), place)
    assert found == pytest.approx(hours * 60 + minutes, abs=2.0)


def test_lanzhou_keeps_to_its_almanac():
    # Local mean time at 36 degrees north in the tables, and 64 min 40 s from the meridian of Beijing time.
    assert minutes_of(SunEvent.SUNRISE, date(2002, 1, 1), SHANGHAI, LANZHOU) == pytest.approx(
        7 * 60 + 11 + 64.67, abs=2.0
    )


@pytest.mark.parametrize("place", [LANZHOU, LatLon(-33.9, 151.2), LatLon(59.9, 10.7), LatLon(0.0, -78.5)])
def test_all_events_agree_with_another_reckoning_through_the_year(place):
    observer = Observer(place.lat_deg, place.lon_deg)
    finders = {
        SunEvent.DAWN: dawn,
        SunEvent.SUNRISE: sunrise,
        SunEvent.SUNSET: sunset,
        SunEvent.DUSK: dusk,
    }
    zone = ZoneInfo(f"Etc/GMT{-round(place.lon_deg / 15):+d}")
    for number in range(0, 365, 9):
        day = date(2026, 1, 1) + timedelta(days=number)
        for event, find in finders.items():
            try:
                expected = find(observer, date=day, tzinfo=zone)
            except ValueError:
                continue
            within_s = 90.0 if abs(place.lat_deg) < 50.0 else 180.0
            found = sun_event_utc_s(event, day, zone, place)
            assert found == pytest.approx(expected.timestamp(), abs=within_s)


def test_events_follow_each_other_on_every_day():
    for number in range(366):
        day = date(2024, 1, 1) + timedelta(days=number)
        moments = [sun_event_utc_s(event, day, SHANGHAI, LANZHOU) for event in SunEvent]
        assert moments == sorted(moments)
        assert datetime.fromtimestamp(moments[1], SHANGHAI).date() == day


def test_where_the_sun_does_not_rise_or_set_there_is_no_event():
    oslo, tromso = ZoneInfo("Europe/Oslo"), LatLon(69.65, 18.96)
    for day in (date(2026, 6, 21), date(2026, 12, 21)):
        assert sun_event_utc_s(SunEvent.SUNRISE, day, oslo, tromso) is None
    assert sun_event_utc_s(SunEvent.DAWN, date(2026, 12, 21), oslo, tromso) is not None
    for lat_deg in (90.0, -90.0):
        assert sun_event_utc_s(SunEvent.SUNSET, date(2026, 12, 21), oslo, LatLon(lat_deg, 0.0)) is None


def test_the_first_and_last_days_of_the_calendar_have_a_sun():
    for day in (date(2, 1, 1), date(9998, 12, 31)):
        moment_s = sun_event_utc_s(SunEvent.SUNRISE, day, ZoneInfo("UTC"), LatLon(0.0, 0.0))
        noon_s = datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()
        assert noon_s - 30_000.0 < moment_s < noon_s
