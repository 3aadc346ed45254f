"""`feiying plan --pads`: areas, lines, points and more shared among a station's drones, one plan a flight and a schedule."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from geofence.crs import Crs
from geofence.formats.json_document import json_bytes
from geofence.refusal import Refusal
from geofence.zone import ZoneKind
from geofence.zone_set import ZoneSet
from missions.files.places import read_wanted
from missions.files.plan_files import export_plan, format_of, write_file
from missions.files.plan_format import ending_of
from missions.files.schedule_document import reported, schedule_document
from missions.files.station_document import read_station
from missions.fleet.equipment import FleetEquipment, unpictured_turns_m
from missions.fleet.fleet_patrol import FleetPatrol, FleetRequest, plan_fleet_patrol
from missions.fleet.patrol_window import PatrolWindow, clock_text, parse_window
from missions.fleet.station import Station
from missions.fleet.wanted import Wanted, WantedPattern, wanted_of
from missions.patterns.pattern import PatternName
from missions.refusal import MissionError
from missions.report.report import report_to_html
from missions.vehicle.stock_profiles import QUAD_30
from server.cli.console import errors, print_json, print_refusal, say
from server.cli.equipment_options import Equipment, EquipmentAnswers
from server.cli.pattern_options import parse_position, pattern_of_options, refuse_options
from server.cli.plan_words import tell_parameters
from server.cli.vehicle_options import refusals_by_option, vehicle_of, wind_of
from server.cli.zone_options import read_zones_to_fly_by

_FLEET = "Several drones, several batteries"
_USUAL_WINDOW = PatrolWindow(0.0, 7_200.0)
_USUAL_DWELL_S = 10.0
_BESIDE = ("--lines", "--points", "--dwell")
"""What may be given beside any pattern."""

_STAGE_WORDS = {
    "legal space": "Finding legal space",
    "route": "Planning what is flown",
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
        help="Pads and drones, JSON: share areas, lines and more among them, with battery swaps. Instead of --home.",
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
        Of it a fleet takes the altitude, the terrain and the camera.
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
        own = _refuse_options(options)
        refuse_output(options.out, _inputs(options))
        zones = read_zones_to_fly_by(options.zones, crs=options.crs, kind=options.kind)
        own = _with_zones(options.pattern, own, zones)
        refuse_options(options.pattern, own)
        equipment = options.equipment.equipment(options.pattern, own)
        station = read_station(options.pads, vehicle=vehicle_of(options.vehicle) or QUAD_30)
        if options.speed_m_s is not None:
            station = _with_speed(station, options.speed_m_s)
        wanted = _wanted(options, {**own, **equipment.pattern_options}, zones)
        request = FleetRequest(
            equipment.alt_rel_m,
            _USUAL_WINDOW if options.window is None else parse_window(options.window, place="--window"),
            margin_m=options.margin_m,
            allow_above_120=options.allow_above_120,
            wind=wind_of(options.wind),
            terrain=equipment.terrain,
            equipment=_fleet_equipment(options, equipment, wanted),
        )
        if options.alt_step_m != 0.0:
            request = replace(request, alt_step_m=options.alt_step_m)
        with refusals_by_option():
            patrol = _plan_with_progress(zones, station, wanted, request)
        files = write_patrol(patrol, zones, options.out) if patrol.is_legal else [None] * len(patrol.flights)
    except Refusal as refusal:
        print_refusal(refusal, {"is_legal": None, "error": str(refusal)} if as_json else None)
        raise typer.Exit(1) from None
    summarise(patrol, options.out)
    tell_parameters(patrol.equipment.parameters)
    if as_json:
        print_json(schedule_document(patrol, files))
    if not patrol.is_legal:
        say("Nothing was written: a flight violates its zones.", "red")
        raise typer.Exit(1)


def _refuse_options(options: FleetOptions) -> dict[str, Any]:
    """Refuse what does not go with a fleet; gives the pattern's own options."""
    if options.pattern in (PatternName.EXPANDING_SQUARE, PatternName.SECTOR_SEARCH):
        raise MissionError(
            f"the pattern {options.pattern.value} is not shared among pads: its datum drifts from one take-off on, and "
            "pieces that are flown at other times would miss it",
            place="--pads",
            remedy="Plan it for one drone with --home, or take --pattern area over where it may be",
        )
    for option, is_given in (
        ("--home", options.home is not None),
        ("--drones", options.drones != 1),
        ("--look-at", "--look-at" in options.given),
    ):
        if is_given:
            raise MissionError(
                "does not go with --pads", place=option, remedy="Leave it out; the file of --pads says it"
            )
    if options.equipment.terrain_frame:
        raise MissionError(
            "does not go with --pads: where vehicles follow their own data of the ground nobody knows the heights between them",
            place="--terrain-frame",
            remedy="Leave it out; the plans follow the ground of --terrain",
        )
    own = dict(options.given)
    if options.pattern not in (PatternName.LINES, PatternName.POINTS):
        own = {option: value for option, value in own.items() if option not in _BESIDE}
    elif options.pattern is PatternName.LINES:
        own = {option: value for option, value in own.items() if option not in _BESIDE[1:]}
    else:
        own.pop("--lines", None)
    if "--dwell" in options.given and "--points" not in options.given and "--lines" not in options.given:
        raise MissionError("is of points, and none are given", place="--dwell", remedy="Leave it out")
    return own


def _fleet_equipment(
    options: FleetOptions, equipment: Equipment, wanted: Sequence[Wanted | WantedPattern]
) -> FleetEquipment:
    """Give what is asked of all flights."""
    pictures, following = equipment.pictures, equipment.following
    return FleetEquipment(
        equipment.orders,
        None if pictures is None else pictures.trigger_distance_m,
        0.0 if options.equipment.pictures_in_turns else unpictured_turns_m(wanted),
        None if following is None else following.tolerance_m,
    )


def _with_zones(pattern: PatternName, own: Mapping[str, Any], zones: ZoneSet) -> dict[str, Any]:
    """Take all inclusion zones for areas where none is named."""
    if pattern is PatternName.AREA and "--zone" not in own:
        return {**own, "--zone": tuple(zone.zone_id for zone in zones.of_kind(ZoneKind.INCLUSION))}
    return dict(own)


def _inputs(options: FleetOptions) -> list[Path]:
    return [
        options.zones,
        options.pads,
        *options.equipment.terrain,
        *(Path(str(value)) for value in options.given.values()),
    ]


def refuse_output(out: Path, inputs: Sequence[Path]) -> None:
    """Refuse what could not, or should not, be written before any planning is done.

    Raises
    ------
    MissionError
    """
    if out.suffix.lower() != ".json":
        format_of(out)
    if not out.parent.is_dir():
        raise MissionError(
            f"the folder {out.parent} does not exist", place=str(out), remedy="Create it first"
        )
    if out.is_dir() or not os.access(out.parent, os.W_OK):
        raise MissionError("cannot be written", place=str(out), remedy="Name another file")
    for made in {out, schedule_path(out)}:
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


def _wanted(
    options: FleetOptions, own: Mapping[str, Any], zones: ZoneSet
) -> tuple[Wanted | WantedPattern, ...]:
    """Give what the pattern asks for, and lines and points beside it."""
    wanted: list[Wanted | WantedPattern] = []
    given = options.given
    dwell_s = given.get("--dwell", _USUAL_DWELL_S)
    if options.pattern in (PatternName.AREA, PatternName.PERIMETER):
        for zone_id in dict.fromkeys(own["--zone"]):
            pattern = pattern_of_options(options.pattern, {**own, "--zone": zone_id}, zones)
            wanted += wanted_of(pattern)
    elif options.pattern not in (PatternName.LINES, PatternName.POINTS):
        wanted += wanted_of(pattern_of_options(options.pattern, own, zones))
    if "--lines" in given:
        wanted += read_wanted(Path(given["--lines"]), dwell_s=dwell_s)
    if "--points" in given:
        wanted += _points(str(given["--points"]), dwell_s)
    return tuple(wanted)


def _points(text: str, dwell_s: float) -> tuple[Wanted, ...]:
    if Path(text).exists() or "," not in text:
        return read_wanted(Path(text), dwell_s=dwell_s)
    return tuple(
        Wanted(f"point {number}", (parse_position(part, "--points"),), dwell_s=dwell_s)
        for number, part in enumerate(text.split(), start=1)
    )


def _plan_with_progress(
    zones: ZoneSet, station: Station, wanted: tuple[Wanted | WantedPattern, ...], request: FleetRequest
) -> FleetPatrol:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True) as progress:
        task = progress.add_task("Reading", total=1.0)

        def show(stage: str, share: float) -> None:
            progress.update(task, description=_STAGE_WORDS.get(stage, stage), completed=share)

        return plan_fleet_patrol(zones, station, wanted, request, on_progress=show)


def schedule_path(out: Path) -> Path:
    """Name the schedule beside the plans."""
    return out.with_name(f"{out.name.removesuffix(_ending(out))}.json")


def _ending(out: Path) -> str:
    return out.suffix if out.suffix.lower() == ".json" else ending_of(out)


def write_patrol(patrol: FleetPatrol, zones: ZoneSet, out: Path) -> list[Path | None]:
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
    write_file(schedule_path(out), json_bytes(schedule_document(patrol, files)))
    return files


def summarise(patrol: FleetPatrol, out: Path) -> None:
    """Say who flies when, what is not flown, how much of each area is seen, and where it is written."""
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
    for area in patrol.areas:
        say(f"{area.name}: {100.0 * area.coverage:.1f} % seen with a swath of {area.swath_m:g} m")
    print_findings(
        [("", patrol.findings), *((made.plan.name, made.plan.findings) for made in patrol.flights)]
    )
    tasks = sum(len(flight.visits) for flight in patrol.schedule.flights)
    home = clock_text(clock_s + patrol.schedule.home_s)
    where = f" -> {out if out.suffix.lower() == '.html' else schedule_path(out)}" if patrol.is_legal else ""
    say(
        f"{tasks} {'tasks' if tasks != 1 else 'task'} in {len(patrol.flights)} {'flights' if len(patrol.flights) != 1 else 'flight'}, all home at {home}, "
        f"{patrol.schedule.home_s / 60.0:.0f} min after the beginning{where}"
    )
