"""What vehicles fly on: simulated ones in memory, or real autopilots in processes of their own."""

from collections.abc import Callable, Mapping
from typing import Protocol

from simulator.faults.trigger import Place
from telemetry.clock import Clock
from telemetry.event import Event
from telemetry.links.link import Link
from telemetry.vehicle.vehicle import Vehicle

Note = Callable[[str, Event], None]
"""Takes a vehicle's name, or none, and what happened to it: faults, and what happens in the world."""


class Deck(Protocol):
    """Vehicles by name, their links, their faults, and the time that they live in."""

    @property
    def clock(self) -> Clock:
        """Give the time for deadlines and records."""

    skipped: list[str]
    """What of the scenario it cannot do."""

    def links(self) -> Mapping[str, Link]:
        """Give a link to each vehicle, by name; open from `start` to `close`."""

    async def start(self, note: Note) -> None:
        """Switch everything on."""

    async def settle(self, vehicle_of: Callable[[str], Vehicle | None]) -> None:
        """Wait until the vehicles are up, which are found by name; the time begins after that."""

    async def close(self) -> None:
        """Switch everything off, whatever has happened."""

    def now_s(self) -> float:
        """Give the time since the start, as the vehicles live it."""

    async def sleep(self, seconds: float) -> None:
        """Wait for so long of that time."""

    def place(self, name: str) -> Place | None:
        """Give where a vehicle really is; None where it does not tell."""

    def pull(self, fault: int) -> None:
        """Let a fault of the scenario begin that waits for an event, by its number."""
