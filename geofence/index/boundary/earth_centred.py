"""Positions as points in space, where distances are plain."""

import numpy as np
from numpy.typing import NDArray

SEMI_MAJOR_AXIS_M = 6_378_137.0
ECCENTRICITY_SQUARED = 6.69437999014e-3
"""WGS-84 (NIMA TR8350.2)."""
MEAN_RADIUS_M = 6_371_008.8


def xyz_m(lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give earth-centred, earth-fixed coordinates of places on the ellipsoid, shape (n, 3)."""
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    normal_m = SEMI_MAJOR_AXIS_M / np.sqrt(1.0 - ECCENTRICITY_SQUARED * np.sin(lat) ** 2)
    return np.stack(
        (
            normal_m * np.cos(lat) * np.cos(lon),
            normal_m * np.cos(lat) * np.sin(lon),
            normal_m * (1.0 - ECCENTRICITY_SQUARED) * np.sin(lat),
        ),
        axis=-1,
    )
