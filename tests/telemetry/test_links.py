"""Real sockets and a real pseudo-terminal."""

import asyncio
import contextlib
import os
import pty
import socket
import tty

import pytest

from telemetry.links.link_address import open_link_for
from telemetry.links.replay_link import ReplayLink
from telemetry.links.serial_link import SerialLink
from telemetry.links.tcp_link import TcpLink
from telemetry.links.tcp_listen_link import TcpListenLink
from telemetry.links.udp_link import UdpLink
from telemetry.refusal import TelemetryError


async def read_until(link, expected):
    data = b""
    async with asyncio.timeout(5):
        while len(data) < len(expected):
            data += b"".join(more for more, _ in await link.read())
    assert data == expected


@contextlib.asynccontextmanager
async def opened(address):
    link = open_link_for(address)
    await link.open()
    try:
        yield link
    finally:
        await link.close()


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("tcp:127.0.0.1:5760", TcpLink),
        ("TCP:localhost:1", TcpLink),
        ("tcpin:0.0.0.0:0", TcpListenLink),
        ("udp:127.0.0.1:14550", UdpLink),
        ("udpin:0.0.0.0:14550", UdpLink),
        ("udpout:[::1]:14550", UdpLink),
        ("/dev/ttyACM0", SerialLink),
        ("/dev/ttyUSB0,57600", SerialLink),
        ("serial:/dev/serial/by-id/usb-x:57600", SerialLink),
        ("serial:/dev/serial/by-id/usb-x,57600", SerialLink),
        ("COM3,115200", SerialLink),
        ("flights/a.tlog", ReplayLink),
    ],
)
def test_addresses(address, kind):
    link = open_link_for(address)
    assert isinstance(link, kind)
    assert link.name == address


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("", "no address of a link"),
        ("127.0.0.1", "no address of a link"),
        ("http://x", "no address of a link"),
        ("tcp:127.0.0.1", "port is missing"),
        ("tcp::5760", "host is missing"),
        ("tcp:host:abc", "'abc' is no number"),
        ("tcp:host:0", "port 0 is not within"),
        ("udpout:host:0", "port 0 is not within"),
        ("udp:host:70000", "port 70000 is not within"),
        ("/dev/ttyACM0,fast", "'fast' is no positive number"),
        ("/dev/ttyACM0,0", "'0' is no positive number"),
        ("serial:", "device is missing"),
    ],
)
def test_malformed_addresses_are_refused(address, what):
    with pytest.raises(TelemetryError, match=what) as refusal:
        open_link_for(address)
    assert refusal.value.place == (address or "(empty)")
    assert refusal.value.remedy


async def test_tcp_both_ways_and_closed_by_the_other_side():
    received = asyncio.Queue()

    async def serve(reader, writer):
        writer.write(b"hello")
        received.put_nowait(await reader.readexactly(3))
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with opened(f"tcp:127.0.0.1:{port}") as link:
            await read_until(link, b"hello")
            link.write(b"abc")
            assert await asyncio.wait_for(received.get(), 5) == b"abc"
            with pytest.raises(OSError, match="closed by the other side"):
                await link.read()
            link.write(b"dropped")
        with pytest.raises(OSError, match="not connected"):
            await link.read()


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


async def test_a_refused_connection_is_told_with_a_remedy():
    link = open_link_for(f"tcp:127.0.0.1:{free_port()}")
    with pytest.raises(TelemetryError, match="connection refused") as refusal:
        await link.open()
    assert refusal.value.place == link.name
    assert "Start the vehicle" in refusal.value.remedy


async def test_a_host_that_does_not_exist_is_told():
    with pytest.raises(TelemetryError, match="cannot connect"):
        await open_link_for("tcp:no-such-host.invalid:5760").open()
    with pytest.raises(TelemetryError, match="cannot call"):
        await open_link_for("udpout:no-such-host.invalid:5760").open()


async def test_a_connection_nobody_answers_ends_in_time():
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        # A full backlog answers no further SYN.
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect(full.getsockname())
        link = TcpLink("tcp:x", "127.0.0.1", full.getsockname()[1], timeout_s=0.2)
        with pytest.raises(TelemetryError, match=r"no connection within 0\.2 s"):
            await link.open()
        for filler in fillers:
            filler.close()


async def test_tcp_listening_serves_several():
    async with opened("tcpin:127.0.0.1:0") as link:
        one = await asyncio.open_connection("127.0.0.1", link.port)
        two = await asyncio.open_connection("127.0.0.1", link.port)
        one[1].write(b"one")
        [(data, peer_one)] = await asyncio.wait_for(link.read(), 5)
        assert data == b"one"
        two[1].write(b"two")
        [(data, peer_two)] = await asyncio.wait_for(link.read(), 5)
        assert (data, peer_one != peer_two) == (b"two", True)
        link.write(b"to two", peer_two)
        link.write(b"to all")
        assert await asyncio.wait_for(two[0].readexactly(12), 5) == b"to twoto all"
        assert await asyncio.wait_for(one[0].readexactly(6), 5) == b"to all"
        for _, writer in (one, two):
            writer.close()
            await writer.wait_closed()
        with pytest.raises(TelemetryError, match="cannot listen") as refusal:
            await open_link_for(f"tcpin:127.0.0.1:{link.port}").open()
        assert "another port" in refusal.value.remedy


async def test_udp_learns_its_peers():
    async with opened("udp:127.0.0.1:0") as link:
        link.write(b"nobody hears")
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as two,
        ):
            one.settimeout(5)
            two.settimeout(5)
            one.sendto(b"1a", ("127.0.0.1", link.port))
            one.sendto(b"1b", ("127.0.0.1", link.port))
            two.sendto(b"2a", ("127.0.0.1", link.port))
            received: dict[str, bytes] = {}
            async with asyncio.timeout(5):
                while sum(map(len, received.values())) < 6:
                    for data, peer in await link.read():
                        received[peer] = received.get(peer, b"") + data
            assert sorted(received.values()) == [b"1a1b", b"2a"]
            peer_two = next(peer for peer, data in received.items() if data == b"2a")
            link.write(b"all")
            link.write(b"two", peer_two)
            assert one.recv(99) == b"all"
            assert [two.recv(99), two.recv(99)] == [b"all", b"two"]


async def test_udp_port_in_use_is_told():
    async with opened("udp:127.0.0.1:0") as link:
        with pytest.raises(TelemetryError, match="the port is in use") as refusal:
            await open_link_for(f"udp:127.0.0.1:{link.port}").open()
        assert refusal.value.place == f"udp:127.0.0.1:{link.port}"


async def test_udp_calls_and_is_answered_even_before_anybody_listens():
    port = free_port(socket.SOCK_DGRAM)
    async with opened(f"udpout:127.0.0.1:{port}") as link:
        link.write(b"too early")
        link.write(b"too early")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as vehicle:
            vehicle.settimeout(5)
            vehicle.bind(("127.0.0.1", port))
            link.write(b"hello")
            data, address = vehicle.recvfrom(99)
            assert data == b"hello"
            vehicle.sendto(b"answer", address)
            await read_until(link, b"answer")


async def test_serial_both_ways_and_unplugged():
    controller, device = pty.openpty()
    tty.setraw(device)
    name = os.ttyname(device)
    async with opened(f"{name},115200") as link:
        os.close(device)
        os.write(controller, b"\xfd from the radio")
        await read_until(link, b"\xfd from the radio")
        link.write(b"to the radio")
        assert await asyncio.to_thread(os.read, controller, 99) == b"to the radio"
        os.close(controller)
        with pytest.raises(OSError):
            await asyncio.wait_for(link.read(), 5)


async def test_serial_device_that_is_not_there():
    with pytest.raises(TelemetryError, match="cannot open the serial port") as refusal:
        await open_link_for("/dev/ttyNONE9,57600").open()
    assert refusal.value.place == "/dev/ttyNONE9,57600"
