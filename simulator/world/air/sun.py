"""Where the sun stands and how light it is (NOAA Solar Calculator's equations, after Meeus)."""

import math

import numpy as np

_LIGHT_BY_ELEVATION = (
    (-18.0, -12.0, -6.0, -0.8, 6.0, 15.0),
    (0.004, 0.012, 0.06, 0.35, 0.8, 1.0),
)
"""Night, nautical, civil twilight, sunrise, day: how bright a picture of a fixed exposure is."""


def sun_place_deg(unix_s: float, lat_deg: float, lon_deg: float) -> tuple[float, float]:
    """Elevation over the horizon, refraction counted, and azimuth of the sun."""
    century = (unix_s / 86400.0 + 2440587.5 - 2451545.0) / 36525.0
    mean_longitude = math.radians((280.46646 + century * (36000.76983 + 0.0003032 * century)) % 360.0)
    anomaly = math.radians(357.52911 + century * (35999.05029 - 0.0001537 * century))
    eccentricity = 0.016708634 - century * (0.000042037 + 0.0000001267 * century)
    centre_deg = (
        math.sin(anomaly) * (1.914602 - century * (0.004817 + 0.000014 * century))
        + math.sin(2 * anomaly) * (0.019993 - 0.000101 * century)
        + math.sin(3 * anomaly) * 0.000289
    )
    node = math.radians(125.04 - 1934.136 * century)
    longitude = mean_longitude + math.radians(centre_deg - 0.00569 - 0.00478 * math.sin(node))
    seconds = 21.448 - century * (46.815 + century * (0.00059 - century * 0.001813))
    obliquity = math.radians(23.0 + (26.0 + seconds / 60.0) / 60.0 + 0.00256 * math.cos(node))
    declination = math.asin(math.sin(obliquity) * math.sin(longitude))
    half = math.tan(obliquity / 2.0) ** 2
    equation_min = 4.0 * math.degrees(
        half * math.sin(2 * mean_longitude)
        - 2.0 * eccentricity * math.sin(anomaly)
        + 4.0 * eccentricity * half * math.sin(anomaly) * math.cos(2 * mean_longitude)
        - 0.5 * half * half * math.sin(4 * mean_longitude)
        - 1.25 * eccentricity * eccentricity * math.sin(2 * anomaly)
    )
    solar_min = (unix_s % 86400.0) / 60.0 + equation_min + 4.0 * lon_deg
    hour = math.radians(solar_min / 4.0 % 360.0 - 180.0)
    lat = math.radians(lat_deg)
    sine = math.sin(lat) * math.sin(declination) + math.cos(lat) * math.cos(declination) * math.cos(hour)
    elevation_deg = math.degrees(math.asin(max(-1.0, min(1.0, sine))))
    azimuth = math.atan2(
        math.sin(hour), math.cos(hour) * math.sin(lat) - math.tan(declination) * math.cos(lat)
    )
    return elevation_deg + _refraction_deg(elevation_deg), (math.degrees(azimuth) + 180.0) % 360.0


def _refraction_deg(elevation_deg: float) -> float:
    if elevation_deg > 85.0:
        return 0.0
    tangent = math.tan(math.radians(elevation_deg))
    if elevation_deg > 5.0:
        seconds = 58.1 / tangent - 0.07 / tangent**3 + 0.000086 / tangent**5
    elif elevation_deg > -0.575:
        seconds = 1735.0 + elevation_deg * (
            -518.2 + elevation_deg * (103.4 + elevation_deg * (-12.79 + elevation_deg * 0.711))
        )
    else:
        seconds = -20.772 / tangent
    return seconds / 3600.0


def light_level(elevation_deg: float) -> float:
    """How bright it is outside, from 0.004 in the night to 1 by day."""
    return float(np.interp(elevation_deg, *_LIGHT_BY_ELEVATION))
