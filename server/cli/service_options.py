"""Options of commands that serve vehicles with more than orders: terrain, RTK corrections, remote ID."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from geofence.terrain import Terrain

TerrainOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--terrain",
        metavar="FILE",
        help="Heights of the ground for vehicles that ask, GeoTIFF or HGT; may be given again for neighbouring tiles.",
        show_default=False,
    ),
]
RtkOption = Annotated[
    str | None,
    typer.Option(
        "--rtk",
        metavar="SOURCE",
        help="RTK corrections (RTCM 3) for all vehicles: tcp:HOST:PORT, /dev/ttyX,BAUD, or a file or pipe that grows.",
        show_default=False,
    ),
]
OperatorOption = Annotated[
    str | None,
    typer.Option(
        "--operator",
        metavar="ID,LAT,LON[,ALT]",
        help="Operator's registration and place, told to the vehicles' remote ID; ALT is metres above the WGS-84 ellipsoid.",
        show_default=False,
    ),
]


def terrain_of(paths: list[Path] | None) -> "Terrain | None":
    """Read the elevation files that were named.

    Raises
    ------
    GeofenceError
    """
    if not paths:
        return None
    from geofence.formats.terrain_file import read_terrain_tiles

    return read_terrain_tiles(paths)
