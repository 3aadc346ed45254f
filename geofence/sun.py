"""What the sun does over a place."""

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from astral import Observer
from astral.sun import dawn, dusk, sunrise, sunset

from geofence.latlon import LatLon


class SunEvent(StrEnum):
    """The moments of a day that rules are written by."""

    DAWN = "dawn"
    """Begin of morning civil twilight: the sun's centre 6 degrees below the horizon."""
    SUNRISE = "sunrise"
    SUNSET = "sunset"
    DUSK = "dusk"
    """End of evening civil twilight."""


_FINDERS: dict[SunEvent, Callable[..., datetime]] = {
    SunEvent.DAWN: dawn,
    SunEvent.SUNRISE: sunrise,
    SunEvent.SUNSET: sunset,
    SunEvent.DUSK: dusk,
}


def sun_event_utc_s(event: SunEvent, day: date, zone: ZoneInfo, place: LatLon) -> float | None:
    """Seconds since 1970 of an event on a day of some time zone; None where it does not happen."""
    observer = Observer(place.lat_deg, place.lon_deg)
    try:
        return _FINDERS[event](observer, date=day, tzinfo=zone).timestamp()
    except ValueError:
        return None
