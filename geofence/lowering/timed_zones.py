"""Zones sorted by whether they hold during a flight."""

from collections.abc import Iterable
from dataclasses import dataclass

from geofence.lowering.account import Loss, NotCarried
from geofence.zone import Zone, ZoneKind


@dataclass(frozen=True, slots=True)
class TimedZones:
    """What a fence, which knows no time, has to hold for one flight.

    Parameters
    ----------
    zones : tuple of Zone
        Exclusions that hold at any moment of it, inclusions that hold at any.
    partly : frozenset of str
        The ids of those that do not hold throughout.
    account : tuple of NotCarried
    """

    zones: tuple[Zone, ...]
    partly: frozenset[str]
    account: tuple[NotCarried, ...]


def sort_by_time(zones: Iterable[Zone], flight_utc_s: tuple[float, float] | None) -> TimedZones:
    """Choose the zones that a fence has to hold.

    Parameters
    ----------
    zones : iterable of Zone
        Of any kind; advisories are accounted for.
    flight_utc_s : (earliest, latest) or None
        The flight lies between; None where nobody can say: then exclusions always hold, and inclusions that are limited
        in time never.
    """
    kept: list[Zone] = []
    partly: set[str] = set()
    account: list[NotCarried] = []

    def note(zone: Zone, detail: str, *, is_stricter: bool) -> None:
        account.append(NotCarried(zone.zone_id, Loss.TIME_WINDOW, detail, is_stricter))

    for zone in zones:
        is_exclusion = zone.kind is ZoneKind.EXCLUSION
        if zone.kind is ZoneKind.ADVISORY:
            account.append(NotCarried(zone.zone_id, Loss.ADVISORY, "it is advice, not a limit", False))
        elif zone.applicability.is_permanent:
            kept.append(zone)
        elif flight_utc_s is None:
            if is_exclusion:
                kept.append(zone)
                note(zone, "it holds at certain times, and the fence at all", is_stricter=True)
            else:
                note(zone, "it allows flight at certain times only, and the fence never", is_stricter=True)
        else:
            spans = zone.active_utc_s(*flight_utc_s)
            if spans == (flight_utc_s,):
                kept.append(zone)
                if not is_exclusion:
                    note(zone, "the fence admits it beyond its hours too", is_stricter=False)
            elif spans:
                kept.append(zone)
                partly.add(zone.zone_id)
            elif is_exclusion:
                note(zone, "it does not hold during the flight", is_stricter=False)
            else:
                note(zone, "it allows no flight at that time", is_stricter=True)
    return TimedZones(tuple(kept), frozenset(partly), tuple(account))
