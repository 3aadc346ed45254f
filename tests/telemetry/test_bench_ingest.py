"""The ingest measurement, small."""

from collections import Counter

import orjson
from typer.testing import CliRunner

from bench.copter_stream import MESSAGES_PER_VEHICLE_S, copter_stream
from bench.ingest import run
from server.cli.bench import bench_app
from telemetry.wire.codec import FrameScanner


def test_the_stream_is_the_same_every_time_and_as_busy_as_it_says():
    count = 3 * MESSAGES_PER_VEHICLE_S
    frames = list(copter_stream(3, count))
    assert frames == list(copter_stream(3, count))
    scanner = FrameScanner()
    found = scanner.feed(b"".join(frames))
    assert not scanner.anomalies
    assert len(found) == count
    assert Counter(frame.system_id for frame in found) == dict.fromkeys((1, 2, 3), MESSAGES_PER_VEHICLE_S)
    names = Counter(frame.definition.name for frame in found if frame.definition)
    assert (names["HEARTBEAT"], names["ATTITUDE"]) == (3, 30)


def test_both_sides_get_every_message():
    result = run(2_000, rounds=1, drones=20, seconds=1.0)
    assert result["name"] == "ingest"
    assert result["feiying"]["messages"] == result["pymavlink"]["messages"] == 2_000
    assert result["feiying"]["recorded_bytes"] > 2_000 * 20
    assert result["ratio"] > 0
    fleet = result["fleet"]
    assert (fleet["vehicles_known"], fleet["sent"], fleet["lost"]) == (20, 800, 0)


def test_the_command_prints_one_document(monkeypatch):
    monkeypatch.setattr("bench.ingest.run", lambda **_: run(1_000, rounds=1, drones=5, seconds=1.0))
    outcome = CliRunner().invoke(bench_app, ["ingest", "--json"])
    assert outcome.exit_code == 0
    assert orjson.loads(outcome.stdout)["name"] == "ingest"
