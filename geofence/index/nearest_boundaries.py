"""How far boundaries are, as plain arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geofence.index.hits import kept_starts


@dataclass(frozen=True, slots=True)
class NearestBoundaries:
    """The nearest boundary of each of n points.

    Parameters
    ----------
    volumes : array of int32, shape (n,)
        Whose boundary; -1 where none is within reach.
    distances_m : array, shape (n,)
        To it, on the ellipsoid; infinite where there is none.
    bearings_deg : array, shape (n,)
        Towards it, clockwise from north, 0 to 360; NaN where there is none.
    """

    volumes: NDArray[np.int32]
    distances_m: NDArray[np.float64]
    bearings_deg: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BoundariesWithin:
    """The boundary of every volume that concerns each of n points, in compressed rows.

    Parameters
    ----------
    starts : array of int64, shape (n + 1,)
        Those of point i are rows `starts[i]` to `starts[i + 1]` of the arrays below.
    volumes : array of int32
        Rows of `ZoneIndex.volumes`, ascending for a point: those that hold the point, and those whose boundary
        is within the radius asked for.
    distances_m, bearings_deg : arrays
        To the volume's nearest boundary; infinite and NaN where that is beyond the radius.
    is_inside : array of bool
        Whether the volume's area holds the point.
    """

    starts: NDArray[np.int64]
    volumes: NDArray[np.int32]
    distances_m: NDArray[np.float64]
    bearings_deg: NDArray[np.float64]
    is_inside: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def only(self, is_kept: NDArray[np.bool_]) -> "BoundariesWithin":
        """Keep some of the rows; one flag each."""
        if is_kept.all():
            return self
        return BoundariesWithin(
            kept_starts(self.starts, is_kept),
            self.volumes[is_kept],
            self.distances_m[is_kept],
            self.bearings_deg[is_kept],
            self.is_inside[is_kept],
        )
