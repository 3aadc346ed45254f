"""One command and its acknowledgement (https://mavlink.io/en/services/command.html)."""

from dataclasses import dataclass

from telemetry.links.address import GROUND_STATION, Address, is_for
from telemetry.protocol.command_result import CommandResult
from telemetry.protocol.machine import Machine, Retry
from telemetry.wire.message import Message

COMMAND = Retry(first_s=0.7, growth=1.3, longest_s=1.5, attempts=9)
IN_PROGRESS_S = 10.0
"""How long an IN_PROGRESS stands without another."""


@dataclass(frozen=True, slots=True)
class CommandProgressed:
    """The vehicle is at it; `percent` is None where it does not say."""

    percent: int | None


@dataclass(frozen=True, slots=True)
class CommandEnded:
    """The command was answered, or never was.

    Parameters
    ----------
    result : int or None
        MAV_RESULT; None without an answer.
    attempts : int
        How often it was sent.
    """

    result: int | None
    attempts: int


CommandEvent = CommandProgressed | CommandEnded


class CommandCall(Machine[CommandEvent]):
    """Send a command until it is acknowledged.

    Parameters
    ----------
    command : int
        MAV_CMD.
    params : tuple of 7 floats
        For COMMAND_INT the fifth and sixth are degE7.
    target, own : Address
    frame : int or None
        MAV_FRAME makes it a COMMAND_INT, None a COMMAND_LONG.
    """

    def __init__(
        self,
        command: int,
        params: tuple[float, ...],
        target: Address,
        *,
        frame: int | None = None,
        own: Address = GROUND_STATION,
        retry: Retry = COMMAND,
    ) -> None:
        super().__init__()
        self.command = command
        self._params = (*params, *(0.0,) * (7 - len(params)))
        self._target = target
        self._frame = frame
        self._own = own
        self._retry = retry
        self._attempts = 0
        self._is_in_progress = False

    def start(self, now_s: float) -> None:
        """Send it."""
        if self._attempts == 0:
            self._send(now_s)

    def receive_message(self, message: Message, now_s: float) -> None:
        """Take the acknowledgement of this command to us."""
        if (
            self._attempts == 0
            or self.is_done
            or message.name != "COMMAND_ACK"
            or message.command != self.command
            or not is_for(message, self._own)
        ):
            return
        if message.result == CommandResult.IN_PROGRESS:
            self._is_in_progress = True
            self._timer_s = now_s + IN_PROGRESS_S
            self._events.append(CommandProgressed(message.progress if message.progress <= 100 else None))
        else:
            self._finish(CommandEnded(message.result, self._attempts))

    def handle_timer(self, now_s: float) -> None:
        """Send it again, or give up."""
        if self._timer_s is None or now_s < self._timer_s:
            return
        if self._is_in_progress or self._attempts >= self._retry.attempts:
            self._finish(CommandEnded(None, self._attempts))
        else:
            self._send(now_s)

    def _send(self, now_s: float) -> None:
        param1, param2, param3, param4, param5, param6, param7 = self._params
        head = {
            "target_system": self._target.system_id,
            "target_component": self._target.component_id,
            "command": self.command,
            "param1": param1,
            "param2": param2,
            "param3": param3,
            "param4": param4,
        }
        if self._frame is None:
            message = Message.new(
                "COMMAND_LONG",
                **head,
                confirmation=min(self._attempts, 255),
                param5=param5,
                param6=param6,
                param7=param7,
            )
        else:
            message = Message.new(
                "COMMAND_INT", **head, frame=self._frame, x=round(param5), y=round(param6), z=param7
            )
        self._outgoing.append(message)
        self._timer_s = now_s + self._retry.delay_s(self._attempts)
        self._attempts += 1
