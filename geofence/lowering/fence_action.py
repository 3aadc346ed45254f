"""What an autopilot does when its fence is breached."""

from collections.abc import Iterable
from enum import IntEnum
from typing import assert_never

from geofence.verification.return_policy import ReturnMode
from geofence.zone import ZoneAction


class FenceAction(IntEnum):
    """FENCE_ACTION of ArduCopter 4.6."""

    REPORT_ONLY = 0
    RTL_OR_LAND = 1
    LAND = 2
    SMART_RTL_OR_RTL_OR_LAND = 3
    BRAKE_OR_LAND = 4
    SMART_RTL_OR_LAND = 5


_RETURNS = {
    ReturnMode.RTL: FenceAction.RTL_OR_LAND,
    ReturnMode.SMART_RTL: FenceAction.SMART_RTL_OR_LAND,
    ReturnMode.LAND: FenceAction.LAND,
}


def choose_action(
    stated: Iterable[ZoneAction | None],
    mode: ReturnMode,
    *,
    is_way_home_free: bool,
    is_way_home_outside: bool,
) -> FenceAction:
    """Choose the one reaction: the strictest that any zone states, its return being the flight's own.

    A zone that states none leaves it to the flight's way of returning: on board nobody is there to end a hold.

    Parameters
    ----------
    stated : iterable of ZoneAction or None
        Of every zone in the fence.
    mode : ReturnMode
        How the flight ends early.
    is_way_home_free : bool
        Whether the straight way home enters nothing forbidden; where it does, the flown path is flown back.
    is_way_home_outside : bool
        Whether it crosses no polygon or circle of the fence either, be it above the zone: a fence that lands or
        brakes the vehicle there would end a legal return inside.
    """
    actions = list(stated)
    if mode is ReturnMode.RTL and not is_way_home_free:
        returning = FenceAction.SMART_RTL_OR_LAND
    else:
        returning = _RETURNS[mode]
    if mode is ReturnMode.RTL and is_way_home_free and not is_way_home_outside:
        return returning
    if ZoneAction.LAND in actions:
        return FenceAction.LAND
    if actions and all(action in (ZoneAction.WARN, ZoneAction.HOLD) for action in actions):
        return FenceAction.BRAKE_OR_LAND
    return returning


def is_done_by(asked: ZoneAction | None, action: FenceAction) -> bool:
    """Whether a reaction is what a zone asks for."""
    match asked:
        case None | ZoneAction.WARN:
            return True
        case ZoneAction.HOLD:
            return action is FenceAction.BRAKE_OR_LAND
        case ZoneAction.RETURN:
            return action in _RETURNS.values()
        case ZoneAction.LAND:
            return action is FenceAction.LAND
        case _:
            assert_never(asked)
