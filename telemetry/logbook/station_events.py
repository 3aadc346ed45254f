"""What the station saw in a run and no recording of a link holds: plans, alerts, guards. Lines of JSON beside the recordings."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from telemetry.event_schema import document_of
from telemetry.events import (
    BreachCleared,
    BreachPredicted,
    Event,
    FlightEnded,
    FlightFound,
    GuardActed,
    GuardOverruled,
    GuardRefused,
    GuardSwitched,
    LinkOpened,
    MissionUploaded,
    RecordingFailed,
    RecordingResumed,
    RouteDeviated,
    VehicleDiscovered,
    ZoneViolated,
)

_FILE = "events.jsonl"
_KEPT = (
    BreachCleared,
    BreachPredicted,
    FlightEnded,
    FlightFound,
    GuardActed,
    GuardOverruled,
    GuardRefused,
    GuardSwitched,
    LinkOpened,
    MissionUploaded,
    RecordingFailed,
    RecordingResumed,
    RouteDeviated,
    VehicleDiscovered,
    ZoneViolated,
)


class StationEvents:
    """Writes them down as they happen.

    Parameters
    ----------
    run_folder : Path
    """

    def __init__(self, run_folder: Path) -> None:
        self._path = run_folder / _FILE

    def write(self, event: Event) -> bool:
        """Write an event down, if it is one of those; tells whether it is.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        if not isinstance(event, _KEPT):
            return False
        with self._path.open("ab") as file:
            file.write(json.dumps(document_of(event), ensure_ascii=False).encode() + b"\n")
        return True


def station_events(run_folder: Path) -> list[Mapping[str, Any]]:
    """Read what was written down in a run, but for a line that a crash left half written."""
    try:
        lines = (run_folder / _FILE).read_bytes().split(b"\n")
    except OSError:
        return []
    found: list[Mapping[str, Any]] = []
    for line in lines:
        try:
            document = json.loads(line)
        except ValueError:
            continue
        if isinstance(document, dict) and {"kind", "time_s", "vehicle_id"} <= document.keys():
            found.append(document)
    return found


def events_of_flight(
    events: list[Mapping[str, Any]], vehicle_id: str, begin_s: float, end_s: float
) -> tuple[Mapping[str, Any], ...]:
    """Give those of a vehicle during a flight."""
    return tuple(
        event
        for event in events
        if event["vehicle_id"] == vehicle_id
        and event["kind"] not in ("mission_uploaded", "vehicle_discovered")
        and begin_s <= event["time_s"] <= end_s
    )


def plan_of_flight(events: list[Mapping[str, Any]], vehicle_id: str, end_s: float) -> str:
    """Give the name of the plan that was on board; empty where none was put there, or none that is known."""
    names = [
        event["plan_name"]
        for event in events
        if event["kind"] in ("mission_uploaded", "flight_found")
        and event["vehicle_id"] == vehicle_id
        and event["time_s"] <= end_s
    ]
    return str(names[-1]) if names else ""
