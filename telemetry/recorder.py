"""Writes down every frame that passes, before anything else is done with it.

A .tlog file a link in a folder a run, and another one when it has grown large or old: `records/2026-11-22T093100Z/1-tcp-127.0.0.1-5760.tlog`.
Nothing waits in this process: what was written survives its end, and `sync` makes it survive the machine's.
"""

import contextlib
import os
import weakref
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from telemetry.clock import Clock, SystemClock
from telemetry.logbook.journal import lock_run, segment_name
from telemetry.refusal import TelemetryError
from telemetry.wire.recorded_form import recorded_form
from telemetry.wire.tlog import pack_stamp

SEGMENT_BYTES = 64_000_000
SEGMENT_S = 3600.0

_OPEN_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND


class LinkRecording:
    """The recording of one link, in segments of which none is ever written over.

    Parameters
    ----------
    folder : Path
    number : int
        Of the link.
    link_name : str
    segment_bytes : int
        A batch that would make a segment larger begins the next one.
    segment_s : float
        So does one this long after the segment's first.
    is_synced : bool
        False leaves it to the machine when what was written is safe from a loss of power.

    Attributes
    ----------
    path : Path
        The segment that is written to.
    """

    def __init__(
        self,
        folder: Path,
        number: int,
        link_name: str,
        *,
        segment_bytes: int = SEGMENT_BYTES,
        segment_s: float = SEGMENT_S,
        is_synced: bool = True,
    ) -> None:
        self._is_synced = is_synced
        self._folder = folder
        self._number = number
        self._link_name = link_name
        self._segment_bytes = segment_bytes
        self._segment_s = segment_s
        self._segment = 0
        self._size = 0
        self._began_s: float | None = None
        self._full: deque[int] = deque()
        self._is_folder_new = True
        self.path, self._file = self._open_next()

    def write(self, utc_s: float, frames: Sequence[bytes]) -> None:
        """Append raw frames of one moment, without signatures and signing keys.

        Raises
        ------
        OSError
            If they cannot be written; the segment then still ends with a whole record.
        """
        stamp = pack_stamp(utc_s)
        data = b"".join(
            [
                part
                for frame in frames
                # All but signed frames and message ids with a zero in the low byte, as SETUP_SIGNING's, are spared the call.
                for part in (stamp, frame if frame[2] == 0 and frame[7] else recorded_form(frame))
            ]
        )
        if self._began_s is None:
            self._began_s = utc_s
        elif self._size + len(data) > self._segment_bytes or utc_s - self._began_s >= self._segment_s:
            self._rotate(utc_s)
        try:
            written = os.write(self._file, data)
            while written < len(data):
                written += os.write(self._file, data[written:])
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self._size)
            raise
        self._size += len(data)

    def sync(self) -> None:
        """Make what was written survive a loss of power; may block, so for a thread of its own."""
        if not self._is_synced:
            return
        if self._is_folder_new:
            self._is_folder_new = False
            _sync_folder(self._folder)
        self._let_go_of_full()
        with contextlib.suppress(OSError):
            os.fsync(self._file)

    def close(self) -> None:
        """Make everything safe and close the files."""
        self._let_go_of_full()
        with contextlib.suppress(OSError):
            os.fsync(self._file)
        os.close(self._file)

    def _open_next(self) -> tuple[Path, int]:
        segment = self._segment
        while True:
            segment += 1
            path = self._folder / segment_name(self._number, self._link_name, segment)
            try:
                file = os.open(path, _OPEN_FLAGS, 0o644)
            except FileExistsError:
                continue
            self._segment = segment
            return path, file

    def _rotate(self, utc_s: float) -> None:
        """Go on in a new segment, or in this one where no new one can be made."""
        try:
            path, file = self._open_next()
        except OSError:
            return
        self._full.append(self._file)
        self.path, self._file = path, file
        self._size, self._began_s = 0, utc_s
        self._is_folder_new = True

    def _let_go_of_full(self) -> None:
        # `popleft` hands each file to one of two threads only.
        with contextlib.suppress(IndexError):
            while True:
                file = self._full.popleft()
                with contextlib.suppress(OSError):
                    os.fsync(file)
                os.close(file)


class Recorder:
    """Makes the folder of this run and in it a recording for every link.

    Parameters
    ----------
    folder : Path
        The folder of all runs.
    clock : Clock, optional
        Names the run.
    segment_bytes, segment_s, is_synced
        As `LinkRecording`.

    Attributes
    ----------
    root : Path
        The folder of all runs.
    folder : Path
        That of this run; locked as long as this process lives.
    recordings : list of LinkRecording
        Those begun.

    Raises
    ------
    TelemetryError
        If the folder cannot be made.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock | None = None,
        segment_bytes: int = SEGMENT_BYTES,
        segment_s: float = SEGMENT_S,
        is_synced: bool = True,
    ) -> None:
        self._is_synced = is_synced
        moment = datetime.fromtimestamp((clock or SystemClock()).utc_s(), UTC)
        name = moment.strftime("%Y-%m-%dT%H%M%SZ")
        self.root = folder
        self.folder = folder / name
        self.recordings: list[LinkRecording] = []
        self._segment_bytes = segment_bytes
        self._segment_s = segment_s
        number = 1
        try:
            while True:
                try:
                    self.folder.mkdir(parents=True)
                    break
                except FileExistsError:
                    if not folder.is_dir():
                        raise
                    number += 1
                    self.folder = folder / f"{name}-{number}"
            lock = os.open(self.folder, os.O_RDONLY)
        except OSError as error:
            raise TelemetryError(
                f"cannot make the folder for recordings ({(error.strerror or str(error)).lower()})",
                place=str(folder),
                remedy="Choose a folder that can be written to",
            ) from None
        self.close = weakref.finalize(self, os.close, lock)
        """Let others work on this run's recordings."""
        lock_run(lock)
        _sync_folder(folder)

    def record(self, number: int, link_name: str) -> LinkRecording:
        """Begin the recording of a link.

        Raises
        ------
        TelemetryError
            If it cannot be made.
        """
        try:
            recording = LinkRecording(
                self.folder,
                number,
                link_name,
                segment_bytes=self._segment_bytes,
                segment_s=self._segment_s,
                is_synced=self._is_synced,
            )
        except OSError as error:
            raise TelemetryError(
                f"cannot make the recording ({(error.strerror or str(error)).lower()})",
                place=str(self.folder / segment_name(number, link_name, 1)),
                remedy="Choose a folder that can be written to",
            ) from None
        self.recordings.append(recording)
        return recording


def _sync_folder(folder: Path) -> None:
    """Make the names of new files survive a loss of power."""
    with contextlib.suppress(OSError):
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)
