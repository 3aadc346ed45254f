"""What another ground station asks of a vehicle: to be told something, or to do something."""

from enum import Enum, auto

from telemetry.control.orders import READING_COMMANDS
from telemetry.wire.codec import decode
from telemetry.wire.dialect import definition_of
from telemetry.wire.frame import Frame


class Request(Enum):
    """How a station's frame stands to a vehicle."""

    READING = auto()
    """Asks, and changes nothing."""
    PRESENCE = auto()
    """Says that a station is there: an autopilot that counts on it waits with its failsafe."""
    STREAMS = auto()
    """Wants messages more or less often, for all who listen."""
    ORDERING = auto()
    """Anything else."""


_READING = frozenset(
    definition_of(name).msg_id
    for name in (
        "PARAM_REQUEST_LIST",
        "PARAM_REQUEST_READ",
        "MISSION_REQUEST_LIST",
        "MISSION_REQUEST",
        "MISSION_REQUEST_INT",
        "MISSION_ACK",
        "PING",
        "TIMESYNC",
        "LOG_REQUEST_LIST",
        "LOG_REQUEST_DATA",
        "LOG_REQUEST_END",
    )
)
_PRESENCE = frozenset(definition_of(name).msg_id for name in ("HEARTBEAT", "SYSTEM_TIME"))
_STREAMS = definition_of("REQUEST_DATA_STREAM").msg_id
_SET_MESSAGE_INTERVAL = 511
COMMANDS = frozenset(definition_of(name).msg_id for name in ("COMMAND_LONG", "COMMAND_INT"))
_FILES = definition_of("FILE_TRANSFER_PROTOCOL").msg_id
_OPCODE_AT = 3
_READING_OPCODES = frozenset({0, 1, 2, 3, 4, 5, 14, 15})
"""None, terminate, reset, list, open to read, read, CRC and burst read (https://mavlink.io/en/services/ftp.html)."""


_LISTS = frozenset(
    definition_of(name).msg_id
    for name in (
        "MISSION_COUNT",
        "MISSION_WRITE_PARTIAL_LIST",
        "MISSION_CLEAR_ALL",
        "FENCE_POINT",
        "RALLY_POINT",
    )
)
_ITEMS = frozenset(definition_of(name).msg_id for name in ("MISSION_ITEM", "MISSION_ITEM_INT"))
_GUIDED_ITEMS = frozenset({2, 3})
"""What ArduPilot reads in an item's `current` as "fly there" and "change altitude": an order, and no part of a list."""


def changes_lists(frame: Frame) -> bool:
    """Whether a frame would change the mission, the fence or the rally points on board; any written file may be one of these."""
    msg_id = frame.msg_id
    if msg_id in _ITEMS:
        return decode(frame).current not in _GUIDED_ITEMS
    if msg_id == _FILES:
        return decode(frame).payload[_OPCODE_AT] not in _READING_OPCODES
    return msg_id in _LISTS


def request_of(frame: Frame) -> Request:
    """Tell what a station's frame asks."""
    msg_id = frame.msg_id
    if msg_id in _READING:
        return Request.READING
    if msg_id in _PRESENCE:
        return Request.PRESENCE
    if frame.definition is None:
        return Request.ORDERING
    if msg_id == _STREAMS:
        return Request.STREAMS
    if msg_id in COMMANDS:
        command = decode(frame).command
        if command == _SET_MESSAGE_INTERVAL:
            return Request.STREAMS
        return Request.READING if command in READING_COMMANDS else Request.ORDERING
    if msg_id == _FILES and decode(frame).payload[_OPCODE_AT] in _READING_OPCODES:
        return Request.READING
    return Request.ORDERING
