import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.fleet import Home, SimulatorError, SimulatorFleet
from simulator.protocol.channel import MessageReader


class Wire:
    """A ground station on an asyncio TCP stream."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, system_id: int) -> None:
        self._reader, self.writer = reader, writer
        self._packer = dialect.MAVLink(None, system_id, 190)
        self._parser = MessageReader()
        self._waiting: list[Any] = []

    @classmethod
    async def connect(cls, address: str, system_id: int = 255) -> "Wire":
        port = int(address.rpartition(":")[2])
        return cls(*await asyncio.open_connection("127.0.0.1", port), system_id)

    def send(self, message: Any) -> None:
        self.writer.write(message.pack(self._packer))

    async def wait_for(self, condition: Callable[[Any], bool]) -> Any:
        async with asyncio.timeout(10):
            while True:
                while self._waiting:
                    message = self._waiting.pop(0)
                    if condition(message):
                        return message
                data = await self._reader.read(4096)
                if not data:
                    raise EOFError
                self._waiting.extend(self._parser.feed(data))

    async def close(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


def is_heartbeat(message: Any) -> bool:
    return bool(message.get_type() == "HEARTBEAT")


async def test_vehicles_have_ids_and_places_of_their_own() -> None:
    async with SimulatorFleet(3, port=0, quick_boot=True, speedup=20) as fleet:
        assert len(set(fleet.addresses)) == 3
        for number, address in enumerate(fleet.addresses):
            wire = await Wire.connect(address)
            beat = await wire.wait_for(is_heartbeat)
            assert (beat.get_srcSystem(), beat.get_srcComponent()) == (number + 1, 1)
            await wire.wait_for(lambda m: m.get_type() == "HOME_POSITION")
            east_m = (fleet.copters[number].autopilot.home_e7[1] - 1037080000) * 0.0111318845 * 0.80806
            assert east_m == pytest.approx(4.0 * number, abs=0.05)
            await wire.close()


def test_many_stand_in_a_grid_and_count_their_ids_by_network() -> None:
    fleet = SimulatorFleet(260, udp="127.0.0.1:14550-14551")
    assert [copter.system_id for copter in fleet.copters] == [*range(1, 251), *range(1, 11)]
    assert fleet.addresses[249:251] == ["udp:127.0.0.1:14550", "udp:127.0.0.1:14551"]
    places = {copter.autopilot.home_e7[:2] for copter in fleet.copters}
    assert len(places) == 260
    home = fleet.copters[0].autopilot.frame
    north_m, east_m = home.to_north_east_m(*fleet.copters[26].autopilot.home_e7[:2])
    assert (north_m, east_m) == pytest.approx((4.0, 4.0), abs=0.05)


async def test_ports_are_ten_apart() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        base = probe.getsockname()[1]
    fleet = SimulatorFleet(2, port=min(base, 65000))
    try:
        await fleet.start()
    except SimulatorError:
        pytest.skip("another process took the port")
    ports = [int(address.rpartition(":")[2]) for address in fleet.addresses]
    await fleet.stop()
    assert ports[1] - ports[0] == 10


async def test_port_in_use_is_one_sentence_and_leaves_nothing_open() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        if port < 1100:
            pytest.skip("no room below the port")
        fleet = SimulatorFleet(2, port=port - 10)
        with pytest.raises(
            SimulatorError, match=rf"^tcp:127.0.0.1:{port}: the port is in use\. Choose another"
        ):
            await fleet.start()
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", port - 10))


async def test_several_stations_at_once() -> None:
    async with SimulatorFleet(1, port=0, quick_boot=True, speedup=20) as fleet:
        first = await Wire.connect(fleet.addresses[0])
        second = await Wire.connect(fleet.addresses[0], 254)
        await first.wait_for(is_heartbeat)
        await second.wait_for(is_heartbeat)
        first.send(dialect.MAVLink_command_long_message(1, 1, 511, 0, 30, 100_000, 0, 0, 0, 0, 0))
        await first.wait_for(lambda m: m.get_type() == "ATTITUDE")
        await first.close()
        await second.wait_for(is_heartbeat)
        second.send(dialect.MAVLink_param_request_read_message(1, 1, b"WPNAV_SPEED", -1))
        await second.wait_for(lambda m: m.get_type() == "PARAM_VALUE" and m.param_id == "WPNAV_SPEED")
        await second.close()


async def test_vehicle_is_switched_on_by_the_first_connection() -> None:
    async with SimulatorFleet(1, port=0, speedup=20) as fleet:
        await asyncio.sleep(0.05)
        assert fleet.copters[0].autopilot.now_s == 0.0
        wire = await Wire.connect(fleet.addresses[0])
        text = await wire.wait_for(lambda m: m.get_type() == "STATUSTEXT")
        assert text.text == "Calibrating barometer"
        await wire.close()


async def test_reboot_hangs_up_and_boots_again() -> None:
    async with SimulatorFleet(1, port=0, quick_boot=True, speedup=20) as fleet:
        wire = await Wire.connect(fleet.addresses[0])
        await wire.wait_for(is_heartbeat)
        wire.send(dialect.MAVLink_param_set_message(1, 1, b"RTL_ALT", 2000, 9))
        wire.send(dialect.MAVLink_command_long_message(1, 1, 246, 0, 1, 0, 0, 0, 0, 0, 0))
        ack = await wire.wait_for(lambda m: m.get_type() == "COMMAND_ACK")
        assert (ack.command, ack.result) == (246, 0)
        with pytest.raises((EOFError, ConnectionError)):
            await wire.wait_for(lambda _: False)
        await wire.close()
        again = await Wire.connect(fleet.addresses[0])
        text = await again.wait_for(lambda m: m.get_type() == "STATUSTEXT")
        assert text.text == "Calibrating barometer"
        assert fleet.copters[0].parameters["RTL_ALT"] == 2000
        await again.close()


async def test_station_that_never_reads_does_not_stop_the_others() -> None:
    async with SimulatorFleet(1, port=0, quick_boot=True, speedup=50) as fleet:
        deaf = await Wire.connect(fleet.addresses[0], 254)
        for message_id in (30, 32, 33, 74, 1, 24, 65):
            deaf.send(dialect.MAVLink_command_long_message(1, 1, 511, 0, message_id, 20_000, 0, 0, 0, 0, 0))
        wire = await Wire.connect(fleet.addresses[0])
        for _ in range(40):
            await wire.wait_for(is_heartbeat)
        assert max(channel.queued_bytes for channel in fleet.copters[0].channels) < 64 * 1024
        deaf.writer.transport.abort()
        await wire.close()


async def test_udp_carries_all_vehicles() -> None:
    loop = asyncio.get_running_loop()
    heard: asyncio.Queue[tuple[Any, Any]] = asyncio.Queue()

    class Listener(asyncio.DatagramProtocol):
        def __init__(self) -> None:
            self.reader = MessageReader()

        def datagram_received(self, data: bytes, peer: Any) -> None:
            assert len(data) <= 1400
            for message in self.reader.feed(data):
                heard.put_nowait((message, peer))

    transport, _ = await loop.create_datagram_endpoint(Listener, local_addr=("127.0.0.1", 0))
    port = transport.get_extra_info("sockname")[1]
    async with SimulatorFleet(3, udp=f"127.0.0.1:{port}", quick_boot=True, speedup=20) as fleet:
        assert fleet.addresses == [f"udp:127.0.0.1:{port}"] * 3
        seen: set[int] = set()
        async with asyncio.timeout(10):
            while seen != {1, 2, 3}:
                message, peer = await heard.get()
                seen.add(message.get_srcSystem())
            packer = dialect.MAVLink(None, 255, 190)
            request = dialect.MAVLink_param_request_read_message(2, 1, b"WPNAV_SPEED", -1)
            transport.sendto(request.pack(packer), peer)
            while message.get_type() != "PARAM_VALUE" or message.param_id != "WPNAV_SPEED":
                message, _ = await heard.get()
        assert message.get_srcSystem() == 2
    transport.close()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"count": 0}, "--count: 0 vehicles cannot be simulated. Give 1 to 2000."),
        ({"speedup": 0.0}, "--speedup: a speed-up of 0 is out of range. Give 0.1 to 1000."),
        ({"speedup": float("nan")}, "--speedup: a speed-up of nan is out of range. Give 0.1 to 1000."),
        ({"port": 65530, "count": 3}, "--port: port 65530 leaves no room for 3 vehicles."),
        ({"udp": "nowhere"}, "--udp: 'nowhere' is no address. Give HOST:PORT"),
        ({"udp": "127.0.0.1:14552-14550"}, "--udp: '127.0.0.1:14552-14550' is no address."),
        (
            {"udp": "127.0.0.1:14550-14552", "count": 1000},
            "--udp: 1000 vehicles need 4 networks, for system ids end at 255. Give 4 ports",
        ),
        ({"udp": "127.0.0.1:99999"}, "--udp: '127.0.0.1:99999' is no address."),
        ({"parameters": {"NOPE": 1.0}}, "ArduCopter has no parameter NOPE."),
    ],
)
def test_bad_options_are_one_sentence(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SimulatorError) as refused:
        SimulatorFleet(**{"count": 1, **options})
    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize(
    "values", [(91, 0, 0, 0), (0, 181, 0, 0), (0, 0, 9999, 0), (0, 0, 0, 400), (float("nan"), 0, 0, 0)]
)
def test_bad_homes_are_refused(values: tuple[float, float, float, float]) -> None:
    with pytest.raises(SimulatorError, match=r"^--home: .*Give latitude"):
        Home(*values)
