"""Times of departure, as they are typed."""

from datetime import datetime

from missions.refusal import MissionError

_REMEDY = "Give ISO 8601 with a time zone, such as 2025-06-01T08:00+08:00, or two of them joined by /"


def parse_departure(text: str | None) -> tuple[float, float] | None:
    """Read `TIME` or `EARLIEST/LATEST`; seconds since 1970.

    Raises
    ------
    MissionError
        It is no time, has no time zone, or ends before it begins.
    """
    if text is None:
        return None
    moments = []
    for part in text.split("/"):
        try:
            moment = datetime.fromisoformat(part.strip())
        except ValueError:
            raise MissionError(f"the departure {part!r} is no time", remedy=_REMEDY) from None
        if moment.tzinfo is None:
            raise MissionError(f"the departure {part!r} has no time zone", remedy=_REMEDY)
        moments.append(moment.timestamp())
    if len(moments) > 2 or moments[-1] < moments[0]:
        raise MissionError(f"the departure {text!r} is no span of time", remedy=_REMEDY)
    return moments[0], moments[-1]
