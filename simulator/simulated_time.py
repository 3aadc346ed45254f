"""An event loop whose time jumps to whatever is due next, so that hours of waiting take no time."""

import asyncio
import contextvars
import selectors
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")

LONGEST_SLEEP_S = 0.05
"""Of real time, so that an interrupt is heeded at once."""


class _JumpingSelector(selectors.SelectSelector):
    def __init__(self, speedup: float | None) -> None:
        super().__init__()
        self.now_s = 0.0
        self._speedup = speedup
        self._began_s = time.monotonic()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            raise RuntimeError("nothing is due and nothing can come: the simulation waits for ever")
        due_s = self.now_s + max(0.0, timeout)
        while self._speedup is not None:
            ahead_s = due_s / self._speedup - (time.monotonic() - self._began_s)
            if ahead_s <= 0.0:
                break
            ready = super().select(min(ahead_s, LONGEST_SLEEP_S))
            if ready:
                return ready
        self.now_s = due_s
        return []


class SimulatedTimeLoop(asyncio.SelectorEventLoop):
    """A loop for code without sockets; its `time` is the simulated one.

    What is handed to threads is done at once instead, so that the course of everything depends on nothing but what is due when.

    Parameters
    ----------
    speedup : float, optional
        At most so many simulated seconds a real one; by default as fast as it goes. It changes nothing but that.
    """

    def __init__(self, speedup: float | None = None) -> None:
        self._jumping = _JumpingSelector(speedup)
        super().__init__(self._jumping)

    def time(self) -> float:
        """Give the simulated time, in seconds from 0."""
        return self._jumping.now_s

    def run_in_executor(  # type: ignore[override]
        self,
        executor: Any,  # noqa: ARG002
        func: Callable[..., Result],
        *args: Any,
    ) -> "asyncio.Future[Result]":
        """Do it now, in a context of its own as a thread would have."""
        future: asyncio.Future[Result] = self.create_future()
        try:
            future.set_result(contextvars.copy_context().run(func, *args))
        except Exception as error:  # noqa: BLE001 - whoever waits gets it
            future.set_exception(error)
        return future


class SimulatedClock:
    """A clock that follows the loop.

    Parameters
    ----------
    loop : AbstractEventLoop
    epoch_unix_s : float
        UTC when the loop began.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, epoch_unix_s: float = 0.0) -> None:
        self.monotonic_s = loop.time
        self._epoch_unix_s = epoch_unix_s

    def utc_s(self) -> float:
        """Seconds since 1970, UTC."""
        return self._epoch_unix_s + self.monotonic_s()


def run_simulated(main: Coroutine[Any, Any, Result], *, speedup: float | None = None) -> Result:
    """Run a coroutine to its end in simulated time."""
    with asyncio.Runner(loop_factory=lambda: SimulatedTimeLoop(speedup)) as runner:
        return runner.run(main)
