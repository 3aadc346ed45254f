"""What viewers of the live stream get: a snapshot, then what is newer than they have seen.

A viewer is a mark: the last revision and event it was sent. What lies between two marks is put together from JSON
that was made once for everybody, and viewers with equal marks (all that keep pace at one rate) get the same bytes.
Nothing is queued for a viewer: one that is slow asks later and gets the newest state and all events since.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson

from server.event_log import EventLog, LoggedEvent
from server.fleet import Fleet
from server.flight_store import FlightStore
from server.live_traffic import LiveTraffic
from server.plan_store import PlanStore
from server.revision import Revision
from server.zone_store import ZoneStore

GRAVE_EVENTS_IN_SNAPSHOT = 200
SLIGHT_EVENTS_IN_SNAPSHOT = 100
EVENTS_IN_UPDATE = 500
"""Keeps the frames of a viewer that catches up below 1 MiB, the most that many clients take."""
RATE_HZ = 5.0
RATE_MIN_HZ = 0.2
RATE_MAX_HZ = 20.0


@dataclass(frozen=True, slots=True)
class Mark:
    """How much a viewer has seen."""

    revision: int
    event_seq: int


def next_tick_s(now_s: float, rate_hz: float) -> float:
    """Give the next moment on the grid of a rate: viewers of one rate wake together and share their frames."""
    return (math.floor(now_s * rate_hz) + 1) / rate_hz


class LiveStream:
    """Composes frames.

    Parameters
    ----------
    fleet, zones, plans, flights, events, traffic
        What is shown.
    revision : Revision
        The counter they share.
    ground : bytes
        Encoded; given once, with the snapshot.
    is_replay : bool
    """

    def __init__(
        self,
        *,
        fleet: Fleet,
        zones: ZoneStore,
        plans: PlanStore,
        flights: FlightStore,
        events: EventLog,
        traffic: LiveTraffic,
        revision: Revision,
        ground: bytes,
        is_replay: bool,
    ) -> None:
        self._fleet = fleet
        self._zones = zones
        self._plans = plans
        self._flights = flights
        self._events = events
        self._traffic = traffic
        self._revision = revision
        self._ground = ground
        self._is_replay = is_replay
        self._head: Mark | None = None
        self._updates: dict[Mark, tuple[str, Mark]] = {}

    def snapshot(self) -> tuple[str, Mark]:
        """Give the body of a first frame and the mark it brings a viewer to."""
        head = self._observe()
        events = self._events.digest(GRAVE_EVENTS_IN_SNAPSHOT, SLIGHT_EVENTS_IN_SNAPSHOT)
        tracks = {drone_id: drone.track.points for drone_id, drone in self._fleet.drones.items()}
        parts = {
            b"is_replay": b"true" if self._is_replay else b"false",
            b"ground": self._ground,
            b"zones": self._zones.encoded_for_page(),
            b"plans": self._plans.encoded(),
            b"drones": _array(drone.encoded for drone in self._fleet.drones.values()),
            b"flights": _array(flight.encoded for flight in self._flights.all()),
            b"traffic": _array(self._traffic.encoded()),
            b"tracks": orjson.dumps(tracks),
            b"events": _array(event.encoded for event in events),
        }
        return self._body(parts), head

    def update(self, mark: Mark) -> tuple[str | None, Mark]:
        """Give the body of the frame that brings a viewer from `mark` up to now; None where nothing changed."""
        head = self._observe()
        if head == mark:
            return None, mark
        if head != self._head:
            self._head = head
            self._updates.clear()
        update = self._updates.get(mark)
        if update is None:
            events = self._events.after(mark.event_seq)[:EVENTS_IN_UPDATE]
            reached = Mark(head.revision, events[-1].seq if events else head.event_seq)
            update = self._updates[mark] = self._body(self._parts_since(mark.revision, events)), reached
        return update

    def _parts_since(self, seen: int, events: Sequence[LoggedEvent]) -> dict[bytes, bytes]:
        drones = [drone.encoded for drone in self._fleet.drones.values() if drone.changed_at > seen]
        gone = [
            drone_id
            for changed_at, drone_id in self._fleet.gone
            if changed_at > seen and drone_id not in self._fleet.drones
        ]
        flights = [flight.encoded for flight in self._flights.all() if flight.changed_at > seen]
        parts: dict[bytes, bytes] = {}
        if drones:
            parts[b"drones"] = _array(drones)
        if gone:
            parts[b"gone"] = orjson.dumps(gone)
        traffic, traffic_gone = self._traffic.encoded_since(seen), self._traffic.gone_since(seen)
        if traffic:
            parts[b"traffic"] = _array(traffic)
        if traffic_gone:
            parts[b"traffic_gone"] = orjson.dumps(traffic_gone)
        if events:
            parts[b"events"] = _array(event.encoded for event in events)
        if flights:
            parts[b"flights"] = _array(flights)
        if self._plans.changed_at > seen:
            parts[b"plans"] = self._plans.encoded()
        if self._zones.changed_at > seen:
            parts[b"zones"] = self._zones.encoded_for_page()
        return parts

    def _observe(self) -> Mark:
        self._fleet.observe()
        self._traffic.observe()
        return Mark(self._revision.value, self._events.last_seq)

    def _body(self, parts: dict[bytes, bytes]) -> str:
        time_s = b'"time_s":%.3f' % self._fleet.time_s
        members = [time_s, *(b'"%s":%s' % member for member in parts.items())]
        return b",".join(members).decode()


def frame(kind: str, seq: int, body: str) -> str:
    """Give a body its kind and its number on one connection."""
    return f'{{"type":"{kind}","seq":{seq},{body}}}'


def _array(members: Iterable[bytes]) -> bytes:
    return b"[" + b",".join(members) + b"]"
