"""What events look like outside this process, with a version; `python -m telemetry.event_schema` writes docs/events.md anew."""

import dataclasses
import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_type_hints

from telemetry import events
from telemetry.events import Event
from telemetry.subject import kind_of, kind_of_class

SCHEMA_VERSION = 1
"""Counts up where a kind or a member is renamed, removed or means something else; new ones change nothing."""

_HEAD = """# Events

Version {version} of what travels on the bus ([telemetry.md](telemetry.md)). Every event has `time_s` (seconds since 1970 UTC, in a replay the recording's) and
`vehicle_id` (empty where it is no vehicle's). Its subject is `drone.VEHICLE_ID.event.KIND`, or `station.event.KIND` without a vehicle. New kinds and members may come at
any time; the version counts up where one is renamed, removed or changes its meaning. This page is written by `python -m telemetry.event_schema`.

| kind | members | meaning |
|---|---|---|
"""


def event_classes() -> list[type[Event]]:
    """Give every class of events, by kind."""
    found = [
        member
        for _, member in inspect.getmembers(events, inspect.isclass)
        if issubclass(member, Event) and member is not Event
    ]
    return sorted(found, key=kind_of_class)


def document_of(event: Event) -> dict[str, Any]:
    """Give an event as plain data, for JSON."""
    return {"v": SCHEMA_VERSION, "kind": kind_of(event), **dataclasses.asdict(event)}


def event_of(document: Mapping[str, Any]) -> Event | None:
    """Take an event from plain data; None where its kind, or a member it must have, is not known here."""
    event_class = next((known for known in event_classes() if kind_of_class(known) == document["kind"]), None)
    if event_class is None:
        return None
    names = {field.name for field in dataclasses.fields(event_class)}
    try:
        return event_class(**{name: value for name, value in document.items() if name in names})
    except TypeError:
        return None


def schema_page() -> str:
    """Give the page of all events."""
    return _HEAD.format(version=SCHEMA_VERSION) + "".join(_row(kind) for kind in event_classes())


def _row(event_class: type[Event]) -> str:
    hints = get_type_hints(event_class)
    own = [field for field in dataclasses.fields(event_class) if field.name not in ("time_s", "vehicle_id")]
    members = ", ".join(f"`{field.name}` {_type_name(hints[field.name])}" for field in own)
    meaning = " ".join(inspect.cleandoc(event_class.__doc__ or "").split())
    return f"| `{kind_of_class(event_class)}` | {members} | {meaning} |\n"


def _type_name(hint: Any) -> str:
    name = hint.__name__ if isinstance(hint, type) and not hasattr(hint, "__args__") else str(hint)
    return name.replace("collections.abc.", "").replace("typing.", "").replace("|", "or")


if __name__ == "__main__":
    Path("docs/events.md").write_text(schema_page(), encoding="utf-8")
