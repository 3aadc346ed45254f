"""Files of one vehicle: read and written where it has them; where not, whoever asks goes another way."""

import asyncio
from collections.abc import Callable

from telemetry.clock import Clock
from telemetry.links.address import Address
from telemetry.protocol.conversation import Conversation
from telemetry.protocol.ftp.directory import DirectoryListing
from telemetry.protocol.ftp.download import FileDownload
from telemetry.protocol.ftp.numbers import FtpNumbers
from telemetry.protocol.ftp.outcome import (
    DirectoryEntry,
    DirectoryListed,
    FileDownloaded,
    FileUploaded,
    FtpAdvanced,
    FtpEvent,
    FtpFailed,
)
from telemetry.protocol.ftp.payload import FtpError
from telemetry.protocol.ftp.upload import FileUpload
from telemetry.refusal import TelemetryError

DISTRUST_S = 60.0
"""How long a vehicle's files are left alone after they failed."""

BytesProgress = Callable[[int, int], None]


class FileChannel:
    """One file at a time.

    Parameters
    ----------
    conversation : Conversation
    target : Address
    clock : Clock
    has_files : callable
        Whether the vehicle says that it speaks the protocol (MAV_PROTOCOL_CAPABILITY_FTP).
    numbers : FtpNumbers
    place : str
        The vehicle, for the text of a refusal.
    """

    def __init__(
        self,
        conversation: Conversation,
        target: Address,
        clock: Clock,
        *,
        has_files: Callable[[], bool],
        numbers: FtpNumbers,
        place: str = "",
    ) -> None:
        self._conversation = conversation
        self._target = target
        self._clock = clock
        self._has_files = has_files
        self._numbers = numbers
        self._place = place
        self._lock = asyncio.Lock()
        self._distrusted: dict[str, float] = {}
        """Path to when it is tried again; an empty path stands for all."""
        self.last_failure: FtpFailed | None = None

    def distrust(self, path: str) -> None:
        """Leave a file alone for a while: what was read made no sense."""
        self._distrusted[path] = self._clock.monotonic_s() + DISTRUST_S

    async def read(self, path: str, on_progress: BytesProgress | None = None) -> bytes | None:
        """Read a file; None where that cannot be done, for whatever reason."""
        # The packing of parameters depends on how they are read, so that they have no checksum.
        is_checked = path.startswith("@MISSION/")
        event = await self._attempt(
            path,
            lambda: FileDownload(path, self._target, self._numbers, is_checked=is_checked),
            on_progress,
        )
        return event.data if isinstance(event, FileDownloaded) else None

    async def write(self, path: str, data: bytes, on_progress: BytesProgress | None = None) -> bool:
        """Write a file; False where the vehicle did not take it."""
        event = await self._attempt(
            path, lambda: FileUpload(path, data, self._target, self._numbers), on_progress
        )
        return isinstance(event, FileUploaded)

    async def list_directory(self, path: str) -> tuple[DirectoryEntry, ...]:
        """List a directory.

        Raises
        ------
        TelemetryError
            If the vehicle has none, or does not answer.
        """
        async with self._lock:
            event = await self._conversation.run(DirectoryListing(path, self._target, self._numbers))
        if isinstance(event, DirectoryListed):
            return event.entries
        words = event.words if isinstance(event, FtpFailed) else "no answer"
        raise TelemetryError(f"the directory {path} cannot be listed: {words}", place=self._place)

    async def _attempt(
        self,
        path: str,
        machine: Callable[[], FileDownload | FileUpload],
        on_progress: BytesProgress | None,
    ) -> FtpEvent | None:
        def report(event: FtpEvent) -> None:
            if on_progress is not None and isinstance(event, FtpAdvanced) and event.total is not None:
                on_progress(event.done, event.total)

        async with self._lock:
            if not self._may_try(path):
                return None
            event = await self._conversation.run(machine(), report)
        if isinstance(event, FtpFailed):
            self.last_failure = event
            if event.doing == "opening":
                is_all = event.code in (None, FtpError.UNKNOWN_COMMAND)
                self.distrust("" if is_all else path)
        return event

    def _may_try(self, path: str) -> bool:
        now_s = self._clock.monotonic_s()
        return self._has_files() and all(now_s >= self._distrusted.get(each, now_s) for each in (path, ""))
