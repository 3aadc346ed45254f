"""Actions as mission items that ArduCopter 4.6 stores and carries out."""

from collections.abc import Iterable
from typing import assert_never

from geofence.latlon import LatLon
from missions.payload.action import (
    Action,
    Face,
    Hover,
    LookAhead,
    LookAt,
    PitchGimbal,
    StartPictures,
    StopPictures,
    Switch,
    TakePicture,
)
from missions.payload.payload import Payload, Relay, Servo
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.route_items import rounded
from missions.refusal import MissionError

_ALL_CAMERAS, _AT_ONCE, _ONE_PICTURE = 0.0, 0.0, 1.0
_NO_TIME_OF_DAY = -1.0
_Params = tuple[float, float, float, float]


def action_items(actions: Iterable[Action], payload: Payload) -> tuple[MissionItem, ...]:
    """Write actions as items, in order; their seq is 0.

    Turning the nose comes last of what is to be done before a hover or the next leg: it is a condition
    (MAV_CMD_CONDITION_YAW), until which ArduCopter carries out nothing further, and drops what is left when the next
    waypoint is reached.

    Raises
    ------
    MissionError
        The vehicle does not carry what an action needs.
    """
    items: list[MissionItem] = []
    turning: list[MissionItem] = []
    for action in actions:
        item = _item(action, payload)
        if isinstance(action, Face):
            turning = [item]
            continue
        if isinstance(action, Hover):
            items += turning
            turning = []
        items.append(item)
    return (*items, *turning)


def _item(action: Action, payload: Payload) -> MissionItem:
    match action:
        case TakePicture():
            _ask_for(payload.has_camera, "camera")
            return _do(Command.IMAGE_START_CAPTURE, (_ALL_CAMERAS, _AT_ONCE, _ONE_PICTURE, 0.0))
        case StartPictures(distance_m):
            _ask_for(payload.has_camera, "camera")
            # Parameter 3: one at once.
            return _do(Command.DO_SET_CAM_TRIGG_DIST, (distance_m, 0.0, 1.0, 0.0))
        case StopPictures():
            _ask_for(payload.has_camera, "camera")
            return _do(Command.DO_SET_CAM_TRIGG_DIST, (0.0, 0.0, 0.0, 0.0))
        case PitchGimbal(pitch_deg):
            _ask_for(payload.has_gimbal, "gimbal")
            # DO_MOUNT_CONTROL would turn the whole vehicle north where the gimbal cannot pan.
            return _do(Command.DO_GIMBAL_MANAGER_PITCHYAW, (pitch_deg, 0.0, 0.0, 0.0))
        case LookAt(position, alt_rel_m):
            return _look_at(position, alt_rel_m)
        case LookAhead():
            return _do(Command.DO_SET_ROI_NONE, (0.0, 0.0, 0.0, 0.0))
        case Switch(device, is_on):
            return _switch(payload.device(device), is_on=is_on)
        case Hover(duration_s):
            return _do(Command.NAV_DELAY, (duration_s, _NO_TIME_OF_DAY, _NO_TIME_OF_DAY, _NO_TIME_OF_DAY))
        case Face(heading_deg):
            # Rate 0 is the vehicle's own, direction 0 the shorter way.
            return _do(Command.CONDITION_YAW, (heading_deg, 0.0, 0.0, 0.0))
        case _:
            assert_never(action)


def _do(command: Command, params: _Params) -> MissionItem:
    return MissionItem(0, command, Frame.MISSION, params=params)


def _look_at(position: LatLon, alt_rel_m: float) -> MissionItem:
    return MissionItem(0, Command.DO_SET_ROI_LOCATION, position=rounded(position), alt_m=alt_rel_m)


def _switch(device: Servo | Relay, *, is_on: bool) -> MissionItem:
    match device:
        case Servo(channel, on_us, off_us):
            pulse_us = on_us if is_on else off_us
            return _do(Command.DO_SET_SERVO, (float(channel), float(pulse_us), 0.0, 0.0))
        case Relay(number):
            # Relays count from 0 in missions.
            return _do(Command.DO_SET_RELAY, (float(number - 1), float(is_on), 0.0, 0.0))
        case _:
            assert_never(device)


def _ask_for(is_carried: bool, what: str) -> None:
    if not is_carried:
        raise MissionError(
            f"the vehicle carries no {what}", remedy=f"Send one with a {what}, or leave this out"
        )
