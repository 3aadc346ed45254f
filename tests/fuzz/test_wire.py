"""Random and mutated bytes through scanner, reader and table; `make soak` runs ten million of them."""

import importlib.util
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymavlink.dialects.v20 import ardupilotmega

from telemetry.wire.codec import FrameScanner
from tests.fuzz.wire_judge import judge_log, judge_scanner, stream, whole_frame_at

RECORDINGS = Path(__file__).resolve().parents[3] / "shared" / "ardupilot"


def judge(rng, total, path):
    """Judge so many bytes, each as a stream and as a log: noise, or frames with noise between, damaged."""
    judged = frames = 0
    while judged < total:
        kind = rng.randrange(4)
        data = stream(rng, 400, is_log=kind == 1) if kind else rng.randbytes(20_000)
        frames += judge_scanner(data, rng.choice((1, 13, 280, 1400, 65536))) + judge_log(data, path)
        judged += len(data)
    return frames


def test_noise_and_damage(tmp_path):
    assert judge(random.Random(1), 300_000, tmp_path / "a.tlog") > 6_000


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_ten_million_bytes_of_noise_and_damage(tmp_path):
    assert judge(random.Random(2), 10_000_000, tmp_path / "a.tlog") > 200_000


@pytest.mark.soak
@pytest.mark.recorded
@pytest.mark.timeout(3600)
@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings of a real ArduCopter are not here")
def test_damaged_recordings(tmp_path):
    rng = random.Random(3)
    for recording in sorted(RECORDINGS.glob("*.tlog")):
        data = bytearray(recording.read_bytes())
        for _ in range(len(data) // 2000):
            data[rng.randrange(len(data))] = rng.randrange(256)
            del data[rng.randrange(len(data)) :][:1]
        assert judge_log(bytes(data), tmp_path / "a.tlog") > 100


pieces = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.integers(0, 2**32).map(lambda seed: stream(random.Random(seed), 5, is_log=False)),
        st.sampled_from(
            [b"\xfd", b"\xfe", b"\xfd\xff\x00", b"\xfe\x09\x00\x01\x01\x00", b"\xfd\x09\x01\x00"]
        ),
    ),
    max_size=8,
).map(b"".join)


@settings(max_examples=150)
@given(pieces, st.integers(1, 400))
def test_every_frame_pymavlink_finds_is_found(data, chunk_size):
    """pymavlink swallows frames behind false beginnings, so it finds some of ours, and nothing else."""
    judge_scanner(data, chunk_size)
    ours = FrameScanner()
    found = [frame.raw for frame in ours.feed(data) + ours.finish()]
    theirs = ardupilotmega.MAVLink(None)
    theirs.robust_parsing = True
    for message in theirs.parse_buffer(data) or []:
        raw = bytes(message.get_msgbuf())
        if message.get_type() == "BAD_DATA" or message.get_type().startswith("UNKNOWN"):
            continue
        # Where two whole frames overlap, either may be taken.
        assert raw in found or any(raw in data and _overlaps(data, raw, other) for other in found)


def _overlaps(data: bytes, one: bytes, other: bytes) -> bool:
    start, second = data.index(one), data.find(other)
    return second >= 0 and second < start + len(one) and start < second + len(other)


@settings(max_examples=40)
@given(st.binary(max_size=300).map(lambda data: data * 3))
def test_noise_as_a_log(tmp_path_factory, data):
    judge_log(data, tmp_path_factory.getbasetemp() / "noise.tlog")


def test_the_judge_knows_frames():
    raw = bytes(ardupilotmega.MAVLink_heartbeat_message(2, 3, 81, 4, 3, 3).pack(ardupilotmega.MAVLink(None)))
    assert whole_frame_at(b"ab" + raw + b"c", 2) == 2 + len(raw)
    assert whole_frame_at(raw[:-1] + b"\x00", 0) == 0
    assert whole_frame_at(raw[:-1], 0) == 0


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed")
def test_the_atheris_target_runs():
    target = Path(__file__).with_name("fuzz_wire.py")
    root = target.parents[2]
    subprocess.run(
        [sys.executable, str(target), "-runs=5000", "-seed=1"],
        check=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        timeout=120,
    )
