"""Properties that sound like a limit of altitude or time and are not read as one: passing them over would lift the limit.

Nobody can list what people call a ceiling, so names are judged by the words they are made of and by what they hold. An
inclusion zone is refused, since it would allow more than was meant; any other zone holds at all altitudes or times, which
is told.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from geofence.formats.name_words import words_of_name
from geofence.formats.repair_log import RepairLog
from geofence.formats.shown import show
from geofence.formats.zone_properties import BAND_WORDS, UNITLESS_LIMITS, in_own_names, own_name
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.zone import ZoneKind

_CEILINGS = frozenset(("ceiling", "ceilings", "ceil"))
_HEIGHTS = _CEILINGS | frozenset(
    [
        "alt", "alts", "altitude", "altitudes", "height", "heights", "hgt", "vertical", "agl", "amsl",
        "asl", "msl",
    ]
)  # fmt: skip
_ENDS = frozenset(["upper", "top", "lower", "bottom", "floor", "limit", "limits", "lim"])
_EXTREMES = frozenset(["max", "maximum", "highest", "min", "minimum", "lowest"])
_BESIDE = frozenset(
    [
        "h", "z", "elev", "elevation", "level", "fl", "m", "meter", "meters", "metre", "metres", "ft",
        "feet", "foot",
    ]
)  # fmt: skip
"""Say nothing alone, and a limit beside an end or an extreme."""
_FEET = frozenset(("ft", "feet", "foot"))
_LOWER = frozenset(["lower", "bottom", "floor", "min", "minimum", "lowest"])
_NO_LIMIT = frozenset(
    [
        "mode", "unit", "units", "uom", "ref", "reference", "datum", "type", "code", "id", "count", "speed",
        "accuracy", "error", "source",
    ]
)  # fmt: skip
_LIMIT_WORDS = _HEIGHTS | _ENDS | _EXTREMES | _BESIDE
_CHINESE_HEIGHTS = ("高度", "限高", "真高", "净高", "标高", "最高", "最低", "上限", "下限")
_CHINESE_NO_LIMIT = ("速", "温", "人数", "人口", "数量", "电压")
_LIKE_CEILING = 0.85

_ALTITUDE = re.compile(
    r"(?:[<≤=~≈约]|不超过|不高于|低于|真高|海拔|below|under|up to|max\.?|h\b|\s)*"
    r"(?:fl\s*\d{1,3}|[+-]?\d+(?:[.,]\d+)?(?:\s*(?:m|mtrs?|met(?:er|re)s?|米|公尺|ft|feet|foot|英尺|['′])(?:[\s(,.;以/].*)?"
    r"|\s*(?:agl|amsl|asl|msl))?)",
    re.IGNORECASE | re.DOTALL,
)
_IN_FEET = re.compile(r"\d\s*(?:ft|feet|foot|英尺|['′])", re.IGNORECASE)
_CHINESE_METRES = re.compile(r"[〇一二三四五六七八九十百千]\s*(?:米|公尺|英尺)")

_TIMES = frozenset(
    [
        "valid", "validity", "start", "starts", "begin", "begins", "end", "ends", "until", "till", "expire",
        "expires", "expired", "expiry", "expiration", "effective", "active", "activation", "inactivation",
        "schedule", "timetable", "hours", "days", "from", "since", "to",
    ]
)  # fmt: skip
_TIMES_BESIDE = frozenset(
    ["date", "time", "datetime", "day", "at", "on", "utc", "local", "zone", "flight", "opening"]
)
_CHINESE_TIMES = (
    *("生效", "失效", "有效", "起始", "开始", "结束", "截止", "终止", "到期", "时段", "起止"),
    *("开放时间", "适飞时间", "飞行时间", "使用时间"),
)
_DATE = re.compile(
    r"\d{4}[-/.年]\d{1,2}|\b\d{1,2}[:时点]\d{0,2}|\b(?:19|20)\d{6}(?:\D|$)|\d{1,2}[./]\d{1,2}[./]\d{2,4}"
    r"|\b(?:mon|tue|wed|thu|fri|sat|sun)(?:\b|[a-z]*day)|sunrise|sunset|日出|日落|周[一二三四五六日末]|星期",
    re.IGNORECASE,
)
_EPOCH_S = 1e8
"""No count of days or zones is as large; seconds and milliseconds since 1970 are."""


def judge_unread(
    properties: Mapping[str, Any], *, kind: ZoneKind, zone_id: str, place: str, log: RepairLog
) -> None:
    """Refuse an inclusion zone with a limit that is not read; tell of those of other zones.

    Parameters
    ----------
    properties : mapping
        As the file has them.
    kind : ZoneKind
    zone_id, place : str
    log : RepairLog

    Raises
    ------
    GeofenceError
        Names the property, its value, and how to write the limit.
    """
    for name, what, remedy in (*_unread_limits(properties), *_unread_times(properties)):
        said = f"{name} {show(properties[name])} sounds like a limit of {what} and is not read as one"
        if kind is ZoneKind.INCLUSION:
            raise GeofenceError(said, place=place, remedy=f"{remedy}, or rename it where it is none")
        log.note(
            RepairCode.VALUE,
            f"{said}: it does not limit the zone",
            zone_id=zone_id,
            place=place,
        )


def sounds_like_limit(name: str) -> bool:
    """Whether a property of that name may be a limit of altitude or time that is not read."""
    return _limit_of(name) is not None or _sounds_like_time(name)


def may_be_limit(name: str, value: Any) -> bool:
    """Whether a property may be a limit of altitude or time that is not read."""
    is_altitude = _limit_of(name) is not None and _is_altitude(value, name)
    return is_altitude or (_sounds_like_time(name) and _is_time(value))


def _unread_limits(properties: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    said = in_own_names(properties)
    for name, value in properties.items():
        is_read = own_name(name) in BAND_WORDS or own_name(name) in ("floor_ft", "ceiling_ft")
        # Numbers under these names are refused for their missing unit.
        is_refused = own_name(name) in UNITLESS_LIMITS and isinstance(value, int | float)
        if is_read or is_refused or not _is_altitude(value, name):
            continue
        limit = _limit_of(name)
        if limit is None or any(said.get(f"{limit}_{unit}") is not None for unit in ("m", "ft")):
            continue
        in_feet = bool(_words(name) & _FEET) or (isinstance(value, str) and bool(_IN_FEET.search(value)))
        unit, units = ("ft", "feet") if in_feet else ("m", "metres")
        yield (
            name,
            "altitude",
            f"Write {limit}_{unit} as a plain number of {units}, and datum for what it counts from",
        )


@lru_cache(maxsize=4096)
def _words(name: str) -> frozenset[str]:
    words = words_of_name(name, _LIMIT_WORDS)
    return frozenset(
        "ceiling" if difflib.SequenceMatcher(None, word, "ceiling").ratio() >= _LIKE_CEILING else word
        for word in words
    )


@lru_cache(maxsize=4096)
def _limit_of(name: str) -> str | None:
    """Give what a name sounds like, "floor" or "ceiling", or None."""
    meant = UNITLESS_LIMITS.get(own_name(name) or "")
    if meant is not None:
        return meant.removesuffix("_m")
    if any(word in name for word in _CHINESE_HEIGHTS):
        is_other = any(word in name for word in _CHINESE_NO_LIMIT)
        return None if is_other else "floor" if "下限" in name or "最低" in name else "ceiling"
    words = _words(name)
    is_only_limit = words <= _LIMIT_WORDS and (
        bool(words & _ENDS) or (bool(words & _EXTREMES) and len(words) > 1)
    )
    if words & _NO_LIMIT or not (words & _HEIGHTS or is_only_limit):
        return None
    return "floor" if words & _LOWER and not words & _CEILINGS else "ceiling"


def _is_altitude(value: Any, name: str) -> bool:
    if isinstance(value, Mapping | list | tuple):
        return bool(value)
    if isinstance(value, str):
        return _ALTITUDE.fullmatch(value.strip()) is not None or (
            _names_limit(name) and (any(map(str.isdigit, value)) or bool(_CHINESE_METRES.search(value)))
        )
    return isinstance(value, int | float) and not isinstance(value, bool)


@lru_cache(maxsize=4096)
def _names_limit(name: str) -> bool:
    """Whether a name says that it is a limit, so that any text with a number must be one."""
    words = _words(name)
    is_limit = bool(words & _CEILINGS) or bool(words & _HEIGHTS and words & (_ENDS | _EXTREMES))
    return is_limit or own_name(name) in UNITLESS_LIMITS or any(word in name for word in _CHINESE_HEIGHTS)


def _unread_times(properties: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    if in_own_names(properties).get("applicability") is not None:
        return
    for name, value in properties.items():
        if _sounds_like_time(name) and _is_time(value):
            yield name, "time", "Write applicability with periods from start to end"


@lru_cache(maxsize=4096)
def _sounds_like_time(name: str) -> bool:
    if any(word in name for word in _CHINESE_TIMES):
        return True
    words = frozenset(words_of_name(name, _TIMES | _TIMES_BESIDE))
    is_only_time = words <= _TIMES | _TIMES_BESIDE
    return is_only_time and bool(words & _TIMES)


def _is_time(value: Any) -> bool:
    if isinstance(value, str):
        return _DATE.search(value) is not None
    if isinstance(value, Mapping | list | tuple):
        return any(map(_is_time, value.values() if isinstance(value, Mapping) else value))
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= _EPOCH_S
