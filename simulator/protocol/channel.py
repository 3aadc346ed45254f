"""One way to ground stations: it packs, counts, schedules streams and drops what nobody reads."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.protocol.framing import Framing
from simulator.protocol.payload_bytes import PayloadBytes, payload_of
from simulator.protocol.signing import Signing

MAX_BACKLOG_BYTES = 256 * 1024
"""Beyond it answers are dropped too, as a radio does; the stations ask again for what they need."""
STREAM_BACKLOG_BYTES = 16 * 1024
"""Beyond it streams pause, so that a slow station sees what is new and still gets its answers."""
LIST_BACKLOG_BYTES = 64 * 1024
"""Beyond it parameter lists pause."""

Message = Any
"""A message of the dialect."""


class Channel:
    """What one vehicle says to one link.

    Parameters
    ----------
    write : callable
        Takes bytes; never blocks.
    backlog_bytes : callable
        How much was written and has not left yet.
    """

    def __init__(self, write: Callable[[bytes], None], backlog_bytes: Callable[[], int] = lambda: 0) -> None:
        self._write = write
        self._backlog_bytes = backlog_bytes
        self._pending = bytearray()
        self._framing = Framing()
        self.dropped = 0
        self.intervals_s: dict[int, float] = {}
        """Message id to interval, where the station chose one; 0 silences the message."""
        self.group_rates_hz: dict[int, float] = {}
        """Stream group to rate, from REQUEST_DATA_STREAM."""
        self.due_s: dict[int, float] = {}
        self.periods_s: dict[int, float] = {}
        """Message id to interval, of all that are streamed."""
        self.next_due_s = 0.0
        self.schedule_revision = -1
        self.parameters_from: int | None = None
        """Next place of a parameter list being sent."""

    def use_identity(self, system_id: int) -> None:
        """Speak as this system, component 1."""
        self._framing.system_id = system_id

    def use_signing(self, signing: Signing, link_id: int) -> None:
        """Sign as the vehicle does, under the number of this link."""
        self._framing.use_signing(signing, link_id)

    @property
    def queued_bytes(self) -> int:
        """What was said and has not left yet."""
        return self._backlog_bytes() + len(self._pending)

    def send(self, message: Message | PayloadBytes) -> None:
        """Queue a message; `flush` sends what is queued."""
        if self.queued_bytes > MAX_BACKLOG_BYTES:
            self.dropped += 1
            return
        payload = message if isinstance(message, PayloadBytes) else payload_of(message)
        self._pending += self._framing.frame(payload)

    def flush(self) -> None:
        """Hand what is queued to the link."""
        if self._pending:
            data = bytes(self._pending)
            self._pending.clear()
            self._write(data)


class MessageReader:
    """Finds messages in a stream of bytes; what is no message is skipped."""

    def __init__(self) -> None:
        self._parser = self._new_parser()
        self.bad_bytes = 0

    @staticmethod
    def _new_parser() -> Any:
        parser = dialect.MAVLink(None, 255, 0)
        parser.robust_parsing = True
        return parser

    def feed(self, data: bytes) -> Iterator[Message]:
        """Yield the messages completed by `data`."""
        messages: list[Message] = []
        try:
            messages = self._parser.parse_buffer(data) or []
        except (dialect.MAVError, ValueError, IndexError):
            self.bad_bytes += len(data)
            self._parser = self._new_parser()
        for message in messages:
            if message.get_type() == "BAD_DATA":
                with contextlib.suppress(TypeError):
                    self.bad_bytes += len(message.data)
            elif not message.get_type().startswith("UNKNOWN"):
                yield message
