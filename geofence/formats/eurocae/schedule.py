"""When a zone holds, in the words of ED-269 and ED-318: time periods with a schedule of daily periods.

Times of day are UTC or carry an offset; daylight events (BMCT, SR, SS, EECT) may stand for them. An exclusion may
only grow: what cannot be said or understood exactly is taken for longer.
"""

import contextlib
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from geofence.applicability import DAY_S, EVERY_DAY, Applicability, DailyPeriod, DayTime, Period, Weekday
from geofence.formats.applicability_words import in_utc, moment_from_text, text_of_moment
from geofence.formats.shown import show
from geofence.refusal import GeofenceError
from geofence.sun import SunEvent

_DAYS = {day.name[:3]: day for day in Weekday}
_EVENTS = {
    "BMCT": SunEvent.DAWN,
    "SR": SunEvent.SUNRISE,
    "SS": SunEvent.SUNSET,
    "EECT": SunEvent.DUSK,
}
_EVENT_WORDS = {event: word for word, event in _EVENTS.items()}
_TIME = re.compile(r"^(\d{2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?(Z|[+-]\d{2}(?::?\d{2})?)?$", re.IGNORECASE)
_YEARS = range(2000, 2051)
"""Whose offsets a time zone is taken to have."""

_Clock = tuple[float, float] | SunEvent
"""Seconds after midnight and the offset from UTC they are counted in, or an event."""


def applicability_from_periods(
    periods: Any, name: str, deviations: list[str], *, place: str
) -> Applicability:
    """Read `limitedApplicability`; nothing is always.

    Raises
    ------
    GeofenceError
        Names the member that cannot be understood.
    """
    if periods is None or periods in ("", []):
        return Applicability()
    if isinstance(periods, Mapping):
        deviations.append(f"{name} is not a list")
        periods = [periods]
    if not isinstance(periods, list | tuple):
        raise GeofenceError(f"{name} {show(periods)} is not a list", place=place, remedy="Give a list")
    read = [
        _period(period, f"{name}[{number}]", deviations, place=place) for number, period in enumerate(periods)
    ]
    if any(period == Period() for period in read):
        if len(read) > 1:
            deviations.append(f"{name} has a period without limits: the zone always holds")
        return Applicability()
    return Applicability(tuple(read))


def periods_of_applicability(applicability: Applicability, *, with_events: bool) -> list[dict[str, Any]]:
    """Say the times a zone holds, never less; an empty list for always.

    Parameters
    ----------
    applicability : Applicability
    with_events : bool
        Whether the format knows daylight events (ED-318 does).
    """
    if applicability.is_permanent:
        return []
    offsets_s = _offsets_s(applicability.time_zone)
    return [_said_period(period, offsets_s, with_events=with_events) for period in applicability.periods]


def _period(period: Any, name: str, deviations: list[str], *, place: str) -> Period:
    if not isinstance(period, Mapping):
        raise GeofenceError(f"{name} {show(period)} is not an object", place=place, remedy="Give an object")
    start, end = (
        _moment(period.get(member), f"{name}.{member}", deviations, place=place)
        for member in ("startDateTime", "endDateTime")
    )
    schedule = period.get("schedule") or []
    if isinstance(schedule, Mapping):
        deviations.append(f"{name}.schedule is not a list")
        schedule = [schedule]
    if not isinstance(schedule, list | tuple):
        raise GeofenceError(
            f"{name}.schedule {show(schedule)} is not a list", place=place, remedy="Give a list"
        )
    daily = [
        each
        for number, said in enumerate(schedule)
        for each in _daily(said, f"{name}.schedule[{number}]", deviations, place=place)
    ]
    if any(each == DailyPeriod() for each in daily):
        daily = []
    if start is not None and end is not None and start > end:
        raise GeofenceError(
            f"{name}.endDateTime {show(period.get('endDateTime'))} is before its startDateTime",
            place=place,
            remedy="Give an end after the start",
        )
    return Period(start, end, tuple(daily))


def _moment(value: Any, name: str, deviations: list[str], *, place: str) -> datetime | None:
    if isinstance(value, str) and value.strip():
        text = value.strip()
        with contextlib.suppress(ValueError):
            if datetime.fromisoformat(text).tzinfo is None:
                deviations.append(f"{name} has no time zone, UTC is taken")
                midnight_or_last = "T23:59:59Z" if name.endswith("endDateTime") else "T00:00:00Z"
                value = f"{text}{'Z' if ':' in text else midnight_or_last}"
    moment = moment_from_text(value, name, place=place)
    return None if moment is None else in_utc(moment)


def _daily(said: Any, name: str, deviations: list[str], *, place: str) -> Iterator[DailyPeriod]:
    if not isinstance(said, Mapping):
        raise GeofenceError(f"{name} {show(said)} is not an object", place=place, remedy="Give an object")
    days = _days(said.get("day"), f"{name}.day", deviations, place=place)
    starts = _clocks(said, "start", name, place=place) or [(0.0, 0.0)]
    ends = _clocks(said, "end", name, place=place) or [(DAY_S, 0.0)]
    if len(starts) > 1 or len(ends) > 1:
        deviations.append(f"{name} has both a time and an event, the longer is taken")
    for start, end in product(starts, ends):
        yield _daily_period(days, start, end, name, deviations)


def _daily_period(
    days: frozenset[Weekday], start: _Clock, end: _Clock, name: str, deviations: list[str]
) -> DailyPeriod:
    if isinstance(start, SunEvent) or isinstance(end, SunEvent):
        offsets_s = [clock[1] for clock in (start, end) if not isinstance(clock, SunEvent)]
        if any(offsets_s):
            deviations.append(f"{name} has an event and a time that is not in UTC, the whole day is taken")
            return DailyPeriod(_spread(days))
        return DailyPeriod(days, _day_time(start), _day_time(end))
    (start_s, start_offset_s), (end_s, end_offset_s) = start, end
    begins_s = start_s - start_offset_s
    lasts_s = (end_s - end_offset_s - begins_s) % DAY_S or DAY_S
    return _shifted(days, begins_s, lasts_s)


def _day_time(clock: _Clock) -> DayTime:
    return DayTime(0.0, clock) if isinstance(clock, SunEvent) else DayTime(clock[0])


def _shifted(days: frozenset[Weekday], begins_s: float, lasts_s: float) -> DailyPeriod:
    """Bring a period that begins so long after midnight UTC, maybe on a day before or after, into its day."""
    turns, begins_s = divmod(begins_s, DAY_S)
    days = frozenset(Weekday((day + int(turns)) % 7) for day in days)
    ends_s = begins_s + lasts_s
    if ends_s > DAY_S:
        ends_s -= DAY_S
    return DailyPeriod(days, DayTime(begins_s), DayTime(ends_s))


def _spread(days: frozenset[Weekday]) -> frozenset[Weekday]:
    return frozenset(Weekday((day + turn) % 7) for day in days for turn in (-1, 0, 1))


def _days(value: Any, name: str, deviations: list[str], *, place: str) -> frozenset[Weekday]:
    if value is None or value in ("", []):
        deviations.append(f"{name} is missing, every day is taken")
        return EVERY_DAY
    if isinstance(value, str):
        deviations.append(f"{name} is not a list")
        value = [value]
    words = value if isinstance(value, list | tuple) else [value]
    days: set[Weekday] = set()
    for word in words:
        plain = word.strip().upper() if isinstance(word, str) else ""
        if plain != "ANY" and plain not in _DAYS:
            raise GeofenceError(
                f"{name} {show(word)} is not a day",
                place=place,
                remedy=f"Accepted are ANY, {', '.join(_DAYS)}",
            )
        days |= EVERY_DAY if plain == "ANY" else {_DAYS[plain]}
    return frozenset(days)


def _clocks(said: Mapping[str, Any], which: str, name: str, *, place: str) -> list[_Clock]:
    clocks: list[_Clock] = []
    time, event = said.get(f"{which}Time"), said.get(f"{which}Event")
    if time not in (None, ""):
        clocks.append(_time(time, f"{name}.{which}Time", place=place))
    if event not in (None, ""):
        known = _EVENTS.get(event.strip().upper()) if isinstance(event, str) else None
        if known is None:
            raise GeofenceError(
                f"{name}.{which}Event {show(event)} is not an event of daylight",
                place=place,
                remedy=f"Accepted are {', '.join(_EVENTS)}",
            )
        clocks.append(known)
    return clocks


def _time(text: Any, name: str, *, place: str) -> tuple[float, float]:
    match = _TIME.match(text.strip()) if isinstance(text, str) else None
    if match is not None:
        hours, minutes, seconds = int(match[1]), int(match[2]), float(match[3] or 0.0)
        time_s = hours * 3600.0 + minutes * 60.0 + seconds
        if minutes < 60 and seconds < 61.0 and time_s <= DAY_S:
            return time_s, _offset_s(match[4] or "Z")
    raise GeofenceError(
        f"{name} {show(text)} is not a time of day", place=place, remedy="Write it as 08:00:00Z"
    )


def _offset_s(text: str) -> float:
    if text in "Zz":
        return 0.0
    digits = text[1:].replace(":", "")
    offset_s = int(digits[:2]) * 3600.0 + int(digits[2:] or 0) * 60.0
    return -offset_s if text[0] == "-" else offset_s


@lru_cache
def _offsets_s(time_zone: str) -> tuple[float, ...]:
    """Give all offsets from UTC that a time zone has in our years, the least first."""
    zone = ZoneInfo(time_zone)
    offsets = (datetime(year, month, 1, tzinfo=zone).utcoffset() for year in _YEARS for month in range(1, 13))
    return tuple(sorted({offset.total_seconds() for offset in offsets if offset is not None}))


def _said_period(period: Period, offsets_s: tuple[float, ...], *, with_events: bool) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if period.start is not None:
        said["startDateTime"] = text_of_moment(in_utc(period.start))
    if period.end is not None:
        said["endDateTime"] = text_of_moment(in_utc(period.end))
    schedule = [_said_daily(daily, offsets_s, with_events=with_events) for daily in period.daily]
    if schedule and all(schedule):
        said["schedule"] = schedule
    return said


def _said_daily(daily: DailyPeriod, offsets_s: tuple[float, ...], *, with_events: bool) -> dict[str, Any]:
    """Say a daily period; an empty one for every day and all day, where no less is certain to hold it."""
    if daily.start.event is None and daily.end.event is None:
        lasts_s = (daily.end.offset_s - daily.start.offset_s) % DAY_S or DAY_S
        begins_s = daily.start.offset_s - offsets_s[-1]
        lasts_s += offsets_s[-1] - offsets_s[0]
        if lasts_s > DAY_S:
            return {}
        in_utc = _shifted(daily.days, begins_s, lasts_s)
        return {
            "day": _day_words(in_utc.days),
            "startTime": _clock_text(in_utc.start.offset_s),
            "endTime": _clock_text(in_utc.end.offset_s),
        }
    is_exact = offsets_s == (0.0,) and all(
        time.event is None or time.offset_s == 0.0 for time in (daily.start, daily.end)
    )
    if not with_events or not is_exact:
        return {}
    said: dict[str, Any] = {"day": _day_words(daily.days)}
    for which, time in (("start", daily.start), ("end", daily.end)):
        if time.event is None:
            said[f"{which}Time"] = _clock_text(time.offset_s)
        else:
            said[f"{which}Event"] = _EVENT_WORDS[time.event]
    return said


def _day_words(days: frozenset[Weekday]) -> list[str]:
    return ["ANY"] if days == EVERY_DAY else [day.name[:3] for day in sorted(days)]


def _clock_text(time_s: float) -> str:
    """Write a time of day; the end of a day as the midnight that follows."""
    microseconds = round(time_s * 1e6) % round(DAY_S * 1e6)
    seconds, fraction = divmod(microseconds, 1_000_000)
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{text}.{fraction:06d}Z" if fraction else f"{text}Z"
