"""Commands of ArduPilot and actions of WPML that mean the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from missions.plan.item import Command, Frame, MissionItem


class _Order(IntEnum):
    """MAV_CMD values of cameras and gimbals (MAVLink common.xml)."""

    DO_DIGICAM_CONTROL = 203
    DO_MOUNT_CONTROL = 205
    DO_SET_CAM_TRIGG_DIST = 206
    IMAGE_START_CAPTURE = 2000
    VIDEO_START_CAPTURE = 2500
    VIDEO_STOP_CAPTURE = 2501


_FIXED = {"payloadPositionIndex": "0"}
_CAMERA = {"fileSuffix": "", "useGlobalPayloadLensIndex": "1", **_FIXED}
_GIMBAL = {
    "gimbalHeadingYawBase": "north",
    "gimbalRotateMode": "absoluteAngle",
    "gimbalPitchRotateEnable": "1",
    "gimbalPitchRotateAngle": "",
    "gimbalRollRotateEnable": "0",
    "gimbalRollRotateAngle": "0",
    "gimbalYawRotateEnable": "0",
    "gimbalYawRotateAngle": "0",
    "gimbalRotateTimeEnable": "0",
    "gimbalRotateTime": "0",
    **_FIXED,
}


@dataclass(frozen=True, slots=True)
class Action:
    """What a drone does at a waypoint.

    Parameters
    ----------
    name : str
        actionActuatorFunc.
    values : mapping of str to str
        Of actionActuatorFuncParam.
    every_m : float
        Not 0 where it is done again and again, so far apart, up to the last waypoint.
    """

    name: str
    values: Mapping[str, str] = field(default_factory=dict)
    every_m: float = 0.0


def hover(seconds: float) -> Action:
    """Stay so long."""
    return Action("hover", {"hoverTime": number(seconds)})


def action_of(item: MissionItem) -> Action | None:
    """Give the action that means the same as a command; None where there is none."""
    first, second, third, fourth = item.params
    match item.command:
        case _Order.DO_DIGICAM_CONTROL:
            return Action("takePhoto", dict(_CAMERA))
        case _Order.IMAGE_START_CAPTURE if third == 1.0:
            return Action("takePhoto", dict(_CAMERA))
        case _Order.DO_SET_CAM_TRIGG_DIST if first > 0.0:
            return Action("takePhoto", dict(_CAMERA), first)
        case _Order.VIDEO_START_CAPTURE:
            return Action("startRecord", dict(_CAMERA))
        case _Order.VIDEO_STOP_CAPTURE:
            return Action("stopRecord", dict(_FIXED))
        case _Order.DO_MOUNT_CONTROL if -90.0 <= first <= 30.0 and second == 0.0 and third == 0.0:
            return Action("gimbalRotate", {**_GIMBAL, "gimbalPitchRotateAngle": number(first)})
        case Command.CONDITION_YAW if fourth == 0.0 and 0.0 <= first <= 360.0:
            heading_deg = (first + 180.0) % 360.0 - 180.0
            way = "counterClockwise" if third < 0.0 else "clockwise"
            return Action("rotateYaw", {"aircraftHeading": number(heading_deg), "aircraftPathMode": way})
        case _:
            return None


def items_of_action(action: Action) -> tuple[MissionItem, ...] | None:
    """Give the commands that mean the same as an action; None where there are none.

    Raises
    ------
    ValueError
        A value of the action is no number.
    """
    match action.name:
        case "takePhoto" if action.every_m > 0.0:
            return (_order(_Order.DO_SET_CAM_TRIGG_DIST, action.every_m, 0.0, 1.0),)
        case "takePhoto":
            return (_order(_Order.IMAGE_START_CAPTURE, 0.0, 0.0, 1.0),)
        case "startRecord":
            return (_order(_Order.VIDEO_START_CAPTURE),)
        case "stopRecord":
            return (_order(_Order.VIDEO_STOP_CAPTURE),)
        case "gimbalRotate" if action.values.get("gimbalPitchRotateEnable") == "1":
            pitch_deg = float(action.values.get("gimbalPitchRotateAngle", ""))
            return (_order(_Order.DO_MOUNT_CONTROL, pitch_deg),)
        case "rotateYaw":
            heading_deg = float(action.values.get("aircraftHeading", "")) % 360.0
            way = -1.0 if action.values.get("aircraftPathMode") == "counterClockwise" else 1.0
            return (_order(Command.CONDITION_YAW, heading_deg, 0.0, way),)
        case _:
            return None


def end_of_distance_trigger() -> MissionItem:
    """Give the command that ends photographs at equal distances."""
    return _order(_Order.DO_SET_CAM_TRIGG_DIST)


def ends_distance_trigger(item: MissionItem) -> bool:
    """Whether an item is the command that ends photographs at equal distances."""
    return item.command == _Order.DO_SET_CAM_TRIGG_DIST and item.params[0] == 0.0


def number(value: float) -> str:
    """Write a number so that it comes back the same, without an exponent."""
    text = repr(float(value))
    return f"{value:.9f}" if "e" in text else text.removesuffix(".0")


def _order(command: int, first: float = 0.0, second: float = 0.0, third: float = 0.0) -> MissionItem:
    return MissionItem(0, command, Frame.MISSION, params=(first, second, third, 0.0))
