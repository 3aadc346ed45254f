"""Reading telemetry logs, whole, broken and none at all."""

import random

import pytest

from telemetry.refusal import TelemetryError
from telemetry.wire.codec import Encoder
from telemetry.wire.message import Message
from telemetry.wire.tlog import TlogReader, pack_stamp

START_S = 1_763_800_000.25


def records(count, system_id=1):
    encoder = Encoder(system_id, 1)
    return [
        pack_stamp(START_S + number)
        + encoder.encode(Message.new("HEARTBEAT", custom_mode=number, mavlink_version=3))
        for number in range(count)
    ]


def read(path):
    reader = TlogReader(path)
    return [(time_s, frame.seq) for time_s, frame in reader], reader


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.tlog"


def test_a_whole_log(path):
    path.write_bytes(b"".join(records(5)))
    entries, reader = read(path)
    assert entries == [(START_S + number, number) for number in range(5)]
    assert (reader.problem, reader.position, dict(reader.anomalies)["garbage_bytes"]) == ("", 1.0, 0)


def test_logs_larger_than_a_chunk_are_read_whole(path):
    path.write_bytes(b"".join(records(256)) * 200)
    entries, reader = read(path)
    assert len(entries) == 256 * 200
    assert reader.problem == ""


@pytest.mark.parametrize("kept", [1, 7, 8, 9, 17, 28])
def test_a_truncated_tail_is_told_with_its_offset_after_what_is_whole(path, kept):
    parts = records(4)
    whole = b"".join(parts[:3])
    path.write_bytes(whole + parts[3][:kept])
    entries, reader = read(path)
    assert len(entries) == 3
    assert reader.truncated_at == len(whole)
    assert reader.problem == (
        f"it ends inside a record that begins at byte {len(whole)} of {len(whole) + kept}"
    )


def test_garbage_between_records_is_passed_over(path):
    rng = random.Random(4)
    parts = records(50)
    garbage = [rng.randbytes(rng.randint(0, 40)) for _ in parts]
    path.write_bytes(b"".join(junk + part for junk, part in zip(garbage, parts, strict=True)))
    entries, reader = read(path)
    assert [seq for _, seq in entries] == list(range(50))
    assert reader.anomalies["garbage_bytes"] == sum(map(len, garbage))
    assert f"{sum(map(len, garbage))} bytes in it are no MAVLink" in reader.problem


def test_a_damaged_record_costs_only_itself(path):
    parts = records(5)
    parts[2] = parts[2][:20] + b"\x55" + parts[2][21:]
    path.write_bytes(b"".join(parts))
    entries, reader = read(path)
    assert entries == [(START_S + number, number) for number in (0, 1, 3, 4)]
    assert reader.anomalies["bad_crc"] == 1
    assert reader.anomalies["garbage_bytes"] == len(parts[2])


def test_unknown_messages_are_handed_out(path):
    unknown = pack_stamp(START_S) + b"\xfd\x01\x00\x00\x09\x01\x01\xee\xee\xee" + b"a" + b"\x12\x34"
    parts = records(2)
    path.write_bytes(parts[0] + unknown + parts[1] + unknown)
    entries, reader = read(path)
    assert [seq for _, seq in entries] == [0, 9, 1, 9]
    assert reader.anomalies["unknown_message"] == 2
    assert reader.problem == ""


@pytest.mark.parametrize("content", [b"", b"\x89PNG not a log", bytes(100_000), b"\xfd" * 5000])
def test_a_file_without_a_frame_is_refused(path, content):
    path.write_bytes(content)
    with pytest.raises(TelemetryError, match="no MAVLink frame in this file") as refusal:
        read(path)
    assert str(path) in str(refusal.value)


def test_a_large_file_that_is_no_log_is_refused_quickly(path):
    path.write_bytes(random.Random(5).randbytes(3 << 20))
    with pytest.raises(TelemetryError, match="no MAVLink frame"):
        read(path)


def test_a_file_that_is_not_there_or_a_folder_is_refused(tmp_path):
    with pytest.raises(TelemetryError, match="cannot be read"):
        read(tmp_path / "none.tlog")
    with pytest.raises(TelemetryError, match="cannot be read"):
        read(tmp_path)
