"""What is recorded is on disk, whatever happens next."""

import errno
import os
import signal
import subprocess
import sys

import pytest

from telemetry.recorder import Recorder
from telemetry.refusal import TelemetryError
from telemetry.wire.codec import Encoder
from telemetry.wire.message import Message
from telemetry.wire.tlog import TlogReader


class At:
    def monotonic_s(self):
        return 0.0

    def utc_s(self):
        return 1_795_339_860.0


def heartbeats(count):
    encoder = Encoder(1, 1)
    return [encoder.encode(Message.new("HEARTBEAT", mavlink_version=3)) for _ in range(count)]


def test_files_are_named_for_run_link_and_number(tmp_path):
    recorder = Recorder(tmp_path / "records", clock=At())
    first = recorder.record(1, "tcp:127.0.0.1:5760")
    second = recorder.record(2, "/dev/ttyACM0,115200")
    assert first.path == tmp_path / "records" / "2026-11-22T093100Z" / "1-tcp-127.0.0.1-5760.tlog"
    assert second.path.name == "2-dev-ttyACM0-115200.tlog"
    again = Recorder(tmp_path / "records", clock=At())
    assert again.folder.name == "2026-11-22T093100Z-2"
    first.close()
    second.close()


def test_records_can_be_read_by_us_and_by_pymavlink(tmp_path):
    from pymavlink import mavutil

    recording = Recorder(tmp_path).record(1, "x")
    frames = heartbeats(6)
    recording.write(1_795_339_860.123456, frames[:4])
    recording.write(1_795_339_861.0, frames[4:])
    recording.sync()
    recording.close()
    entries = list(TlogReader(recording.path))
    assert [frame.raw for _, frame in entries] == frames
    assert [time_s for time_s, _ in entries] == [1_795_339_860.123456] * 4 + [1_795_339_861.0] * 2
    log = mavutil.mavlink_connection(str(recording.path))
    message = log.recv_match()
    assert message._timestamp == pytest.approx(1_795_339_860.123456, abs=1e-5)
    log.close()


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(TelemetryError, match="Choose a folder"):
        Recorder(tmp_path / "file")
    with pytest.raises(TelemetryError, match="Choose a folder"):
        Recorder(tmp_path / "file" / "below")


def test_a_write_that_fails_half_way_leaves_whole_records(tmp_path, monkeypatch):
    recording = Recorder(tmp_path).record(1, "x")
    frames = heartbeats(3)
    recording.write(1.0, frames[:1])
    write = os.write
    room = [25]

    def write_until_full(file, data):
        if not room[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        count = write(file, data[: room[0]])
        room[0] -= count
        return count

    monkeypatch.setattr(os, "write", write_until_full)
    with pytest.raises(OSError, match="No space left"):
        recording.write(2.0, frames[1:2])
    monkeypatch.undo()
    recording.write(3.0, frames[2:])
    recording.close()
    reader = TlogReader(recording.path)
    assert [(time_s, frame.raw) for time_s, frame in reader] == [(1.0, frames[0]), (3.0, frames[2])]
    assert reader.problem == ""


WRITER = """
import sys
from pathlib import Path
from telemetry.wire.codec import Encoder
from telemetry.wire.message import Message
from telemetry.recorder import Recorder

recording = Recorder(Path(sys.argv[1])).record(1, "x")
encoder = Encoder(1, 1)
number = 0
while True:
    recording.write(number, [encoder.encode(Message.new("HEARTBEAT", custom_mode=number))])
    number += 1
    print(number, flush=True)
"""


def test_a_killed_process_loses_nothing_that_was_written(tmp_path):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)}
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert writer.stdout is not None
    with writer.stdout:
        for line in writer.stdout:
            if int(line) >= 500:
                writer.send_signal(signal.SIGKILL)
                break
        told = max([500, *(int(line) for line in writer.stdout if line.endswith("\n"))])
    writer.wait()
    [path] = tmp_path.rglob("*.tlog")
    entries = list(TlogReader(path))
    assert len(entries) >= told
