"""What an autopilot's fence cannot carry of the zones, and who watches it instead."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Loss(StrEnum):
    """What of a zone is lost or changed on its way into a fence."""

    ADVISORY = "advisory"
    """The zone only tells something; a fence would stop the flight for it."""
    TIME_WINDOW = "time_window"
    """A fence holds always."""
    BAND = "band"
    """A fence keeps out of an area at every altitude."""
    CEILING = "ceiling"
    """A fence has one ceiling."""
    FLOOR = "floor"
    """A fence has one floor, and none while taking off and landing."""
    OUT_OF_REACH = "out_of_reach"
    """The zone lies farther away than this flight gets, or beyond the fence's inclusion."""
    SIMPLIFIED = "simplified"
    """The outline was drawn with fewer vertices, in the safe direction."""
    ACTION = "action"
    """A fence has one reaction to everything."""


class Watcher(StrEnum):
    """Who keeps watching what the fence does not."""

    LIVE_MONITOR = "live_monitor"


@dataclass(frozen=True, slots=True)
class NotCarried:
    """One thing the fence does not say as the zone says it.

    Parameters
    ----------
    zone_id : str
        Empty for the fence as a whole.
    loss : Loss
    detail : str
        A clause for people.
    is_stricter : bool
        Whether the fence forbids more than the zone there, and nothing less.
    area_m2 : float or None
        The legal ground given up, where it was counted.
    watched_by : Watcher
    """

    zone_id: str
    loss: Loss
    detail: str
    is_stricter: bool
    area_m2: float | None = None
    watched_by: Watcher = Watcher.LIVE_MONITOR


_TITLES = {
    Loss.ADVISORY: "advisory zones",
    Loss.TIME_WINDOW: "time windows",
    Loss.BAND: "altitude bands",
    Loss.CEILING: "ceilings",
    Loss.FLOOR: "floors",
    Loss.OUT_OF_REACH: "zones out of reach",
    Loss.SIMPLIFIED: "simplified outlines",
    Loss.ACTION: "actions",
}
_NAMED_AT_MOST = 4


def account_lines(account: Iterable[NotCarried]) -> Iterator[str]:
    """Say an account in lines for people: what is only watched first, and many of a kind as their number."""
    by_kind: dict[tuple[bool, Loss], list[NotCarried]] = {}
    for entry in account:
        by_kind.setdefault((entry.is_stricter, entry.loss), []).append(entry)
    for (is_stricter, loss), entries in sorted(by_kind.items()):
        rest = "stricter on board" if is_stricter else "not on board, the live monitor watches it"
        if len(entries) > _NAMED_AT_MOST or loss is Loss.OUT_OF_REACH:
            named = ", ".join(entry.zone_id for entry in entries[:_NAMED_AT_MOST] if entry.zone_id)
            more = " ..." if len(entries) > _NAMED_AT_MOST else ""
            yield f"{len(entries)} {_TITLES[loss]} ({named}{more}): {rest}."
            continue
        for entry in entries:
            where = f"{entry.zone_id}: " if entry.zone_id else ""
            yield f"{where}{entry.detail}; {rest}."
