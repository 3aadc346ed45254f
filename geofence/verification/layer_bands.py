"""The altitude bands of a layer over uneven ground."""

import numpy as np
from numpy.typing import NDArray

from geofence.altitude_band import AltitudeDatum
from geofence.plane.planar_zones import ZoneLayer


class LayerBands:
    """Floors and ceilings of the rows of a layer, those above ground raised by it.

    Parameters
    ----------
    layer : ZoneLayer

    Attributes
    ----------
    follows_ground : array of bool
        Rows with a limit that is counted from the ground.
    """

    def __init__(self, layer: ZoneLayer) -> None:
        self._floors_rel_m, self._ceilings_rel_m = layer.floors_rel_m, layer.ceilings_rel_m
        datums = [volume.band.datums for volume in layer.volumes]
        is_agl = np.array(
            [[datum is AltitudeDatum.AGL for datum in pair] for pair in datums], dtype=bool
        ).reshape(-1, 2)
        self._is_floor_agl = is_agl[:, 0] & np.isfinite(layer.floors_rel_m)
        self._is_ceiling_agl = is_agl[:, 1] & np.isfinite(layer.ceilings_rel_m)
        self.follows_ground = self._is_floor_agl | self._is_ceiling_agl

    def widest_rel_m(
        self, rows: NDArray[np.int64], ground_low_m: NDArray[np.float64], ground_high_m: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Floors and ceilings above home as what forbids has them: unbounded where the ground is unknown."""
        floors = self._floors_rel_m[rows] + np.where(self._is_floor_agl[rows], ground_low_m, 0.0)
        ceilings = self._ceilings_rel_m[rows] + np.where(self._is_ceiling_agl[rows], ground_high_m, 0.0)
        return np.where(np.isnan(floors), -np.inf, floors), np.where(np.isnan(ceilings), np.inf, ceilings)

    def narrowest_rel_m(
        self, ground_low_m: NDArray[np.float64], ground_high_m: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Floors and ceilings as what allows has them; shape (pieces, rows), NaN where the ground is unknown."""
        floors = self._floors_rel_m + np.where(self._is_floor_agl, ground_high_m[:, None], 0.0)
        ceilings = self._ceilings_rel_m + np.where(self._is_ceiling_agl, ground_low_m[:, None], 0.0)
        return floors, ceilings
