"""Names of commands and words for their results."""

from enum import IntEnum

from pymavlink.dialects.v20 import ardupilotmega


class CommandResult(IntEnum):
    """MAV_RESULT."""

    ACCEPTED = 0
    TEMPORARILY_REJECTED = 1
    DENIED = 2
    UNSUPPORTED = 3
    FAILED = 4
    IN_PROGRESS = 5
    CANCELLED = 6
    COMMAND_LONG_ONLY = 7
    COMMAND_INT_ONLY = 8
    COMMAND_UNSUPPORTED_MAV_FRAME = 9


_WORDS = {
    CommandResult.ACCEPTED: "accepted",
    CommandResult.TEMPORARILY_REJECTED: "refused for the moment",
    CommandResult.DENIED: "denied as invalid",
    CommandResult.UNSUPPORTED: "not supported by the vehicle",
    CommandResult.FAILED: "refused",
    CommandResult.CANCELLED: "cancelled",
    CommandResult.COMMAND_LONG_ONLY: "accepted only as COMMAND_LONG",
    CommandResult.COMMAND_INT_ONLY: "accepted only as COMMAND_INT",
    CommandResult.COMMAND_UNSUPPORTED_MAV_FRAME: "refused for its frame",
}


def command_result_words(result: int) -> str:
    """Say a MAV_RESULT in a word or two."""
    try:
        return _WORDS.get(CommandResult(result), CommandResult(result).name.lower())
    except ValueError:
        return f"answered with the unknown result {result}"


def command_name(command: int) -> str:
    """Name a MAV_CMD, without its prefix."""
    entry = ardupilotmega.enums["MAV_CMD"].get(command)
    return entry.name.removeprefix("MAV_CMD_") if entry is not None else f"command {command}"
