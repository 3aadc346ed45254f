"""`feiying check`: whether a plan may be flown over these zones, and the proof of it."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from geofence.refusal import Refusal
from geofence.terrain import Terrain
from geofence.verification.proof import read_proof
from geofence.verification.verification import Verification
from geofence.verification.verification_document import returns_document, verification_document
from geofence.zone_set import ZoneSet
from missions.files.plan_files import read_plan
from missions.plan.check import DEFAULT_MARGIN_M, margin_of
from missions.plan.plan import Plan
from missions.plan.proof import CheckSettings, ProofFile, prove, recheck_proof, settings_of
from missions.plan.return_check import ReturnDemand
from missions.refusal import MissionError
from missions.vehicle.prediction import predict_flight
from missions.vehicle.prediction_document import prediction_document, prediction_words
from missions.vehicle.profile import VehicleProfile
from missions.vehicle.reserve_check import reserve_findings
from missions.vehicle.stock_profiles import QUAD_30
from missions.vehicle.wind import Wind
from server.cli import app
from server.cli.console import print_json, print_refusal, say
from server.cli.departure import parse_departure
from server.cli.plan import print_findings, return_words
from server.cli.vehicle_options import VehicleOption, WindOption, refusals_by_option, vehicle_of, wind_of
from server.cli.zone_options import CrsOption, KindOption, read_zones_to_fly_by


@app.command()
def check(
    plan: Annotated[
        Path | None,
        typer.Argument(metavar="PLAN", help=".plan .waypoints .geojson .kml .kmz .gpx", show_default=False),
    ] = None,
    zones: Annotated[
        Path | None,
        typer.Argument(metavar="ZONES", help="Zones of any format that is read.", show_default=False),
    ] = None,
    margin: Annotated[
        float | None,
        typer.Option(
            "--margin",
            metavar="M",
            min=0.0,
            help=f"Default: the plan's own, else {DEFAULT_MARGIN_M:g} m.",
            show_default=False,
        ),
    ] = None,
    allow_above_120: Annotated[
        bool, typer.Option("--allow-above-120", help="Lift the limit of 120 m above ground.")
    ] = False,
    departure: Annotated[
        str | None,
        typer.Option(
            "--departure",
            metavar="TIME[/TIME]",
            help="Take-off, or its earliest and latest time, ISO 8601 with time zone; without it zones with "
            "schedules are taken the stricter way.",
            show_default=False,
        ),
    ] = None,
    terrain: Annotated[
        Path | None,
        typer.Option("--terrain", metavar="FILE", help="Ground, GeoTIFF or HGT.", show_default=False),
    ] = None,
    max_wind: Annotated[
        float | None,
        typer.Option(
            "--max-wind",
            metavar="M/S",
            min=0.0,
            help="The strongest gust it is flown in: what that carries a copter off its legs is kept on top of the margin; "
            "default: the plan's own, and without any circles are taken as not kept to.",
            show_default=False,
        ),
    ] = None,
    returns: Annotated[
        ReturnDemand,
        typer.Option("--returns", help="Whether the way back from every place of the route must be legal."),
    ] = ReturnDemand.REQUIRE,
    vehicle: VehicleOption = None,
    wind: WindOption = None,
    crs: CrsOption = None,
    kind: KindOption = None,
    proof: Annotated[
        Path | None,
        typer.Option("--proof", metavar="OUT", help="Write the proof to a JSON file.", show_default=False),
    ] = None,
    verify: Annotated[
        Path | None,
        typer.Option(
            "--verify",
            metavar="PROOF",
            help="Recompute a proof, of PLAN and ZONES or of the files it names beside it.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Check every leg of a plan and every way back: exit code 0 where it is legal, 1 where not, 2 where a file cannot be read.

    With --vehicle or --wind it is legal only where it keeps the reserve of its battery, too.
    """
    try:
        is_predicted = vehicle is not None or wind is not None
        if is_predicted and (proof is not None or verify is not None):
            raise MissionError(
                "a proof says nothing of batteries",
                place="--wind" if vehicle is None else "--vehicle",
                remedy="Check the reserve without --proof and --verify",
            )
        if verify is not None:
            given = (margin, departure, max_wind, crs, kind, proof)
            if allow_above_120 or any(option is not None for option in given):
                raise MissionError(
                    "a proof is verified with its own settings",
                    remedy="Leave out --proof, --margin, --allow-above-120, --departure, --max-wind, --crs and --kind",
                )
            is_right = _verify(verify, plan, zones, terrain, as_json=as_json)
        else:
            if plan is None or zones is None:
                raise MissionError(
                    "PLAN and ZONES are missing", remedy="Give the plan and the zones to check"
                )
            span = parse_departure(departure)
            settings = CheckSettings(margin, allow_above_120, span, returns, crs, kind, max_wind)
            flown_by = (vehicle_of(vehicle) or QUAD_30, wind_of(wind)) if is_predicted else None
            is_right = _check(plan, zones, terrain, settings, proof, flown_by, as_json=as_json)
    except Refusal as refusal:
        print_refusal(refusal, {"is_legal": None, "error": str(refusal)} if as_json else None)
        raise typer.Exit(2) from None
    if not is_right:
        raise typer.Exit(1)


def _check(
    plan: Path,
    zones: Path,
    terrain: Path | None,
    settings: CheckSettings,
    proof: Path | None,
    flown_by: tuple[VehicleProfile, Wind] | None,
    *,
    as_json: bool,
) -> bool:
    inputs = [path for path in (plan, zones, terrain) if path is not None and path.exists()]
    if proof is not None and proof.exists() and any(proof.samefile(path) for path in inputs):
        raise MissionError(
            "the proof would replace a file that it is about", place=str(proof), remedy="Name another file"
        )
    read, zone_set = read_plan(plan), read_zones_to_fly_by(zones, crs=settings.crs, kind=settings.unsaid_kind)
    ground = _read_terrain(terrain)
    motion = None if flown_by is None else flown_by[0].motion
    verified = settings.check(read, zone_set, ground, motion=motion)
    prediction = None
    if flown_by is not None:
        with refusals_by_option():
            prediction = predict_flight(read, *flown_by, terrain=ground)
        verified = replace(verified, findings=(*verified.findings, *reserve_findings(prediction)))
    if proof is not None:
        _write(proof, _prove(plan, zones, terrain, read, zone_set, settings, verified))
    print_findings([(str(plan), verified.findings)])
    margin_m = margin_of(read, settings.margin_m)
    flight = "" if prediction is None else f", {prediction_words(prediction)}"
    _say(f"{plan}: {_result_words(read, settings, verified)}{flight}", is_good=verified.is_legal)
    if as_json:
        print_json(
            {
                **verification_document(verified),
                **({} if prediction is None else prediction_document(prediction)),
                "items": len(read.items),
                "margin_m": margin_m,
                "departure_utc_s": settings.departure_utc_s,
                "returns": returns_document(read.returns),
            }
        )
    return verified.is_legal


def _verify(
    proof: Path, plan: Path | None, zones: Path | None, terrain: Path | None, *, as_json: bool
) -> bool:
    proven = read_proof(_content(proof), source=str(proof))
    if (plan is None) is not (zones is None):
        raise MissionError(
            "a plan without zones proves nothing", remedy="Give both PLAN and ZONES, or neither"
        )
    plan = plan if plan is not None else _beside(proof, proven, "plan")
    zones = zones if zones is not None else _beside(proof, proven, "zones")
    if terrain is None and proven.get("terrain") is not None:
        terrain = _beside(proof, proven, "terrain")
    settings = settings_of(proven, source=str(proof))
    read, zone_set = read_plan(plan), read_zones_to_fly_by(zones, crs=settings.crs, kind=settings.unsaid_kind)
    verified = settings.check(read, zone_set, _read_terrain(terrain))
    made = _prove(plan, zones, terrain, read, zone_set, settings, verified)
    answer = recheck_proof(proven, read_proof(made, source=str(proof)), is_legal=verified.is_legal)
    for sentence in answer.broken:
        _say(f"{sentence}.", is_good=False)
    for sentence in answer.notes:
        say(f"{sentence}.", "yellow")
    _say(
        f"{proof}: {'holds' if answer.holds else 'does not hold'}; {plan} over {zones}: "
        f"{_result_words(read, settings, verified)}",
        is_good=answer.holds and answer.is_legal,
    )
    if as_json:
        print_json(
            {
                "holds": answer.holds,
                "is_legal": answer.is_legal,
                "broken": list(answer.broken),
                "notes": list(answer.notes),
            }
        )
    return answer.holds and answer.is_legal


def _result_words(read: Plan, settings: CheckSettings, verified: Verification) -> str:
    """Say what came out, and what it was held to: a result is worth no more than its conditions."""
    words = [
        "legal" if verified.is_legal else "not legal",
        f"{len(read.items)} mission items",
        f"margin {margin_of(read, settings.margin_m):g} m",
    ]
    least_m = verified.min_clearance_m
    if least_m is not None:
        of_legs_m = min(
            (leg.clearance_m for leg in verified.legs if leg.clearance_m is not None), default=least_m
        )
        at_corner = (
            f" beside the legs, at a cut corner or circle, {of_legs_m:.1f} m of the legs"
            if least_m < of_legs_m - 0.05
            else ""
        )
        words.append(f"least clearance {least_m:.1f} m{at_corner}")
    wind_m_s = settings.max_wind_m_s if settings.max_wind_m_s is not None else read.max_wind_m_s
    if wind_m_s is not None:
        words.append(f"gusts of at most {wind_m_s:g} m/s")
    if settings.allow_above_120:
        words.append("more than 120 m above ground allowed")
    match settings.returns:
        case ReturnDemand.REQUIRE:
            words.append(return_words(read))
        case ReturnDemand.ADVISE:
            words.append(f"{return_words(read)}, not required to be legal")
        case ReturnDemand.IGNORE:
            words.append("ways back not checked")
    return ", ".join(words)


def _prove(
    plan: Path,
    zones: Path,
    terrain: Path | None,
    read: Plan,
    zone_set: ZoneSet,
    settings: CheckSettings,
    verified: Verification,
) -> bytes:
    return prove(
        read,
        zone_set,
        settings,
        verified,
        plan_file=ProofFile(plan.name, _content(plan)),
        zones_file=ProofFile(zones.name, _content(zones)),
        terrain_file=None if terrain is None else ProofFile(terrain.name, _content(terrain)),
    )


def _beside(proof: Path, proven: dict[str, object], key: str) -> Path:
    """Find a file that a proof names: in its own folder."""
    entry = proven.get(key)
    name = entry.get("file") if isinstance(entry, dict) else None
    if not isinstance(name, str) or not name or Path(name).name != name:
        raise MissionError(f"it names no {key}", place=str(proof), remedy="Give PLAN and ZONES")
    return proof.parent / name


def _read_terrain(path: Path | None) -> Terrain | None:
    if path is None:
        return None
    from geofence.formats.terrain_file import read_terrain

    return read_terrain(path)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MissionError(
            f"cannot be read: {error.strerror}", place=str(path), remedy="Check the path"
        ) from None


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise MissionError(
            f"cannot be written: {error.strerror}", place=str(path), remedy="Check the folder"
        ) from None


def _say(sentence: str, *, is_good: bool) -> None:
    say(sentence, "green" if is_good else "red")
