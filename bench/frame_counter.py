"""A process of its own that counts what a fleet says over UDP, and what is missing, without a MAVLink library."""

import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any, Self

import orjson

_V2 = 0xFD
_SIGNED = 1
_RECEIVE_BYTES = 8 * 1024 * 1024
_QUIET_S = 0.02


class FrameCounter:
    """Starts the process; use it as a context manager.

    Parameters
    ----------
    networks : int
        Sockets to listen on.
    request : bytes
        Frames sent to whoever speaks first on each: what a ground station asks for.

    Attributes
    ----------
    ports : list of int
        One after another.
    """

    def __init__(self, networks: int, request: bytes) -> None:
        self._arguments = [str(networks), request.hex()]
        self._process: subprocess.Popen[str] | None = None
        self.ports: list[int] = []

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from bench.frame_counter import count; count()", *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)},
        )
        self.ports = orjson.loads(self._line())
        return self

    def counts(self) -> dict[str, int]:
        """Give `frames`, `gaps` and `vehicles` since the last time, once all that was sent is read."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        counts: dict[str, int] = orjson.loads(self._line())
        return counts

    def _line(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def __exit__(self, *exception: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()


class SequenceCount:
    """Frames and gaps of one network, by system and component."""

    def __init__(self) -> None:
        self.frames = self.gaps = 0
        self._latest: dict[int, int] = {}
        self.vehicles: set[int] = set()

    def read(self, datagram: bytes) -> None:
        """Go through the frames of a datagram."""
        latest = self._latest
        at = 0
        while at < len(datagram):
            if datagram[at] != _V2:
                raise RuntimeError(f"no frame begins with byte {datagram[at]:#x}")
            source = datagram[at + 5] << 8 | datagram[at + 6]
            seq = datagram[at + 4]
            self.gaps += (seq - latest.get(source, seq - 1) - 1) & 0xFF
            latest[source] = seq
            self.vehicles.add(source >> 8)
            at += datagram[at + 1] + 12 + 13 * (datagram[at + 2] & _SIGNED)
            self.frames += 1


def count() -> None:
    """Listen and count until killed; print ports, then counts for every line read."""
    networks, request = int(sys.argv[1]), bytes.fromhex(sys.argv[2])
    sockets = _bound_in_a_row(networks)
    print(orjson.dumps([each.getsockname()[1] for each in sockets]).decode(), flush=True)
    counts = [SequenceCount() for _ in sockets]
    asked = [False] * networks
    numbers = {each.fileno(): number for number, each in enumerate(sockets)}
    poll = select.poll()
    for handle in (*numbers, sys.stdin.fileno()):
        poll.register(handle, select.POLLIN)
    wanted_since_s = 0.0
    while True:
        ready = poll.poll(_QUIET_S * 1000 if wanted_since_s else None)
        heard = False
        for handle, _ in ready:
            if handle == sys.stdin.fileno():
                sys.stdin.readline()
                wanted_since_s = time.monotonic()
                continue
            number = numbers[handle]
            heard = True
            while True:
                try:
                    datagram, address = sockets[number].recvfrom(65535)
                except BlockingIOError:
                    break
                counts[number].read(datagram)
                if not asked[number]:
                    asked[number] = True
                    sockets[number].sendto(request, address)
        if wanted_since_s and not heard:
            wanted_since_s = 0.0
            print(orjson.dumps(_taken(counts)).decode(), flush=True)


def _taken(counts: Sequence[SequenceCount]) -> dict[str, Any]:
    taken = {
        "frames": sum(each.frames for each in counts),
        "gaps": sum(each.gaps for each in counts),
        "vehicles": sum(len(each.vehicles) for each in counts),
    }
    for each in counts:
        each.frames = each.gaps = 0
    return taken


def _bound_in_a_row(networks: int) -> list[socket.socket]:
    while True:
        sockets = [_bound(0)]
        first = sockets[0].getsockname()[1]
        try:
            sockets += [_bound(first + number) for number in range(1, networks)]
        except (OSError, OverflowError):
            for each in sockets:
                each.close()
        else:
            return sockets


def _bound(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BYTES)
    bound.bind(("127.0.0.1", port))
    bound.setblocking(False)
    return bound
