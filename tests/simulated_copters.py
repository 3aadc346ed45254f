"""Copters of the simulator, in a process of their own."""

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STOP_S = 20.0


@contextlib.contextmanager
def simulated_copters(*arguments: object) -> Iterator[list[str]]:
    """Give the addresses of what `feiying sim` flies on free ports until the block ends."""
    with simulator(*arguments) as (addresses, _):
        yield addresses


@contextlib.contextmanager
def simulator(*arguments: object) -> Iterator[tuple[list[str], "subprocess.Popen[str]"]]:
    """Give addresses and process, to be stopped and continued by signals."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "server.cli", "sim", "--json", "--quick-boot", "--port", "0"),
            *map(str, arguments),
        ],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        lines = ""
        while not lines.endswith("\n}\n"):
            line = process.stdout.readline()
            assert line, "the simulator did not come up"
            lines += line
        yield [vehicle["address"] for vehicle in json.loads(lines)["vehicles"]], process
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait(STOP_S)
        process.stdout.close()
