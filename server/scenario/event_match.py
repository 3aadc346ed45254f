"""Which events are meant: a kind, a vehicle, and what their members say."""

import dataclasses
from collections.abc import Mapping
from fnmatch import fnmatchcase
from math import inf
from typing import Annotated, Any

from pydantic import Field

from geofence.latlon import LatLon
from server.pattern_body import Body
from server.scenario.area_body import CircleBody
from server.scenario.own_events import OWN_EVENTS
from simulator.faults.fault import FAULT_NAMES
from telemetry.event import Event
from telemetry.event_schema import event_classes
from telemetry.operations.guided_flight import distance_m
from telemetry.subject import kind_of, kind_of_class
from telemetry.vehicle.flight_mode import AUTOPILOT_ARDUPILOT, modes_of

EVENTS: Mapping[str, type[Event]] = {
    kind_of_class(event_class): event_class for event_class in (*event_classes(), *OWN_EVENTS)
}
"""By kind: those of docs/events.md and the scenario's own."""

_QUADROTOR = 2
_WORDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("mode_changed", "mode"): tuple(modes_of(AUTOPILOT_ARDUPILOT, _QUADROTOR)),
    ("fault_began", "fault"): tuple(FAULT_NAMES.values()),
    ("fault_ended", "fault"): tuple(FAULT_NAMES.values()),
}
"""By event and member, all that the member can hold."""

VehicleName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")]
Second = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]


Number = Annotated[float, Field(allow_inf_nan=False)]


class BoundsBody(Body):
    """A number from `least` to `most`; whichever is not given does not bound it."""

    least: Number = -inf
    most: Number = inf

    def words(self) -> str:
        """Say which."""
        parts = [f"at least {self.least:g}"] if self.least > -inf else []
        return " and ".join([*parts, f"at most {self.most:g}"] if self.most < inf else parts)


class EventMatch(Body):
    """Events of one kind.

    `where` compares members: texts with `*` and `?` as in file names, numbers with `least` and `most` or by equality. `near` bounds where it
    happened.
    """

    event: str
    vehicle: VehicleName | None = None
    where: dict[str, str | float | bool | BoundsBody] = Field(default_factory=dict)
    near: CircleBody | None = None

    def holds(self, event: Event, vehicle_name: str) -> bool:
        """Whether an event of a vehicle (by its name in the scenario) is meant."""
        if kind_of(event) != self.event or (self.vehicle is not None and self.vehicle != vehicle_name):
            return False
        if self.near is not None:
            place = LatLon(event.lat_deg, event.lon_deg)  # type: ignore[attr-defined]
            if distance_m(place, self.near.position) > self.near.radius_m:
                return False
        return all(_equals(getattr(event, name), wanted) for name, wanted in self.where.items())

    def words(self) -> str:
        """Say which."""
        members = ", ".join(
            f"{name} {wanted.words() if isinstance(wanted, BoundsBody) else wanted}"
            for name, wanted in self.where.items()
        )
        return (
            f"{self.event}"
            + (f" of {self.vehicle}" if self.vehicle else "")
            + (f" ({members})" if members else "")
            + (f" within {self.near.words()}" if self.near is not None else "")
        )

    def problem(self) -> tuple[tuple[str, ...], str, str] | None:
        """Give place, clause and what would be right where this can never be seen."""
        event_class = EVENTS.get(self.event)
        if event_class is None:
            return ("event",), f"there is no event {self.event!r}", "one of " + ", ".join(EVENTS)
        members = _members(event_class)
        if self.near is not None and "lat_deg" not in members:
            placed = [kind for kind, each in EVENTS.items() if "lat_deg" in _members(each)]
            return ("near",), f"{self.event} says no place", "an event with one: " + ", ".join(placed)
        for name, wanted in self.where.items():
            if name not in members:
                return (
                    ("where", name),
                    f"{self.event} has no member {name!r}",
                    "one of " + (", ".join(members) or "none"),
                )
            words = _WORDS.get((self.event, name))
            if words is not None and not any(_equals(word, wanted) for word in words):
                return ("where", name), f"{wanted!r} never comes", "one of " + ", ".join(words)
        return None


def _members(event_class: type[Event]) -> list[str]:
    return [
        each.name for each in dataclasses.fields(event_class) if each.name not in ("time_s", "vehicle_id")
    ]


def _equals(value: Any, wanted: str | float | bool | BoundsBody) -> bool:
    if isinstance(wanted, BoundsBody):
        return isinstance(value, int | float) and wanted.least <= value <= wanted.most
    if isinstance(wanted, str):
        return fnmatchcase(str(value), wanted)
    return bool(value == wanted)
