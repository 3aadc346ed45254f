"""What every link can do, whatever carries it."""

from typing import Protocol

MOST_PEERS = 4096
"""How many peers of a link are told apart: addresses are easily forged."""


class Link(Protocol):
    """A way for bytes to and from one or several vehicles.

    `read` returns all chunks that wait, at least one, each together with the peer it came from (an empty string where the link has only one),
    and raises `EOFError` when the link has ended for good, `OSError` when it broke and may be opened again. `write`
    never blocks; with `peer` empty it goes to every peer known; what a broken or choked link cannot take is dropped.
    """

    name: str
    """The address as the user wrote it."""

    async def open(self) -> None:
        """Connect or bind; raises `TelemetryError` where that fails."""

    async def read(self) -> list[tuple[bytes, str]]:
        """Wait for the next bytes."""

    def write(self, data: bytes, peer: str = "") -> None:
        """Send whole frames."""

    async def close(self) -> None:
        """Let go of the port."""
