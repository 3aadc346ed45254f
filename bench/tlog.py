"""How fast a whole telemetry log becomes arrays, beside mavutil reading it message by message."""

import os
import platform
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

from pymavlink import mavutil

from bench.copter_stream import copter_stream
from telemetry.wire.tlog import pack_stamp
from telemetry.wire.tlog_table import TlogTable

_SYNTHETIC_MESSAGES = 40_000
_START_UTC_S = 1_795_000_000.0
_FEIYING_DOES = (
    "every record found and its CRC checked, every field of every record in an array of its message type"
)
_MAVUTIL_DOES = "every record found and its CRC checked, every message made with all its fields, one by one"


def run(
    files: Sequence[Path] = (), *, megabytes: float = 100.0, part_megabytes: float = 1.5, rounds: int = 3
) -> dict[str, Any]:
    """Measure the bulk decoder on logs joined and repeated, and mavutil on the first part of the same file.

    Both are counted by processor time a byte, of several rounds taken in turn the best of each, for others use the
    machine too. What mavutil would need for the whole file is extrapolated. Without files the stream of ten simulated
    copters is taken.

    Raises
    ------
    RuntimeError
        If the two did not find the same messages in the part.
    """
    with tempfile.TemporaryDirectory() as folder:
        whole, part = Path(folder) / "whole.tlog", Path(folder) / "part.tlog"
        _join(
            files or [_synthetic(Path(folder), _SYNTHETIC_MESSAGES)], whole, part, megabytes, part_megabytes
        )
        counts = TlogTable(part).counts  # compiles, too
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(_measure_table(whole))
            theirs.append(_measure_mavutil(part, counts))
    feiying, peer = (min(measured, key=lambda one: float(one["cpu_s"])) for measured in (ours, theirs))
    ratio = feiying["bytes_per_s"] / peer["bytes_per_s"]
    return {
        "name": "tlog",
        "files": [str(file) for file in files] or ["ten simulated copters"],
        "rounds": rounds,
        "feiying": {"does": _FEIYING_DOES, **feiying},
        "mavutil": {
            "does": _MAVUTIL_DOES,
            **peer,
            "is_part": True,
            "extrapolated_cpu_s": round(feiying["bytes"] / peer["bytes_per_s"], 1),
        },
        "ratio": round(ratio, 1),
        "machine": {
            "python": platform.python_version(),
            "implementation": platform.python_implementation(),
            "system": f"{platform.system()} {platform.machine()}",
            "cores": os.cpu_count(),
        },
    }


def run_once() -> None:
    """Decode a small log, which compiles what does it."""
    with tempfile.TemporaryDirectory() as folder:
        table = TlogTable(_synthetic(Path(folder), messages=200))
        assert len(table.times_utc_us) == sum(len(table[name]) for name in table)


def _synthetic(folder: Path, messages: int) -> Path:
    path = folder / "synthetic.tlog"
    with path.open("wb") as file:
        for number, frame in enumerate(copter_stream(10, messages)):
            file.write(pack_stamp(_START_UTC_S + number * 1e-3) + frame)
    return path


def _join(files: Sequence[Path], whole: Path, part: Path, megabytes: float, part_megabytes: float) -> None:
    """Write the files one after the other until there is enough; the part ends with the file it is reached in."""
    with whole.open("wb") as joined:
        for file in cycle(files):
            with file.open("rb") as source:
                shutil.copyfileobj(source, joined)
            joined.flush()
            if not part.exists() and joined.tell() >= part_megabytes * 1e6:
                shutil.copyfile(whole, part)
            if part.exists() and joined.tell() >= megabytes * 1e6:
                return


def _figures(path: Path, messages: int, cpu_s: float, wall_s: float) -> dict[str, Any]:
    size = path.stat().st_size
    return {
        "bytes": size,
        "messages": messages,
        "cpu_s": round(cpu_s, 3),
        "wall_s": round(wall_s, 3),
        "bytes_per_s": round(size / cpu_s),
        "messages_per_s": round(messages / cpu_s),
    }


def _measure_table(path: Path) -> dict[str, Any]:
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    table = TlogTable(path)
    messages = sum(len(table[name]) for name in table)
    return _figures(path, messages, time.process_time() - cpu_s, time.perf_counter() - wall_s)


def _measure_mavutil(path: Path, expected: dict[str, int]) -> dict[str, Any]:
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    log = mavutil.mavlogfile(str(path))
    counts: Counter[str] = Counter()
    while (message := log.recv_msg()) is not None:
        counts[message.get_type()] += 1
    figures = _figures(path, counts.total(), time.process_time() - cpu_s, time.perf_counter() - wall_s)
    log.close()
    if counts != expected:
        raise RuntimeError(f"mavutil found other messages: {counts} instead of {expected}")
    return figures
