"""`feiying plan --pads`: lines and points shared among a station's drones, one plan a flight and a schedule."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from geofence.crs import Crs
from geofence.formats.json_document import json_bytes
from geofence.refusal import Refusal
from geofence.verification.finding import Finding
from geofence.zone import ZoneKind
from geofence.zone_set import ZoneSet
from missions.files.places import read_wanted
from missions.files.plan_files import export_plan, format_of, write_file
from missions.files.plan_format import ending_of
from missions.files.schedule_document import reported, schedule_document
from missions.files.station_document import read_station
from missions.fleet.fleet_patrol import FleetPatrol, FleetRequest, plan_fleet_patrol
from missions.fleet.patrol_window import PatrolWindow, clock_text, parse_window
from missions.fleet.station import Station
from missions.fleet.wanted import Wanted
from missions.patterns.pattern import PatternName
from missions.refusal import MissionError
from missions.report.report import report_to_html
from missions.vehicle.stock_profiles import QUAD_30
from server.cli.console import errors, print_json, print_refusal, say
from server.cli.equipment_options import EquipmentAnswers
from server.cli.pattern_options import parse_position, refuse_options
from server.cli.vehicle_options import refusals_by_option, vehicle_of, wind_of
from server.cli.zone_options import read_zones_to_fly_by

_FLEET = "Several drones, several batteries"
_USUAL_WINDOW = PatrolWindow(0.0, 7_200.0)
_USUAL_DWELL_S = 10.0
_STAGE_WORDS = {
    "legal space": "Finding legal space",
    "schedule": "Planning who flies what",
    "verification": "Verifying",
    "done": "Planned",
}

PadsOption = Annotated[
    Path | None,
    typer.Option(
        "--pads",
        metavar="FILE",
        rich_help_panel=_FLEET,
        help="Pads and drones, JSON: share lines or points among them, with battery swaps. Instead of --home.",
        show_default=False,
    ),
]
WindowOption = Annotated[
    str | None,
    typer.Option(
        "--window",
        metavar="FROM-TO",
        rich_help_panel=_FLEET,
        help="When the drones of --pads may fly: 21:00-23:00, or two moments joined by /; 2 h where not given.",
        show_default=False,
    ),
]


@dataclass(frozen=True, slots=True)
class FleetOptions:
    """What was asked for on the command line.

    Parameters
    ----------
    zones, pads, out : Path
    pattern : PatternName
    given : mapping
        The pattern's options that were given, by name.
    alt_step_m : float
    window, home, vehicle, wind : str or None
    drones : int
    speed_m_s, margin_m : float or None
    allow_above_120 : bool
    crs, kind : optional
        Of the zone file.
    equipment : EquipmentAnswers
        Of it a fleet takes the altitude alone.
    """

    zones: Path
    pads: Path
    out: Path
    pattern: PatternName
    given: Mapping[str, Any]
    alt_step_m: float
    window: str | None
    home: str | None
    drones: int
    speed_m_s: float | None
    margin_m: float | None
    allow_above_120: bool
    crs: Crs | None
    kind: ZoneKind | None
    vehicle: str | None
    wind: str | None
    equipment: EquipmentAnswers


def plan_fleet_files(options: FleetOptions, *, as_json: bool) -> None:
    """Plan, verify and write; nothing is written where a flight is illegal."""
    try:
        alt_rel_m = _refuse_options(options)
        _refuse_output(options)
        zones = read_zones_to_fly_by(options.zones, crs=options.crs, kind=options.kind)
        station = read_station(options.pads, vehicle=vehicle_of(options.vehicle) or QUAD_30)
        if options.speed_m_s is not None:
            station = _with_speed(station, options.speed_m_s)
        wanted = _wanted(options)
        request = FleetRequest(
            alt_rel_m,
            _USUAL_WINDOW if options.window is None else parse_window(options.window, place="--window"),
            margin_m=options.margin_m,
            allow_above_120=options.allow_above_120,
            wind=wind_of(options.wind),
        )
        if options.alt_step_m != 0.0:
            request = replace(request, alt_step_m=options.alt_step_m)
        with refusals_by_option():
            patrol = _plan_with_progress(zones, station, wanted, request)
        files = _write(patrol, zones, options.out) if patrol.is_legal else [None] * len(patrol.flights)
    except Refusal as refusal:
        print_refusal(refusal, {"is_legal": None, "error": str(refusal)} if as_json else None)
        raise typer.Exit(1) from None
    _summarise(patrol, options.out)
    if as_json:
        print_json(schedule_document(patrol, files))
    if not patrol.is_legal:
        say("Nothing was written: a flight violates its zones.", "red")
        raise typer.Exit(1)


def _refuse_options(options: FleetOptions) -> float:
    """Refuse what does not go with a fleet; gives the altitude."""
    if options.pattern not in (PatternName.LINES, PatternName.POINTS):
        raise MissionError(
            f"the pattern {options.pattern.value} is not shared among pads",
            place="--pads",
            remedy="Take --pattern lines or points",
        )
    refuse_options(options.pattern, options.given)
    for option, is_given in (
        ("--home", options.home is not None),
        ("--drones", options.drones != 1),
        ("--look-at", "--look-at" in options.given),
    ):
        if is_given:
            raise MissionError(
                "does not go with --pads", place=option, remedy="Leave it out; the file of --pads says it"
            )
    alt_rel_m = options.equipment.alt_m
    if alt_rel_m is None:
        raise MissionError("a fleet needs it", place="--alt", remedy="Give metres above the pads")
    if options.equipment != EquipmentAnswers(alt_m=alt_rel_m):
        raise MissionError(
            "fleets are planned over level ground and without camera or payload orders yet",
            place="--pads",
            remedy="Leave out terrain, height above ground, camera and payload; drones name their payload themselves",
        )
    return alt_rel_m


def _refuse_output(options: FleetOptions) -> None:
    out = options.out
    if out.suffix.lower() != ".json":
        format_of(out)
    if not out.parent.is_dir():
        raise MissionError(
            f"the folder {out.parent} does not exist", place=str(out), remedy="Create it first"
        )
    if out.is_dir() or not os.access(out.parent, os.W_OK):
        raise MissionError("cannot be written", place=str(out), remedy="Name another file")
    inputs = [options.zones, options.pads, *(Path(str(value)) for value in options.given.values())]
    for made in {out, _schedule_path(out)}:
        if made.exists() and any(path.exists() and made.samefile(path) for path in inputs):
            raise MissionError("would be overwritten", place=str(made), remedy="Name another file to write")


def _with_speed(station: Station, speed_m_s: float) -> Station:
    return replace(
        station,
        drones=tuple(
            drone if drone.speed_m_s is not None else replace(drone, speed_m_s=speed_m_s)
            for drone in station.drones
        ),
    )


def _wanted(options: FleetOptions) -> tuple[Wanted, ...]:
    dwell_s = options.given.get("--dwell", _USUAL_DWELL_S)
    what = str(options.given[f"--{options.pattern.value}"])
    if options.pattern is PatternName.LINES or Path(what).exists() or "," not in what:
        return read_wanted(Path(what), dwell_s=dwell_s)
    return tuple(
        Wanted(f"point {number}", (parse_position(part, "--points"),), dwell_s=dwell_s)
        for number, part in enumerate(what.split(), start=1)
    )


def _plan_with_progress(
    zones: ZoneSet, station: Station, wanted: tuple[Wanted, ...], request: FleetRequest
) -> FleetPatrol:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True) as progress:
        task = progress.add_task("Reading", total=1.0)

        def show(stage: str, share: float) -> None:
            progress.update(task, description=_STAGE_WORDS.get(stage, stage), completed=share)

        return plan_fleet_patrol(zones, station, wanted, request, on_progress=show)


def _schedule_path(out: Path) -> Path:
    return out.with_name(f"{out.name.removesuffix(_ending(out))}.json")


def _ending(out: Path) -> str:
    return out.suffix if out.suffix.lower() == ".json" else ending_of(out)


def _write(patrol: FleetPatrol, zones: ZoneSet, out: Path) -> list[Path | None]:
    """Write one plan a flight and the schedule, or the page alone; the files of the plans."""
    if out.suffix.lower() == ".html":
        page = reported(patrol)
        html = report_to_html(
            page.flights, zones=zones, gantt=page.gantt, unserved=page.unserved, title=out.stem
        )
        write_file(out, html.encode())
        return [None] * len(patrol.flights)
    ending = ".plan" if out.suffix.lower() == ".json" else ending_of(out)
    stem = out.name.removesuffix(_ending(out))
    files: list[Path | None] = []
    contents: list[tuple[Path, bytes]] = []
    for made in patrol.flights:
        path = out.with_name(f"{stem}-{made.plan.name.replace(' flight ', '-')}{ending}")
        contents.append((path, export_plan(made.plan, format_of(path), zones=zones)))
        files.append(path)
    for path, content in contents:
        write_file(path, content)
    write_file(_schedule_path(out), json_bytes(schedule_document(patrol, files)))
    return files


def _summarise(patrol: FleetPatrol, out: Path) -> None:
    from server.cli.plan import print_findings

    clock_s = patrol.window.begins_clock_s
    for drone in patrol.station.drones:
        flights = patrol.schedule.of_drone(drone.drone_id)
        spans = ", ".join(
            f"{clock_text(clock_s + flight.departure_s)}-{clock_text(clock_s + flight.landing_s)} "
            f"({len(flight.visits)})"
            for flight in flights
        )
        say(f"{drone.drone_id}: {spans or 'stays on its pad'}")
    for left in patrol.schedule.unserved:
        say(f"{left.task_id} is not flown: {left.reason}. {left.remedy}.", "yellow")
    findings: list[Finding] = [
        *patrol.findings,
        *(finding for made in patrol.flights for finding in made.plan.findings),
    ]
    print_findings(findings)
    tasks = sum(len(flight.visits) for flight in patrol.schedule.flights)
    home = clock_text(clock_s + patrol.schedule.home_s)
    where = f" -> {out if out.suffix.lower() == '.html' else _schedule_path(out)}" if patrol.is_legal else ""
    say(
        f"{tasks} lines and points in {len(patrol.flights)} flights, all home at {home}, "
        f"{patrol.schedule.home_s / 60.0:.0f} min after the beginning{where}"
    )
