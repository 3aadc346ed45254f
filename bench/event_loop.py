"""The event loop that the commands run on."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

try:
    from uvloop import new_event_loop
except ImportError:  # Windows has no uvloop
    from asyncio import new_event_loop  # type: ignore[assignment]

Result = TypeVar("Result")


def run_as_served(main: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine on the loop that the commands run on."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(main)
