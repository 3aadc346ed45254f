"""`feiying plan`: plan a patrol over zones and write it to files."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from geofence.refusal import Refusal
from geofence.verification.finding import Finding, Severity
from geofence.verification.return_policy import ReturnMode
from geofence.verification.verification_document import finding_document, position_document, returns_document
from geofence.zone_set import ZoneSet
from missions.files.plan_files import format_of, write_file, write_plan
from missions.files.plan_format import PlanFormat, ending_of
from missions.patrol.flight_planner import PatrolFlight
from missions.patrol.patrol import plan_flights
from missions.patrol.request import PatrolRequest
from missions.patterns.pattern import PatternName
from missions.plan.plan import Plan
from missions.refusal import MissionError
from missions.vehicle.prediction_document import prediction_document, prediction_words
from server.cli import app
from server.cli.console import errors, print_json, print_refusal, say
from server.cli.equipment_options import (
    AglOption,
    BatterySplitOption,
    CameraOption,
    EquipmentAnswers,
    ForwardOverlapOption,
    GsdOption,
    PayloadOption,
    PicturesInTurnsOption,
    PicturesOption,
    TerrainFrameOption,
    TerrainOption,
    ToleranceOption,
    refuse_height,
)
from server.cli.fleet_plan import FleetOptions, PadsOption, WindowOption, plan_fleet_files
from server.cli.grouped_help import GroupedHelp
from server.cli.pattern_options import (
    CentreOption,
    CrosshatchOption,
    DatumOption,
    DirectionOption,
    DriftOption,
    DwellOption,
    EndAltOption,
    EndRadiusOption,
    HeadingOption,
    HeadlandOption,
    InsetOption,
    LapsOption,
    LegsOption,
    LineOption,
    LinesOption,
    LookAltOption,
    LookAtOption,
    OverlapOption,
    PointsOption,
    RadiusOption,
    SearchesOption,
    StartRadiusOption,
    SwathOption,
    TrackSpacingOption,
    TurnsOption,
    WidthOption,
    ZoneOption,
    one_zone,
    parse_position,
    pattern_of_options,
    refuse_options,
)
from server.cli.plan_words import tell_of_split, tell_parameters, violation_words
from server.cli.vehicle_options import VehicleOption, WindOption, refusals_by_option, vehicle_of, wind_of
from server.cli.zone_options import CrsOption, KindOption, read_zones_to_fly_by

_SHOWN_AT_MOST = 20
_STAGE_WORDS = {
    "legal space": "Finding legal space",
    "route": "Planning the route",
    "verification": "Verifying",
    "done": "Planned",
}


@app.command(cls=GroupedHelp)
def plan(
    zones: Annotated[
        Path, typer.Argument(metavar="ZONES", help="Zones of any format that is read.", show_default=False)
    ],
    name: Annotated[PatternName, typer.Option("--pattern", help="How it is flown.")],
    out: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="OUT",
            help="File to write: .plan .waypoints .geojson .kml .kmz .gpx, .wpml.kmz for DJI, .html",
        ),
    ],
    home: Annotated[
        str | None, typer.Option("--home", metavar="LAT,LON", help="Pad, degrees.", show_default=False)
    ] = None,
    alt: Annotated[
        float | None,
        typer.Option(
            "--alt", metavar="M", help="Altitude above home, metres; else --agl or --gsd.", show_default=False
        ),
    ] = None,
    drones: Annotated[
        int,
        typer.Option(
            "--drones",
            metavar="N",
            help="Drones to share an area, corridor, lines or points among; all else takes one.",
        ),
    ] = 1,
    speed: Annotated[float | None, typer.Option("--speed", metavar="M_S", help="Cruise speed, m/s.")] = None,
    margin: Annotated[
        float | None, typer.Option("--margin", metavar="M", help="Least distance to every boundary, metres.")
    ] = None,
    alt_step: Annotated[
        float,
        typer.Option("--alt-step", metavar="M", help="Each further drone flies higher by this, metres."),
    ] = 0.0,
    allow_above_120: Annotated[
        bool, typer.Option("--allow-above-120", help="Lift the limit of 120 m above ground.")
    ] = False,
    level: Annotated[
        bool,
        typer.Option(
            "--level", help="Fly all ways at the altitude of the pattern, and never over a low zone instead."
        ),
    ] = False,
    zone: ZoneOption = None,
    swath: SwathOption = None,
    overlap: OverlapOption = None,
    crosshatch: CrosshatchOption = None,
    headland: HeadlandOption = None,
    inset: InsetOption = None,
    laps: LapsOption = None,
    line: LineOption = None,
    width: WidthOption = None,
    lines: LinesOption = None,
    points: PointsOption = None,
    dwell: DwellOption = None,
    look_at: LookAtOption = None,
    centre: CentreOption = None,
    radius: RadiusOption = None,
    start_radius: StartRadiusOption = None,
    end_radius: EndRadiusOption = None,
    turns: TurnsOption = None,
    end_alt: EndAltOption = None,
    look_alt: LookAltOption = None,
    direction: DirectionOption = None,
    datum: DatumOption = None,
    track_spacing: TrackSpacingOption = None,
    legs: LegsOption = None,
    searches: SearchesOption = None,
    heading: HeadingOption = None,
    drift: DriftOption = None,
    vehicle: VehicleOption = None,
    wind: WindOption = None,
    battery_split: BatterySplitOption = True,
    terrain: TerrainOption = None,
    agl: AglOption = None,
    tolerance: ToleranceOption = None,
    terrain_frame: TerrainFrameOption = False,
    camera: CameraOption = None,
    gsd: GsdOption = None,
    forward_overlap: ForwardOverlapOption = None,
    pictures: PicturesOption = False,
    pictures_in_turns: PicturesInTurnsOption = True,
    payload: PayloadOption = None,
    pads: PadsOption = None,
    window: WindowOption = None,
    crs: CrsOption = None,
    kind: KindOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Plan a patrol, verify it, write it; nothing is written where a leg is illegal.

    Every pattern takes options of its own, listed in groups; those of another one are refused.
    """
    options = {
        "--zone": tuple(zone or ()) or None,
        "--swath": swath,
        "--overlap": overlap,
        "--crosshatch": crosshatch,
        "--headland": headland,
        "--inset": inset,
        "--laps": laps,
        "--line": line,
        "--width": width,
        "--lines": lines,
        "--points": points,
        "--dwell": dwell,
        "--look-at": look_at,
        "--centre": centre,
        "--radius": radius,
        "--start-radius": start_radius,
        "--end-radius": end_radius,
        "--turns": turns,
        "--end-alt": end_alt,
        "--look-alt": look_alt,
        "--direction": direction,
        "--datum": datum,
        "--track-spacing": track_spacing,
        "--legs": legs,
        "--searches": searches,
        "--heading": heading,
        "--drift": drift,
    }
    given = {option: value for option, value in options.items() if value is not None}
    answers = EquipmentAnswers(
        alt_m=alt,
        agl_m=agl,
        gsd_m=gsd,
        terrain=tuple(terrain or ()),
        tolerance_m=tolerance,
        terrain_frame=terrain_frame,
        camera=camera,
        forward_overlap=forward_overlap,
        pictures=pictures,
        pictures_in_turns=pictures_in_turns,
        payload=payload,
    )
    if pads is not None:
        plan_fleet_files(
            FleetOptions(
                zones,
                pads,
                out,
                pattern=name,
                given=given,
                alt_step_m=alt_step,
                window=window,
                home=home,
                drones=drones,
                speed_m_s=speed,
                margin_m=margin,
                allow_above_120=allow_above_120,
                crs=crs,
                kind=kind,
                vehicle=vehicle,
                wind=wind,
                equipment=answers,
            ),
            as_json=as_json,
        )
        return
    try:
        _refuse_output(out, zones)
        refuse_options(name, given)
        if window is not None:
            raise MissionError("goes with --pads only", place="--window", remedy="Leave it out")
        if home is None:
            raise MissionError("nobody says where it flies from", place="--home", remedy="Give it, or --pads")
        given = one_zone(given)
        equipment = answers.equipment(name, given)
        where = parse_position(home, "--home")
        zone_set = read_zones_to_fly_by(zones, crs=crs, kind=kind)
        request = PatrolRequest(
            pattern=pattern_of_options(name, {**given, **equipment.pattern_options}, zone_set),
            alt_rel_m=equipment.alt_rel_m,
            home=where,
            drones=drones,
            speed_m_s=speed,
            margin_m=margin,
            allow_above_120=allow_above_120,
            alt_step_m=alt_step,
            vehicle=vehicle_of(vehicle),
            wind=wind_of(wind),
            terrain=equipment.terrain,
            following=equipment.following,
            pictures=equipment.pictures,
            pictures_in_turns=pictures_in_turns,
            orders=equipment.orders,
            splits_by_battery=battery_split,
            keeps_level=level,
        )
        refuse_height(request)
        with refusals_by_option():
            flights = _plan_with_progress(zone_set, request)
        plans = [flight.plan for flight in flights]
        paths = _flight_paths(out, flights)
        is_legal = all(made.is_legal for made in plans)
        if is_legal:
            for flight, path in zip(flights, paths, strict=True):
                _write(flight, path, zone_set)
    except Refusal as refusal:
        print_refusal(refusal, {"is_legal": None, "error": str(refusal)} if as_json else None)
        raise typer.Exit(1) from None
    tell_of_split(flights)
    for flight, path in zip(flights, paths, strict=True):
        _summarise(flight, path if is_legal else None)
    tell_parameters(request.parameters)
    print_findings([(made.name, made.findings) for made in plans])
    if as_json:
        print_json(
            {
                "is_legal": is_legal,
                "parameters": dict(request.parameters),
                "plans": [
                    _document(flight, path if is_legal else None)
                    for flight, path in zip(flights, paths, strict=True)
                ],
            }
        )
    if not is_legal:
        say(f"Nothing was written: the plan {violation_words(plans)}.", "red")
        raise typer.Exit(1)


def _refuse_output(out: Path, zones: Path) -> None:
    """Refuse what could not, or should not, be written before any planning is done."""
    format_of(out)
    try:
        if not out.parent.is_dir():
            raise MissionError(
                f"the folder {out.parent} does not exist", place=str(out), remedy="Create it first"
            )
        if out.is_dir():
            raise MissionError("is a folder", place=str(out), remedy="Name a file")
        is_zones = out.exists() and zones.exists() and out.samefile(zones)
    except OSError as error:
        raise MissionError(
            f"cannot be written: {error.strerror}", place=str(out), remedy="Name another file"
        ) from None
    if is_zones:
        raise MissionError("holds the zones", place=str(out), remedy="Name another file for the plan")
    if not os.access(out.parent, os.W_OK):
        raise MissionError(
            f"the folder {out.parent} cannot be written to", place=str(out), remedy="Name another folder"
        )


def _output_paths(out: Path, drones: int) -> list[Path]:
    """One path a drone."""
    return [out] if drones == 1 else _labelled(out, [str(number) for number in range(1, drones + 1)])


def _flight_paths(out: Path, flights: Sequence[PatrolFlight]) -> list[Path]:
    """One path a drone and battery."""
    drones = flights[-1].drone
    if drones == len(flights):
        return _output_paths(out, drones)
    of_drones = [f"{flight.drone}-" if drones > 1 else "" for flight in flights]
    return _labelled(
        out, [f"{drone}{flight.battery}" for drone, flight in zip(of_drones, flights, strict=True)]
    )


def _labelled(out: Path, labels: Sequence[str]) -> list[Path]:
    ending = ending_of(out)
    stem = out.name.removesuffix(ending)
    return [out.with_name(f"{stem}-{label}{ending}") for label in labels]


def _plan_with_progress(zones: ZoneSet, request: PatrolRequest) -> tuple[PatrolFlight, ...]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True) as progress:
        task = progress.add_task("Reading", total=1.0)

        def show(stage: str, share: float) -> None:
            progress.update(task, description=_STAGE_WORDS.get(stage, stage), completed=share)

        return plan_flights(zones, request, on_progress=show)


def return_words(made: Plan) -> str:
    """Say how the vehicle comes back early."""
    if made.returns is None:
        return "way back assumed by ArduCopter's settings as shipped"
    if made.returns.mode is ReturnMode.RTL:
        return f"way back by RTL at {made.returns.alt_rel_m:g} m"
    return f"way back by {made.returns.mode.value.upper()}"


def _write(flight: PatrolFlight, path: Path, zones: ZoneSet) -> None:
    """Write one flight; a page shows its battery, too."""
    if format_of(path) is not PlanFormat.HTML:
        write_plan(flight.plan, path, zones=zones)
        return
    from missions.report.flight_profile import FlightProfile
    from missions.report.report import plan_to_html

    profile = FlightProfile.of(flight.prediction)
    write_file(path, plan_to_html(flight.plan, zones=zones, profile=profile).encode())


def _summarise(flight: PatrolFlight, path: Path | None) -> None:
    made = flight.plan
    where = f" -> {path}" if path is not None else ""
    seen = f", {100.0 * made.coverage:.1f} % covered" if made.coverage is not None else ""
    say(
        f"{made.name}: {made.length_m / 1000.0:.2f} km, {len(made.items)} mission items, "
        f"{prediction_words(flight.prediction)}{seen}, {return_words(made)}{where}"
    )


def print_findings(of_plans: Sequence[tuple[str, Sequence[Finding]]]) -> None:
    """Write the gravest findings to standard error, each once: violations first, in red, then advice.

    Of several plans those that hold for some of them only, and speak of their legs, name the first.
    """
    named: dict[Finding, list[str]] = {}
    for name, findings in of_plans:
        for finding in dict.fromkeys(findings):
            named.setdefault(finding, []).append(name)
    once = sorted(named, key=lambda finding: finding.severity is not Severity.VIOLATION)
    for finding in once[:_SHOWN_AT_MOST]:
        words = (
            finding.message.rstrip(".") + "." + (f" {finding.remedy.rstrip('.')}." if finding.remedy else "")
        )
        if finding.item_seq is not None and len(named[finding]) < len(of_plans):
            words = f"{named[finding][0]}: {words}"
        style = "red" if finding.severity is Severity.VIOLATION else "yellow"
        say(words, style)
    if len(once) > _SHOWN_AT_MOST:
        say(f"And {len(once) - _SHOWN_AT_MOST} more findings; --json lists all.", "yellow")


def _document(flight: PatrolFlight, path: Path | None) -> dict[str, Any]:
    made = flight.plan
    return {
        "name": made.name,
        "file": None if path is None else str(path),
        "zone_id": made.zone_id,
        "pattern": made.pattern,
        "home": position_document(made.home),
        "items": len(made.items),
        "length_m": made.length_m,
        "drone": flight.drone,
        "battery": flight.battery,
        **prediction_document(flight.prediction),
        "coverage": made.coverage,
        "swath_m": made.swath_m,
        "margin_m": made.margin_m,
        "speed_m_s": made.speed_m_s,
        "is_legal": made.is_legal,
        "returns": returns_document(made.returns),
        "datum_track": [
            {"time_s": fix.time_s, "position": position_document(fix.position)} for fix in made.datum_track
        ],
        "findings": [finding_document(finding) for finding in made.findings],
    }
