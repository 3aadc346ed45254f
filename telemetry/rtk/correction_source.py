"""Where RTK corrections come from."""

import asyncio
import os
import stat
from pathlib import Path
from typing import BinaryIO, Protocol

from telemetry.links.link_address import open_link_for
from telemetry.links.replay_link import ReplayLink
from telemetry.refusal import TelemetryError

_CHUNK_SIZE = 1024
_PAUSE_S = 0.25


class CorrectionSource(Protocol):
    """A link that is only read."""

    name: str

    async def open(self) -> None:
        """Open it; raises `TelemetryError`."""

    async def read(self) -> list[tuple[bytes, str]]:
        """Wait for bytes; raises `OSError` where it broke, `EOFError` where it ended."""

    async def close(self) -> None:
        """Let go of it."""


class FileSource:
    """A file or pipe that another program writes, read as it grows, at most 4 kB/s.

    One that is replaced is read to its end, and then the new one from its beginning, as is one that was emptied.

    Parameters
    ----------
    name : str
    path : Path
    """

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self._path = path
        self._file: BinaryIO | None = None

    async def open(self) -> None:
        """Open it at its beginning."""
        await self.close()
        try:
            self._file = await asyncio.to_thread(self._path.open, "rb")
        except OSError as error:
            raise TelemetryError(
                f"the corrections cannot be read ({(error.strerror or str(error)).lower()})",
                place=self.name,
                remedy="Give a file that exists",
            ) from None

    async def read(self) -> list[tuple[bytes, str]]:
        """Wait until there is more."""
        while True:
            file = self._file
            if file is None:
                raise ConnectionError("not open")
            data = await asyncio.to_thread(self._read_more, file)
            await asyncio.sleep(_PAUSE_S)
            if data:
                return [(data, "")]

    def _read_more(self, file: BinaryIO) -> bytes:
        data = file.read(_CHUNK_SIZE)
        if data:
            return data
        try:
            there = self._path.stat()
        except OSError:
            # Moved away, and the new one is not there yet.
            return b""
        opened = os.fstat(file.fileno())
        if not stat.S_ISREG(opened.st_mode):
            return b""
        if (there.st_dev, there.st_ino) != (opened.st_dev, opened.st_ino):
            new = self._path.open("rb")
            if self._file is file:
                self._file = new
                file.close()
            else:
                # Closed meanwhile.
                new.close()
        elif opened.st_size < file.tell():
            file.seek(0)
        return b""

    async def close(self) -> None:
        """Close it."""
        file, self._file = self._file, None
        if file is not None:
            await asyncio.to_thread(file.close)


def correction_source(url: str) -> CorrectionSource:
    """Make the source that an address names; it is still to be opened.

    Raises
    ------
    TelemetryError
        If the address is none of a source.
    """
    path = Path(url.removeprefix("file:"))
    if url.startswith("file:") or (path.exists() and not url.startswith("/dev/")):
        return FileSource(url, path)
    try:
        link = open_link_for(url)
    except TelemetryError as error:
        raise TelemetryError(
            error.what.replace("of a link", "of a source of RTK corrections"),
            place=error.place,
            remedy="Give tcp:HOST:PORT, /dev/ttyUSB0,115200 or file:PATH",
        ) from None
    if isinstance(link, ReplayLink):
        raise TelemetryError(
            "a recording holds no RTK corrections to send",
            place=url,
            remedy="Give tcp:HOST:PORT, a serial port or a file of RTCM 3",
        )
    return link
