"""`feiying zones convert`: a zone file in another format."""

from pathlib import Path
from typing import Annotated

import typer

from geofence.formats.vector.shapefile_parts import SHAPEFILE_SUFFIXES
from geofence.formats.zone_files import read_zones, write_zones
from geofence.formats.zone_format import ZoneFormat
from geofence.refusal import GeofenceError, Refusal
from server.cli.console import print_json, say
from server.cli.zone_options import CrsOption, KindOption
from server.cli.zones import zones_app
from server.cli.zones.said import refused, say_repairs
from server.zone_file_document import repair_document


@zones_app.command()
def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help="Zones.", show_default=False)],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="File to write.", show_default=False)],
    crs: CrsOption = None,
    kind: KindOption = None,
    to_format: Annotated[
        ZoneFormat | None,
        typer.Option("--format", help="Where the suffix of OUT does not tell.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Write zones in another format, always in WGS-84; tell what was mended and what the format cannot say.

    Exits 0 where OUT was written, 1 where it was not.
    """
    try:
        _refuse_input(source, out)
        zones = read_zones(source, crs=crs, unsaid_kind=kind)
        losses = write_zones(zones, out, format=to_format)
    except Refusal as refusal:
        refused(refusal, as_json=as_json, file=None)
        raise typer.Exit(1) from None
    say_repairs(zones.repairs)
    say_repairs(losses, style="red")
    lost = f", {len(losses)} losses" if losses else ""
    say(f"{source}: {len(zones)} zones, {len(zones.repairs)} repairs{lost} -> {out}")
    if as_json:
        print_json(
            {
                "file": str(out),
                "zones": len(zones),
                "repairs": [repair_document(repair) for repair in zones.repairs],
                "losses": [repair_document(loss) for loss in losses],
            }
        )


def _refuse_input(source: Path, out: Path) -> None:
    try:
        is_same = out.exists() and source.exists() and out.samefile(source)
    except OSError as error:
        raise GeofenceError(f"cannot be written ({error.strerror})", place=str(out)) from None
    is_beside = (
        out.suffix.lower() in SHAPEFILE_SUFFIXES
        and source.suffix.lower() in SHAPEFILE_SUFFIXES
        and out.stem.casefold() == source.stem.casefold()
        and out.parent.resolve() == source.parent.resolve()
    )
    if is_same or is_beside:
        what = "it is the file to convert" if is_same else "it belongs to the Shapefile to convert"
        raise GeofenceError(what, place=str(out), remedy="Name another file")
