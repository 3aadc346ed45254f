"""`feiying report`: one page that shows plans, to look at and to print."""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from geofence.refusal import Refusal
from geofence.terrain import Terrain
from missions.files.plan_files import read_plan, write_file
from missions.plan.check import check_plan
from missions.plan.plan import Plan
from missions.refusal import MissionError
from missions.report.flight_profile import FlightProfile
from missions.report.report import Flight, report_to_html
from missions.vehicle.prediction import FlightPrediction, predict_flight
from missions.vehicle.prediction_document import prediction_document, prediction_words
from missions.vehicle.profile import VehicleProfile
from missions.vehicle.reserve_check import reserve_findings
from missions.vehicle.stock_profiles import QUAD_30
from missions.vehicle.wind import Wind
from server.cli import app
from server.cli.console import print_json, print_refusal, say
from server.cli.fleet_report import schedule_among, write_schedule_report
from server.cli.vehicle_options import VehicleOption, WindOption, refusals_by_option, vehicle_of, wind_of
from server.cli.zone_options import CrsOption, KindOption, read_zones_to_fly_by


class PageLanguage(StrEnum):
    """What a page opens in."""

    CHINESE = "zh"
    ENGLISH = "en"


@app.command()
def report(
    plans: Annotated[
        list[Path],
        typer.Argument(
            metavar="PLAN...",
            help=".plan .waypoints .geojson .kml .kmz .gpx, or the .json of a fleet's schedule",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option("--output", "-o", metavar="OUT", help="File to write: .html")],
    zones: Annotated[
        Path | None,
        typer.Option(
            "--zones", metavar="ZONES", help="Draw them, and verify the plans over them.", show_default=False
        ),
    ] = None,
    terrain: Annotated[
        Path | None,
        typer.Option("--terrain", metavar="FILE", help="Ground, GeoTIFF or HGT.", show_default=False),
    ] = None,
    vehicle: VehicleOption = None,
    wind: WindOption = None,
    language: Annotated[
        PageLanguage, typer.Option("--lang", help="What the page opens in; it can be switched there.")
    ] = PageLanguage.CHINESE,
    crs: CrsOption = None,
    kind: KindOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Write a report: map by time, altitudes against ground and zones, items, findings; one file, no network.

    Exits 0 where OUT was written, also of a plan that is not legal, 1 where it was not.
    """
    try:
        _refuse_output(out, [*plans, *(path for path in (zones, terrain) if path is not None)])
        ground = None
        if terrain is not None:
            from geofence.formats.terrain_file import read_terrain

            ground = read_terrain(terrain)
        zone_set = None if zones is None else read_zones_to_fly_by(zones, crs=crs, kind=kind)
        schedule = schedule_among(plans)
        if schedule is not None:
            written = write_schedule_report(
                schedule, out, zones=zone_set, terrain=ground, language=language.value, title=plans[0].stem
            )
            if as_json:
                print_json(written)
            return
        flown_by, air = vehicle_of(vehicle) or QUAD_30, wind_of(wind)
        is_predicted = vehicle is not None or wind is not None
        flights, predictions = [], []
        for path in plans:
            plan = read_plan(path)
            if zone_set is not None:
                plan = replace(plan, findings=check_plan(plan, zone_set, terrain=ground).findings)
            prediction = _predicted(plan, flown_by, air, ground) if is_predicted else None
            if prediction is not None:
                found = reserve_findings(prediction, is_assumed=vehicle is None)
                plan = replace(plan, findings=(*plan.findings, *found))
            predictions.append(prediction)
            profile = None if prediction is None else FlightProfile.of(prediction)
            flights.append(Flight(plan, profile, is_verified=zone_set is not None))
        page = report_to_html(flights, zones=zone_set, terrain=ground, language=language.value)
        write_file(out, page.encode())
    except Refusal as refusal:
        print_refusal(refusal, {"file": None, "error": str(refusal)} if as_json else None)
        raise typer.Exit(1) from None
    for path, flight, prediction in zip(plans, flights, predictions, strict=True):
        if prediction is not None:
            say(f"{path}: {prediction_words(prediction)}", None if prediction.keeps_reserve else "red")
        if not flight.plan.is_legal:
            say(f"{path}: not legal; the report tells why", "red")
    say(f"{len(flights)} {'plans' if len(flights) > 1 else 'plan'} -> {out}")
    if as_json:
        print_json(
            {
                "file": str(out),
                "plans": [
                    {
                        "name": flight.plan.name,
                        "is_legal": flight.plan.is_legal if flight.is_verified else None,
                        "findings": len(flight.plan.findings),
                        **({} if prediction is None else prediction_document(prediction)),
                    }
                    for flight, prediction in zip(flights, predictions, strict=True)
                ],
            }
        )


def _predicted(plan: Plan, profile: VehicleProfile, wind: Wind, terrain: Terrain | None) -> FlightPrediction:
    with refusals_by_option():
        return predict_flight(plan, profile, wind, terrain=terrain)


def _refuse_output(out: Path, inputs: list[Path]) -> None:
    if out.suffix.lower() != ".html":
        raise MissionError("a report is a page", place=str(out), remedy="End it with .html")
    try:
        is_input = out.exists() and any(path.exists() and out.samefile(path) for path in inputs)
    except OSError as error:
        raise MissionError(f"cannot be written ({error.strerror})", place=str(out)) from None
    if is_input:
        raise MissionError(
            "it is a file that the report is about", place=str(out), remedy="Name another file"
        )
