"""A process that is killed while it records loses nothing that it had written, and its flight is found."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from telemetry.bus import Bus
from telemetry.logbook.flight_index import FlightIndex
from telemetry.logbook.flight_logger import FlightLogger
from telemetry.logbook.journal import journals_in
from telemetry.recorder import Recorder
from telemetry.wire.codec import decode
from telemetry.wire.tlog import TlogReader

WRITER = """
import sys
from pathlib import Path
from pathlib import Path
from telemetry.recorder import Recorder
from tests.telemetry.logbook.recorded import BEGIN_S, Speaker

recording = Recorder(Path(sys.argv[1]), segment_bytes=3000).record(1, "udp:x")
copter = Speaker()
step = 0
while True:
    recording.write(BEGIN_S + step, [copter.heartbeat(is_armed=step >= 20), copter.position(step)])
    print(step, flush=True)
    step += 1
"""


async def test_recording_killed_then_mended_then_counted(tmp_path):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)}
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert writer.stdout is not None
    told = 0
    with writer.stdout:
        for line in writer.stdout:
            told = max(told, int(line)) if line.endswith("\n") else told
            if told == 600:
                writer.send_signal(signal.SIGKILL)
    writer.wait()
    [run] = [path for path in tmp_path.iterdir() if path.is_dir()]
    [journal] = journals_in(run)
    assert len(journal.segments) > 5
    # As if the power had failed inside a write.
    with journal.segments[-1].open("ab") as file:
        file.write(b"\0\6")
    recorder = Recorder(tmp_path)
    bus = Bus()
    told_of = bus.subscribe("*.*.recording_repaired", "drone.*.event.flight_logged")
    # The work is done by a process of its own, as it is in the service.
    async with FlightLogger(recorder, bus):
        repaired = await anext(told_of)
        assert repaired.cut_bytes == 2
        logged = await anext(told_of)
    recorder.close()
    steps = [
        decode(frame).relative_alt // 1000
        for path in journal.segments
        for _, frame in TlogReader(path)
        if frame.msg_id == 33
    ]
    assert steps == list(range(len(steps)))
    assert len(steps) > told
    flight = FlightIndex(tmp_path).flights[logged.flight_id]
    assert not flight.is_complete
    assert flight.messages == 2 * (len(steps) - 10)
    assert flight.alt_max_rel_m == steps[-1]
