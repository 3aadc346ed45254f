"""The hours of a patrol, as they are typed."""

import re
from dataclasses import dataclass
from datetime import datetime

from missions.refusal import MissionError

_DAY_S = 86_400.0
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_REMEDY = "Write 21:00-23:00, or with its day 2026-05-01T21:00+08:00/2026-05-01T23:00+08:00"


@dataclass(frozen=True, slots=True)
class PatrolWindow:
    """When a fleet may be in the air; a schedule's zero is its beginning.

    Parameters
    ----------
    begins_clock_s : float
        Of the day, by the clock that it was typed in.
    length_s : float
    begins_utc_s : float or None
        Since 1970; None where no day is known, and the hours of zones cannot be told.
    """

    begins_clock_s: float
    length_s: float
    begins_utc_s: float | None = None

    def seconds(self, clocks: str, *, place: str) -> tuple[float, float]:
        """Read `21:30-22:00` as seconds of the schedule.

        Raises
        ------
        MissionError
            It is no span, or ends before the window begins.
        """
        begin_s, end_s = _span(clocks, place)
        early_s = (begin_s - self.begins_clock_s) % _DAY_S
        if early_s >= self.length_s:
            early_s -= _DAY_S  # begun before the window
        late_s = early_s + (end_s - begin_s) % _DAY_S
        if late_s <= 0.0:
            raise MissionError(
                f"{clocks!r} lies outside of the patrol's window", place=place, remedy="Give times within it"
            )
        return max(0.0, early_s), late_s


def parse_window(text: str, *, place: str) -> PatrolWindow:
    """Read `21:00-23:00`, or two moments with their offset joined by `/`.

    Raises
    ------
    MissionError
    """
    if "/" not in text:
        begin_s, end_s = _span(text, place)
        return PatrolWindow(begin_s, (end_s - begin_s) % _DAY_S)
    try:
        begin, end = (datetime.fromisoformat(part.strip()) for part in text.split("/"))
    except ValueError:
        raise MissionError(f"{text!r} is no window", place=place, remedy=_REMEDY) from None
    if begin.tzinfo is None or end.tzinfo is None:
        raise MissionError(f"{text!r} has no time zone", place=place, remedy=_REMEDY)
    length_s = (end - begin).total_seconds()
    if not 0.0 < length_s <= _DAY_S:
        raise MissionError(f"{text!r} is no span of up to a day", place=place, remedy=_REMEDY)
    clock_s = 3600.0 * begin.hour + 60.0 * begin.minute + begin.second
    return PatrolWindow(clock_s, length_s, begin.timestamp())


def clock_text(clock_s: float) -> str:
    """Write a time of the day, to the minute."""
    minutes = int(clock_s // 60.0) % 1440
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _span(text: str, place: str) -> tuple[float, float]:
    found = [_CLOCK.fullmatch(part.strip()) for part in text.split("-")]
    clocks = [(int(match[1]), int(match[2])) for match in found if match is not None]
    if len(found) != 2 or len(clocks) != 2 or any(h > 24 or m > 59 or 60 * h + m > 1440 for h, m in clocks):
        raise MissionError(f"{text!r} is no window", place=place, remedy=_REMEDY)
    begin_s, end_s = (3600.0 * hours + 60.0 * minutes for hours, minutes in clocks)
    if begin_s == end_s:
        raise MissionError(f"{text!r} is empty", place=place, remedy=_REMEDY)
    return begin_s, end_s
