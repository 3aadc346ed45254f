"""Every machine in every state is handed every message of the dialect, and time: it goes on legally, or raises an error of ours."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.links.address import Address
from telemetry.protocol.command_call import CommandCall, CommandState
from telemetry.protocol.conversation import ANSWERS
from telemetry.protocol.ftp.directory import DirectoryListing
from telemetry.protocol.ftp.download import DownloadState as FileDownloadState
from telemetry.protocol.ftp.download import FileDownload
from telemetry.protocol.ftp.numbers import FtpNumbers
from telemetry.protocol.ftp.payload import FtpOpcode, FtpPayload
from telemetry.protocol.ftp.upload import FileUpload, FileUploadState
from telemetry.protocol.mission_clear import MissionClear
from telemetry.protocol.mission_download import DownloadState, MissionDownload
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.protocol.mission_partial_upload import MissionPartialUpload
from telemetry.protocol.mission_upload import MissionUpload, UploadState
from telemetry.protocol.parameter_exchange import ParameterReading, ParameterSetting
from telemetry.protocol.parameter_listing import ListingState, ParameterListing
from telemetry.refusal import TelemetryError
from telemetry.wire.dialect import DEFINITIONS
from telemetry.wire.message import Message

VEHICLE = Address(1, 1)
ITEMS = [WireItem(seq, 3, 16) for seq in range(3)]


def to_us(name, **fields):
    return Message.new(name, target_system=255, target_component=190, **fields)


def request(seq):
    return to_us("MISSION_REQUEST", seq=seq)


def refusal(result):
    return to_us("MISSION_ACK", type=result)


def value(name="A", number=1.0, index=0, count=3):
    return Message.new(
        "PARAM_VALUE", param_id=name, param_value=number, param_type=9, param_index=index, param_count=count
    )


def ack(result):
    return to_us("COMMAND_ACK", command=400, result=result)


def reply(opcode=FtpOpcode.ACK, data=b"", **more):
    """Answer the last request of a file machine."""

    def answer(last):
        asked = FtpPayload.of_message(last)
        fitting = FtpPayload(
            asked.seq + 1, asked.session, opcode, asked.offset, data, req_opcode=asked.opcode, **more
        )
        return fitting.to_message(Address(255, 190))

    return answer


START, TIMER, CANCEL = "start", "timer", "cancel"
NUMBERS = (0, 0)
END = reply(FtpOpcode.NAK, b"\x06")
"""The file ends before."""

STAGES = {
    "upload": (
        lambda: MissionUpload(ITEMS, VEHICLE),
        [
            (UploadState.IDLE, ()),
            (UploadState.ANNOUNCING, (START,)),
            (UploadState.ANNOUNCING, (START, refusal(14))),
            (UploadState.SENDING, (START, request(0))),
            (UploadState.SENDING, (START, request(0), refusal(13))),
            (UploadState.SENDING, (START, request(0), request(1), request(2))),
            (UploadState.DONE, (START, request(0), request(1), request(2), refusal(0))),
        ],
    ),
    "download": (
        lambda: MissionDownload(VEHICLE),
        [
            (DownloadState.IDLE, ()),
            (DownloadState.LISTING, (START,)),
            (DownloadState.LISTING, (START, refusal(14), TIMER)),
            (DownloadState.FETCHING, (START, to_us("MISSION_COUNT", count=3))),
            (
                DownloadState.FETCHING,
                (START, to_us("MISSION_COUNT", count=3), to_us("MISSION_ITEM_INT", seq=0)),
            ),
            (DownloadState.DONE, (START, to_us("MISSION_COUNT", count=0))),
        ],
    ),
    "partial upload": (
        lambda: MissionPartialUpload(ITEMS[1:], VEHICLE),
        [
            (None, ()),
            (None, (START,)),
            (None, (START, refusal(14))),
            (None, (START, TIMER)),
            (None, (START, request(1))),
            (None, (START, request(1), refusal(13))),
            # All is sent, and the acknowledgement awaited.
            (None, (START, request(1), request(2))),
            (None, (START, request(1), request(2), TIMER)),
            (None, (START, request(1), request(2), refusal(0))),
            (None, (START, request(1), refusal(13), TIMER, TIMER)),
        ],
    ),
    "clear": (
        lambda: MissionClear(VEHICLE),
        [(None, ()), (None, (START,)), (None, (START, refusal(1))), (None, (START, refusal(0)))],
    ),
    "parameter reading": (
        lambda: ParameterReading("A", VEHICLE),
        [(None, ()), (None, (START,)), (None, (START, TIMER)), (None, (START, value()))],
    ),
    "parameter setting": (
        lambda: ParameterSetting("A", 2.0, VEHICLE, param_type=6),
        [(None, ()), (None, (START,)), (None, (START, value())), (None, (START, value(number=2.0)))],
    ),
    "parameter listing": (
        lambda: ParameterListing(VEHICLE),
        [
            (ListingState.IDLE, ()),
            (ListingState.LISTING, (START,)),
            (ListingState.LISTING, (START, value())),
            (ListingState.FETCHING, (START, value(), value("B", index=1), TIMER)),
            (ListingState.DONE, (START, value(count=1))),
        ],
    ),
    "command": (
        lambda: CommandCall(400, (1.0,), VEHICLE),
        [
            (CommandState.IDLE, ()),
            (CommandState.SENT, (START,)),
            (CommandState.IN_PROGRESS, (START, ack(5))),
            (CommandState.POSTPONED, (START, ack(1))),
            (CommandState.CANCELLING, (START, CANCEL)),
            (CommandState.DONE, (START, ack(0))),
        ],
    ),
    "file download": (
        lambda: FileDownload("f", VEHICLE, FtpNumbers(*NUMBERS), is_checked=True),
        [
            (FileDownloadState.OPENING, ()),
            (FileDownloadState.OPENING, (START,)),
            (FileDownloadState.READING, (START, reply())),
            (FileDownloadState.READING, (START, reply(), reply(data=b"x" * 9))),
            (FileDownloadState.CLOSING, (START, reply(), END, END)),
            (FileDownloadState.CHECKING, (START, reply(), END, END, reply())),
        ],
    ),
    "file upload": (
        lambda: FileUpload("f", b"y" * 600, VEHICLE, FtpNumbers(*NUMBERS)),
        [
            (FileUploadState.CREATING, ()),
            (FileUploadState.CREATING, (START,)),
            (FileUploadState.WRITING, (START, reply())),
            (FileUploadState.CLOSING, (START, reply(), reply(FtpOpcode.NAK, b"\x01"))),
        ],
    ),
    "directory": (
        lambda: DirectoryListing("d", VEHICLE, FtpNumbers(*NUMBERS)),
        [(None, ()), (None, (START,)), (None, (START, reply(data=b"Fa\t1\0"))), (None, (START, END))],
    ),
}
PLACES = [(kind, number) for kind, (_, stages) in STAGES.items() for number in range(len(stages))]


class Watched:
    """A machine whose every step is judged."""

    def __init__(self, kind):
        self.machine = STAGES[kind][0]()
        self.now_s = 0.0
        self.last = None
        self.ends = 0

    def take(self, step):
        machine, was_done = self.machine, self.machine.is_done
        self.now_s += 0.05
        try:
            if step == START:
                machine.start(self.now_s)
            elif step == TIMER:
                self.now_s = max(self.now_s, machine.get_timer() or 0.0)
                machine.handle_timer(self.now_s)
            elif step == CANCEL:
                machine.cancel(self.now_s)
            else:
                machine.receive_message(step(self.last) if callable(step) else step, self.now_s)
        except TelemetryError:
            pass
        sent = machine.messages_to_send()
        events = list(iter(machine.next_event, None))
        if was_done:
            assert machine.is_done
            assert not sent
            assert not events
        if machine.is_done:
            assert machine.get_timer() is None
            assert was_done or events, "it ended and did not say how"
        for message in sent:
            assert (message.target_system, message.target_component) == VEHICLE
            self.last = message


def at(kind, number):
    """Bring a machine to a stage; gives it."""
    state, steps = STAGES[kind][1][number]
    watched = Watched(kind)
    for step in steps:
        watched.take(step)
    if state is not None:
        assert watched.machine.state is state
    return watched


def test_every_state_is_reached():
    states = {
        "upload": UploadState,
        "download": DownloadState,
        "parameter listing": ListingState,
        "command": CommandState,
        "file download": FileDownloadState,
        "file upload": FileUploadState,
    }
    for kind, known in states.items():
        assert {state for state, _ in STAGES[kind][1]} == set(known), kind


@pytest.mark.parametrize(("kind", "number"), PLACES)
def test_every_message_of_the_dialect_in_every_state(kind, number):
    for definition in DEFINITIONS.values():
        names = {field.name for field in definition.fields}
        for target in ((255, 190), (0, 0), (254, 190)):
            pairs = zip(("target_system", "target_component"), target, strict=True)
            fields = {name: of for name, of in pairs if name in names}
            watched = at(kind, number) if definition.msg_id in ANSWERS else Watched(kind)
            watched.take(Message.new(definition.name, **fields))
            watched.take(TIMER)


def fields_of(name):
    """Give messages of one kind with any values at all."""
    definition = next(known for known in DEFINITIONS.values() if known.name == name)
    bounds = {
        "B": (0, 255),
        "H": (0, 65535),
        "I": (0, 2**32 - 1),
        "b": (-128, 127),
        "h": (-(2**15), 2**15 - 1),
    }
    bounds |= {"i": (-(2**31), 2**31 - 1), "Q": (0, 2**64 - 1), "q": (-(2**63), 2**63 - 1)}
    made = {}
    for field in definition.fields:
        if field.is_text:
            made[field.name] = st.sampled_from(["A", "B", ""])
        elif field.array_length:
            made[field.name] = st.binary(min_size=field.array_length, max_size=field.array_length).map(tuple)
        elif field.code in ("f", "d"):
            made[field.name] = st.floats(width=32)
        else:
            low, high = bounds[field.code]
            made[field.name] = st.one_of(st.integers(max(low, 0), min(high, 16)), st.integers(low, high))
    made |= {
        part: st.sampled_from([wanted, 0])
        for part, wanted in (("target_system", 255), ("target_component", 190))
        if part in made
    }
    return st.fixed_dictionaries(made).map(lambda fields: Message.new(name, **fields))


ANY_ANSWER = st.sampled_from(
    sorted(definition.name for number, definition in DEFINITIONS.items() if number in ANSWERS)
).flatmap(fields_of)
FITTING = st.builds(
    reply,
    st.sampled_from([FtpOpcode.ACK, FtpOpcode.NAK]),
    st.binary(max_size=239),
    is_burst_complete=st.booleans(),
)


@given(
    place=st.sampled_from(PLACES),
    steps=st.lists(
        st.one_of(ANY_ANSWER, st.sampled_from([START, TIMER, TIMER, CANCEL]), FITTING), max_size=12
    ),
)
@settings(max_examples=80, deadline=None)
def test_any_answers_from_any_state_on(place, steps):
    watched = at(*place)
    is_command, is_file = place[0] == "command", place[0].startswith(("file", "directory"))
    for step in steps:
        if (step == CANCEL and not is_command) or (callable(step) and (not is_file or watched.last is None)):
            continue
        watched.take(step)
    for _ in range(400):
        if watched.machine.get_timer() is None:
            break
        watched.take(TIMER)
    # Left alone, whatever was begun ends.
    assert watched.machine.is_done or watched.last is None
