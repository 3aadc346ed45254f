"""Up to 250 vehicles on one UDP socket towards a ground station: a network."""

import asyncio
import socket
from collections.abc import Sequence

from simulator.copter import Copter
from simulator.network.shared_link import SharedLink
from simulator.refusal import SimulatorError

MAX_DATAGRAM_BYTES = 1400
SEND_BUFFER_BYTES = 1024 * 1024


class _Socket(asyncio.DatagramProtocol):
    def __init__(self, link: "UdpLink") -> None:
        self._link = link

    def datagram_received(self, data: bytes, _: tuple[str, int]) -> None:
        self._link.receive(data)

    def error_received(self, _: Exception) -> None:
        """Nobody listens there yet; the vehicles go on."""


class UdpLink:
    """Sends what the vehicles say to one address and hands them what comes back."""

    def __init__(self, copters: Sequence[Copter]) -> None:
        self._shared = SharedLink(copters, self._write)
        self._transport: asyncio.DatagramTransport | None = None
        self._datagram = b""

    async def start(self, host: str, port: int) -> None:
        """Open the socket.

        Raises
        ------
        SimulatorError
            If the address cannot be reached.
        """
        try:
            self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                lambda: _Socket(self), remote_addr=(host, port)
            )
        except OSError as error:
            raise SimulatorError(
                "nothing can be sent there", place=f"udp:{host}:{port}", remedy="Give a reachable HOST:PORT"
            ) from error
        self._transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES
        )

    def receive(self, data: bytes) -> None:
        """Hand messages to the vehicles they are for, and send their answers."""
        self._shared.receive(data)
        self.flush()

    def flush(self) -> None:
        """Send what the vehicles handed over."""
        self._send(self._datagram)
        self._datagram = b""

    def _write(self, data: bytes) -> None:
        if len(self._datagram) + len(data) <= MAX_DATAGRAM_BYTES:
            self._datagram += data
            return
        self._send(self._datagram)
        while len(data) > MAX_DATAGRAM_BYTES:
            # Whole frames only: length is the second byte, 12 bytes go round the payload, a signature has 13.
            end = size = 0
            while end + size <= MAX_DATAGRAM_BYTES:
                end += size
                size = data[end + 1] + 12 + 13 * (data[end + 2] & 1)
            self._send(data[:end])
            data = data[end:]
        self._datagram = data

    def _send(self, datagram: bytes) -> None:
        if datagram and self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(datagram)

    def stop(self) -> None:
        """Close the socket."""
        self._shared.close()
        if self._transport is not None:
            self._transport.close()
            self._transport = None
