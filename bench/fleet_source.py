"""A process of its own that sends what a whole fleet says, in datagrams and in time."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import islice
from typing import Self

from bench.copter_stream import copter_stream

DRONES_PER_NETWORK = 250
"""System ids end at 255, and the ground station has one of them."""
MESSAGES_PER_S = 40
_TICKS_PER_S = 10
_CYCLE = 256
"""Messages after which a drone begins anew: sequence numbers have come round."""


class FleetSource:
    """Starts the process; use it as a context manager.

    Parameters
    ----------
    ports : sequence of int
        One for each network, on loopback.
    drones : int
        Over all networks.
    seconds : float
    """

    def __init__(self, ports: Sequence[int], drones: int, seconds: float) -> None:
        self._arguments = [str(drones), str(seconds), *map(str, ports)]
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from bench.fleet_source import send; send()", *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)},
        )
        self._line()
        return self

    def begin(self) -> None:
        """Let it send."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def sent(self) -> int:
        """Wait until it has sent all; gives how many messages that were."""
        return int(self._line())

    def _line(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def __exit__(self, *exception: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()


def send() -> None:
    """Make all datagrams, wait for a line, send them in time, print how many messages that were."""
    drones, seconds, ports = int(sys.argv[1]), float(sys.argv[2]), [int(port) for port in sys.argv[3:]]
    per_datagram = MESSAGES_PER_S // _TICKS_PER_S
    speakers = []
    for number in range(drones):
        network, system = divmod(number, DRONES_PER_NETWORK)
        speaker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        speaker.connect(("127.0.0.1", ports[network]))
        frames = copter_stream(1, _CYCLE, system_id=system + 1)
        datagrams = [b"".join(islice(frames, per_datagram)) for _ in range(_CYCLE // per_datagram)]
        speakers.append((speaker, datagrams))
    print("ready", flush=True)
    sys.stdin.readline()
    begun_s = time.monotonic()
    sent = 0
    for tick in range(round(seconds * _TICKS_PER_S)):
        for number, (speaker, datagrams) in enumerate(speakers):
            if number % 50 == 0:
                due_s = begun_s + (tick + number / drones) / _TICKS_PER_S
                time.sleep(max(0.0, due_s - time.monotonic()))
            speaker.send(datagrams[tick % len(datagrams)])
            sent += per_datagram
    print(sent, flush=True)
    sys.stdin.readline()
