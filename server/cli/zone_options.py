"""What every command that is given a zone file asks about it."""

from typing import Annotated

import typer

from geofence.crs import Crs

CrsOption = Annotated[
    Crs | None,
    typer.Option(
        "--crs",
        help="What the file's positions are counted in, where it is a shifted map: gcj02 (Amap), bd09 (Baidu).",
        show_default=False,
    ),
]
