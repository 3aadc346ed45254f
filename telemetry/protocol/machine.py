"""What every protocol machine shares: it is handed messages and the time, and hands out messages and events."""

from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from telemetry.wire.message import Message

EventT = TypeVar("EventT")


@dataclass(frozen=True, slots=True)
class Retry:
    """When to repeat what was not answered.

    Parameters
    ----------
    first_s : float
        Wait for the first answer.
    growth : float
        Factor from one wait to the next.
    longest_s : float
        Bound of one wait.
    attempts : int
        Messages sent in all, the first included.
    """

    first_s: float
    growth: float
    longest_s: float
    attempts: int

    def delay_s(self, attempt: int) -> float:
        """Wait after the message number `attempt`, counted from 0."""
        return min(self.longest_s, self.first_s * self.growth**attempt)


class Machine(ABC, Generic[EventT]):
    """A protocol without I/O.

    Time is any monotonic clock in seconds. `is_done` is true once the machine wants nothing any more.
    """

    is_reading: ClassVar[bool] = False
    """Changes nothing on the vehicle, so that it wants nobody's control."""
    doing: ClassVar[str] = "changing the vehicle"
    """For the text of a refusal."""

    def __init__(self) -> None:
        self._outgoing: list[Message] = []
        self._events: deque[EventT] = deque()
        self._timer_s: float | None = None
        self.is_done = False

    @abstractmethod
    def start(self, now_s: float) -> None:
        """Begin; has no effect the second time."""

    @abstractmethod
    def receive_message(self, message: Message, now_s: float) -> None:
        """Take in one message of the peer; anything foreign is ignored."""

    @abstractmethod
    def handle_timer(self, now_s: float) -> None:
        """Act on the passing of time; has no effect before `get_timer`."""

    def get_timer(self) -> float | None:
        """When `handle_timer` is wanted, or None."""
        return self._timer_s

    def messages_to_send(self) -> list[Message]:
        """Hand out what is to be sent, once."""
        outgoing, self._outgoing = self._outgoing, []
        return outgoing

    @property
    def has_events(self) -> bool:
        """Whether `next_event` has more to hand out."""
        return bool(self._events)

    def next_event(self) -> EventT | None:
        """Hand out the next event, or None."""
        return self._events.popleft() if self._events else None

    def _finish(self, event: EventT) -> None:
        self._events.append(event)
        self._timer_s = None
        self.is_done = True
