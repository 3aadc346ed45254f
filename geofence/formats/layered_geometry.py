"""Shapes of zones as geometries of GeoJSON with what it lacks: circles and altitudes.

    Polygon, MultiPolygon   an area
    Point                   a circle, with "extent": {"subType": "Circle", "radius": <metres>}
    GeometryCollection      several volumes; where they differ in altitude each has a member
                            "band": {"floor_m", "ceiling_m", "datum", "ceiling_datum"}

`extent` is the one of LayeredGeoJSON, on which ED-318 is built, and so is `layer`, which is read where there is no
`band`. Other members of a geometry are passed over.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.polygon import orient

from geofence.altitude_band import AltitudeBand
from geofence.circle import Circle
from geofence.formats.eurocae.layer import band_from_layer
from geofence.formats.own_properties import band_words
from geofence.formats.position import lonlat_from
from geofence.formats.repair_log import RepairLog
from geofence.formats.ring import area_from_polygons
from geofence.formats.shown import show
from geofence.formats.zone_properties import band_from_words
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.zone import Volume, ZoneKind, circle_volume

GEOMETRIES = frozenset(
    ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection")
)
_REMEDY = "Give it a Polygon, a MultiPolygon, a Point with an extent of a radius, or a collection of these"
_DEPTH_AT_MOST = 8


def volumes_from_geometry(
    geometry: Any, *, kind: ZoneKind, band: AltitudeBand, zone_id: str, place: str, log: RepairLog
) -> tuple[Volume, ...]:
    """Read the volumes of a zone.

    Parameters
    ----------
    geometry : Any
        Not trusted.
    kind : ZoneKind
    band : AltitudeBand
        Of the parts that say none.
    zone_id, place : str
        For refusals and repairs.
    log : RepairLog

    Raises
    ------
    GeofenceError
        For what is no shape of a zone.
    """
    if not isinstance(geometry, Mapping):
        raise GeofenceError(
            "the feature has no geometry", place=place, remedy="Give it a Polygon or a MultiPolygon"
        )
    parts = list(_parts(geometry, depth=0, place=place))
    volumes = tuple(
        _volume(
            part,
            kind=kind,
            band=band,
            zone_id=zone_id,
            place=f"{place}, geometry {number}" if len(parts) > 1 else place,
            log=log,
        )
        for number, part in enumerate(parts, start=1)
    )
    if any(_has_heights(part.get("coordinates")) for part in parts):
        log.note(
            RepairCode.VALUE,
            "the heights of its vertices are passed over: the altitudes of a zone are in its properties",
            zone_id=zone_id,
            place=place,
        )
    return volumes


def geometry_of_volumes(volumes: tuple[Volume, ...]) -> dict[str, Any]:
    """Write the volumes of a zone, each with its band where they differ."""
    parts = [geometry_of_volume(volume) for volume in volumes]
    if len(parts) == 1:
        return parts[0]
    if common_band(volumes) is None:
        for part, volume in zip(parts, volumes, strict=True):
            part["band"] = band_words(volume.band)
    return {"type": "GeometryCollection", "geometries": parts}


def geometry_of_volume(volume: Volume) -> dict[str, Any]:
    """Write the shape of one volume, a circle as a Point with its radius."""
    if volume.circle is None:
        return geometry_of_area(volume.area)
    centre = volume.circle.centre
    return {
        "type": "Point",
        "coordinates": [centre.lon_deg, centre.lat_deg],
        "extent": {"subType": "Circle", "radius": volume.circle.radius_m},
    }


def geometry_of_area(area: Polygon | MultiPolygon) -> dict[str, Any]:
    """Write an area; outlines run counter-clockwise, holes clockwise (RFC 7946, 3.1.6)."""
    polygons = [_coordinates(polygon) for polygon in shapely.get_parts(area)]
    is_single = len(polygons) == 1
    return {
        "type": "Polygon" if is_single else "MultiPolygon",
        "coordinates": polygons[0] if is_single else polygons,
    }


def common_band(volumes: tuple[Volume, ...]) -> AltitudeBand | None:
    """Give the band of all volumes, or None where they differ."""
    band = volumes[0].band
    return band if all(volume.band == band for volume in volumes) else None


def positions_of(geometry: Any) -> list[Any]:
    """Give the coordinates of a geometry and all its parts, whatever they are."""
    found, pending = [], [geometry]
    while pending:
        part = pending.pop()
        if isinstance(part, Mapping):
            found.append(part.get("coordinates"))
            parts = part.get("geometries")
            pending.extend(parts if isinstance(parts, list | tuple) else [])
    return found


def _parts(geometry: Mapping[str, Any], *, depth: int, place: str) -> Iterator[Mapping[str, Any]]:
    if geometry.get("type") != "GeometryCollection":
        yield geometry
        return
    parts = geometry.get("geometries")
    if not isinstance(parts, list | tuple) or not parts:
        raise GeofenceError(
            "the GeometryCollection is empty", place=place, remedy="Give at least one polygon or circle"
        )
    if depth >= _DEPTH_AT_MOST:
        raise GeofenceError(
            "GeometryCollections are nested too deeply", place=place, remedy="Put the shapes into one"
        )
    inherited = {name: geometry[name] for name in ("band", "layer") if geometry.get(name) is not None}
    for part in parts:
        if not isinstance(part, Mapping):
            raise GeofenceError(
                f"{show(part)} in the GeometryCollection is not a geometry", place=place, remedy=_REMEDY
            )
        yield from _parts({**inherited, **part}, depth=depth + 1, place=place)


def _volume(
    part: Mapping[str, Any], *, kind: ZoneKind, band: AltitudeBand, zone_id: str, place: str, log: RepairLog
) -> Volume:
    if part.get("band") is not None:
        band = band_from_words(part["band"], place=f"{place}, band")
    elif part.get("layer") is not None:
        band = band_from_layer(part["layer"], kind=kind, zone_id=zone_id, place=place, log=log)
    geometry_type = part.get("type")
    coordinates = part.get("coordinates")
    if geometry_type == "Point" and part.get("extent") is not None:
        return circle_volume(_circle(coordinates, part["extent"], place=place, log=log), kind, band)
    if geometry_type not in ("Polygon", "MultiPolygon"):
        is_known = isinstance(geometry_type, str) and geometry_type in GEOMETRIES
        known = geometry_type if is_known else "an unknown geometry"
        raise GeofenceError(f"a zone cannot be {known}", place=place, remedy=_REMEDY)
    if not isinstance(coordinates, list | tuple):
        raise GeofenceError("the geometry has no coordinates", place=place, remedy="Give at least one ring")
    polygons = [coordinates] if geometry_type == "Polygon" else list(coordinates)
    return Volume(area_from_polygons(polygons, kind=kind, zone_id=zone_id, place=place, log=log), band)


def _circle(coordinates: Any, extent: Any, *, place: str, log: RepairLog) -> Circle:
    sub_type = extent.get("subType", "Circle") if isinstance(extent, Mapping) else None
    if sub_type != "Circle":
        raise GeofenceError(
            f"extent {show(extent)} is not a circle",
            place=place,
            remedy='Write {"subType": "Circle", "radius": 500}, in metres',
        )
    return circle_from(coordinates, extent.get("radius"), "extent.radius", place=place, log=log)


def circle_from(coordinates: Any, radius: Any, name: str, *, place: str, log: RepairLog) -> Circle:
    """Make a circle of what a file gives for its centre and its radius in metres.

    Raises
    ------
    GeofenceError
        For what is no position on this earth or no radius.
    """
    lon_deg, lat_deg = lonlat_from(coordinates, place=place, axis_order=log.axis_order)
    if not isinstance(radius, int | float) or isinstance(radius, bool) or not 0.0 < radius <= 1e6:
        raise GeofenceError(
            f"{name} {show(radius)} is not a radius",
            place=place,
            remedy="Write more than 0 and at most 1,000,000 metres",
        )
    try:
        return Circle(LatLon(lat_deg, lon_deg), float(radius))
    except GeofenceError as refusal:
        raise GeofenceError(refusal.what, place=place, remedy=refusal.remedy) from None


def _has_heights(coordinates: Any) -> bool:
    pending = [coordinates]
    while pending:
        value = pending.pop()
        if not isinstance(value, list | tuple) or not value:
            continue
        if isinstance(value[0], list | tuple):
            pending.extend(value)
        elif len(value) > 2 and value[2] not in (0, None):
            return True
    return False


def _coordinates(polygon: Polygon) -> list[list[list[float]]]:
    polygon = orient(polygon)
    return [[[x, y] for x, y in ring.coords] for ring in (polygon.exterior, *polygon.interiors)]
