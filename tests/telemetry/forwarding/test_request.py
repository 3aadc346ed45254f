"""What is reading, and what is an order."""

import pytest

from telemetry.forwarding.request import Request, changes_lists, request_of
from telemetry.wire.codec import Encoder, FrameScanner, decode
from telemetry.wire.dialect import DEFINITIONS
from telemetry.wire.message import Message
from telemetry.wire.target import DIRECTED, addressed_to, target_of

READING = {
    "PARAM_REQUEST_LIST",
    "PARAM_REQUEST_READ",
    "MISSION_REQUEST_LIST",
    "MISSION_REQUEST",
    "MISSION_REQUEST_INT",
    "MISSION_ACK",
    "PING",
    "TIMESYNC",
    "LOG_REQUEST_LIST",
    "LOG_REQUEST_DATA",
    "LOG_REQUEST_END",
    "FILE_TRANSFER_PROTOCOL",
}


def frame_of(message):
    [frame] = FrameScanner().feed(Encoder(254, 230).encode(message))
    return frame


@pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=lambda definition: definition.name)
def test_whatever_is_not_known_to_read_is_an_order(definition):
    request = request_of(frame_of(Message.new(definition.name)))
    if definition.name in READING:
        assert request is Request.READING
    elif definition.name in {"HEARTBEAT", "SYSTEM_TIME"}:
        assert request is Request.PRESENCE
    elif definition.name == "REQUEST_DATA_STREAM":
        assert request is Request.STREAMS
    else:
        assert request is Request.ORDERING


@pytest.mark.parametrize(
    ("command", "request_"),
    [
        (512, Request.READING),
        (410, Request.READING),
        (511, Request.STREAMS),
        (400, Request.ORDERING),
        (20, Request.ORDERING),
    ],
)
@pytest.mark.parametrize("name", ["COMMAND_LONG", "COMMAND_INT"])
def test_commands_are_told_apart(name, command, request_):
    assert request_of(frame_of(Message.new(name, command=command))) is request_


@pytest.mark.parametrize("opcode", range(256))
def test_files_may_be_read_and_not_written(opcode):
    payload = (0, 0, 0, opcode, *(0,) * 247)
    is_reading = opcode in {0, 1, 2, 3, 4, 5, 14, 15}
    request = request_of(frame_of(Message.new("FILE_TRANSFER_PROTOCOL", payload=payload)))
    assert request is (Request.READING if is_reading else Request.ORDERING)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (Message.new("MISSION_COUNT", count=3), True),
        (Message.new("MISSION_CLEAR_ALL"), True),
        (Message.new("MISSION_WRITE_PARTIAL_LIST"), True),
        (Message.new("MISSION_ITEM_INT", current=1), True),
        (Message.new("MISSION_ITEM", current=0), True),
        (Message.new("FENCE_POINT"), True),
        (Message.new("RALLY_POINT"), True),
        (Message.new("FILE_TRANSFER_PROTOCOL", payload=(0, 0, 0, 6, *(0,) * 247)), True),
        # dronekit's simple_goto, and a change of altitude.
        (Message.new("MISSION_ITEM", current=2), False),
        (Message.new("MISSION_ITEM", current=3), False),
        (Message.new("FILE_TRANSFER_PROTOCOL", payload=(0, 0, 0, 4, *(0,) * 247)), False),
        (Message.new("MISSION_REQUEST_LIST"), False),
        (Message.new("COMMAND_LONG", command=400), False),
    ],
)
def test_what_changes_a_list_on_board_is_known(message, expected):
    assert changes_lists(frame_of(message)) is expected


def test_the_target_of_every_message_is_found():
    for definition in DEFINITIONS.values():
        names = {field.name for field in definition.fields}
        fields = {
            name: number for name, number in (("target_system", 7), ("target_component", 9)) if name in names
        }
        wanted = (
            fields.get("target_system", 0),
            fields.get("target_component", 0) if "target_system" in fields else 0,
        )
        assert target_of(frame_of(Message.new(definition.name, **fields))) == wanted


@pytest.mark.parametrize("version", [1, 2])
def test_what_is_for_everybody_is_addressed_to_one(version):
    for definition in DEFINITIONS.values():
        if version == 1 and definition.msg_id > 255:
            continue
        for frame in FrameScanner().feed(
            Encoder(254, 230, version=version).encode(Message.new(definition.name))
        ):
            addressed = addressed_to(frame, 7)
            [read] = FrameScanner().feed(addressed.raw)
            assert target_of(read) == ((7, 0) if frame.msg_id in DIRECTED else (0, 0))
            assert (read.msg_id, read.system_id, read.component_id) == (definition.msg_id, 254, 230)
            wanted = dict(decode(frame).fields) | ({"target_system": 7} if frame.msg_id in DIRECTED else {})
            assert decode(read).fields == wanted
