"""The times a zone holds, as our own GeoJSON says them.

    {"time_zone": "Asia/Shanghai",
     "periods": [{"start": "2026-05-01T00:00:00+08:00", "end": "2026-10-31T23:59:59+08:00",
                  "daily": [{"days": ["monday", "tuesday"], "start": "08:00", "end": "sunset-00:30"}]}]}

All of it may be left out: without periods a zone always holds, without `daily` all the time between `start` and
`end`, without `days` every day, a day starts at 00:00 and ends at 24:00.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from geofence.applicability import (
    DAY_S,
    EVERY_DAY,
    PERMANENT,
    Applicability,
    DailyPeriod,
    DayTime,
    Period,
    Weekday,
)
from geofence.formats.shown import show
from geofence.refusal import GeofenceError
from geofence.sun import SunEvent

_CLOCK = r"(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d{1,6})?))?"
_TIME = re.compile(rf"^{_CLOCK}$")
_SUN_TIME = re.compile(rf"^({'|'.join(SunEvent)})(?:([+-]){_CLOCK})?$")
_WEEKDAYS = {day.name.lower(): day for day in Weekday} | {day.name[:3].lower(): day for day in Weekday}


def applicability_from_words(words: Any, *, place: str) -> Applicability:
    """Read the times a zone holds.

    Raises
    ------
    GeofenceError
        Names the member that cannot be understood.
    """
    if words is None:
        return PERMANENT
    members = _members(words, ("periods", "time_zone"), "applicability", place=place)
    time_zone = members.get("time_zone") or "UTC"
    periods = _list(members.get("periods"), "applicability.periods", place=place)
    try:
        return Applicability(
            tuple(
                _period(period, f"applicability.periods[{number}]", place=place)
                for number, period in enumerate(periods)
            ),
            time_zone if isinstance(time_zone, str) else show(time_zone),
        )
    except GeofenceError as refusal:
        if refusal.place:
            raise
        raise GeofenceError(f"applicability: {refusal.what}", place=place, remedy=refusal.remedy) from None


def words_of_applicability(applicability: Applicability) -> dict[str, Any] | None:
    """Say the times a zone holds; None for always. Times of day are kept to the microsecond."""
    if applicability == PERMANENT:
        return None
    words: dict[str, Any] = {} if applicability.time_zone == "UTC" else {"time_zone": applicability.time_zone}
    if applicability.periods:
        words["periods"] = [_period_words(period) for period in applicability.periods]
    return words


def moment_from_text(text: Any, name: str, *, place: str) -> datetime | None:
    """Read a moment in the form of RFC 3339; None for null or no text.

    Raises
    ------
    GeofenceError
        For anything else, and where the text names no time zone.
    """
    if text is None or text == "":
        return None
    try:
        moment = datetime.fromisoformat(text.strip() if isinstance(text, str) else "")
        moment.timestamp()
    except (ValueError, OverflowError):
        raise GeofenceError(
            f"{name} {show(text)} is not a date and time",
            place=place,
            remedy="Write it as 2026-05-01T08:00:00Z or with an offset such as +08:00",
        ) from None
    if moment.tzinfo is None:
        raise GeofenceError(
            f"{name} {show(text)} has no time zone", place=place, remedy="Write it with Z or an offset"
        )
    return moment


def in_utc(moment: datetime) -> datetime:
    """Count a moment in UTC; the first and last hours of the calendar stay as they are."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return moment


def text_of_moment(moment: datetime) -> str:
    """Write a moment in the form of RFC 3339."""
    text = moment.isoformat()
    return text.removesuffix("+00:00") + "Z" if moment.utcoffset() == UTC.utcoffset(None) else text


def _period(period: Any, name: str, *, place: str) -> Period:
    members = _members(period, ("start", "end", "daily"), name, place=place)
    daily = _list(members.get("daily"), f"{name}.daily", place=place)
    try:
        return Period(
            moment_from_text(members.get("start"), f"{name}.start", place=place),
            moment_from_text(members.get("end"), f"{name}.end", place=place),
            tuple(_daily(each, f"{name}.daily[{number}]", place=place) for number, each in enumerate(daily)),
        )
    except GeofenceError as refusal:
        if refusal.place:
            raise
        raise GeofenceError(f"{name}: {refusal.what}", place=place, remedy=refusal.remedy) from None


def _daily(daily: Any, name: str, *, place: str) -> DailyPeriod:
    members = _members(daily, ("days", "start", "end"), name, place=place)
    days = EVERY_DAY
    if members.get("days") is not None:
        names = _list(members["days"], f"{name}.days", place=place)
        days = frozenset(_weekday(word, f"{name}.days", place=place) for word in names)
    try:
        return DailyPeriod(
            days,
            _day_time(members.get("start"), 0.0, f"{name}.start", place=place),
            _day_time(members.get("end"), DAY_S, f"{name}.end", place=place),
        )
    except GeofenceError as refusal:
        if refusal.place:
            raise
        raise GeofenceError(f"{name}: {refusal.what}", place=place, remedy=refusal.remedy) from None


def _weekday(word: Any, name: str, *, place: str) -> Weekday:
    day = _WEEKDAYS.get(word.strip().lower()) if isinstance(word, str) else None
    if day is None:
        raise GeofenceError(
            f"{name} {show(word)} is not a day of the week", place=place, remedy="Write monday, tuesday, ..."
        )
    return day


def _day_time(text: Any, when_missing_s: float, name: str, *, place: str) -> DayTime:
    if text is None:
        return DayTime(when_missing_s)
    word = text.strip().lower() if isinstance(text, str) else ""
    try:
        if match := _TIME.match(word):
            return DayTime(_seconds(*match.groups()))
        if match := _SUN_TIME.match(word):
            event, sign, *clock = match.groups()
            offset_s = _seconds(*clock) if sign else 0.0
            return DayTime(-offset_s if sign == "-" else offset_s, SunEvent(event))
    except GeofenceError as refusal:
        raise GeofenceError(f"{name}: {refusal.what}", place=place, remedy=refusal.remedy) from None
    raise GeofenceError(
        f"{name} {show(text)} is not a time of day",
        place=place,
        remedy="Write 08:00, 24:00, sunrise, sunset-00:30, dawn or dusk+01:00",
    )


def _seconds(hours: str, minutes: str, seconds: str | None) -> float:
    if int(minutes) > 59 or float(seconds or 0.0) >= 60.0:
        raise GeofenceError(
            f"{hours}:{minutes}:{seconds or '00'} is not a time of day",
            remedy="Minutes and seconds go to 59",
        )
    return int(hours) * 3600.0 + int(minutes) * 60.0 + float(seconds or 0.0)


def _period_words(period: Period) -> dict[str, Any]:
    words: dict[str, Any] = {}
    if period.start is not None:
        words["start"] = text_of_moment(period.start)
    if period.end is not None:
        words["end"] = text_of_moment(period.end)
    if period.daily:
        words["daily"] = [_daily_words(daily) for daily in period.daily]
    return words


def _daily_words(daily: DailyPeriod) -> dict[str, Any]:
    words: dict[str, Any] = {"start": _day_time_text(daily.start), "end": _day_time_text(daily.end)}
    if daily.days == EVERY_DAY:
        return words
    return {"days": [day.name.lower() for day in sorted(daily.days)], **words}


def _day_time_text(time: DayTime) -> str:
    microseconds = round(abs(time.offset_s) * 1e6)
    if time.event is not None and microseconds == 0:
        return time.event.value
    minutes, microseconds = divmod(microseconds, 60_000_000)
    text = f"{minutes // 60:02d}:{minutes % 60:02d}"
    if microseconds:
        text += f":{microseconds // 1_000_000:02d}"
        if microseconds % 1_000_000:
            text += f".{microseconds % 1_000_000:06d}".rstrip("0")
    if time.event is None:
        return text
    return f"{time.event.value}{'-' if math.copysign(1.0, time.offset_s) < 0 else '+'}{text}"


def _members(value: Any, known: tuple[str, ...], name: str, *, place: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise GeofenceError(f"{name} {show(value)} is not an object", place=place, remedy="Give an object")
    for member in value:
        if member not in known:
            # Whatever it limits, passing it over could lift the limit.
            raise GeofenceError(
                f"{name} has an unknown member {show(member)}",
                place=place,
                remedy=f"Known are {', '.join(known)}",
            )
    return value


def _list(value: Any, name: str, *, place: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise GeofenceError(f"{name} {show(value)} is not a list", place=place, remedy="Give a list")
    if not value:
        raise GeofenceError(
            f"{name} is empty, which says neither always nor never",
            place=place,
            remedy="Leave it out for always; a zone that never holds does not belong into the file",
        )
    return list(value)
