"""Where a ground station listens for a fleet: a host and one port a network."""

from dataclasses import dataclass

from simulator.refusal import SimulatorError

_REMEDY = "Give HOST:PORT, such as 127.0.0.1:14550, or HOST:FIRST-LAST for several networks"


@dataclass(frozen=True, slots=True)
class UdpAddress:
    """One host, and ports one after another."""

    host: str
    ports: range

    def __str__(self) -> str:
        first, last = self.ports[0], self.ports[-1]
        return f"{self.host}:{first}" if first == last else f"{self.host}:{first}-{last}"


def parse_udp_address(text: str) -> UdpAddress:
    """Read HOST:PORT or HOST:FIRST-LAST.

    Raises
    ------
    SimulatorError
        If it is neither.
    """
    host, separator, ports = text.rpartition(":")
    first, dash, last = ports.partition("-")
    last = last if dash else first
    if (
        not separator
        or not host
        or not all(port.isascii() and port.isdigit() for port in (first, last))
        or not 1 <= int(first) <= int(last) <= 65535
    ):
        raise SimulatorError(f"{text!r} is no address", place="--udp", remedy=_REMEDY)
    return UdpAddress(host, range(int(first), int(last) + 1))
