"""How long a message takes to a vehicle and back (https://mavlink.io/en/services/timesync.html)."""

from collections import deque

from telemetry.wire.message import Message

INTERVAL_S = 2.0
_ANSWERS_KEPT = 5


class RoundTrip:
    """Asks one vehicle on one link for the time, and measures the answers."""

    def __init__(self) -> None:
        self._asked_ns = 0
        self._due_s = 0.0
        self._taken_s: deque[float] = deque(maxlen=_ANSWERS_KEPT)

    @property
    def shortest_s(self) -> float | None:
        """The shortest of the last answers; None before the first."""
        return min(self._taken_s, default=None)

    def get_timer(self) -> float:
        """When `question` wants to be sent."""
        return self._due_s

    def question(self, now_s: float) -> Message:
        """Ask; what was asked before and not answered counts no more."""
        self._due_s = now_s + INTERVAL_S
        self._asked_ns = round(now_s * 1e9)
        return Message.new("TIMESYNC", tc1=0, ts1=self._asked_ns)

    def receive_answer(self, message: Message, now_s: float) -> None:
        """Take an answer; one to somebody else is ignored."""
        if self._asked_ns and message.ts1 == self._asked_ns:
            self._taken_s.append(max(0.0, now_s - self._asked_ns / 1e9))
            self._asked_ns = 0
