"""Signing as ArduCopter does it, judged by pymavlink's own."""

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.copter import SIGNING_EPOCH_UNIX_S, Copter
from simulator.home import DEFAULT_HOME
from simulator.network.udp_link import MAX_DATAGRAM_BYTES, UdpLink
from simulator.protocol.channel import Channel
from simulator.refusal import SimulatorError
from simulator.signing_key import read_signing_key
from tests.simulator.conftest import Station

KEY = bytes(range(1, 33))
EPOCH_UNIX_S = 1_795_000_000.0
NOW = round((EPOCH_UNIX_S - SIGNING_EPOCH_UNIX_S) * 1e5)
MINUTE = 6_000_000
REQUEST_MESSAGE = 512
VERSION = dialect.MAVLINK_MSG_ID_AUTOPILOT_VERSION


def a_copter(key=None):
    return Copter(1, DEFAULT_HOME, is_quick_boot=True, epoch_unix_s=EPOCH_UNIX_S, signing_key=key)


def sign_with(station, key, timestamp=NOW + MINUTE):
    signing = station._packer.signing
    signing.secret_key, signing.timestamp, signing.sign_outgoing = key, timestamp, True


def is_answered(station):
    message = dialect.MAVLink_command_long_message(1, 1, REQUEST_MESSAGE, 0, VERSION, 0, 0, 0, 0, 0, 0)
    return "AUTOPILOT_VERSION" in [answer.get_type() for answer in station.send(message)]


def test_without_a_key_nothing_is_signed_and_everything_accepted():
    station = Station(a_copter())
    assert is_answered(station)
    assert all(not message.get_msgbuf()[2] & 1 for _, message in station.heard)


def test_a_key_handed_over_is_asked_of_everybody_from_then_on():
    copter = a_copter()
    station, stranger = Station(copter), Station(copter)
    station.send(dialect.MAVLink_setup_signing_message(1, 1, list(KEY), NOW))
    assert not is_answered(stranger)
    sign_with(stranger, bytes(reversed(KEY)))
    assert not is_answered(stranger)
    assert copter.signing.refused == 2
    sign_with(station, KEY)
    assert is_answered(station)
    sign_with(stranger, KEY, NOW + 2 * MINUTE)
    assert is_answered(stranger)
    # Every frame it sends is right in the eyes of pymavlink.
    judge = dialect.MAVLink(None)
    judge.signing.secret_key = KEY
    frames = [bytes(m.get_msgbuf()) for _, m in station.heard if m.get_msgbuf()[2] & 1]
    for frame in frames:
        judge.parse_buffer(frame)
    assert judge.signing.goodsig_count == len(frames) > 1


def test_replayed_and_old_frames_are_refused_over_a_reboot_too():
    copter = a_copter(KEY)
    station = Station(copter)
    sign_with(station, KEY)
    message = dialect.MAVLink_command_long_message(1, 1, REQUEST_MESSAGE, 0, VERSION, 0, 0, 0, 0, 0, 0)
    frame = message.pack(station._packer)
    station.send_bytes(frame)
    heard = len(station.heard)
    assert heard > 0
    station.send_bytes(frame)
    copter.power_on()
    station.send_bytes(frame)
    assert (len(station.heard), copter.signing.refused) == (heard, 2)
    sign_with(station, KEY, NOW + 3 * MINUTE)
    assert is_answered(station)


def test_radios_and_mavlink_1():
    copter = a_copter(KEY)
    station = Station(copter)
    station.send(dialect.MAVLink_radio_status_message(100, 100, 50, 0, 0, 0, 0))
    assert copter.signing.refused == 0
    station.send_bytes(dialect.MAVLink_heartbeat_message(6, 8, 0, 0, 4, 3).pack(station._packer, True))
    assert copter.signing.refused == 1


def test_zeros_end_signing():
    copter = a_copter(KEY)
    station = Station(copter)
    sign_with(station, KEY)
    station.send(dialect.MAVLink_setup_signing_message(1, 1, [0] * 32, 0))
    station._packer.signing.sign_outgoing = False
    assert is_answered(station)
    assert not station.heard[-1][1].get_msgbuf()[2] & 1


def test_an_armed_vehicle_takes_no_key():
    copter = a_copter()
    station = Station(copter)
    copter.autopilot.is_armed = True
    heard = station.send(dialect.MAVLink_setup_signing_message(1, 1, list(KEY), NOW))
    assert [message.text for message in heard if message.get_type() == "STATUSTEXT"] == [
        "ERROR: Won't setup signing when armed"
    ]
    assert copter.signing.key is None


def test_datagrams_hold_whole_signed_frames():
    datagrams: list[bytes] = []

    class Transport:
        sendto = staticmethod(datagrams.append)

        @staticmethod
        def is_closing():
            return False

    copter = a_copter(KEY)
    link = UdpLink([copter])
    link._transport = Transport()
    channel = Channel(link._write)
    copter.attach(channel)
    for number in range(100):
        channel.send(dialect.MAVLink_statustext_message(6, b"x" * (number % 50)))
    channel.flush()
    link.flush()
    judge = dialect.MAVLink(None)
    judge.signing.secret_key = KEY
    assert len(datagrams) > 2
    assert sum(len(judge.parse_buffer(datagram)) for datagram in datagrams) == 100
    assert max(map(len, datagrams)) <= MAX_DATAGRAM_BYTES


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (bytes(range(128, 160)), bytes(range(128, 160))),
        (KEY.hex().encode() + b"\n", KEY),
        # printf 'correct horse' | sha256sum
        (
            b"correct horse\n",
            bytes.fromhex("4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631"),
        ),
    ],
)
def test_key_files(tmp_path, content, key):
    path = tmp_path / "key"
    path.write_bytes(content)
    path.chmod(0o600)
    assert read_signing_key(path) == key


@pytest.mark.parametrize(
    ("content", "mode", "words"),
    [(KEY, 0o644, "chmod 600"), (b"", 0o600, "no signing key"), (bytes(32), 0o600, "no signing key")],
)
def test_what_is_no_key_is_refused(tmp_path, content, mode, words):
    path = tmp_path / "key"
    path.write_bytes(content)
    path.chmod(mode)
    with pytest.raises(SimulatorError, match=words):
        read_signing_key(path)
