"""What was seen in a scenario: every event, and where every vehicle really was."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf

from geofence.latlon import LatLon
from server.event_text import text_of
from server.scenario.own_events import (
    OWN_EVENTS,
    EntryBegan,
    EntryRefused,
    FaultBegan,
    FaultEnded,
    members_text,
)
from telemetry.event import Event
from telemetry.subject import kind_of
from telemetry.vehicle.vehicle_state import VehicleState

AIRBORNE_M = 0.5
"""Above home; lower vehicles stand, start or land."""


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """An event, when it was seen, and whose it is by the scenario's names."""

    at_s: float
    vehicle: str
    event: Event

    def words(self) -> str:
        """Say it with its time."""
        return f"{self.at_s:.1f} s " + (f"{self.vehicle}: " if self.vehicle else "") + event_words(self.event)


def event_words(event: Event) -> str:
    """Say what happened."""
    match event:
        case FaultBegan():
            return f"fault {event.fault} begins"
        case FaultEnded():
            return f"fault {event.fault} ends"
        case EntryBegan():
            return f"{event.entry} is begun"
        case EntryRefused():
            return f"{event.entry} is refused: {event.reason}"
        case _:
            said = members_text(event) if isinstance(event, OWN_EVENTS) else text_of(event)
            return f"{kind_of(event)}: {said}"


@dataclass(frozen=True, slots=True)
class Sample:
    """Where a vehicle was at a moment, and how far from what is forbidden."""

    at_s: float
    position: LatLon
    alt_rel_m: float
    mode: str
    is_armed: bool
    clearance_m: float = inf
    zone_id: str | None = None

    @property
    def is_airborne(self) -> bool:
        """Whether it flies."""
        return self.alt_rel_m > AIRBORNE_M

    def words(self) -> str:
        """Say where."""
        return (
            f"at {self.position.lat_deg:.6f}, {self.position.lon_deg:.6f}, {self.alt_rel_m:.1f} m above home, "
            f"mode {self.mode or 'unknown'}, {'armed' if self.is_armed else 'disarmed'}"
        )


@dataclass(slots=True)
class Record:
    """Filled while a scenario runs, judged afterwards."""

    names: tuple[str, ...]
    events: list[SeenEvent] = field(default_factory=list)
    tracks: dict[str, list[Sample]] = field(default_factory=dict)
    states: dict[str, VehicleState] = field(default_factory=dict)
    homes: dict[str, LatLon] = field(default_factory=dict)
    ended_s: float = 0.0
    listeners: list[Callable[[SeenEvent], None]] = field(default_factory=list)

    def note(self, at_s: float, vehicle: str, event: Event) -> None:
        """Take an event in and tell whoever waits for it."""
        seen = SeenEvent(at_s, vehicle, event)
        self.events.append(seen)
        for listener in self.listeners:
            listener(seen)

    def sample_at(self, vehicle: str, at_s: float) -> Sample | None:
        """Give where a vehicle was last seen up to a time."""
        found = None
        for sample in self.tracks.get(vehicle, ()):
            if sample.at_s > at_s and found is not None:
                break
            found = sample
        return found
