"""The events of all vehicles and links, in order, kept for viewers that come late."""

import asyncio
import logging
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import islice
from typing import Any

import orjson
from typing_extensions import TypedDict

from server.event_text import severity_of, text_of
from telemetry.bus import Bus
from telemetry.events import Event, TransferProgressed
from telemetry.subject import kind_of

CAPACITY = 10_000
PROGRESS_STEPS = 10

_log = logging.getLogger("feiying.server")


class EventDocument(TypedDict):
    """An event as the service shows it."""

    seq: int
    time_s: float
    drone_id: str
    kind: str
    severity: str
    data: dict[str, Any]
    text: str


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event with its number and its JSON."""

    seq: int
    event: Event
    document: EventDocument
    encoded: bytes


class EventLog:
    """Numbers every event on a bus from 1 and keeps the newest.

    Parameters
    ----------
    bus : Bus
    capacity : int
        How many are kept.
    """

    def __init__(self, bus: Bus, capacity: int = CAPACITY) -> None:
        self._subscription = bus.subscribe(name="event log")
        self._ring: deque[LoggedEvent] = deque(maxlen=capacity)
        self._tenths: dict[tuple[str, str], int] = {}
        self._task: asyncio.Task[None] | None = None
        self.last_seq = 0

    def start(self) -> None:
        """Begin to listen."""
        self._task = asyncio.create_task(self._listen(), name="event log")

    async def close(self) -> None:
        """Stop listening."""
        self._subscription.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def after(self, seq: int) -> list[LoggedEvent]:
        """Give the kept events newer than `seq`, oldest first."""
        return list(islice(self._ring, max(0, len(self._ring) - (self.last_seq - seq)), None))

    def digest(self, grave_max: int, slight_max: int) -> list[LoggedEvent]:
        """Give the newest events of severity notice and above, and the newest of the rest, oldest first.

        Every mission item is an event: the newest of all would seldom hold a take-off.
        """
        room = {True: grave_max, False: slight_max}
        chosen: list[LoggedEvent] = []
        for logged in reversed(self._ring):
            is_grave = logged.document["severity"] != "info"
            if room[is_grave] > 0:
                room[is_grave] -= 1
                chosen.append(logged)
            if not any(room.values()):
                break
        chosen.reverse()
        return chosen

    def add(self, event: Event) -> None:
        """Log one event; progress of a transfer only where it passed another tenth."""
        if isinstance(event, TransferProgressed) and not self._is_worth_saying(event):
            return
        self.last_seq += 1
        document = EventDocument(
            seq=self.last_seq,
            time_s=round(event.time_s, 3),
            drone_id=event.vehicle_id,
            kind=kind_of(event),
            severity=severity_of(event),
            data=dict(_own_fields(event)),
            text=text_of(event),
        )
        self._ring.append(LoggedEvent(self.last_seq, event, document, orjson.dumps(document)))

    def _is_worth_saying(self, event: TransferProgressed) -> bool:
        key = (event.vehicle_id, event.what)
        tenth = PROGRESS_STEPS * event.done // max(event.total, 1)
        if self._tenths.get(key) == tenth:
            return False
        self._tenths[key] = tenth
        return True

    async def _listen(self) -> None:
        async for event in self._subscription:
            try:
                self.add(event)
            except Exception:  # noqa: BLE001
                # One event that cannot be told must not keep the following ones from being told.
                _log.exception("an event cannot be logged: %r", event)


def _own_fields(event: Event) -> Iterator[tuple[str, Any]]:
    for field in fields(event):
        if field.name not in ("time_s", "vehicle_id"):
            value = getattr(event, field.name)
            yield field.name, round(value, 2) if isinstance(value, float) else value
