"""Heights of a GeoTIFF or HGT file at given places."""

from pathlib import Path
from typing import Any

import numpy as np

from simulator.refusal import SimulatorError
from simulator.world.world_frame import Floats


def sampled_heights(path: Path, lat_deg: Floats, lon_deg: Floats) -> Floats:
    """Read heights above sea level, straight between the file's points.

    Raises
    ------
    SimulatorError
        If the file cannot be read, is not in WGS-84 degrees, or does not cover the places.
    """
    import rasterio
    from rasterio.windows import Window

    try:
        with rasterio.open(path) as source:
            if source.crs is None or not source.crs.is_geographic:
                raise SimulatorError(
                    "the heights are not in degrees",
                    place=str(path),
                    remedy="Give a GeoTIFF in EPSG:4326, or an HGT tile",
                )
            to_cells = ~source.transform
            # Heights stand at the middles of the file's cells.
            columns = to_cells.a * lon_deg + to_cells.b * lat_deg + to_cells.c - 0.5
            rows = to_cells.d * lon_deg + to_cells.e * lat_deg + to_cells.f - 0.5
            if (
                rows.min() < -0.5
                or columns.min() < -0.5
                or (rows.max() > source.height - 0.5 or columns.max() > source.width - 0.5)
            ):
                raise SimulatorError(
                    "the file does not cover the world",
                    place=str(path),
                    remedy="Give a larger file, another origin or a smaller extent_m",
                )
            left, top = int(max(columns.min(), 0.0)), int(max(rows.min(), 0.0))
            width = min(int(columns.max()) + 2, source.width) - left
            height = min(int(rows.max()) + 2, source.height) - top
            read = source.read(1, window=Window(left, top, width, height), masked=True)
    except (rasterio.errors.RasterioError, OSError) as error:
        raise SimulatorError(
            "the heights cannot be read", place=str(path), remedy="Give a GeoTIFF or HGT file"
        ) from error
    if np.ma.getmaskarray(read).any():
        raise SimulatorError(
            "there are places without a height in this world",
            place=str(path),
            remedy="Fill the gaps, or give another origin or a smaller extent_m",
        )
    return _between(np.asarray(read, float), rows - top, columns - left)


def _between(heights: Floats, rows: Any, columns: Any) -> Floats:
    rows = np.clip(rows, 0.0, heights.shape[0] - 1)
    columns = np.clip(columns, 0.0, heights.shape[1] - 1)
    top = np.minimum(rows.astype(np.int64), max(heights.shape[0] - 2, 0))
    left = np.minimum(columns.astype(np.int64), max(heights.shape[1] - 2, 0))
    below, right = np.minimum(top + 1, heights.shape[0] - 1), np.minimum(left + 1, heights.shape[1] - 1)
    down, across = rows - top, columns - left
    upper = heights[top, left] * (1.0 - across) + heights[top, right] * across
    lower = heights[below, left] * (1.0 - across) + heights[below, right] * across
    return np.asarray(upper * (1.0 - down) + lower * down, float)
