"""The measurement of the simulator, small."""

import orjson
from typer.testing import CliRunner

from bench.frame_counter import SequenceCount
from bench.simulator import run
from server.cli.bench import bench_app
from telemetry.wire.codec import Encoder
from telemetry.wire.message import Message


def test_missing_frames_are_counted_by_vehicle():
    encoders = {number: Encoder(number, 1) for number in (1, 2)}
    frames = [encoders[1 + number % 2].encode(Message.new("HEARTBEAT")) for number in range(600)]
    count = SequenceCount()
    count.read(b"".join(frames[:10]))
    assert (count.frames, count.gaps, count.vehicles) == (10, 0, {1, 2})
    count.read(b"".join(frames[13:]))
    assert (count.frames, count.gaps) == (597, 3)


def test_the_command_measures_a_fleet_and_one_alone(monkeypatch):
    monkeypatch.setattr("bench.simulator._WARM_S", 0.2)
    monkeypatch.setattr("bench.simulator.run", lambda copters, seconds: run(3, seconds=seconds))
    outcome = CliRunner().invoke(bench_app, ["sim", "--seconds=1", "--json"])
    assert outcome.exit_code == 0, outcome.output
    result = orjson.loads(outcome.stdout)
    fleet, alone = result["fleet"], result["alone"]
    assert (fleet["copters"], fleet["flying"], fleet["heard"], fleet["sequence_gaps"]) == (3, 3, 3, 0)
    assert fleet["copters_per_core"] > fleet["ardupilot_per_core"]
    assert alone["messages"] > 5000
    assert alone["times_real_time"] > 50
