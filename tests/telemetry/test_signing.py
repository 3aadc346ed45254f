"""Signatures against pymavlink's, in both directions, and everything that must be refused."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymavlink.dialects.v20 import ardupilotmega

from telemetry.recorder import LinkRecording
from telemetry.refusal import TelemetryError
from telemetry.wire.codec import Encoder, FrameScanner, decode
from telemetry.wire.dialect import DEFINITIONS
from telemetry.wire.message import Message
from telemetry.wire.recorded_form import carries_key, recorded_form
from telemetry.wire.signing import EPOCH_UTC_S, Signer, SigningTime, Verifier, setup_signing
from telemetry.wire.signing_key import SigningKey, read_signing_key
from telemetry.wire.tlog import TlogReader

SECRET = bytes(range(1, 33))
KEY = SigningKey(SECRET)
NOW_UTC_S = 1_795_000_000.0
NOW = round((NOW_UTC_S - EPOCH_UTC_S) * 1e5)
MINUTE = 6_000_000


def pymavlink_peer(system_id=3, link_id=5, timestamp=NOW, secret=SECRET):
    peer = ardupilotmega.MAVLink(None, srcSystem=system_id, srcComponent=1)
    peer.robust_parsing = True
    peer.signing.secret_key = secret
    peer.signing.link_id = link_id
    peer.signing.timestamp = timestamp
    peer.signing.sign_outgoing = True
    return peer


def heartbeat(peer, mode=0, **options):
    return bytes(ardupilotmega.MAVLink_heartbeat_message(2, 3, 81, mode, 3, 3).pack(peer, **options))


def station(now_utc_s=NOW_UTC_S, **kept):
    return SigningTime(lambda: now_utc_s, **kept)


def scanner_of(time=None, **rules):
    return FrameScanner(Verifier(KEY, time or station(), **rules))


def judged(scanner, *frames):
    """Give the modes of the heartbeats accepted, and what was counted."""
    accepted = [decode(frame).custom_mode for frame in scanner.feed(b"".join(frames))]
    return accepted, dict(scanner.anomalies)


def test_signatures_are_those_of_pymavlink_byte_for_byte():
    peer = pymavlink_peer(255, link_id=9, timestamp=NOW + 1)
    peer.srcComponent = 190
    encoder = Encoder(255, 190, signer=Signer(KEY, 9, station(last=NOW)))
    for seq in range(300):
        peer.seq = seq % 256
        message = Message.new(
            "HEARTBEAT",
            type=2,
            autopilot=3,
            base_mode=81,
            custom_mode=seq,
            system_status=3,
            mavlink_version=3,
        )
        assert encoder.encode(message) == heartbeat(peer, seq)


def test_pymavlink_accepts_every_message_we_sign():
    time = station()
    encoder = Encoder(255, 190, signer=Signer(KEY, 0, time))
    peer = pymavlink_peer()
    known = [DEFINITIONS[msg_id] for msg_id in ardupilotmega.mavlink_map]
    for definition in known:
        [read] = peer.parse_buffer(encoder.encode(Message.new(definition.name)))
        assert read.get_type() == definition.name
        assert read.get_signed()
    assert peer.signing.goodsig_count == len(known)
    assert peer.signing.badsig_count == 0


def test_what_pymavlink_signs_is_accepted_and_our_time_follows_it():
    time = station()
    peer = pymavlink_peer(timestamp=NOW + 50 * MINUTE)
    scanner = scanner_of(time)
    assert judged(scanner, *(heartbeat(peer, mode) for mode in range(20))) == (list(range(20)), {})
    assert time.last == NOW + 50 * MINUTE + 19
    assert time.next() == NOW + 50 * MINUTE + 20


@pytest.mark.parametrize(
    ("frame", "cause"),
    [
        (lambda: heartbeat(pymavlink_peer(secret=bytes(31) + b"\1")), "bad_signature"),
        (lambda: Encoder(3, 1).encode(Message.new("HEARTBEAT")), "unsigned"),
        (lambda: Encoder(3, 1, version=1).encode(Message.new("HEARTBEAT")), "unsigned_mavlink_1"),
        (lambda: heartbeat(pymavlink_peer(timestamp=NOW - MINUTE - 1)), "stale"),
    ],
)
def test_each_is_refused_and_counted_by_its_cause(frame, cause):
    scanner = scanner_of()
    assert judged(scanner, frame(), frame()) == ([], {cause: 2})
    assert judged(scanner, heartbeat(pymavlink_peer(), 7)) == ([7], {cause: 2})


def test_replayed_frames_are_refused_each_stream_by_its_own_time():
    scanner = scanner_of()
    peer, other_link = pymavlink_peer(), pymavlink_peer(link_id=6)
    first, second = heartbeat(peer, 1), heartbeat(peer, 2)
    assert judged(scanner, second, first, second) == ([2], {"replayed": 2})
    # The same moment again is legal from another link, another system.
    assert judged(scanner, heartbeat(other_link, 3), heartbeat(pymavlink_peer(4), 4)) == (
        [3, 4],
        {"replayed": 2},
    )


def test_a_wrong_signature_changes_no_time():
    time = station()
    scanner = scanner_of(time)
    forged = heartbeat(pymavlink_peer(timestamp=NOW + 900 * MINUTE, secret=bytes(31) + b"\1"))
    assert judged(scanner, forged, heartbeat(pymavlink_peer(), 5)) == ([5], {"bad_signature": 1})
    assert time.last == NOW


@given(st.integers(0, 33 * 8 - 1))
def test_no_changed_bit_passes(bit):
    signed = heartbeat(pymavlink_peer(), 4)
    assert len(signed) == 34
    changed = bytearray(signed)
    changed[1 + bit // 8] ^= 1 << bit % 8
    scanner = scanner_of()
    assert scanner.feed(bytes(changed)) + scanner.finish() == []
    assert sum(scanner.anomalies.values()) > 0


def test_radios_need_no_signature_in_either_version():
    radio = Message.new("RADIO_STATUS", rssi=100)
    frames = [Encoder(51, 68, version=version).encode(radio) for version in (1, 2)]
    scanner = scanner_of()
    assert [frame.raw for frame in scanner.feed(b"".join(frames))] == frames
    assert not scanner.anomalies
    strict = scanner_of(accepted_unsigned=())
    assert strict.feed(b"".join(frames)) == []
    assert dict(strict.anomalies) == {"unsigned": 1, "unsigned_mavlink_1": 1}


def test_a_safe_link_takes_unsigned_frames_but_no_wrong_signature():
    scanner = scanner_of(accepts_unsigned=True)
    unsigned = Encoder(3, 1).encode(Message.new("HEARTBEAT", custom_mode=8))
    forged = heartbeat(pymavlink_peer(secret=bytes(31) + b"\1"))
    assert judged(scanner, unsigned, forged) == ([8], {"bad_signature": 1})


def test_a_signed_frame_of_an_unknown_message_is_verified_too():
    raw = bytearray(b"\xfd\x01\x01\x00\x00\x03\x01\xee\xee\xee\x07\x12\x34")
    raw += Signer(KEY, 1, station()).signature(bytes(raw))
    assert [frame.msg_id for frame in scanner_of().feed(bytes(raw))] == [0xEEEEEE]
    raw[-1] ^= 1
    scanner = scanner_of()
    assert scanner.feed(bytes(raw)) == []
    assert scanner.anomalies["bad_signature"] == 1


def test_time_never_goes_back_over_a_restart_and_a_clock_that_was_set_back():
    before = station()
    for _ in range(1000):
        before.next()
    scanner = scanner_of(before)
    old = heartbeat(pymavlink_peer(timestamp=NOW + 10), 1)
    assert judged(scanner, old) == ([1], {})
    after = station(NOW_UTC_S - 3600.0, last=before.last, streams=before.streams)
    assert after.next() == NOW + 1000
    assert judged(scanner_of(after), old) == ([], {"replayed": 1})
    # Without the streams a minute remains, as the guide has it.
    assert judged(scanner_of(station(last=before.last)), old) == ([1], {})
    assert judged(scanner_of(station(last=before.last + 2 * MINUTE)), old) == ([], {"stale": 1})


def test_timestamps_end_at_48_bits():
    time = station(last=(1 << 48) - 2)
    assert time.next() == (1 << 48) - 1
    with pytest.raises(TelemetryError, match="new signing key"):
        time.next()


def test_timestamps_go_on_one_by_one_ahead_of_the_clock():
    time = station()
    assert [time.next() - NOW for _ in range(3)] == [0, 1, 2]


def test_mavlink_1_cannot_be_signed():
    with pytest.raises(TelemetryError, match="MAVLink 1 cannot be signed"):
        Encoder(1, 1, version=1, signer=Signer(KEY, 0, station()))


def test_link_ids_fit_a_byte():
    with pytest.raises(TelemetryError, match="256 is not within"):
        Signer(KEY, 256, station())


def test_a_key_is_handed_over_only_on_a_safe_link_to_one_vehicle():
    message = setup_signing(KEY, 1, 1, station(), link="serial:usb", is_safe=True)
    [read] = ardupilotmega.MAVLink(None).parse_buffer(Encoder(255, 190).encode(message))
    assert (bytes(read.secret_key), read.initial_timestamp, read.target_system) == (SECRET, NOW, 1)
    with pytest.raises(TelemetryError, match="not named safe, on which it is sent in clear"):
        setup_signing(KEY, 1, 1, station(), link="udp:0.0.0.0:14550", is_safe=False)
    with pytest.raises(TelemetryError, match="to one vehicle"):
        setup_signing(KEY, 0, 1, station(), link="serial:usb", is_safe=True)


def test_a_key_is_shown_nowhere():
    message = setup_signing(KEY, 1, 1, station(), link="serial:usb", is_safe=True)
    assert "1, 2, 3" not in repr(message) + repr(KEY)
    assert "x01" not in repr(KEY)


@pytest.mark.parametrize("is_signed", [False, True])
def test_neither_keys_nor_signatures_are_recorded(tmp_path, is_signed):
    encoder = Encoder(255, 190, signer=Signer(KEY, 2, station()) if is_signed else None)
    setup = encoder.encode(setup_signing(KEY, 1, 1, station(), link="serial:usb", is_safe=True))
    ping = encoder.encode(Message.new("PING", seq=77))
    old = Encoder(1, 1, version=1).encode(Message.new("HEARTBEAT"))
    recording = LinkRecording(tmp_path, 1, "a")
    recording.write(NOW_UTC_S, [setup, ping, old])
    recording.close()
    content = recording.path.read_bytes()
    assert SECRET not in content
    assert SECRET[:8] not in content
    reader = TlogReader(recording.path)
    frames = [frame for _, frame in reader]
    assert reader.problem == ""
    assert [frame.signature for frame in frames] == [None] * 3
    assert decode(frames[0]).secret_key == (0xFF,) * 32
    assert decode(frames[1]).seq == 77
    assert frames[2].raw == old
    theirs = ardupilotmega.MAVLink(None)
    assert [theirs.parse_buffer(frame.raw)[0].get_type() for frame in frames] == [
        "SETUP_SIGNING",
        "PING",
        "HEARTBEAT",
    ]


def test_what_hides_nothing_is_recorded_as_it_is():
    unknown = b"\xfd\x01\x01\x00\x00\x03\x01\xee\xee\xee\x07\x12\x34" + bytes(13)
    for raw in (Encoder(1, 1).encode(Message.new("PING")), unknown):
        assert recorded_form(raw) is raw
        assert not carries_key(raw)


# --- key files -------------------------------------------------------------------------------------------------


def key_file(tmp_path, content, mode=0o600):
    path = tmp_path / "key"
    path.write_bytes(content)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    ("content", "secret"),
    [
        (bytes(range(128, 160)), bytes(range(128, 160))),
        (SECRET.hex().encode() + b"\n", SECRET),
        (SECRET.hex().upper().encode(), SECRET),
        # printf 'correct horse' | sha256sum
        (
            b"correct horse\r\n",
            bytes.fromhex("4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631"),
        ),
    ],
)
def test_key_files(tmp_path, content, secret):
    assert read_signing_key(key_file(tmp_path, content)).secret == secret


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not 0"),
        (b"\xff" * 31, "not 31"),
        (bytes(32), "zeros"),
        (b"00" * 32, "zeros"),
        (b"a" * 5000, "too long"),
        (b"two\nlines", "not 9"),
    ],
)
def test_what_is_no_key_is_refused_by_name(tmp_path, content, words):
    path = key_file(tmp_path, content)
    with pytest.raises(TelemetryError, match=words) as refusal:
        read_signing_key(path)
    assert str(path) in str(refusal.value)


def test_a_missing_key_file_is_refused(tmp_path):
    with pytest.raises(TelemetryError, match="cannot be read"):
        read_signing_key(tmp_path / "none")


@pytest.mark.skipif(os.name != "posix", reason="file modes are of POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_that_others_can_read_is_refused(tmp_path, mode):
    with pytest.raises(TelemetryError, match="chmod 600"):
        read_signing_key(key_file(tmp_path, SECRET, mode))
