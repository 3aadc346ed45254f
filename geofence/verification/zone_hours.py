"""When a zone that holds at times only would let a drone pass."""

from datetime import UTC, datetime

from geofence.applicability import DAY_S
from geofence.zone import Zone, ZoneKind

_LOOK_S = 8.0 * DAY_S


def hours_words(zone: Zone | None, span_utc_s: tuple[float, float] | None) -> str:
    """Say when it would be legal to be there, next to the span that was asked for.

    Parameters
    ----------
    zone : Zone or None
    span_utc_s : (float, float) or None
        When the drone is there; None where nobody knows.

    Returns
    -------
    str
        "before 2026-05-01 08:00 UTC or after 2026-05-01 12:00 UTC"; empty for a zone that always holds, where
        the span is not known, and where no such time lies within eight days.
    """
    if zone is None or zone.applicability.is_permanent or span_utc_s is None:
        return ""
    earliest_s, latest_s = span_utc_s
    intervals = zone.active_utc_s(earliest_s - _LOOK_S, latest_s + _LOOK_S)
    if _forbids(zone):
        met = [interval for interval in intervals if interval[0] <= latest_s and earliest_s <= interval[1]]
        if not met:
            return ""
        words = []
        if met[0][0] > earliest_s - _LOOK_S:
            words.append(f"before {_words(met[0][0])}")
        if met[-1][1] < latest_s + _LOOK_S:
            words.append(f"after {_words(met[-1][1])}")
        return " or ".join(words)
    fitting = [
        interval
        for interval in intervals
        if interval[1] - interval[0] >= latest_s - earliest_s and interval[1] > earliest_s
    ]
    return f"between {_words(fitting[0][0])} and {_words(fitting[0][1])}" if fitting else ""


def _forbids(zone: Zone) -> bool:
    return zone.kind is not ZoneKind.INCLUSION


def _words(utc_s: float) -> str:
    return f"{datetime.fromtimestamp(round(utc_s), UTC):%Y-%m-%d %H:%M} UTC"
