"""`feiying check`: whether a plan may be flown over these zones."""

from pathlib import Path
from typing import Annotated

import typer

from geofence.formats.zone_files import read_zones
from geofence.refusal import Refusal
from geofence.verification.verification_document import finding_document
from missions.plan_check import DEFAULT_MARGIN_M, check_plan
from missions.plan_files import read_plan
from server.cli import app
from server.cli.console import errors, print_json, print_refusal
from server.cli.plan import print_findings


@app.command()
def check(
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN", help=".plan, .waypoints or .txt", show_default=False)
    ],
    zones: Annotated[Path, typer.Argument(metavar="ZONES", help="Zones, GeoJSON.", show_default=False)],
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
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Check every leg of a plan: exit code 0 where it is legal, 1 where not, 2 where a file cannot be read."""
    try:
        read, zone_set = read_plan(plan), read_zones(zones)
        verified = check_plan(read, zone_set, margin_m=margin, allow_above_120=allow_above_120)
    except Refusal as refusal:
        print_refusal(refusal, {"is_legal": None, "error": str(refusal)} if as_json else None)
        raise typer.Exit(2) from None
    used_margin_m = (
        margin if margin is not None else read.margin_m if read.margin_m is not None else DEFAULT_MARGIN_M
    )
    print_findings(list(verified.findings))
    clearance = (
        "" if verified.min_clearance_m is None else f", least clearance {verified.min_clearance_m:.1f} m"
    )
    verdict = "legal" if verified.is_legal else "not legal"
    errors.print(
        f"{plan}: {verdict}, {len(read.items)} items, margin {used_margin_m:g} m{clearance}",
        style="green" if verified.is_legal else "red",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    if as_json:
        print_json(
            {
                "is_legal": verified.is_legal,
                "items": len(read.items),
                "margin_m": used_margin_m,
                "min_clearance_m": verified.min_clearance_m,
                "findings": [finding_document(finding) for finding in verified.findings],
            }
        )
    if not verified.is_legal:
        raise typer.Exit(1)
