"""What happens in a scenario beside what the vehicles tell."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, make_dataclass
from typing import get_args

from simulator.world.events import WorldEvent
from telemetry.event import Event

_NOT_MEMBERS = ("at_s", "system_id")
_OF_ALL = tuple(each.name for each in fields(Event))


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


def fault_event(time_s: float, fault: str, *, is_begun: bool) -> Event:
    """Tell that a fault began or ended."""
    return (FaultBegan if is_begun else FaultEnded)(time_s=time_s, fault=fault)


def _as_event(world_event: type[WorldEvent]) -> type[Event]:
    members = [(each.name, each.type) for each in fields(world_event) if each.name not in _NOT_MEMBERS]
    return make_dataclass(
        world_event.__name__, members, bases=(Event,), frozen=True, slots=True, kw_only=True
    )


WORLD_EVENTS: Mapping[type[WorldEvent], type[Event]] = {
    each: _as_event(each) for each in get_args(WorldEvent)
}
"""What happens in the simulator's world, and what it is as an event of a scenario."""

OWN_EVENTS: tuple[type[Event], ...] = (
    FaultBegan,
    FaultEnded,
    EntryBegan,
    EntryRefused,
    *WORLD_EVENTS.values(),
)


def world_event(time_s: float, happened: WorldEvent) -> Event:
    """Tell what happened in the world."""
    members = {each: getattr(happened, each) for each in happened.__slots__ if each not in _NOT_MEMBERS}
    return WORLD_EVENTS[type(happened)](time_s=time_s, **members)


def members_text(event: Event) -> str:
    """Give what an event of the world says, member by member."""
    said = ((each.name, getattr(event, each.name)) for each in fields(event) if each.name not in _OF_ALL)
    return ", ".join(
        f"{name} {value:.6g}" if isinstance(value, float) and not name.endswith("_deg") else f"{name} {value}"
        for name, value in said
    )
