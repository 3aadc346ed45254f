"""The shifted coordinate systems of Chinese maps, GCJ-02 and BD-09, to and from WGS-84.

Maps published in China are shifted by law by some hundreds of metres: Amap and Tencent use GCJ-02, Baidu shifts
that once more to BD-09. The formulas are the ones published for both; the shift of GCJ-02 is smooth and its
inverse, which has no closed form, is found by iteration.

Outside China nothing is shifted. Which side a place is on is decided as the published formula does it: by a box.
The box is wider than the country: maps of Taiwan and of the neighbours within it are as a rule not shifted, those
of Hong Kong and Macau differ from one publisher to the next. There the person who imports has to know the source.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geofence.circle import Circle
from geofence.formats.repair_log import RepairLog
from geofence.formats.ring import area_from_polygons
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from geofence.zone import Volume, Zone, circle_volume


class Crs(StrEnum):
    """What the positions of a file are counted in."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    """Amap, Tencent, Google's maps of China."""
    BD09 = "bd09"
    """Baidu."""


Degrees = NDArray[np.float64]
Shift = Callable[[Degrees, Degrees], tuple[Degrees, Degrees]]

BOX_DEG = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north of what counts as China."""

_EDGE_DEG = 0.02
"""More than any shift: so close to the edge of the box nobody can tell whether a place was shifted."""
_SEMI_MAJOR_M = 6_378_245.0
"""Of the Krasovsky 1940 ellipsoid, on which GCJ-02 counts its metres."""
_ECCENTRICITY_2 = 0.00669342162296594323
_BD09_TURNS = np.pi * 3000.0 / 180.0
_BD09_OFFSET_DEG = (0.006, 0.0065)
_ITERATIONS = 10
"""Each leaves less than 2 % of the error before it."""
_EDGE_AT_MOST_DEG = {Crs.GCJ02: 0.01, Crs.BD09: 0.002}
"""A straight edge of that length sags by less than 0.1 m: the waves of the shift bend by at most 5 km, or for
BD-09 by 105 km, a square degree, and L^2 / 8 of it is the sag."""


def wgs84_to_gcj02(lat_deg: ArrayLike, lon_deg: ArrayLike) -> tuple[Degrees, Degrees]:
    """Shift positions to GCJ-02; those outside `BOX_DEG` stay.

    Parameters
    ----------
    lat_deg, lon_deg : array_like
        Of one shape.

    Returns
    -------
    lat_deg, lon_deg : ndarray
        Of that shape.
    """
    return _inside_only(_gcj02_of, lat_deg, lon_deg)


def gcj02_to_wgs84(lat_deg: ArrayLike, lon_deg: ArrayLike) -> tuple[Degrees, Degrees]:
    """Undo the shift of GCJ-02, to within 1e-9 degrees; positions outside `BOX_DEG` stay."""
    return _inside_only(_inverse_of(_gcj02_of), lat_deg, lon_deg)


def gcj02_to_bd09(lat_deg: ArrayLike, lon_deg: ArrayLike) -> tuple[Degrees, Degrees]:
    """Shift positions from GCJ-02 to BD-09; those outside `BOX_DEG` stay, as Baidu serves them in WGS-84."""
    return _inside_only(_bd09_of, lat_deg, lon_deg)


def bd09_to_gcj02(lat_deg: ArrayLike, lon_deg: ArrayLike) -> tuple[Degrees, Degrees]:
    """Undo the second shift of BD-09, to within 1e-9 degrees; positions outside `BOX_DEG` stay."""
    return _inside_only(_inverse_of(_bd09_of), lat_deg, lon_deg)


def to_wgs84(lat_deg: ArrayLike, lon_deg: ArrayLike, crs: Crs) -> tuple[Degrees, Degrees]:
    """Bring positions of any of the systems to WGS-84."""
    if crs is Crs.BD09:
        return _inside_only(
            lambda lat, lon: _inverse_of(_gcj02_of)(*_inverse_of(_bd09_of)(lat, lon)), lat_deg, lon_deg
        )
    if crs is Crs.GCJ02:
        return gcj02_to_wgs84(lat_deg, lon_deg)
    return _degrees(lat_deg), _degrees(lon_deg)


def from_wgs84(lat_deg: ArrayLike, lon_deg: ArrayLike, crs: Crs) -> tuple[Degrees, Degrees]:
    """Bring positions in WGS-84 to any of the systems."""
    if crs is Crs.BD09:
        return _inside_only(lambda lat, lon: _bd09_of(*_gcj02_of(lat, lon)), lat_deg, lon_deg)
    if crs is Crs.GCJ02:
        return wgs84_to_gcj02(lat_deg, lon_deg)
    return _degrees(lat_deg), _degrees(lon_deg)


def position_to_wgs84(position: LatLon, crs: Crs) -> LatLon:
    """Bring one position of any of the systems to WGS-84."""
    lat_deg, lon_deg = to_wgs84(position.lat_deg, position.lon_deg, crs)
    return LatLon(float(lat_deg), float(lon_deg))


def position_from_wgs84(position: LatLon, crs: Crs) -> LatLon:
    """Bring one position in WGS-84 to any of the systems."""
    lat_deg, lon_deg = from_wgs84(position.lat_deg, position.lon_deg, crs)
    return LatLon(float(lat_deg), float(lon_deg))


def zones_in_wgs84(zones: Iterable[Zone], crs: Crs, *, log: RepairLog | None = None) -> list[Zone]:
    """Bring zones drawn on a shifted map to WGS-84.

    Every vertex is moved; long edges are split first, so that an edge that was straight on the map stays within
    0.1 m of where it was drawn. A circle keeps its radius, which is in metres of the ground, and moves its centre.

    Parameters
    ----------
    zones : iterable of Zone
        Their positions are counted in `crs`, whatever `Zone` says.
    crs : Crs
    log : RepairLog, optional
        Takes what had to be mended in areas whose parts touched each other.

    Raises
    ------
    GeofenceError
        For a zone at the edge of `BOX_DEG`: one side of it would be moved and the other not.
    """
    if crs is Crs.WGS84:
        return list(zones)
    return [_zone_in_wgs84(zone, crs, log if log is not None else RepairLog()) for zone in zones]


def _zone_in_wgs84(zone: Zone, crs: Crs, log: RepairLog) -> Zone:
    west_deg, south_deg, east_deg, north_deg = BOX_DEG
    within = shapely.box(west_deg, south_deg, east_deg, north_deg)
    place = ", ".join(filter(None, (log.source, f"zone {zone.zone_id}")))
    if shapely.dwithin(zone.area, within.exterior, _EDGE_DEG):
        raise GeofenceError(
            f"it lies across the edge of the region in which {crs.value.upper()} is shifted "
            f"({west_deg:g} to {east_deg:g} degrees east, {south_deg:g} to {north_deg:g} north)",
            place=place,
            remedy="Cut it there into two zones, or give the file in WGS-84",
        )
    if not within.contains(zone.area):
        return zone
    return replace(
        zone, volumes=tuple(_volume_in_wgs84(volume, zone, crs, place, log) for volume in zone.volumes)
    )


def _volume_in_wgs84(volume: Volume, zone: Zone, crs: Crs, place: str, log: RepairLog) -> Volume:
    if volume.circle is not None:
        circle = Circle(position_to_wgs84(volume.circle.centre, crs), volume.circle.radius_m)
        return circle_volume(circle, zone.kind, volume.band)

    def move(lonlat_deg: Degrees) -> Degrees:
        lat_deg, lon_deg = to_wgs84(lonlat_deg[:, 1], lonlat_deg[:, 0], crs)
        return np.column_stack((lon_deg, lat_deg))

    area = shapely.transform(shapely.segmentize(volume.area, _EDGE_AT_MOST_DEG[crs]), move)
    if not area.is_valid:  # a ring that touched an edge between its vertices may now cross it by a hair
        rings = [
            [shapely.get_coordinates(ring).tolist() for ring in (polygon.exterior, *polygon.interiors)]
            for polygon in shapely.get_parts(area)
        ]
        area = area_from_polygons(rings, kind=zone.kind, zone_id=zone.zone_id, place=place, log=log)
    return replace(volume, area=area)


def _degrees(values_deg: ArrayLike) -> Degrees:
    return np.asarray(values_deg, dtype=np.float64)


def _inside_only(shift: Shift, lat_deg: ArrayLike, lon_deg: ArrayLike) -> tuple[Degrees, Degrees]:
    lat, lon = np.broadcast_arrays(_degrees(lat_deg), _degrees(lon_deg))
    west_deg, south_deg, east_deg, north_deg = BOX_DEG
    is_inside = (lon >= west_deg) & (lon <= east_deg) & (lat >= south_deg) & (lat <= north_deg)
    shifted_lat, shifted_lon = shift(np.where(is_inside, lat, 35.0), np.where(is_inside, lon, 105.0))
    return np.where(is_inside, shifted_lat, lat), np.where(is_inside, shifted_lon, lon)


def _inverse_of(shift: Shift) -> Shift:
    def inverse(lat: Degrees, lon: Degrees) -> tuple[Degrees, Degrees]:
        found_lat, found_lon = lat, lon
        for _ in range(_ITERATIONS):
            shifted_lat, shifted_lon = shift(found_lat, found_lon)
            found_lat, found_lon = found_lat + (lat - shifted_lat), found_lon + (lon - shifted_lon)
        return found_lat, found_lon

    return inverse


def _gcj02_of(lat: Degrees, lon: Degrees) -> tuple[Degrees, Degrees]:
    x, y = lon - 105.0, lat - 35.0
    root, product = np.sqrt(np.abs(x)), 0.1 * x * y
    ripple_m = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + product + 0.2 * root
    north_m += (2.0 / 3.0) * (ripple_m + _waves_m(y, 160.0, 320.0))
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + product + 0.1 * root
    east_m += (2.0 / 3.0) * (ripple_m + _waves_m(x, 150.0, 300.0))
    phi = np.radians(lat)
    flattening = 1.0 - _ECCENTRICITY_2 * np.sin(phi) ** 2
    meridian_m = _SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_2) / flattening**1.5
    parallel_m = _SEMI_MAJOR_M / np.sqrt(flattening) * np.cos(phi)
    return lat + np.degrees(north_m / meridian_m), lon + np.degrees(east_m / parallel_m)


def _waves_m(along: Degrees, short_m: float, long_m: float) -> Degrees:
    return np.asarray(
        20.0 * np.sin(np.pi * along)
        + 40.0 * np.sin(np.pi * along / 3.0)
        + short_m * np.sin(np.pi * along / 12.0)
        + long_m * np.sin(np.pi * along / 30.0)
    )


def _bd09_of(lat: Degrees, lon: Degrees) -> tuple[Degrees, Degrees]:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD09_TURNS)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD09_TURNS)
    north_deg, east_deg = _BD09_OFFSET_DEG
    return radius * np.sin(angle) + north_deg, radius * np.cos(angle) + east_deg
