"""When a zone holds."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from geofence.sun import SunEvent, sun_event_utc_s

DAY_S = 86_400.0
SPAN_AT_MOST_YEARS = 30
"""For which daily periods are told at once."""
_REACH_BY_CLOCK_DAYS = (2, 1)
"""How many days before a moment a period may start that holds at it, and after it, where clocks are put back."""
_REACH_BY_SUN_DAYS = (3, 2)
"""Likewise: an event may lie half a day off its day, and its offset is half a day at most."""


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
            raise GeofenceError(
                f"the period ends ({self.end}) before it starts ({self.start})",
                remedy="Give an end after the start",
            )


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
            Whether it holds where nobody can say: on a day on which the sun does not do what a daily period waits
            for, and while a clock is put forward or back over its start or end.

        Raises
        ------
        GeofenceError
            For a span that is not finite, and where daily periods are asked for more than `SPAN_AT_MOST_YEARS` or
            for years the calendar does not have.
        """
        if not (math.isfinite(from_utc_s) and math.isfinite(to_utc_s)):
            raise GeofenceError("a span of time is not finite", remedy="Give seconds since 1970")
        if from_utc_s > to_utc_s:
            return ()
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
                continue
            for daily in period.daily:
                days = self._days(daily, first_s, last_s)
                for start_s, end_s in self._daily(daily, days, place, when_unknown=when_unknown):
                    if start_s <= last_s and end_s >= first_s:
                        found.append((max(start_s, first_s), min(end_s, last_s)))
        return _merged(found)

    def holds_at(self, utc_s: float, place: LatLon, *, when_unknown: bool) -> bool:
        """Whether it holds at a moment."""
        return bool(self.intervals_utc_s(utc_s, utc_s, place, when_unknown=when_unknown))

    def _days(self, daily: DailyPeriod, first_s: float, last_s: float) -> range:
        """Give the ordinals of the days on which a daily period may start that reaches into a span."""
        if last_s - first_s > SPAN_AT_MOST_YEARS * 366.0 * DAY_S:
            raise GeofenceError(
                f"daily periods are asked for more than {SPAN_AT_MOST_YEARS} years",
                remedy=f"Ask for {SPAN_AT_MOST_YEARS} years at a time",
            )
        zone = ZoneInfo(self.time_zone)
        is_by_sun = daily.start.event is not None or daily.end.event is not None
        days_before, days_after = _REACH_BY_SUN_DAYS if is_by_sun else _REACH_BY_CLOCK_DAYS
        try:
            first, last = (
                datetime.fromtimestamp(moment_s, zone).date().toordinal() for moment_s in (first_s, last_s)
            )
            date.fromordinal(first - days_before - 1)
            date.fromordinal(last + days_after + 2)
        except (ValueError, OverflowError, OSError):
            raise GeofenceError(
                "daily periods are asked for years the calendar does not have",
                remedy="Ask for years between 2 and 9998",
            ) from None
        return range(first - days_before, last + days_after + 1)

    def _daily(
        self, daily: DailyPeriod, days: range, place: LatLon, *, when_unknown: bool
    ) -> Iterator[tuple[float, float]]:
        zone = ZoneInfo(self.time_zone)
        start, end = daily.start, daily.end
        # Where a clock is put forward or back, a moment has two readings: the longer or the shorter period is taken.
        earlier, later = (min, max) if when_unknown else (max, min)
        for ordinal in days:
            if Weekday((ordinal - 1) % 7) not in daily.days:
                continue
            day = date.fromordinal(ordinal)
            start_s = _moment_utc_s(start, day, zone, place, earlier)
            is_next_day = start.event is None and end.event is None and end.offset_s <= start.offset_s
            end_day = date.fromordinal(ordinal + 1) if is_next_day else day
            end_s = _moment_utc_s(end, end_day, zone, place, later)
            if start_s is None or end_s is None:
                if when_unknown:
                    yield _unknown(start, start_s, day, zone)
                continue
            if (start.event is not None or end.event is not None) and end_s <= start_s:
                end_s = _moment_utc_s(end, date.fromordinal(ordinal + 1), zone, place, later)
                if end_s is None:
                    if when_unknown:
                        yield _unknown(start, start_s, day, zone)
                    continue
            if start_s <= end_s:
                yield start_s, end_s


PERMANENT = Applicability()


def _unknown(start: DayTime, start_s: float | None, day: date, zone: ZoneInfo) -> tuple[float, float]:
    """Give all the time a period may hold of which the start or the end is not known."""
    midnight_s = _clock_utc_s(0.0, day, zone, min)
    longest_s = midnight_s + 2.5 * DAY_S
    return (midnight_s + min(start.offset_s, 0.0) if start_s is None else start_s), longest_s


def _moment_utc_s(
    time: DayTime, day: date, zone: ZoneInfo, place: LatLon, pick: Callable[[float, float], float]
) -> float | None:
    if time.event is None:
        return _clock_utc_s(time.offset_s, day, zone, pick)
    event_s = sun_event_utc_s(time.event, day, zone, place)
    return None if event_s is None else event_s + time.offset_s


def _clock_utc_s(offset_s: float, day: date, zone: ZoneInfo, pick: Callable[[float, float], float]) -> float:
    wall = datetime(day.year, day.month, day.day) + timedelta(seconds=offset_s)  # noqa: DTZ001
    return pick(
        wall.replace(tzinfo=zone, fold=0).timestamp(),
        wall.replace(tzinfo=zone, fold=1).timestamp(),
    )


def _merged(intervals: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    merged: list[tuple[float, float]] = []
    for start_s, end_s in sorted(intervals):
        if merged and start_s <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end_s))
        else:
            merged.append((start_s, end_s))
    return tuple(merged)
