"""Commands of a mission that stay in force, to be given again where a flight begins in its middle."""

from collections.abc import Iterable

from missions.plan.item import Command, Frame, MissionItem

_TRIGGER_DISTANCE = 206
_TRIGGER_INTERVAL = 214
_CAPTURE, _STOP_CAPTURE = 2000, 2001
_RECORD, _STOP_RECORDING = 2500, 2501
_ROI, _ROI_LOCATION, _ROI_NONE = 201, int(Command.DO_SET_ROI_LOCATION), int(Command.DO_SET_ROI_NONE)
_SPEED = int(Command.DO_CHANGE_SPEED)
_HORIZONTAL_SPEEDS = {0, 1}

_SLOTS = {
    _TRIGGER_DISTANCE: "trigger",
    _TRIGGER_INTERVAL: "trigger",
    _CAPTURE: "capture",
    _STOP_CAPTURE: "capture",
    _RECORD: "recording",
    _STOP_RECORDING: "recording",
    _ROI: "look",
    _ROI_LOCATION: "look",
    196: "look",  # DO_SET_ROI_WPNEXT_OFFSET
    _ROI_NONE: "look",
    204: "mount set-up",  # DO_MOUNT_CONFIGURE
    205: "mount",  # DO_MOUNT_CONTROL
    1000: "mount",  # DO_GIMBAL_MANAGER_PITCHYAW
    202: "camera set-up",  # DO_DIGICAM_CONFIGURE
    530: "camera mode",
    531: "zoom",
    532: "focus",
    534: "camera source",
    216: "sprayer",
}
"""What each MAV_CMD sets; the last that sets something is in force. What is done once, such as a release, is not."""

_BY_NUMBER = {181: "relay", 183: "servo"}
"""Their first parameter says which one."""

_ENDS = {_STOP_CAPTURE, _STOP_RECORDING, _ROI_NONE}
_STOPPED_BY = {
    _TRIGGER_DISTANCE: _TRIGGER_DISTANCE,
    _TRIGGER_INTERVAL: _TRIGGER_INTERVAL,
    _CAPTURE: _STOP_CAPTURE,
    _RECORD: _STOP_RECORDING,
}


def standing_orders(items: Iterable[MissionItem]) -> tuple[MissionItem, ...]:
    """Pick the commands that are still in force after some items, in the order in which they were given."""
    in_force: dict[tuple[str, int], MissionItem] = {}
    for item in items:
        slot = _slot(item)
        if slot is None:
            continue
        in_force.pop(slot, None)
        if not _is_end(item):
            in_force[slot] = item
    return tuple(in_force.values())


def stood_down(orders: Iterable[MissionItem]) -> tuple[MissionItem, ...]:
    """Give the commands that stop the camera, for the way home from the middle of a mission."""
    stops = (_STOPPED_BY[item.command] for item in orders if item.command in _STOPPED_BY)
    return tuple(MissionItem(0, command, Frame.MISSION) for command in dict.fromkeys(stops))


def _slot(item: MissionItem) -> tuple[str, int] | None:
    if item.command == _SPEED:
        kind = int(item.params[0])
        return "speed", 1 if kind in _HORIZONTAL_SPEEDS else kind
    if item.command in _BY_NUMBER:
        return _BY_NUMBER[item.command], int(item.params[0])
    name = _SLOTS.get(item.command)
    return (name, 0) if name is not None else None


def _is_end(item: MissionItem) -> bool:
    is_idle = item.command in (_TRIGGER_DISTANCE, _TRIGGER_INTERVAL) and item.params[0] == 0.0
    return item.command in _ENDS or is_idle
