"""LOG_REQUEST_LIST and its kin, as a vehicle answers that keeps no logs."""

from collections.abc import Callable
from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.protocol.channel import Channel

LOG_MESSAGES = frozenset({"LOG_REQUEST_LIST", "LOG_REQUEST_DATA", "LOG_ERASE", "LOG_REQUEST_END"})


class LogService:
    """Says that there is nothing, and once a flight that flights are no time to ask.

    Parameters
    ----------
    is_armed : callable
    say : callable
        Takes the severity and text of a STATUSTEXT.
    """

    def __init__(self, is_armed: Callable[[], bool], say: Callable[[int, str], None]) -> None:
        self._is_armed = is_armed
        self._say = say
        self._has_warned = False

    def receive_message(self, message: Any, channel: Channel) -> None:
        """Answer a request; only lists have an answer, there is nothing to read or erase."""
        if self._is_armed():
            if not self._has_warned:
                self._has_warned = True
                self._say(dialect.MAV_SEVERITY_ERROR, "Disarm for log download")
            return
        self._has_warned = False
        if message.get_type() == "LOG_REQUEST_LIST":
            channel.send(dialect.MAVLink_log_entry_message(0, 0, 0, 0, 0))
