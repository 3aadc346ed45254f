"""Pieces of a file, in any order, and what is missing between them."""

from telemetry.protocol.ftp.payload import CHUNK_BYTES


class Pieces:
    """The bytes that have come."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._spans: list[tuple[int, int]] = []
        """Beginning and end of what is there, in order, never touching."""

    @property
    def stop(self) -> int:
        """Where the farthest piece ends."""
        return self._spans[-1][1] if self._spans else 0

    @property
    def size(self) -> int:
        """How many bytes are there."""
        return sum(stop - start for start, stop in self._spans)

    @property
    def data(self) -> bytes:
        """All bytes, gaps as zeros."""
        return bytes(self._data)

    def put(self, offset: int, piece: bytes) -> bool:
        """Keep a piece; tells whether it brought anything new."""
        before = self.size
        if piece:
            start, stop = offset, offset + len(piece)
            if len(self._data) < stop:
                self._data.extend(bytes(stop - len(self._data)))
            self._data[start:stop] = piece
            apart = [span for span in self._spans if span[1] < start or span[0] > stop]
            joined = [span for span in self._spans if span not in apart]
            start = min([start, *(span[0] for span in joined)])
            stop = max([stop, *(span[1] for span in joined)])
            self._spans = sorted([*apart, (start, stop)])
        return self.size > before

    def gaps(self, stop: int) -> list[int]:
        """Offsets to read from, a chunk each, until everything before `stop` is there."""
        offsets: list[int] = []
        at = 0
        for start, end in [*self._spans, (stop, stop)]:
            offsets += range(at, min(start, stop), CHUNK_BYTES)
            at = max(at, end)
        return offsets

    def cut(self, stop: int) -> None:
        """Forget what lies behind the end."""
        del self._data[stop:]
        self._spans = [(start, min(end, stop)) for start, end in self._spans if start < stop]
