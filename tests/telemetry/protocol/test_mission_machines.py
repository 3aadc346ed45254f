"""Upload, download and clearing against an autopilot in memory, in all weathers."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.links.address import Address
from telemetry.protocol.mission_clear import MissionClear
from telemetry.protocol.mission_download import MissionDownload
from telemetry.protocol.mission_equality import differences
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.protocol.mission_outcome import ItemsAccepted, ItemsCleared, ItemsDownloaded, TransferFailed
from telemetry.protocol.mission_type import MissionResult, MissionType
from telemetry.protocol.mission_upload import MissionUpload
from telemetry.wire.message import Message

VEHICLE = Address(1, 1)


def to_us(name, **fields):
    return Message.new(name, target_system=255, target_component=190, **fields)


def test_a_fine_day_takes_one_round_trip_an_item(storage, weather, survey):
    peer, wire, items = storage(), weather(), survey(100)
    events = wire.run(MissionUpload(items, VEHICLE), peer)
    assert events[-1] == ItemsAccepted(is_confirmed=True)
    assert [event.done for event in events[:-1]] == list(range(1, 104))
    assert not differences(items, peer.items, MissionType.MISSION)
    assert wire.now_s - 1000.0 < 103 * 0.007
    assert sum(message.name == "MISSION_ITEM_INT" for message in wire.carried) == 103


def test_every_request_is_answered_with_an_int_item(storage, weather, survey):
    wire = weather()
    wire.run(MissionUpload(survey(3), VEHICLE), storage())
    assert {message.name for message in wire.carried} == {"MISSION_COUNT", "MISSION_ITEM_INT"}


def test_download_gives_home_and_items(storage, weather, survey):
    peer, items = storage(), survey(20)
    weather().run(MissionUpload(items, VEHICLE), peer)
    wire = weather()
    downloaded = wire.run(MissionDownload(VEHICLE), peer)[-1]
    assert isinstance(downloaded, ItemsDownloaded)
    assert not differences(items, downloaded.items, MissionType.MISSION)
    assert wire.carried[-1].name == "MISSION_ACK"


def test_an_empty_list_is_downloaded(storage, weather):
    assert weather().run(MissionDownload(VEHICLE), storage())[-1] == ItemsDownloaded(())


def test_an_empty_upload_clears(storage, weather, survey):
    peer = storage()
    weather().run(MissionUpload(survey(5), VEHICLE), peer)
    assert weather().run(MissionUpload([], VEHICLE), peer)[-1] == ItemsAccepted(is_confirmed=True)
    assert peer.items == []


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize(
    "bad",
    [
        {"loss": 0.25},
        {"duplication": 0.4},
        {"spread_s": 0.6},
        {"loss": 0.15, "duplication": 0.2, "spread_s": 0.3},
    ],
)
def test_upload_in_bad_weather_ends_with_the_list_on_board(storage, weather, survey, seed, bad):
    peer, items = storage(), survey(15)
    outcome = weather(seed=seed, **bad).run(MissionUpload(items, VEHICLE), peer)[-1]
    assert isinstance(outcome, ItemsAccepted)
    assert not differences(items, peer.items, MissionType.MISSION)


@pytest.mark.parametrize("seed", range(25))
def test_download_in_bad_weather(storage, weather, survey, seed):
    peer, items = storage(), survey(15)
    weather().run(MissionUpload(items, VEHICLE), peer)
    wire = weather(seed=seed, loss=0.2, duplication=0.2, spread_s=0.4)
    outcome = wire.run(MissionDownload(VEHICLE), peer)[-1]
    assert not differences(items, outcome.items, MissionType.MISSION)


@given(
    seed=st.integers(0, 2**32),
    loss=st.floats(0, 0.6),
    duplication=st.floats(0, 0.5),
    spread_s=st.floats(0, 3.0),
    count=st.integers(0, 12),
)
@settings(max_examples=150, deadline=None)
def test_whatever_the_weather_an_upload_that_says_confirmed_is_on_board(
    seed, loss, duplication, spread_s, count
):
    import importlib.util
    from pathlib import Path

    spec = importlib.util.spec_from_file_location("protocol_peers", Path(__file__).with_name("conftest.py"))
    peers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(peers)
    items = [WireItem(seq, 3, 16, x=360900000 + seq, y=1037000000, z=30.0) for seq in range(count)]
    peer = peers.ArduCopterStorage()
    wire = peers.Weather(seed, loss, duplication, spread_s=spread_s)
    outcome = wire.run(MissionUpload(items, VEHICLE), peer)[-1]
    assert isinstance(outcome, ItemsAccepted | TransferFailed)
    if outcome == ItemsAccepted(is_confirmed=True):
        assert not differences(items, peer.items, MissionType.MISSION)


@pytest.mark.parametrize("result", [2, 3, 5, 6, 10, 11])
def test_a_refused_item_is_named(storage, weather, survey, result):
    peer = storage(refuse=lambda item: result if item.seq == 7 else 0)
    outcome = weather().run(MissionUpload(survey(20), VEHICLE), peer)[-1]
    assert outcome == TransferFailed(result, 7)


def test_no_space_is_told_at_once(storage, weather, survey):
    wire = weather()
    outcome = wire.run(MissionUpload(survey(20), VEHICLE), storage(capacity=10))[-1]
    assert outcome == TransferFailed(MissionResult.NO_SPACE, None)
    assert wire.now_s - 1000.0 < 2.0


def test_a_fence_refused_at_its_end_is_left_to_reading_back(storage, weather):
    items = [WireItem(seq, 0, 5001, (2.0, 0, 0, 0), 361 * 10**6, 10**9 + seq) for seq in range(2)]
    peer = storage(mission_type=1, refuse=lambda item: 1)
    outcome = weather().run(MissionUpload(items, VEHICLE, MissionType.FENCE), peer)[-1]
    assert outcome == ItemsAccepted(is_confirmed=False, result=MissionResult.ERROR)
    assert peer.items == []


def test_a_silent_vehicle_ends_within_a_quarter_of_a_minute(weather, survey):
    class Silence:
        out = ()

        def receive_message(self, message, now_s):
            pass

        def get_timer(self):
            return None

        def handle_timer(self, now_s):
            pass

    for machine in (MissionUpload(survey(3), VEHICLE), MissionDownload(VEHICLE), MissionClear(VEHICLE)):
        wire = weather()
        assert wire.run(machine, Silence())[-1] == TransferFailed(None)
        assert wire.now_s - 1000.0 < 20.0


@pytest.mark.parametrize("speedup", [1.0, 10.0])
@pytest.mark.parametrize("length_s", [2.0, 7.0, 12.0])
def test_a_link_that_is_gone_in_mid_transfer_delays_it(storage, weather, survey, length_s, speedup):
    wire, peer, items = weather(), storage(), survey(60)
    peer.PATIENCE_S /= speedup
    peer.REPEAT_S /= speedup
    put = wire.put

    def put_unless_gone(message, to):
        if not 1000.1 < wire.now_s < 1000.1 + length_s:
            put(message, to)

    wire.put = put_unless_gone
    outcome = wire.run(MissionUpload(items, VEHICLE), peer)[-1]
    assert isinstance(outcome, ItemsAccepted)
    assert not differences(items, peer.items, MissionType.MISSION)


def test_out_of_sequence_is_not_the_end(survey):
    upload = MissionUpload(survey(2), VEHICLE)
    upload.start(0.0)
    upload.receive_message(to_us("MISSION_REQUEST", seq=0), 0.01)
    upload.receive_message(to_us("MISSION_ACK", type=13), 0.02)
    upload.handle_timer(1.0)
    assert not upload.is_done
    upload.receive_message(to_us("MISSION_REQUEST", seq=0), 1.01)
    for seq in (1, 2, 3, 4):
        upload.receive_message(to_us("MISSION_REQUEST", seq=seq), 1.0 + seq / 10)
    upload.receive_message(to_us("MISSION_ACK", type=0), 1.5)
    assert upload.is_done


def test_an_early_acknowledgement_is_not_believed(survey):
    upload = MissionUpload(survey(2), VEHICLE)
    upload.start(0.0)
    upload.receive_message(to_us("MISSION_ACK", type=0), 0.01)
    upload.receive_message(to_us("MISSION_REQUEST", seq=0), 0.02)
    upload.receive_message(to_us("MISSION_ACK", type=0), 0.03)
    assert not upload.is_done


def test_a_lost_last_acknowledgement_is_left_to_reading_back(survey):
    upload = MissionUpload(survey(0), VEHICLE)
    upload.start(0.0)
    for seq in range(3):
        upload.receive_message(to_us("MISSION_REQUEST", seq=seq), 0.1)
    now_s = 0.1
    while not upload.is_done:
        now_s = upload.get_timer()
        upload.handle_timer(now_s)
    assert now_s < 6.0
    events = list(iter(upload.next_event, None))
    assert events[-1] == ItemsAccepted(is_confirmed=False)


def test_another_station_in_mid_transfer_is_waited_for(survey):
    upload = MissionUpload(survey(0), VEHICLE)
    upload.start(0.0)
    now_s = 0.0
    while now_s < 8.0:
        upload.receive_message(to_us("MISSION_ACK", type=14), now_s + 0.01)
        now_s = upload.get_timer()
        upload.handle_timer(now_s)
        assert not upload.is_done, now_s
    upload.receive_message(to_us("MISSION_REQUEST", seq=0), now_s)
    assert upload.messages_to_send()[-1].name == "MISSION_ITEM_INT"


def test_messages_for_others_are_left_alone(survey):
    upload = MissionUpload(survey(0), VEHICLE)
    upload.start(0.0)
    upload.messages_to_send()
    for fields in (
        {"target_system": 254, "target_component": 190},
        {"target_system": 255, "target_component": 190, "mission_type": 1},
    ):
        upload.receive_message(Message.new("MISSION_REQUEST_INT", seq=0, **fields), 0.1)
        upload.receive_message(Message.new("MISSION_ACK", type=4, **fields), 0.1)
    assert upload.messages_to_send() == []
    assert not upload.is_done


def test_clear(storage, weather, survey):
    peer = storage()
    weather().run(MissionUpload(survey(3), VEHICLE), peer)
    assert weather(seed=3, loss=0.3).run(MissionClear(VEHICLE), peer)[-1] == ItemsCleared()
    assert peer.items == []


def test_a_refused_clear_is_tried_twice():
    machine = MissionClear(VEHICLE)
    machine.start(0.0)
    machine.receive_message(to_us("MISSION_ACK", type=1), 0.1)
    assert not machine.is_done
    machine.handle_timer(machine.get_timer())
    machine.receive_message(to_us("MISSION_ACK", type=1), 2.0)
    assert machine.next_event() == TransferFailed(1)


SCRIPT = st.lists(
    st.one_of(
        st.builds(
            lambda name, seq, kind: (name, {"seq": seq, "mission_type": kind}),
            st.sampled_from(["MISSION_REQUEST", "MISSION_REQUEST_INT", "MISSION_ITEM_INT"]),
            st.integers(0, 65535),
            st.integers(0, 3),
        ),
        st.builds(
            lambda result, kind: ("MISSION_ACK", {"type": result, "mission_type": kind}),
            st.integers(0, 255),
            st.integers(0, 2),
        ),
        st.builds(
            lambda count, kind: ("MISSION_COUNT", {"count": count, "mission_type": kind}),
            st.integers(0, 65535),
            st.integers(0, 2),
        ),
        st.just(("HEARTBEAT", {})),
        st.just(("COMMAND_ACK", {"command": 300})),
        st.just(("timer", {})),
        st.just(("start", {})),
    ),
    max_size=40,
)


@given(script=SCRIPT, kind=st.sampled_from(["upload", "download", "clear"]), begin=st.booleans())
@settings(max_examples=300, deadline=None)
def test_no_message_in_any_state_raises(script, kind, begin):
    items = [WireItem(seq, 3, 16) for seq in range(3)]
    machine = {
        "upload": lambda: MissionUpload(items, VEHICLE),
        "download": lambda: MissionDownload(VEHICLE),
        "clear": lambda: MissionClear(VEHICLE),
    }[kind]()
    now_s = 0.0
    if begin:
        machine.start(now_s)
    for name, fields in script:
        now_s += 0.1
        if name == "timer":
            now_s = max(now_s, machine.get_timer() or now_s)
            machine.handle_timer(now_s)
        elif name == "start":
            machine.start(now_s)
        else:
            machine.receive_message(Message.new(name, **fields), now_s)
        for message in machine.messages_to_send():
            assert message.target_system == 1
        while machine.next_event() is not None:
            pass
        if machine.is_done:
            assert machine.get_timer() is None


def test_gaps_in_numbering_are_a_mistake_of_ours():
    with pytest.raises(ValueError, match="numbered"):
        MissionUpload([WireItem(1, 3, 16)], VEHICLE)


def test_nan_becomes_zero_on_the_wire():
    message = WireItem(0, 3, 16, (math.nan, 1.5, 0.1, math.nan)).to_message(VEHICLE, MissionType.MISSION)
    assert (message.param1, message.param2, message.param4) == (0.0, 1.5, 0.0)
