"""Circles and splines as chords."""

import math

from pyproj import Geod

from geofence.latlon import LatLon

SAG_M = 0.05
"""How far a chord may stray from its curve."""

_CIRCLE_CHORDS_LEAST = 36
_SPLINE_CHORDS_LEAST, _SPLINE_CHORDS_MOST = 16, 200
_GEOD = Geod(ellps="WGS84")


def distance_m(start: LatLon, end: LatLon) -> float:
    """Length of the geodesic between two places."""
    return float(_GEOD.inv(start.lon_deg, start.lat_deg, end.lon_deg, end.lat_deg)[2])


def azimuth_deg(start: LatLon, end: LatLon) -> float:
    """Direction in which the geodesic from one place to another begins."""
    return float(_GEOD.inv(start.lon_deg, start.lat_deg, end.lon_deg, end.lat_deg)[0])


def away(position: LatLon, direction_deg: float, way_m: float) -> LatLon:
    """Place a way off in a direction."""
    lon_deg, lat_deg, _ = _GEOD.fwd(position.lon_deg, position.lat_deg, direction_deg, way_m)
    return LatLon(float(lat_deg), float(lon_deg))


def circle(centre: LatLon, radius_m: float) -> list[LatLon]:
    """Chords round a circle, as far inside it at their middles as outside at their ends; closed."""
    half_angle = math.acos(max(-1.0, 1.0 - 2.0 * SAG_M / radius_m)) if radius_m > SAG_M else math.pi
    chords = max(_CIRCLE_CHORDS_LEAST, math.ceil(math.pi / half_angle))
    middle_m = 0.5 * radius_m * (1.0 + 1.0 / math.cos(math.pi / chords))
    return [away(centre, 360.0 * number / chords, middle_m) for number in range(chords + 1)]


def spline(before: LatLon | None, start: LatLon, end: LatLon, following: LatLon | None) -> list[LatLon]:
    """ArduCopter's Hermite curve (AC_WPNav, SplineCurve): tangents along the neighbours' lines, cut back where long."""
    metres_lat = 111_132.0
    metres_lon = 111_320.0 * math.cos(math.radians(end.lat_deg))

    def xy(position: LatLon) -> tuple[float, float]:
        return (
            ((position.lon_deg - start.lon_deg + 180.0) % 360.0 - 180.0) * metres_lon,
            (position.lat_deg - start.lat_deg) * metres_lat,
        )

    target = xy(end)
    back = xy(before) if before is not None else (0.0, 0.0)
    leave = (-back[0], -back[1])
    arrive = (0.0, 0.0) if following is None else xy(following)
    total = math.hypot(leave[0] + arrive[0], leave[1] + arrive[1])
    limit = 4.0 * math.hypot(*target)
    scale = limit / total if total > limit > 0.0 else 1.0
    leave, arrive = (scale * leave[0], scale * leave[1]), (scale * arrive[0], scale * arrive[1])
    # The second derivative of a cubic is greatest at an end, and the sag of a chord an eighth of it times its span squared.
    bends = (
        [6.0 * target[i] - 4.0 * leave[i] - 2.0 * arrive[i] for i in (0, 1)],
        [-6.0 * target[i] + 2.0 * leave[i] + 4.0 * arrive[i] for i in (0, 1)],
    )
    bend_m = max(math.hypot(*bend) for bend in bends)
    chords = math.ceil(math.sqrt(bend_m / (8.0 * SAG_M)))
    chords = min(max(chords, _SPLINE_CHORDS_LEAST), _SPLINE_CHORDS_MOST)
    curve = []
    for number in range(chords + 1):
        t = number / chords
        h_end, h_leave, h_arrive = t * t * (3.0 - 2.0 * t), t * (1.0 - t) ** 2, t * t * (t - 1.0)
        x, y = (h_end * target[i] + h_leave * leave[i] + h_arrive * arrive[i] for i in (0, 1))
        lon_deg = (start.lon_deg + x / metres_lon + 180.0) % 360.0 - 180.0
        curve.append(LatLon(start.lat_deg + y / metres_lat, lon_deg))
    return curve
