"""Who else takes a vehicle's messages."""

from collections.abc import Callable

from telemetry.wire.dialect import DEFINITIONS
from telemetry.wire.message import Message

EVERY_MESSAGE = frozenset(DEFINITIONS)

Listener = Callable[[Message], None]


class Listeners:
    """Those that are handed messages, each with the numbers of those it takes."""

    def __init__(self) -> None:
        self._entries: list[tuple[Listener, frozenset[int]]] = []

    @property
    def heeded(self) -> frozenset[int]:
        """Numbers of the messages that any of them takes."""
        return frozenset().union(*(numbers for _, numbers in self._entries))

    def add(self, listener: Listener, numbers: frozenset[int]) -> Callable[[], None]:
        """Hand it messages; returns what ends that."""
        entry = (listener, numbers)
        self._entries.append(entry)
        return lambda: self._entries.remove(entry)

    def handle_message(self, message: Message) -> None:
        """Hand a message to all that take it."""
        msg_id = message.definition.msg_id
        for listener, numbers in tuple(self._entries):
            if msg_id in numbers:
                listener(message)
