"""The files of a simulated vehicle: pymavlink's own client on real sockets, and ArduCopter's refusals."""

import errno
import struct
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymavlink import mavutil
from pymavlink.dialects.v20 import ardupilotmega as dialect
from pymavlink.mavftp import MAVFTP

WP = dialect.MAV_CMD_NAV_WAYPOINT
HEADER = struct.Struct("<HBBBBBxI")
ITEM = struct.Struct("<4f2if2H6B")
LIST, OPEN, READ, CREATE, WRITE, CRC, BURST, TERMINATE, RESET = 3, 4, 5, 6, 7, 14, 15, 1, 2
ACK, NAK = 128, 129


class Client:
    """Sends one request at a time and gives the replies."""

    def __init__(self, station: Any, session: int = 1) -> None:
        self.station = station
        self.session = session
        self.seq = 0

    def ask(
        self,
        opcode: int,
        data: bytes = b"",
        *,
        offset: int = 0,
        size: int | None = None,
        seq: int | None = None,
    ) -> list[tuple[int, int, bytes]]:
        """Give (opcode, offset, data) of each reply."""
        self.seq = self.seq + 1 if seq is None else seq
        size = len(data) if size is None else size
        head = HEADER.pack(self.seq, self.session, opcode, size, 0, 0, offset)
        payload = list((head + data).ljust(251, b"\0"))
        answers = self.station.send(dialect.MAVLink_file_transfer_protocol_message(0, 1, 1, payload))
        replies = []
        for number, message in enumerate(m for m in answers if m.get_type() == "FILE_TRANSFER_PROTOCOL"):
            raw = bytes(message.payload)
            got_seq, session, got, count, asked, _, at = HEADER.unpack_from(raw)
            assert (session, asked) == (self.session, opcode)
            assert got_seq == self.seq + 1 + number or seq is not None
            replies.append((got, at, raw[12 : 12 + count]))
        return replies


@pytest.fixture
def client(station: Any) -> Client:
    return Client(station)


def rows(count: int, kind: int = 0, command: int = WP, **changes: Any) -> bytes:
    values = {"param1": 0.0, "x": 361000000, "y": 1037000000, "z": 30.0} | changes
    packed = b"".join(
        ITEM.pack(
            values["param1"],
            0,
            0,
            0,
            values["x"] + seq,
            values["y"],
            values["z"],
            seq,
            command,
            1,
            1,
            3,
            0,
            1,
            kind,
        )
        for seq in range(count)
    )
    return struct.pack("<5H", 0x763D, kind, 0, 0, count) + packed


def put(client: Client, path: bytes, content: bytes) -> tuple[int, int, bytes]:
    assert client.ask(CREATE, path)[0][0] == ACK
    for at in range(0, len(content), 239):
        assert client.ask(WRITE, content[at : at + 239], offset=at)[0][0] == ACK
    return client.ask(TERMINATE)[0]


def test_the_vehicle_says_that_it_has_files(station: Any) -> None:
    station.command(dialect.MAV_CMD_REQUEST_MESSAGE, dialect.MAVLINK_MSG_ID_AUTOPILOT_VERSION)
    assert station.messages("AUTOPILOT_VERSION")[-1].capabilities & dialect.MAV_PROTOCOL_CAPABILITY_FTP


def test_a_mission_is_written_and_read_as_a_file(station: Any, client: Client) -> None:
    content = rows(300)
    assert put(client, b"@MISSION/mission.dat", content)[0] == ACK
    assert [m.x for m in station.download()[1:]] == [361000000 + seq for seq in range(1, 300)]
    ((opcode, _, size),) = client.ask(OPEN, b"@MISSION/mission.dat")
    assert (opcode, int.from_bytes(size, "little")) == (ACK, 1024 * 1024)
    replies = client.ask(BURST, size=239)
    assert [reply[0] for reply in replies] == [ACK] * 48 + [NAK]
    read = b"".join(reply[2] for reply in replies[:-1])
    assert replies[-1][1:] == (len(read), bytes((dialect.MAV_FTP_ERR_EOF,)))
    assert read[10 + 38 :] == content[10 + 38 :]
    assert client.ask(READ, offset=10, size=38) == [(ACK, 10, read[10:48])]
    assert client.ask(READ, offset=len(read), size=38)[0][::2] == (NAK, bytes((dialect.MAV_FTP_ERR_EOF,)))
    client.ask(TERMINATE)
    checksum = zlib.crc32(read, 0xFFFFFFFF) ^ 0xFFFFFFFF
    assert client.ask(CRC, b"@MISSION/mission.dat") == [(ACK, 0, checksum.to_bytes(4, "little"))]


def test_a_burst_ends_after_a_hundred(station: Any, client: Client) -> None:
    put(client, b"@MISSION/mission.dat", rows(650))
    client.ask(OPEN, b"@MISSION/mission.dat")
    replies = client.ask(BURST, size=239)
    assert [reply[0] for reply in replies] == [ACK] * 100
    assert client.ask(BURST, offset=23900, size=239)[-1][0] == NAK


@pytest.mark.parametrize(
    "content",
    [
        b"",
        rows(3)[:-38],
        rows(3) + b"\0" * 38,
        b"\0\0" + rows(3)[2:],
        rows(3)[:-38] + b"\0" * 38,
    ],
)
def test_what_is_no_mission_changes_nothing(station: Any, client: Client, content: bytes) -> None:
    put(client, b"@MISSION/mission.dat", rows(4))
    assert put(client, b"@MISSION/mission.dat", content) == (NAK, 0, bytes((2, errno.EINVAL)))
    assert len(station.download()) == 4


def test_a_refused_item_leaves_those_before_it(station: Any, client: Client) -> None:
    put(client, b"@MISSION/mission.dat", rows(9, z=99.0))
    content = bytearray(rows(6))
    struct.pack_into("<i", content, 10 + 4 * 38 + 16, 950_000_000)
    assert put(client, b"@MISSION/mission.dat", bytes(content))[0] == NAK
    assert [m.z for m in station.download()[1:]] == [30.0] * 3
    assert put(client, b"@MISSION/mission.dat", rows(651))[0] == NAK
    assert put(client, b"@MISSION/mission.dat", rows(3, command=dialect.MAV_CMD_DO_JUMP))[0] == NAK


def test_fence_and_rally_files(station: Any, client: Client) -> None:
    circle = rows(1, 1, dialect.MAV_CMD_NAV_FENCE_CIRCLE_INCLUSION, param1=50.0)
    assert put(client, b"@MISSION/fence.dat", circle)[0] == ACK
    assert put(client, b"@MISSION/fence.dat", rows(2, 1))[0] == NAK
    assert [m.command for m in station.download(1)] == [dialect.MAV_CMD_NAV_FENCE_CIRCLE_INCLUSION]
    assert put(client, b"@MISSION/rally.dat", rows(3, 2, dialect.MAV_CMD_NAV_RALLY_POINT))[0] == ACK
    assert len(station.download(2)) == 3


@pytest.mark.parametrize(
    ("opcode", "data", "codes"),
    [
        (OPEN, b"@MISSION/none.dat", (dialect.MAV_FTP_ERR_FILENOTFOUND,)),
        (OPEN, b"", (dialect.MAV_FTP_ERR_INVALIDDATASIZE,)),
        (OPEN, b"@PARAM/param.pck?start=70000", (2, errno.EINVAL)),
        (CREATE, b"@SYS/threads.txt", (2, errno.EROFS)),
        (READ, b"", (dialect.MAV_FTP_ERR_FILENOTFOUND,)),
        (BURST, b"", (dialect.MAV_FTP_ERR_FILENOTFOUND,)),
        (WRITE, b"x", (dialect.MAV_FTP_ERR_FILENOTFOUND,)),
        (CRC, b"/none", (dialect.MAV_FTP_ERR_FILENOTFOUND,)),
        (LIST, b"/none", (dialect.MAV_FTP_ERR_FILENOTFOUND,)),
        (12, b"x", (dialect.MAV_FTP_ERR_UNKNOWNCOMMAND,)),
    ],
)
def test_refusals(client: Client, opcode: int, data: bytes, codes: tuple[int, ...]) -> None:
    assert [reply[::2] for reply in client.ask(opcode, data)] == [(NAK, bytes(codes))]


def test_one_file_at_a_time(station: Any, client: Client) -> None:
    assert client.ask(OPEN, b"@SYS/threads.txt")[0][0] == ACK
    assert client.ask(OPEN, b"@SYS/threads.txt")[0][2] == bytes((dialect.MAV_FTP_ERR_FAIL,))
    assert client.ask(WRITE, b"x")[0][2] == bytes((dialect.MAV_FTP_ERR_FAIL,))
    other = Client(type(station)(station.copter, 254), session=9)
    assert other.ask(OPEN, b"@SYS/threads.txt")[0][2] == bytes((dialect.MAV_FTP_ERR_INVALIDSESSION,))
    assert other.ask(TERMINATE)[0][0] == ACK
    assert client.ask(READ, size=9)[0][2] == b"ThreadsV1"
    station.run(3.1)
    assert other.ask(OPEN, b"@SYS/threads.txt")[0][0] == ACK
    assert client.ask(READ, size=9)[0][2] == bytes((dialect.MAV_FTP_ERR_INVALIDSESSION,))
    assert other.ask(RESET)[0][0] == ACK
    assert client.ask(OPEN, b"@SYS/threads.txt")[0][0] == ACK


def test_a_repeated_request_gets_the_same_reply(client: Client) -> None:
    first = client.ask(OPEN, b"@SYS/threads.txt")
    assert client.ask(OPEN, b"@SYS/threads.txt", seq=client.seq) == first


def test_parameters_are_written_as_a_file(station: Any, client: Client) -> None:
    body = b"\x03\x60RTL_ALT" + struct.pack("<i", 2500) + b"\x01\x50NOPE_X\x01" + b"\x04\xa0WPNAV_SPEED"
    body += struct.pack("<f", 700.0)
    content = struct.pack("<3H", 0x671B, 3, 6 + len(body)) + body
    assert put(client, b"@PARAM/param.pck", content)[0] == ACK
    assert station.copter.parameters["RTL_ALT"] == 2500
    assert station.copter.parameters["WPNAV_SPEED"] == 700
    assert put(client, b"@PARAM/param.pck", content + b"\0")[0] == NAK


def test_parameters_are_read_in_one_size_only(station: Any, client: Client) -> None:
    client.ask(OPEN, b"@PARAM/param.pck")
    assert client.ask(READ, size=100)[0][0] == ACK
    assert client.ask(READ, offset=100, size=50)[0][2] == bytes((2, errno.EINVAL))
    assert (6, "ArduCopter V4.6.2 (1ebd4d99)") in station.texts


@pytest.fixture
def connection(running_fleet: Any) -> Iterator[Any]:
    fleet = running_fleet(1)
    made = mavutil.mavlink_connection(fleet.addresses[0], source_system=255)
    made.wait_heartbeat(timeout=10)
    yield made
    made.close()


def test_pymavlinks_own_client(connection: Any, tmp_path: Path) -> None:
    ftp = MAVFTP(connection, target_system=1, target_component=1)
    sent, got = tmp_path / "sent.dat", tmp_path / "got.dat"
    content = rows(60)
    sent.write_bytes(content)
    ftp.cmd_put([str(sent), "@MISSION/mission.dat"])
    assert ftp.process_ftp_reply("CreateFile", timeout=10).error_code == 0
    ftp.cmd_get(["@MISSION/mission.dat", str(got)])
    assert ftp.process_ftp_reply("OpenFileRO", timeout=10).error_code == 0
    assert got.read_bytes()[10 + 38 :] == content[10 + 38 :]
    values, defaults = tmp_path / "values.parm", tmp_path / "defaults.parm"
    ftp.cmd_getparams([str(values), str(defaults)])
    assert ftp.process_ftp_reply("OpenFileRO", timeout=10).error_code == 0
    assert len(values.read_text().splitlines()) == 1392
    assert "RTL_ALT" in defaults.read_text()
    assert ftp.cmd_list(["@SYS"]).error_code == 0
    assert [entry.name for entry in ftp.list_result] == ["threads.txt"]
    assert ftp.cmd_crc(["@MISSION/mission.dat"]).error_code == 0


def test_a_paced_vehicle_takes_its_time(running_fleet: Any) -> None:
    fleet = running_fleet(1, paced=True)
    connection = mavutil.mavlink_connection(fleet.addresses[0], source_system=255)
    connection.wait_heartbeat(timeout=10)
    started_s = time.monotonic()
    for seq in range(20):
        connection.mav.mission_request_int_send(1, 1, 0)
        assert connection.recv_match(type="MISSION_ITEM_INT", blocking=True, timeout=5) is not None, seq
    connection.close()
    assert time.monotonic() - started_s > 20 * 0.0025
