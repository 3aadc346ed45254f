"""A recording in place of a vehicle."""

import asyncio
import contextlib
import math
import time
from collections import deque
from pathlib import Path

import numpy as np
import numpy.typing as npt

from telemetry.refusal import TelemetryError
from telemetry.wire.tlog_index import IndexedFrames, Rows, TlogIndex

# The recording is cut into pieces this long, each handed out at once, at the time of its first frame.
_BATCH_S = 0.05
_MAX_WAIT_S = 10.0
_LONGEST_PAST = 256


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

    def change_speed(self, speed: float) -> None:
        """Flow at another speed from now on; 0 stops it."""
        self.play(self.utc_s(), self._until_s, speed)

    def utc_s(self) -> float:
        """Tell the moment of the recording that is being played."""
        if math.isinf(self._speed):
            return self._from_s
        return min(self._until_s, self._from_s + (time.monotonic() - self._since_s) * self._speed)

    def monotonic_s(self) -> float:
        """Tell the same: silence is measured in the recording's time."""
        return self.utc_s()


class ReplayLink:
    """Plays recordings once, as one.

    Parameters
    ----------
    path : Path
        The recording, or what stands for several.
    speed : float
        Recorded seconds a second; 0 or infinity is as fast as possible. No pause is longer than 10 s.
    index : TlogIndex, optional
        Of what is played; made on opening where it is not given.
    start_s : float, optional
        What was recorded up to this moment is handed out at once, as far as it is needed to know how things stood.
    is_paused : bool
        Stop there until it is resumed.

    Attributes
    ----------
    clock : ReplayClock
        For the bridge that plays it.
    started : asyncio.Event
        Set when all up to `start_s` was taken in.
    done : asyncio.Event
        Set when the last frame was handed out.
    """

    def __init__(
        self,
        path: Path,
        *,
        speed: float = 1.0,
        index: TlogIndex | None = None,
        start_s: float | None = None,
        is_paused: bool = False,
    ) -> None:
        self.name = str(path)
        self.clock = ReplayClock()
        self.started = asyncio.Event()
        self.done = asyncio.Event()
        self.index = index
        self._path = path
        self._speed = checked_speed(speed, str(path))
        self._start_s = start_s
        self._is_paused = is_paused
        self._frames: IndexedFrames | None = None
        self._past: Rows = np.arange(0)
        self._batches: npt.NDArray[np.int64] = np.arange(0)
        self._past_frames: deque[tuple[float, bytes]] = deque()
        self._next = 0
        self._due_s = 0.0
        self._left_s = 0.0
        self._changed = asyncio.Event()

    @property
    def position(self) -> float:
        """How much was played, 0 to 1."""
        return self._next / len(self.index) if self.index is not None else 0.0

    @property
    def problem(self) -> str:
        """What is wrong with the file, in words; empty where nothing is."""
        return self.index.problem if self.index is not None else ""

    @property
    def speed(self) -> float:
        """Recorded seconds a second; infinite is as fast as possible."""
        return self._speed

    @property
    def is_paused(self) -> bool:
        """Whether it waits to be resumed."""
        return self._is_paused

    async def open(self) -> None:
        """Find the first frame."""
        self.done.clear()
        self.started.clear()
        if self.index is None:
            self.index = await asyncio.to_thread(TlogIndex, [self._path])
        try:
            self._frames = IndexedFrames(self.index)
        except OSError as error:
            raise TelemetryError(
                f"the recording cannot be read ({(error.strerror or str(error)).lower()})", place=self.name
            ) from None
        self._next = 0 if self._start_s is None else self.index.rows_until(self._start_s)
        self._past = self.index.rows_to_know(self._next)
        self._past_frames.clear()
        self._batches = ((self.index.play_s - self.index.first_s) / _BATCH_S).astype(np.int64)
        first_s = self.index.first_s
        self.clock.play(first_s, first_s, 0.0)
        self._due_s = time.monotonic()

    async def read(self) -> list[tuple[bytes, str]]:
        """Wait until the next frames are due; raises `EOFError` after the last."""
        index, frames = self.index, self._frames
        if index is None or frames is None:
            raise EOFError("the recording is not open")
        if self._past_frames or len(self._past):
            return [(self._read_past(index, frames), "")]
        if not self.started.is_set():
            self._begin(index)
        await self._until_due()
        if self._next >= len(index):
            self.done.set()
            raise EOFError("the recording has ended")
        first_s = float(index.play_s[self._next])
        stop = int(np.searchsorted(self._batches, self._batches[self._next], side="right"))
        batch = frames.read(np.arange(self._next, stop))
        self._next = stop
        until_s = float(index.play_s[stop]) if stop < len(index) else first_s
        self._wait(first_s, until_s)
        return [(b"".join(batch), "")]

    def write(self, data: bytes, peer: str = "") -> None:
        """Say nothing: nobody listens."""

    def pause(self) -> None:
        """Stop until it is resumed."""
        if not self._is_paused:
            self._keep_what_is_left()
            self._is_paused = True
            self._go_on()

    def resume(self) -> None:
        """Go on."""
        if self._is_paused:
            self._is_paused = False
            self._go_on()

    def set_speed(self, speed: float) -> None:
        """Go on at another speed; 0 or infinity is as fast as possible.

        Raises
        ------
        TelemetryError
            If it is negative or no number.
        """
        speed = checked_speed(speed, self.name)
        self._keep_what_is_left()
        self._speed = speed
        self._go_on()

    async def close(self) -> None:
        """Let go of the file."""
        if self._frames is not None:
            self._frames.close()
            self._frames = None

    def _read_past(self, index: TlogIndex, frames: IndexedFrames) -> bytes:
        if not self._past_frames:
            rows, self._past = self._past[:_LONGEST_PAST], self._past[_LONGEST_PAST:]
            # However the past was thinned, it came when its whole piece came.
            firsts = np.searchsorted(self._batches, self._batches[rows], side="left")
            self._past_frames.extend(zip(index.play_s[firsts].tolist(), frames.read(rows), strict=True))
        past = self._past_frames
        first_s, _ = past[0]
        batch = []
        while past and past[0][0] == first_s:
            batch.append(past.popleft()[1])
        self.clock.play(first_s, first_s, 0.0)
        return b"".join(batch)

    def _begin(self, index: TlogIndex) -> None:
        """Be where it starts: what came before was taken in."""
        self.started.set()
        now_s = index.first_s if self._start_s is None else max(self._start_s, index.first_s)
        until_s = float(index.play_s[self._next]) if self._next < len(index) else min(now_s, index.last_s)
        self._wait(now_s, until_s)

    def _wait(self, now_s: float, until_s: float) -> None:
        left_s = min(max(0.0, until_s - now_s), _MAX_WAIT_S * self._speed)
        # What is late by a little is made up for.
        due_s = self._due_s if self.started.is_set() and not self._is_paused else time.monotonic()
        self._left_s = left_s
        self._due_s = math.inf if self._is_paused else due_s + left_s / self._speed
        self.clock.play(now_s, until_s, 0.0 if self._is_paused else self._speed)

    async def _until_due(self) -> None:
        while True:
            wait_s = self._due_s - time.monotonic()
            if wait_s <= 0.0:
                await asyncio.sleep(0)
                return
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(None if math.isinf(wait_s) else wait_s):
                    await self._changed.wait()

    def _keep_what_is_left(self) -> None:
        if not self._is_paused and not math.isinf(self._speed):
            self._left_s = max(0.0, (self._due_s - time.monotonic()) * self._speed)

    def _go_on(self) -> None:
        now_s = time.monotonic()
        self._due_s = math.inf if self._is_paused else now_s + self._left_s / self._speed
        self.clock.change_speed(0.0 if self._is_paused else self._speed)
        self._changed.set()


def checked_speed(speed: float, place: str = "") -> float:
    """Give a speed, infinite for 0.

    Raises
    ------
    TelemetryError
        If it is negative or no number.
    """
    if math.isnan(speed) or speed < 0.0:
        raise TelemetryError(
            f"a replay cannot run at speed {speed:g}",
            place=place,
            remedy="Give a number above 0, or 0 for as fast as possible",
        )
    return speed or math.inf
