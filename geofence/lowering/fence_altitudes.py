"""The one ceiling and the one floor that an autopilot's fence has."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from geofence.lowering.account import Loss, NotCarried

CEILING_ROOM_M = 1.5
"""Between the highest altitude flown and the ceiling: a copter that holds an altitude swings by about a metre, and the
fence breaks the flight off where it is reached."""
FLOOR_ROOM_M = 3.0
"""Between the floor and the lowest altitude flown; a barometer drifts that much in an hour."""
MARGIN_LEAST_M, MARGIN_MOST_M = 1.0, 10.0
"""Range of FENCE_MARGIN."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A ceiling or a floor that some zone sets; the id is empty for the law's."""

    alt_rel_m: float
    zone_id: str = ""


def fence_ceiling_rel_m(limits: Iterable[Limit], high_m: float) -> tuple[float | None, list[NotCarried]]:
    """Choose the lowest ceiling, but none that the flight itself would touch.

    Parameters
    ----------
    limits : iterable of Limit
    high_m : float
        The highest altitude flown.
    """
    ordered = sorted(limits, key=lambda limit: limit.alt_rel_m)
    if not ordered:
        return None, []
    ceiling_m = max(ordered[0].alt_rel_m, high_m + CEILING_ROOM_M)
    account = []
    for limit in ordered:
        if limit.alt_rel_m < ceiling_m:
            what = "its ceiling" if limit.zone_id else "the legal limit"
            detail = f"{what} of {limit.alt_rel_m:.1f} m is fenced at {ceiling_m:.1f} m, as the flight needs up to {high_m:.1f} m"
            account.append(NotCarried(limit.zone_id, Loss.CEILING, detail, is_stricter=False))
        elif limit.alt_rel_m > ceiling_m and limit.zone_id:
            detail = f"its ceiling is {limit.alt_rel_m:.1f} m, and the fence's {ceiling_m:.1f} m"
            account.append(NotCarried(limit.zone_id, Loss.CEILING, detail, is_stricter=True))
    return ceiling_m, account


def fence_floor_rel_m(
    limits: Iterable[Limit], low_m: float, *, may_hold: bool, rally_alt_m: float = math.inf
) -> tuple[float | None, list[NotCarried]]:
    """Choose the highest floor that leaves the flight its room.

    Parameters
    ----------
    limits : iterable of Limit
    low_m : float
        The lowest altitude flown, take-off and landing aside.
    may_hold : bool
        False where the way home descends before the autopilot calls it a landing.
    rally_alt_m : float
        Of the lowest rally point: ArduCopter returns to none below its floor.
    """
    ordered = sorted(limits, key=lambda limit: limit.alt_rel_m)
    highest_m = min(low_m - FLOOR_ROOM_M, rally_alt_m)
    fitting = [limit.alt_rel_m for limit in ordered if limit.alt_rel_m <= highest_m]
    floor_m = max(fitting) if fitting and may_hold else None
    account = []
    for limit in ordered:
        if floor_m is None or limit.alt_rel_m > floor_m:
            if not may_hold:
                why = "would stop the way home"
            elif limit.alt_rel_m > rally_alt_m:
                why = f"is above a rally point at {rally_alt_m:.1f} m, which the autopilot would pass over"
            else:
                why = f"is too near to the {low_m:.1f} m flown"
            detail = f"its floor of {limit.alt_rel_m:.1f} m {why}"
            account.append(NotCarried(limit.zone_id, Loss.FLOOR, detail, is_stricter=False))
        elif limit.alt_rel_m < floor_m:
            detail = f"its floor is {limit.alt_rel_m:.1f} m, and the fence's {floor_m:.1f} m"
            account.append(NotCarried(limit.zone_id, Loss.FLOOR, detail, is_stricter=True))
    return floor_m, account


def fence_margin_m(wanted_m: float, ceiling_m: float | None, floor_m: float | None, high_m: float) -> float:
    """Choose FENCE_MARGIN: RTL must reach its altitude below it, and arming wants it to fit twice between the limits."""
    margin_m = min(max(wanted_m, MARGIN_LEAST_M), MARGIN_MOST_M)
    if ceiling_m is not None:
        margin_m = min(margin_m, ceiling_m - high_m)
        if floor_m is not None:
            margin_m = min(margin_m, 0.49 * (ceiling_m - floor_m))
    return margin_m
