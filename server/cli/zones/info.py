"""`feiying zones info`: what a zone file holds."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from geofence.formats.zone_files import read_zones
from geofence.refusal import Refusal
from server.cli.console import print_json, say
from server.cli.moment import parse_moment
from server.cli.zone_options import CrsOption, KindOption
from server.cli.zones import zones_app
from server.cli.zones.said import SHOWN_AT_MOST, refused, say_repairs
from server.zone_file_document import summary_document


@zones_app.command()
def info(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Zones.", show_default=False)],
    crs: CrsOption = None,
    kind: KindOption = None,
    at: Annotated[
        str | None,
        typer.Option(
            "--at", metavar="TIME", help="When zones are active or not; now if left out.", show_default=False
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Count zones by kind, severity, shape and altitude; say which are active, and what was mended."""
    try:
        at_utc_s = time.time() if at is None else parse_moment(at, place="--at")
        zones = read_zones(file, crs=crs, unsaid_kind=kind)
        document = {"file": str(file), "at": _iso(at_utc_s), **summary_document(zones, at_utc_s=at_utc_s)}
    except Refusal as refusal:
        refused(refusal, as_json=as_json, file=str(file))
        raise typer.Exit(1) from None
    _say(document)
    say_repairs(zones.repairs)
    if as_json:
        print_json(document)


def _iso(utc_s: float) -> str:
    return datetime.fromtimestamp(utc_s, UTC).isoformat(timespec="seconds")


def _say(document: dict[str, Any]) -> None:
    say(f"{document['file']}: {document['zones']:,} zones, {document['vertices']:,} vertices")
    for title, key in (
        ("kinds", "kinds"),
        ("severities", "severities"),
        ("shapes", "shapes"),
        ("limits", "limits"),
    ):
        if document[key]:
            say(f"{title}: {', '.join(f'{word} {count:,}' for word, count in document[key].items())}")
    say(
        f"active at {document['at']}: {document['active']:,} of {document['zones']:,}, "
        f"{document['limited_in_time']:,} of them limited in time"
    )
    idle = document["not_active"]
    if idle:
        more = f" and {len(idle) - SHOWN_AT_MOST} more" if len(idle) > SHOWN_AT_MOST else ""
        say(f"not active then: {', '.join(idle[:SHOWN_AT_MOST])}{more}")
    if document["extent_deg"] is not None:
        west, south, east, north = document["extent_deg"]
        say(f"extent: {south:.5f},{west:.5f} to {north:.5f},{east:.5f} (latitude, longitude)")
    largest = document["largest_ring"]
    if largest is not None and largest["vertices"]:
        say(f"largest ring: {largest['vertices']:,} vertices, zone {largest['zone_id']}")
