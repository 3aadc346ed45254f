"""Positions as they are asked about."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geofence.refusal import GeofenceError

Degrees = NDArray[np.float64]


def degrees(lat_deg: ArrayLike, lon_deg: ArrayLike) -> tuple[Degrees, Degrees]:
    """Make two arrays of the same length.

    Raises
    ------
    GeofenceError
        Where that cannot be.
    """
    lat = np.ascontiguousarray(np.atleast_1d(np.asarray(lat_deg, dtype=np.float64)))
    lon = np.ascontiguousarray(np.atleast_1d(np.asarray(lon_deg, dtype=np.float64)))
    if lat.shape != lon.shape or lat.ndim != 1:
        raise GeofenceError(
            f"latitudes of shape {lat.shape} and longitudes of shape {lon.shape} are no points",
            remedy="Give two arrays of the same length",
        )
    return lat, lon


def check_positions(lat_deg: Degrees, lon_deg: Degrees) -> None:
    """Refuse a coordinate that is no number or out of range."""
    # Written so that NaN is refused too.
    is_position = (np.abs(lat_deg) <= 90.0) & (np.abs(lon_deg) <= 180.0)
    if not is_position.all():
        raise not_a_position(lat_deg, lon_deg, int(np.argmin(is_position)))


def not_a_position(lat_deg: Degrees, lon_deg: Degrees, point: int) -> GeofenceError:
    """Say that a point is none."""
    return GeofenceError(
        f"{lat_deg[point]},{lon_deg[point]} is no position",
        place=f"point {point}",
        remedy="Give latitudes within -90..90 and longitudes within -180..180 degrees",
    )
