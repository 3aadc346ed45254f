"""MAVLink in datagrams: `udp:HOST:PORT` listens (so does `udpin:`), `udpout:HOST:PORT` calls."""

import asyncio
import contextlib
import errno
import socket
from typing import Any

from telemetry.links.link import MOST_PEERS
from telemetry.refusal import TelemetryError

_DATAGRAM_SIZE = 65535
_BATCH = 512
_RECEIVE_BUFFER = 4 << 20

_Address = tuple[Any, ...]


class UdpLink:
    """One UDP socket.

    Listening, every sender is a peer, learnt from its first datagram; of too many the longest silent is forgotten. Calling, there is one.

    Parameters
    ----------
    name : str
    host : str
        Own address to bind, or the address to call.
    port : int
        0 to listen takes any free one, told by `port` once open.
    is_calling : bool
        False to listen.
    """

    def __init__(self, name: str, host: str, port: int, *, is_calling: bool) -> None:
        self.name = name
        self.port = port
        self._host = host
        self._is_calling = is_calling
        self._socket: socket.socket | None = None
        self._peers: dict[str, _Address] = {}
        self._peer_names: dict[_Address, str] = {}
        self._received: list[tuple[bytes, str]] = []
        self._waiter: asyncio.Future[None] | None = None

    async def open(self) -> None:
        """Bind or connect the socket."""
        await self.close()
        loop = asyncio.get_running_loop()
        try:
            infos = await loop.getaddrinfo(self._host or "0.0.0.0", self.port, type=socket.SOCK_DGRAM)  # noqa: S104
            family, _, _, _, address = infos[0]
            self._socket = socket.socket(family, socket.SOCK_DGRAM)
            self._socket.setblocking(False)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
            if self._is_calling:
                self._peers = {self.name: address}
                self._peer_names = {address: self.name}
            else:
                self._socket.bind(address)
                self.port = self._socket.getsockname()[1]
        except OSError as error:
            await self.close()
            if self._is_calling:
                what, remedy = "cannot call", "Check host and port"
            else:
                what, remedy = "cannot listen", "Choose another port, or end the program that uses this one"
            reason = (
                "the port is in use"
                if error.errno == errno.EADDRINUSE
                else (error.strerror or str(error)).lower()
            )
            raise TelemetryError(f"{what} ({reason})", place=self.name, remedy=remedy) from None
        loop.add_reader(self._socket, self._take_datagrams)

    def _take_datagrams(self) -> None:
        if self._socket is None:
            return
        receive = self._socket.recvfrom
        names = self._peer_names
        batch: list[bytes] = []
        batch_address: _Address | None = None
        for _ in range(_BATCH):
            try:
                data, address = receive(_DATAGRAM_SIZE)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                # ICMP "port unreachable" for something sent earlier: nobody listens there yet.
                continue
            if address != batch_address:
                if batch and batch_address is not None:
                    self._received.append((b"".join(batch), names[batch_address]))
                batch = []
                batch_address = address
                name = names.pop(address, None)
                if name is None:
                    self._learn(address)
                else:
                    # In the order of the silence, the longest first.
                    names[address] = name
            batch.append(data)
        if batch and batch_address is not None:
            self._received.append((b"".join(batch), names[batch_address]))
        if self._waiter is not None and self._received and not self._waiter.done():
            self._waiter.set_result(None)

    def _learn(self, address: _Address) -> None:
        name = f"{address[0]}:{address[1]}"
        if len(self._peer_names) >= MOST_PEERS:
            silent = next(iter(self._peer_names))
            name_of_silent = self._peer_names.pop(silent)
            if not self._is_calling:
                self._peers.pop(name_of_silent, None)
        self._peer_names[address] = name
        if not self._is_calling:
            self._peers[name] = address

    async def read(self) -> list[tuple[bytes, str]]:
        """Wait for the next datagrams, those of one peer in a row joined."""
        while not self._received:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        received, self._received = self._received, []
        return received

    def write(self, data: bytes, peer: str = "") -> None:
        """Send one datagram to a peer, or to all; a forgotten peer is not sent any."""
        if self._socket is None:
            return
        if peer in self._peers:
            addresses = [self._peers[peer]]
        else:
            addresses = list(self._peers.values()) if not peer or self._is_calling else []
        for address in addresses:
            with contextlib.suppress(OSError):
                self._socket.sendto(data, address)

    async def close(self) -> None:
        """Free the port."""
        link_socket, self._socket = self._socket, None
        if link_socket is not None:
            asyncio.get_running_loop().remove_reader(link_socket)
            link_socket.close()
