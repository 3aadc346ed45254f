"""Recordings of a real ArduCopter: read as pymavlink reads them, and played through the bridge."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from pymavlink import mavutil

from telemetry.bridge import Bridge
from telemetry.events import (
    Armed,
    Disarmed,
    FenceBreached,
    ItemReached,
    Landed,
    ModeChanged,
    TextReported,
    TookOff,
)
from telemetry.links.replay_link import ReplayLink
from telemetry.wire.tlog import TlogReader

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "ardupilot"
NAMES = [
    "01-auto-survey-rtl",
    "02-mission-protocol-errors",
    "03-fence",
    "04-guided-and-mission-control",
    "05-failsafes",
    "07-wind-ekf-prearm",
]

pytestmark = [
    pytest.mark.recorded,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="the recordings are not beside this repository"),
]


def counts_of_pymavlink(path):
    counts: Counter[str] = Counter()
    log = mavutil.mavlink_connection(str(path))
    try:
        while (message := log.recv_match()) is not None:
            counts[message.get_type()] += 1
    finally:
        log.close()
    return counts


async def play(name):
    link = ReplayLink(FOLDER / f"{name}.tlog", speed=0)
    async with Bridge(is_passive=True) as bridge:
        events = bridge.bus.subscribe()
        await bridge.add_link(link)
        await asyncio.wait_for(link.done.wait(), 20)
        return bridge.links[0], bridge.vehicles, events.pending(), link


@pytest.mark.parametrize("name", NAMES)
async def test_numbers_by_type_equal_pymavlinks_with_no_error(name):
    path = FOLDER / f"{name}.tlog"
    expected = counts_of_pymavlink(path)
    reader = TlogReader(path)
    counts = Counter(frame.definition.name for _, frame in reader if frame.definition)
    assert counts == expected
    assert reader.problem == ""
    bridged, vehicles, _, link = await play(name)
    assert bridged.messages_in == expected
    assert bridged.decode_errors == {}
    assert list(vehicles) == ["1-1"]
    assert (link.position, link.problem) == (1.0, "")


async def test_a_survey_is_told_as_it_was_flown():
    _, vehicles, events, _ = await play("01-auto-survey-rtl")
    story = [
        type(event).__name__ for event in events if isinstance(event, Armed | TookOff | Landed | Disarmed)
    ]
    assert story == ["Armed", "TookOff", "Landed", "Disarmed"]
    assert [event.mode for event in events if isinstance(event, ModeChanged)] == [
        "STABILIZE",
        "GUIDED",
        "AUTO",
    ]
    assert [event.seq for event in events if isinstance(event, ItemReached)][-1] == 12
    armed = next(event for event in events if isinstance(event, Armed))
    assert 1_795_335_350 < armed.time_s < 1_795_335_400
    state = vehicles["1-1"].state
    assert state.autopilot == "ArduPilot 4.6.2"
    assert state.mode == "AUTO"
    assert (state.is_armed, state.is_flying, state.prearm_ok) == (False, False, True)
    assert (state.mission_count, state.reached_seq) == (12, 12)
    assert state.home is not None
    assert abs(state.home.lat_deg - 36.0925) < 1e-6
    assert state.position is not None
    assert abs(state.position.lon_deg - 103.708) < 1e-5
    assert state.alt_amsl_m == pytest.approx(1520.0, abs=0.5)
    assert (state.gps_fix, state.gps_satellites) == (6, 10)
    assert state.battery_pct is not None


async def test_a_breach_is_told():
    _, _, events, _ = await play("03-fence")
    assert {event.breach for event in events if isinstance(event, FenceBreached)} == {"boundary"}


async def test_why_it_will_not_arm_is_kept():
    _, vehicles, events, _ = await play("05-failsafes")
    assert vehicles["1-1"].state.prearm_reasons == ("Battery failsafe",)
    assert vehicles["1-1"].state.prearm_ok is False
    assert any(isinstance(event, TextReported) and "Battery failsafe" in event.text for event in events)
