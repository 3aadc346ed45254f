"""Events from those who see them happen to those who want to know."""

import asyncio
from collections import deque
from typing import Self

from telemetry.events import Event

_MAX_WAITING = 10_000


class Subscription:
    """The events published since it was made, in order.

    At most 10,000 wait; then the oldest are dropped and counted in `dropped`. Iteration ends after `close`.
    """

    def __init__(self, bus: "Bus") -> None:
        self._bus = bus
        self._waiting: deque[Event] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._is_closed = False
        self.dropped = 0

    def pending(self) -> list[Event]:
        """Take all events that wait."""
        events = list(self._waiting)
        self._waiting.clear()
        return events

    def close(self) -> None:
        """Take no more events; those that wait are still handed out."""
        self._is_closed = True
        self._bus.remove(self)
        self._wake()

    def deliver(self, event: Event) -> None:
        """Put one event in the queue."""
        if len(self._waiting) >= _MAX_WAITING:
            self._waiting.popleft()
            self.dropped += 1
        self._waiting.append(event)
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        while not self._waiting:
            if self._is_closed:
                raise StopAsyncIteration
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return self._waiting.popleft()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


class Bus:
    """Hands every event to every subscription, in the order of publishing; for one thread."""

    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []

    def publish(self, event: Event) -> None:
        """Hand an event to all who subscribed; never waits."""
        for subscription in self._subscriptions:
            subscription.deliver(event)

    def subscribe(self) -> Subscription:
        """Begin to collect events."""
        subscription = Subscription(self)
        self._subscriptions.append(subscription)
        return subscription

    def remove(self, subscription: Subscription) -> None:
        """Stop delivering to a subscription."""
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)
