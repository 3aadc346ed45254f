"""Times of departure, as they are typed."""

from missions.refusal import MissionError
from server.cli.moment import parse_moment

_PLACE = "--departure"


def parse_departure(text: str | None) -> tuple[float, float] | None:
    """Read `TIME` or `EARLIEST/LATEST`; seconds since 1970.

    Raises
    ------
    MissionError
        It is no time, has no time zone, or ends before it begins.
    """
    if text is None:
        return None
    moments = [parse_moment(part, place=_PLACE) for part in text.split("/")]
    if len(moments) > 2 or moments[-1] < moments[0]:
        raise MissionError(
            f"{text!r} is no span of time", place=_PLACE, remedy="Give one time, or two of them joined by /"
        )
    return moments[0], moments[-1]
