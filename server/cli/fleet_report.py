"""`feiying report SCHEDULE`: the page of a fleet's schedule and of the plans that it names."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from geofence.terrain import Terrain
from geofence.zone_set import ZoneSet
from missions.files.plan_files import write_file
from missions.files.schedule_document import ReportedSchedule, is_schedule, read_schedule
from missions.plan.check import check_plan
from missions.refusal import MissionError
from missions.report.report import Flight, report_to_html
from missions.report.words import Language
from server.cli.console import say


def schedule_among(paths: Sequence[Path]) -> ReportedSchedule | None:
    """Read the schedule of a fleet; None where plans were given.

    Raises
    ------
    MissionError, GeofenceError
        It cannot be read, or is not alone.
    """
    schedules = [path for path in paths if is_schedule(path)]
    if not schedules:
        return None
    if len(paths) > 1:
        raise MissionError(
            "is a schedule and names its plans itself", place=str(schedules[0]), remedy="Give it alone"
        )
    return read_schedule(schedules[0])


def write_schedule_report(
    schedule: ReportedSchedule,
    out: Path,
    *,
    zones: ZoneSet | None,
    terrain: Terrain | None,
    language: Language,
    title: str,
) -> dict[str, Any]:
    """Write the page, say what it shows, and give that as a JSON document."""
    flights = [_verified(flight, zones, terrain) for flight in schedule.flights]
    page = report_to_html(
        flights,
        zones=zones,
        terrain=terrain,
        gantt=schedule.gantt,
        unserved=schedule.unserved,
        language=language,
        title=title,
    )
    write_file(out, page.encode())
    for flight in flights:
        if not flight.plan.is_legal:
            say(f"{flight.plan.name}: not legal; the report tells why", "red")
    say(f"{len(flights)} {'flights' if len(flights) > 1 else 'flight'} -> {out}")
    return {
        "file": str(out),
        "plans": [
            {
                "name": flight.plan.name,
                "is_legal": flight.plan.is_legal if flight.is_verified else None,
                "findings": len(flight.plan.findings),
            }
            for flight in flights
        ],
    }


def _verified(flight: Flight, zones: ZoneSet | None, terrain: Terrain | None) -> Flight:
    if zones is None:
        return replace(flight, is_verified=False)
    findings = check_plan(flight.plan, zones, terrain=terrain).findings
    return replace(flight, plan=replace(flight.plan, findings=findings), is_verified=True)
