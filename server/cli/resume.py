"""`feiying resume`: the rest of a plan whose flight was broken off."""

from pathlib import Path
from typing import Annotated

import typer

from geofence.formats.terrain_file import read_terrain
from geofence.refusal import Refusal
from missions.files.plan_files import read_plan, write_plan
from missions.patrol.rest_of_flight import rest_of_flight
from missions.refusal import MissionError
from missions.vehicle.resume import BreakOff
from server.cli import app
from server.cli.console import print_json, print_refusal, say
from server.cli.departure import parse_departure
from server.cli.pattern_options import parse_position
from server.cli.plan import print_findings
from server.cli.zone_options import CrsOption, KindOption, read_zones_to_fly_by


@app.command()
def resume(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="What was being flown.", show_default=False)],
    zones: Annotated[
        Path, typer.Argument(metavar="ZONES", help="Zones of any format that is read.", show_default=False)
    ],
    item: Annotated[int, typer.Option("--item", metavar="N", min=1, help="The item that was being flown.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="OUT", help="Plan of the rest.")],
    at: Annotated[
        str | None,
        typer.Option(
            "--at",
            metavar="LAT,LON",
            help="Where it was broken off, on the leg to the item; without it the leg is flown anew.",
            show_default=False,
        ),
    ] = None,
    visit: Annotated[
        int, typer.Option("--visit", metavar="K", min=1, help="Which time, where jumps repeat the item.")
    ] = 1,
    margin: Annotated[
        float | None,
        typer.Option("--margin", metavar="M", min=0.0, help="Default: the plan's own.", show_default=False),
    ] = None,
    departure: Annotated[
        str | None,
        typer.Option("--departure", metavar="TIME[/TIME]", help="As of check.", show_default=False),
    ] = None,
    terrain: Annotated[
        Path | None,
        typer.Option("--terrain", metavar="FILE", help="Ground, GeoTIFF or HGT.", show_default=False),
    ] = None,
    crs: CrsOption = None,
    kind: KindOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Make the plan of what is left: by a legal way from the pad to where the flight was broken off, and on from there.

    Exits 0 where OUT was written, 1 where the rest cannot be flown legally: then nothing is written.
    """
    try:
        if out.exists() and any(out.samefile(each) for each in (plan, zones) if each.exists()):
            raise MissionError(
                "it would replace what it is made of", place=str(out), remedy="Name another file"
            )
        broken_off = BreakOff(item, None if at is None else parse_position(at, "--at"), visit)
        rest, verified = rest_of_flight(
            read_plan(plan),
            broken_off,
            zone_set := read_zones_to_fly_by(zones, crs=crs, kind=kind),
            margin_m=margin,
            departure_utc_s=parse_departure(departure),
            terrain=None if terrain is None else read_terrain(terrain),
        )
        if verified.is_legal:
            write_plan(rest, out, zones=zone_set)
    except Refusal as refusal:
        print_refusal(refusal, {"file": None, "error": str(refusal)} if as_json else None)
        raise typer.Exit(1) from None
    print_findings([(str(out), verified.findings)])
    if verified.is_legal:
        say(f"{plan}: {len(rest.items)} items are left -> {out}", "green")
    else:
        say(f"{plan}: the rest from item {item} is not legal; nothing was written", "red")
    if as_json:
        file = str(out) if verified.is_legal else None
        print_json({"file": file, "is_legal": verified.is_legal, "items": len(rest.items)})
    if not verified.is_legal:
        raise typer.Exit(1)
