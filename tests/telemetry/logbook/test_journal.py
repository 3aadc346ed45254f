"""No record is lost, split or written over, whatever comes between."""

import os
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.logbook.journal import journals_in, repair_end, run_lock
from telemetry.recorder import Recorder
from telemetry.wire.codec import Encoder
from telemetry.wire.message import Message
from telemetry.wire.tlog import TlogReader


def heartbeats(count):
    encoder = Encoder(1, 1)
    return [
        encoder.encode(Message.new("HEARTBEAT", custom_mode=number, mavlink_version=3))
        for number in range(count)
    ]


def records_of(journal):
    return [
        (time_s, frame.raw)
        for path in journal.segments
        if path.stat().st_size
        for time_s, frame in TlogReader(path)
    ]


BATCHES = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 6)), min_size=1, max_size=40)


@settings(max_examples=40, deadline=None)
@given(batches=BATCHES, segment_bytes=st.integers(20, 600), segment_s=st.integers(1, 60))
def test_segments_hold_all_records_in_order_each_whole(batches, segment_bytes, segment_s):
    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder(Path(folder), segment_bytes=segment_bytes, segment_s=segment_s)
        recording = recorder.record(1, "udp:0.0.0.0:14550")
        frames = iter(heartbeats(sum(count for _, count in batches)))
        written, time_s = [], 0.0
        for number, (pause_s, count) in enumerate(batches):
            time_s += pause_s
            batch = [next(frames) for _ in range(count)]
            recording.write(time_s, batch)
            written += [(time_s, raw) for raw in batch]
            if number % 7 == 0:
                recording.sync()
        recording.close()
        [journal] = journals_in(recorder.folder)
        recorder.close()
        assert (journal.number, journal.link) == (1, "udp-0.0.0.0-14550")
        assert records_of(journal) == written
        largest = max(29 * count for _, count in batches)
        for path in journal.segments:
            assert path.stat().st_size <= max(segment_bytes, largest)
            assert TlogReader(path).problem == ""
            stamps = [stamp for stamp, _ in TlogReader(path)]
            assert stamps[-1] - stamps[0] < segment_s or len(set(stamps)) == 1


@settings(max_examples=60, deadline=None)
@given(whole=st.integers(0, 2500), cut=st.integers(1, 28))
def test_a_half_record_at_the_end_is_cut_off_and_nothing_else(whole, cut):
    frames = heartbeats(whole + 1)
    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder(Path(folder))
        recording = recorder.record(1, "x")
        recording.write(1.0, frames)
        recording.close()
        recorder.close()
        assert repair_end(recording.path) == 0
        os.truncate(recording.path, 29 * (whole + 1) - cut)
        assert repair_end(recording.path) == 29 - cut
        assert recording.path.stat().st_size == 29 * whole
        assert repair_end(recording.path) == 0


def test_what_is_no_half_record_stays(tmp_path):
    for content in (b"", b"no recording", b"\0" * 500, bytes(range(256)) * 400):
        path = tmp_path / "x.tlog"
        path.write_bytes(content)
        assert repair_end(path) == 0
        assert path.read_bytes() == content


def test_a_second_recording_of_a_link_is_written_beside_the_first(tmp_path):
    recorder = Recorder(tmp_path)
    paths = []
    for frame in heartbeats(3):
        recording = recorder.record(1, "x")
        recording.write(1.0, [frame])
        recording.close()
        paths.append(recording.path)
    assert len(set(paths)) == 3
    [journal] = journals_in(recorder.folder)
    assert list(journal.segments) == paths
    assert [raw for _, raw in records_of(journal)] == heartbeats(3)
    recorder.close()


def test_where_no_new_segment_can_be_made_the_old_one_goes_on(tmp_path, monkeypatch):
    recorder = Recorder(tmp_path, segment_bytes=60)
    recording = recorder.record(1, "x")
    frames = heartbeats(9)
    opened = os.open

    def refuse(path, *args, **kwargs):
        if str(path).endswith(".tlog"):
            raise OSError(24, "Too many open files")
        return opened(path, *args, **kwargs)

    recording.write(1.0, frames[:2])
    monkeypatch.setattr(os, "open", refuse)
    recording.write(2.0, frames[2:5])
    monkeypatch.undo()
    recording.write(3.0, frames[5:])
    recording.close()
    recorder.close()
    [journal] = journals_in(recorder.folder)
    assert [raw for _, raw in records_of(journal)] == frames
    assert len(journal.segments) == 2


def test_a_run_is_locked_while_its_process_lives(tmp_path):
    recorder = Recorder(tmp_path)
    with run_lock(recorder.folder) as is_ours:
        assert not is_ours
    recorder.close()
    with run_lock(recorder.folder) as is_ours:
        assert is_ours
    with run_lock(tmp_path / "nowhere") as is_ours:
        assert not is_ours
