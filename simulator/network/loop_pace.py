"""How long a real vehicle takes to answer: its main loop looks at what came 400 times a second."""

import asyncio
from collections.abc import Callable

from simulator.protocol.channel import Message

LOOP_S = 1.0 / 400.0
"""A message is handled in one round of the loop, and what it leads to leaves with the next: about 6 ms an item."""


class LoopPace:
    """Holds messages and answers until the vehicle would get to them.

    Parameters
    ----------
    handle : callable
        Takes a message; called in order.
    flush : callable
        Sends what was said.
    """

    def __init__(self, handle: Callable[[Message], None], flush: Callable[[], None]) -> None:
        self._handle = handle
        self._flush = flush
        self._inbox: list[Message] = []
        self._timer: asyncio.TimerHandle | None = None

    def receive(self, message: Message) -> None:
        """Let a message wait for the next round."""
        self._inbox.append(message)
        self._wake()

    def stop(self) -> None:
        """Forget all."""
        self._inbox.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wake(self) -> None:
        if self._timer is None:
            loop = asyncio.get_running_loop()
            rounds = int(loop.time() / LOOP_S) + 1
            self._timer = loop.call_at(rounds * LOOP_S, self._go_round)

    def _go_round(self) -> None:
        self._timer = None
        self._flush()
        inbox, self._inbox = self._inbox, []
        for message in inbox:
            self._handle(message)
        if inbox:
            self._wake()
