"""An event loop whose time jumps to whatever is due next, so that hours of waiting take no time."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class _JumpingSelector(selectors.SelectSelector):
    now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            if timeout is None:
                raise RuntimeError("nothing is due and nothing can come: the simulation waits for ever")
            self.now_s += max(0.0, timeout)
        return ready


class SimulatedTimeLoop(asyncio.SelectorEventLoop):
    """A loop for code without sockets; its `time` is the simulated one."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Give the simulated time, in seconds from 0."""
        return self._jumping.now_s


class SimulatedClock:
    """A clock of ours that follows the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.monotonic_s = loop.time
        self.utc_s = loop.time


def run_simulated(main: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine to its end in simulated time."""
    with asyncio.Runner(loop_factory=SimulatedTimeLoop) as runner:
        return runner.run(main)
