"""What travels in FILE_TRANSFER_PROTOCOL (https://mavlink.io/en/services/ftp.html#payload-format)."""

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Self

from telemetry.links.address import Address
from telemetry.wire.message import Message

CHUNK_BYTES = 239
_HEADER = struct.Struct("<HBBBBBxI")


class FtpOpcode(IntEnum):
    """MAV_FTP_OPCODE."""

    NONE = 0
    TERMINATE_SESSION = 1
    RESET_SESSIONS = 2
    LIST_DIRECTORY = 3
    OPEN_FILE_RO = 4
    READ_FILE = 5
    CREATE_FILE = 6
    WRITE_FILE = 7
    CALC_FILE_CRC32 = 14
    BURST_READ_FILE = 15
    ACK = 128
    NAK = 129


class FtpError(IntEnum):
    """MAV_FTP_ERR."""

    NONE = 0
    FAIL = 1
    FAIL_ERRNO = 2
    INVALID_DATA_SIZE = 3
    INVALID_SESSION = 4
    NO_SESSIONS_AVAILABLE = 5
    END_OF_FILE = 6
    UNKNOWN_COMMAND = 7
    FILE_EXISTS = 8
    FILE_PROTECTED = 9
    FILE_NOT_FOUND = 10


_WORDS = {
    FtpError.NONE: "the vehicle refused without a reason",
    FtpError.FAIL: "the vehicle failed to do it",
    FtpError.FAIL_ERRNO: "the vehicle's file system failed",
    FtpError.INVALID_DATA_SIZE: "the vehicle found the request's size invalid",
    FtpError.INVALID_SESSION: "the vehicle knows no such session",
    FtpError.NO_SESSIONS_AVAILABLE: "the vehicle has no session left",
    FtpError.END_OF_FILE: "the file ends before",
    FtpError.UNKNOWN_COMMAND: "the vehicle does not know the command",
    FtpError.FILE_EXISTS: "the file is there already",
    FtpError.FILE_PROTECTED: "the file is protected from writing",
    FtpError.FILE_NOT_FOUND: "the vehicle has no such file",
}


def ftp_error_words(code: int, errno: int | None = None) -> str:
    """Say a MAV_FTP_ERR in a clause."""
    try:
        words = _WORDS[FtpError(code)]
    except ValueError:
        words = f"the vehicle answered with the unknown error {code}"
    return words if errno is None else f"{words} with error {errno}"


@dataclass(frozen=True, slots=True)
class FtpPayload:
    """One request or reply.

    Parameters
    ----------
    seq : int
        16 bits; a reply bears the request's plus one.
    session, opcode, req_opcode : int
        `req_opcode` of a reply is what it answers.
    offset : int
        Bytes into the file; for a directory, entries.
    data : bytes
        At most 239.
    size : int or None
        The size field where it is not the data's: how much is to be read.
    is_burst_complete : bool
    """

    seq: int
    session: int
    opcode: int
    offset: int = 0
    data: bytes = b""
    size: int | None = None
    req_opcode: int = 0
    is_burst_complete: bool = False

    def to_message(self, target: Address) -> Message:
        """Make the message that carries it."""
        size = len(self.data) if self.size is None else self.size
        head = _HEADER.pack(
            self.seq,
            self.session,
            self.opcode,
            size,
            self.req_opcode,
            self.is_burst_complete,
            self.offset,
        )
        return Message.new(
            "FILE_TRANSFER_PROTOCOL",
            target_system=target.system_id,
            target_component=target.component_id,
            payload=tuple(head + self.data),
        )

    @classmethod
    def of_message(cls, message: Message) -> Self | None:
        """Read a FILE_TRANSFER_PROTOCOL; None where its size cannot be."""
        raw = bytes(message.payload)
        seq, session, opcode, size, req_opcode, is_burst_complete, offset = _HEADER.unpack_from(raw)
        if size > CHUNK_BYTES:
            return None
        data = raw[_HEADER.size : _HEADER.size + size].ljust(size, b"\0")
        return cls(seq, session, opcode, offset, data, size, req_opcode, bool(is_burst_complete))

    @property
    def error(self) -> tuple[int, int | None]:
        """Code and, where it is told, the system's error number of a NAK."""
        code = self.data[0] if self.data else int(FtpError.NONE)
        has_number = code == FtpError.FAIL_ERRNO and len(self.data) > 1
        return code, self.data[1] if has_number else None
