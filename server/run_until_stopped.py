"""Runs a command's coroutine on uvloop and tells it of an interrupt."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

try:
    from uvloop import new_event_loop
except ImportError:  # Windows has no uvloop
    from asyncio import new_event_loop  # type: ignore[assignment]

Result = TypeVar("Result")


def run_until_stopped(main: Callable[[asyncio.Event], Coroutine[Any, Any, Result]]) -> Result:
    """Run `main(stop)`; SIGINT, SIGTERM and SIGHUP set `stop`, and `main` ends in its own order."""

    async def run() -> Result:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            # Not on Windows and not outside the main thread.
            with contextlib.suppress(AttributeError, NotImplementedError, ValueError, RuntimeError):
                loop.add_signal_handler(getattr(signal, name), stop.set)
        return await main(stop)

    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(run())
