"""What one link says of a vehicle after another has said it already."""

from collections import deque

from telemetry.network.source import Source
from telemetry.wire.dialect import DEFINITIONS, definition_of
from telemetry.wire.frame import Frame
from telemetry.wire.target import DIRECTED

_MEMORY_S = 5.0
_STAMP_SIZES = {"time_boot_ms": 4, "time_usec": 8}
_STAMPED = {
    msg_id: _STAMP_SIZES[definition.fields[0].name]
    for msg_id, definition in DEFINITIONS.items()
    if definition.fields and definition.fields[0].name in _STAMP_SIZES
}
"""Messages that begin with the vehicle's own time, and how many bytes that has."""
_HAPPENED_ONCE = frozenset(definition_of(name).msg_id for name in ("STATUSTEXT", "MISSION_ITEM_REACHED"))


class Repeats:
    """Lets each thing pass once, from whichever link brings it first.

    What carries the vehicle's time passes from every link as long as it is newer than what came; answers pass from every link; texts and
    reached items that another link brought within 5 s do not; all else is taken from the link that is spoken over. Frames that are equal
    to the byte, as a relay makes them, pass once.
    """

    def __init__(self) -> None:
        self._frames: dict[bytes, Source] = {}
        self._happened: dict[bytes, Source] = {}
        self._memory: deque[tuple[float, dict[bytes, Source], bytes]] = deque()
        self._newest: dict[int, tuple[int, float]] = {}

    def is_news(self, source: Source, frame: Frame, now_s: float, *, is_active: bool) -> bool:
        """Whether a frame says what was not said before."""
        while self._memory and now_s - self._memory[0][0] > _MEMORY_S:
            _, memory, key = self._memory.popleft()
            memory.pop(key, None)
        if self._was_said(self._frames, frame.raw, source, now_s):
            return False
        msg_id = frame.msg_id
        if msg_id in _HAPPENED_ONCE:
            return not self._was_said(
                self._happened, msg_id.to_bytes(3, "little") + frame.payload, source, now_s
            )
        if msg_id in DIRECTED:
            return True
        size = _STAMPED.get(msg_id)
        if size is None:
            return is_active
        stamp = int.from_bytes(frame.payload[:size], "little")
        newest, heard_s = self._newest.get(msg_id, (-1, now_s))
        # A vehicle that was restarted begins anew; the link spoken over tells.
        if stamp <= newest and not (is_active and now_s - heard_s > _MEMORY_S):
            return False
        self._newest[msg_id] = stamp, now_s
        return True

    def _was_said(self, memory: dict[bytes, Source], key: bytes, source: Source, now_s: float) -> bool:
        other = memory.get(key)
        if other is None:
            memory[key] = source
            self._memory.append((now_s, memory, key))
            return False
        return other is not source
