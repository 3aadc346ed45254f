"""A whole telemetry log as arrays, one for each type of message."""

import mmap
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telemetry.wire import tlog_kernel
from telemetry.wire.codec import BAD_CRC, BAD_FLAGS, BAD_LENGTH, GARBAGE_BYTES, TRUNCATED, UNKNOWN_MESSAGE
from telemetry.wire.dialect import DEFINITIONS, MessageDefinition, definition_of
from telemetry.wire.frame import MAGIC_1
from telemetry.wire.tlog import describe_damage, no_frame_in, unreadable

_CAUSES = {
    UNKNOWN_MESSAGE: tlog_kernel.FOUND_UNKNOWN,
    TRUNCATED: tlog_kernel.IS_TRUNCATED,
    BAD_CRC: tlog_kernel.HAS_BAD_CRC,
    BAD_LENGTH: tlog_kernel.HAS_BAD_LENGTH,
    BAD_FLAGS: tlog_kernel.HAS_BAD_FLAGS,
    GARBAGE_BYTES: tlog_kernel.GARBAGE,
}
_NUMPY_CODES = {
    "b": "<i1",
    "B": "<u1",
    "h": "<i2",
    "H": "<u2",
    "i": "<i4",
    "I": "<u4",
    "q": "<i8",
    "Q": "<u8",
    "f": "<f4",
    "d": "<f8",
}
_USUAL_RECORD_SIZE = 40

_KINDS = tuple(sorted(DEFINITIONS))
"""Message ids; a kind is a place in it."""


@cache
def row_type(definition: MessageDefinition) -> np.dtype[np.void]:
    """Give the columns of a message: `time_utc_us`, `system_id`, `component_id`, `frame_seq`, and its fields in wire order."""
    columns: list[tuple[str, str] | tuple[str, str, tuple[int]]] = [
        ("time_utc_us", "<i8"),
        ("system_id", "u1"),
        ("component_id", "u1"),
        ("frame_seq", "u1"),
    ]
    for field in definition.fields:
        if field.is_text:
            columns.append((field.name, f"S{field.array_length}"))
        elif field.array_length:
            columns.append((field.name, _NUMPY_CODES[field.code], (field.array_length,)))
        else:
            columns.append((field.name, _NUMPY_CODES[field.code]))
    return np.dtype(columns)


@cache
def _dialect() -> tuple[NDArray[np.int16], NDArray[np.uint8], NDArray[np.int16]]:
    kind_of = np.full(_KINDS[-1] + 1, tlog_kernel.UNKNOWN_KIND, np.int16)
    kind_of[list(_KINDS)] = np.arange(len(_KINDS))
    extras = [DEFINITIONS[msg_id].crc_extra for msg_id in _KINDS]
    sizes = [DEFINITIONS[msg_id].layout.size for msg_id in _KINDS]
    return kind_of, np.array(extras, np.uint8), np.array(sizes, np.int16)


class TlogTable(Mapping[str, NDArray[np.void]]):
    """A log by names of messages: `TlogTable(path)["ATTITUDE"]["roll"]`.

    Records are found and checked at once, rows are made as they are asked for. Columns are `row_type`'s: in wire units,
    arrays as sub-arrays, text as bytes; what MAVLink 2 trimmed is zero. The file stays mapped while the table lives and
    must not be shortened.

    Parameters
    ----------
    path : Path

    Attributes
    ----------
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
        self.path = path
        try:
            with path.open("rb") as file:
                self.size = file.seek(0, 2)
                if not self.size:
                    raise no_frame_in(path)
                self._data = np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), np.uint8)
        except OSError as error:
            raise unreadable(path, error) from None
        self._offsets, kinds = self._find_records()
        if not len(kinds):
            raise no_frame_in(path)
        order = np.argsort(kinds, kind="stable")
        starts = np.searchsorted(kinds[order], np.arange(-1, len(_KINDS) + 1))
        self._unknown = order[: starts[1]]
        self._places: dict[str, NDArray[np.intp]] = {
            DEFINITIONS[msg_id].name: order[start:stop]
            for msg_id, start, stop in zip(_KINDS, starts[1:-1], starts[2:], strict=True)
            if stop > start
        }

    def _find_records(self) -> tuple[NDArray[np.int64], NDArray[np.int16]]:
        counts = np.zeros(tlog_kernel.COUNTS, np.int64)
        found: list[tuple[NDArray[np.int64], NDArray[np.int16]]] = []
        at, truncated_at = 0, -1
        while at < self.size:
            room = (self.size - at) // _USUAL_RECORD_SIZE + 1024
            offsets, kinds = np.empty(room, np.int64), np.empty(room, np.int16)
            at, number, truncated_at = tlog_kernel.find_records(
                self._data, at, *_dialect(), offsets, kinds, counts
            )
            found.append((offsets[:number], kinds[:number]))
        self.anomalies = {cause: int(counts[place]) for cause, place in _CAUSES.items() if counts[place]}
        self.truncated_at = None if truncated_at < 0 else truncated_at
        return np.concatenate([part[0] for part in found]), np.concatenate([part[1] for part in found])

    @property
    def problem(self) -> str:
        """What is wrong with the file, in words; empty where nothing is."""
        return describe_damage(self.truncated_at, self.anomalies.get(GARBAGE_BYTES, 0), self.size)

    @property
    def counts(self) -> dict[str, int]:
        """How many records of each message there are, the most first."""
        return {name: len(self._places[name]) for name in self}

    @property
    def unknown_ids(self) -> dict[int, int]:
        """How many records there are of messages that the dialect does not have, by number."""
        ids: dict[int, int] = {}
        for offset in self._offsets[self._unknown]:
            frame = self._data[offset + tlog_kernel.STAMP_SIZE :]
            is_1 = frame[0] == MAGIC_1
            msg_id = int(frame[5]) if is_1 else int.from_bytes(frame[7:10].tobytes(), "little")
            ids[msg_id] = ids.get(msg_id, 0) + 1
        return ids

    @property
    def times_utc_us(self) -> NDArray[np.int64]:
        """Microseconds since 1970 of every record, in the file's order."""
        stamps = np.empty(len(self._offsets), np.int64)
        tlog_kernel.read_stamps(self._data, self._offsets, stamps)
        return stamps

    def __getitem__(self, name: str) -> NDArray[np.void]:
        offsets = self._offsets[self._places[name]]
        columns = row_type(definition_of(name))
        rows = np.zeros((len(offsets), columns.itemsize), np.uint8)
        tlog_kernel.fill_rows(self._data, offsets, rows)
        table: NDArray[Any] = rows.view(columns)[:, 0]
        return table

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._places, key=lambda name: (-len(self._places[name]), name)))

    def __len__(self) -> int:
        return len(self._places)
