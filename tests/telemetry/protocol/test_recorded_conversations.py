"""Our side of every conversation with a real ArduCopter that was recorded: it comes to the right end, refusals in the right words."""

import asyncio
import json

import pytest

from telemetry.bus import Bus
from telemetry.clock import SystemClock
from telemetry.links.address import Address
from telemetry.protocol.command_call import CommandCall, CommandEnded
from telemetry.protocol.mission_clear import MissionClear
from telemetry.protocol.mission_download import MissionDownload
from telemetry.protocol.mission_equality import differences
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.protocol.mission_outcome import ItemsAccepted, ItemsCleared, ItemsDownloaded, TransferFailed
from telemetry.protocol.mission_type import MissionType, mission_result_words
from telemetry.protocol.mission_upload import MissionUpload
from telemetry.protocol.parameter_exchange import (
    ParameterRead,
    ParameterReading,
    ParameterSetting,
    ParameterUnanswered,
)
from telemetry.protocol.parameter_listing import ParameterListing, ParametersListed
from telemetry.refusal import CommandRefused
from telemetry.vehicle.vehicle import Vehicle
from tests.telemetry.protocol.conftest import Weather
from tests.telemetry.protocol.recorded_peer import FOLDER, RecordedPeer

VEHICLE = Address(1, 1)
ANYBODY = Address(1, 0)

pytestmark = [
    pytest.mark.recorded,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="the recordings are not beside this repository"),
]


def end_of(machine, peer):
    return Weather().run(machine, peer)[-1]


def upload(peer, number, mission_type=MissionType.MISSION, items=None):
    """Send what the recorded station sent in its upload of a number, counted from 0."""
    peer.find("MISSION_COUNT", number)
    items = peer.sent_items() if items is None else items
    return items, end_of(MissionUpload(items, VEHICLE, mission_type), peer)


def test_a_survey_goes_up_and_comes_back_the_same():
    peer = RecordedPeer("01-auto-survey-rtl")
    items, outcome = upload(peer, 0)
    assert (len(items), outcome) == (13, ItemsAccepted(is_confirmed=True))
    downloaded = end_of(MissionDownload(VEHICLE), peer)
    assert not differences(items, downloaded.items, MissionType.MISSION)
    assert peer.unknown == []


def test_all_parameters_are_read():
    peer = RecordedPeer("01-auto-survey-rtl")
    listed = end_of(ParameterListing(ANYBODY), peer)
    assert isinstance(listed, ParametersListed)
    wanted = json.loads((FOLDER / "arducopter-4.6.2-params.json").read_text())
    assert len(listed.parameters) == 1392
    assert set(listed.parameters) <= set(wanted)


@pytest.mark.parametrize(
    ("number", "result", "words"),
    [(2, 2, "frame"), (3, 3, "command"), (4, 10, "latitude"), (5, 6, "parameter 1")],
)
def test_a_refused_item_is_named(number, result, words):
    peer = RecordedPeer("02-mission-protocol-errors")
    items, outcome = upload(peer, number)
    assert (len(items), outcome) == (3, TransferFailed(result, 2))
    assert words in mission_result_words(result)
    assert peer.unknown == []


def test_what_a_refused_upload_leaves_on_board_is_read():
    peer = RecordedPeer("02-mission-protocol-errors")
    upload(peer, 5)
    left = end_of(MissionDownload(VEHICLE), peer)
    assert [(item.seq, item.command) for item in left.items] == [(0, 16), (1, 22)]


def test_too_many_items_are_refused_with_the_number_that_fits():
    peer = RecordedPeer("02-mission-protocol-errors")
    _, outcome = upload(peer, 6, items=[WireItem(seq, 3, 16) for seq in range(5000)])
    assert outcome == TransferFailed(4, None)
    assert peer.texts == ["Only 650 items are supported"]


def test_a_mission_is_cleared_and_none_is_left():
    peer = RecordedPeer("02-mission-protocol-errors")
    peer.find("MISSION_CLEAR_ALL")
    assert end_of(MissionClear(VEHICLE), peer) == ItemsCleared()
    assert end_of(MissionDownload(VEHICLE), peer) == ItemsDownloaded(())
    _, outcome = upload(peer, 10, items=[])
    assert outcome == ItemsAccepted(is_confirmed=True)


def test_answers_to_doubled_items_do_not_end_an_upload():
    peer = RecordedPeer("02-mission-protocol-errors")
    items, outcome = upload(peer, 8)
    assert (len(items), outcome) == (3, ItemsAccepted(is_confirmed=True))
    assert 13 in [message.type for message in peer.heard if message.name == "MISSION_ACK"]


def test_a_second_station_in_mid_transfer_is_denied():
    peer = RecordedPeer("02-mission-protocol-errors", speaker=254)
    own = Address(254, 190)
    peer.find("MISSION_COUNT")
    outcome = end_of(MissionUpload([WireItem(0, 0, 16), WireItem(1, 3, 22)], VEHICLE, own=own), peer)
    assert outcome == TransferFailed(14, None)
    assert "another ground station" in mission_result_words(14)


def test_a_transfer_that_the_vehicle_gave_up_is_no_success():
    peer = RecordedPeer("02-mission-protocol-errors")
    peer.find("MISSION_COUNT", 1)
    # None of these items was sent then.
    outcome = end_of(MissionUpload([WireItem(seq, 3, 16) for seq in range(4)], VEHICLE), peer)
    assert isinstance(outcome, TransferFailed)
    assert [message.type for message in peer.heard if message.name == "MISSION_ACK"] == [15]


def test_rally_points_go_up_and_come_back_and_a_wrong_one_is_named():
    peer = RecordedPeer("02-mission-protocol-errors")
    items, outcome = upload(peer, 11, MissionType.RALLY)
    assert outcome == ItemsAccepted(is_confirmed=True)
    downloaded = end_of(MissionDownload(VEHICLE, MissionType.RALLY), peer)
    assert not differences(items, downloaded.items, MissionType.RALLY)
    assert upload(peer, 12, MissionType.RALLY)[1] == TransferFailed(3, 0)


def test_a_fence_goes_up_and_comes_back():
    peer = RecordedPeer("03-fence")
    items, outcome = upload(peer, 0, MissionType.FENCE)
    assert (len(items), outcome) == (9, ItemsAccepted(is_confirmed=True))
    downloaded = end_of(MissionDownload(VEHICLE, MissionType.FENCE), peer)
    assert not differences(items, downloaded.items, MissionType.FENCE)


@pytest.mark.parametrize(("number", "reason"), [(1, "Invalid vertex count (2)"), (2, "Incorrect item count")])
def test_a_bad_fence_is_left_to_reading_back_which_finds_the_old_one(number, reason):
    peer = RecordedPeer("03-fence")
    items, outcome = upload(peer, number, MissionType.FENCE)
    assert outcome == ItemsAccepted(is_confirmed=False, result=1)
    assert peer.texts == [reason, "Fence validation failed"]
    downloaded = end_of(MissionDownload(VEHICLE, MissionType.FENCE), peer)
    assert len(downloaded.items) == 9
    assert differences(items, downloaded.items, MissionType.FENCE)


def test_a_waypoint_is_no_fence():
    assert upload(RecordedPeer("03-fence"), 3, MissionType.FENCE)[1] == TransferFailed(3, 0)


def test_a_mission_can_be_sent_but_not_cleared_in_flight():
    peer = RecordedPeer("04-guided-and-mission-control")
    for number in (0, 1):
        assert upload(peer, number)[1] == ItemsAccepted(is_confirmed=True)
    assert end_of(MissionClear(VEHICLE), peer) == TransferFailed(1)


def test_parameters_are_set_and_read_and_unknown_ones_are_silence():
    peer = RecordedPeer("04-guided-and-mission-control")
    assert end_of(ParameterSetting("NOPE_X", 1, VEHICLE), peer) == ParameterUnanswered("NOPE_X")
    assert end_of(ParameterSetting("WPNAV_SPEED", 700, VEHICLE), peer) == ParameterRead("WPNAV_SPEED", 700, 9)
    assert end_of(ParameterReading("WPNAV_SPEED", VEHICLE), peer) == ParameterRead("WPNAV_SPEED", 700, 9)
    assert end_of(ParameterReading("NOPE_X", VEHICLE), peer) == ParameterUnanswered("NOPE_X")


@pytest.mark.parametrize("name", ["03-fence", "05-failsafes", "07-wind-ekf-prearm"])
def test_every_parameter_that_was_set_is_seen_set(name):
    peer = RecordedPeer(name)
    settings = [message for message in peer.said if message.name == "PARAM_SET"]
    assert len(settings) > 2
    for setting in settings:
        machine = ParameterSetting(setting.param_id, setting.param_value, VEHICLE)
        outcome = end_of(machine, peer)
        assert isinstance(outcome, ParameterRead), setting.param_id
        assert outcome.value == pytest.approx(setting.param_value)


@pytest.mark.parametrize(
    "name", ["03-fence", "04-guided-and-mission-control", "05-failsafes", "07-wind-ekf-prearm"]
)
def test_every_command_ends_as_it_was_answered(name):
    peer = RecordedPeer(name)
    ended = []
    while True:
        orders = [
            (at, message)
            for at, message in enumerate(peer.said)
            if at >= peer.cursor and message.system_id == 255 and message.name.startswith("COMMAND_")
        ]
        if not orders:
            break
        peer.cursor, order = orders[0]
        answer = next(
            (
                message
                for message in peer.said[peer.cursor :]
                if message.name == "COMMAND_ACK" and message.command == order.command
            ),
            None,
        )
        params = [order.fields[f"param{number}"] for number in range(1, 5)]
        is_long = order.name == "COMMAND_LONG"
        params += [order.param5, order.param6, order.param7] if is_long else [order.x, order.y, order.z]
        call = CommandCall(order.command, tuple(params), VEHICLE, frame=None if is_long else order.frame)
        outcome = end_of(call, peer)
        ended.append((order.command, outcome.result))
        if outcome.result is not None:
            assert outcome == CommandEnded(answer.result, outcome.attempts)
    assert {result for _, result in ended} <= {0, 2, 3, 4, None}
    assert sum(result == 0 for _, result in ended) > 10


async def arm(name, number):
    """Arm as the recorded station did, with all that the vehicle said before; gives the refusal."""
    peer = RecordedPeer(name)
    vehicle = Vehicle("1-1", 1, 1, "recorded", send=lambda message: None, bus=Bus(), clock=SystemClock())

    def deliver():
        out, peer.out = peer.out, []
        for message in out:
            vehicle.handle_message(message)

    def send(message):
        peer.receive_message(message)
        asyncio.get_running_loop().call_soon(deliver)

    peer.out = peer.skip_to("COMMAND_LONG", number, command=400, param1=1.0)
    deliver()
    vehicle._conversation._send = send
    try:
        with pytest.raises(CommandRefused) as refusal:
            await vehicle.arm()
    finally:
        await vehicle.close()
    return refusal.value


async def test_a_booting_copter_says_why_it_will_not_arm():
    refusal = await arm("07-wind-ekf-prearm", 0)
    assert {"Arm: Gyros not healthy", "Arm: Compass not healthy", "Arm: Battery 1 unhealthy"} <= set(
        refusal.reasons
    )
    assert "Gyros not healthy" in str(refusal)
    refusal = await arm("07-wind-ekf-prearm", 1)
    assert "Arm: AHRS: waiting for home" in refusal.reasons


async def test_after_a_battery_failsafe_arming_is_refused_with_that_word():
    refusal = await arm("05-failsafes", 1)
    assert refusal.reasons == ("PreArm: Battery failsafe",)
