"""Texts from the vehicle, put together where they came in several messages.

A text longer than 50 bytes comes in chunks with a common non-zero `id`; the last has a NUL or fewer than 50 bytes:
https://mavlink.io/en/messages/common.html#STATUSTEXT
"""

from dataclasses import dataclass, field

from telemetry.wire.message import Message

_CHUNK_SIZE = 50
_PATIENCE_S = 2.0
_GAP = "..."


@dataclass(frozen=True, slots=True)
class StatusText:
    """One whole text; `severity` is MAV_SEVERITY."""

    severity: int
    text: str


@dataclass(slots=True)
class _Unfinished:
    severity: int
    text_id: int
    deadline_s: float
    chunks: dict[int, str] = field(default_factory=dict)

    def join(self, count: int) -> StatusText:
        text = "".join(self.chunks.get(number, _GAP) for number in range(count))
        return StatusText(self.severity, text)


class StatusTextAssembler:
    """Collects the chunks of one sender; a chunk that never comes is shown as "..."."""

    def __init__(self) -> None:
        self._unfinished: _Unfinished | None = None

    def receive_message(self, message: Message, now_s: float) -> list[StatusText]:
        """Take a STATUSTEXT; the texts that are complete with it are returned."""
        text, text_id = message.text, message.id
        if not text_id:
            return [*self.handle_timer(now_s), StatusText(message.severity, text)]
        finished: list[StatusText] = []
        if self._unfinished is not None and self._unfinished.text_id != text_id:
            finished += self._give_up()
        if self._unfinished is None:
            self._unfinished = _Unfinished(message.severity, text_id, now_s + _PATIENCE_S)
        self._unfinished.chunks[message.chunk_seq] = text
        if len(text.encode()) < _CHUNK_SIZE:
            finished.append(self._unfinished.join(message.chunk_seq + 1))
            self._unfinished = None
        return finished

    def handle_timer(self, now_s: float) -> list[StatusText]:
        """Give up waiting for chunks that are overdue."""
        if self._unfinished is not None and now_s >= self._unfinished.deadline_s:
            return self._give_up()
        return []

    def _give_up(self) -> list[StatusText]:
        unfinished, self._unfinished = self._unfinished, None
        if unfinished is None:
            return []
        return [unfinished.join(max(unfinished.chunks) + 2)]
