"""What every command that is given a zone file asks about it, and tells of it."""

from pathlib import Path
from typing import Annotated

import typer

from geofence.crs import Crs
from geofence.formats.zone_files import read_zones
from geofence.zone import ZoneKind
from geofence.zone_set import ZoneSet
from server.cli.console import say

CrsOption = Annotated[
    Crs | None,
    typer.Option(
        "--crs",
        help="What the file's positions are counted in, where it is a shifted map: gcj02 (Amap), bd09 (Baidu).",
        show_default=False,
    ),
]
KindOption = Annotated[
    ZoneKind | None,
    typer.Option(
        "--kind",
        help="What zones are that do not say it; without it those of GeoJSON are inclusion, all others exclusion zones.",
        show_default=False,
    ),
]


def read_zones_to_fly_by(path: Path, *, crs: Crs | None, kind: ZoneKind | None) -> ZoneSet:
    """Read a zone file, and say where to read what was mended in it.

    Raises
    ------
    GeofenceError
    """
    zones = read_zones(path, crs=crs, unsaid_kind=kind)
    if zones.repairs:
        count = f"{len(zones.repairs):,} {'repairs or notes' if len(zones.repairs) > 1 else 'repair or note'}"
        say(f"{path}: {count}; feiying zones check lists them", "yellow")
    return zones
