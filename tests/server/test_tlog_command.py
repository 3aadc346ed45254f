"""What `feiying tlog` and `feiying bench tlog` tell."""

import csv

import orjson
import pytest
from typer.testing import CliRunner

from bench.tlog import run
from server.cli.bench import bench_app
from server.cli.tlog import tlog_app
from telemetry.refusal import TelemetryError
from telemetry.wire.codec import Encoder
from telemetry.wire.message import Message
from telemetry.wire.tlog import pack_stamp

START_S = 1_795_335_349.5


@pytest.fixture
def recording(tmp_path):
    """Two vehicles at 1 Hz for a minute: 1 flies twice, 2 is still armed at the end; a station listens."""
    armed = {1: (range(10, 20), range(30, 45)), 2: (range(50, 60),)}
    encoders = {system_id: Encoder(system_id, 1) for system_id in armed}
    station = Encoder(255, 190)
    path = tmp_path / "flight.tlog"
    with path.open("wb") as file:
        for second in range(60):
            for system_id, encoder in encoders.items():
                is_armed = any(second in span for span in armed[system_id])
                beat = Message.new("HEARTBEAT", type=2, autopilot=3, base_mode=209 if is_armed else 81)
                file.write(pack_stamp(START_S + second) + encoder.encode(beat))
            file.write(
                pack_stamp(START_S + second)
                + station.encode(Message.new("HEARTBEAT", type=6, autopilot=8, base_mode=192))
            )
        file.write(
            pack_stamp(START_S + 60)
            + station.encode(Message.new("SETUP_SIGNING", target_system=1, secret_key=(7,) * 32))
        )
    return path


def test_info_tells_time_flights_and_rates(recording):
    outcome = CliRunner().invoke(tlog_app, ["info", str(recording), "--json"])
    assert outcome.exit_code == 0
    document = orjson.loads(outcome.stdout)
    assert (document["messages"], document["first_utc_s"], document["last_utc_s"]) == (
        181,
        START_S,
        START_S + 60,
    )
    assert document["types"] == {
        "HEARTBEAT": {"count": 180, "rate_hz": round(179 / 59, 2)},
        "SETUP_SIGNING": {"count": 1, "rate_hz": None},
    }
    assert [tuple(flight.values()) for flight in document["flights"]] == [
        (1, START_S + 10, START_S + 20),
        (1, START_S + 30, START_S + 45),
        (2, START_S + 50, None),
    ]
    assert document["problem"] == ""


def test_info_says_it_in_words_and_exits_1_where_the_recording_is_not_whole(recording):
    with recording.open("ab") as file:
        file.write(pack_stamp(START_S + 61) + b"\xfd\x09\x00")
    outcome = CliRunner().invoke(tlog_app, ["info", str(recording)])
    assert outcome.exit_code == 1
    assert "vehicle 2: armed from 2026-11-22 08:16:39 to the end" in outcome.stderr
    assert "HEARTBEAT: 180, 3.03 Hz" in outcome.stderr
    assert "The recording is not whole: it ends inside a record" in outcome.stderr


def test_export_writes_a_table_a_message_but_no_key(recording, tmp_path):
    out = tmp_path / "tables"
    outcome = CliRunner().invoke(tlog_app, ["export", str(recording), "-o", str(out), "--json"])
    assert orjson.loads(outcome.stdout)["files"] == [str(out / "HEARTBEAT.csv")]
    with (out / "HEARTBEAT.csv").open() as sheet:
        rows = list(csv.DictReader(sheet))
    assert len(rows) == 180
    assert rows[3]["time_utc_us"] == "1795335350500000"
    assert [rows[place]["system_id"] for place in range(3)] == ["1", "2", "255"]
    assert [path.name for path in out.iterdir()] == ["HEARTBEAT.csv"]


def test_export_of_what_is_not_there_is_refused_and_writes_nothing(recording, tmp_path):
    out = tmp_path / "tables"
    outcome = CliRunner().invoke(
        tlog_app, ["export", str(recording), "-o", str(out), "--message", "ATTITUDE"]
    )
    assert isinstance(outcome.exception, TelemetryError)
    assert "Give --message one of HEARTBEAT" in str(outcome.exception)
    assert not out.exists()


def test_the_measurement_compares_what_both_find(monkeypatch):
    monkeypatch.setattr("bench.tlog._SYNTHETIC_MESSAGES", 4_000)
    result = run(megabytes=2.5, part_megabytes=0.1, rounds=1)
    assert result["feiying"]["bytes"] >= 2.5e6
    assert result["mavutil"]["messages"] == 4_000
    assert result["mavutil"]["is_part"]
    assert result["ratio"] > 1


def test_the_command_prints_one_document(monkeypatch):
    monkeypatch.setattr("bench.tlog.run", lambda files, megabytes: {"name": "tlog", "megabytes": megabytes})
    outcome = CliRunner().invoke(bench_app, ["tlog", "--json", "--megabytes", "3"])
    assert orjson.loads(outcome.stdout) == {"name": "tlog", "megabytes": 3.0}
