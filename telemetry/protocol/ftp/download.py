"""Reading a file: in bursts, what got lost again piece by piece."""

import zlib
from enum import StrEnum

from telemetry.links.address import GROUND_STATION, Address
from telemetry.protocol.ftp.exchange import FAREWELL, OPEN, WINDOW, FtpExchange, Request
from telemetry.protocol.ftp.numbers import FtpNumbers
from telemetry.protocol.ftp.outcome import FileDownloaded, FtpAdvanced, FtpFailed
from telemetry.protocol.ftp.payload import CHUNK_BYTES, FtpError, FtpOpcode, FtpPayload
from telemetry.protocol.ftp.pieces import Pieces

MAX_FILE_BYTES = 4 * 1024 * 1024
FIRST_PAUSE_S, SHORTEST_PAUSE_S = 0.6, 0.2
"""Silence that ends a burst: after its first piece, and at least."""


def ftp_checksum(data: bytes) -> int:
    """CRC32 as CalcFileCRC32 gives it: zlib's, begun at 0 and not inverted."""
    return zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF


class DownloadState(StrEnum):
    """Where the download is."""

    OPENING = "opening"
    READING = "reading"
    CLOSING = "closing"
    CHECKING = "checking"


class FileDownload(FtpExchange):
    """Open, read in bursts, fetch what is missing, close, compare the checksum where the vehicle has one.

    Parameters
    ----------
    path : str
    target, own : Address
    numbers : FtpNumbers
    is_checked : bool
        Ask for the checksum; a file that changes while it is read has none.
    """

    is_reading = True

    def __init__(
        self,
        path: str,
        target: Address,
        numbers: FtpNumbers,
        *,
        is_checked: bool = False,
        own: Address = GROUND_STATION,
    ) -> None:
        super().__init__(path, target, numbers, own=own)
        self.state = DownloadState.OPENING
        self._is_checked = is_checked
        self._pieces = Pieces()
        self._end_at: int | None = None
        self._is_bursting = False
        self._has_bursts = True
        self._may_burst = True
        self._heard_s = 0.0
        self._longest_pause_s = 0.0
        self._failure: FtpFailed | None = None

    def _begin(self, now_s: float) -> None:
        self.state = DownloadState.OPENING
        self._ask(FtpOpcode.OPEN_FILE_RO, now_s, data=self._path, retry=OPEN)

    def _answered(self, request: Request, reply: FtpPayload, now_s: float) -> None:
        match request.payload.opcode:
            case FtpOpcode.OPEN_FILE_RO:
                # The size told here is a guess for files that are made as they are read.
                self.state = DownloadState.READING
                self._burst(now_s)
            case FtpOpcode.BURST_READ_FILE:
                self._take_burst(request, reply, now_s)
            case FtpOpcode.READ_FILE:
                stop = self._pieces.stop
                self._keep(request.payload.offset, reply.data)
                self._may_burst = self._may_burst or self._pieces.stop > stop
                if not reply.data:
                    self._end_at = request.payload.offset
                self._go_on(now_s)
            case FtpOpcode.TERMINATE_SESSION:
                self._close(now_s)
            case FtpOpcode.CALC_FILE_CRC32:
                told = int.from_bytes(reply.data[:4], "little")
                if told == ftp_checksum(self._pieces.data):
                    self._end(FileDownloaded(self._pieces.data, is_checked=True))
                else:
                    self._fail("checking")

    def _refused(self, request: Request, reply: FtpPayload, now_s: float) -> None:
        opcode = request.payload.opcode
        is_end = reply.error[0] == FtpError.END_OF_FILE
        if opcode == FtpOpcode.OPEN_FILE_RO:
            self._fail("opening", reply)
        elif opcode == FtpOpcode.TERMINATE_SESSION:
            self._close(now_s)
        elif opcode == FtpOpcode.CALC_FILE_CRC32:
            self._end(FileDownloaded(self._pieces.data))
        elif opcode == FtpOpcode.BURST_READ_FILE and reply.error[0] == FtpError.UNKNOWN_COMMAND:
            self._has_bursts = False
            self._finish_burst(request, now_s)
        elif not is_end:
            self._leave(FtpFailed("reading", *reply.error), now_s)
        elif opcode == FtpOpcode.READ_FILE:
            self._end_at = request.payload.offset
            self._go_on(now_s)
        else:
            # A burst tells badly where the end is: ArduPilot may name the last piece's place, others none, and
            # pieces may still be under way.
            self._may_burst = False
            self._finish_burst(request, now_s)

    def _unanswered(self, request: Request, now_s: float) -> None:
        match request.payload.opcode:
            case FtpOpcode.OPEN_FILE_RO:
                self._fail("opening")
            case FtpOpcode.TERMINATE_SESSION:
                self._close(now_s)
            case FtpOpcode.CALC_FILE_CRC32:
                self._end(FileDownloaded(self._pieces.data))
            case FtpOpcode.BURST_READ_FILE if request.is_answered:
                self._finish_burst(request, now_s)
            case _:
                self._leave(FtpFailed("reading"), now_s)

    def _burst(self, now_s: float) -> None:
        self._is_bursting = True
        self._ask(FtpOpcode.BURST_READ_FILE, now_s, offset=self._pieces.stop, size=CHUNK_BYTES)

    def _take_burst(self, request: Request, reply: FtpPayload, now_s: float) -> None:
        if request.is_answered:
            self._longest_pause_s = max(self._longest_pause_s, now_s - self._heard_s)
        request.is_answered = True
        self._heard_s = now_s
        # On a radio ArduPilot leaves two thirds of the time to others.
        pause_s = 3.0 * self._longest_pause_s if self._longest_pause_s else FIRST_PAUSE_S
        request.due_s = now_s + max(SHORTEST_PAUSE_S, pause_s, 1.5 * (self._round_trip_s or 0.0))
        if reply.offset > MAX_FILE_BYTES:
            self._leave(FtpFailed("reading"), now_s)
            return
        self._keep(reply.offset, reply.data)
        if reply.is_burst_complete or not reply.data:
            self._finish_burst(request, now_s)

    def _finish_burst(self, request: Request, now_s: float) -> None:
        self._pending.pop(request.payload.seq, None)
        self._numbers.skip_burst()
        self._is_bursting = False
        self._go_on(now_s)

    def _keep(self, offset: int, piece: bytes) -> None:
        if self._pieces.put(offset, piece):
            self._events.append(FtpAdvanced(self._pieces.size, self._end_at))

    def _go_on(self, now_s: float) -> None:
        """Fetch gaps, then what follows, then close."""
        if self.state is not DownloadState.READING or self._is_bursting:
            return
        stop = self._pieces.stop if self._end_at is None else self._end_at
        under_way = {request.payload.offset for request in self._pending.values()}
        gaps = self._pieces.gaps(stop)
        for offset in gaps:
            if len(self._pending) >= WINDOW:
                break
            if offset not in under_way:
                # ArduPilot packs parameters for one size of reading only, so it is always the whole.
                self._ask(FtpOpcode.READ_FILE, now_s, offset=offset, size=CHUNK_BYTES)
        if gaps or self._pending:
            return
        if self._end_at is None and self._may_burst and self._has_bursts:
            self._burst(now_s)
        elif self._end_at is None:
            # The answer to a single question about this place proves that the file ends here.
            self._ask(FtpOpcode.READ_FILE, now_s, offset=self._pieces.stop, size=CHUNK_BYTES)
        else:
            self._pieces.cut(self._end_at)
            self._events.append(FtpAdvanced(self._end_at, self._end_at))
            self._leave(None, now_s)

    def _leave(self, failure: FtpFailed | None, now_s: float) -> None:
        self._pending.clear()
        self._failure = failure
        self.state = DownloadState.CLOSING
        self._ask(FtpOpcode.TERMINATE_SESSION, now_s, retry=FAREWELL)

    def _close(self, now_s: float) -> None:
        self._numbers.open_session = None
        if self._failure is not None:
            self._end(self._failure)
        elif self._is_checked:
            self.state = DownloadState.CHECKING
            self._ask(FtpOpcode.CALC_FILE_CRC32, now_s, data=self._path, retry=FAREWELL)
        else:
            self._end(FileDownloaded(self._pieces.data))
