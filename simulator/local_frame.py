"""Metres north and east of an origin, reckoned as ArduPilot reckons them (spherical, scaled by latitude)."""

import math

METRES_PER_DEGREE = 111_318.84502145034
METRES_PER_E7 = METRES_PER_DEGREE * 1e-7


def longitude_scale(lat_deg: float) -> float:
    """Return the length of a degree of longitude over that of a degree of latitude."""
    return max(math.cos(math.radians(lat_deg)), 0.01)


class LocalFrame:
    """Converts between degE7 positions and metres from an origin."""

    __slots__ = ("lat_deg", "lat_e7", "lon_deg", "lon_e7", "scale")

    def __init__(self, lat_deg: float, lon_deg: float) -> None:
        self.lat_deg = lat_deg
        self.lon_deg = lon_deg
        self.lat_e7 = round(lat_deg * 1e7)
        self.lon_e7 = round(lon_deg * 1e7)
        self.scale = longitude_scale(lat_deg)

    def to_north_east_m(self, lat_e7: int, lon_e7: int) -> tuple[float, float]:
        """Metres north and east of the origin; takes the short way over the date line."""
        lon_difference = lon_e7 - self.lon_e7
        if lon_difference > 1_800_000_000:
            lon_difference -= 3_600_000_000
        elif lon_difference < -1_800_000_000:
            lon_difference += 3_600_000_000
        return (lat_e7 - self.lat_e7) * METRES_PER_E7, lon_difference * METRES_PER_E7 * self.scale

    def to_e7(self, north_m: float, east_m: float) -> tuple[int, int]:
        """Latitude and longitude in degE7."""
        lon_e7 = self.lon_e7 + round(east_m / (METRES_PER_E7 * self.scale))
        if lon_e7 > 1_800_000_000:
            lon_e7 -= 3_600_000_000
        elif lon_e7 < -1_800_000_000:
            lon_e7 += 3_600_000_000
        return self.lat_e7 + round(north_m / METRES_PER_E7), lon_e7
