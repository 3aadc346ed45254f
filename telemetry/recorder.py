"""Writes down every frame that passes, before anything else is done with it.

One .tlog file a link in a folder a run: `records/2026-11-22T093100Z/1-tcp-127.0.0.1-5760.tlog`. Nothing waits in this process:
what was written survives its end, and `sync` makes it survive the machine's.
"""

import contextlib
import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from telemetry.clock import Clock, SystemClock
from telemetry.refusal import TelemetryError
from telemetry.wire.recorded_form import recorded_form
from telemetry.wire.tlog import pack_stamp


class LinkRecording:
    """The file of one link.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._size = os.fstat(self._file).st_size

    def write(self, utc_s: float, frames: Sequence[bytes]) -> None:
        """Append raw frames of one moment, without signatures and signing keys.

        Raises
        ------
        OSError
            If they cannot be written; the file then still ends with a whole record.
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
        with contextlib.suppress(OSError):
            os.fsync(self._file)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


class Recorder:
    """Makes the folder of this run and a file in it for every link.

    Parameters
    ----------
    folder : Path
        The folder of all runs.
    clock : Clock, optional
        Names the run.

    Raises
    ------
    TelemetryError
        If the folder cannot be made.
    """

    def __init__(self, folder: Path, *, clock: Clock | None = None) -> None:
        moment = datetime.fromtimestamp((clock or SystemClock()).utc_s(), UTC)
        name = moment.strftime("%Y-%m-%dT%H%M%SZ")
        self.folder = folder / name
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
        except OSError as error:
            raise TelemetryError(
                f"cannot make the folder for recordings ({(error.strerror or str(error)).lower()})",
                place=str(folder),
                remedy="Choose a folder that can be written to",
            ) from None

    def record(self, number: int, link_name: str) -> LinkRecording:
        """Begin the file of a link.

        Raises
        ------
        TelemetryError
            If it cannot be made.
        """
        path = self.folder / f"{number}-{re.sub(r'[^A-Za-z0-9._]+', '-', link_name).strip('-')}.tlog"
        try:
            return LinkRecording(path)
        except OSError as error:
            raise TelemetryError(
                f"cannot make the recording ({(error.strerror or str(error)).lower()})",
                place=str(path),
                remedy="Choose a folder that can be written to",
            ) from None
