"""Whole logs as arrays, against the reader that goes frame by frame, on what is whole and what is broken."""

import io
import itertools
import math
import random
import re
from pathlib import Path

import numpy as np
import pytest
from pymavlink.dialects.v20 import ardupilotmega

from telemetry.refusal import TelemetryError
from telemetry.wire import tlog, tlog_records
from telemetry.wire.codec import Encoder, decode
from telemetry.wire.dialect import DEFINITIONS
from telemetry.wire.message import Message
from telemetry.wire.signing import Signer, SigningTime
from telemetry.wire.signing_key import SigningKey
from telemetry.wire.tlog import TlogReader, pack_stamp
from telemetry.wire.tlog_csv import write_csv
from telemetry.wire.tlog_index import IndexedFrames, TlogIndex
from telemetry.wire.tlog_table import TlogTable, row_type

START_S = 1_763_800_000.25
RECORDINGS = Path(__file__).resolve().parents[3] / "shared" / "ardupilot"
UNKNOWN = b"\xfd\x03\x00\x00\x09\x01\x01\xee\xee\xee" + b"abc" + b"\x12\x34"


def random_message(definition, rng):
    """Fill every field by random bytes; floats finite, so that they compare."""
    message = Message.new(definition.name)
    values = definition.layout.unpack(rng.randbytes(definition.layout.size))
    at = 0
    for field in definition.fields:
        count = 1 if field.is_text else field.array_length or 1
        taken = [
            0.0 if isinstance(one, float) and not math.isfinite(one) else one
            for one in values[at : at + count]
        ]
        at += count
        if field.is_text:
            message.fields[field.name] = "".join(
                rng.choice("abc XYZ") for _ in range(rng.randint(0, field.array_length))
            )
        else:
            message.fields[field.name] = tuple(taken) if field.array_length else taken[0]
    return message


def all_kinds(rng):
    """Frames of every message, in MAVLink 1 and 2, signed and not."""
    key = SigningKey(b"\1" * 32)
    encoders = [
        Encoder(7, 1),
        Encoder(8, 2, version=1),
        Encoder(9, 3, signer=Signer(key, 1, SigningTime(lambda: START_S))),
    ]
    frames = [UNKNOWN]
    for definition in DEFINITIONS.values():
        able = encoders if definition.msg_id < 256 else encoders[::2]
        frames += [encoder.encode(random_message(definition, rng)) for encoder in able]
    rng.shuffle(frames)
    return frames


def stamped(frames):
    return b"".join(pack_stamp(START_S + number / 8) + frame for number, frame in enumerate(frames))


def by_reader(path):
    """What the reader finds: stamps and messages by name, and what it counts."""
    reader = TlogReader(path)
    found = list(reader)
    anomalies = {cause: count for cause, count in reader.anomalies.items() if count}
    return found, (anomalies, reader.truncated_at, reader.problem)


def assert_same(path):
    try:
        found, account = by_reader(path)
    except TelemetryError as refused:
        with pytest.raises(TelemetryError, match=re.escape(str(refused))):
            TlogTable(path)
        return
    table = TlogTable(path)
    assert (table.anomalies, table.truncated_at, table.problem) == account
    known: dict[str, list] = {}
    for stamp, frame in found:
        if frame.definition is not None:
            known.setdefault(frame.definition.name, []).append((stamp, frame))
    assert table.counts == {name: len(entries) for name, entries in known.items()}
    stamps = (table.times_utc_us.astype(np.uint64) / 1e6).tolist()
    assert stamps == [stamp for stamp, _ in found]
    for name, entries in known.items():
        rows = table[name]
        for column in ("system_id", "component_id"):
            assert rows[column].tolist() == [getattr(frame, column) for _, frame in entries]
        assert rows["frame_seq"].tolist() == [frame.seq for _, frame in entries]
        size = DEFINITIONS[entries[0][1].msg_id].layout.size
        payloads = [frame.payload.ljust(size, b"\0")[:size] for _, frame in entries]
        # The first four columns take 11 bytes.
        assert [row.tobytes()[11:] for row in rows] == payloads
    assert_index_same(path, found, account[2])


def assert_index_same(path, found, problem):
    index = TlogIndex([path])
    assert index.problem == problem
    for column in ("msg_id", "system_id", "component_id"):
        assert getattr(index, column).tolist() == [getattr(frame, column) for _, frame in found]
    frames = IndexedFrames(index)
    assert frames.read(np.arange(len(index))) == [frame.raw for _, frame in found]
    frames.close()
    contents = {}
    for (_, frame), content in zip(found, index._content.tolist(), strict=True):
        assert contents.setdefault(content, frame.payload) == frame.payload
    if all(one <= other for (one, _), (other, _) in itertools.pairwise(found)):
        assert index.play_s.tolist() == [stamp for stamp, _ in found]


def test_every_field_of_every_message_is_what_the_codec_reads(tmp_path):
    path = tmp_path / "all.tlog"
    path.write_bytes(stamped(all_kinds(random.Random(1))))
    assert_same(path)
    table = TlogTable(path)
    assert set(table) == {definition.name for definition in DEFINITIONS.values()}
    assert table.anomalies == {"unknown_message": 1}
    assert table.unknown_ids == {0xEEEEEE: 1}
    places: dict[str, int] = {}
    for _, frame in TlogReader(path):
        if frame.definition is None:
            continue
        message = decode(frame)
        place = places[message.name] = places.get(message.name, -1) + 1
        row = table[message.name][place]
        for field in frame.definition.fields:
            expected = message.fields[field.name]
            if field.is_text:
                assert row[field.name].split(b"\0")[0].decode() == expected
            elif field.array_length:
                assert tuple(row[field.name].tolist()) == expected
            else:
                assert row[field.name] == expected


def test_columns_are_of_the_dialects_types():
    numpy_types = {"float": "f4", "double": "f8", "char": "S"}
    for message_class in ardupilotmega.mavlink_map.values():
        columns = row_type(DEFINITIONS[message_class.id])
        lengths = dict(zip(message_class.ordered_fieldnames, message_class.array_lengths, strict=True))
        for name, wire in zip(message_class.fieldnames, message_class.fieldtypes, strict=True):
            wire = wire.removesuffix("_mavlink_version")
            if wire == "char":
                assert columns[name] == np.dtype(f"S{lengths[name]}")
                continue
            expected = np.dtype(numpy_types.get(wire) or wire.removesuffix("_t"))
            assert columns[name].base == expected
            assert columns[name].shape == ((lengths[name],) if lengths[name] else ())


def damaged(data, rng):
    """Change, drop, repeat and insert; sometimes cut the end off."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 12)):
        at = rng.randrange(len(out))
        size = rng.choice((1, 1, 2, 7, 8, 30, 300))
        kind = rng.randrange(5)
        if kind == 0:
            out[at : at + size] = rng.randbytes(size)
        elif kind == 1:
            del out[at : at + size]
        elif kind == 2:
            out[at:at] = out[at : at + size]
        elif kind == 3:
            out[at:at] = bytes(rng.choice((0xFD, 0xFE, rng.randrange(256))) for _ in range(size))
        else:
            out[at] ^= 1 << rng.randrange(8)
    if rng.random() < 0.5:
        del out[rng.randrange(len(out) // 2, len(out)) :]
    return bytes(out)


def test_what_is_broken_is_skipped_and_counted_as_the_reader_does(tmp_path, monkeypatch):
    rng = random.Random(2)
    path = tmp_path / "broken.tlog"
    frames = all_kinds(rng)
    for chunk_size in [1 << 20] * 20 + [97, 300, 1024] * 12:
        # What the reader finds does not depend on how much it reads at once.
        monkeypatch.setattr(tlog, "_CHUNK_SIZE", chunk_size)
        path.write_bytes(damaged(stamped(rng.sample(frames, 40)), rng))
        assert_same(path)


def test_noise_is_judged_as_the_reader_does(tmp_path):
    rng = random.Random(3)
    path = tmp_path / "noise.tlog"
    for _ in range(40):
        path.write_bytes(bytes(rng.choice((0xFD, 0xFE, 0, 1, 8, rng.randrange(256))) for _ in range(800)))
        assert_same(path)


def test_more_records_than_expected_are_all_found(tmp_path, monkeypatch):
    monkeypatch.setattr(tlog_records, "_USUAL_RECORD_SIZE", 10**9)
    path = tmp_path / "many.tlog"
    encoder = Encoder(1, 1)
    path.write_bytes(
        stamped([encoder.encode(Message.new("HEARTBEAT", mavlink_version=3)) for _ in range(5000)])
    )
    assert TlogTable(path).counts == {"HEARTBEAT": 5000}


def test_a_missing_file_and_a_name_that_is_not_there(tmp_path):
    with pytest.raises(TelemetryError, match="cannot be read"):
        TlogTable(tmp_path / "none.tlog")
    path = tmp_path / "one.tlog"
    path.write_bytes(stamped([Encoder(1, 1).encode(Message.new("HEARTBEAT"))]))
    table = TlogTable(path)
    with pytest.raises(KeyError):
        table["ATTITUDE"]


@pytest.mark.recorded
@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings of a real ArduCopter are not here")
def test_recordings_of_a_real_vehicle_whole_and_broken(tmp_path):
    rng = random.Random(4)
    path = tmp_path / "broken.tlog"
    for recording in sorted(RECORDINGS.glob("*.tlog")):
        assert_same(recording)
        data = recording.read_bytes()
        start = rng.randrange(len(data) // 2)
        path.write_bytes(damaged(data[start : start + 40_000], rng))
        assert_same(path)


def test_csv_has_a_column_an_element_and_text_up_to_its_end(tmp_path):
    path = tmp_path / "a.tlog"
    encoder = Encoder(3, 1)
    path.write_bytes(
        stamped(
            [
                encoder.encode(Message.new("BATTERY_STATUS", voltages=(1, 2), temperature=-5)),
                encoder.encode(Message.new("STATUSTEXT", severity=4, text='say "飞鹰", twice')),
            ]
        )
    )
    table = TlogTable(path)
    sheets = {name: io.StringIO() for name in table}
    for name, sheet in sheets.items():
        write_csv(table[name], sheet)
    titles, values = sheets["BATTERY_STATUS"].getvalue().splitlines()
    row = dict(zip(titles.split(","), values.split(","), strict=True))
    assert (row["time_utc_us"], row["system_id"], row["temperature"]) == ("1763800000250000", "3", "-5")
    assert [row[f"voltages[{number}]"] for number in range(3)] == ["1", "2", "0"]
    assert '"say ""飞鹰"", twice"' in sheets["STATUSTEXT"].getvalue()
