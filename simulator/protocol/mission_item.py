"""A mission item as ArduCopter keeps it: what does not fit its storage is lost."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.protocol.parameter_table import to_float32

MAX_ALT_M = 83_000.0


@dataclass(frozen=True, slots=True)
class MissionItem:
    """One item; `x` and `y` are degE7 where the command has a place."""

    seq: int
    frame: int
    command: int
    param1: float
    param2: float
    param3: float
    param4: float
    x: int
    y: int
    z: float
    autocontinue: int = 1

    @property
    def has_place(self) -> bool:
        """Whether x, y and z are a place."""
        return self.command in PLACED_COMMANDS

    @property
    def is_navigation(self) -> bool:
        """Whether the vehicle flies for it, rather than does something on the way."""
        return self.command in NAVIGATION_NAMES

    @property
    def name(self) -> str:
        """The short word ArduPilot uses in its texts."""
        return NAVIGATION_NAMES.get(self.command) or OTHER_NAMES.get(self.command, "?")


class ItemRefused(Exception):  # noqa: N818
    """An item cannot be stored.

    Parameters
    ----------
    result : int
        MAV_MISSION_RESULT.
    """

    def __init__(self, result: int) -> None:
        self.result = result
        super().__init__(dialect.enums["MAV_MISSION_RESULT"][result].name)


NAVIGATION_NAMES = {
    dialect.MAV_CMD_NAV_WAYPOINT: "WP",
    dialect.MAV_CMD_NAV_LOITER_UNLIM: "LoitUnlim",
    dialect.MAV_CMD_NAV_LOITER_TURNS: "LoitTurns",
    dialect.MAV_CMD_NAV_LOITER_TIME: "LoitTime",
    dialect.MAV_CMD_NAV_RETURN_TO_LAUNCH: "RTL",
    dialect.MAV_CMD_NAV_LAND: "Land",
    dialect.MAV_CMD_NAV_TAKEOFF: "Takeoff",
    dialect.MAV_CMD_NAV_LOITER_TO_ALT: "LoitAltitude",
    dialect.MAV_CMD_NAV_SPLINE_WAYPOINT: "SplineWP",
    dialect.MAV_CMD_NAV_DELAY: "Delay",
    dialect.MAV_CMD_NAV_GUIDED_ENABLE: "GuidedEnable",
    dialect.MAV_CMD_NAV_PAYLOAD_PLACE: "PayloadPlace",
    dialect.MAV_CMD_NAV_VTOL_TAKEOFF: "VTOLTakeoff",
    dialect.MAV_CMD_NAV_VTOL_LAND: "VTOLLand",
    dialect.MAV_CMD_NAV_CONTINUE_AND_CHANGE_ALT: "ContinueAndChangeAlt",
    dialect.MAV_CMD_NAV_ALTITUDE_WAIT: "AltitudeWait",
    dialect.MAV_CMD_NAV_SET_YAW_SPEED: "SetYawSpd",
}
OTHER_NAMES = {
    dialect.MAV_CMD_CONDITION_DELAY: "CondDelay",
    dialect.MAV_CMD_CONDITION_DISTANCE: "CondDist",
    dialect.MAV_CMD_CONDITION_YAW: "CondYaw",
    dialect.MAV_CMD_DO_JUMP: "Jump",
    dialect.MAV_CMD_JUMP_TAG: "Tag",
    dialect.MAV_CMD_DO_JUMP_TAG: "JumpToTag",
    dialect.MAV_CMD_DO_CHANGE_SPEED: "ChangeSpeed",
    dialect.MAV_CMD_DO_SET_HOME: "SetHome",
    dialect.MAV_CMD_DO_LAND_START: "LandStart",
    dialect.MAV_CMD_DO_SET_ROI_LOCATION: "SetROI",
    dialect.MAV_CMD_DO_SET_ROI_NONE: "SetROI",
    dialect.MAV_CMD_DO_SET_ROI: "SetROI",
    dialect.MAV_CMD_DO_DIGICAM_CONTROL: "DigiCamCtrl",
    dialect.MAV_CMD_DO_MOUNT_CONTROL: "MountCtrl",
    dialect.MAV_CMD_DO_SET_CAM_TRIGG_DIST: "SetCamTrigDst",
    dialect.MAV_CMD_DO_FENCE_ENABLE: "FenceEnable",
    dialect.MAV_CMD_DO_GUIDED_LIMITS: "GuidedLimits",
    dialect.MAV_CMD_DO_RETURN_PATH_START: "ReturnPathStart",
    dialect.MAV_CMD_DO_DIGICAM_CONFIGURE: "DigiCamCfg",
    dialect.MAV_CMD_DO_PARACHUTE: "Parachute",
    dialect.MAV_CMD_DO_GRIPPER: "Gripper",
    dialect.MAV_CMD_DO_WINCH: "Winch",
    dialect.MAV_CMD_DO_SPRAYER: "Sprayer",
    dialect.MAV_CMD_DO_AUX_FUNCTION: "AuxFunction",
    dialect.MAV_CMD_DO_SET_RESUME_REPEAT_DIST: "SetRepeatDist",
    dialect.MAV_CMD_DO_SET_REVERSE: "SetReverse",
    dialect.MAV_CMD_DO_AUTOTUNE_ENABLE: "AutoTuneEnable",
    dialect.MAV_CMD_DO_ENGINE_CONTROL: "EngineControl",
    dialect.MAV_CMD_DO_GO_AROUND: "Go Around",
    dialect.MAV_CMD_DO_SET_SERVO: "SetServo",
    dialect.MAV_CMD_DO_SET_RELAY: "SetRelay",
    dialect.MAV_CMD_DO_REPEAT_SERVO: "RepeatServo",
    dialect.MAV_CMD_DO_REPEAT_RELAY: "RepeatRelay",
    dialect.MAV_CMD_DO_GIMBAL_MANAGER_PITCHYAW: "PitchYaw",
    dialect.MAV_CMD_IMAGE_START_CAPTURE: "ImageStartCapture",
    dialect.MAV_CMD_IMAGE_STOP_CAPTURE: "ImageStopCapture",
    dialect.MAV_CMD_SET_CAMERA_ZOOM: "SetCameraZoom",
    dialect.MAV_CMD_SET_CAMERA_FOCUS: "SetCameraFocus",
    dialect.MAV_CMD_VIDEO_START_CAPTURE: "VideoStartCapture",
    dialect.MAV_CMD_VIDEO_STOP_CAPTURE: "VideoStopCapture",
}
PLACED_COMMANDS = frozenset(
    {
        dialect.MAV_CMD_NAV_WAYPOINT,
        dialect.MAV_CMD_NAV_LOITER_UNLIM,
        dialect.MAV_CMD_NAV_LOITER_TURNS,
        dialect.MAV_CMD_NAV_LOITER_TIME,
        dialect.MAV_CMD_NAV_LAND,
        dialect.MAV_CMD_NAV_TAKEOFF,
        dialect.MAV_CMD_NAV_LOITER_TO_ALT,
        dialect.MAV_CMD_NAV_SPLINE_WAYPOINT,
        dialect.MAV_CMD_DO_SET_HOME,
        dialect.MAV_CMD_DO_LAND_START,
        dialect.MAV_CMD_DO_SET_ROI,
        dialect.MAV_CMD_DO_SET_ROI_LOCATION,
        dialect.MAV_CMD_DO_RETURN_PATH_START,
        dialect.MAV_CMD_DO_GO_AROUND,
        dialect.MAV_CMD_NAV_PAYLOAD_PLACE,
        dialect.MAV_CMD_NAV_VTOL_TAKEOFF,
        dialect.MAV_CMD_NAV_VTOL_LAND,
        dialect.MAV_CMD_NAV_CONTINUE_AND_CHANGE_ALT,
    }
)
_BYTES_IN_PLACE = {
    dialect.MAV_CMD_DO_DIGICAM_CONTROL: (True, True, False),
    dialect.MAV_CMD_DO_DIGICAM_CONFIGURE: (True, True, True),
    dialect.MAV_CMD_DO_GIMBAL_MANAGER_PITCHYAW: (True, False, True),
}
"""Commands that keep a byte in x, y or z instead of a place."""
_MAY_LACK_YAW = frozenset(
    {
        dialect.MAV_CMD_NAV_WAYPOINT,
        dialect.MAV_CMD_NAV_LAND,
        dialect.MAV_CMD_NAV_TAKEOFF,
        dialect.MAV_CMD_NAV_VTOL_LAND,
        dialect.MAV_CMD_NAV_VTOL_TAKEOFF,
    }
)
PLACE_FRAMES = {
    dialect.MAV_FRAME_GLOBAL: dialect.MAV_FRAME_GLOBAL,
    dialect.MAV_FRAME_GLOBAL_INT: dialect.MAV_FRAME_GLOBAL,
    dialect.MAV_FRAME_MISSION: dialect.MAV_FRAME_GLOBAL,
    dialect.MAV_FRAME_GLOBAL_RELATIVE_ALT: dialect.MAV_FRAME_GLOBAL_RELATIVE_ALT,
    dialect.MAV_FRAME_GLOBAL_RELATIVE_ALT_INT: dialect.MAV_FRAME_GLOBAL_RELATIVE_ALT,
    dialect.MAV_FRAME_GLOBAL_TERRAIN_ALT: dialect.MAV_FRAME_GLOBAL_TERRAIN_ALT,
    dialect.MAV_FRAME_GLOBAL_TERRAIN_ALT_INT: dialect.MAV_FRAME_GLOBAL_TERRAIN_ALT,
}

Params = tuple[float, float, float, float]


def _uint16(value: float) -> float:
    return float(min(max(int(value), 0), 65535))


def _int8(value: float) -> float:
    return float(min(max(int(value), -128), 127))


def _uint8(value: float) -> float:
    return float(min(max(int(value), 0), 255))


def _int16(value: float) -> float:
    return float(min(max(int(value), -32768), 32767))


def _sign(value: float) -> float:
    return -1.0 if value < 0 else 1.0


def _loiter_turns(p: Params) -> Params:
    radius = abs(p[2])
    kept = float(min(int(radius), 255)) if radius <= 255 else float(min(int(radius * 0.1), 255) * 10)
    # Less than one turn is kept in 256ths.
    turns = int(p[0] * 256.0) / 256.0 if 0.0 < p[0] < 1.0 else float(min(int(p[0]), 255))
    return turns, 0.0, math.copysign(kept, p[2]), float(p[3] > 0)


def _first(p: Params) -> Params:
    return _uint16(p[0]), 0.0, 0.0, 0.0


def _nothing(_: Params) -> Params:
    return 0.0, 0.0, 0.0, 0.0


_STORAGE: dict[int, Callable[[Params], Params]] = {
    dialect.MAV_CMD_NAV_WAYPOINT: lambda p: (_uint16(p[0]), 0.0, 0.0, 0.0),
    dialect.MAV_CMD_NAV_SPLINE_WAYPOINT: lambda p: (_uint16(p[0]), 0.0, 0.0, 0.0),
    dialect.MAV_CMD_NAV_TAKEOFF: lambda p: (_uint16(p[0]), 0.0, 0.0, 0.0),
    dialect.MAV_CMD_NAV_LAND: lambda p: (_uint16(p[0]), 0.0, 0.0, 1.0 if math.isnan(p[3]) else _sign(p[3])),
    dialect.MAV_CMD_NAV_LOITER_UNLIM: lambda p: (0.0, 0.0, math.copysign(_uint16(abs(p[2])), p[2]), 0.0),
    dialect.MAV_CMD_NAV_LOITER_TURNS: _loiter_turns,
    dialect.MAV_CMD_NAV_LOITER_TIME: lambda p: (_uint16(p[0]), 0.0, _sign(p[2]), float(p[3] > 0)),
    dialect.MAV_CMD_NAV_LOITER_TO_ALT: lambda p: (
        0.0,
        math.copysign(_uint16(abs(p[1])), p[1]),
        0.0,
        float(p[3] > 0),
    ),
    dialect.MAV_CMD_NAV_RETURN_TO_LAUNCH: lambda _: (0.0, 0.0, 0.0, 0.0),
    dialect.MAV_CMD_NAV_DELAY: lambda p: (p[0], _int8(p[1]), _int8(p[2]), _int8(p[3])),
    dialect.MAV_CMD_CONDITION_DELAY: lambda p: (p[0], 0.0, 0.0, 0.0),
    dialect.MAV_CMD_CONDITION_DISTANCE: lambda p: (p[0], 0.0, 0.0, 0.0),
    dialect.MAV_CMD_CONDITION_YAW: lambda p: (p[0], p[1], _int8(p[2]), float(min(max(int(p[3]), 0), 255))),
    dialect.MAV_CMD_DO_JUMP: lambda p: (_uint16(p[0]), float(int(p[1])), 0.0, 0.0),
    dialect.MAV_CMD_JUMP_TAG: lambda p: (_uint16(p[0]), 0.0, 0.0, 0.0),
    dialect.MAV_CMD_DO_JUMP_TAG: lambda p: (_uint16(p[0]), float(int(p[1])), 0.0, 0.0),
    dialect.MAV_CMD_DO_CHANGE_SPEED: lambda p: (float(int(p[0])), p[1], p[2], 0.0),
    dialect.MAV_CMD_DO_SET_HOME: lambda p: (_uint16(p[0]), 0.0, 0.0, 0.0),
    dialect.MAV_CMD_DO_LAND_START: lambda _: (0.0, 0.0, 0.0, 0.0),
    dialect.MAV_CMD_DO_SET_ROI: lambda p: (_uint16(p[0]), 0.0, 0.0, 0.0),
    dialect.MAV_CMD_DO_SET_ROI_LOCATION: lambda p: (_uint16(p[0]), 0.0, 0.0, 0.0),
    dialect.MAV_CMD_DO_SET_ROI_NONE: lambda _: (0.0, 0.0, 0.0, 0.0),
    dialect.MAV_CMD_DO_DIGICAM_CONTROL: lambda p: (_uint8(p[0]), _uint8(p[1]), _int8(p[2]), _uint8(p[3])),
    dialect.MAV_CMD_DO_MOUNT_CONTROL: lambda p: (p[0], p[1], p[2], 0.0),
    dialect.MAV_CMD_DO_SET_CAM_TRIGG_DIST: lambda p: (p[0], 0.0, float(int(p[2])), 0.0),
    dialect.MAV_CMD_DO_FENCE_ENABLE: lambda p: (_uint16(p[0]), 0.0, 0.0, 0.0),
    dialect.MAV_CMD_DO_SET_SERVO: lambda p: (_uint8(p[0]), _uint16(p[1]), 0.0, 0.0),
    dialect.MAV_CMD_DO_SET_RELAY: lambda p: (_uint8(p[0]), _uint8(p[1]), 0.0, 0.0),
    dialect.MAV_CMD_DO_REPEAT_SERVO: lambda p: (_uint8(p[0]), _uint16(p[1]), _int16(p[2]), p[3]),
    dialect.MAV_CMD_DO_REPEAT_RELAY: lambda p: (_uint8(p[0]), _int16(p[1]), p[2], 0.0),
    dialect.MAV_CMD_DO_GIMBAL_MANAGER_PITCHYAW: lambda p: (
        _int8(p[0]),
        _int16(p[1]),
        _int8(p[2]),
        _int8(p[3]),
    ),
    dialect.MAV_CMD_NAV_GUIDED_ENABLE: _first,
    dialect.MAV_CMD_NAV_PAYLOAD_PLACE: lambda p: (_uint16(p[0] * 100.0) / 100.0, 0.0, 0.0, 0.0),
    dialect.MAV_CMD_NAV_VTOL_TAKEOFF: _nothing,
    dialect.MAV_CMD_NAV_VTOL_LAND: _nothing,
    dialect.MAV_CMD_NAV_CONTINUE_AND_CHANGE_ALT: _first,
    dialect.MAV_CMD_NAV_ALTITUDE_WAIT: lambda p: (p[0], p[1], _uint8(p[2]), 0.0),
    dialect.MAV_CMD_NAV_SET_YAW_SPEED: lambda p: (p[0], p[1], _uint8(p[2]), 0.0),
    dialect.MAV_CMD_DO_GUIDED_LIMITS: lambda p: (_uint16(p[0]), p[1], p[2], p[3]),
    dialect.MAV_CMD_DO_RETURN_PATH_START: _nothing,
    dialect.MAV_CMD_DO_GO_AROUND: _nothing,
    dialect.MAV_CMD_DO_DIGICAM_CONFIGURE: lambda p: (
        _uint8(p[0]),
        _uint16(p[1]),
        _uint8(p[2]),
        _uint16(p[3]),
    ),
    dialect.MAV_CMD_DO_PARACHUTE: _first,
    dialect.MAV_CMD_DO_GRIPPER: lambda p: (_uint8(p[0]), _uint8(p[1]), 0.0, 0.0),
    dialect.MAV_CMD_DO_WINCH: lambda p: (_uint8(p[0]), _uint8(p[1]), p[2], p[3]),
    dialect.MAV_CMD_DO_SPRAYER: _first,
    dialect.MAV_CMD_DO_AUX_FUNCTION: lambda p: (_uint16(p[0]), _uint8(p[1]), 0.0, 0.0),
    dialect.MAV_CMD_DO_SET_RESUME_REPEAT_DIST: _first,
    dialect.MAV_CMD_DO_SET_REVERSE: _first,
    dialect.MAV_CMD_DO_AUTOTUNE_ENABLE: _first,
    dialect.MAV_CMD_DO_ENGINE_CONTROL: lambda p: (
        float(p[0] > 0),
        float(p[1] > 0),
        _uint16(p[2] * 100.0) / 100.0,
        0.0,
    ),
    dialect.MAV_CMD_IMAGE_START_CAPTURE: lambda p: (_uint8(p[0]), p[1], _uint16(p[2]), _uint16(p[3])),
    dialect.MAV_CMD_IMAGE_STOP_CAPTURE: lambda p: (_uint16(p[0]), 0.0, 0.0, 0.0),
    dialect.MAV_CMD_SET_CAMERA_ZOOM: lambda p: (_uint8(p[0]), p[1], 0.0, 0.0),
    dialect.MAV_CMD_SET_CAMERA_FOCUS: lambda p: (_uint8(p[0]), p[1], 0.0, 0.0),
    dialect.MAV_CMD_VIDEO_START_CAPTURE: lambda p: (_uint8(p[0]), 0.0, 0.0, 0.0),
    dialect.MAV_CMD_VIDEO_STOP_CAPTURE: lambda p: (_uint8(p[0]), 0.0, 0.0, 0.0),
}


def item_from_message(message: Any) -> MissionItem:
    """Take an item out of MISSION_ITEM_INT or the old MISSION_ITEM."""
    x, y = message.x, message.y
    if message.get_type() == "MISSION_ITEM":
        if message.command in PLACED_COMMANDS or message.mission_type:
            limit = 2**31 - 1
            x = max(-limit, min(limit, round(x * 1e7))) if math.isfinite(x) else limit
            y = max(-limit, min(limit, round(y * 1e7))) if math.isfinite(y) else limit
        else:
            x, y = (int(value) if math.isfinite(value) else 0 for value in (x, y))
    return MissionItem(
        message.seq,
        message.frame,
        message.command,
        message.param1,
        message.param2,
        message.param3,
        message.param4,
        x,
        y,
        message.z,
        message.autocontinue,
    )


def stored_item(item: MissionItem) -> MissionItem:
    """Return the item as it will be read back.

    Raises
    ------
    ItemRefused
        With the result ArduCopter gives: a parameter that is no number, an unknown command or frame, a place that is
        none.
    """
    params = (item.param1, item.param2, item.param3, item.param4)
    for number, value in enumerate(params):
        if math.isnan(value) and not (number == 3 and item.command in _MAY_LACK_YAW):
            raise ItemRefused(dialect.MAV_MISSION_INVALID_PARAM1 + number)
    storage = _STORAGE.get(item.command)
    if storage is None:
        raise ItemRefused(dialect.MAV_MISSION_UNSUPPORTED)
    if any(math.isinf(value) for value in params):
        params = (
            max(-1e9, min(1e9, params[0])),
            max(-1e9, min(1e9, params[1])),
            max(-1e9, min(1e9, params[2])),
            max(-1e9, min(1e9, params[3])),
        )
    param1, param2, param3, param4 = storage(params)
    item = replace(item, param1=param1, param2=param2, param3=param3, param4=param4, autocontinue=1)
    if not item.has_place:
        has_x, has_y, has_z = _BYTES_IN_PLACE.get(item.command, (False, False, False))
        return replace(
            item,
            frame=dialect.MAV_FRAME_GLOBAL,
            x=int(_uint8(item.x)) if has_x else 0,
            y=int(_uint8(item.y)) if has_y else 0,
            z=_uint8(item.z) if has_z and math.isfinite(item.z) else 0.0,
        )
    check_place(item.x, item.y, item.z)
    frame = PLACE_FRAMES.get(item.frame)
    if frame is None:
        raise ItemRefused(dialect.MAV_MISSION_UNSUPPORTED_FRAME)
    return replace(item, frame=frame, z=to_float32(int(to_float32(item.z * 100.0)) / 100.0))


def check_place(lat_e7: int, lon_e7: int, alt_m: float) -> None:
    """Refuse what is no place on earth."""
    if abs(lat_e7) > 900_000_000:
        raise ItemRefused(dialect.MAV_MISSION_INVALID_PARAM5_X)
    if abs(lon_e7) > 1_800_000_000:
        raise ItemRefused(dialect.MAV_MISSION_INVALID_PARAM6_Y)
    if math.isnan(alt_m) or abs(alt_m) >= MAX_ALT_M:
        raise ItemRefused(dialect.MAV_MISSION_INVALID_PARAM7)
