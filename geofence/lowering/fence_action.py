"""What an autopilot does when its fence is breached."""

from collections.abc import Iterable
from enum import IntEnum

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
    stated: Iterable[ZoneAction | None], mode: ReturnMode, *, is_way_home_free: bool
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
        Whether the straight way home crosses no exclusion of the fence; where it does, the flown path is flown back.
    """
    actions = list(stated)
    if ZoneAction.LAND in actions:
        return FenceAction.LAND
    if actions and all(action in (ZoneAction.WARN, ZoneAction.HOLD) for action in actions):
        return FenceAction.BRAKE_OR_LAND
    if mode is ReturnMode.RTL and not is_way_home_free:
        return FenceAction.SMART_RTL_OR_LAND
    return _RETURNS[mode]
