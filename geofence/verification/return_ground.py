"""The ground below ways back."""

import numpy as np
import shapely
from numpy.typing import NDArray

from geofence.altitude_band import AltitudeDatum
from geofence.local_frame import LocalFrame
from geofence.plane.planar_zones import ZoneLayer
from geofence.terrain import Terrain
from geofence.verification.return_ways import ReturnWays

_CELL_M = 100.0
_CELLS_AT_MOST = 16
_PAD_M = 10.0
"""Round the target a return sinks to the ground."""

_Heights = NDArray[np.float64]


class ReturnGround:
    """Bounds of the height of the ground above home, NaN where it is not known.

    Parameters
    ----------
    terrain : Terrain
    frame : LocalFrame
    home_alt_amsl_m : float
    clearance_m : float
        The least height above the ground on the way back.
    """

    def __init__(
        self, terrain: Terrain, frame: LocalFrame, home_alt_amsl_m: float, clearance_m: float
    ) -> None:
        self.clearance_m = clearance_m
        self._terrain = terrain
        self._frame = frame
        self._home_alt_amsl_m = home_alt_amsl_m

    def bounds_rel_m(self, areas: NDArray[np.object_]) -> tuple[_Heights, _Heights]:
        """Lowest and highest ground within each area, from the squares that cover it."""
        if not len(areas):
            return np.empty(0), np.empty(0)
        squares, square_of = self._squares(areas)
        west, south, east, north = shapely.bounds(squares).T
        corners = np.stack(
            [
                self._frame.latlon_deg(np.column_stack((x_m, y_m)))
                for x_m in (west, east)
                for y_m in (south, north)
            ]
        )
        south_deg, west_deg = corners.min(axis=0).T
        north_deg, east_deg = corners.max(axis=0).T
        # A square across the antimeridian has corners on both sides of it.
        is_across = east_deg - west_deg > 180.0
        west_deg, east_deg = (
            np.where(is_across, east_deg, west_deg),
            np.where(is_across, west_deg + 360.0, east_deg),
        )
        lows, highs = self._terrain.bounds_amsl_m(south_deg, west_deg, north_deg, east_deg)
        lowest, highest = np.full(len(areas), np.inf), np.full(len(areas), -np.inf)
        with np.errstate(invalid="ignore"):  # NaN, where the ground is not known, spreads
            np.minimum.at(lowest, square_of, lows)
            np.maximum.at(highest, square_of, highs)
        return lowest - self._home_alt_amsl_m, highest - self._home_alt_amsl_m

    def highest_on_way_rel_m(self, ways: ReturnWays, rows: NDArray[np.int64]) -> _Heights:
        """Highest ground below some ways, the pad aside; none (minus infinity) where that is all."""
        pads = shapely.buffer(shapely.points(ways.targets_xy_m[rows]), _PAD_M)
        parts = shapely.difference(ways.hulls[rows], pads)
        highest = np.full(len(rows), -np.inf)
        is_left = ~shapely.is_empty(parts)
        if is_left.any():
            highest[is_left] = self.bounds_rel_m(parts[is_left])[1]
        return highest

    def widened_m(
        self, layer: ZoneLayer, rows: NDArray[np.int64], areas: NDArray[np.object_]
    ) -> tuple[_Heights, _Heights]:
        """Floors and ceilings of zones, one area each, between which no place of the area is left out."""
        lowest, highest = (
            self.bounds_rel_m(areas) if self._counts_from_ground(layer) else (np.zeros(1), np.zeros(1))
        )
        floors = layer.floors_rel_m[rows] + np.where(self._has_agl(layer, 0)[rows], lowest, 0.0)
        ceilings = layer.ceilings_rel_m[rows] + np.where(self._has_agl(layer, 1)[rows], highest, 0.0)
        return np.where(np.isnan(floors), -np.inf, floors), np.where(np.isnan(ceilings), np.inf, ceilings)

    def narrowed_m(self, layer: ZoneLayer, areas: NDArray[np.object_]) -> tuple[_Heights, _Heights]:
        """Floors and ceilings of every zone, shape (areas, zones), between which every place of the area is within."""
        lowest, highest = (
            self.bounds_rel_m(areas) if self._counts_from_ground(layer) else (np.zeros(1), np.zeros(1))
        )
        floors = layer.floors_rel_m + np.where(self._has_agl(layer, 0), highest[:, None], 0.0)
        ceilings = layer.ceilings_rel_m + np.where(self._has_agl(layer, 1), lowest[:, None], 0.0)
        return floors, ceilings

    def _counts_from_ground(self, layer: ZoneLayer) -> bool:
        return bool(self._has_agl(layer, 0).any() or self._has_agl(layer, 1).any())

    def _has_agl(self, layer: ZoneLayer, limit: int) -> NDArray[np.bool_]:
        limits = (layer.floors_rel_m, layer.ceilings_rel_m)[limit]
        is_agl = np.array([volume.band.datums[limit] is AltitudeDatum.AGL for volume in layer.volumes], bool)
        return is_agl & np.isfinite(limits)

    @staticmethod
    def _squares(areas: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
        squares, square_of = [], []
        for number, (west, south, east, north) in enumerate(shapely.bounds(areas)):
            columns, rows = (
                int(np.clip(np.ceil(extent_m / _CELL_M), 1, _CELLS_AT_MOST))
                for extent_m in (east - west, north - south)
            )
            x_m, y_m = np.linspace(west, east, columns + 1), np.linspace(south, north, rows + 1)
            low_x, low_y = np.meshgrid(x_m[:-1], y_m[:-1])
            high_x, high_y = np.meshgrid(x_m[1:], y_m[1:])
            boxes = shapely.box(low_x.ravel(), low_y.ravel(), high_x.ravel(), high_y.ravel())
            if len(boxes) > 1:
                boxes = boxes[shapely.intersects(boxes, areas[number])]
            squares.append(boxes)
            square_of.append(np.full(len(boxes), number))
        return np.concatenate(squares), np.concatenate(square_of)
