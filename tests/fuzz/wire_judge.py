"""What must hold for any bytes at all, judged by pymavlink's checksum and parser."""

import random
from itertools import pairwise
from pathlib import Path

from pymavlink.dialects.v20 import ardupilotmega
from pymavlink.generator.mavcrc import x25crc

from telemetry.refusal import TelemetryError
from telemetry.wire.codec import Encoder, FrameScanner, decode
from telemetry.wire.message import Message
from telemetry.wire.tlog import TlogReader, pack_stamp
from telemetry.wire.tlog_table import TlogTable

MAGICS = (0xFD, 0xFE)


def whole_frame_at(data: bytes, at: int) -> int:
    """Where a frame of a known message with the right checksum ends that begins there, or 0; by pymavlink's tables."""
    header = data[at : at + 10]
    if len(header) < 8:
        return 0
    if header[0] == 0xFE:
        start, msg_id, tail = at + 6, header[5], 0
    else:
        if len(header) < 10 or header[2] not in (0, 1):
            return 0
        start, msg_id, tail = at + 10, int.from_bytes(header[7:10], "little"), 13 * header[2]
    end = start + header[1] + 2 + tail
    message_class = ardupilotmega.mavlink_map.get(msg_id)
    if message_class is None or end > len(data):
        return 0
    if header[0] == 0xFE and header[1] > message_class.unpacker.size:
        return 0
    crc = x25crc(data[at + 1 : start + header[1]] + bytes((message_class.crc_extra,)))
    return end if crc.crc == int.from_bytes(data[start + header[1] : start + header[1] + 2], "little") else 0


def missed_between(data: bytes, spans: list[tuple[int, int]]) -> list[int]:
    """Where whole frames lie in what is left between spans."""
    missed = []
    for (_, start), (stop, _) in pairwise([(0, 0), *spans, (len(data), len(data))]):
        gap = data[start:stop]
        missed += [start + at for at, byte in enumerate(gap) if byte in MAGICS and whole_frame_at(gap, at)]
    return missed


def judge_scanner(data: bytes, chunk_size: int) -> int:
    """Scan bytes in chunks; everything handed out is right, nothing whole is missed, every byte accounted for."""
    scanner = FrameScanner()
    frames = []
    for start in range(0, len(data), chunk_size):
        frames += scanner.feed(data[start : start + chunk_size])
    frames += scanner.finish()
    spans = []
    at = 0
    for frame in frames:
        at = data.index(frame.raw, at)
        spans.append((at, at + len(frame.raw)))
        at += len(frame.raw)
        if frame.definition is not None:
            assert whole_frame_at(frame.raw, 0) == len(frame.raw)
            assert decode(frame).fields
    assert missed_between(data, spans) == []
    assert sum(stop - start for start, stop in spans) + scanner.anomalies["garbage_bytes"] == len(data)
    return len(frames)


def judge_log(data: bytes, path: Path) -> int:
    """Read bytes as a log both ways: the same, and nothing whole is missed."""
    path.write_bytes(data)
    reader = TlogReader(path)
    try:
        found = list(reader)
    except TelemetryError:
        assert not any(
            byte in MAGICS and at >= 8 and whole_frame_at(data, at) for at, byte in enumerate(data)
        )
        try:
            TlogTable(path)
        except TelemetryError:
            return 0
        raise AssertionError("the table found what the reader did not") from None
    table = TlogTable(path)
    assert table.anomalies == {cause: count for cause, count in reader.anomalies.items() if count}
    assert table.truncated_at == reader.truncated_at
    stamps = [stamp.to_bytes(8, "big", signed=True) for stamp in table.times_utc_us.tolist()]
    assert sum(table.counts.values()) + sum(table.unknown_ids.values()) == len(found) == len(stamps)
    spans = []
    at = 0
    for stamp, (_, frame) in zip(stamps, found, strict=True):
        record = stamp + frame.raw
        at = data.index(record, at)
        spans.append((at, at + len(record)))
        at += len(record)
    # The first eight bytes of a gap cannot hold a frame: they would be its stamp.
    missed = [
        place
        for place in missed_between(data, spans)
        if all(not 0 <= place - stop < 8 for _, stop in [(0, 0), *spans])
    ]
    assert missed == []
    for name in table:
        assert len(table[name]) == table.counts[name]
    return len(found)


def stream(rng: random.Random, count: int, *, is_log: bool) -> bytes:
    """Frames of several senders, some MAVLink 1, with noise between some of them, then damaged here and there."""
    encoders = [Encoder(1, 1), Encoder(2, 1, version=1), Encoder(255, 190)]
    parts = []
    for number in range(count):
        name, fields = rng.choice(
            (
                ("HEARTBEAT", {"custom_mode": number, "mavlink_version": 3}),
                ("ATTITUDE", {"roll": rng.random(), "yaw": rng.random()}),
                ("STATUSTEXT", {"text": "x" * rng.randrange(50)}),
                ("PARAM_VALUE", {"param_id": "WPNAV_SPEED", "param_value": rng.random()}),
            )
        )
        if is_log:
            parts.append(pack_stamp(1.7e9 + number))
        parts.append(rng.choice(encoders).encode(Message.new(name, **fields)))
        if rng.random() < 0.2:
            parts.append(rng.randbytes(rng.randrange(60)))
        if rng.random() < 0.05:
            parts.append(bytes(rng.choice((0xFD, 0xFE, 0, 1, 10)) for _ in range(rng.randrange(40))))
    data = bytearray(b"".join(parts))
    for _ in range(count // 10):
        at = rng.randrange(len(data))
        size = rng.choice((1, 1, 1, 4, 20))
        kind = rng.randrange(3)
        if kind == 0:
            data[at : at + size] = rng.randbytes(size)
        elif kind == 1:
            del data[at : at + size]
        else:
            data[at:at] = data[at : at + size * 4]
    return bytes(data)
