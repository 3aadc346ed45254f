"""A recording in place of a vehicle."""

import asyncio
import math
import time

import pytest

from telemetry.bridge import Bridge
from telemetry.events import LinkLost, ReplayEnded, VehicleDiscovered
from telemetry.links.replay_link import ReplayClock, ReplayLink
from telemetry.refusal import TelemetryError
from telemetry.wire.codec import Encoder
from telemetry.wire.message import Message
from telemetry.wire.tlog import pack_stamp

START_S = 1_763_800_000.0


@pytest.fixture
def path(tmp_path):
    """Ten seconds at 10 Hz, of a vehicle and its ground station."""
    vehicle, station = Encoder(4, 1), Encoder(255, 190)
    parts = []
    for step in range(100):
        stamp = pack_stamp(START_S + step / 10)
        message = Message.new("HEARTBEAT", type=2, autopilot=3, custom_mode=step % 2, mavlink_version=3)
        parts.append(stamp + vehicle.encode(message))
        parts.append(stamp + station.encode(Message.new("HEARTBEAT", type=6, autopilot=8, mavlink_version=3)))
    path = tmp_path / "flight.tlog"
    path.write_bytes(b"".join(parts))
    return path


@pytest.mark.parametrize("speed", [0.0, math.inf])
async def test_as_fast_as_possible(path, speed):
    link = ReplayLink(path, speed=speed)
    async with Bridge(is_passive=True) as bridge:
        events = bridge.bus.subscribe()
        await bridge.add_link(link)
        await asyncio.wait_for(link.done.wait(), 5)
        assert list(bridge.vehicles) == ["1-4"]
        assert bridge.links[0].messages_in == {"HEARTBEAT": 200}
        assert bridge.links[0].bytes_out == 0
        assert bridge.clock is link.clock
        assert bridge.clock.utc_s() == pytest.approx(START_S + 9.9)
        assert bridge.vehicles["1-4"].state.updated_s == pytest.approx(START_S + 9.9)
        assert link.position == 1.0
        told = events.pending()
        [found] = [event for event in told if isinstance(event, VehicleDiscovered)]
        assert found.time_s == START_S
        assert not any(isinstance(event, LinkLost) for event in told)
        assert told[-1] == ReplayEnded(time_s=pytest.approx(START_S + 9.9), link=str(path))
        assert not bridge.links[0].is_open


async def test_at_a_chosen_speed(path):
    link = ReplayLink(path, speed=20.0)
    began_s = time.monotonic()
    async with Bridge(is_passive=True) as bridge:
        await bridge.add_link(link)
        while link.position < 0.4:
            await asyncio.sleep(0.01)
        assert START_S < bridge.clock.utc_s() < START_S + 9.9
        assert bridge.vehicles["1-4"].state.is_connected
        await asyncio.wait_for(link.done.wait(), 5)
    assert time.monotonic() - began_s >= 0.49


async def test_a_replayed_vehicle_takes_no_commands(path):
    link = ReplayLink(path, speed=0.0)
    async with Bridge() as bridge:
        await bridge.add_link(link)
        await asyncio.wait_for(link.done.wait(), 5)
        with pytest.raises(TelemetryError, match="takes no commands"):
            await bridge.vehicles["1-4"].arm()


async def test_a_truncated_recording_is_played_and_told(path):
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-5])
    link = ReplayLink(path, speed=0.0)
    async with Bridge(is_passive=True) as bridge:
        events = bridge.bus.subscribe()
        await bridge.add_link(link)
        await asyncio.wait_for(link.done.wait(), 5)
        assert bridge.links[0].messages_in == {"HEARTBEAT": 199}
        assert f"of {size - 5}" in link.problem
        assert events.pending()[-1].problem == link.problem


@pytest.mark.parametrize("content", [b"", b"not a log at all"])
async def test_what_is_no_recording_is_refused_on_opening(tmp_path, content):
    path = tmp_path / "x.tlog"
    path.write_bytes(content)
    async with Bridge(is_passive=True) as bridge:
        with pytest.raises(TelemetryError, match="no MAVLink frame"):
            await bridge.add_link(ReplayLink(path))
        assert bridge.links == []


@pytest.mark.parametrize("speed", [-1.0, math.nan])
def test_a_speed_that_makes_no_sense_is_refused(tmp_path, speed):
    with pytest.raises(TelemetryError, match="cannot run at speed"):
        ReplayLink(tmp_path / "x.tlog", speed=speed)


async def test_a_clock_set_back_while_recording_stops_nothing(tmp_path):
    vehicle = Encoder(1, 1)
    path = tmp_path / "x.tlog"
    path.write_bytes(
        b"".join(
            pack_stamp(START_S + offset) + vehicle.encode(Message.new("HEARTBEAT", type=2, autopilot=3))
            for offset in (0.0, 0.1, -3600.0, -3599.9)
        )
    )
    link = ReplayLink(path, speed=1.0)
    async with Bridge(is_passive=True) as bridge:
        await bridge.add_link(link)
        await asyncio.wait_for(link.done.wait(), 5)
        assert bridge.links[0].messages_in == {"HEARTBEAT": 4}


def test_the_clock_flows_and_waits_for_the_next_frame(monkeypatch):
    now_s = [50.0]
    monkeypatch.setattr(time, "monotonic", lambda: now_s[0])
    clock = ReplayClock()
    clock.play(START_S, START_S + 10.0, 4.0)
    now_s[0] += 1.0
    assert clock.utc_s() == START_S + 4.0
    now_s[0] += 60.0
    assert clock.utc_s() == clock.monotonic_s() == START_S + 10.0
