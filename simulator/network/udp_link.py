"""All vehicles of a fleet on one UDP socket towards a ground station."""

import asyncio
from collections.abc import Sequence

from simulator.copter import Copter
from simulator.protocol.channel import Channel, MessageReader
from simulator.refusal import SimulatorError

MAX_DATAGRAM_BYTES = 1400


def parse_address(address: str) -> tuple[str, int]:
    """Split HOST:PORT.

    Raises
    ------
    SimulatorError
        If it is not that.
    """
    host, separator, port = address.rpartition(":")
    if not separator or not host or not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
        raise SimulatorError(
            f"{address!r} is no address", place="--udp", remedy="Give HOST:PORT, such as 127.0.0.1:14550"
        )
    return host, int(port)


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
        self._copters = copters
        self._reader = MessageReader()
        self._transport: asyncio.DatagramTransport | None = None
        self._channels: dict[int, Channel] = {}

    async def start(self, address: str) -> None:
        """Open the socket.

        Raises
        ------
        SimulatorError
            If the address is none or cannot be reached.
        """
        host, port = parse_address(address)
        try:
            self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                lambda: _Socket(self), remote_addr=(host, port)
            )
        except OSError as error:
            raise SimulatorError(
                "nothing can be sent there", place=f"udp:{address}", remedy="Give a reachable HOST:PORT"
            ) from error
        for number, copter in enumerate(self._copters):
            channel = Channel(self._write)
            self._channels[number] = channel
            copter.attach(channel)

    def receive(self, data: bytes) -> None:
        """Hand messages to the vehicles they are for."""
        for message in self._reader.feed(data):
            for number, copter in enumerate(self._copters):
                copter.handle_message(message, self._channels[number])
                if copter.wants_reboot:
                    copter.flush()
                    copter.power_on()
        for copter in self._copters:
            copter.flush()

    def _write(self, data: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        start = 0
        while start < len(data):
            end = start
            while end < len(data):
                # Whole frames only: length is the second byte, 12 bytes go round the payload, a signature has 13.
                size = data[end + 1] + 12 + 13 * (data[end + 2] & 1)
                if end > start and end + size - start > MAX_DATAGRAM_BYTES:
                    break
                end += size
            self._transport.sendto(data[start:end])
            start = end

    def stop(self) -> None:
        """Close the socket."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None
