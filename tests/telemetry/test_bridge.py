"""The bridge over real sockets."""

import asyncio
import contextlib
import errno
import os
import socket

import pytest

from telemetry import bridge as bridge_file
from telemetry.bridge import Bridge
from telemetry.events import (
    LinkLost,
    LinkOpened,
    RecordingFailed,
    RecordingResumed,
    SystemIdDuplicated,
    VehicleDiscovered,
    VehicleReturned,
)
from telemetry.links.link_address import open_link_for
from telemetry.network import bridged_link, paths
from telemetry.recorder import Recorder
from telemetry.refusal import TelemetryError
from telemetry.wire.codec import Encoder, FrameScanner, decode
from telemetry.wire.message import Message
from telemetry.wire.tlog import TlogReader


def autopilot_heartbeat(**fields):
    return Message.new(
        "HEARTBEAT", **{"type": 2, "autopilot": 3, "system_status": 3, "mavlink_version": 3, **fields}
    )


class Peer:
    """A vehicle's end of a TCP link."""

    def __init__(self, reader, writer, system_id=1):
        self.reader = reader
        self.writer = writer
        self.encoder = Encoder(system_id, 1)
        self.scanner = FrameScanner()
        self.heard: list[Message] = []

    def say(self, message):
        self.writer.write(self.encoder.encode(message))

    async def hear(self, condition, timeout_s=5.0):
        """Wait for a message that fulfils the condition."""
        async with asyncio.timeout(timeout_s):
            while True:
                for message in self.heard:
                    if condition(message):
                        self.heard.remove(message)
                        return message
                self.heard += map(decode, self.scanner.feed(await self.reader.read(65536)))

    async def close(self):
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()


class Host:
    """Listens as vehicles do."""

    def __init__(self):
        self.peers: asyncio.Queue[Peer] = asyncio.Queue()
        self.all_peers: list[Peer] = []
        self.port = 0
        self.address = ""

    async def start(self):
        async def accept(reader, writer):
            peer = Peer(reader, writer)
            self.all_peers.append(peer)
            await self.peers.put(peer)

        self.server = await asyncio.start_server(accept, "127.0.0.1", self.port)
        self.port = self.server.sockets[0].getsockname()[1]
        self.address = f"tcp:127.0.0.1:{self.port}"

    async def stop(self):
        self.server.close()
        for peer in self.all_peers:
            await peer.close()


@pytest.fixture
async def host():
    host = Host()
    await host.start()
    yield host
    await host.stop()


async def until(condition, timeout_s=5.0):
    async with asyncio.timeout(timeout_s):
        while not condition():
            await asyncio.sleep(0.005)


async def event_of(events, kind, **values):
    async with asyncio.timeout(5):
        async for event in events:
            if isinstance(event, kind) and all(
                getattr(event, name) == value for name, value in values.items()
            ):
                return event
    raise AssertionError


async def test_a_vehicle_is_found_asked_for_streams_and_heard(host, tmp_path):
    async with Bridge(recorder=Recorder(tmp_path)) as bridge:
        events = bridge.bus.subscribe()
        await bridge.add_link(open_link_for(host.address))
        peer = await host.peers.get()
        greeting = await peer.hear(lambda message: message.name == "HEARTBEAT")
        assert (greeting.type, greeting.autopilot) == (6, 8)
        assert (greeting.system_id, greeting.component_id) == (255, 190)
        peer.say(autopilot_heartbeat(custom_mode=3))
        vehicle = await bridge.wait_for_vehicle(5.0)
        assert await event_of(events, LinkOpened, link=host.address)
        assert await event_of(events, VehicleDiscovered, vehicle_id="1-1", system_id=1, link=host.address)
        wish = await peer.hear(lambda message: message.name == "COMMAND_LONG" and message.param1 == 33)
        assert (wish.command, wish.target_system, wish.target_component) == (511, 1, 1)
        await peer.hear(lambda message: message.name == "COMMAND_LONG" and message.command == 512)
        peer.say(Message.new("GLOBAL_POSITION_INT", lat=360925000, lon=1037080000))
        await until(lambda: vehicle.state.position is not None)
        assert vehicle.state.mode == "AUTO"
        assert bridge.vehicles == {"1-1": vehicle}
        assert await bridge.wait_for_vehicle(0.0) is vehicle
        await peer.hear(lambda message: message.name == "HEARTBEAT")
        [link] = bridge.links
        assert link.messages_in == {"HEARTBEAT": 1, "GLOBAL_POSITION_INT": 1}
        assert link.bytes_in > 0
        assert (link.is_open, link.decode_errors, link.name) == (True, {}, host.address)
        await peer.close()
    [path] = tmp_path.rglob("*.tlog")
    frames = [frame for _, frame in TlogReader(path)]
    assert [frame.definition.name for frame in frames if frame.system_id == 1] == list(link.messages_in)
    assert sum(len(frame.raw) for frame in frames if frame.system_id == 255) == link.bytes_out
    assert not link.is_open


async def test_timesync_is_answered(host):
    async with Bridge() as bridge:
        await bridge.add_link(open_link_for(host.address))
        peer = await host.peers.get()
        peer.say(Message.new("TIMESYNC", ts1=12345))
        answer = await peer.hear(lambda message: message.name == "TIMESYNC")
        assert answer.ts1 == 12345
        assert answer.tc1 == pytest.approx(bridge.clock.utc_s() * 1e9, abs=5e9)
        peer.say(Message.new("TIMESYNC", ts1=1, tc1=2))
        peer.say(Message.new("TIMESYNC", ts1=3))
        assert (await peer.hear(lambda message: message.name == "TIMESYNC")).ts1 == 3
        await peer.close()


async def test_a_passive_bridge_says_nothing(host):
    async with Bridge(is_passive=True) as bridge:
        await bridge.add_link(open_link_for(host.address))
        peer = await host.peers.get()
        peer.say(autopilot_heartbeat())
        peer.say(Message.new("TIMESYNC", ts1=3))
        await bridge.wait_for_vehicle(5.0)
        await until(lambda: bridge.links[0].messages_in.get("TIMESYNC") == 1)
        with pytest.raises(TelemetryError):
            await bridge.vehicles["1-1"].arm()
    assert await peer.reader.read() == b""
    await peer.close()


async def test_components_and_ground_stations_are_no_vehicles(host):
    async with Bridge() as bridge:
        await bridge.add_link(open_link_for(host.address))
        peer = await host.peers.get()
        for encoder, fields in (
            (Encoder(255, 190), {"type": 6, "autopilot": 8}),
            (Encoder(200, 1), {"type": 6, "autopilot": 3}),
            (Encoder(1, 154), {"type": 26, "autopilot": 8}),
            (Encoder(1, 1), {}),
            (Encoder(1, 2), {}),
        ):
            peer.writer.write(encoder.encode(autopilot_heartbeat(**fields)))
        await until(lambda: bridge.links and bridge.links[0].messages_in.get("HEARTBEAT") == 5)
        assert list(bridge.vehicles) == ["1-1"]
        peer.writer.write(Encoder(1, 154).encode(Message.new("GLOBAL_POSITION_INT", lat=1, lon=1)))
        await until(lambda: "GLOBAL_POSITION_INT" in bridge.links[0].messages_in)
        assert bridge.vehicles["1-1"].state.position is None
        await peer.close()


async def test_the_address_of_everybody_is_no_vehicle(host):
    async with Bridge() as bridge:
        await bridge.add_link(open_link_for(host.address))
        peer = await host.peers.get()
        for system_id in (0, 7):
            peer.writer.write(Encoder(system_id, 1).encode(autopilot_heartbeat()))
        await until(lambda: bridge.vehicles)
        assert list(bridge.vehicles) == ["1-7"]
        assert bridge.links[0].decode_errors == {"broadcast_system_id": 1}
        await peer.close()


async def test_of_several_vehicles_one_is_named(host):
    async with Bridge() as bridge:
        await bridge.add_link(open_link_for(host.address))
        peer = await host.peers.get()
        for system_id in (3, 4, 3):
            peer.writer.write(Encoder(system_id, 1).encode(autopilot_heartbeat()))
        with pytest.raises(TelemetryError, match=r"several vehicles are heard: 3, 4\..*--system-id"):
            await bridge.wait_for_one_vehicle(5.0)
        assert (await bridge.wait_for_one_vehicle(5.0, 4)).address.system_id == 4
        with pytest.raises(TelemetryError, match=r"vehicle 5 was not heard within 0.05 s, but 3, 4\."):
            await bridge.wait_for_one_vehicle(0.05, 5)
        await peer.close()


@pytest.mark.parametrize(
    ("said", "what"),
    [
        (b"", "no vehicle was heard"),
        (b"login: \xff\xfe\x00", "bytes came but no MAVLink"),
        (Encoder(1, 154).encode(Message.new("HEARTBEAT", type=26, autopilot=8)), "no autopilot's heartbeat"),
    ],
)
async def test_a_silent_address_is_told_with_what_was_heard(host, said, what):
    async with Bridge() as bridge:
        await bridge.add_link(open_link_for(host.address))
        peer = await host.peers.get()
        peer.writer.write(said)
        await until(lambda: bridge.links[0].bytes_in == len(said))
        with pytest.raises(TelemetryError, match=what) as refusal:
            await bridge.wait_for_vehicle(0.05)
        assert refusal.value.place == host.address
        assert refusal.value.remedy
        await peer.close()


async def test_a_broken_link_is_opened_again(host, monkeypatch):
    monkeypatch.setattr(bridged_link, "_FIRST_PAUSE_S", 0.02)
    async with Bridge() as bridge:
        events = bridge.bus.subscribe()
        await bridge.add_link(open_link_for(host.address))
        peer = await host.peers.get()
        peer.say(autopilot_heartbeat())
        vehicle = await bridge.wait_for_vehicle(5.0)
        await host.stop()
        await peer.close()
        lost = await event_of(events, LinkLost, vehicle_id="")
        assert lost.reason.lower() in {"closed by the other side", "connection reset by peer"}
        assert not bridge.links[0].is_open
        await host.start()
        await event_of(events, LinkOpened)
        peer = await host.peers.get()
        peer.say(autopilot_heartbeat(custom_mode=6))
        await until(lambda: vehicle.state.mode == "RTL")
        assert bridge.vehicles == {"1-1": vehicle}
        await peer.close()


async def test_a_silent_vehicle_is_told_and_asked_again_when_it_returns(host, monkeypatch):
    monkeypatch.setattr(paths, "SILENCE_S", 0.3)
    monkeypatch.setattr(bridge_file, "_TICK_S", 0.02)
    async with Bridge() as bridge:
        events = bridge.bus.subscribe()
        await bridge.add_link(open_link_for(host.address))
        peer = await host.peers.get()
        peer.say(autopilot_heartbeat())
        lost = await event_of(events, LinkLost)
        assert (lost.vehicle_id, lost.link, lost.reason) == ("1-1", host.address, "not heard for 0.3 s")
        await peer.hear(lambda message: message.name == "COMMAND_LONG" and message.command == 512)
        peer.heard.clear()
        peer.say(autopilot_heartbeat())
        await event_of(events, VehicleReturned, vehicle_id="1-1")
        await peer.hear(lambda message: message.name == "COMMAND_LONG" and message.command == 512)
        await peer.close()


async def test_a_fault_in_handling_a_message_is_contained_and_counted(host, monkeypatch, caplog):
    async with Bridge() as bridge:
        await bridge.add_link(open_link_for(host.address))
        peer = await host.peers.get()
        peer.say(autopilot_heartbeat())
        vehicle = await bridge.wait_for_vehicle(5.0)
        handle_message = vehicle.handle_message

        def fail_on_attitude(message):
            if message.name == "ATTITUDE":
                raise ValueError("what a fault")
            handle_message(message)

        monkeypatch.setattr(vehicle, "handle_message", fail_on_attitude)
        for _ in range(3):
            peer.say(Message.new("ATTITUDE"))
        peer.say(autopilot_heartbeat(custom_mode=6))
        await until(lambda: vehicle.state.mode == "RTL")
        assert bridge.links[0].decode_errors == {"handler_failed": 3}
        assert len(caplog.records) == 1
        await peer.close()


async def test_noise_between_frames_is_counted(host):
    async with Bridge() as bridge:
        await bridge.add_link(open_link_for(host.address))
        peer = await host.peers.get()
        for _ in range(3):
            peer.writer.write(b"noise")
            peer.say(autopilot_heartbeat())
        await until(lambda: bridge.links[0].messages_in.get("HEARTBEAT") == 3)
        assert bridge.links[0].decode_errors == {"garbage_bytes": 15}
        await peer.close()


async def test_many_vehicles_on_one_udp_port_are_answered_each(tmp_path):
    async with Bridge(recorder=Recorder(tmp_path)) as bridge:
        link = open_link_for("udp:127.0.0.1:0")
        await bridge.add_link(link)
        sockets = []
        with contextlib.ExitStack() as stack:
            for system_id in (1, 2, 3):
                one = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                one.settimeout(5)
                one.sendto(Encoder(system_id, 1).encode(autopilot_heartbeat()), ("127.0.0.1", link.port))
                sockets.append(one)
            await until(lambda: len(bridge.vehicles) == 3)
            assert set(bridge.vehicles) == {"1-1", "1-2", "1-3"}
            for system_id, one in enumerate(sockets, 1):
                scanner = FrameScanner()
                targets = set()
                while len(targets) < 1:
                    for frame in scanner.feed(await asyncio.to_thread(one.recv, 2048)):
                        message = decode(frame)
                        if message.name == "COMMAND_LONG":
                            targets.add(message.target_system)
                assert targets == {system_id}


async def test_a_link_that_cannot_be_opened_leaves_nothing(host, tmp_path):
    await host.stop()
    async with Bridge(recorder=Recorder(tmp_path)) as bridge:
        with pytest.raises(TelemetryError, match="connection refused"):
            await bridge.add_link(open_link_for(host.address))
        assert bridge.links == []
        await host.start()
        await bridge.add_link(open_link_for(host.address))
        assert list(bridge.networks) == ["1"]
        await (await host.peers.get()).close()


async def test_a_full_disk_is_told_and_the_flight_goes_on(host, tmp_path, monkeypatch):
    async with Bridge(recorder=Recorder(tmp_path)) as bridge:
        events = bridge.bus.subscribe()
        await bridge.add_link(open_link_for(host.address))
        peer = await host.peers.get()
        peer.say(autopilot_heartbeat())
        vehicle = await bridge.wait_for_vehicle(5.0)
        is_full = True
        write = os.write

        def fail(file, data):
            if is_full:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return write(file, data)

        monkeypatch.setattr("telemetry.recorder.os.write", fail)
        for mode in (6, 5, 9):
            peer.say(autopilot_heartbeat(custom_mode=mode))
        await until(lambda: vehicle.state.mode == "LAND")
        failed = await event_of(events, RecordingFailed)
        assert failed.reason == "no space left on device"
        is_full = False
        peer.say(autopilot_heartbeat(custom_mode=3))
        resumed = await event_of(events, RecordingResumed)
        assert resumed.lost >= 3
        assert not any(isinstance(event, RecordingFailed) for event in events.pending())
        await peer.close()
    [path] = tmp_path.rglob("*.tlog")
    reader = TlogReader(path)
    modes = [decode(frame).custom_mode for _, frame in reader if frame.system_id == 1]
    assert modes == [0, 3]
    assert reader.problem == ""


async def test_a_recording_that_cannot_be_made_stops_no_link(host, tmp_path):
    recorder = Recorder(tmp_path)
    recorder.folder.rmdir()
    async with Bridge(recorder=recorder) as bridge:
        events = bridge.bus.subscribe()
        await bridge.add_link(open_link_for(host.address))
        assert (await event_of(events, RecordingFailed)).link == host.address
        peer = await host.peers.get()
        peer.say(autopilot_heartbeat())
        await bridge.wait_for_vehicle(5.0)


async def test_a_second_vehicle_with_the_same_id_is_told_and_ignored_until_the_first_is_silent(monkeypatch):
    class HandClock:
        now_s = 10.0

        def monotonic_s(self):
            return self.now_s

        def utc_s(self):
            return self.now_s

    clock = HandClock()
    async with Bridge(clock=clock) as bridge:
        events = bridge.bus.subscribe()
        link = open_link_for("udp:127.0.0.1:0")
        await bridge.add_link(link)
        with contextlib.ExitStack() as stack:
            one, two = (
                stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) for _ in range(2)
            )

            async def say(speaker, mode):
                before = bridge.links[0].bytes_in
                raw = Encoder(1, 1).encode(autopilot_heartbeat(custom_mode=mode))
                speaker.sendto(raw, ("127.0.0.1", link.port))
                await until(lambda: bridge.links[0].bytes_in > before)
                return bridge.vehicles["1-1"].state.mode

            assert await say(one, 3) == "AUTO"
            assert await say(two, 6) == "AUTO"
            assert await say(two, 6) == "AUTO"
            told = [event for event in events.pending() if isinstance(event, SystemIdDuplicated)]
            assert [(event.system_id, event.peer) for event in told] == [
                (1, f"127.0.0.1:{two.getsockname()[1]}")
            ]
            assert bridge.links[0].decode_errors == {"duplicate_system_id": 2}
            assert await say(one, 5) == "LOITER"
            clock.now_s += 3.1
            assert await say(two, 6) == "RTL"
            assert await say(two, 9) == "LAND"
