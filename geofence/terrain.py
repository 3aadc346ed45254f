"""The height of the ground."""

import math
from collections.abc import Sequence
from typing import Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geofence.refusal import GeofenceError

NODES_AT_MOST = 100_000_000

_DEGREE_M = 111_195.0
_ALIGNED_STEPS = 0.01


class Terrain(Protocol):
    """What a verification asks of a terrain model; positions in WGS-84 degrees, heights above mean sea level."""

    @property
    def spacing_m(self) -> float:
        """How far apart its heights are known."""

    def ground_alt_amsl_m(self, lat_deg: ArrayLike, lon_deg: ArrayLike) -> NDArray[np.float64]:
        """Height of the ground at places of shape (n,); NaN where it is not known."""

    def bounds_amsl_m(
        self, south_deg: ArrayLike, west_deg: ArrayLike, north_deg: ArrayLike, east_deg: ArrayLike
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give bounds that no ground within each box exceeds: lowest and highest, each of shape (n,).

        NaN where the height of any place within the box is not known.
        """


class GridTerrain:
    """Heights at the nodes of a grid, bilinear in between.

    Parameters
    ----------
    alts_amsl_m : array of shape (rows, columns)
        Northernmost row first; NaN where unknown.
    north_deg, west_deg : float
        Of the node in the first row and column.
    lat_step_deg, lon_step_deg : float
        From node to node; positive.

    Raises
    ------
    GeofenceError
        For less than two rows or columns, and for steps that are not positive.
    """

    def __init__(
        self,
        alts_amsl_m: ArrayLike,
        *,
        north_deg: float,
        west_deg: float,
        lat_step_deg: float,
        lon_step_deg: float,
    ) -> None:
        self._alts = np.asarray(alts_amsl_m, dtype=np.float32)
        if self._alts.ndim != 2 or min(self._alts.shape) < 2:
            raise GeofenceError("a terrain grid needs at least two rows and two columns")
        if not (0.0 < lat_step_deg < math.inf and 0.0 < lon_step_deg < math.inf):
            raise GeofenceError(
                f"steps of {lat_step_deg:g} and {lon_step_deg:g} degrees are no grid",
                remedy="Give the distance from node to node, northernmost row first",
            )
        self._north_deg, self._west_deg = north_deg, west_deg
        self._lat_step_deg, self._lon_step_deg = lat_step_deg, lon_step_deg

    @classmethod
    def joined(cls, tiles: Sequence[Self]) -> Self:
        """Lay neighbouring tiles of one grid together; what none of them knows stays unknown.

        Raises
        ------
        GeofenceError
            For no tiles, tiles whose nodes are not those of one grid, and tiles too far apart.
        """
        if not tiles:
            raise GeofenceError("there is no terrain tile", remedy="Give one file at least")
        first = tiles[0]
        steps_deg = np.array((first._lat_step_deg, first._lon_step_deg))
        north_deg = max(tile._north_deg for tile in tiles)
        west_deg = first._west_deg + min(_turn_deg(tile._west_deg - first._west_deg) for tile in tiles)
        corners = np.array(
            [(north_deg - tile._north_deg, _turn_deg(tile._west_deg - west_deg)) for tile in tiles]
        )
        sizes = np.array([tile._alts.shape for tile in tiles])
        for tile, corner, size in zip(tiles, corners / steps_deg, sizes, strict=True):
            drift = np.abs(np.array((tile._lat_step_deg, tile._lon_step_deg)) / steps_deg - 1.0) * size
            if max(*drift, *np.abs(corner - np.round(corner))) > _ALIGNED_STEPS:
                raise GeofenceError(
                    "the tiles are not of one grid: their heights stand at different places",
                    remedy="Merge them with gdalwarp first",
                )
        offsets = np.round(corners / steps_deg).astype(np.int64)
        rows, columns = (int(end) for end in (offsets + sizes).max(axis=0))
        if rows * columns > NODES_AT_MOST:
            raise GeofenceError(
                f"the tiles together have {rows * columns} heights, more than {NODES_AT_MOST}",
                remedy="Give the tiles that are flown over",
            )
        alts = np.full((rows, columns), np.nan, dtype=np.float32)
        for tile, (row, column) in zip(tiles, offsets, strict=True):
            height, width = tile._alts.shape
            place = alts[row : row + height, column : column + width]
            place[...] = np.where(np.isnan(place), tile._alts, place)
        lat_step_deg, lon_step_deg = (float(step_deg) for step_deg in steps_deg)
        return cls(
            alts,
            north_deg=north_deg,
            west_deg=west_deg,
            lat_step_deg=lat_step_deg,
            lon_step_deg=lon_step_deg,
        )

    @property
    def spacing_m(self) -> float:
        """The shorter of the distances between neighbouring nodes."""
        rows, _ = self._alts.shape
        lats_deg = (self._north_deg, self._north_deg - (rows - 1) * self._lat_step_deg)
        cosine = max(1e-6, min(math.cos(math.radians(lat_deg)) for lat_deg in lats_deg))
        return _DEGREE_M * min(self._lat_step_deg, self._lon_step_deg * cosine)

    def ground_alt_amsl_m(self, lat_deg: ArrayLike, lon_deg: ArrayLike) -> NDArray[np.float64]:
        """Height of the ground at places of shape (n,); NaN beside the grid and next to unknown nodes."""
        rows, columns = self._grid_place(lat_deg, lon_deg)
        return self._at(rows, columns)

    def bounds_amsl_m(
        self, south_deg: ArrayLike, west_deg: ArrayLike, north_deg: ArrayLike, east_deg: ArrayLike
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give bounds that no ground within each box exceeds: lowest and highest, each of shape (n,).

        Exact for boxes that reach over one line of the grid at most in each direction: a bilinear surface
        has its extremes over a box at the corners. Larger boxes get the extremes of all nodes round them.
        """
        top, left = self._grid_place(north_deg, west_deg)
        bottom, right = self._grid_place(south_deg, east_deg)
        low, high = np.full(top.shape, np.nan), np.full(top.shape, np.nan)
        is_known = ~(np.isnan(top) | np.isnan(left) | np.isnan(bottom) | np.isnan(right))
        is_small = is_known & (np.floor(bottom) - np.floor(top) <= 1.0)
        is_small &= np.floor(right) - np.floor(left) <= 1.0
        if is_small.any():
            low[is_small], high[is_small] = self._small_bounds(
                top[is_small], bottom[is_small], left[is_small], right[is_small]
            )
        for box in np.flatnonzero(is_known & ~is_small):
            low[box], high[box] = self._large_bounds(top[box], bottom[box], left[box], right[box])
        return low, high

    def _small_bounds(
        self,
        top: NDArray[np.float64],
        bottom: NDArray[np.float64],
        left: NDArray[np.float64],
        right: NDArray[np.float64],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        rows = np.stack((top, np.clip(np.floor(bottom), top, bottom), bottom))
        columns = np.stack((left, np.clip(np.floor(right), left, right), right))
        alts = self._at(rows[:, None], columns[None, :]).reshape(9, -1)
        return alts.min(axis=0), alts.max(axis=0)

    def _large_bounds(self, top: float, bottom: float, left: float, right: float) -> tuple[float, float]:
        nodes = self._alts[int(top) : math.ceil(bottom) + 1, int(left) : math.ceil(right) + 1]
        return float(nodes.min()), float(nodes.max())

    def _grid_place(
        self, lat_deg: ArrayLike, lon_deg: ArrayLike
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Fractional rows and columns of places; NaN beside the grid."""
        lats_deg, lons_deg = np.broadcast_arrays(
            np.atleast_1d(np.asarray(lat_deg, dtype=np.float64)),
            np.atleast_1d(np.asarray(lon_deg, dtype=np.float64)),
        )
        # A place on the very edge may be rounded off it.
        slack = 1e-9
        places = (
            (self._north_deg - lats_deg) / self._lat_step_deg,
            ((lons_deg - self._west_deg + slack) % 360.0 - slack) / self._lon_step_deg,
        )
        last_row, last_column = self._alts.shape[0] - 1, self._alts.shape[1] - 1
        rows, columns = (
            np.where((place < -1e-6) | (place > last + 1e-6), np.nan, np.clip(place, 0.0, last))
            for place, last in zip(places, (last_row, last_column), strict=True)
        )
        return rows, columns

    def _at(self, rows: NDArray[np.float64], columns: NDArray[np.float64]) -> NDArray[np.float64]:
        is_known = ~(np.isnan(rows) | np.isnan(columns))
        row = np.clip(np.nan_to_num(rows).astype(np.int64), 0, self._alts.shape[0] - 2)
        column = np.clip(np.nan_to_num(columns).astype(np.int64), 0, self._alts.shape[1] - 2)
        down, right = rows - row, columns - column
        nodes = self._alts
        upper = nodes[row, column] * (1.0 - right) + nodes[row, column + 1] * right
        lower = nodes[row + 1, column] * (1.0 - right) + nodes[row + 1, column + 1] * right
        return np.where(is_known, upper * (1.0 - down) + lower * down, np.nan)


def _turn_deg(angle_deg: float) -> float:
    """Turn the shorter way round."""
    return (angle_deg + 180.0) % 360.0 - 180.0
