"""One vehicle on a TCP port; several ground stations may connect."""

import asyncio
import contextlib
import errno
import socket

from simulator.copter import Copter
from simulator.network.loop_pace import LoopPace
from simulator.protocol.channel import Channel, Message, MessageReader
from simulator.refusal import SimulatorError

HOST = "127.0.0.1"
SEND_BUFFER_BYTES = 64 * 1024


class _Connection(asyncio.Protocol):
    def __init__(self, server: "TcpServer") -> None:
        self._server = server
        self._reader = MessageReader()
        self._transport: asyncio.Transport | None = None
        self.channel = Channel(self._write, self._backlog_bytes)
        self._pace = LoopPace(self._handle, self.channel.flush) if server.is_paced else None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        # A small kernel buffer, so that a slow station is noticed and sees no old data.
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        self._server.open(self)

    def data_received(self, data: bytes) -> None:
        copter = self._server.copter
        for message in self._reader.feed(data):
            if self._pace is not None:
                self._pace.receive(message)
                continue
            self._handle(message)
            if copter.wants_reboot:
                self._server.reboot()
                return
        if self._pace is None:
            copter.flush()

    def connection_lost(self, _: Exception | None) -> None:
        if self._pace is not None:
            self._pace.stop()
        self._server.close(self)

    def hang_up(self) -> None:
        """Send what is queued and close."""
        self.channel.flush()
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()

    def _handle(self, message: Message) -> None:
        copter = self._server.copter
        copter.handle_message(message, self.channel)
        if copter.wants_reboot and self._pace is not None:
            self._pace.stop()
            self._server.reboot()

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def _backlog_bytes(self) -> int:
        return self._transport.get_write_buffer_size() if self._transport is not None else 0


class TcpServer:
    """Listens for one vehicle.

    The vehicle is switched on by the first connection, as SITL is, and waits for another one after a reboot.

    Parameters
    ----------
    copter : Copter
    is_paced : bool
        Answer as late as a real vehicle does.
    """

    def __init__(self, copter: Copter, *, is_paced: bool = False) -> None:
        self.copter = copter
        self.is_paced = is_paced
        self.port = 0
        self.is_powered = False
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()

    async def start(self, port: int) -> None:
        """Listen; port 0 takes a free one.

        Raises
        ------
        SimulatorError
            If the port is taken or may not be used.
        """
        place = f"tcp:{HOST}:{port}"
        try:
            self._server = await asyncio.get_running_loop().create_server(
                lambda: _Connection(self), HOST, port
            )
        except OSError as error:
            reason = "the port is in use" if error.errno == errno.EADDRINUSE else "the port cannot be opened"
            raise SimulatorError(
                reason, place=place, remedy="Choose another with --port, or --port 0 for any free ones"
            ) from error
        self.port = self._server.sockets[0].getsockname()[1]

    @property
    def address(self) -> str:
        """Where ground stations connect."""
        return f"tcp:{HOST}:{self.port}"

    def open(self, connection: _Connection) -> None:
        """Switch the vehicle on for a station."""
        self.is_powered = True
        self._connections.add(connection)
        self.copter.attach(connection.channel)

    def close(self, connection: _Connection) -> None:
        """Forget a station that is gone."""
        self._connections.discard(connection)
        self.copter.detach(connection.channel)

    def reboot(self) -> None:
        """Drop every station and start over at the next connection."""
        for connection in list(self._connections):
            connection.hang_up()
            self.close(connection)
        self.copter.power_on()
        self.is_powered = False

    async def stop(self) -> None:
        """Close everything."""
        if self._server is not None:
            self._server.close()
        for connection in list(self._connections):
            connection.abort()
        if self._server is not None:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._server.wait_closed(), 2.0)
            self._server = None
