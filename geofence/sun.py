"""What the sun does over a place.

A day's sunrise belongs to that day's daylight, wherever midnight of the time zone falls: what is asked for is the
sunrise before, or the sunset after, the noon of the sun that is nearest to the noon of the clock. So every day has one
of each, none is missed and none counted twice, also where one lies before midnight in the time zone.
"""

import math
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from astral.julian import julianday_to_juliancentury
from astral.sun import eq_of_time, sun_declination

from geofence.latlon import LatLon

_DAY_S = 86_400.0
_HALF_DAY_S = 43_200.0
_SECONDS_PER_DEG = 240.0
"""Which the sun takes to go round by a degree."""
_JULIAN_DAY_OF_1970 = 2_440_587.5
_ITERATIONS_AT_MOST = 20
_CLOSE_ENOUGH_S = 0.1


class SunEvent(StrEnum):
    """The moments of a day that rules are written by."""

    DAWN = "dawn"
    """Begin of morning civil twilight: the sun's centre 6 degrees below the horizon."""
    SUNRISE = "sunrise"
    """The sun's upper edge on a flat horizon, lifted by 34 minutes of arc of refraction, as almanacs have it."""
    SUNSET = "sunset"
    DUSK = "dusk"
    """End of evening civil twilight."""


_ELEVATIONS_DEG = {
    SunEvent.DAWN: -6.0,
    SunEvent.SUNRISE: -50.0 / 60.0,
    SunEvent.SUNSET: -50.0 / 60.0,
    SunEvent.DUSK: -6.0,
}


def sun_event_utc_s(event: SunEvent, day: date, zone: ZoneInfo, place: LatLon) -> float | None:
    """Seconds since 1970 of an event on a day of some time zone; None where it does not happen.

    Within a minute of almanacs between the polar circles; where the sun grazes the horizon minutes are uncertain.
    """
    clock_noon_utc_s = datetime(day.year, day.month, day.day, 12, tzinfo=zone).timestamp()
    east_s = place.lon_deg * _SECONDS_PER_DEG
    turn = math.floor((clock_noon_utc_s + east_s) / _DAY_S)
    return _event_utc_s(event, turn * _DAY_S + _HALF_DAY_S - east_s, place.lat_deg)


@lru_cache(maxsize=1 << 16)
def _event_utc_s(event: SunEvent, mean_noon_utc_s: float, lat_deg: float) -> float | None:
    sign = -1.0 if event in (SunEvent.DAWN, SunEvent.SUNRISE) else 1.0
    latitude = math.radians(lat_deg)
    sin_latitude, cos_latitude = math.sin(latitude), math.cos(latitude)
    sin_elevation = math.sin(math.radians(_ELEVATIONS_DEG[event]))
    event_utc_s = mean_noon_utc_s + sign * _HALF_DAY_S / 2.0
    for _ in range(_ITERATIONS_AT_MOST):
        day, time_s = divmod(event_utc_s, _DAY_S)
        declination, declination_a_s, ahead_s, ahead_a_s = _sun_on(int(day))
        declination += declination_a_s * time_s
        across = cos_latitude * math.cos(declination)
        along = sin_elevation - sin_latitude * math.sin(declination)
        if abs(along) >= abs(across):
            return None
        hour_angle_deg = math.degrees(math.acos(along / across))
        before_s = event_utc_s
        event_utc_s = (
            mean_noon_utc_s - (ahead_s + ahead_a_s * time_s) + sign * hour_angle_deg * _SECONDS_PER_DEG
        )
        if abs(event_utc_s - before_s) < _CLOSE_ENOUGH_S:
            return event_utc_s
    return None


@lru_cache(maxsize=1 << 16)
def _sun_on(day: int) -> tuple[float, float, float, float]:
    """Give the sun's declination at midnight UTC and its change a second, the equation of time and its change."""
    declination, ahead_s = _sun_at_midnight(day)
    next_declination, next_ahead_s = _sun_at_midnight(day + 1)
    return (
        declination,
        (next_declination - declination) / _DAY_S,
        ahead_s,
        (next_ahead_s - ahead_s) / _DAY_S,
    )


@lru_cache(maxsize=1 << 16)
def _sun_at_midnight(day: int) -> tuple[float, float]:
    century = julianday_to_juliancentury(day + _JULIAN_DAY_OF_1970)
    return math.radians(sun_declination(century)), eq_of_time(century) * 60.0
