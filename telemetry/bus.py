"""Events from those who see them happen to those who want to know."""

import asyncio
import logging
from collections import deque
from itertools import islice
from typing import NamedTuple, Protocol, Self

from telemetry.events import Event, EventsDropped
from telemetry.refusal import TelemetryError
from telemetry.subject import SubjectPattern, subject_of

_MAX_WAITING = 10_000
_RING_SIZE = 10_000

_log = logging.getLogger(__name__)


class Published(NamedTuple):
    """An event with its number on the bus, counted from 1, and its subject."""

    seq: int
    subject: str
    event: Event


class Subscription:
    """The events published since it was made, in order; earlier ones before them where they were asked for.

    At most 10,000 wait; then the oldest are dropped. Iteration ends after `close`.

    Attributes
    ----------
    dropped : int
        How many were lost because nobody took them.
    missed : int
        How many of those asked for by number were gone already.
    """

    def __init__(self, bus: "Bus", pattern: SubjectPattern | None = None, name: str = "") -> None:
        self.name = name
        self.pattern = pattern
        self.dropped = 0
        self.missed = 0
        self.is_dropping = False
        self._bus = bus
        self._waiting: deque[Event] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._is_closed = False

    def pending(self) -> list[Event]:
        """Take all events that wait."""
        events = list(self._waiting)
        self._waiting.clear()
        self.is_dropping = False
        return events

    def close(self) -> None:
        """Take no more events; those that wait are still handed out."""
        self._is_closed = True
        self._bus.remove(self)
        self._wake()

    def deliver(self, event: Event) -> bool:
        """Put one event in the queue; tells whether another one was dropped for it."""
        is_full = len(self._waiting) >= _MAX_WAITING
        if is_full:
            self._waiting.popleft()
            self.dropped += 1
        self._waiting.append(event)
        self._wake()
        return is_full

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        while not self._waiting:
            self.is_dropping = False
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


class EventBus(Protocol):
    """What a bus can do, in this process or between several."""

    @property
    def last_seq(self) -> int:
        """The number of the newest event; 0 before the first."""

    def publish(self, event: Event) -> int:
        """Hand an event to all who want it, without waiting; returns its number."""

    def subscribe(self, *patterns: str, after_seq: int | None = None, name: str = "") -> Subscription:
        """Begin to collect events."""

    def latest(self, *patterns: str) -> list[Published]:
        """Give the newest event of each subject that fits, the oldest of them first."""


class Bus:
    """The bus of one process: every event to every subscription that wants it, in the order of publishing; for one thread."""

    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []
        self._ring: deque[Published] = deque(maxlen=_RING_SIZE)
        self._latest: dict[str, Published] = {}
        self._last_seq = 0

    @property
    def last_seq(self) -> int:
        """The number of the newest event; 0 before the first."""
        return self._last_seq

    def publish(self, event: Event) -> int:
        """Hand an event to all who want it, without waiting; returns its number."""
        self._last_seq += 1
        subject = subject_of(event)
        published = Published(self._last_seq, subject, event)
        self._ring.append(published)
        self._latest[subject] = published
        slow = []
        for subscription in self._subscriptions:
            pattern = subscription.pattern
            if (
                (pattern is None or pattern.matches(subject))
                and subscription.deliver(event)
                and not subscription.is_dropping
            ):
                subscription.is_dropping = True
                slow.append(subscription)
        for subscription in slow:
            self._tell_of(subscription, event.time_s)
        return published.seq

    def subscribe(self, *patterns: str, after_seq: int | None = None, name: str = "") -> Subscription:
        """Begin to collect events.

        Parameters
        ----------
        patterns : str
            Of the subjects wanted (`telemetry/subject.py`), such as `drone.1-1.event.*`; without any, all.
        after_seq : int, optional
            Begin with the kept events that are newer than this; `missed` tells how many are kept no more.
        name : str
            Who subscribes, should it be too slow.

        Raises
        ------
        TelemetryError
            If a pattern is none, or `after_seq` is a number that this bus has not reached.
        """
        if after_seq is not None and not 0 <= after_seq <= self._last_seq:
            raise TelemetryError(
                f"the bus has no event number {after_seq}; its newest is {self._last_seq}",
                remedy="Numbers begin anew with every start: ask for those after 0",
            )
        subscription = Subscription(self, SubjectPattern(*patterns) if patterns else None, name)
        if after_seq is not None:
            subscription.missed = max(0, self._last_seq - len(self._ring) - after_seq)
            kept = max(0, len(self._ring) - (self._last_seq - after_seq))
            for _, subject, event in islice(self._ring, kept, None):
                if subscription.pattern is None or subscription.pattern.matches(subject):
                    subscription.deliver(event)
        self._subscriptions.append(subscription)
        return subscription

    def latest(self, *patterns: str) -> list[Published]:
        """Give the newest event of each subject that fits, the oldest of them first."""
        pattern = SubjectPattern(*patterns) if patterns else None
        return sorted(
            published
            for published in self._latest.values()
            if pattern is None or pattern.matches(published.subject)
        )

    def remove(self, subscription: Subscription) -> None:
        """Stop delivering to a subscription."""
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)

    def _tell_of(self, slow: Subscription, time_s: float) -> None:
        """Say it to all others: to the slow one it would only cost one event more."""
        wants = "all events" if slow.pattern is None else slow.pattern.text
        _log.warning("a subscriber is too slow and loses events: %s", slow.name or wants)
        self._subscriptions.remove(slow)
        try:
            self.publish(EventsDropped(time_s=time_s, subscriber=slow.name or wants))
        finally:
            self._subscriptions.append(slow)
