"""Changing some items of a mission: the others stay, and nothing wrong is ever taken for right."""

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.fleet import SimulatorFleet
from telemetry.bridge import Bridge
from telemetry.links.link_address import open_link_for
from telemetry.protocol.machine import Retry
from telemetry.protocol.mission_equality import differences
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.protocol.mission_outcome import ItemsAccepted, TransferFailed
from telemetry.protocol.mission_partial_upload import MissionPartialUpload
from telemetry.protocol.mission_transaction import UploadRefused
from telemetry.protocol.mission_type import MissionType
from telemetry.refusal import TelemetryError
from telemetry.wire.codec import decode
from telemetry.wire.tlog import TlogReader

RECORDING = Path(__file__).resolve().parents[4] / "shared/ardupilot/02-mission-protocol-errors.tlog"
MISSION = MissionType.MISSION


def moved(item):
    return replace(item, x=item.x + 1000, z=42.0)


@pytest.fixture
def board(storage, survey):
    board = storage()
    board.items = [board._stored(item) for item in survey(8)]
    return board


def test_only_the_named_items_travel(board, weather, survey, vehicle_address):
    part = [moved(item) for item in survey(8)[3:6]]
    wire = weather()
    events = wire.run(MissionPartialUpload(part, vehicle_address), board)
    assert events[-1] == ItemsAccepted(is_confirmed=True)
    assert [message.name for message in wire.carried] == ["MISSION_WRITE_PARTIAL_LIST"] + [
        "MISSION_ITEM_INT"
    ] * 3
    assert (wire.carried[0].start_index, wire.carried[0].end_index) == (3, 5)
    assert not differences([*survey(8)[:3], *part, *survey(8)[6:]], board.items, MISSION)


@pytest.mark.parametrize("seed", range(60))
def test_what_was_confirmed_is_on_board_in_any_weather(board, weather, survey, vehicle_address, seed):
    part = [moved(item) for item in survey(8)[2:7]]
    wire = weather(seed, loss=0.2, duplication=0.1, spread_s=0.05)
    (*_, last) = wire.run(MissionPartialUpload(part, vehicle_address), board)
    if last == ItemsAccepted(is_confirmed=True):
        assert not differences(part, board.items[2:7], MISSION)
    assert isinstance(last, ItemsAccepted | TransferFailed)


def test_a_vehicle_that_takes_no_parts_is_given_up_soon(board, weather, survey, vehicle_address):
    board.takes_parts = False
    wire = weather()
    (*_, last) = wire.run(MissionPartialUpload([survey(8)[2]], vehicle_address), board)
    assert last == TransferFailed(None)
    assert wire.now_s < 1010.0


@pytest.mark.skipif(not RECORDING.exists(), reason="the recordings of ArduCopter are not here")
def test_as_a_real_arducopter_asked_and_answered(vehicle_address):
    messages = [decode(frame) for _, frame in TlogReader(RECORDING)]
    at = next(n for n, message in enumerate(messages) if message.name == "MISSION_WRITE_PARTIAL_LIST")
    ours = messages[at]
    sent = next(message for message in messages[at:] if message.name == "MISSION_ITEM_INT")
    machine = MissionPartialUpload([WireItem.from_message(sent)], vehicle_address)
    machine.start(0.0)
    assert machine.messages_to_send() == [ours]
    for message in messages[at + 1 :]:
        if message.system_id != 1:
            continue
        machine.receive_message(message, 0.1)
        for answer in machine.messages_to_send():
            assert answer == sent
        if machine.is_done:
            break
    machine.next_event()
    assert machine.next_event() == ItemsAccepted(is_confirmed=True)


async def test_a_part_is_changed_and_the_whole_read_back(vehicle, copter, survey):
    await vehicle.upload(MISSION, survey(8))
    copter.heard.clear()
    await vehicle.update_mission(4, [moved(item) for item in survey(8)[4:6]])
    sent = [message for message in copter.heard if message.name == "MISSION_ITEM_INT"]
    assert [message.seq for message in sent] == [4, 5]
    on_board = await vehicle.download(MISSION)
    assert [item.z for item in on_board[2:8]] == [30, 30, 42, 42, 30, 30]


@pytest.mark.parametrize("flaw", ["takes_no_parts", "keeps_another_place"])
async def test_where_a_part_does_not_do_the_whole_is_sent(vehicle, copter, survey, monkeypatch, flaw):
    monkeypatch.setattr(Retry, "delay_s", lambda self, attempt: 0.02)
    await vehicle.upload(MISSION, survey(8))
    kept = copter.lists[0]
    if flaw == "takes_no_parts":
        kept.takes_parts = False
    else:
        spoilt = [True]
        kept.corrupt = lambda item: replace(item, x=item.x + 7) if spoilt and spoilt.pop() else item
    copter.heard.clear()
    await vehicle.update_mission(4, [moved(survey(8)[4])])
    assert "MISSION_COUNT" in {message.name for message in copter.heard}
    assert [item.z for item in (await vehicle.download(MISSION))[3:6]] == [30, 42, 30]


async def test_a_refused_part_leaves_the_former_mission(vehicle, copter, survey):
    await vehicle.upload(MISSION, survey(8))
    copter.lists[0].refuse = lambda item: 10 if item.z == 42 and item.seq == 5 else 0
    with pytest.raises(UploadRefused, match="item 5 of the mission was refused") as caught:
        await vehicle.update_mission(4, [moved(item) for item in survey(8)[4:6]])
    assert "on board again" in caught.value.remedy
    assert not differences(survey(8), await vehicle.download(MISSION), MISSION)


@pytest.mark.parametrize(("first", "count"), [(0, 1), (9, 4), (3, 0)])
async def test_items_that_are_not_there_change_nothing(vehicle, copter, survey, first, count):
    await vehicle.upload(MISSION, survey(8))
    copter.heard.clear()
    with pytest.raises(TelemetryError, match="has no items"):
        await vehicle.update_mission(first, survey(8)[:count])
    assert not {"MISSION_ITEM_INT", "MISSION_WRITE_PARTIAL_LIST"} & {m.name for m in copter.heard}


async def test_an_upload_sends_only_what_differs_from_the_mission_on_board(vehicle, copter, survey):
    await vehicle.upload(MISSION, survey(40))
    wanted = survey(40)
    wanted[20:23] = [moved(item) for item in wanted[20:23]]
    copter.heard.clear()
    await vehicle.upload(MISSION, wanted)
    sent = [message.seq for message in copter.heard if message.name == "MISSION_ITEM_INT"]
    assert sent == [20, 21, 22]
    assert not differences(wanted, await vehicle.download(MISSION), MISSION)


@pytest.mark.parametrize(
    ("former", "changed"),
    [
        pytest.param(41, [20], id="another number of items"),
        pytest.param(40, [1, 41], id="all between differs"),
        pytest.param(40, [], id="nothing differs"),
    ],
)
async def test_an_upload_sends_the_whole_where_a_part_saves_little(vehicle, copter, survey, former, changed):
    await vehicle.upload(MISSION, survey(former))
    wanted = survey(40)
    for at in changed:
        wanted[at] = moved(wanted[at])
    copter.heard.clear()
    await vehicle.upload(MISSION, wanted)
    sent = [message.seq for message in copter.heard if message.name == "MISSION_ITEM_INT"]
    assert sent == list(range(43))


async def test_a_part_that_is_refused_in_an_upload_leaves_the_former_mission(vehicle, copter, survey):
    await vehicle.upload(MISSION, survey(40))
    wanted = survey(40)
    wanted[20:23] = [moved(item) for item in wanted[20:23]]
    copter.lists[0].refuse = lambda item: 10 if item.z == 42 and item.seq == 21 else 0
    with pytest.raises(UploadRefused, match="item 21 of the mission was refused") as caught:
        await vehicle.upload(MISSION, wanted)
    assert "on board again" in caught.value.remedy
    assert not differences(survey(40), await vehicle.download(MISSION), MISSION)


async def test_a_simulated_copter_takes_a_part_of_a_changed_plan(survey):
    fleet = SimulatorFleet(1, port=0, speedup=20.0, quick_boot=True)
    await fleet.start()
    try:
        async with Bridge() as bridge:
            await bridge.add_link(open_link_for(fleet.addresses[0]))
            vehicle = await bridge.wait_for_vehicle(10)
            # As files, missions come on board faster than a part does.
            vehicle.files.distrust("")
            await vehicle.upload(MISSION, survey(30))
            wanted = survey(30)
            wanted[7] = moved(wanted[7])
            doings = []
            await vehicle.upload(MISSION, wanted, lambda doing, done, total: doings.append((doing, total)))
            assert ("sending a part of the mission", 1) in doings
            assert not any(doing == "sending mission" for doing, _ in doings)
            assert not differences(wanted, await vehicle.download(MISSION), MISSION)
    finally:
        await fleet.stop()
