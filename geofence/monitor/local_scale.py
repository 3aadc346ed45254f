"""How long a degree is."""

import math

_WGS84_A_M = 6_378_137.0
_WGS84_E2 = 6.694379990141316e-3


def metres_a_degree(lat_deg: float) -> tuple[float, float]:
    """East and north, on the WGS-84 ellipsoid (Snyder, Map Projections, 1987, ch. 4)."""
    lat_rad = math.radians(lat_deg)
    w2 = 1.0 - _WGS84_E2 * math.sin(lat_rad) ** 2
    prime_m = _WGS84_A_M / math.sqrt(w2)
    meridian_m = prime_m * (1.0 - _WGS84_E2) / w2
    return max(math.radians(prime_m * math.cos(lat_rad)), 1e-3), math.radians(meridian_m)
