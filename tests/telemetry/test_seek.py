"""A seek shows what playing up to there would have shown."""

import asyncio
import time
from pathlib import Path

import numpy as np
import pytest

from telemetry.bridge import Bridge
from telemetry.events import LinkLost, LinkOpened, ReplayEnded
from telemetry.links.replay_link import ReplayLink
from telemetry.refusal import TelemetryError
from telemetry.wire import tlog_index
from telemetry.wire.tlog import TlogReader, pack_stamp
from telemetry.wire.tlog_index import IndexedFrames, TlogIndex
from tests.telemetry.logbook.recorded import BEGIN_S, Speaker, record_flight

RECORDINGS = Path(__file__).parents[3] / "shared" / "ardupilot"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "flight.tlog"
    with path.open("wb") as file:
        record_flight(
            lambda time_s, frames: file.write(b"".join(pack_stamp(time_s) + frame for frame in frames))
        )
    return path


async def known_at(link, event):
    """All that a bridge knows when a link says that it is so far."""
    async with Bridge(clock=link.clock, is_passive=True) as bridge:
        events = bridge.bus.subscribe()
        await bridge.add_link(link)
        await asyncio.wait_for(event.wait(), 30)
        told = [
            (event, event.time_s)
            for event in events.pending()
            if not isinstance(event, (LinkLost, LinkOpened, ReplayEnded))
        ]
        return {name: vehicle.state for name, vehicle in bridge.vehicles.items()}, told


async def played_to(path, tmp_path, time_s):
    part = tmp_path / "part.tlog"
    with part.open("wb") as file:
        for moment_s, frame in TlogReader(path):
            if moment_s <= time_s:
                file.write(pack_stamp(moment_s) + frame.raw)
    link = ReplayLink(part, speed=0.0)
    return await known_at(link, link.done)


def plain(states):
    """Without the link's name and what goes by when it was read: a replay that goes on has a running clock."""
    fields = next(iter(states.values())).__slots__
    left_out = ("link", "updated_s", "battery_time_left_s")
    return {
        name: {field: getattr(state, field) for field in fields if field not in left_out}
        for name, state in states.items()
    }


def said(told):
    return [
        repr(event).replace(event.link, "") if hasattr(event, "link") else repr(event) for event, _ in told
    ]


@pytest.mark.parametrize("few_rows", [0, 50_000])
@pytest.mark.parametrize("fraction", [0.0, 0.3, 0.62, 1.0])
async def test_a_seek_knows_what_playing_up_to_there_tells(path, tmp_path, monkeypatch, fraction, few_rows):
    monkeypatch.setattr(tlog_index, "_FEW_ROWS", few_rows)
    index = TlogIndex([path])
    time_s = index.first_s + fraction * (index.last_s - index.first_s)
    link = ReplayLink(path, index=index, start_s=time_s, is_paused=True)
    states, told = await known_at(link, link.started)
    played_states, played_told = await played_to(path, tmp_path, time_s)
    assert plain(states) == plain(played_states)
    assert said(told) == said(played_told)
    assert link.clock.utc_s() == time_s


@pytest.mark.recorded
@pytest.mark.parametrize("fraction", [0.5, 0.9])
async def test_so_does_one_in_a_real_flight(tmp_path, fraction):
    paths = sorted(RECORDINGS.glob("0*.tlog"), key=lambda path: path.stat().st_size)
    if not paths:
        pytest.skip(f"no recordings of a real ArduCopter in {RECORDINGS}")
    index = TlogIndex([paths[-1]])
    time_s = index.first_s + fraction * (index.last_s - index.first_s)
    link = ReplayLink(paths[-1], index=index, start_s=time_s, is_paused=True)
    states, told = await known_at(link, link.started)
    played_states, played_told = await played_to(paths[-1], tmp_path, time_s)
    assert plain(states) == plain(played_states)
    assert said(told) == said(played_told)
    assert len(told) > 10


def test_streams_of_long_recordings_are_thinned_and_all_else_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(tlog_index, "_FEW_ROWS", 10)
    copter = Speaker()
    path = tmp_path / "x.tlog"
    path.write_bytes(
        b"".join(
            pack_stamp(BEGIN_S + step / 10)
            + (copter.position(step) if step % 10 else copter.heartbeat(is_armed=True))
            for step in range(1000)
        )
    )
    index = TlogIndex([path])
    rows = index.rows_to_know(1000)
    # The heartbeat never changes: the first one, the last of each half minute, and the fresh ones.
    assert index.msg_id[rows].tolist().count(0) == 1 + 3 + 5
    positions = index.play_s[rows[index.msg_id[rows] == 33]] - BEGIN_S
    assert positions[:3] == pytest.approx([29.9, 59.9, 89.9], abs=1e-5)
    assert len(positions) == 3 + 45


def test_several_recordings_are_one_by_time(tmp_path):
    paths = []
    for number in (1, 2):
        copter = Speaker(number)
        path = tmp_path / f"{number}.tlog"
        path.write_bytes(
            b"".join(
                pack_stamp(BEGIN_S + step + number / 10) + copter.heartbeat(is_armed=False)
                for step in range(5)
            )
        )
        paths.append(path)
    index = TlogIndex(paths)
    assert index.system_id.tolist() == [1, 2] * 5
    frames = IndexedFrames(index)
    assert [raw[5] for raw in frames.read(np.arange(10))] == [1, 2] * 5
    assert [raw[5] for raw in frames.read(np.array([9, 0]))] == [2, 1]
    frames.close()
    paths[1].write_bytes(paths[1].read_bytes()[:-4])
    assert TlogIndex(paths).problem.startswith("2.tlog: it ends inside a record")


async def test_it_can_be_paused_resumed_and_hurried(path):
    link = ReplayLink(path, speed=1.0, is_paused=True)
    async with Bridge(clock=link.clock, is_passive=True) as bridge:
        await bridge.add_link(link)
        await asyncio.wait_for(link.started.wait(), 5)
        before = link.clock.utc_s()
        assert (before, link.position, link.is_paused) == (BEGIN_S, 0.0, True)
        link.set_speed(2000.0)
        await asyncio.sleep(0)
        assert link.clock.utc_s() == before
        began_s = time.monotonic()
        link.resume()
        await asyncio.wait_for(link.done.wait(), 10)
        assert time.monotonic() - began_s >= 79 / 2000.0 * 0.9
        assert link.clock.utc_s() == pytest.approx(BEGIN_S + 79)
    with pytest.raises(TelemetryError, match="speed"):
        link.set_speed(-1.0)


async def test_a_pause_holds_what_is_left(path):
    link = ReplayLink(path, speed=1.0)
    async with Bridge(clock=link.clock, is_passive=True) as bridge:
        await bridge.add_link(link)
        while not link.position:
            await asyncio.sleep(0)
        link.pause()
        at_s, position = link.clock.utc_s(), link.position
        await asyncio.sleep(0.02)
        assert (link.clock.utc_s(), link.position) == (at_s, position)
        link.set_speed(0.0)
        link.resume()
        await asyncio.wait_for(link.done.wait(), 5)
