"""`feiying convert`: a plan in another format."""

from pathlib import Path
from typing import Annotated

import typer

from geofence.refusal import Refusal
from missions.files.account import Account
from missions.files.foreign_flight import Unsaid
from missions.files.plan_files import read_plan, write_plan
from missions.files.plan_format import PlanFormat
from missions.refusal import MissionError
from server.cli import app
from server.cli.console import print_json, print_refusal, say
from server.cli.pattern_options import parse_position


@app.command()
def convert(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="IN",
            help="Plan: .plan .waypoints .txt .geojson .kml .kmz .gpx, or a .kmz of DJI.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path,
        typer.Argument(
            metavar="OUT",
            help="File to write: the same, .wpml.kmz for DJI, or .html to look at.",
            show_default=False,
        ),
    ],
    home: Annotated[
        str | None,
        typer.Option("--home", metavar="LAT,LON", help="Pad, where IN names none.", show_default=False),
    ] = None,
    alt: Annotated[
        float | None,
        typer.Option(
            "--alt",
            metavar="M",
            help="Altitude above home of places that have none in IN.",
            show_default=False,
        ),
    ] = None,
    to_format: Annotated[
        PlanFormat | None,
        typer.Option("--format", help="Where the ending of OUT does not tell.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Write a plan in another format; tell what was put in and what the format cannot say.

    The plan is not verified: `feiying check` does that. Exits 0 where OUT was written, 1 where it was not.
    """
    read, lost = Account(), Account()
    try:
        _refuse_input(source, out)
        unsaid = Unsaid(None if home is None else parse_position(home, "--home"), alt)
        plan = read_plan(source, unsaid=unsaid, account=read)
        write_plan(plan, out, format=to_format, account=lost)
    except Refusal as refusal:
        print_refusal(refusal, {"file": None, "error": str(refusal)} if as_json else None)
        raise typer.Exit(1) from None
    for sentence in read.sentences:
        say(f"{source}: {sentence}.", "yellow")
    for sentence in lost.sentences:
        say(f"{out}: {sentence}.", "red")
    say(f"{source}: {len(plan.items)} items -> {out}")
    if as_json:
        print_json(
            {
                "file": str(out),
                "name": plan.name,
                "items": len(plan.items),
                "notes": list(read.sentences),
                "losses": list(lost.sentences),
            }
        )


def _refuse_input(source: Path, out: Path) -> None:
    try:
        is_same = out.exists() and source.exists() and out.samefile(source)
    except OSError as error:
        raise MissionError(f"cannot be written ({error.strerror})", place=str(out)) from None
    if is_same:
        raise MissionError("it is the file to convert", place=str(out), remedy="Name another file")
