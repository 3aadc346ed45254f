"""A TCP port that vehicles or routers connect to: `tcpin:HOST:PORT`."""

import asyncio

from telemetry.refusal import TelemetryError

_READ_SIZE = 1 << 18
_MAX_UNSENT = 1 << 20


class TcpListenLink:
    """Listens; each connection is a peer.

    Parameters
    ----------
    name : str
    host : str
        Own address to bind.
    port : int
        0 takes any free one, told by `port` once open.
    """

    def __init__(self, name: str, host: str, port: int) -> None:
        self.name = name
        self.port = port
        self._host = host
        self._server: asyncio.Server | None = None
        self._writers: dict[str, asyncio.StreamWriter] = {}
        self._received: asyncio.Queue[tuple[bytes, str]] = asyncio.Queue(maxsize=64)

    async def open(self) -> None:
        """Bind."""
        await self.close()
        try:
            self._server = await asyncio.start_server(self._serve, self._host, self.port, limit=_READ_SIZE)
        except OSError as error:
            raise TelemetryError(
                f"cannot listen ({(error.strerror or str(error)).lower()})",
                place=self.name,
                remedy="Choose another port, or end the program that uses this one",
            ) from None
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = writer.get_extra_info("peername")[:2]
        peer = f"{host}:{port}"
        self._writers[peer] = writer
        try:
            while data := await reader.read(_READ_SIZE):
                await self._received.put((data, peer))
        except OSError:
            pass
        finally:
            self._writers.pop(peer, None)
            writer.close()

    async def read(self) -> list[tuple[bytes, str]]:
        """Wait for the next bytes of any connection."""
        chunks = [await self._received.get()]
        while not self._received.empty():
            chunks.append(self._received.get_nowait())
        return chunks

    def write(self, data: bytes, peer: str = "") -> None:
        """Send to one connection or to all."""
        writers = list(self._writers.values()) if not peer else [self._writers.get(peer)]
        for writer in writers:
            if writer is not None and writer.transport.get_write_buffer_size() <= _MAX_UNSENT:
                writer.write(data)

    async def close(self) -> None:
        """Hang up on all and free the port."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
            for writer in list(self._writers.values()):
                writer.transport.abort()
            await server.wait_closed()
