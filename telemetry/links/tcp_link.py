"""A TCP connection to one vehicle, simulator or router: `tcp:HOST:PORT`."""

import asyncio
import contextlib

from telemetry.refusal import TelemetryError

_READ_SIZE = 1 << 18
_MAX_UNSENT = 1 << 20


class TcpLink:
    """Connects to a listening vehicle.

    Parameters
    ----------
    name : str
        The address as the user wrote it.
    host : str
    port : int
    timeout_s : float
        For one attempt to connect.
    """

    def __init__(self, name: str, host: str, port: int, *, timeout_s: float = 5.0) -> None:
        self.name = name
        self._host = host
        self._port = port
        self._timeout_s = timeout_s
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def open(self) -> None:
        """Connect."""
        await self.close()
        try:
            async with asyncio.timeout(self._timeout_s):
                self._reader, self._writer = await asyncio.open_connection(
                    self._host, self._port, limit=_READ_SIZE
                )
        except TimeoutError:
            raise TelemetryError(
                f"no connection within {self._timeout_s:g} s",
                place=self.name,
                remedy="Check address and network",
            ) from None
        except OSError as error:
            raise TelemetryError(
                f"cannot connect ({_reason(error)})",
                place=self.name,
                remedy="Start the vehicle or simulator, or check host and port",
            ) from None

    async def read(self) -> list[tuple[bytes, str]]:
        """Wait for the next bytes; raises `ConnectionError` when the other side has closed."""
        if self._reader is None:
            raise ConnectionError("not connected")
        data = await self._reader.read(_READ_SIZE)
        if not data:
            raise ConnectionError("closed by the other side")
        return [(data, "")]

    def write(self, data: bytes, peer: str = "") -> None:  # noqa: ARG002
        """Send; dropped while the connection is down or more than 1 MiB is unsent."""
        writer = self._writer
        if writer is None or writer.is_closing() or writer.transport.get_write_buffer_size() > _MAX_UNSENT:
            return
        writer.write(data)

    async def close(self) -> None:
        """Hang up."""
        writer, self._reader, self._writer = self._writer, None, None
        if writer is not None:
            writer.close()
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(1.0):
                    await writer.wait_closed()
            writer.transport.abort()


def _reason(error: OSError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    return (error.strerror or str(error)).lower()
