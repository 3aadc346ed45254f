"""FILE_TRANSFER_PROTOCOL as ArduCopter 4.6 answers it: one open file, one client at a time."""

import errno
import struct
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.protocol.channel import LIST_BACKLOG_BYTES, Channel
from simulator.protocol.ftp_files import FileError, FileSystem, OpenFile

DATA_BYTES = 239
HEADER = struct.Struct("<HBBBBBxI")
BURST_REPLIES = 100
"""Of one burst; the client asks for the next."""
IDLE_S = 3.0
"""A session silent for so long gives way to another."""
QUEUE = 5
"""Requests that wait behind a burst; more are dropped."""
CRC_BLOCK_BYTES = DATA_BYTES


class _Refused(Exception):  # noqa: N818
    def __init__(self, *codes: int) -> None:
        self.codes = bytes(codes)
        super().__init__(self.codes)


@dataclass(slots=True)
class _Packet:
    seq: int
    session: int
    opcode: int
    size: int
    req_opcode: int
    is_burst_complete: int
    offset: int
    data: bytes

    @classmethod
    def read(cls, raw: bytes) -> "_Packet":
        seq, session, opcode, size, req_opcode, burst_complete, offset = HEADER.unpack_from(raw)
        return cls(seq, session, opcode, size, req_opcode, burst_complete, offset, raw[HEADER.size :])

    def pack(self) -> bytes:
        head = HEADER.pack(
            self.seq,
            self.session,
            self.opcode,
            self.size,
            self.req_opcode,
            self.is_burst_complete,
            self.offset,
        )
        return head + self.data.ljust(DATA_BYTES, b"\0")


@dataclass(slots=True)
class _Burst:
    request: _Packet
    station: tuple[int, int]
    channel: Channel
    sent: int = 0
    offset: int = 0


class FtpService:
    """Answers on the files of one vehicle; times are those of the link.

    Parameters
    ----------
    files : FileSystem
    on_parameters_opened : callable
        Told when the parameters are about to be read.
    """

    def __init__(self, files: FileSystem, on_parameters_opened: Callable[[], None]) -> None:
        self._files = files
        self._on_parameters_opened = on_parameters_opened
        self._file: OpenFile | None = None
        self._is_writing = False
        self._session = -1
        self._sent_s = 0.0
        self._reply: tuple[tuple[int, int], _Packet] | None = None
        self._burst: _Burst | None = None
        self._waiting: deque[tuple[_Packet, tuple[int, int], Channel]] = deque()

    def receive_message(self, message: Any, channel: Channel, link_s: float) -> None:
        """Answer a request, or let it wait behind a burst."""
        packet = _Packet.read(bytes(message.payload))
        station = (message.get_srcSystem(), message.get_srcComponent())
        if self._burst is None:
            self._handle(packet, station, channel, link_s)
        elif len(self._waiting) < QUEUE:
            self._waiting.append((packet, station, channel))

    @property
    def is_busy(self) -> bool:
        """Whether a burst is under way or a request waits."""
        return self._burst is not None or bool(self._waiting)

    def go_on(self, link_s: float) -> None:
        """Send more of a burst, as far as the link takes it; then what waited."""
        if self._burst is not None:
            self._send_burst(self._burst, link_s)
        while self._burst is None and self._waiting:
            self._handle(*self._waiting.popleft(), link_s)

    def _handle(self, request: _Packet, station: tuple[int, int], channel: Channel, link_s: float) -> None:
        if request.opcode in (dialect.MAV_FTP_OPCODE_ACK, dialect.MAV_FTP_OPCODE_NAK):
            return
        if self._reply is not None:
            whose, last = self._reply
            if (whose, last.session, last.seq) == (station, request.session, (request.seq + 1) & 0xFFFF):
                self._send(last, station, channel, link_s)
                return
        reply = _Packet(
            (request.seq + 1) & 0xFFFF,
            request.session,
            dialect.MAV_FTP_OPCODE_ACK,
            0,
            request.opcode,
            0,
            0,
            b"",
        )
        try:
            self._dispatch(request, reply, station, channel, link_s)
        except _Refused as refused:
            _refuse(reply, refused.codes)
        except FileError as error:
            _refuse(reply, _codes_of(error))
        if self._burst is None:
            self._send(reply, station, channel, link_s)
        else:
            self._send_burst(self._burst, link_s)

    def _dispatch(
        self, request: _Packet, reply: _Packet, station: tuple[int, int], channel: Channel, link_s: float
    ) -> None:
        if request.size > DATA_BYTES:
            raise _Refused(dialect.MAV_FTP_ERR_INVALIDDATASIZE)
        opcode = request.opcode
        is_other = request.session != self._session
        if is_other and opcode in (
            dialect.MAV_FTP_OPCODE_TERMINATESESSION,
            dialect.MAV_FTP_OPCODE_RESETSESSION,
        ):
            return
        if self._file is not None and is_other:
            if link_s - self._sent_s < IDLE_S:
                raise _Refused(dialect.MAV_FTP_ERR_INVALIDSESSION)
            self._close(is_heard=False)
        match opcode:
            case dialect.MAV_FTP_OPCODE_NONE:
                pass
            case dialect.MAV_FTP_OPCODE_TERMINATESESSION | dialect.MAV_FTP_OPCODE_RESETSESSION:
                self._close(is_heard=True)
            case dialect.MAV_FTP_OPCODE_LISTDIRECTORY:
                self._list(request, reply)
            case dialect.MAV_FTP_OPCODE_OPENFILERO:
                self._open(request, reply, link_s)
            case dialect.MAV_FTP_OPCODE_CREATEFILE | dialect.MAV_FTP_OPCODE_OPENFILEWO:
                if self._file is not None:
                    raise _Refused(dialect.MAV_FTP_ERR_FAIL)
                self._file = self._files.open_to_write(_path_of(request))
                self._is_writing, self._session = True, request.session
            case dialect.MAV_FTP_OPCODE_READFILE:
                data = self._open_file(is_writing=False).read(request.offset, request.size)
                if not data:
                    raise _Refused(dialect.MAV_FTP_ERR_EOF)
                reply.offset, reply.size, reply.data = request.offset, len(data), data
            case dialect.MAV_FTP_OPCODE_WRITEFILE:
                self._open_file(is_writing=True).write(request.offset, request.data[: request.size])
                reply.offset = request.offset
            case dialect.MAV_FTP_OPCODE_BURSTREADFILE:
                self._open_file(is_writing=False)
                self._burst = _Burst(request, station, channel, offset=request.offset)
            case dialect.MAV_FTP_OPCODE_CALCFILECRC:
                reply.data, reply.size = self._checksum(_path_of(request)).to_bytes(4, "little"), 4
            case _:
                raise _Refused(dialect.MAV_FTP_ERR_UNKNOWNCOMMAND)

    def _open(self, request: _Packet, reply: _Packet, link_s: float) -> None:
        if self._file is not None and link_s - self._sent_s > IDLE_S:
            self._close(is_heard=False)
        if self._file is not None:
            raise _Refused(dialect.MAV_FTP_ERR_FAIL)
        path = _path_of(request)
        size = self._files.size_of(path)
        self._file = self._files.open_to_read(path)
        self._is_writing, self._session = False, request.session
        reply.data, reply.size = size.to_bytes(4, "little"), 4
        if path.startswith("@PARAM/param.pck"):
            self._on_parameters_opened()

    def _open_file(self, *, is_writing: bool) -> OpenFile:
        if self._file is None:
            raise _Refused(dialect.MAV_FTP_ERR_FILENOTFOUND)
        if self._is_writing is not is_writing:
            raise _Refused(dialect.MAV_FTP_ERR_FAIL)
        return self._file

    def _close(self, *, is_heard: bool) -> None:
        file, self._file, self._session = self._file, None, -1
        if file is None:
            return
        try:
            file.close()
        except FileError:
            if is_heard:
                raise

    def _list(self, request: _Packet, reply: _Packet) -> None:
        reply.offset = request.offset
        entries = self._files.list_directory(_path_of(request))[request.offset :]
        data = b""
        for entry in entries:
            if len(data) + len(entry) + 1 >= DATA_BYTES:
                break
            data += entry + b"\0"
        if not data:
            raise _Refused(dialect.MAV_FTP_ERR_EOF)
        reply.data, reply.size = data, len(data)

    def _checksum(self, path: str) -> int:
        file = self._files.open_to_read(path)
        content = b""
        while data := file.read(len(content), CRC_BLOCK_BYTES):
            content += data
        return zlib.crc32(content, 0xFFFFFFFF) ^ 0xFFFFFFFF

    def _send_burst(self, burst: _Burst, link_s: float) -> None:
        request = burst.request
        size = request.size or DATA_BYTES
        while burst.channel.queued_bytes <= LIST_BACKLOG_BYTES:
            is_last = burst.sent == BURST_REPLIES - 1
            reply = _Packet(
                (request.seq + 1 + burst.sent) & 0xFFFF,
                request.session,
                dialect.MAV_FTP_OPCODE_ACK,
                0,
                request.opcode,
                is_last,
                burst.offset,
                b"",
            )
            try:
                reply.data = self._open_file(is_writing=False).read(burst.offset, size)
            except FileError as error:
                _refuse(reply, _codes_of(error))
            if not reply.data:
                _refuse(reply, bytes((dialect.MAV_FTP_ERR_EOF,)))
            is_over = is_last or reply.opcode == dialect.MAV_FTP_OPCODE_NAK
            if reply.opcode == dialect.MAV_FTP_OPCODE_ACK:
                reply.size = len(reply.data)
            self._send(reply, burst.station, burst.channel, link_s)
            if is_over:
                self._burst = None
                return
            burst.sent += 1
            burst.offset += len(reply.data)

    def _send(self, reply: _Packet, station: tuple[int, int], channel: Channel, link_s: float) -> None:
        self._reply = (station, reply)
        self._sent_s = link_s
        channel.send(dialect.MAVLink_file_transfer_protocol_message(0, *station, list(reply.pack())))


def _path_of(request: _Packet) -> str:
    name = request.data.partition(b"\0")[0]
    if not request.size or len(name) != request.size:
        raise _Refused(dialect.MAV_FTP_ERR_INVALIDDATASIZE)
    return name.decode("utf-8", "replace")


def _codes_of(error: FileError) -> bytes:
    if error.number == errno.ENOENT:
        return bytes((dialect.MAV_FTP_ERR_FILENOTFOUND,))
    if error.number == errno.EEXIST:
        return bytes((dialect.MAV_FTP_ERR_FILEEXISTS,))
    return bytes((dialect.MAV_FTP_ERR_FAILERRNO, error.number))


def _refuse(reply: _Packet, codes: bytes) -> None:
    reply.opcode, reply.size, reply.data = dialect.MAV_FTP_OPCODE_NAK, len(codes), codes
