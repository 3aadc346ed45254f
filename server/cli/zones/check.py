"""`feiying zones check`: what is odd about the zones of a file."""

import time
from pathlib import Path
from typing import Annotated

import typer

from geofence.formats.zone_files import read_zones
from geofence.refusal import Refusal
from geofence.zone_audit import AuditRemark, AuditSeverity, audit_zones
from server.cli.console import print_json, say
from server.cli.zone_options import CrsOption, KindOption
from server.cli.zones import zones_app
from server.cli.zones.said import refused, say_each
from server.zone_file_document import remark_document


@zones_app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Zones.", show_default=False)],
    crs: CrsOption = None,
    kind: KindOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Look for what is probably not meant: repairs, odd places, zones that are over or leave nothing.

    Exits 0 where there is nothing to warn of, 1 where there is, 2 where the file cannot be read.
    """
    try:
        zones = read_zones(file, crs=crs, unsaid_kind=kind)
    except Refusal as refusal:
        refused(refusal, as_json=as_json, is_sound=None)
        raise typer.Exit(2) from None
    remarks = audit_zones(zones, now_utc_s=time.time())
    warnings = [remark for remark in remarks if remark.severity is AuditSeverity.WARNING]
    notes = [remark for remark in remarks if remark.severity is AuditSeverity.NOTE]
    say_each(warnings, _words, "yellow")
    say_each(notes, _words)
    say(
        f"{file}: {len(zones)} zones, {len(warnings)} warnings, {len(notes)} notes",
        "red" if warnings else "green",
    )
    if as_json:
        print_json(
            {
                "is_sound": not warnings,
                "zones": len(zones),
                "remarks": [remark_document(remark) for remark in remarks],
            }
        )
    if warnings:
        raise typer.Exit(1)


def _words(remark: AuditRemark) -> str:
    return f"{remark.message}." + (f" {remark.remedy}." if remark.remedy else "")
