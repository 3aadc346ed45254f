"""Reading all parameters one message each (https://mavlink.io/en/services/parameter.html#read_all)."""

from dataclasses import dataclass
from enum import StrEnum

from telemetry.links.address import GROUND_STATION, Address, is_for
from telemetry.protocol.machine import Machine, Retry
from telemetry.protocol.parameter_value import Parameter, decode_parameter
from telemetry.wire.message import Message

LIST = Retry(first_s=1.2, growth=1.2, longest_s=2.0, attempts=6)
SILENCE_S = 0.8
"""A list that pauses as long has ended, or what is missing got lost."""
FETCH = Retry(first_s=0.4, growth=1.25, longest_s=1.5, attempts=20)
WINDOW = 20
"""Missing ones asked for at once."""
MAX_RELISTS = 3
UNINDEXED = 65535
"""Index of what is told out of the list: the answer to PARAM_SET, or a value that the vehicle changed itself."""


@dataclass(frozen=True, slots=True)
class ParametersAdvanced:
    """`done` of `total` parameters have come."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ParametersListed:
    """All parameters, by name, in the vehicle's order."""

    parameters: dict[str, Parameter]


@dataclass(frozen=True, slots=True)
class ParametersIncomplete:
    """Some never came; without any (`total` 0) the vehicle said nothing at all."""

    done: int
    total: int


ParameterListEvent = ParametersAdvanced | ParametersListed | ParametersIncomplete


class ListingState(StrEnum):
    """Where the listing is."""

    IDLE = "idle"
    LISTING = "listing"
    FETCHING = "fetching"
    DONE = "done"


class ParameterListing(Machine[ParameterListEvent]):
    """Ask for the list, then for what is missing by index, until all are there.

    Parameters
    ----------
    target, own : Address
    is_bytewise : bool
        How integers are told.
    """

    is_reading = True

    def __init__(self, target: Address, *, is_bytewise: bool = False, own: Address = GROUND_STATION) -> None:
        super().__init__()
        self.state = ListingState.IDLE
        self._target = target
        self._is_bytewise = is_bytewise
        self._own = own
        self._attempts = 0
        self._relists = 0
        self._count = 0
        self._found: dict[int, Parameter] = {}
        self._told: dict[str, Parameter] = {}
        """Values told out of the list after it began: newer than those that were sent for it."""
        self._asked: dict[int, tuple[int, float]] = {}
        """Index to attempts and time of the next."""

    def start(self, now_s: float) -> None:
        """Ask for the list."""
        if self.state is ListingState.IDLE:
            self._list(now_s)

    def receive_message(self, message: Message, now_s: float) -> None:
        """Take a value."""
        if (
            self.state in (ListingState.IDLE, ListingState.DONE)
            or message.name != "PARAM_VALUE"
            or not is_for(message, self._own)
        ):
            return
        parameter = Parameter(
            message.param_id,
            decode_parameter(message.param_value, message.param_type, is_bytewise=self._is_bytewise),
            message.param_type,
        )
        if message.param_index == UNINDEXED or message.param_index >= message.param_count:
            self._told[parameter.name] = parameter
            return
        if message.param_count != self._count and not self._recount(message.param_count, now_s):
            return
        is_new = message.param_index not in self._found
        self._found[message.param_index] = parameter
        self._asked.pop(message.param_index, None)
        if is_new:
            self._events.append(ParametersAdvanced(len(self._found), self._count))
        if len(self._found) == self._count:
            self._end_listed()
        elif self.state is ListingState.LISTING:
            self._timer_s = now_s + SILENCE_S
        else:
            self._fetch(now_s)

    def handle_timer(self, now_s: float) -> None:
        """Ask again, or give up."""
        if self._timer_s is None or now_s < self._timer_s:
            return
        if self.state is ListingState.FETCHING:
            self._fetch(now_s)
        elif self._found and len(self._found) * 2 < self._count and self._relists < MAX_RELISTS:
            # More than half got lost: the whole list again is the faster way.
            self._relists += 1
            self._list(now_s)
        elif self._found:
            self.state = ListingState.FETCHING
            self._fetch(now_s)
        elif self._attempts >= LIST.attempts:
            self._end(ParametersIncomplete(0, self._count))
        else:
            self._list(now_s)

    def _recount(self, count: int, now_s: float) -> bool:
        """Take another number of parameters; tells whether the value at hand still counts.

        A subsystem that was switched on brings parameters in the middle of the list, so that indexes mean others.
        """
        is_first = self._count == 0
        self._count = count
        if is_first:
            return True
        if self._relists >= MAX_RELISTS:
            self._end(ParametersIncomplete(0, count))
            return False
        self._relists += 1
        self._found.clear()
        self._list(now_s)
        return False

    def _list(self, now_s: float) -> None:
        self.state = ListingState.LISTING
        self._asked.clear()
        self._outgoing.append(
            Message.new(
                "PARAM_REQUEST_LIST",
                target_system=self._target.system_id,
                target_component=self._target.component_id,
            )
        )
        self._timer_s = now_s + LIST.delay_s(self._attempts)
        self._attempts += 1

    def _fetch(self, now_s: float) -> None:
        for index, (attempts, due_s) in list(self._asked.items()):
            if now_s < due_s:
                continue
            if attempts >= FETCH.attempts:
                self._end(ParametersIncomplete(len(self._found), self._count))
                return
            self._request(index, attempts, now_s)
        for index in range(self._count):
            if len(self._asked) >= WINDOW:
                break
            if index not in self._found and index not in self._asked:
                self._request(index, 0, now_s)
        self._timer_s = min((due_s for _, due_s in self._asked.values()), default=now_s)

    def _request(self, index: int, attempts: int, now_s: float) -> None:
        self._asked[index] = (attempts + 1, now_s + FETCH.delay_s(attempts))
        self._outgoing.append(
            Message.new(
                "PARAM_REQUEST_READ",
                target_system=self._target.system_id,
                target_component=self._target.component_id,
                param_index=index,
            )
        )

    def _end_listed(self) -> None:
        listed = {parameter.name: parameter for _, parameter in sorted(self._found.items())}
        listed |= {name: parameter for name, parameter in self._told.items() if name in listed}
        if len(listed) == self._count:
            self._end(ParametersListed(listed))
        else:
            # One name at two places: the list moved under way.
            self._end(ParametersIncomplete(len(listed), self._count))

    def _end(self, event: ParameterListEvent) -> None:
        self.state = ListingState.DONE
        self._finish(event)
