"""A whole telemetry log as arrays, one for each type of message."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telemetry.wire import tlog_kernel
from telemetry.wire.dialect import DEFINITIONS, MessageDefinition, definition_of
from telemetry.wire.frame import MAGIC_1
from telemetry.wire.tlog_records import KINDS, TlogRecords

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
        self._records = TlogRecords(path)
        self.size = self._records.size
        self.anomalies = self._records.anomalies
        self.truncated_at = self._records.truncated_at
        kinds = self._records.kinds
        order = np.argsort(kinds, kind="stable")
        starts = np.searchsorted(kinds[order], np.arange(-1, len(KINDS) + 1))
        self._unknown = order[: starts[1]]
        self._places: dict[str, NDArray[np.intp]] = {
            DEFINITIONS[msg_id].name: order[start:stop]
            for msg_id, start, stop in zip(KINDS, starts[1:-1], starts[2:], strict=True)
            if stop > start
        }

    @property
    def problem(self) -> str:
        """What is wrong with the file, in words; empty where nothing is."""
        return self._records.problem

    @property
    def counts(self) -> dict[str, int]:
        """How many records of each message there are, the most first."""
        return {name: len(self._places[name]) for name in self}

    @property
    def unknown_ids(self) -> dict[int, int]:
        """How many records there are of messages that the dialect does not have, by number."""
        ids: dict[int, int] = {}
        for offset in self._records.offsets[self._unknown]:
            frame = self._records.data[offset + tlog_kernel.STAMP_SIZE :]
            is_1 = frame[0] == MAGIC_1
            msg_id = int(frame[5]) if is_1 else int.from_bytes(frame[7:10].tobytes(), "little")
            ids[msg_id] = ids.get(msg_id, 0) + 1
        return ids

    @property
    def times_utc_us(self) -> NDArray[np.int64]:
        """Microseconds since 1970 of every record, in the file's order."""
        return self._records.times_utc_us

    def __getitem__(self, name: str) -> NDArray[np.void]:
        offsets = self._records.offsets[self._places[name]]
        columns = row_type(definition_of(name))
        rows = np.zeros((len(offsets), columns.itemsize), np.uint8)
        tlog_kernel.fill_rows(self._records.data, offsets, rows)
        table: NDArray[Any] = rows.view(columns)[:, 0]
        return table

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._places, key=lambda name: (-len(self._places[name]), name)))

    def __len__(self) -> int:
        return len(self._places)
