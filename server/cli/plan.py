"""`feiying plan`: plan a patrol over zones and write it to files."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from geofence.refusal import Refusal
from geofence.verification.finding import Finding, Severity
from geofence.verification.return_policy import ReturnMode
from geofence.verification.verification_document import finding_document, position_document, returns_document
from geofence.zone_set import ZoneSet
from missions.files.plan_files import format_of, write_plan
from missions.files.plan_format import ending_of
from missions.patrol.patrol import plan_patrol
from missions.patrol.request import PatrolRequest
from missions.patterns.pattern import PatternName
from missions.plan.plan import Plan
from missions.refusal import MissionError
from missions.vehicle.prediction import predict_flight
from missions.vehicle.stock_profiles import QUAD_30
from server.cli import app
from server.cli.console import errors, print_json, print_refusal, say
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
    parse_position,
    pattern_of_options,
    refuse_options,
)
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
    alt: Annotated[float, typer.Option("--alt", metavar="M", help="Altitude above home, metres.")],
    home: Annotated[str, typer.Option("--home", metavar="LAT,LON", help="Pad, degrees.")],
    out: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="OUT",
            help="File to write: .plan .waypoints .geojson .kml .kmz .gpx, .wpml.kmz for DJI, .html",
        ),
    ],
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
    crs: CrsOption = None,
    kind: KindOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Plan a patrol, verify it, write it; nothing is written where a leg is illegal.

    Every pattern takes options of its own, listed in groups; those of another one are refused.
    """
    options = {
        "--zone": zone,
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
    try:
        _refuse_output(out, zones)
        refuse_options(name, given)
        where = parse_position(home, "--home")
        zone_set = read_zones_to_fly_by(zones, crs=crs, kind=kind)
        request = PatrolRequest(
            pattern=pattern_of_options(name, given, zone_set),
            alt_rel_m=alt,
            home=where,
            drones=drones,
            speed_m_s=speed,
            margin_m=margin,
            allow_above_120=allow_above_120,
            alt_step_m=alt_step,
            keeps_level=level,
        )
        plans = _plan_with_progress(zone_set, request)
        paths = _output_paths(out, len(plans))
        is_legal = all(made.is_legal for made in plans)
        if is_legal:
            for made, path in zip(plans, paths, strict=True):
                write_plan(made, path, zones=zone_set)
    except Refusal as refusal:
        print_refusal(refusal, {"is_legal": None, "error": str(refusal)} if as_json else None)
        raise typer.Exit(1) from None
    for made, path in zip(plans, paths, strict=True):
        _summarise(made, path if is_legal else None)
    print_findings([finding for made in plans for finding in made.findings])
    if as_json:
        print_json(
            {
                "is_legal": is_legal,
                "plans": [
                    _document(made, path if is_legal else None)
                    for made, path in zip(plans, paths, strict=True)
                ],
            }
        )
    if not is_legal:
        say("Nothing was written: the plan violates its zones.", "red")
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
    if drones == 1:
        return [out]
    ending = ending_of(out)
    stem = out.name.removesuffix(ending)
    return [out.with_name(f"{stem}-{number}{ending}") for number in range(1, drones + 1)]


def _plan_with_progress(zones: ZoneSet, request: PatrolRequest) -> list[Plan]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True) as progress:
        task = progress.add_task("Reading", total=1.0)

        def show(stage: str, share: float) -> None:
            progress.update(task, description=_STAGE_WORDS.get(stage, stage), completed=share)

        return plan_patrol(zones, request, on_progress=show)


def estimated_s(made: Plan) -> float:
    """Predict the flight time from arming until the motors stop, in no wind."""
    return predict_flight(made, QUAD_30).duration_s


def return_words(made: Plan) -> str:
    """Say how the vehicle comes back early."""
    if made.returns is None:
        return "way back assumed by ArduCopter's settings as shipped"
    if made.returns.mode is ReturnMode.RTL:
        return f"way back by RTL at {made.returns.alt_rel_m:g} m"
    return f"way back by {made.returns.mode.value.upper()}"


def _summarise(made: Plan, path: Path | None) -> None:
    where = f" -> {path}" if path is not None else ""
    seen = f", {100.0 * made.coverage:.1f} % covered" if made.coverage is not None else ""
    say(
        f"{made.name}: {made.length_m / 1000.0:.2f} km, {len(made.items)} mission items, "
        f"about {estimated_s(made) / 60.0:.0f} min{seen}, {return_words(made)}{where}"
    )


def print_findings(findings: list[Finding]) -> None:
    """Write the gravest findings to standard error, each once: violations first, in red, then advice."""
    once = sorted(dict.fromkeys(findings), key=lambda finding: finding.severity is not Severity.VIOLATION)
    for finding in once[:_SHOWN_AT_MOST]:
        words = (
            finding.message.rstrip(".") + "." + (f" {finding.remedy.rstrip('.')}." if finding.remedy else "")
        )
        style = "red" if finding.severity is Severity.VIOLATION else "yellow"
        say(words, style)
    if len(once) > _SHOWN_AT_MOST:
        say(f"And {len(once) - _SHOWN_AT_MOST} more findings; --json lists all.", "yellow")


def _document(made: Plan, path: Path | None) -> dict[str, Any]:
    return {
        "name": made.name,
        "file": None if path is None else str(path),
        "zone_id": made.zone_id,
        "pattern": made.pattern,
        "home": position_document(made.home),
        "items": len(made.items),
        "length_m": made.length_m,
        "estimated_s": estimated_s(made),
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
