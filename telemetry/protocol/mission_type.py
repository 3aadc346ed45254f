"""Kinds of item list, and what a vehicle says to them."""

from enum import IntEnum


class MissionType(IntEnum):
    """MAV_MISSION_TYPE."""

    MISSION = 0
    FENCE = 1
    RALLY = 2


class MissionResult(IntEnum):
    """MAV_MISSION_RESULT."""

    ACCEPTED = 0
    ERROR = 1
    UNSUPPORTED_FRAME = 2
    UNSUPPORTED = 3
    NO_SPACE = 4
    INVALID = 5
    INVALID_PARAM1 = 6
    INVALID_PARAM2 = 7
    INVALID_PARAM3 = 8
    INVALID_PARAM4 = 9
    INVALID_PARAM5_X = 10
    INVALID_PARAM6_Y = 11
    INVALID_PARAM7 = 12
    INVALID_SEQUENCE = 13
    DENIED = 14
    OPERATION_CANCELLED = 15


_WORDS = {
    MissionResult.ACCEPTED: "accepted",
    MissionResult.ERROR: "the vehicle answered with an error",
    MissionResult.UNSUPPORTED_FRAME: "the vehicle does not know the item's frame",
    MissionResult.UNSUPPORTED: "the vehicle does not know the item's command",
    MissionResult.NO_SPACE: "the vehicle has no room for so many items",
    MissionResult.INVALID: "a value of the item is invalid",
    MissionResult.INVALID_PARAM1: "parameter 1 of the item is invalid",
    MissionResult.INVALID_PARAM2: "parameter 2 of the item is invalid",
    MissionResult.INVALID_PARAM3: "parameter 3 of the item is invalid",
    MissionResult.INVALID_PARAM4: "parameter 4 of the item is invalid",
    MissionResult.INVALID_PARAM5_X: "the latitude of the item is invalid",
    MissionResult.INVALID_PARAM6_Y: "the longitude of the item is invalid",
    MissionResult.INVALID_PARAM7: "the altitude of the item is invalid",
    MissionResult.INVALID_SEQUENCE: "the vehicle lost the order of the items",
    MissionResult.DENIED: "the vehicle is in a transfer with another ground station",
    MissionResult.OPERATION_CANCELLED: "the vehicle gave the transfer up",
}


def mission_result_words(result: int) -> str:
    """Say a MAV_MISSION_RESULT in a clause."""
    try:
        return _WORDS[MissionResult(result)]
    except ValueError:
        return f"the vehicle answered with the unknown result {result}"
