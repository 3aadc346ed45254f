"""Listing a directory, as many entries at a time as a reply holds."""

from telemetry.links.address import GROUND_STATION, Address
from telemetry.protocol.ftp.exchange import OPEN, FtpExchange, Request
from telemetry.protocol.ftp.numbers import FtpNumbers
from telemetry.protocol.ftp.outcome import DirectoryEntry, DirectoryListed
from telemetry.protocol.ftp.payload import FtpError, FtpOpcode, FtpPayload

MAX_ENTRIES = 10_000


class DirectoryListing(FtpExchange):
    """Ask for entries from the next one on, until there are no more."""

    is_reading = True

    def __init__(
        self, path: str, target: Address, numbers: FtpNumbers, *, own: Address = GROUND_STATION
    ) -> None:
        super().__init__(path, target, numbers, own=own)
        self._entries: list[DirectoryEntry] = []
        self._at = 0

    def _begin(self, now_s: float) -> None:
        self._ask(FtpOpcode.LIST_DIRECTORY, now_s, offset=self._at, data=self._path, retry=OPEN)

    def _answered(self, request: Request, reply: FtpPayload, now_s: float) -> None:  # noqa: ARG002
        entries = [entry for entry in reply.data.split(b"\0") if entry]
        self._at += len(entries)
        self._entries += [found for entry in entries if (found := _entry_of(entry)) is not None]
        if not entries or self._at > MAX_ENTRIES:
            self._end(DirectoryListed(tuple(self._entries)))
        else:
            self._begin(now_s)

    def _refused(self, request: Request, reply: FtpPayload, now_s: float) -> None:  # noqa: ARG002
        if reply.error[0] == FtpError.END_OF_FILE:
            self._end(DirectoryListed(tuple(self._entries)))
        else:
            self._fail("listing", reply)

    def _unanswered(self, request: Request, now_s: float) -> None:  # noqa: ARG002
        self._fail("listing")


def _entry_of(entry: bytes) -> DirectoryEntry | None:
    """Read `F` name, tab, size, or `D` name; `S` stands for an entry left out."""
    kind, _, rest = entry[:1], None, entry[1:].decode("utf-8", "replace")
    name, _, size = rest.partition("\t")
    if kind == b"D":
        return DirectoryEntry(name, None)
    if kind == b"F":
        return DirectoryEntry(name, int(size) if size.isascii() and size.isdigit() else 0)
    return None
