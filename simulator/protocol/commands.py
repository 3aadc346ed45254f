"""Commands and targets of ground stations, and what the vehicle answers."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.autopilot.arming import FORCE_CODE
from simulator.autopilot.autopilot import Autopilot
from simulator.autopilot.mode import ModeNumber
from simulator.autopilot.waypoint_navigation import Place
from simulator.protocol.channel import Channel
from simulator.protocol.mission_item import MAX_ALT_M, item_from_message
from simulator.protocol.streams import Streams

ACCEPTED: int = dialect.MAV_RESULT_ACCEPTED
DENIED: int = dialect.MAV_RESULT_DENIED
UNSUPPORTED: int = dialect.MAV_RESULT_UNSUPPORTED
FAILED: int = dialect.MAV_RESULT_FAILED

_RELATIVE_FRAMES = (
    dialect.MAV_FRAME_GLOBAL_RELATIVE_ALT,
    dialect.MAV_FRAME_GLOBAL_RELATIVE_ALT_INT,
    dialect.MAV_FRAME_GLOBAL_TERRAIN_ALT,
    dialect.MAV_FRAME_GLOBAL_TERRAIN_ALT_INT,
)
_ABSOLUTE_FRAMES = (dialect.MAV_FRAME_GLOBAL, dialect.MAV_FRAME_GLOBAL_INT)


Params = tuple[float, ...]
"""All seven, as they travelled."""
PayloadHandler = Callable[[Params, tuple[int, int]], int]
"""Takes a command's parameters and who sent it; gives a MAV_RESULT."""


@dataclass(frozen=True, slots=True)
class Command:
    """COMMAND_LONG or COMMAND_INT in one shape; `x` and `y` are degE7 where they are a place."""

    number: int
    param1: float
    param2: float
    param3: float
    param4: float
    x: int
    y: int
    z: float
    frame: int
    channel: Channel


def _e7(degrees: float) -> int:
    return round(degrees * 1e7) if math.isfinite(degrees) and abs(degrees) <= 180.0 else 2**31 - 1


def _params_of(message: Any) -> Params:
    names = "xyz" if message.get_type() == "COMMAND_INT" else ("param5", "param6", "param7")
    return (
        message.param1,
        message.param2,
        message.param3,
        message.param4,
        *(float(getattr(message, name)) for name in names),
    )


def _whole(value: float) -> int:
    """Whole part of a parameter; -1 for what is no number of a message, a mode or an item."""
    return int(value) if math.isfinite(value) and -1.0 <= value < 65536.0 else -1


class Commands:
    """Carries out commands on the autopilot.

    Parameters
    ----------
    autopilot : Autopilot
    streams : Streams
    reboot : callable
        Asks for a restart once the answer is sent.

    Attributes
    ----------
    payload_handlers : dict
        By command, what gimbal and camera do about it.
    """

    def __init__(self, autopilot: Autopilot, streams: Streams, reboot: Callable[[], None]) -> None:
        self._autopilot = autopilot
        self._streams = streams
        self._reboot = reboot
        self.payload_handlers: dict[int, PayloadHandler] = {}
        self._handlers: dict[int, Callable[[Command], int]] = {
            dialect.MAV_CMD_COMPONENT_ARM_DISARM: self._arm_disarm,
            dialect.MAV_CMD_DO_SET_MODE: self._set_mode,
            dialect.MAV_CMD_NAV_TAKEOFF: self._take_off,
            dialect.MAV_CMD_NAV_LAND: lambda _: self._change_mode(ModeNumber.LAND),
            dialect.MAV_CMD_NAV_RETURN_TO_LAUNCH: lambda _: self._change_mode(ModeNumber.RTL),
            dialect.MAV_CMD_NAV_LOITER_UNLIM: lambda _: self._change_mode(ModeNumber.LOITER),
            dialect.MAV_CMD_MISSION_START: self._start_mission,
            dialect.MAV_CMD_DO_PAUSE_CONTINUE: self._pause,
            dialect.MAV_CMD_DO_REPOSITION: self._reposition,
            dialect.MAV_CMD_DO_CHANGE_SPEED: self._change_speed,
            dialect.MAV_CMD_CONDITION_YAW: self._turn,
            dialect.MAV_CMD_DO_SET_ROI: self._look_at,
            dialect.MAV_CMD_DO_SET_ROI_LOCATION: self._look_at,
            dialect.MAV_CMD_DO_SET_ROI_NONE: self._look_ahead,
            dialect.MAV_CMD_DO_SET_HOME: self._set_home,
            dialect.MAV_CMD_GET_HOME_POSITION: self._tell_home,
            dialect.MAV_CMD_SET_MESSAGE_INTERVAL: self._set_interval,
            dialect.MAV_CMD_GET_MESSAGE_INTERVAL: self._get_interval,
            dialect.MAV_CMD_REQUEST_MESSAGE: self._request_message,
            dialect.MAV_CMD_REQUEST_AUTOPILOT_CAPABILITIES: self._tell_version,
            dialect.MAV_CMD_DO_FENCE_ENABLE: self._enable_fence,
            dialect.MAV_CMD_PREFLIGHT_REBOOT_SHUTDOWN: self._restart,
            dialect.MAV_CMD_DO_SET_MISSION_CURRENT: self._set_current,
            dialect.MAV_CMD_PREFLIGHT_CALIBRATION: lambda _: FAILED if autopilot.is_armed else ACCEPTED,
            dialect.MAV_CMD_RUN_PREARM_CHECKS: self._check,
            dialect.MAV_CMD_DO_SET_SERVO: self._set_output,
            dialect.MAV_CMD_DO_SET_RELAY: self._set_output,
        }

    def handle(self, message: Any, channel: Channel) -> None:
        """Carry out COMMAND_LONG or COMMAND_INT and acknowledge it."""
        if message.get_type() == "COMMAND_INT":
            command = Command(
                message.command,
                message.param1,
                message.param2,
                message.param3,
                message.param4,
                message.x,
                message.y,
                message.z,
                message.frame,
                channel,
            )
        else:
            command = Command(
                message.command,
                message.param1,
                message.param2,
                message.param3,
                message.param4,
                _e7(message.param5),
                _e7(message.param6),
                message.param7,
                dialect.MAV_FRAME_GLOBAL
                if message.command == dialect.MAV_CMD_DO_SET_HOME
                else dialect.MAV_FRAME_GLOBAL_RELATIVE_ALT,
                channel,
            )
        handler = self._handlers.get(command.number)
        carried = self.payload_handlers.get(command.number)
        after: list[Any] = []
        if carried is not None:
            result = carried(_params_of(message), (message.get_srcSystem(), message.get_srcComponent()))
        elif handler is None:
            result = UNSUPPORTED
        elif command.number == dialect.MAV_CMD_REQUEST_MESSAGE:
            result = handler(command)
            if result == ACCEPTED:
                asked = self._streams.messages.build(_whole(command.param1))
                after = [asked] if asked is not None else []
        else:
            result = handler(command)
        channel.send(
            dialect.MAVLink_command_ack_message(
                command.number, result, 0, 0, message.get_srcSystem(), message.get_srcComponent()
            )
        )
        for asked in after:
            channel.send(asked)

    # --- arming, modes, mission --------------------------------------------------------------------------------

    def _arm_disarm(self, command: Command) -> int:
        is_forced = command.param2 == FORCE_CODE
        if command.param1 == 1.0:
            return ACCEPTED if self._autopilot.arm(is_forced=is_forced) else FAILED
        if command.param1 == 0.0:
            return ACCEPTED if self._autopilot.disarm(is_forced=is_forced) else FAILED
        return UNSUPPORTED

    def _set_output(self, command: Command) -> int:
        outputs = self._autopilot.outputs
        is_servo = command.number == dialect.MAV_CMD_DO_SET_SERVO
        switch = outputs.set_servo if is_servo else outputs.set_relay
        return ACCEPTED if switch(_whole(command.param1), command.param2) else FAILED

    def _check(self, _: Command) -> int:
        return FAILED if self._autopilot.is_armed else ACCEPTED

    def _set_mode(self, command: Command) -> int:
        if not _whole(command.param1) & dialect.MAV_MODE_FLAG_CUSTOM_MODE_ENABLED:
            return DENIED
        return ACCEPTED if self.change_mode(_whole(command.param2)) else FAILED

    def change_mode(self, number: int) -> bool:
        """Change the mode; a mission begins at once, not with the next step."""
        is_changed = self._autopilot.set_mode(number)
        self._autopilot.auto.service()
        return is_changed

    def _change_mode(self, number: int) -> int:
        return ACCEPTED if self._autopilot.set_mode(number) else FAILED

    def _take_off(self, command: Command) -> int:
        autopilot = self._autopilot
        body = autopilot.body
        if autopilot.mode is not autopilot.guided or not autopilot.is_armed or not autopilot.is_landed:
            return FAILED
        if not math.isfinite(command.z) or command.z <= 0.0:
            return FAILED
        up = autopilot.home_place[2] + command.z
        if up <= body.up_m or not autopilot.fence.allows(body.north_m, body.east_m, up):
            return FAILED
        autopilot.guided.take_off(up)
        return ACCEPTED

    def _start_mission(self, command: Command) -> int:
        autopilot = self._autopilot
        if command.param1 != 0.0 or command.param2 != 0.0:
            # ArduCopter starts at the first item only.
            return DENIED
        if autopilot.mission.count() <= 1:
            return FAILED
        if not autopilot.set_mode(ModeNumber.AUTO):
            return FAILED
        autopilot.auto.begin()
        return ACCEPTED

    def _pause(self, command: Command) -> int:
        autopilot = self._autopilot
        if command.param1 not in (0.0, 1.0):
            return DENIED
        is_pause = command.param1 == 0.0
        if autopilot.mode is autopilot.auto and autopilot.auto.is_running:
            autopilot.auto.is_paused = is_pause
        elif autopilot.mode is autopilot.guided:
            autopilot.guided.is_paused = is_pause
        else:
            return FAILED
        return ACCEPTED

    def _set_current(self, command: Command) -> int:
        if command.param1 < 0 or not math.isfinite(command.param1):
            return DENIED
        return ACCEPTED if self._autopilot.auto.jump_to(_whole(command.param1)) else DENIED

    def _restart(self, command: Command) -> int:
        if self._autopilot.is_armed:
            return FAILED
        if command.param1 not in (1.0, 3.0):
            return UNSUPPORTED
        self._reboot()
        return ACCEPTED

    # --- places ------------------------------------------------------------------------------------------------

    def place_of(self, x: int, y: int, z: float, frame: int) -> Place | None:
        """North, east and up of a place on the wire; None where it is none."""
        autopilot = self._autopilot
        if abs(x) > 900_000_000 or abs(y) > 1_800_000_000 or not abs(z) < MAX_ALT_M:
            return None
        north, east = autopilot.frame.to_north_east_m(x, y)
        if frame in _RELATIVE_FRAMES:
            return north, east, autopilot.home_place[2] + z
        if frame in _ABSOLUTE_FRAMES:
            return north, east, z - autopilot.origin_alt_amsl_m
        return None

    def _reposition(self, command: Command) -> int:
        autopilot = self._autopilot
        place = self.place_of(command.x, command.y, command.z, command.frame)
        if place is None:
            return DENIED
        does_change = _whole(command.param2) & dialect.MAV_DO_REPOSITION_FLAGS_CHANGE_MODE
        if autopilot.mode is not autopilot.guided and not does_change:
            return DENIED
        if not autopilot.fence.allows(*place):
            return FAILED
        if not autopilot.set_mode(ModeNumber.GUIDED):
            return FAILED
        if command.param1 > 0:
            autopilot.guided.set_speed(command.param1)
        autopilot.guided.fly_to(place)
        return ACCEPTED

    def _set_home(self, command: Command) -> int:
        autopilot = self._autopilot
        if not autopilot.has_origin:
            return FAILED
        if command.param1 == 1.0 or (command.x == 0 and command.y == 0 and command.z == 0):
            autopilot.set_home_here()
            autopilot.home_is_locked = True
            return ACCEPTED
        place = self.place_of(command.x, command.y, command.z, command.frame)
        if place is None:
            return DENIED
        autopilot.set_home(command.x, command.y, place[2] + autopilot.origin_alt_amsl_m)
        # Arming moves it no more.
        autopilot.home_is_locked = True
        return ACCEPTED

    def _tell_home(self, command: Command) -> int:
        for name in ("HOME_POSITION", "GPS_GLOBAL_ORIGIN"):
            message = self._streams.messages.build(getattr(dialect, f"MAVLINK_MSG_ID_{name}"))
            if message is None:
                return FAILED
            command.channel.send(message)
        return ACCEPTED

    def _look_at(self, command: Command) -> int:
        if command.x == 0 and command.y == 0:
            return self._look_ahead(command)
        if abs(command.x) > 900_000_000 or abs(command.y) > 1_800_000_000:
            return DENIED
        self._autopilot.look_at(self._autopilot.frame.to_north_east_m(command.x, command.y))
        return ACCEPTED

    def _look_ahead(self, _: Command) -> int:
        self._autopilot.look_at(None)
        return ACCEPTED

    # --- flying ------------------------------------------------------------------------------------------------

    def _change_speed(self, command: Command) -> int:
        autopilot = self._autopilot
        if not command.param2 > 0.0 or not math.isfinite(command.param2):
            return FAILED
        if _whole(command.param1) not in (0, 1):
            return ACCEPTED
        if autopilot.mode is autopilot.guided:
            autopilot.guided.set_speed(command.param2)
        elif autopilot.mode is autopilot.auto:
            autopilot.auto.set_speed(command.param2)
        else:
            return FAILED
        return ACCEPTED

    def _turn(self, command: Command) -> int:
        if not 0.0 <= command.param1 <= 360.0 or command.param4 not in (0.0, 1.0):
            return FAILED
        self._autopilot.turn(command.param1, command.param2, command.param3, is_relative=command.param4 > 0)
        return ACCEPTED

    def _enable_fence(self, command: Command) -> int:
        if command.param1 not in (0.0, 1.0, 2.0):
            return FAILED
        self._autopilot.parameters["FENCE_ENABLE"] = float(command.param1 == 1.0)
        return ACCEPTED

    def receive_guided_item(self, message: Any, channel: Channel) -> None:
        """Fly at once to an item with `current` 2, as older scripts ask for it; 3 changes the altitude only."""
        autopilot = self._autopilot
        item = item_from_message(message)
        place = self.place_of(item.x, item.y, item.z, item.frame)
        result: int = dialect.MAV_MISSION_ERROR
        if place is not None and message.current == 3:
            body = autopilot.body
            place = (body.north_m, body.east_m, place[2])
        if place is not None and autopilot.mode is autopilot.guided and autopilot.fence.allows(*place):
            autopilot.guided.fly_to(place)
            result = dialect.MAV_MISSION_ACCEPTED
        channel.send(
            dialect.MAVLink_mission_ack_message(message.get_srcSystem(), message.get_srcComponent(), result)
        )

    def receive_target(self, message: Any) -> None:
        """SET_POSITION_TARGET_GLOBAL_INT and _LOCAL_NED; what cannot be flown to is dropped without a word."""
        autopilot = self._autopilot
        if autopilot.mode is not autopilot.guided or not autopilot.is_armed:
            return
        mask = message.type_mask
        uses_place = not mask & 0b111
        uses_velocity = not mask & 0b111_000
        if uses_place:
            if message.get_type() == "SET_POSITION_TARGET_GLOBAL_INT":
                place = self.place_of(message.lat_int, message.lon_int, message.alt, message.coordinate_frame)
            else:
                place = self._local_place(message)
            if place is None or not all(map(math.isfinite, place)) or not autopilot.fence.allows(*place):
                return
            autopilot.guided.fly_to(place)
        elif uses_velocity:
            velocity = (message.vx, message.vy, -message.vz)
            if all(map(math.isfinite, velocity)):
                if getattr(message, "coordinate_frame", 0) in (
                    dialect.MAV_FRAME_BODY_NED,
                    dialect.MAV_FRAME_BODY_OFFSET_NED,
                ):
                    velocity = (*self._turned(velocity[0], velocity[1]), velocity[2])
                autopilot.guided.fly_at(velocity)
        else:
            return
        if not mask & 1024 and math.isfinite(message.yaw):
            autopilot.heading.turn_to(message.yaw)

    def _turned(self, forward: float, right: float) -> tuple[float, float]:
        yaw = self._autopilot.body.yaw_rad
        return (
            forward * math.cos(yaw) - right * math.sin(yaw),
            forward * math.sin(yaw) + right * math.cos(yaw),
        )

    def _local_place(self, message: Any) -> Place | None:
        body = self._autopilot.body
        match message.coordinate_frame:
            case dialect.MAV_FRAME_LOCAL_NED:
                return message.x, message.y, -message.z
            case dialect.MAV_FRAME_LOCAL_OFFSET_NED:
                return body.north_m + message.x, body.east_m + message.y, body.up_m - message.z
            case dialect.MAV_FRAME_BODY_NED | dialect.MAV_FRAME_BODY_OFFSET_NED:
                north, east = self._turned(message.x, message.y)
                return body.north_m + north, body.east_m + east, body.up_m - message.z
        return None

    # --- telling -----------------------------------------------------------------------------------------------

    def _set_interval(self, command: Command) -> int:
        message_id = _whole(command.param1)
        if message_id not in self._streams.messages:
            self._autopilot.say(
                dialect.MAV_SEVERITY_INFO, f"No ap_message for mavlink id ({command.param1:.0f})"
            )
            return DENIED
        self._streams.set_interval(command.channel, message_id, command.param2)
        return ACCEPTED

    def _get_interval(self, command: Command) -> int:
        message_id = _whole(command.param1)
        if message_id not in self._streams.messages:
            command.channel.send(dialect.MAVLink_message_interval_message(max(message_id, 0), 0))
            return FAILED
        interval_s = self._streams.interval_s(command.channel, message_id)
        interval_us = round(interval_s * 1e6) if interval_s > 0 else -1
        command.channel.send(dialect.MAVLink_message_interval_message(message_id, interval_us))
        return ACCEPTED

    def _request_message(self, command: Command) -> int:
        return ACCEPTED if _whole(command.param1) in self._streams.messages else FAILED

    def _tell_version(self, command: Command) -> int:
        if command.param1 == 1.0:
            command.channel.send(self._streams.messages.build(dialect.MAVLINK_MSG_ID_AUTOPILOT_VERSION))
        return ACCEPTED
