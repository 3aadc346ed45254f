"""How the commands about zone files talk."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from geofence.refusal import Refusal
from geofence.repair import Repair
from server.cli.console import print_refusal, say

SHOWN_AT_MOST = 20

_Item = TypeVar("_Item")


def say_each(items: Iterable[_Item], words: Callable[[_Item], str], style: str | None = None) -> None:
    """Write a line for each, and how many more there are than can be read."""
    listed = list(items)
    for item in listed[:SHOWN_AT_MOST]:
        say(words(item), style)
    if len(listed) > SHOWN_AT_MOST:
        say(f"And {len(listed) - SHOWN_AT_MOST} more; --json lists all.", style)


def say_repairs(repairs: Iterable[Repair], style: str | None = "yellow") -> None:
    """Write what was mended or lost."""
    say_each(repairs, repair_words, style)


def repair_words(repair: Repair) -> str:
    """Say one repair."""
    zone = f" zone {repair.zone_id}:" if repair.zone_id and repair.zone_id not in repair.place else ""
    changed = f" ({repair.area_m2:+,.0f} m2)" if abs(repair.area_m2) >= 1.0 else ""
    return f"{repair.place}:{zone} {repair.message}{changed}"


def refused(refusal: Refusal, *, as_json: bool, **document: Any) -> None:
    """Say a refusal, as JSON too where that was asked for."""
    print_refusal(refusal, {**document, "error": str(refusal)} if as_json else None)
