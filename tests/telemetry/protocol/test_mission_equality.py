"""What counts as the same item after its way through an autopilot."""

from dataclasses import replace
from pathlib import Path

import pytest

from telemetry.protocol.mission_equality import differences
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.protocol.mission_type import MissionType

RECORDINGS = Path(__file__).parents[4] / "shared" / "ardupilot"
HOME = WireItem(0, 0, 16, x=360925000, y=1037080000, z=1520.0)


def found(sent, received, kind=MissionType.MISSION):
    return differences([HOME, sent], [replace(HOME, z=1520.09), received], kind)


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        (WireItem(1, 3, 20), WireItem(1, 0, 20)),
        (WireItem(1, 2, 178, (1, 6, -1, 0)), WireItem(1, 0, 178, (1, 6, 0, 0))),
        (WireItem(1, 3, 22, (15, 0, 0, 90), z=30), WireItem(1, 3, 22, z=30)),
        (WireItem(1, 3, 16, (2.7, 5, 0, 90), 1, 2, 30.129), WireItem(1, 3, 16, (2, 0, 0, 0), 1, 2, 30.12)),
        (WireItem(1, 6, 16, x=1, y=2, z=30), WireItem(1, 3, 16, x=1, y=2, z=30)),
        (WireItem(1, 3, 19, (5, 0, 0, 0), 1, 2, 30), WireItem(1, 3, 19, (5, 0, 1, 0), 1, 2, 30)),
        (WireItem(1, 2, 93, (5, -1, -1, -1)), WireItem(1, 0, 93, (5, -1, -1, -1))),
        (WireItem(1, 3, 178, (1, 0.1, 0, 0)), WireItem(1, 0, 178, (1, 0.10000000149011612, 0, 0))),
        (WireItem(1, 3, 31000, (1, 2, 3, 4)), WireItem(1, 0, 31000, (1, 0, 3, 4))),
    ],
)
def test_what_is_not_kept_is_no_difference(sent, received):
    assert found(sent, received) == []


@pytest.mark.parametrize(
    ("sent", "received", "word"),
    [
        (WireItem(1, 3, 16, x=1, y=2, z=30), WireItem(1, 3, 16, x=2, y=2, z=30), "position"),
        (WireItem(1, 3, 16, x=1, y=2, z=30), WireItem(1, 3, 16, x=1, y=2, z=30.5), "altitude"),
        (WireItem(1, 3, 16, x=1, y=2, z=30), WireItem(1, 3, 16, x=1, y=2, z=float("nan")), "altitude"),
        (WireItem(1, 3, 16, x=1, y=2, z=30), WireItem(1, 0, 16, x=1, y=2, z=30), "frame"),
        (WireItem(1, 3, 16, x=1, y=2, z=30), WireItem(1, 3, 82, x=1, y=2, z=30), "command"),
        (WireItem(1, 3, 178, (1, 6, 0, 0)), WireItem(1, 0, 178, (1, 7, 0, 0)), "parameter 2"),
        (WireItem(1, 2, 177, (1, 2, 0, 0)), WireItem(1, 0, 177, (2, 2, 0, 0)), "parameter 1"),
        (WireItem(1, 3, 31000, (1, 2, 3, 4)), WireItem(1, 0, 31000, (1, 9, 3, 4)), "parameter 2"),
        (WireItem(1, 3, 31000, x=1, y=1), WireItem(1, 0, 31000, x=2, y=1), "position"),
    ],
)
def test_what_is_kept_wrongly_is_a_difference(sent, received, word):
    (clause,) = found(sent, received)
    assert word in clause
    assert clause.startswith("item 1: ")


def test_item_0_belongs_to_the_vehicle():
    moved = replace(HOME, x=1, y=1, z=0.0)
    assert differences([HOME], [moved], MissionType.MISSION) == []
    assert differences([HOME], [moved], MissionType.RALLY) != []


def test_fewer_items_are_a_difference():
    assert differences([HOME, HOME], [HOME], MissionType.MISSION) == ["1 items on board instead of 2"]


def test_fence_vertices_come_back_in_another_frame():
    sent = WireItem(0, 3, 5001, (4, 0, 0, 0), 360916017, 1037068883)
    back = replace(sent, frame=0, autocontinue=False)
    assert differences([sent], [back], MissionType.FENCE) == []
    assert differences([sent], [replace(back, x=1)], MissionType.FENCE) != []
    assert differences([sent], [replace(back, params=(5, 0, 0, 0))], MissionType.FENCE) != []


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("name", "from_s", "until_s", "kind", "count"),
    [
        ("01-auto-survey-rtl", 42.4, 42.7, MissionType.MISSION, 13),
        ("03-fence", 42.0, 42.162, MissionType.FENCE, 9),
        ("02-mission-protocol-errors", 92.17, 92.205, MissionType.RALLY, 2),
    ],
)
def test_what_a_real_copter_gave_back_counts_as_what_it_was_sent(name, from_s, until_s, kind, count):
    if not RECORDINGS.is_dir():
        pytest.skip("the recordings are not beside this repository")
    from telemetry.wire.codec import FrameScanner, decode

    data = (RECORDINGS / f"{name}.tlog").read_bytes()
    first_us = int.from_bytes(data[:8], "big")
    sent, back = {}, {}
    offset = 0
    while offset < len(data):
        time_s = (int.from_bytes(data[offset : offset + 8], "big") - first_us) / 1e6
        length = data[offset + 9] + 12 + (13 if data[offset + 10] & 1 else 0)
        frames = FrameScanner().feed(data[offset + 8 : offset + 8 + length])
        offset += 8 + length
        message = decode(frames[0])
        if (
            message.name == "MISSION_ITEM_INT"
            and from_s <= time_s <= until_s
            and message.mission_type == kind
        ):
            (sent if message.system_id == 255 else back)[message.seq] = WireItem.from_message(message)
    assert len(sent) == len(back) == count
    assert differences([sent[seq] for seq in range(count)], [back[seq] for seq in range(count)], kind) == []


@pytest.mark.recorded
def test_a_real_copters_requests_draw_the_recorded_items_from_us():
    if not RECORDINGS.is_dir():
        pytest.skip("the recordings are not beside this repository")
    from telemetry.links.address import Address
    from telemetry.protocol.mission_outcome import ItemsAccepted
    from telemetry.protocol.mission_upload import MissionUpload
    from telemetry.wire.codec import FrameScanner, decode

    data = (RECORDINGS / "01-auto-survey-rtl.tlog").read_bytes()
    messages, offset = [], 0
    while offset < len(data):
        length = data[offset + 9] + 12 + (13 if data[offset + 10] & 1 else 0)
        messages.append(decode(FrameScanner().feed(data[offset + 8 : offset + 8 + length])[0]))
        offset += 8 + length
    begin = next(number for number, message in enumerate(messages) if message.name == "MISSION_COUNT")
    end = next(number for number, message in enumerate(messages) if message.name == "MISSION_ACK") + 1
    sent = [message for message in messages[begin:end] if message.system_id == 255]
    items = [WireItem.from_message(message) for message in sent if message.name == "MISSION_ITEM_INT"]
    upload, ours = MissionUpload(items, Address(1, 1)), []
    upload.start(0.0)
    for number, message in enumerate(messages[begin:end]):
        if message.system_id == 1:
            upload.receive_message(message, number / 1000)
        ours += upload.messages_to_send()
    assert ours == [message for message in sent if message.name.startswith("MISSION_")]
    assert list(iter(upload.next_event, None))[-1] == ItemsAccepted(is_confirmed=True)
