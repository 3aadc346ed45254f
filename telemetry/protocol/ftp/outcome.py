"""What the file machines report."""

from dataclasses import dataclass

from telemetry.protocol.ftp.payload import ftp_error_words


@dataclass(frozen=True, slots=True)
class FtpAdvanced:
    """`done` bytes have passed, of `total` where that is known."""

    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class FileDownloaded:
    """The whole file; `is_checked` where the vehicle's CRC32 agrees."""

    data: bytes
    is_checked: bool = False


@dataclass(frozen=True, slots=True)
class FileUploaded:
    """The vehicle has taken the file and closed it without complaint."""


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """A file with its size, or a directory (`size` None)."""

    name: str
    size: int | None


@dataclass(frozen=True, slots=True)
class DirectoryListed:
    """All of a directory."""

    entries: tuple[DirectoryEntry, ...]


@dataclass(frozen=True, slots=True)
class FtpFailed:
    """The exchange ended early.

    Parameters
    ----------
    doing : str
        What was under way: opening, reading, writing, closing, listing, checking.
    code : int or None
        MAV_FTP_ERR; None where the vehicle said nothing, or what it said cannot be.
    errno : int or None
        The vehicle's system error number.
    """

    doing: str
    code: int | None = None
    errno: int | None = None

    @property
    def words(self) -> str:
        """Say it in a clause."""
        if self.doing == "checking" and self.code is None:
            return "what was read does not agree with the vehicle's checksum"
        if self.code is None:
            return f"{self.doing} was never answered"
        return f"{self.doing} was refused: {ftp_error_words(self.code, self.errno)}"


FtpEvent = FtpAdvanced | FileDownloaded | FileUploaded | DirectoryListed | FtpFailed
