"""RTK corrections: what a base station sends arrives whole at every vehicle, and nothing broken does."""

import asyncio
import contextlib
import random

import pytest

from telemetry.bridge import Bridge
from telemetry.events import CorrectionsLost, CorrectionsStarted
from telemetry.links.link_address import open_link_for
from telemetry.refusal import TelemetryError
from telemetry.rtk import correction_relay
from telemetry.rtk.correction_relay import CorrectionRelay
from telemetry.rtk.correction_source import FileSource, correction_source
from telemetry.rtk.corrections import SILENCE_S, Corrections, StreamBegan, StreamSilent
from telemetry.rtk.rtcm_fragments import RtcmFragmenter
from telemetry.rtk.rtcm_scanner import RtcmScanner
from telemetry.wire.codec import Encoder, FrameScanner, decode
from telemetry.wire.message import Message

# The standard's own example of a message 1005.
STATION = bytes.fromhex("D300133ED7D30202980EDEEF34B4BD62AC0941986F33360B98")


def crc_by_bits(data):
    crc = 0
    for byte in data:
        for bit in range(8):
            top = (crc >> 23) ^ (byte >> (7 - bit)) & 1
            crc = (crc << 1) & 0xFFFFFF
            if top & 1:
                crc ^= 0x864CFB
    return crc


def frame_of(number, size, seed=0):
    body = bytes((number >> 4, (number & 15) << 4)) + random.Random(seed).randbytes(size - 2)
    head = bytes((0xD3, size >> 8, size & 0xFF)) + body
    return head + crc_by_bits(head).to_bytes(3, "big")


class Receiver:
    """Puts fragments together as a GPS driver does: a frame is over with its fourth fragment or one that is not full."""

    def __init__(self):
        self.frames = []
        self.seq = None
        self.parts = {}

    def take(self, message):
        flags, data = message.flags, bytes(message.data)[: message.len]
        if not flags & 1:
            self.frames.append(data)
            return
        fragment, seq = flags >> 1 & 3, flags >> 3
        if seq != self.seq:
            self.seq, self.parts, self.last = seq, {}, None
        self.parts[fragment] = data
        if fragment == 3 or len(data) < 180:
            self.last = fragment
        if self.last is not None and set(self.parts) >= set(range(self.last + 1)):
            self.frames.append(b"".join(self.parts[number] for number in range(self.last + 1)))
            self.parts, self.last = {}, None


def test_the_standards_example_is_a_frame():
    scanner = RtcmScanner()
    (frame,) = scanner.feed(STATION)
    assert (frame.raw, frame.number) == (STATION, 1005)
    assert (scanner.bad_crc, scanner.garbage_bytes) == (0, 0)


@pytest.mark.parametrize("seed", range(20))
def test_frames_are_found_in_pieces_and_between_garbage(seed):
    chance = random.Random(seed)
    frames = [frame_of(1077, chance.randrange(2, 700), number) for number in range(12)]
    stream = b"".join(chance.randbytes(chance.randrange(0, 40)) + frame for frame in frames)
    scanner, found = RtcmScanner(), []
    while stream:
        size = chance.randrange(1, 200)
        found += scanner.feed(stream[:size])
        stream = stream[size:]
    found += scanner.feed(bytes(1100))
    assert [frame.raw for frame in found] == frames


def test_a_broken_frame_is_counted_and_the_next_one_found():
    broken = bytearray(frame_of(1087, 90))
    broken[40] ^= 1
    scanner = RtcmScanner()
    found = scanner.feed(bytes(broken) + STATION + bytes(1100))
    assert [frame.raw for frame in found] == [STATION]
    assert scanner.bad_crc >= 1


@pytest.mark.parametrize("size", [8, 179, 180, 181, 359, 360, 361, 540, 541, 719, 720])
def test_every_length_is_put_together_again(size):
    fragmenter, receiver = RtcmFragmenter(), Receiver()
    frames = [frame_of(1077, size - 6, seed) for seed in range(40)]
    for frame in frames:
        messages = fragmenter.messages_of(frame)
        assert all(message.len <= 180 and len(message.data) == 180 for message in messages)
        assert bool(messages[0].flags & 1) == (size > 180)
        for message in messages:
            receiver.take(message)
    assert receiver.frames == frames


def test_what_four_fragments_do_not_hold_is_left_out_and_counted():
    corrections = Corrections()
    corrections.receive_data(frame_of(1077, 800), 1.0)
    assert corrections.messages_to_send() == []
    assert corrections.state(1.0).too_long == 1


def test_the_stream_begins_falls_silent_and_begins_again():
    corrections = Corrections()
    assert corrections.get_timer() is None
    for second in range(5):
        corrections.receive_data(STATION, float(second))
    assert corrections.next_event() == StreamBegan()
    assert corrections.next_event() is None
    state = corrections.state(4.0)
    assert (state.is_flowing, state.frames, state.numbers) == (True, 5, {1005: 5})
    assert state.bytes_per_s == pytest.approx(12.5)
    corrections.handle_timer(4.0 + SILENCE_S - 0.1)
    assert corrections.next_event() is None
    corrections.handle_timer(corrections.get_timer())
    assert corrections.next_event() == StreamSilent()
    assert corrections.state(30.0).bytes_per_s == 0.0
    corrections.receive_data(STATION, 40.0)
    assert corrections.next_event() == StreamBegan()


def test_half_a_frame_of_a_broken_connection_spoils_nothing():
    corrections = Corrections()
    corrections.receive_data(STATION[:9], 0.0)
    corrections.reset()
    corrections.receive_data(STATION, 1.0)
    assert corrections.state(1.0).frames == 1


class Vehicle:
    """One end of a TCP link that says a heartbeat and puts corrections together."""

    def __init__(self, system_id):
        self.system_id = system_id
        self.receiver = Receiver()

    async def fly(self, reader, writer):
        heartbeat = Message.new("HEARTBEAT", type=2, autopilot=3, system_status=3, mavlink_version=3)
        writer.write(Encoder(self.system_id, 1).encode(heartbeat))
        scanner = FrameScanner()
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                for frame in scanner.feed(data):
                    message = decode(frame)
                    if message.name == "GPS_RTCM_DATA":
                        self.receiver.take(message)
        writer.close()


async def serve(handler):
    listener = await asyncio.start_server(handler, "127.0.0.1", 0)
    return listener, f"tcp:127.0.0.1:{listener.sockets[0].getsockname()[1]}"


async def until(condition, timeout_s=5.0):
    async with asyncio.timeout(timeout_s):
        while not condition():
            await asyncio.sleep(0.01)


async def test_a_base_station_on_a_socket_reaches_all_vehicles_through_a_broken_connection(monkeypatch):
    monkeypatch.setattr(correction_relay, "_FIRST_PAUSE_S", 0.02)
    frames = [frame_of(1077, size, size) for size in (60, 174, 354, 500)] + [STATION]
    connections = []

    async def base(reader, writer):
        connections.append(writer)
        writer.write(b"garbage" + b"".join(frames))
        if len(connections) == 1:
            writer.write(STATION[:11])
            writer.close()

    base_listener, source = await serve(base)
    vehicles = [Vehicle(1), Vehicle(2)]
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(base_listener)
        bridge = await stack.enter_async_context(Bridge())
        events = stack.enter_context(bridge.bus.subscribe())
        for vehicle in vehicles:
            listener, address = await serve(vehicle.fly)
            await stack.enter_async_context(listener)
            await bridge.add_link(open_link_for(address))
        await until(lambda: len(bridge.vehicles) == 2)
        relay = await stack.enter_async_context(CorrectionRelay(bridge, correction_source(source)))
        await until(lambda: all(len(vehicle.receiver.frames) >= 10 for vehicle in vehicles))
        assert [vehicle.receiver.frames for vehicle in vehicles] == [frames * 2] * 2
        assert relay.state.numbers == {1005: 2, 1077: 8}
        said = [
            event for event in events.pending() if isinstance(event, CorrectionsStarted | CorrectionsLost)
        ]
        assert [type(event) for event in said] == [CorrectionsStarted, CorrectionsLost, CorrectionsStarted]
        assert said[1].reason == "closed by the other side"
        connections[-1].close()


async def test_a_file_that_grows(tmp_path):
    path = tmp_path / "base.rtcm3"
    path.write_bytes(STATION)
    source = correction_source(str(path))
    await source.open()
    assert await source.read() == [(STATION, "")]
    with path.open("ab") as file:
        file.write(STATION)
    assert await source.read() == [(STATION, "")]
    await source.close()


@pytest.mark.parametrize("how", ["replaced", "moved away", "emptied"])
async def test_a_file_that_is_rotated_is_read_to_its_end_and_anew(tmp_path, monkeypatch, how):
    monkeypatch.setattr("telemetry.rtk.correction_source._PAUSE_S", 0.001)
    path = tmp_path / "base.rtcm3"
    path.write_bytes(STATION)
    source = correction_source(str(path))
    await source.open()
    assert await source.read() == [(STATION, "")]
    new = STATION[: len(STATION) // 2]
    if how == "replaced":
        with path.open("ab") as file:
            file.write(b"the end")
        (tmp_path / "next").write_bytes(new)
        (tmp_path / "next").replace(path)
        assert await source.read() == [(b"the end", "")]
    elif how == "moved away":
        path.rename(tmp_path / "base.1")
        reading = asyncio.create_task(source.read())
        await asyncio.sleep(0.01)
        path.write_bytes(new)
        assert await asyncio.wait_for(reading, 5) == [(new, "")]
        with path.open("ab") as file:
            file.write(new)
    else:
        path.write_bytes(new)
    assert await asyncio.wait_for(source.read(), 5) == [(new, "")]
    await source.close()


@pytest.mark.parametrize("url", ["nonsense", "flight.tlog", "tcp:host"])
def test_what_is_no_source_is_refused(url):
    with pytest.raises(TelemetryError, match=r"tcp:HOST:PORT"):
        correction_source(url)


async def test_a_file_that_is_not_there_is_refused():
    with pytest.raises(TelemetryError, match="no such file"):
        await FileSource("file:/nonexistent", correction_source("file:/nonexistent")._path).open()
