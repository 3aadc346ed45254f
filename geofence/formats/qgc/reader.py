"""Zones from the geofence of QGroundControl's plan files."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import shapely
from shapely import MultiPolygon, Polygon

from geofence.circle import Circle
from geofence.ellipsoid_area import area_m2
from geofence.formats.geojson import zones_of_document
from geofence.formats.json_document import json_document, sniffed_json
from geofence.formats.qgc.fence import FIRMWARE_PX4, OWN_EXTRAS, OWN_KEY, fence_sha256
from geofence.formats.repair_log import RepairLog
from geofence.formats.ring import area_from_polygons
from geofence.formats.shown import show
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.zone import Volume, Zone, ZoneKind

_FILE_TYPES = ("Plan", "GeoFence")
_SNIFF = re.compile(rb'"fileType"\s*:\s*"(?:Plan|GeoFence)"')
_KNOWN = ("version", "polygons", "circles", "polygon", "fileType", "groundStation", OWN_KEY)
_NO_PLAN = "this is not a plan file"
_MOST = 1e300
_KNOWN_IN_ENTRY = ("inclusion", "version", "polygon", "circle")


def is_qgc_plan(content: bytes) -> bool:
    """Whether a content is a plan or fence file of QGroundControl."""
    if _SNIFF.search(sniffed_json(content)) is None:
        return False
    try:
        _document(content, source="", log=RepairLog())
    except GeofenceError as refusal:
        return refusal.what != _NO_PLAN  # but broken
    return True


def read_qgc_fence(content: bytes, *, source: str, log: RepairLog) -> list[Zone]:
    """Read the geofence of a plan file, or a fence file of its own.

    ArduPilot wants to be inside every inclusion there is, PX4 inside any. Where inclusions of a plan that is not
    for PX4 meet, what they have in common is taken.

    Raises
    ------
    GeofenceError
        Names the field at fault.
    """
    document = _document(content, source=source, log=log)
    fence = document if document["fileType"] == "GeoFence" else document.get("geoFence")
    if not isinstance(fence, Mapping):
        raise GeofenceError("the plan has no geofence", place=source, remedy="Draw one, or give another file")
    own = document.get(OWN_KEY)
    own_zones = own.get("zones") if isinstance(own, Mapping) else None
    if isinstance(own_zones, Mapping):
        if own_zones.get("fence_sha256") == fence_sha256(fence):
            return zones_of_document(own_zones.get("collection"), source=source, log=log)
        log.note(
            RepairCode.VALUE,
            "the fence was changed after it was written: its shapes are taken as they are, "
            "the names, bands and times written with it are not",
        )
    version = fence.get("version", 1)
    if version == 1 and not isinstance(version, bool):
        zones = _zones_of_version_1(fence, source=source, log=log)
    elif version == 2:
        zones = _zones_of_version_2(fence, source=source, log=log)
    else:
        raise GeofenceError(
            f"the geofence is of version {show(version)}",
            place=source,
            remedy="Versions 1 and 2 are read; save it again from QGroundControl",
        )
    if not zones:
        raise GeofenceError(
            "the geofence is empty", place=source, remedy="Draw at least one polygon or circle"
        )
    zones = _with_extras(zones, fence)
    mission = document.get("mission")
    is_px4 = isinstance(mission, Mapping) and mission.get("firmwareType") == FIRMWARE_PX4
    return zones if is_px4 else _met(zones, log=log)


def _document(content: bytes, *, source: str, log: RepairLog) -> Mapping[str, Any]:
    document = json_document(content, source=source, log=log)
    if not isinstance(document, Mapping) or document.get("fileType") not in _FILE_TYPES:
        raise GeofenceError(_NO_PLAN, place=source, remedy='Give an object with "fileType" "Plan"')
    return document


def _zones_of_version_1(fence: Mapping[str, Any], *, source: str, log: RepairLog) -> list[Zone]:
    """Read the one polygon of a version 1 fence, which the vehicle was to stay in."""
    polygon = fence.get("polygon")
    if not polygon:
        return []
    return [_polygon_zone("inclusion-1", ZoneKind.INCLUSION, polygon, f"{source}, geoFence.polygon", log, {})]


def _zones_of_version_2(fence: Mapping[str, Any], *, source: str, log: RepairLog) -> list[Zone]:
    zones: list[Zone] = []
    for entry, place in _entries(fence, source=source):
        if not isinstance(entry, Mapping) or not isinstance(entry.get("inclusion"), bool):
            raise GeofenceError(
                "it does not say whether it is an inclusion",
                place=place,
                remedy='Give "inclusion" true or false',
            )
        if entry.get("version", 1) != 1:
            raise GeofenceError(
                f"its version is {show(entry['version'])}", place=place, remedy="Version 1 is read"
            )
        kind = ZoneKind.INCLUSION if entry["inclusion"] else ZoneKind.EXCLUSION
        zone_id = f"{kind.value}-{len(zones) + 1}"
        rest = {name: value for name, value in entry.items() if name not in _KNOWN_IN_ENTRY}
        if "circle" in entry:
            zones.append(_circle_zone(zone_id, kind, entry["circle"], place, rest))
        else:
            zones.append(_polygon_zone(zone_id, kind, entry.get("polygon"), place, log, rest))
    return zones


def _entries(fence: Mapping[str, Any], *, source: str) -> Iterator[tuple[Any, str]]:
    for key in ("polygons", "circles"):
        entries = fence.get(key)
        if not isinstance(entries, list):
            raise GeofenceError(
                f"geoFence.{key} is not a list", place=source, remedy="Save it again from QGroundControl"
            )
        yield from ((entry, f"{source}, geoFence.{key}[{number}]") for number, entry in enumerate(entries))


def _polygon_zone(
    zone_id: str, kind: ZoneKind, ring: Any, place: str, log: RepairLog, rest: Mapping[str, Any]
) -> Zone:
    if not isinstance(ring, list):
        raise GeofenceError(
            "the polygon is not a list of positions", place=place, remedy="Write [latitude, longitude] each"
        )
    corners = [_position(value, f"{place}, position {number}") for number, value in enumerate(ring, start=1)]
    lonlat_deg = [[corner.lon_deg, corner.lat_deg] for corner in corners]
    lonlat_deg += lonlat_deg[:1]  # a fence's rings are not closed, by design
    area = area_from_polygons([[lonlat_deg]], kind=kind, zone_id=zone_id, place=place, log=log)
    return Zone.of_area(zone_id, zone_id, kind, area, properties=_extras("entry", rest))


def _circle_zone(zone_id: str, kind: ZoneKind, value: Any, place: str, rest: Mapping[str, Any]) -> Zone:
    radius_m = value.get("radius") if isinstance(value, Mapping) else None
    if not isinstance(radius_m, int | float) or isinstance(radius_m, bool) or not abs(radius_m) < _MOST:
        raise GeofenceError(
            "the circle has no radius",
            place=place,
            remedy='Give "circle" a "center" and a "radius" in metres',
        )
    try:
        circle = Circle(_position(value.get("center"), f"{place}, center"), float(radius_m))
    except GeofenceError as refusal:
        raise GeofenceError(refusal.what, place=refusal.place or place, remedy=refusal.remedy) from None
    return Zone.of_circle(zone_id, zone_id, kind, circle, properties=_extras("entry", rest))


def _position(value: Any, place: str) -> LatLon:
    numbers = value[:2] if isinstance(value, list) else ()
    if len(numbers) != 2 or not all(
        isinstance(number, int | float) and not isinstance(number, bool) and abs(number) < _MOST
        for number in numbers
    ):
        raise GeofenceError(
            "this is not a position", place=place, remedy="Write [latitude, longitude] in degrees"
        )
    try:
        return LatLon(float(numbers[0]), float(numbers[1]))
    except GeofenceError as refusal:
        raise GeofenceError(
            refusal.what, place=place, remedy="A plan file has the latitude first, then the longitude"
        ) from None


def _extras(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {OWN_EXTRAS: {name: dict(values)}} if values else {}


def _with_extras(zones: list[Zone], fence: Mapping[str, Any]) -> list[Zone]:
    """Keep what a fence says of its own, such as the breach return point, with its first zone."""
    rest = {name: value for name, value in fence.items() if name not in _KNOWN}
    if not rest:
        return zones
    first = zones[0]
    properties = {OWN_EXTRAS: {**first.properties.get(OWN_EXTRAS, {}), "fence": rest}}
    return [replace(first, properties=properties), *zones[1:]]


def _met(zones: list[Zone], *, log: RepairLog) -> list[Zone]:
    """Take what the inclusions have in common, where they have anything."""
    inclusions = [zone for zone in zones if zone.kind is ZoneKind.INCLUSION]
    if len(inclusions) < 2:
        return zones
    first = inclusions[0]
    common = shapely.intersection_all([zone.area for zone in inclusions])
    parts = [part for part in shapely.get_parts(common) if isinstance(part, Polygon) and part.area > 0.0]
    if not parts:
        log.note(
            RepairCode.VALUE,
            "the inclusions have nothing in common: each is taken as a place to fly in, although ArduPilot would "
            "want to be inside all of them at once",
        )
        return zones
    if all(shapely.equals(first.area, zone.area) for zone in inclusions):
        return zones
    area = parts[0] if len(parts) == 1 else MultiPolygon(parts)
    union = shapely.union_all([zone.area for zone in inclusions])
    log.note(
        RepairCode.OVERLAP,
        f"of {len(inclusions)} inclusions only what they have in common is taken, as ArduPilot does",
        zone_id=first.zone_id,
        area_m2=area_m2(area) - area_m2(union),
    )
    one = replace(first, volumes=(Volume(area),))
    return [one, *(zone for zone in zones if zone.kind is not ZoneKind.INCLUSION)]
