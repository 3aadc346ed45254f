"""Terrain from GeoTIFF and HGT files."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import rasterio
from rasterio.errors import RasterioIOError

from geofence.refusal import GeofenceError
from geofence.terrain import NODES_AT_MOST, GridTerrain

LOWEST_M, HIGHEST_M = -500.0, 9_000.0
"""No ground lies beyond these; voids that a file does not declare (-32768, 3.4e38) do."""


def read_terrain_tiles(paths: Sequence[Path]) -> GridTerrain:
    """Read neighbouring tiles, such as N36E103.hgt and N36E104.hgt, as one terrain.

    Raises
    ------
    GeofenceError
        If one cannot be read, or they are not of one grid.
    """
    return GridTerrain.joined([read_terrain(path) for path in paths])


def read_terrain(path: Path) -> GridTerrain:
    """Read heights above mean sea level from the first band of a GeoTIFF or an HGT file.

    Heights stand at the middle of their cells. Voids stay unknown.

    Parameters
    ----------
    path : Path

    Raises
    ------
    GeofenceError
        If the file cannot be read, is turned, is not in longitude and latitude on WGS-84, or holds no height.
    """
    try:
        with rasterio.open(path) as raster:
            crs, grid, size = raster.crs, raster.transform, raster.width * raster.height
            if size > NODES_AT_MOST:
                raise GeofenceError(
                    f"it has {size} heights, more than {NODES_AT_MOST}",
                    place=str(path),
                    remedy="Cut out the ground that is flown over",
                )
            heights = raster.read(1, masked=True)
    except RasterioIOError as error:
        raise GeofenceError(
            f"it cannot be read as terrain ({' '.join(str(error).split()).rstrip('.')})",
            place=str(path),
            remedy="Give a GeoTIFF or HGT file",
        ) from error
    if crs is None or crs.to_epsg() != 4326:
        named = "no coordinate system" if crs is None else crs.to_string()
        raise GeofenceError(
            f"its coordinates are in {named}, not in longitude and latitude on WGS-84",
            place=str(path),
            remedy="Convert it with gdalwarp -t_srs EPSG:4326",
        )
    if grid.b != 0.0 or grid.d != 0.0 or grid.a <= 0.0 or grid.e >= 0.0:
        raise GeofenceError(
            "its rows do not run from west to east and from north to south",
            place=str(path),
            remedy="Convert it with gdalwarp -t_srs EPSG:4326",
        )
    alts_amsl_m = np.ma.filled(heights.astype(np.float32), np.nan)
    alts_amsl_m[~((alts_amsl_m >= LOWEST_M) & (alts_amsl_m <= HIGHEST_M))] = np.nan
    if np.isnan(alts_amsl_m).all():
        raise GeofenceError(
            "it knows no height at all", place=str(path), remedy="Give a file with heights in metres"
        )
    return GridTerrain(
        alts_amsl_m,
        north_deg=grid.f + 0.5 * grid.e,
        west_deg=grid.c + 0.5 * grid.a,
        lat_step_deg=-grid.e,
        lon_step_deg=grid.a,
    )
