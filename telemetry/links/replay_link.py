"""A recording in place of a vehicle."""

import asyncio
import math
import time
from collections.abc import Iterator
from pathlib import Path

from telemetry.refusal import TelemetryError
from telemetry.wire.frame import Frame
from telemetry.wire.tlog import TlogReader

# Frames this close in the recording are handed out together.
_BATCH_S = 0.05
_MAX_WAIT_S = 10.0


class ReplayClock:
    """The recording's time: it flows with the replay and stops where the next frame is due."""

    def __init__(self) -> None:
        self._from_s = 0.0
        self._until_s = 0.0
        self._since_s = time.monotonic()
        self._speed = 0.0

    def play(self, from_s: float, until_s: float, speed: float) -> None:
        """Flow from one moment of the recording to another."""
        self._from_s = from_s
        self._until_s = max(from_s, until_s)
        self._since_s = time.monotonic()
        self._speed = speed

    def utc_s(self) -> float:
        """Tell the moment of the recording that is being played."""
        if math.isinf(self._speed):
            return self._from_s
        return min(self._until_s, self._from_s + (time.monotonic() - self._since_s) * self._speed)

    def monotonic_s(self) -> float:
        """Tell the same: silence is measured in the recording's time."""
        return self.utc_s()


class ReplayLink:
    """Plays a .tlog once.

    Parameters
    ----------
    path : Path
    speed : float
        Recorded seconds a second; 0 or infinity is as fast as possible. No pause is longer than 10 s.

    Attributes
    ----------
    clock : ReplayClock
        For the bridge that plays it.
    done : asyncio.Event
        Set when the last frame was handed out.
    """

    def __init__(self, path: Path, *, speed: float = 1.0) -> None:
        if math.isnan(speed) or speed < 0.0:
            raise TelemetryError(
                f"a replay cannot run at speed {speed:g}",
                place=str(path),
                remedy="Give a number above 0, or 0 for as fast as possible",
            )
        self.name = str(path)
        self.clock = ReplayClock()
        self.done = asyncio.Event()
        self._speed = speed or math.inf
        self._reader = TlogReader(path)
        self._frames: Iterator[tuple[float, Frame]] = iter(())
        self._next: tuple[float, Frame] | None = None
        self._due_s = 0.0

    @property
    def position(self) -> float:
        """How much was played, 0 to 1."""
        return 1.0 if self.done.is_set() else self._reader.position

    @property
    def problem(self) -> str:
        """What was found wrong with the file so far, in words; empty where nothing is."""
        return self._reader.problem

    async def open(self) -> None:
        """Find the first frame."""
        self.done.clear()
        self._frames = iter(self._reader)
        self._next = next(self._frames, None)
        if self._next is not None:
            self.clock.play(self._next[0], self._next[0], self._speed)
        self._due_s = time.monotonic()

    async def read(self) -> list[tuple[bytes, str]]:
        """Wait until the next frames are due; raises `EOFError` after the last."""
        if self._next is None:
            self.done.set()
            raise EOFError("the recording has ended")
        first_s = self._next[0]
        await asyncio.sleep(self._due_s - time.monotonic())
        batch: list[bytes] = []
        while self._next is not None and 0.0 <= self._next[0] - first_s < _BATCH_S:
            batch.append(self._next[1].raw)
            self._next = next(self._frames, None)
        until_s = self._next[0] if self._next is not None else first_s
        # A clock that was set back while recording costs no wait.
        self._due_s += min(max(0.0, until_s - first_s) / self._speed, _MAX_WAIT_S)
        self.clock.play(first_s, until_s, self._speed)
        return [(b"".join(batch), "")]

    def write(self, data: bytes, peer: str = "") -> None:
        """Say nothing: nobody listens."""

    async def close(self) -> None:
        """Let go of the file."""
        self._frames = iter(())
        self._next = None
