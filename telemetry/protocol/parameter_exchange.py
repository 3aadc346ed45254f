"""Reading and setting one parameter (https://mavlink.io/en/services/parameter.html)."""

from dataclasses import dataclass

from telemetry.links.address import GROUND_STATION, Address, is_for
from telemetry.protocol.machine import Machine, Retry
from telemetry.protocol.parameter_value import REAL32, decode_parameter, encode_parameter, is_same_value
from telemetry.refusal import TelemetryError
from telemetry.wire.message import Message

PARAMETER = Retry(first_s=0.6, growth=1.25, longest_s=1.5, attempts=9)
ENOUGH_ANSWERS = 3
"""Settings answered with another value as often are not repeated: the vehicle will not have it."""


@dataclass(frozen=True, slots=True)
class ParameterRead:
    """The vehicle's value."""

    name: str
    value: float
    param_type: int


@dataclass(frozen=True, slots=True)
class ParameterUnanswered:
    """No answer: ArduPilot says nothing at all to a name it does not know."""

    name: str


@dataclass(frozen=True, slots=True)
class ParameterUnchanged:
    """The vehicle kept another value than the one that was set."""

    name: str
    value: float


ParameterEvent = ParameterRead | ParameterUnanswered | ParameterUnchanged


class _ParameterExchange(Machine[ParameterEvent]):
    def __init__(self, name: str, target: Address, *, is_bytewise: bool, own: Address, retry: Retry) -> None:
        super().__init__()
        if not 0 < len(name.encode()) <= 16:
            raise TelemetryError(
                f"{name!r} is no name of a parameter", remedy="Give 1 to 16 letters, digits and underscores"
            )
        self.name = name
        self._target = target
        self._is_bytewise = is_bytewise
        self._own = own
        self._retry = retry
        self._attempts = 0

    def start(self, now_s: float) -> None:
        """Ask or set."""
        if self._attempts == 0:
            self._repeat(now_s)

    def receive_message(self, message: Message, now_s: float) -> None:  # noqa: ARG002
        """Take the value of this parameter."""
        if (
            self._attempts
            and not self.is_done
            and message.name == "PARAM_VALUE"
            and message.param_id == self.name
            and is_for(message, self._own)
        ):
            value = decode_parameter(message.param_value, message.param_type, is_bytewise=self._is_bytewise)
            self._receive_value(value, message.param_type)

    def handle_timer(self, now_s: float) -> None:
        """Repeat, or give up."""
        if self._timer_s is None or now_s < self._timer_s:
            return
        if self._attempts >= self._retry.attempts:
            self._give_up()
        else:
            self._repeat(now_s)

    def _repeat(self, now_s: float) -> None:
        self._outgoing.append(self._request())
        self._timer_s = now_s + self._retry.delay_s(self._attempts)
        self._attempts += 1

    def _request(self) -> Message:
        raise NotImplementedError

    def _receive_value(self, value: float, param_type: int) -> None:
        raise NotImplementedError

    def _give_up(self) -> None:
        self._finish(ParameterUnanswered(self.name))


class ParameterReading(_ParameterExchange):
    """Ask for one parameter by name."""

    is_reading = True

    def __init__(
        self,
        name: str,
        target: Address,
        *,
        is_bytewise: bool = False,
        own: Address = GROUND_STATION,
        retry: Retry = PARAMETER,
    ) -> None:
        super().__init__(name, target, is_bytewise=is_bytewise, own=own, retry=retry)

    def _request(self) -> Message:
        return Message.new(
            "PARAM_REQUEST_READ",
            target_system=self._target.system_id,
            target_component=self._target.component_id,
            param_id=self.name,
            param_index=-1,
        )

    def _receive_value(self, value: float, param_type: int) -> None:
        self._finish(ParameterRead(self.name, value, param_type))


class ParameterSetting(_ParameterExchange):
    """Set one parameter until the vehicle says the new value."""

    doing = "setting a parameter"

    def __init__(
        self,
        name: str,
        value: float,
        target: Address,
        *,
        param_type: int = REAL32,
        is_bytewise: bool = False,
        own: Address = GROUND_STATION,
        retry: Retry = PARAMETER,
    ) -> None:
        super().__init__(name, target, is_bytewise=is_bytewise, own=own, retry=retry)
        self._value = value
        self._param_type = param_type
        self._other_value: float | None = None
        self._other_answers = 0

    def _request(self) -> Message:
        return Message.new(
            "PARAM_SET",
            target_system=self._target.system_id,
            target_component=self._target.component_id,
            param_id=self.name,
            param_value=encode_parameter(self._value, self._param_type, is_bytewise=self._is_bytewise),
            param_type=self._param_type,
        )

    def _receive_value(self, value: float, param_type: int) -> None:
        if is_same_value(self._value, value):
            self._finish(ParameterRead(self.name, value, param_type))
        else:
            # Perhaps sent before ours arrived; the next repetition tells.
            self._other_value = value
            self._other_answers += 1
            if min(self._other_answers, self._attempts) >= ENOUGH_ANSWERS:
                self._give_up()

    def _give_up(self) -> None:
        if self._other_value is None:
            super()._give_up()
        else:
            self._finish(ParameterUnchanged(self.name, self._other_value))
