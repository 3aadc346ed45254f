"""The segments of one link's recording in one run, and the mending of what a crash left.

`1-tcp-127.0.0.1-5760.tlog`, then `1-tcp-127.0.0.1-5760~0002.tlog` and so on: in the order of their names.
"""

import contextlib
import fcntl
import mmap
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from telemetry.wire.codec import TRUNCATED, frame_at
from telemetry.wire.tlog import STAMP_SIZE

_SEGMENT = re.compile(r"(?P<number>\d+)-(?P<link>[A-Za-z0-9._-]*?)(~(?P<segment>\d{4,}))?\.tlog")
_LONGEST_RECORD = STAMP_SIZE + 280
_TAIL_SIZE = 1 << 16


def link_word(link_name: str) -> str:
    """Give a link's name as it stands in file names."""
    return re.sub(r"[^A-Za-z0-9._]+", "-", link_name).strip("-")


def segment_name(number: int, link_name: str, segment: int) -> str:
    """Give the file name of a segment, counted from 1."""
    link = link_word(link_name)
    return f"{number}-{link}.tlog" if segment == 1 else f"{number}-{link}~{segment:04d}.tlog"


class Journal(NamedTuple):
    """One link's recording in one run.

    Parameters
    ----------
    number : int
        Of the link.
    link : str
        Its name as it stands in the files' names.
    segments : tuple of Path
        In order.
    """

    number: int
    link: str
    segments: tuple[Path, ...]


def journals_in(run_folder: Path) -> list[Journal]:
    """Give the recordings of a run, by the links' numbers."""
    found: dict[tuple[int, str], list[tuple[int, Path]]] = {}
    with contextlib.suppress(OSError):
        for path in run_folder.iterdir():
            name = _SEGMENT.fullmatch(path.name)
            if name is not None:
                key = int(name["number"]), name["link"]
                found.setdefault(key, []).append((int(name["segment"] or 1), path))
    return [
        Journal(number, link, tuple(path for _, path in sorted(segments)))
        for (number, link), segments in sorted(found.items())
    ]


def first_stamp_s(path: Path) -> float | None:
    """Give the time that a recording begins at; None for an empty one."""
    try:
        with path.open("rb") as file:
            stamp = file.read(STAMP_SIZE)
    except OSError:
        return None
    return int.from_bytes(stamp, "big") / 1e6 if len(stamp) == STAMP_SIZE else None


def repair_end(path: Path) -> int:
    """Take off the half record that a crash left at the end of a recording; returns how many bytes it was.

    Raises
    ------
    OSError
        If the file cannot be read or written.
    """
    with path.open("r+b") as file:
        size = os.fstat(file.fileno()).st_size
        if size == 0:
            return 0
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            end = _whole_end(data, size)
        if end < size:
            os.ftruncate(file.fileno(), end)
            os.fsync(file.fileno())
    return size - end


def _whole_end(data: mmap.mmap, size: int) -> int:
    """Find where the last whole record ends: a chain of checked frames that leads to the end, or to a piece too short to be one.

    Only what a write broken off leaves is cut. Anything else that is no MAVLink stays for `TlogReader` to step over.
    """
    begin = max(0, size - _TAIL_SIZE)
    tail = data[begin:size]
    for start in range(min(len(tail), _LONGEST_RECORD)) if begin else (0,):
        at = start
        while at < len(tail):
            found = frame_at(tail, at + STAMP_SIZE, len(tail)) if at + STAMP_SIZE < len(tail) else TRUNCATED
            if isinstance(found, str):
                break
            at += STAMP_SIZE + len(found.raw)
        else:
            return size
        if found == TRUNCATED and len(tail) - at < _LONGEST_RECORD and (at > start or begin == 0):
            return begin + at
    return size


@contextlib.contextmanager
def run_lock(run_folder: Path) -> Iterator[bool]:
    """Hold a run's folder for as long as it is worked on; gives False where the process that records into it still lives."""
    try:
        folder = os.open(run_folder, os.O_RDONLY)
    except OSError:
        yield False
        return
    try:
        yield lock_run(folder)
    finally:
        os.close(folder)


def lock_run(folder: int) -> bool:
    """Lock an open folder for this process, until it is closed or the process ends, however it ends."""
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
