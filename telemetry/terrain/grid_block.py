"""The blocks in which a vehicle asks for heights (https://mavlink.io/en/services/terrain.html)."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIDE = 4
"""Heights a side of what one TERRAIN_DATA carries."""
TILES_NORTH, TILES_EAST = 7, 8
TILES = TILES_NORTH * TILES_EAST
ALL_TILES = (1 << TILES) - 1

_E7_A_METRE = 89.83204953368922
"""How ArduPilot turns metres to degE7: an equator of 40,075,017 m."""


@dataclass(frozen=True, slots=True)
class GridBlock:
    """28 by 32 heights, northwards and eastwards from a corner, in 56 tiles of 4 by 4.

    Tiles and the heights within them are counted eastwards first, from the south-west.

    Parameters
    ----------
    lat_e7, lon_e7 : int
        The corner in the south-west, as the vehicle names it.
    spacing_m : int
        From height to height.
    """

    lat_e7: int
    lon_e7: int
    spacing_m: int

    def positions_deg(self, tile: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give latitudes and longitudes of the 16 heights of a tile.

        A degree of longitude is taken in the middle between the corner and the height, as ArduPilot does.
        """
        row, column = divmod(tile, TILES_EAST)
        north, east = np.divmod(np.arange(SIDE * SIDE), SIDE)
        north_e7 = (row * SIDE + north) * self.spacing_m * _E7_A_METRE
        east_e7 = (column * SIDE + east) * self.spacing_m * _E7_A_METRE
        middle_rad = np.radians((self.lat_e7 + north_e7 / 2.0) / 1e7)
        lats_deg = (self.lat_e7 + north_e7) / 1e7
        lons_deg = (self.lon_e7 + east_e7 / np.maximum(np.cos(middle_rad), 0.01)) / 1e7
        return lats_deg, (lons_deg + 180.0) % 360.0 - 180.0

    @property
    def square_deg(self) -> tuple[int, int]:
        """Whole degrees of the corner, by which tiles of elevation are named."""
        return math.floor(self.lat_e7 / 1e7), math.floor(self.lon_e7 / 1e7)
