"""When a zone holds."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from geofence.sun import SunEvent, sun_event_utc_s

DAY_S = 86_400.0


class Weekday(IntEnum):
    """Days of the week, as `datetime.date.weekday` counts them."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


EVERY_DAY = frozenset(Weekday)


@dataclass(frozen=True, slots=True)
class DayTime:
    """A time of day: so long after midnight, or after (negative: before) something the sun does."""

    offset_s: float
    event: SunEvent | None = None

    def __post_init__(self) -> None:
        least_s, most_s = (0.0, DAY_S) if self.event is None else (-DAY_S / 2, DAY_S / 2)
        if not least_s <= self.offset_s <= most_s:
            raise GeofenceError(
                f"{self.offset_s:g} s is not a time of day", remedy=f"Give {least_s:g} to {most_s:g} seconds"
            )


@dataclass(frozen=True, slots=True)
class DailyPeriod:
    """A time span that comes back on some days of the week; one that ends before it starts ends the next day.

    Parameters
    ----------
    days : frozenset of Weekday
        Those it starts on.
    start, end : DayTime
    """

    days: frozenset[Weekday] = EVERY_DAY
    start: DayTime = DayTime(0.0)
    end: DayTime = DayTime(DAY_S)

    def __post_init__(self) -> None:
        if not self.days:
            raise GeofenceError("a daily period has no day", remedy="Name at least one day of the week")


@dataclass(frozen=True, slots=True)
class Period:
    """From one moment to another, or only in the daily periods between them.

    Parameters
    ----------
    start, end : datetime or None
        Aware; None is unbounded.
    daily : tuple of DailyPeriod
        Empty for all the time.
    """

    start: datetime | None = None
    end: datetime | None = None
    daily: tuple[DailyPeriod, ...] = ()

    def __post_init__(self) -> None:
        for name, moment in (("start", self.start), ("end", self.end)):
            if moment is not None and moment.tzinfo is None:
                raise GeofenceError(
                    f"the {name} {moment} has no time zone", remedy="Write it with Z or an offset"
                )
        if self.start is not None and self.end is not None and self.start > self.end:
            raise GeofenceError(f"the period ends ({self.end}) before it starts ({self.start})")


@dataclass(frozen=True, slots=True)
class Applicability:
    """The times a zone holds; without any period it always does.

    Parameters
    ----------
    periods : tuple of Period
        It holds in any of them.
    time_zone : str
        IANA name of the zone in which midnight and the weekdays of daily periods are counted.
    """

    periods: tuple[Period, ...] = ()
    time_zone: str = "UTC"

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError):
            raise GeofenceError(
                f"{self.time_zone!r} is not a time zone", remedy="Give an IANA name such as Asia/Shanghai"
            ) from None

    @property
    def is_permanent(self) -> bool:
        """Whether it holds always."""
        return any(period == Period() for period in self.periods) or not self.periods

    def intervals_utc_s(
        self, from_utc_s: float, to_utc_s: float, place: LatLon, *, when_unknown: bool
    ) -> tuple[tuple[float, float], ...]:
        """Give the intervals within a span in which it holds, in order and apart; ends belong to them.

        Parameters
        ----------
        from_utc_s, to_utc_s : float
            Seconds since 1970, finite.
        place : LatLon
            Whose sun counts.
        when_unknown : bool
            Whether it holds on a day on which the sun does not do what the period waits for.
        """
        if self.is_permanent:
            return ((from_utc_s, to_utc_s),)
        found = []
        for period in self.periods:
            first_s = max(from_utc_s, -math.inf if period.start is None else period.start.timestamp())
            last_s = min(to_utc_s, math.inf if period.end is None else period.end.timestamp())
            if first_s > last_s:
                continue
            if not period.daily:
                found.append((first_s, last_s))
            for daily in period.daily:
                for start_s, end_s in self._daily(daily, first_s, last_s, place, when_unknown=when_unknown):
                    if start_s <= last_s and end_s >= first_s:
                        found.append((max(start_s, first_s), min(end_s, last_s)))
        return _merged(found)

    def holds_at(self, utc_s: float, place: LatLon, *, when_unknown: bool) -> bool:
        """Whether it holds at a moment."""
        return bool(self.intervals_utc_s(utc_s, utc_s, place, when_unknown=when_unknown))

    def _daily(
        self, daily: DailyPeriod, first_s: float, last_s: float, place: LatLon, *, when_unknown: bool
    ) -> Iterator[tuple[float, float]]:
        zone = ZoneInfo(self.time_zone)
        day = datetime.fromtimestamp(first_s, zone).date() - timedelta(days=2)
        last_day = datetime.fromtimestamp(last_s, zone).date() + timedelta(days=1)
        while day <= last_day:
            if Weekday(day.weekday()) in daily.days:
                start_s, end_s = (
                    _moment_utc_s(daily.start, day, zone, place),
                    _moment_utc_s(daily.end, day, zone, place),
                )
                if start_s is not None and end_s is not None and end_s <= start_s:
                    end_s = _moment_utc_s(daily.end, day + timedelta(days=1), zone, place)
                if start_s is not None and end_s is not None:
                    yield start_s, end_s
                elif when_unknown:
                    midnight_s = _midnight_utc_s(day, zone)
                    yield (midnight_s if start_s is None else start_s), midnight_s + 2.0 * DAY_S
            day += timedelta(days=1)


PERMANENT = Applicability()


def _moment_utc_s(time: DayTime, day: date, zone: ZoneInfo, place: LatLon) -> float | None:
    if time.event is None:
        if time.offset_s >= DAY_S:
            return _midnight_utc_s(day + timedelta(days=1), zone)
        wall = datetime(day.year, day.month, day.day) + timedelta(seconds=time.offset_s)  # noqa: DTZ001
        return wall.replace(tzinfo=zone).timestamp()
    event_s = sun_event_utc_s(time.event, day, zone, place)
    return None if event_s is None else event_s + time.offset_s


def _midnight_utc_s(day: date, zone: ZoneInfo) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()


def _merged(intervals: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    merged: list[tuple[float, float]] = []
    for start_s, end_s in sorted(intervals):
        if merged and start_s <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end_s))
        else:
            merged.append((start_s, end_s))
    return tuple(merged)
