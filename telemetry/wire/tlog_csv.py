"""Messages of a telemetry log as CSV."""

import csv
from collections.abc import Iterator
from typing import IO

import numpy as np
from numpy.typing import NDArray

_BLOCK = 10_000


def write_csv(rows: NDArray[np.void], file: IO[str]) -> None:
    """Write a table of `TlogTable`: a line a record, array elements in columns `name[0]`, `name[1]`, ..., in wire units."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_titles(rows.dtype))
    for start in range(0, len(rows), _BLOCK):
        for row in rows[start : start + _BLOCK].tolist():
            writer.writerow(_flat(row))


def _titles(columns: np.dtype[np.void]) -> Iterator[str]:
    for name in columns.names or ():
        shape = columns[name].shape
        if shape:
            yield from (f"{name}[{number}]" for number in range(shape[0]))
        else:
            yield name


def _flat(row: tuple[object, ...]) -> Iterator[object]:
    for value in row:
        if isinstance(value, bytes):
            yield value.split(b"\0", 1)[0].decode("utf-8", "replace")
        elif isinstance(value, np.ndarray):
            yield from value.tolist()
        else:
            yield value
