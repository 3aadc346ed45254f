"""A position on the ellipsoid."""

import math
from dataclasses import dataclass

from geofence.refusal import GeofenceError


@dataclass(frozen=True, slots=True)
class LatLon:
    """A geodetic position, WGS-84, degrees."""

    lat_deg: float
    lon_deg: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.lat_deg) and -90.0 <= self.lat_deg <= 90.0):
            raise GeofenceError(f"latitude {self.lat_deg} is not within -90..90 degrees")
        if not (math.isfinite(self.lon_deg) and -180.0 <= self.lon_deg <= 180.0):
            raise GeofenceError(f"longitude {self.lon_deg} is not within -180..180 degrees")

    def __str__(self) -> str:
        return f"{self.lat_deg:.7f},{self.lon_deg:.7f}"
