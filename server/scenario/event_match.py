"""Which events are meant: a kind, a vehicle, and what their members say."""

import dataclasses
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Any

from pydantic import Field

from server.pattern_body import Body
from server.scenario.own_events import OWN_EVENTS
from telemetry.event import Event
from telemetry.event_schema import event_classes
from telemetry.subject import kind_of, kind_of_class

EVENTS: Mapping[str, type[Event]] = {
    kind_of_class(event_class): event_class for event_class in (*event_classes(), *OWN_EVENTS)
}
"""By kind: those of docs/events.md and the scenario's own."""

VehicleName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")]
Second = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]


class EventMatch(Body):
    """Events of one kind.

    `where` compares members: texts with `*` and `?` as in file names, everything else by equality.
    """

    event: str
    vehicle: VehicleName | None = None
    where: dict[str, str | float | bool] = Field(default_factory=dict)

    def holds(self, event: Event, vehicle_name: str) -> bool:
        """Whether an event of a vehicle (by its name in the scenario) is meant."""
        if kind_of(event) != self.event or (self.vehicle is not None and self.vehicle != vehicle_name):
            return False
        return all(_equals(getattr(event, name), wanted) for name, wanted in self.where.items())

    def words(self) -> str:
        """Say which."""
        members = ", ".join(f"{name} {wanted}" for name, wanted in self.where.items())
        return (
            f"{self.event}"
            + (f" of {self.vehicle}" if self.vehicle else "")
            + (f" ({members})" if members else "")
        )

    def problem(self) -> tuple[tuple[str, ...], str, str] | None:
        """Give place, clause and what would be right where this can never be seen."""
        event_class = EVENTS.get(self.event)
        if event_class is None:
            return ("event",), f"there is no event {self.event!r}", "one of " + ", ".join(EVENTS)
        members = [
            field.name
            for field in dataclasses.fields(event_class)
            if field.name not in ("time_s", "vehicle_id")
        ]
        for name in self.where:
            if name not in members:
                return (
                    ("where", name),
                    f"{self.event} has no member {name!r}",
                    "one of " + (", ".join(members) or "none"),
                )
        return None


def _equals(value: Any, wanted: str | float | bool) -> bool:
    if isinstance(wanted, str):
        return fnmatchcase(str(value), wanted)
    return bool(value == wanted)
