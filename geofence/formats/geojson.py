"""Zones from and to GeoJSON (RFC 7946)."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import shapely
from shapely import Polygon
from shapely.geometry.polygon import orient

from geofence.formats.repair_log import RepairLog
from geofence.formats.ring import area_from_polygons
from geofence.formats.zone_properties import band_from_properties, kind_from_properties
from geofence.refusal import GeofenceError
from geofence.zone import Zone
from geofence.zone_set import ZoneSet

_GEOMETRIES = frozenset(
    ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection")
)
_OWN_PROPERTIES = ("name", "kind", "floor_m", "ceiling_m", "datum")
_WGS84_NAMES = ("CRS84", "EPSG:4326", "EPSG::4326", "EPSG:4979", "EPSG::4979")


def is_geojson(content: bytes) -> bool:
    """Whether a content is JSON, for all that can be seen from outside."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n\x00")[:1] in (b"{", b"[", b"")


def read_geojson(content: bytes, *, source: str, log: RepairLog) -> list[Zone]:
    """Read zones from the bytes of a GeoJSON file.

    Raises
    ------
    GeofenceError
        Names the source, the line or the feature, the fault and the remedy.
    """
    return _zones(_document(content, source=source), source=source, log=log)


def zones_from_geojson(document: Mapping[str, Any], *, source: str = "") -> ZoneSet:
    """Read zones from a FeatureCollection, a Feature or a bare geometry.

    Parameters
    ----------
    document : mapping
        A parsed GeoJSON document; nothing about it is trusted.
    source : str, optional
        Its name in refusals, for instance the file's path.

    Raises
    ------
    GeofenceError
        Names the source, the feature's number and id, the fault and the remedy.
    """
    source = source or "GeoJSON"
    log = RepairLog(source)
    return ZoneSet(_zones(document, source=source, log=log), source=source, repairs=log.repairs)


def _zones(document: Any, *, source: str, log: RepairLog) -> list[Zone]:
    features = _features(document, source=source)
    zones: dict[str, Zone] = {}
    numbers: dict[str, int] = {}
    for number, feature in enumerate(features, start=1):
        zone = _zone_from_feature(feature, number, source=source, log=log)
        if zone.zone_id in zones:
            raise GeofenceError(
                f"features {numbers[zone.zone_id]} and {number} have the same id {zone.zone_id}",
                place=source,
                remedy="Give every zone an id of its own",
            )
        zones[zone.zone_id] = zone
        numbers[zone.zone_id] = number
    return list(zones.values())


def zone_to_feature(zone: Zone) -> dict[str, Any]:
    """Write one zone as a Feature; outlines run counter-clockwise, holes clockwise (RFC 7946, 3.1.6)."""
    band = zone.volumes[0].band
    polygons = [_coordinates(polygon) for polygon in shapely.get_parts(zone.area)]
    is_single = len(polygons) == 1
    return {
        "type": "Feature",
        "id": zone.zone_id,
        "properties": {
            **zone.properties,
            "name": zone.name,
            "kind": zone.kind.value,
            "floor_m": band.floor_m,
            "ceiling_m": band.ceiling_m,
            "datum": band.datum.value,
        },
        "geometry": {
            "type": "Polygon" if is_single else "MultiPolygon",
            "coordinates": polygons[0] if is_single else polygons,
        },
    }


def zones_to_geojson(zones: Iterable[Zone]) -> dict[str, Any]:
    """Write zones as a FeatureCollection."""
    return {"type": "FeatureCollection", "features": [zone_to_feature(zone) for zone in zones]}


def write_geojson(zones: Iterable[Zone], *, log: RepairLog) -> bytes:  # noqa: ARG001 - says all of a zone
    """Write zones as the bytes of a GeoJSON file, in UTF-8.

    Raises
    ------
    GeofenceError
        Where a property cannot be said in JSON.
    """
    try:
        text = json.dumps(zones_to_geojson(zones), ensure_ascii=False, allow_nan=False, indent=1)
        return text.encode() + b"\n"
    except (ValueError, TypeError, RecursionError) as error:
        raise GeofenceError(f"cannot be written ({error})") from None


def _document(content: bytes, *, source: str) -> Any:
    if not content.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        raise GeofenceError(
            "the file is empty", place=source, remedy="Give a GeoJSON file with at least one polygon"
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise GeofenceError(
            f"the file is not text in UTF-8 (byte {error.start + 1})", place=source, remedy="Save it as UTF-8"
        ) from None
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise GeofenceError(
            f"the JSON is broken at line {error.lineno}, column {error.colno} ({error.msg.lower()})",
            place=source,
            remedy="Mend the file there, or export it again",
        ) from None
    except RecursionError:
        raise GeofenceError(
            "the JSON is nested too deeply", place=source, remedy="Give plain GeoJSON"
        ) from None
    except ValueError:
        raise GeofenceError(
            "the JSON has a number of thousands of digits", place=source, remedy="Give plain GeoJSON"
        ) from None


def _features(document: Any, *, source: str) -> list[Any]:
    kind = document.get("type") if isinstance(document, Mapping) else None
    if not isinstance(kind, str) or kind not in {"FeatureCollection", "Feature", *_GEOMETRIES}:
        raise GeofenceError(
            "this is not GeoJSON",
            place=source,
            remedy="Give a FeatureCollection, a Feature, a Polygon or a MultiPolygon",
        )
    _refuse_other_crs(document.get("crs"), source=source)
    if kind == "Feature":
        return [document]
    if kind != "FeatureCollection":
        return [{"type": "Feature", "properties": {}, "geometry": document}]
    features = document.get("features")
    if not isinstance(features, list | tuple):
        raise GeofenceError(
            '"features" is not a list', place=source, remedy="Give a FeatureCollection of polygons"
        )
    if not features:
        raise GeofenceError(
            "there is no zone in it", place=source, remedy="Give at least one polygon feature"
        )
    return list(features)


def _refuse_other_crs(crs: Any, *, source: str) -> None:
    if not isinstance(crs, Mapping) or not isinstance(crs.get("properties"), Mapping):
        return
    name = crs["properties"].get("name")
    if isinstance(name, str) and not name.upper().endswith(_WGS84_NAMES):
        raise GeofenceError(
            f'the coordinate system "{name[:60]}" is not WGS-84',
            place=source,
            remedy="Export the file in WGS-84 longitude and latitude (EPSG:4326)",
        )


def _zone_from_feature(feature: Any, number: int, *, source: str, log: RepairLog) -> Zone:
    place = f"{source}, feature {number}"
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        raise GeofenceError(
            "this is not a GeoJSON Feature", place=place, remedy='Give an object of "type" "Feature"'
        )
    properties = feature.get("properties")
    if properties is None:
        properties = {}
    if not isinstance(properties, Mapping):
        raise GeofenceError('"properties" is not an object', place=place, remedy="Give an object or null")
    try:
        # What cannot be written again (NaN, half a surrogate pair) is refused before it is kept.
        json.dumps(feature.get("id"), allow_nan=False, ensure_ascii=False).encode()
        json.dumps(dict(properties), allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, TypeError, RecursionError):
        raise GeofenceError(
            "a property is not finite, not text or nested too deeply",
            place=place,
            remedy="Give plain JSON values",
        ) from None
    zone_id = _zone_id(feature, properties, number, place=place)
    place = f"{place} ({zone_id})"
    geometry = feature.get("geometry")
    if not isinstance(geometry, Mapping):
        raise GeofenceError(
            "the feature has no geometry", place=place, remedy="Give it a Polygon or a MultiPolygon"
        )
    name = properties.get("name")
    kind = kind_from_properties(properties, place=place)
    return Zone.of_area(
        zone_id=zone_id,
        name=name if isinstance(name, str) and name.strip() else zone_id,
        kind=kind,
        area=area_from_polygons(
            _polygons(geometry, place=place), kind=kind, zone_id=zone_id, place=place, log=log
        ),
        band=band_from_properties(properties, place=place),
        properties={key: value for key, value in properties.items() if key not in _OWN_PROPERTIES},
    )


def _zone_id(feature: Mapping[str, Any], properties: Mapping[str, Any], number: int, *, place: str) -> str:
    candidates = (
        ("id", feature.get("id")),
        *((name, properties.get(name)) for name in ("id", "zone_id", "name")),
    )
    for name, value in candidates:
        if value is None or value == "":
            continue
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise GeofenceError(
                f"{name} is neither text nor a number", place=place, remedy="Give the zone a text as its id"
            )
        zone_id = " ".join(
            str(int(value) if isinstance(value, float) and value.is_integer() else value).split()
        )
        if zone_id:
            return zone_id
    return f"zone-{number}"


def _polygons(geometry: Mapping[str, Any], *, place: str) -> list[Any]:
    kind = geometry.get("type")
    if kind not in ("Polygon", "MultiPolygon"):
        known = kind if isinstance(kind, str) and kind in _GEOMETRIES else "an unknown geometry"
        raise GeofenceError(
            f"a zone cannot be {known}", place=place, remedy="Give it a Polygon or a MultiPolygon"
        )
    coordinates = geometry.get("coordinates")
    if not isinstance(coordinates, list | tuple):
        raise GeofenceError("the geometry has no coordinates", place=place, remedy="Give at least one ring")
    return [coordinates] if kind == "Polygon" else list(coordinates)


def _coordinates(polygon: Polygon) -> list[list[list[float]]]:
    polygon = orient(polygon)
    return [[[x, y] for x, y in ring.coords] for ring in (polygon.exterior, *polygon.interiors)]
