"""Where the records of a telemetry log stand, found and checked in one sweep of compiled code."""

import mmap
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from telemetry.wire import tlog_kernel
from telemetry.wire.codec import BAD_CRC, BAD_FLAGS, BAD_LENGTH, GARBAGE_BYTES, TRUNCATED, UNKNOWN_MESSAGE
from telemetry.wire.dialect import DEFINITIONS
from telemetry.wire.tlog import describe_damage, no_frame_in, unreadable

KINDS = tuple(sorted(DEFINITIONS))
"""Message ids; a kind is a place in it."""

_CAUSES = {
    UNKNOWN_MESSAGE: tlog_kernel.FOUND_UNKNOWN,
    TRUNCATED: tlog_kernel.IS_TRUNCATED,
    BAD_CRC: tlog_kernel.HAS_BAD_CRC,
    BAD_LENGTH: tlog_kernel.HAS_BAD_LENGTH,
    BAD_FLAGS: tlog_kernel.HAS_BAD_FLAGS,
    GARBAGE_BYTES: tlog_kernel.GARBAGE,
}
_USUAL_RECORD_SIZE = 40


@cache
def _dialect() -> tuple[NDArray[np.int16], NDArray[np.uint8], NDArray[np.int16]]:
    kind_of = np.full(KINDS[-1] + 1, tlog_kernel.UNKNOWN_KIND, np.int16)
    kind_of[list(KINDS)] = np.arange(len(KINDS))
    extras = [DEFINITIONS[msg_id].crc_extra for msg_id in KINDS]
    sizes = [DEFINITIONS[msg_id].layout.size for msg_id in KINDS]
    return kind_of, np.array(extras, np.uint8), np.array(sizes, np.int16)


class RecordHeads(NamedTuple):
    """What the records' headers say, one element a record.

    Parameters
    ----------
    msg_id, system_id, component_id, size : numpy.ndarray
        Of the frames.
    content : numpy.ndarray
        Equal where the payloads are.
    """

    msg_id: NDArray[np.int32]
    system_id: NDArray[np.uint8]
    component_id: NDArray[np.uint8]
    size: NDArray[np.int32]
    content: NDArray[np.uint64]


class TlogRecords:
    """All records of a log, in the file's order.

    The file stays mapped while this lives and must not be shortened.

    Parameters
    ----------
    path : Path

    Attributes
    ----------
    offsets, kinds : numpy.ndarray
        Where each record begins, and which message it is: a place in `KINDS`, or `tlog_kernel.UNKNOWN_KIND`.
    anomalies : dict of str to int
        As `TlogReader.anomalies`, of all the file.
    truncated_at : int or None
        Where the record begins that the file ends in.
    size : int
        Of the file, in bytes.

    Raises
    ------
    TelemetryError
        If the file cannot be read or holds no frame.
    """

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                self.size = file.seek(0, 2)
                if not self.size:
                    raise no_frame_in(path)
                self.data = np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), np.uint8)
        except OSError as error:
            raise unreadable(path, error) from None
        counts = np.zeros(tlog_kernel.COUNTS, np.int64)
        found: list[tuple[NDArray[np.int64], NDArray[np.int16]]] = []
        at, truncated_at = 0, -1
        while at < self.size:
            room = (self.size - at) // _USUAL_RECORD_SIZE + 1024
            offsets, kinds = np.empty(room, np.int64), np.empty(room, np.int16)
            at, number, truncated_at = tlog_kernel.find_records(
                self.data, at, *_dialect(), offsets, kinds, counts
            )
            found.append((offsets[:number], kinds[:number]))
        self.anomalies = {cause: int(counts[place]) for cause, place in _CAUSES.items() if counts[place]}
        self.truncated_at = None if truncated_at < 0 else truncated_at
        self.offsets = np.concatenate([part[0] for part in found])
        self.kinds = np.concatenate([part[1] for part in found])
        if not len(self.kinds):
            raise no_frame_in(path)

    def __len__(self) -> int:
        return len(self.kinds)

    @property
    def problem(self) -> str:
        """What is wrong with the file, in words; empty where nothing is."""
        return describe_damage(self.truncated_at, self.anomalies.get(GARBAGE_BYTES, 0), self.size)

    @property
    def times_utc_us(self) -> NDArray[np.int64]:
        """Microseconds since 1970 of every record."""
        stamps = np.empty(len(self), np.int64)
        tlog_kernel.read_stamps(self.data, self.offsets, stamps)
        return stamps

    def heads(self) -> RecordHeads:
        """Read the headers of all."""
        count = len(self)
        heads = RecordHeads(
            np.empty(count, np.int32),
            np.empty(count, np.uint8),
            np.empty(count, np.uint8),
            np.empty(count, np.int32),
            np.empty(count, np.uint64),
        )
        tlog_kernel.read_heads(self.data, self.offsets, *heads)
        return heads
