"""One command and its acknowledgement (https://mavlink.io/en/services/command.html)."""

from dataclasses import dataclass
from enum import StrEnum

from telemetry.links.address import GROUND_STATION, Address, is_for
from telemetry.protocol.command_result import CommandResult, command_name
from telemetry.protocol.machine import Machine, Retry
from telemetry.refusal import TelemetryError
from telemetry.wire.message import Message

COMMAND = Retry(first_s=0.7, growth=1.3, longest_s=1.5, attempts=9)
CANCEL = Retry(first_s=0.7, growth=1.3, longest_s=1.5, attempts=4)
IN_PROGRESS_S = 10.0
"""How long an IN_PROGRESS stands without another."""
POSTPONED_S = 1.0
"""How long a TEMPORARILY_REJECTED is waited out."""
POSTPONEMENTS = 3

_FRAME = 3
"""MAV_FRAME_GLOBAL_RELATIVE_ALT, as ArduCopter reads a COMMAND_LONG."""
_ONLY_OTHER_FORM = {True: CommandResult.COMMAND_INT_ONLY, False: CommandResult.COMMAND_LONG_ONLY}
"""By whether it was sent as COMMAND_LONG."""


class CommandState(StrEnum):
    """Where a command is."""

    IDLE = "idle"
    SENT = "sent"
    IN_PROGRESS = "in_progress"
    POSTPONED = "postponed"
    CANCELLING = "cancelling"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class CommandProgressed:
    """The vehicle is at it; `percent` is None where it does not say."""

    percent: int | None


@dataclass(frozen=True, slots=True)
class CommandPostponed:
    """The vehicle refused it for the moment; it is sent again."""


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


CommandEvent = CommandProgressed | CommandPostponed | CommandEnded


class CommandCall(Machine[CommandEvent]):
    """Send a command until it is acknowledged.

    One that is refused for the moment is sent again, a few times. One that the vehicle does not know as COMMAND_LONG is tried as
    COMMAND_INT and the other way round, once; but not one with a place, since a COMMAND_LONG does not say what its altitude is
    counted from.

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
        self.params = (*params, *(0.0,) * (7 - len(params)))
        self.state = CommandState.IDLE
        self._target = target
        self._frame = frame
        self._own = own
        self._retry = retry
        self._attempts = 0
        self._confirmation = 0
        self._postponements = 0
        self._cancels = 0
        self._first_result: int | None = None
        self._late_answers = 0

    def start(self, now_s: float) -> None:
        """Send it."""
        if self.state is CommandState.IDLE:
            self._send(now_s)

    def cancel(self, now_s: float) -> None:
        """Ask the vehicle to give it up; has no effect the second time, or once it is answered.

        Raises
        ------
        TelemetryError
            If it was not sent.
        """
        match self.state:
            case CommandState.IDLE:
                raise TelemetryError(f"{command_name(self.command)} was not sent and cannot be cancelled")
            case CommandState.POSTPONED:
                self._end(CommandResult.CANCELLED)
            case CommandState.SENT | CommandState.IN_PROGRESS:
                self.state = CommandState.CANCELLING
                self._send_cancel(now_s)
            case _:
                pass

    def receive_message(self, message: Message, now_s: float) -> None:
        """Take the acknowledgement of this command to us."""
        if (
            self.state in (CommandState.IDLE, CommandState.DONE)
            or message.name != "COMMAND_ACK"
            or message.command != self.command
            or not is_for(message, self._own)
        ):
            return
        result = message.result
        if result == CommandResult.IN_PROGRESS:
            self._events.append(CommandProgressed(message.progress if message.progress <= 100 else None))
            if self.state is not CommandState.CANCELLING:
                self.state = CommandState.IN_PROGRESS
                self._timer_s = now_s + IN_PROGRESS_S
        elif self.state is CommandState.CANCELLING:
            # No progress is to come of what was refused for the moment.
            self._end(CommandResult.CANCELLED if result == CommandResult.TEMPORARILY_REJECTED else result)
        elif result == CommandResult.TEMPORARILY_REJECTED and self.state is CommandState.POSTPONED:
            pass
        elif result == CommandResult.TEMPORARILY_REJECTED and self._postponements < POSTPONEMENTS:
            self._postponements += 1
            self.state = CommandState.POSTPONED
            self._timer_s = now_s + POSTPONED_S
            self._events.append(CommandPostponed())
        elif self._has_other_form(result):
            self._first_result, self._late_answers = result, self._confirmation - 1
            self._frame = _FRAME if self._frame is None else None
            self._confirmation = 0
            self._send(now_s)
        elif result == self._first_result and self._late_answers:
            self._late_answers -= 1
        elif self._first_result is not None and result == CommandResult.UNSUPPORTED:
            self._end(self._first_result)
        else:
            self._end(result)

    def handle_timer(self, now_s: float) -> None:
        """Send it again, or give up."""
        if self._timer_s is None or now_s < self._timer_s:
            return
        match self.state:
            case CommandState.CANCELLING if self._cancels < CANCEL.attempts:
                self._send_cancel(now_s)
            case CommandState.POSTPONED:
                self._confirmation = 0
                self._send(now_s)
            case CommandState.SENT if self._confirmation < self._retry.attempts:
                self._send(now_s)
            case _:
                self._end(None)

    def _has_other_form(self, result: int) -> bool:
        has_place = any(self.params[4:6])
        others = (CommandResult.UNSUPPORTED, _ONLY_OTHER_FORM[self._frame is None])
        return self._first_result is None and not has_place and result in others

    def _end(self, result: int | None) -> None:
        self.state = CommandState.DONE
        self._finish(CommandEnded(result, self._attempts))

    def _send_cancel(self, now_s: float) -> None:
        self._outgoing.append(
            Message.new(
                "COMMAND_CANCEL",
                target_system=self._target.system_id,
                target_component=self._target.component_id,
                command=self.command,
            )
        )
        self._timer_s = now_s + CANCEL.delay_s(self._cancels)
        self._cancels += 1

    def _send(self, now_s: float) -> None:
        param1, param2, param3, param4, param5, param6, param7 = self.params
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
                confirmation=min(self._confirmation, 255),
                param5=param5,
                param6=param6,
                param7=param7,
            )
        else:
            message = Message.new(
                "COMMAND_INT", **head, frame=self._frame, x=round(param5), y=round(param6), z=param7
            )
        self.state = CommandState.SENT
        self._outgoing.append(message)
        self._timer_s = now_s + self._retry.delay_s(self._confirmation)
        self._confirmation += 1
        self._attempts += 1
