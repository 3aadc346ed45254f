"""Moments, as they are typed."""

from datetime import UTC, datetime

from missions.refusal import MissionError

_REMEDY = "Write it with its offset, for example 2026-05-01T08:00+08:00"
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


def parse_moment(text: str, *, place: str) -> float:
    """Read a moment in ISO 8601 as seconds since 1970.

    Raises
    ------
    MissionError
        For what is none, has no time zone, or is out of all reach.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise MissionError(f"{text!r} is no time", place=place, remedy=_REMEDY) from None
    if moment.tzinfo is None:
        raise MissionError(f"{text!r} has no time zone", place=place, remedy=_REMEDY)
    if not _EARLIEST <= moment <= _LATEST:
        raise MissionError(f"{text!r} is not between 1970 and 9999", place=place, remedy=_REMEDY)
    return moment.timestamp()
