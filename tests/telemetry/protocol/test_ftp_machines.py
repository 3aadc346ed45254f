"""Files up, down and listed, against a simulated copter in memory, in all weathers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.links.address import Address
from telemetry.protocol.ftp.directory import DirectoryListing
from telemetry.protocol.ftp.download import FileDownload, ftp_checksum
from telemetry.protocol.ftp.exchange import OPEN
from telemetry.protocol.ftp.numbers import FtpNumbers
from telemetry.protocol.ftp.outcome import (
    DirectoryEntry,
    DirectoryListed,
    FileDownloaded,
    FileUploaded,
    FtpFailed,
)
from telemetry.protocol.ftp.payload import FtpError, FtpOpcode, FtpPayload, ftp_error_words
from telemetry.protocol.ftp.pieces import Pieces
from telemetry.protocol.ftp.upload import FileUpload
from telemetry.protocol.mission_file import PATHS, pack_items, unpack_items
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.protocol.mission_type import MissionType
from telemetry.protocol.parameter_pack import PATH, unpack_parameters
from telemetry.wire.message import Message
from tests.telemetry.protocol.conftest import Weather
from tests.telemetry.protocol.copter_peer import CopterPeer

VEHICLE = Address(1, 1)
MISSION = PATHS[MissionType.MISSION]
BAD_WEATHER = [
    {"loss": 0.25},
    {"duplication": 0.5, "spread_s": 0.5},
    {"loss": 0.2, "duplication": 0.2, "spread_s": 0.3, "delay_s": 0.1},
]


def waypoints(count):
    return [
        WireItem(seq, 3, 16, x=360926797 + 1347 * seq, y=1037075553 + 13 * seq, z=30.0)
        for seq in range(count)
    ]


def mission_data(count):
    return pack_items(waypoints(count), VEHICLE, MissionType.MISSION)


def places_on_board(peer):
    store = peer.copter.mission
    return [(item.x, item.y, item.z) for item in map(store.item, range(1, store.count()))]


def places(count):
    return [(item.x, item.y, item.z) for item in waypoints(count)[1:]]


class FakeServer:
    """Serves one file as some vehicle might: chunks of its own size, an end without its place."""

    def __init__(self, content, *, chunk=100, burst=7, nak=None, tells_end=False):
        self.content = content
        self.chunk = chunk
        self.burst = burst
        self.nak = nak or {}
        self.tells_end = tells_end
        self.checksum = None
        self.out = []

    def get_timer(self):
        return None

    def handle_timer(self, now_s):
        pass

    def receive_message(self, message, now_s):
        request = FtpPayload.of_message(message)
        if request.opcode in self.nak:
            self.say(request, FtpOpcode.NAK, data=bytes(self.nak[request.opcode]))
        elif request.opcode == FtpOpcode.READ_FILE:
            self.read(request, request.seq + 1, request.offset, min(self.chunk, request.size))
        elif request.opcode == FtpOpcode.BURST_READ_FILE:
            offset = request.offset
            for number in range(self.burst):
                is_last = number == self.burst - 1
                if not self.read(request, request.seq + 1 + number, offset, self.chunk, is_last=is_last):
                    break
                offset += self.chunk
        elif request.opcode == FtpOpcode.CALC_FILE_CRC32:
            checksum = ftp_checksum(self.content) if self.checksum is None else self.checksum
            self.say(request, FtpOpcode.ACK, data=checksum.to_bytes(4, "little"))
        else:
            self.say(request, FtpOpcode.ACK)

    def read(self, request, seq, offset, size, *, is_last=False):
        piece = self.content[offset : offset + size]
        opcode = FtpOpcode.ACK if piece else FtpOpcode.NAK
        data = piece or bytes((FtpError.END_OF_FILE,))
        told = offset if piece or self.tells_end else 0
        self.say(request, opcode, seq=seq, offset=told, data=data, is_last=is_last)
        return bool(piece)

    def say(self, request, opcode, *, seq=None, offset=0, data=b"", is_last=False):
        seq = request.seq + 1 if seq is None else seq
        reply = FtpPayload(seq & 0xFFFF, request.session, opcode, offset, data, None, request.opcode, is_last)
        self.out.append(reply.to_message(Address(255, 190)))


class Silence(FakeServer):
    def receive_message(self, message, now_s):
        pass


def test_a_fine_day():
    peer, numbers = CopterPeer(), FtpNumbers()
    wire = Weather()
    assert wire.run(FileUpload(MISSION, mission_data(300), VEHICLE, numbers), peer)[-1] == FileUploaded()
    assert places_on_board(peer) == places(300)
    assert wire.now_s - 1000.0 < 0.2
    events = wire.run(FileDownload(MISSION, VEHICLE, numbers, is_checked=True), peer)
    assert isinstance(events[-1], FileDownloaded)
    assert events[-1].is_checked
    assert (events[-2].done, events[-2].total) == (len(events[-1].data),) * 2
    downloaded = unpack_items(events[-1].data, MissionType.MISSION)
    assert [(item.x, item.y, item.z) for item in downloaded[1:]] == places(300)
    assert wire.now_s - 1000.0 < 0.3
    listed = wire.run(DirectoryListing("@SYS", VEHICLE, numbers), peer)[-1]
    assert listed == DirectoryListed((DirectoryEntry("threads.txt", 100_000),))
    assert numbers.open_session is None


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("bad", BAD_WEATHER)
def test_bad_weather_delays_only(seed, bad):
    peer, wire, numbers = CopterPeer(), Weather(seed=seed, **bad), FtpNumbers(65530)
    assert wire.run(FileUpload(MISSION, mission_data(80), VEHICLE, numbers), peer)[-1] == FileUploaded()
    assert places_on_board(peer) == places(80)
    events = wire.run(FileDownload(MISSION, VEHICLE, numbers, is_checked=True), peer)
    downloaded = unpack_items(events[-1].data, MissionType.MISSION)
    assert [(item.x, item.y, item.z) for item in downloaded[1:]] == places(80)


@pytest.mark.parametrize("seed", range(3))
def test_parameters_as_a_file_in_bad_weather(seed):
    peer, wire = CopterPeer(), Weather(seed=seed, loss=0.2, spread_s=0.1)
    peer.copter.parameters["RTL_ALT"] = 3000
    event = wire.run(FileDownload(PATH, VEHICLE, FtpNumbers()), peer)[-1]
    found = unpack_parameters(event.data)
    assert len(found) == 1392
    for name, parameter in found.items():
        assert parameter.value == peer.copter.parameters[name]
        assert parameter.param_type == peer.copter.parameters.definition(name).type
    assert (found["RTL_ALT"].value, found["RTL_ALT"].default) == (3000, 1500)


@given(
    seed=st.integers(0, 2**32),
    loss=st.floats(0, 0.6),
    duplication=st.floats(0, 0.5),
    spread_s=st.floats(0, 2.0),
    size=st.integers(0, 2_500),
    chunk=st.integers(20, 239),
    tells_end=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_whatever_the_weather_a_file_that_came_is_the_file(
    seed, loss, duplication, spread_s, size, chunk, tells_end
):
    content = bytes(number * 7 % 251 + 1 for number in range(size))
    server = FakeServer(content, chunk=chunk, tells_end=tells_end)
    wire = Weather(seed, loss, duplication, spread_s=spread_s)
    event = wire.run(FileDownload("f", VEHICLE, FtpNumbers(seed)), server, 3_000)[-1]
    assert event == FileDownloaded(content) or isinstance(event, FtpFailed)


@pytest.mark.parametrize("size", [0, 1, 99, 100, 700, 701, 5000])
@pytest.mark.parametrize("tells_end", [True, False])
def test_files_end_where_they_end(size, tells_end):
    content = bytes(size)
    event = Weather().run(
        FileDownload("f", VEHICLE, FtpNumbers(), is_checked=True),
        FakeServer(content, tells_end=tells_end),
    )[-1]
    assert event == FileDownloaded(content, is_checked=True)


def test_a_checksum_that_differs_is_a_failure_and_one_that_is_not_offered_is_none():
    server = FakeServer(b"abc")
    server.nak[FtpOpcode.CALC_FILE_CRC32] = (FtpError.UNKNOWN_COMMAND,)
    event = Weather().run(FileDownload("f", VEHICLE, FtpNumbers(), is_checked=True), server)[-1]
    assert event == FileDownloaded(b"abc")
    server = FakeServer(b"abc")
    server.checksum = 7
    event = Weather().run(FileDownload("f", VEHICLE, FtpNumbers(), is_checked=True), server)[-1]
    assert event == FtpFailed("checking")
    assert "checksum" in event.words


@pytest.mark.parametrize("code", [*FtpError, 77])
@pytest.mark.parametrize(
    ("opcode", "kind"),
    [
        (FtpOpcode.OPEN_FILE_RO, "download"),
        (FtpOpcode.BURST_READ_FILE, "download"),
        (FtpOpcode.CREATE_FILE, "upload"),
        (FtpOpcode.WRITE_FILE, "upload"),
        (FtpOpcode.TERMINATE_SESSION, "upload"),
        (FtpOpcode.LIST_DIRECTORY, "list"),
    ],
)
def test_every_refusal_ends_in_words(code, opcode, kind):
    server = FakeServer(b"x" * 500, nak={opcode: (code, 22)})
    machine = {
        "download": lambda: FileDownload("f", VEHICLE, FtpNumbers()),
        "upload": lambda: FileUpload("f", b"x" * 500, VEHICLE, FtpNumbers()),
        "list": lambda: DirectoryListing("f", VEHICLE, FtpNumbers()),
    }[kind]()
    wire = Weather()
    event = wire.run(machine, server)[-1]
    assert wire.now_s - 1000.0 < 15.0
    if code in (FtpError.END_OF_FILE, FtpError.UNKNOWN_COMMAND) and opcode == FtpOpcode.BURST_READ_FILE:
        # The end of a burst proves nothing, and not every vehicle has bursts; read one by one the pieces come.
        assert event == FileDownloaded(b"x" * 500)
    elif code == FtpError.END_OF_FILE and kind == "list":
        assert event == DirectoryListed(())
    else:
        assert (event.code, event.errno) == (code, 22 if code == FtpError.FAIL_ERRNO else None)
        assert ftp_error_words(code) in event.words


def test_a_slow_radio_is_not_asked_twice():
    """Two or three packets a second: the pauses of a burst are longer than a reply takes."""
    server, wire = FakeServer(bytes(2_000), burst=30), Weather()
    sent = []
    put = wire.put

    def put_slowly(message, to):
        if to is server:
            sent.append(FtpPayload.of_message(message).opcode)
            put(message, to)
            return
        wire.delay_s = max(wire.delay_s, wire.busy_until_s - wire.now_s) + 0.4
        wire.busy_until_s = wire.now_s + wire.delay_s
        put(message, to)
        wire.delay_s = 0.003

    wire.put, wire.busy_until_s = put_slowly, 0.0
    event = wire.run(FileDownload("f", VEHICLE, FtpNumbers()), server)[-1]
    assert event == FileDownloaded(bytes(2_000))
    assert sent.count(FtpOpcode.BURST_READ_FILE) == 1
    assert len(sent) < 8


def test_a_silent_vehicle_is_soon_given_up():
    for machine in (
        FileDownload("f", VEHICLE, FtpNumbers()),
        FileUpload("f", b"x", VEHICLE, FtpNumbers()),
        DirectoryListing("f", VEHICLE, FtpNumbers()),
    ):
        wire = Weather()
        event = wire.run(machine, Silence(b""))[-1]
        assert event.code is None
        assert "never answered" in event.words
        assert wire.now_s - 1000.0 < 10.0
        assert len(wire.carried) == OPEN.attempts


def test_a_session_of_another_client_is_waited_for():
    peer = CopterPeer()
    other = CopterPeer(own=(254, 190))
    other.copter = peer.copter
    peer.copter.attach(other.channel)
    opening = FtpPayload(1, 77, FtpOpcode.OPEN_FILE_RO, data=b"@MISSION/fence.dat")
    other.receive_message(opening.to_message(VEHICLE), 1000.0)
    wire = Weather()
    assert wire.run(FileUpload(MISSION, mission_data(5), VEHICLE, FtpNumbers()), peer)[-1] == FileUploaded()
    assert 3.0 < wire.now_s - 1000.0 < 5.0


def test_what_an_earlier_exchange_left_open_is_closed_first():
    peer, numbers = CopterPeer(), FtpNumbers()
    left = FileUpload(MISSION, mission_data(50), VEHICLE, numbers)
    left.start(1000.0)
    for _ in range(3):
        for message in left.messages_to_send():
            peer.receive_message(message, 1000.0)
        for message in peer.out:
            left.receive_message(message, 1000.0)
        peer.out.clear()
    assert numbers.open_session is not None
    wire = Weather()
    wire.now_s = 1000.1
    assert wire.run(FileUpload(MISSION, mission_data(7), VEHICLE, numbers), peer)[-1] == FileUploaded()
    assert places_on_board(peer) == places(7)
    assert wire.now_s - 1000.0 < 1.0


def test_half_a_file_changes_nothing_on_board():
    peer, numbers = CopterPeer(), FtpNumbers()
    Weather().run(FileUpload(MISSION, mission_data(9), VEHICLE, numbers), peer)
    for data in (mission_data(50)[:-38], b"\x3d\x76", b"", mission_data(3).replace(b"\x3d\x76", b"\0\0")):
        event = Weather().run(FileUpload(MISSION, data, VEHICLE, numbers), peer)[-1]
        assert event == FtpFailed("closing", FtpError.FAIL_ERRNO, 22)
        assert places_on_board(peer) == places(9)


def test_late_replies_of_another_exchange_are_not_taken():
    machine = DirectoryListing("d", VEHICLE, FtpNumbers(10, 5))
    machine.start(0.0)
    (question,) = [FtpPayload.of_message(message) for message in machine.messages_to_send()]
    for seq, session, opcode in (
        (question.seq, question.session, FtpOpcode.LIST_DIRECTORY),
        (question.seq + 2, question.session, FtpOpcode.LIST_DIRECTORY),
        (question.seq + 1, question.session + 1, FtpOpcode.LIST_DIRECTORY),
        (question.seq + 1, question.session, FtpOpcode.OPEN_FILE_RO),
    ):
        late = FtpPayload(seq, session, FtpOpcode.NAK, data=b"\x06", req_opcode=opcode)
        machine.receive_message(late.to_message(Address(255, 190)), 0.1)
        assert not machine.is_done
    late = FtpPayload(
        question.seq + 1, question.session, FtpOpcode.NAK, data=b"\x06", req_opcode=FtpOpcode.LIST_DIRECTORY
    )
    machine.receive_message(late.to_message(Address(254, 190)), 0.1)
    assert not machine.is_done
    machine.receive_message(late.to_message(Address(255, 190)), 0.1)
    assert machine.is_done


@given(
    script=st.lists(
        st.one_of(
            st.tuples(
                st.integers(-3, 8),
                st.integers(0, 2),
                st.sampled_from([128, 129, 0, 15]),
                st.sampled_from([*FtpOpcode]),
                st.integers(0, 255),
                st.sampled_from([0, 1, 239, 478, 2**32 - 1]),
                st.binary(max_size=239),
                st.booleans(),
            ),
            st.sampled_from(["timer", "start", "other"]),
        ),
        max_size=30,
    ),
    kind=st.sampled_from(["download", "checked", "upload", "list"]),
)
@settings(max_examples=120, deadline=None)
def test_no_message_in_any_state_raises(script, kind):
    numbers = FtpNumbers(0, 0)
    machine = {
        "download": lambda: FileDownload("f", VEHICLE, numbers),
        "checked": lambda: FileDownload("f", VEHICLE, numbers, is_checked=True),
        "upload": lambda: FileUpload("f", b"y" * 600, VEHICLE, numbers),
        "list": lambda: DirectoryListing("f", VEHICLE, numbers),
    }[kind]()
    now_s, last = 0.0, FtpPayload(1, 1, 0)
    for step in script:
        now_s += 0.1
        if step == "timer":
            now_s = max(now_s, machine.get_timer() or now_s)
            machine.handle_timer(now_s)
        elif step == "start":
            machine.start(now_s)
        elif step == "other":
            machine.receive_message(Message.new("HEARTBEAT"), now_s)
        else:
            ahead, session, opcode, req_opcode, size, offset, data, is_last = step
            if ahead == 1:
                req_opcode = last.opcode
            reply = FtpPayload(
                (last.seq + ahead) & 0xFFFF,
                last.session + session,
                opcode,
                offset,
                data,
                size,
                req_opcode,
                is_last,
            )
            machine.receive_message(reply.to_message(Address(255, 190)), now_s)
        for message in machine.messages_to_send():
            last = FtpPayload.of_message(message)
            assert message.target_system == 1
        while (event := machine.next_event()) is not None:
            assert isinstance(event, object)
        if machine.is_done:
            assert machine.get_timer() is None
        elif last.opcode:
            assert machine.get_timer() is not None


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 120)), max_size=25), st.integers(0, 500))
def test_pieces_know_what_is_missing(spans, stop):
    pieces, there = Pieces(), set()
    for start, size in spans:
        is_new = pieces.put(start, b"x" * size)
        more = set(range(start, start + size))
        assert is_new == bool(more - there)
        there |= more
    assert pieces.size == len(there)
    assert pieces.stop == max(there, default=-1) + 1
    missing = set(range(stop)) - there
    asked = set()
    for offset in pieces.gaps(stop):
        assert offset in missing
        asked |= set(range(offset, offset + 239))
    assert missing <= asked


def test_a_path_has_to_fit():
    for path in ("", "x" * 239):
        with pytest.raises(ValueError, match="238"):
            FileDownload(path, VEHICLE, FtpNumbers())
