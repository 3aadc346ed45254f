"""The height of the ground."""

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Terrain(Protocol):
    """What a verification asks of a terrain model; positions in WGS-84 degrees, heights above mean sea level."""

    @property
    def spacing_m(self) -> float:
        """How far apart its heights are known; a route is judged in steps no longer than a quarter of this."""

    def ground_alt_amsl_m(self, lat_deg: ArrayLike, lon_deg: ArrayLike) -> NDArray[np.float64]:
        """Height of the ground at places of shape (n,); NaN where it is not known."""

    def bounds_amsl_m(
        self, south_deg: ArrayLike, west_deg: ArrayLike, north_deg: ArrayLike, east_deg: ArrayLike
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give bounds that no ground within each box exceeds: lowest and highest, each of shape (n,).

        NaN where the height of any place within the box is not known. `east_deg` may exceed 180 degrees.
        """
