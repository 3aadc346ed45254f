"""Telemetry logs as every ground station writes them.

A record is 8 bytes, big-endian microseconds since 1970, and the raw frame: https://mavlink.io/en/mavgen_python/#tlog
"""

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from telemetry.refusal import TelemetryError
from telemetry.wire.codec import BAD_CRC, GARBAGE_BYTES, NO_MAGIC, TRUNCATED, UNKNOWN_MESSAGE, frame_at
from telemetry.wire.frame import MAGIC_1, MAGIC_2, Frame

STAMP_SIZE = 8

_CHUNK_SIZE = 1 << 20
_MAGICS = (MAGIC_1, MAGIC_2)
_beginnings = re.compile(bytes((0x5B, *_MAGICS, 0x5D)), re.DOTALL).finditer


def pack_stamp(utc_s: float) -> bytes:
    """Write the time of a record."""
    return round(utc_s * 1e6).to_bytes(STAMP_SIZE, "big")


def describe_damage(truncated_at: int | None, garbage_bytes: int, size: int) -> str:
    """Say what is wrong with a log; empty where nothing is."""
    parts: list[str] = []
    if truncated_at is not None:
        parts.append(f"it ends inside a record that begins at byte {truncated_at} of {size}")
    if garbage_bytes:
        parts.append(f"{garbage_bytes} bytes in it are no MAVLink")
    return " and ".join(parts)


def unreadable(path: Path, error: OSError) -> TelemetryError:
    """Refuse a file that cannot be read."""
    return TelemetryError(
        f"the recording cannot be read ({(error.strerror or str(error)).lower()})",
        place=str(path),
        remedy="Give the path of a .tlog file",
    )


def no_frame_in(path: Path) -> TelemetryError:
    """Refuse a file that is no log."""
    return TelemetryError(
        "there is no MAVLink frame in this file",
        place=str(path),
        remedy="Give a telemetry log (.tlog) as a ground station writes it",
    )


class TlogReader:
    """Iterates over (seconds since 1970, frame) of a log, past whatever else is in it.

    Parameters
    ----------
    path : Path

    Attributes
    ----------
    anomalies : dict of str to int
        As `FrameScanner.anomalies`.
    truncated_at : int or None
        Where the record begins that the file ends in.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.anomalies: defaultdict[str, int] = defaultdict(int)
        self.truncated_at: int | None = None
        self._size = 0
        self._offset = 0
        self._is_lost = False

    @property
    def position(self) -> float:
        """How much of the file was read, 0 to 1."""
        return self._offset / self._size if self._size else 0.0

    @property
    def offset(self) -> int:
        """Where the record ends that was handed out last."""
        return self._offset

    @property
    def problem(self) -> str:
        """What is wrong with the file as far as it was read, in words; empty where nothing is."""
        return describe_damage(self.truncated_at, self.anomalies[GARBAGE_BYTES], self._size)

    def __iter__(self) -> Iterator[tuple[float, Frame]]:
        """Read the file from its beginning.

        Raises
        ------
        TelemetryError
            If it cannot be read or holds no frame.
        """
        self.anomalies.clear()
        self.truncated_at = None
        self._offset = 0
        self._is_lost = False
        found_any = False
        try:
            with self.path.open("rb") as file:
                self._size = os.fstat(file.fileno()).st_size
                data = b""
                is_at_end = False
                while not is_at_end:
                    chunk = file.read(_CHUNK_SIZE)
                    is_at_end = not chunk
                    start = self._offset
                    data += chunk
                    for stamp, frame in self._records(data, is_at_end=is_at_end):
                        found_any = True
                        yield stamp / 1e6, frame
                    data = data[self._offset - start :]
        except OSError as error:
            raise unreadable(self.path, error) from None
        if not found_any:
            raise no_frame_in(self.path)

    def _records(self, data: bytes, *, is_at_end: bool) -> Iterator[tuple[int, Frame]]:
        base = self._offset
        at = 0
        end = len(data)
        while at < end:
            if self._is_lost:
                follower = self._next_record(data, at, end, is_at_end=is_at_end)
                self.anomalies[GARBAGE_BYTES] += follower - at
                at = follower
                if self._is_lost:
                    break
            found = frame_at(data, at + STAMP_SIZE, end) if at + STAMP_SIZE < end else TRUNCATED
            if found == TRUNCATED and not is_at_end:
                break
            if isinstance(found, Frame) and found.definition is None:
                after = at + 2 * STAMP_SIZE + len(found.raw)
                if after >= end and not is_at_end:
                    break
                if after < end and data[after] not in _MAGICS:
                    found = BAD_CRC
                else:
                    self.anomalies[UNKNOWN_MESSAGE] += 1
            if isinstance(found, Frame):
                stamp = int.from_bytes(data[at : at + STAMP_SIZE], "big")
                at += STAMP_SIZE + len(found.raw)
                self._offset = base + at
                yield stamp, found
                continue
            self._is_lost = True
            follower = self._next_record(data, at + 1, end, is_at_end=is_at_end)
            if self._is_lost and found == TRUNCATED:
                self.truncated_at = base + at
                self.anomalies[TRUNCATED] += 1
                at = end
                break
            if found not in (TRUNCATED, NO_MAGIC):
                self.anomalies[found] += 1
            self.anomalies[GARBAGE_BYTES] += follower - at
            at = follower
            if self._is_lost:
                break
        self._offset = base + at

    def _next_record(self, data: bytes, at: int, end: int, *, is_at_end: bool) -> int:
        """Find the next stamp that a checked frame follows, or where to look on when there are more bytes."""
        for beginning in _beginnings(data, at + STAMP_SIZE, end):
            place = beginning.start()
            found = frame_at(data, place, end)
            if found == TRUNCATED and not is_at_end:
                return place - STAMP_SIZE
            if isinstance(found, Frame) and found.definition is not None:
                self._is_lost = False
                return place - STAMP_SIZE
        return end if is_at_end else max(at, end - STAMP_SIZE)
