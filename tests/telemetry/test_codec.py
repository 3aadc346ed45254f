"""The codec against pymavlink, for every message of the dialect, and against damage."""

import math
import random
import struct
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymavlink.dialects.v20 import ardupilotmega

from telemetry.refusal import TelemetryError
from telemetry.wire.codec import Encoder, FrameScanner, decode
from telemetry.wire.dialect import DEFINITIONS
from telemetry.wire.frame import Frame
from telemetry.wire.message import Message

CLASSES = list(ardupilotmega.mavlink_map.values())
INTEGERS = {
    f"{sign}int{bits}_t": ((0, 2**bits - 1) if sign else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1))
    for sign in ("u", "")
    for bits in (8, 16, 32, 64)
}


def random_value(field_type, rng):
    if field_type in INTEGERS:
        low, high = INTEGERS[field_type]
        return rng.choice((low, high, 0, rng.randint(low, high)))
    if field_type == "uint8_t_mavlink_version":
        return 3
    value = rng.choice((0.0, -1.5, 1e9, rng.uniform(-1e6, 1e6), math.inf))
    return value if field_type == "double" else struct.unpack("<f", struct.pack("<f", value))[0]


def random_fields(message_class, rng, *, is_zero=False):
    """By name: text as str, arrays as tuples."""
    lengths = dict(zip(message_class.ordered_fieldnames, message_class.array_lengths, strict=True))
    fields = {}
    for name, field_type in zip(message_class.fieldnames, message_class.fieldtypes, strict=True):
        length = lengths[name]
        if field_type == "char":
            size = 0 if is_zero else rng.randint(0, length)
            fields[name] = "".join(rng.choice("abcXYZ 019:/") for _ in range(size))
        elif length:
            fields[name] = tuple(0 if is_zero else random_value(field_type, rng) for _ in range(length))
        else:
            fields[name] = 0 if is_zero else random_value(field_type, rng)
    return fields


def in_pymavlink(message_class, fields):
    return message_class(
        **{
            name: value.encode()
            if isinstance(value, str)
            else list(value)
            if isinstance(value, tuple)
            else value
            for name, value in fields.items()
        }
    )


def from_pymavlink(message):
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in ((name, getattr(message, name)) for name in message.fieldnames)
    }


def frames_of(data):
    scanner = FrameScanner()
    frames = scanner.feed(data) + scanner.finish()
    return frames, dict(scanner.anomalies)


@pytest.mark.parametrize("is_zero", [False, True])
def test_every_message_packed_by_pymavlink_is_decoded(is_zero):
    rng = random.Random(1)
    for message_class in CLASSES:
        for system_id in (1, 250):
            fields = random_fields(message_class, rng, is_zero=is_zero)
            peer = ardupilotmega.MAVLink(None, srcSystem=system_id, srcComponent=7)
            peer.seq = rng.randint(0, 255)
            seq = peer.seq
            raw = bytes(in_pymavlink(message_class, fields).pack(peer))
            frames, anomalies = frames_of(raw)
            assert (len(frames), anomalies) == (1, {}), message_class.msgname
            message = decode(frames[0])
            assert (message.name, message.fields) == (message_class.msgname, fields)
            assert (message.system_id, message.component_id, message.frame_seq) == (system_id, 7, seq)
            assert frames[0].raw == raw


@pytest.mark.parametrize("is_zero", [False, True])
def test_every_message_encoded_is_read_by_pymavlink_byte_for_byte(is_zero):
    rng = random.Random(2)
    encoder = Encoder(255, 190)
    peer = ardupilotmega.MAVLink(None, srcSystem=255, srcComponent=190)
    for number, message_class in enumerate(CLASSES):
        fields = random_fields(message_class, rng, is_zero=is_zero)
        name = fields.pop("name", None)
        message = Message.new(message_class.msgname, **fields)
        if name is not None:
            message.fields["name"] = fields["name"] = name
        raw = encoder.encode(message)
        peer.seq = number % 256
        assert raw == bytes(in_pymavlink(message_class, fields).pack(peer))
        [read] = ardupilotmega.MAVLink(None).parse_buffer(raw)
        assert from_pymavlink(read) == fields
        assert (read.get_seq(), read.get_srcSystem(), read.get_srcComponent()) == (number % 256, 255, 190)


def test_mavlink_1_is_read():
    rng = random.Random(3)
    for message_class in (one for one in CLASSES if one.id < 256):
        fields = random_fields(message_class, rng)
        peer = ardupilotmega.MAVLink(None, srcSystem=9, srcComponent=1)
        raw = bytes(in_pymavlink(message_class, fields).pack(peer, force_mavlink1=True))
        frames, anomalies = frames_of(raw)
        assert (len(frames), anomalies) == (1, {})
        [theirs] = ardupilotmega.MAVLink(None).parse_buffer(raw)
        assert decode(frames[0]).fields == from_pymavlink(theirs)


def test_extension_fields_are_told_from_the_others():
    """The dialect's own CRC seed covers name, type and length of every field that is no extension."""
    from pymavlink.generator.mavcrc import x25crc

    for message_class in CLASSES:
        definition = DEFINITIONS[message_class.id]
        types = dict(zip(message_class.fieldnames, message_class.fieldtypes, strict=True))
        seed = x25crc()
        seed.accumulate_str(f"{definition.name} ")
        size = 0
        for field in definition.fields:
            if size == definition.base_size:
                break
            seed.accumulate_str(f"{types[field.name].removesuffix('_mavlink_version')} {field.name} ")
            if field.array_length:
                seed.accumulate([field.array_length])
            size += struct.calcsize(f"<{field.array_length or ''}{field.code}")
        assert (seed.crc & 0xFF) ^ (seed.crc >> 8) == definition.crc_extra, definition.name


def test_mavlink_1_is_written_for_vehicles_that_speak_no_other():
    rng = random.Random(6)
    encoder = Encoder(255, 190, version=1)
    classes = [one for one in CLASSES if one.id < 256]
    for number, message_class in enumerate(classes):
        definition = DEFINITIONS[message_class.id]
        fields = random_fields(message_class, rng)
        message = Message.new(message_class.msgname)
        message.fields = fields
        raw = encoder.encode(message)
        assert len(raw) == 8 + definition.base_size
        [read] = ardupilotmega.MAVLink(None).parse_buffer(raw)
        base = struct.calcsize("<")
        for field in definition.fields:
            base += struct.calcsize(f"<{field.array_length or ''}{field.code}")
            if base <= definition.base_size:
                assert from_pymavlink(read)[field.name] == fields[field.name]
        assert (read.get_seq(), read.get_srcSystem(), read.get_srcComponent()) == (number % 256, 255, 190)
        assert [frame.raw for frame in frames_of(raw)[0]] == [raw]


def test_what_mavlink_1_cannot_say_is_refused_and_uses_no_number():
    encoder = Encoder(1, 1, version=1)
    with pytest.raises(TelemetryError, match="MAVLink 1 has no message OPEN_DRONE_ID_LOCATION"):
        encoder.encode(Message.new("OPEN_DRONE_ID_LOCATION"))
    assert encoder.encode(Message.new("HEARTBEAT"))[2] == 0
    with pytest.raises(TelemetryError, match="no MAVLink 3"):
        Encoder(1, 1, version=3)


def test_signed_frames_are_carried_with_their_signature():
    peer = ardupilotmega.MAVLink(None, srcSystem=3, srcComponent=1)
    peer.signing.secret_key = b"\x07" * 32
    peer.signing.link_id = 5
    peer.signing.timestamp = 1234567
    peer.signing.sign_outgoing = True
    raw = bytes(ardupilotmega.MAVLink_heartbeat_message(2, 3, 81, 4, 3, 3).pack(peer))
    frames, anomalies = frames_of(raw + raw)
    assert anomalies == {}
    assert [frame.raw for frame in frames] == [raw, raw]
    assert frames[0].signature == raw[-13:]
    assert frames[0].signature[0] == 5
    assert decode(frames[0]).custom_mode == 4
    assert frames_of(Encoder(1, 1).encode(Message.new("HEARTBEAT")))[0][0].signature is None


def test_sequence_numbers_wrap():
    encoder = Encoder(1, 1)
    frames, _ = frames_of(b"".join(encoder.encode(Message.new("HEARTBEAT")) for _ in range(258)))
    assert [frame.seq for frame in frames] == [*range(256), 0, 1]


def test_values_that_do_not_fit_are_refused_and_use_no_number():
    encoder = Encoder(1, 1)
    for bad in (
        Message.new("HEARTBEAT", type=256),
        Message.new("HEARTBEAT", custom_mode=1.5),
        Message.new("GLOBAL_POSITION_INT", lat=2**31),
        Message.new("ATTITUDE", roll=1e300),
        Message.new("BATTERY_STATUS", voltages=(1,) * 11),
    ):
        with pytest.raises(TelemetryError, match=bad.name):
            encoder.encode(bad)
    assert encoder.encode(Message.new("HEARTBEAT"))[4] == 0


def test_text_ends_at_nul_and_odd_bytes_are_replaced():
    [frame] = frames_of(Encoder(1, 1).encode(Message.new("STATUSTEXT", text="飞鹰" * 20)))[0]
    assert decode(frame).text == "飞鹰" * 8
    peer = ardupilotmega.MAVLink(None)
    raw = bytes(ardupilotmega.MAVLink_statustext_message(6, b"a\xffb\0rest").pack(peer))
    assert decode(frames_of(raw)[0][0]).text == "a\ufffdb"


def test_a_longer_payload_of_a_newer_dialect_is_read_as_far_as_it_is_known():
    definition = DEFINITIONS[0]
    from fastcrc.crc16 import mcrf4xx

    body = bytes((12, 0, 0, 0, 1, 1, 0, 0, 0)) + bytes(range(1, 13))
    raw = b"\xfd" + body + mcrf4xx(body + bytes((definition.crc_extra,))).to_bytes(2, "little")
    frames, anomalies = frames_of(raw)
    assert anomalies == {}
    assert decode(frames[0]).custom_mode == 0x04030201


def heartbeat(seq=0):
    encoder = Encoder(1, 1)
    encoder._seq = seq
    return encoder.encode(Message.new("HEARTBEAT", type=2, custom_mode=seq, mavlink_version=3))


def unknown_frame(seq=0):
    return b"\xfd\x03\x00\x00" + bytes((seq, 1, 1)) + b"\xee\xee\xee" + b"abc" + b"\x12\x34"


def test_unknown_messages_are_handed_out_and_counted():
    frames, anomalies = frames_of(heartbeat() + unknown_frame() + heartbeat(1))
    assert [frame.msg_id for frame in frames] == [0, 0xEEEEEE, 0]
    assert anomalies == {"unknown_message": 1}
    with pytest.raises(TelemetryError, match="no message number 15658734"):
        decode(frames[1])


def test_a_false_beginning_swallows_no_frame():
    false = b"\xfd\xff\x00\x00\x01\x01\x01\xee\xee\xee"
    good = b"".join(heartbeat(number) for number in range(40))
    frames, anomalies = frames_of(heartbeat(99) + b"\x00" + false + good)
    assert [frame.seq for frame in frames] == [99, *range(40)]
    assert anomalies["garbage_bytes"] == len(false) + 1


@pytest.mark.parametrize(
    ("damage", "cause"),
    [
        (lambda raw: raw[:15] + bytes((raw[15] ^ 1,)) + raw[16:], "bad_crc"),
        (lambda raw: raw[:2] + b"\x42" + raw[3:], "bad_flags"),
        (lambda raw: b"hello" + raw[5:], "garbage_bytes"),
    ],
)
def test_a_broken_frame_costs_only_itself_and_is_counted_by_cause(damage, cause):
    frames, anomalies = frames_of(heartbeat(1) + damage(heartbeat(2)) + heartbeat(3) + heartbeat(4))
    assert [frame.seq for frame in frames] == [1, 3, 4]
    assert anomalies[cause] >= 1
    assert anomalies["garbage_bytes"] == len(heartbeat())


def test_a_stream_that_ends_inside_a_frame_is_counted():
    frames, anomalies = frames_of(heartbeat(1) + heartbeat(2)[:-1])
    assert [frame.seq for frame in frames] == [1]
    assert anomalies["truncated"] == 1


def test_mavlink_1_payload_longer_than_its_message_is_counted():
    from fastcrc.crc16 import mcrf4xx

    body = bytes((12, 0, 1, 1, 0)) + bytes(12)
    raw = b"\xfe" + body + mcrf4xx(body + bytes((50,))).to_bytes(2, "little")
    frames, anomalies = frames_of(raw + heartbeat())
    assert [frame.raw[0] for frame in frames] == [0xFD]
    assert anomalies["bad_length"] == 1


STREAM = b"".join(
    raw for number in range(6) for raw in (heartbeat(number), unknown_frame(number), heartbeat(number + 100))
)


@given(st.lists(st.integers(0, len(STREAM)), max_size=30))
def test_any_cutting_of_the_stream_gives_the_same_frames(cuts):
    scanner = FrameScanner()
    places = [0, *sorted(cuts), len(STREAM)]
    frames: list[Frame] = []
    for start, stop in pairwise(places):
        frames += scanner.feed(STREAM[start:stop])
    assert b"".join(frame.raw for frame in frames) == STREAM
    assert dict(scanner.anomalies) == {"unknown_message": 6}


mutations = st.lists(
    st.tuples(
        st.sampled_from(["flip", "delete", "insert", "double"]),
        st.integers(0, len(STREAM) - 1),
        st.binary(min_size=1, max_size=12),
    ),
    max_size=12,
)


@settings(max_examples=300)
@given(mutations, st.integers(1, 64))
def test_no_damage_makes_it_raise_and_every_byte_is_accounted_for(changes, chunk_size):
    data = bytearray(STREAM)
    for kind, place, extra in changes:
        place = min(place, len(data))
        if kind == "flip":
            data[place : place + len(extra)] = extra
        elif kind == "delete":
            del data[place : place + len(extra)]
        elif kind == "insert":
            data[place:place] = extra
        else:
            data[place:place] = data[place : place + 30]
    scanner = FrameScanner()
    frames: list[Frame] = []
    for start in range(0, len(data), chunk_size):
        frames += scanner.feed(bytes(data[start : start + chunk_size]))
    frames += scanner.finish()
    for frame in frames:
        if frame.definition is not None:
            assert decode(frame).fields
    framed = sum(len(frame.raw) for frame in frames)
    assert framed + scanner.anomalies["garbage_bytes"] == len(data)


@given(st.binary(max_size=600))
def test_noise_never_raises(data):
    frames, anomalies = frames_of(data)
    assert sum(len(frame.raw) for frame in frames) + anomalies.get("garbage_bytes", 0) == len(data)
