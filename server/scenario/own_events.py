"""What happens in a scenario beside what the vehicles tell."""

from dataclasses import dataclass

from telemetry.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultBegan(Event):
    """A fault began to act on a vehicle."""

    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultEnded(Event):
    """A fault acts no more."""

    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryBegan(Event):
    """An entry of the timeline was begun."""

    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRefused(Event):
    """An entry of the timeline could not be carried out."""

    entry: str
    reason: str


OWN_EVENTS: tuple[type[Event], ...] = (FaultBegan, FaultEnded, EntryBegan, EntryRefused)
