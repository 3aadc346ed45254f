"""A command of a ground station in one shape, and the results that answer it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.protocol.channel import Channel

ACCEPTED: int = dialect.MAV_RESULT_ACCEPTED
TEMPORARILY_REJECTED: int = dialect.MAV_RESULT_TEMPORARILY_REJECTED
DENIED: int = dialect.MAV_RESULT_DENIED
UNSUPPORTED: int = dialect.MAV_RESULT_UNSUPPORTED
FAILED: int = dialect.MAV_RESULT_FAILED
COMMAND_INT_ONLY = 8

Params = tuple[float, ...]
"""All seven, as they travelled."""
PayloadHandler = Callable[[Params, tuple[int, int]], int]
"""Takes a command's parameters and who sent it; gives a MAV_RESULT."""

_PLACED_IN_LONG = {
    dialect.MAV_CMD_DO_SET_HOME: dialect.MAV_FRAME_GLOBAL,
    dialect.MAV_CMD_DO_SET_ROI: dialect.MAV_FRAME_GLOBAL_RELATIVE_ALT,
    dialect.MAV_CMD_DO_SET_ROI_LOCATION: dialect.MAV_FRAME_GLOBAL_RELATIVE_ALT,
}
INT_ONLY = frozenset({dialect.MAV_CMD_DO_REPOSITION})
"""Commands with a place whose frame a COMMAND_LONG cannot tell."""
_NO_PLACE_E7 = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Command:
    """COMMAND_LONG or COMMAND_INT; `x` and `y` are degE7 where they are a place, and whole numbers elsewhere."""

    number: int
    param1: float
    param2: float
    param3: float
    param4: float
    x: int
    y: int
    z: float
    frame: int
    is_int: bool
    channel: Channel


Handler = Callable[[Command], int]
"""Carries out a command; gives a MAV_RESULT."""


def command_from(message: Any, channel: Channel) -> Command:
    """Take either message."""
    first = (message.param1, message.param2, message.param3, message.param4)
    if message.get_type() == "COMMAND_INT":
        return Command(
            message.command,
            *first,
            message.x,
            message.y,
            message.z,
            message.frame,
            is_int=True,
            channel=channel,
        )
    to_whole = _e7 if message.command in _PLACED_IN_LONG else whole
    return Command(
        message.command,
        *first,
        to_whole(message.param5),
        to_whole(message.param6),
        message.param7,
        _PLACED_IN_LONG.get(message.command, dialect.MAV_FRAME_GLOBAL_RELATIVE_ALT),
        is_int=False,
        channel=channel,
    )


def params_of(message: Any) -> Params:
    """Return all seven parameters of either message as they travelled."""
    names = "xyz" if message.get_type() == "COMMAND_INT" else ("param5", "param6", "param7")
    return (
        message.param1,
        message.param2,
        message.param3,
        message.param4,
        *(float(getattr(message, name)) for name in names),
    )


def whole(value: float) -> int:
    """Whole part of a parameter; -1 for what is no number of a message, a mode or an item."""
    return int(value) if math.isfinite(value) and -1.0 <= value < 65536.0 else -1


def _e7(degrees: float) -> int:
    return round(degrees * 1e7) if math.isfinite(degrees) and abs(degrees) <= 180.0 else _NO_PLACE_E7
