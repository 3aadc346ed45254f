"""Commands of ground stations: who carries them out, and the acknowledgement."""

from collections.abc import Callable, Mapping
from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.autopilot.autopilot import Autopilot
from simulator.protocol.board_commands import BoardCommands
from simulator.protocol.channel import Channel
from simulator.protocol.command import (
    COMMAND_INT_ONLY,
    FAILED,
    INT_ONLY,
    UNSUPPORTED,
    Handler,
    PayloadHandler,
    command_from,
    params_of,
)
from simulator.protocol.flight_commands import FlightCommands
from simulator.protocol.message_commands import MessageCommands
from simulator.protocol.streams import Streams

_ABSENT_PAYLOAD = {
    dialect.MAV_CMD_DO_MOUNT_CONFIGURE: FAILED,
    dialect.MAV_CMD_DO_MOUNT_CONTROL: FAILED,
    dialect.MAV_CMD_DO_GIMBAL_MANAGER_PITCHYAW: FAILED,
    dialect.MAV_CMD_DO_GIMBAL_MANAGER_CONFIGURE: FAILED,
}
"""What the gimbal's commands are answered with where there is none."""


class Commands:
    """Hands each command to the autopilot, the board or the payload.

    Parameters
    ----------
    autopilot : Autopilot
    streams : Streams
    reboot : callable
        Asks for a restart once the answer is sent.
    say_banner : callable
        Tells firmware, board and frame.
    payload_handlers : mapping
        By command, what gimbal and camera do about it.
    """

    def __init__(
        self,
        autopilot: Autopilot,
        streams: Streams,
        reboot: Callable[[], None],
        say_banner: Callable[[], None],
        payload_handlers: Mapping[int, PayloadHandler],
    ) -> None:
        self._payload_handlers = payload_handlers
        self._messages = MessageCommands(autopilot, streams)
        self._handlers: dict[int, Handler] = {
            **FlightCommands(autopilot).handlers,
            **BoardCommands(autopilot, reboot, say_banner).handlers,
            **self._messages.handlers,
        }

    def handle(self, message: Any, channel: Channel) -> None:
        """Carry out COMMAND_LONG or COMMAND_INT and acknowledge it."""
        sender = (message.get_srcSystem(), message.get_srcComponent())
        command = command_from(message, channel)
        carried = self._payload_handlers.get(command.number)
        if carried is not None:
            result = carried(params_of(message), sender)
        elif command.number in INT_ONLY and not command.is_int:
            result = COMMAND_INT_ONLY
        elif (handler := self._handlers.get(command.number)) is not None:
            result = handler(command)
        else:
            result = _ABSENT_PAYLOAD.get(command.number, UNSUPPORTED)
        channel.send(dialect.MAVLink_command_ack_message(command.number, result, 0, 0, *sender))
        for asked in self._messages.take_asked():
            channel.send(asked)
