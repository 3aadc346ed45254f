"""Commands that ask for messages: once, or at an interval."""

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.autopilot.autopilot import Autopilot
from simulator.protocol.channel import Message
from simulator.protocol.command import ACCEPTED, DENIED, FAILED, Command, Handler, whole
from simulator.protocol.streams import Streams


class MessageCommands:
    """Answers with messages; those that follow the acknowledgement wait in `take_asked`."""

    def __init__(self, autopilot: Autopilot, streams: Streams) -> None:
        self._autopilot = autopilot
        self._streams = streams
        self._asked: list[Message] = []
        self.handlers: dict[int, Handler] = {
            dialect.MAV_CMD_SET_MESSAGE_INTERVAL: self._set_interval,
            dialect.MAV_CMD_GET_MESSAGE_INTERVAL: self._get_interval,
            dialect.MAV_CMD_REQUEST_MESSAGE: self._request,
            dialect.MAV_CMD_REQUEST_AUTOPILOT_CAPABILITIES: self._tell_version,
            dialect.MAV_CMD_GET_HOME_POSITION: self._tell_home,
        }

    def take_asked(self) -> list[Message]:
        """Give what is to be sent after the acknowledgement."""
        asked, self._asked = self._asked, []
        return asked

    def _ask(self, message_id: int) -> None:
        message = self._streams.messages.build(message_id)
        if message is not None:
            self._asked.append(message)

    def _set_interval(self, command: Command) -> int:
        message_id, interval_us = whole(command.param1), command.param2
        if interval_us == 0.0 and not self._streams.has_default(message_id):
            return FAILED
        if message_id not in self._streams.messages:
            self._autopilot.say(
                dialect.MAV_SEVERITY_INFO, f"No ap_message for mavlink id ({command.param1:.0f})"
            )
            return DENIED
        self._streams.set_interval(command.channel, message_id, interval_us)
        return ACCEPTED

    def _get_interval(self, command: Command) -> int:
        message_id = whole(command.param1)
        if message_id not in self._streams.messages:
            command.channel.send(dialect.MAVLink_message_interval_message(max(message_id, 0), 0))
            return FAILED
        interval_s = self._streams.interval_s(command.channel, message_id)
        interval_us = round(interval_s * 1e6) if interval_s > 0 else -1
        command.channel.send(dialect.MAVLink_message_interval_message(message_id, interval_us))
        return ACCEPTED

    def _request(self, command: Command) -> int:
        message_id = whole(command.param1)
        if message_id not in self._streams.messages:
            return FAILED
        self._ask(message_id)
        return ACCEPTED

    def _tell_version(self, command: Command) -> int:
        if command.param1 != 1.0:
            return FAILED
        self._ask(dialect.MAVLINK_MSG_ID_AUTOPILOT_VERSION)
        return ACCEPTED

    def _tell_home(self, command: Command) -> int:
        # Home and origin come before the acknowledgement, unlike all else that is asked for.
        for name in ("HOME_POSITION", "GPS_GLOBAL_ORIGIN"):
            message = self._streams.messages.build(getattr(dialect, f"MAVLINK_MSG_ID_{name}"))
            if message is None:
                return FAILED
            command.channel.send(message)
        return ACCEPTED
