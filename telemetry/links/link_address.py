"""Addresses of links, named as pymavlink names them."""

import re
from pathlib import Path

from telemetry.links.link import Link
from telemetry.links.replay_link import ReplayLink
from telemetry.links.serial_link import SerialLink
from telemetry.links.tcp_link import TcpLink
from telemetry.links.tcp_listen_link import TcpListenLink
from telemetry.links.udp_link import UdpLink
from telemetry.refusal import TelemetryError

_HOSTED = frozenset({"tcp", "tcpin", "tcp-listen", "udp", "udpin", "udpout"})
_DEFAULT_BAUD = 115200
_FORMS = (
    "Give tcp:HOST:PORT, udp:HOST:PORT (listens), udpout:HOST:PORT, tcpin:HOST:PORT, "
    "/dev/ttyUSB0,115200 or a .tlog file; NETWORK=ADDRESS for each of several links to the same vehicles"
)
_NETWORK = re.compile(r"([A-Za-z][A-Za-z0-9_]{0,30})=(.+)", re.DOTALL)


def network_of(url: str) -> str:
    """Give the network that an address names before an equals sign; empty where it names none."""
    match = _NETWORK.fullmatch(url)
    return "" if match is None else match[1]


def open_link_for(url: str) -> Link:
    """Make the link an address asks for; `Link.open` is still to be called.

    Raises
    ------
    TelemetryError
        If the address is no address of a link.
    """
    match = _NETWORK.fullmatch(url)
    address = url if match is None else match[2]
    scheme, separator, rest = address.partition(":")
    scheme = scheme.lower()
    if separator and scheme in _HOSTED:
        host, port = _host_and_port(url, rest, may_be_zero=scheme not in {"tcp", "udpout"})
        if scheme == "tcp":
            return TcpLink(url, host, port)
        if scheme in {"tcpin", "tcp-listen"}:
            return TcpListenLink(url, host, port)
        return UdpLink(url, host, port, is_calling=scheme == "udpout")
    if separator and scheme == "serial":
        return _serial_link(url, rest)
    if address.lower().endswith(".tlog"):
        return ReplayLink(Path(address))
    if address.startswith("/dev/") or (scheme.startswith("com") and scheme[3:].partition(",")[0].isdigit()):
        return _serial_link(url, address)
    raise TelemetryError("this is no address of a link", place=url or "(empty)", remedy=_FORMS)


def _host_and_port(url: str, rest: str, *, may_be_zero: bool) -> tuple[str, int]:
    host, separator, port_text = rest.rpartition(":")
    if not separator:
        raise TelemetryError("the port is missing", place=url, remedy=_FORMS)
    host = host.removeprefix("[").removesuffix("]")
    if not host:
        raise TelemetryError("the host is missing", place=url, remedy=_FORMS)
    try:
        port = int(port_text)
    except ValueError:
        raise TelemetryError(f"port {port_text!r} is no number", place=url, remedy=_FORMS) from None
    if not (0 if may_be_zero else 1) <= port <= 65535:
        raise TelemetryError(f"port {port} is not within 1..65535", place=url, remedy=_FORMS)
    return host, port


def _serial_link(url: str, rest: str) -> SerialLink:
    device, separator, baud_text = rest.partition(",")
    if not separator and not device.startswith("/") and device.count(":") == 1:
        device, separator, baud_text = rest.partition(":")
    if not device:
        raise TelemetryError("the device is missing", place=url, remedy=_FORMS)
    if not separator:
        return SerialLink(url, device, _DEFAULT_BAUD)
    if not baud_text.isdigit() or not int(baud_text):
        raise TelemetryError(f"baud rate {baud_text!r} is no positive number", place=url, remedy=_FORMS)
    return SerialLink(url, device, int(baud_text))
