"""Writing a file; the vehicle takes it in force when it is closed."""

from enum import StrEnum

from telemetry.links.address import GROUND_STATION, Address
from telemetry.protocol.ftp.exchange import OPEN, REPEAT, WINDOW, FtpExchange, Request
from telemetry.protocol.ftp.numbers import FtpNumbers
from telemetry.protocol.ftp.outcome import FileUploaded, FtpAdvanced, FtpFailed
from telemetry.protocol.ftp.payload import CHUNK_BYTES, FtpOpcode, FtpPayload


class FileUploadState(StrEnum):
    """Where the upload is."""

    CREATING = "creating"
    WRITING = "writing"
    CLOSING = "closing"


class FileUpload(FtpExchange):
    """Create, write, close.

    A failure closes the file too: what is not whole, ArduPilot refuses then, and what was on board stays.

    Parameters
    ----------
    path : str
    data : bytes
    target, own : Address
    numbers : FtpNumbers
    """

    doing = "writing a file"

    def __init__(
        self,
        path: str,
        data: bytes,
        target: Address,
        numbers: FtpNumbers,
        *,
        own: Address = GROUND_STATION,
    ) -> None:
        super().__init__(path, target, numbers, own=own)
        self.state = FileUploadState.CREATING
        self._data = data
        self._written = 0
        self._next = 0
        self._failure: FtpFailed | None = None

    def _begin(self, now_s: float) -> None:
        self._ask(FtpOpcode.CREATE_FILE, now_s, data=self._path, retry=OPEN)

    def _answered(self, request: Request, reply: FtpPayload, now_s: float) -> None:  # noqa: ARG002
        match request.payload.opcode:
            case FtpOpcode.CREATE_FILE:
                self.state = FileUploadState.WRITING
                self._write(now_s)
            case FtpOpcode.WRITE_FILE:
                self._written += len(request.payload.data)
                self._events.append(FtpAdvanced(self._written, len(self._data)))
                self._write(now_s)
            case FtpOpcode.TERMINATE_SESSION:
                self._numbers.open_session = None
                self._end(self._failure or FileUploaded())

    def _refused(self, request: Request, reply: FtpPayload, now_s: float) -> None:
        match request.payload.opcode:
            case FtpOpcode.CREATE_FILE:
                self._fail("opening", reply)
            case FtpOpcode.TERMINATE_SESSION:
                self._numbers.open_session = None
                self._end(self._failure or FtpFailed("closing", *reply.error))
            case _:
                self._leave(FtpFailed("writing", *reply.error), now_s)

    def _unanswered(self, request: Request, now_s: float) -> None:
        match request.payload.opcode:
            case FtpOpcode.CREATE_FILE:
                self._fail("opening")
            case FtpOpcode.TERMINATE_SESSION:
                self._end(self._failure or FtpFailed("closing"))
            case _:
                self._leave(FtpFailed("writing"), now_s)

    def _write(self, now_s: float) -> None:
        while self._next < len(self._data) and len(self._pending) < WINDOW:
            piece = self._data[self._next : self._next + CHUNK_BYTES]
            self._ask(FtpOpcode.WRITE_FILE, now_s, offset=self._next, data=piece)
            self._next += len(piece)
        if not self._pending:
            self._leave(None, now_s)

    def _leave(self, failure: FtpFailed | None, now_s: float) -> None:
        self._pending.clear()
        self._failure = failure
        self.state = FileUploadState.CLOSING
        self._ask(FtpOpcode.TERMINATE_SESSION, now_s, retry=REPEAT)
