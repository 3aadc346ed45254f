"""Zones from and to GeoJSON (RFC 7946): the form that says everything a zone can say.

`layered_geometry` tells the shapes, `own_properties` the words. Members of a collection that are not GeoJSON's own
(a title, metadata) belong to the publication: every zone of it keeps them as its property `dataset`, and they
return to the collection where all zones have the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from geofence.formats.axis_order import settle_axis_order
from geofence.formats.json_document import demand_writable, json_bytes, json_document, sniffed_json
from geofence.formats.layered_geometry import (
    GEOMETRIES,
    common_band,
    geometry_of_area,
    geometry_of_volumes,
    positions_of,
    volumes_from_geometry,
)
from geofence.formats.own_properties import fields_from_properties, own_properties
from geofence.formats.repair_log import RepairLog
from geofence.formats.zone_properties import band_of_zone
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet

DATASET = "dataset"
"""The property that keeps the members of the collection a zone came in."""
_COLLECTION_MEMBERS = frozenset(("type", "features", "crs", "bbox"))
_WGS84_NAMES = ("CRS84", "EPSG:4326", "EPSG::4326", "EPSG:4979", "EPSG::4979")
_CGCS2000_NAMES = ("EPSG:4490", "EPSG::4490")


def is_geojson(content: bytes) -> bool:
    """Whether a content may be GeoJSON: any JSON that nobody else claims is taken for it."""
    return bool(sniffed_json(content)) or not content.strip(b"\xef\xbb\xbf \t\r\n\x00")


def read_geojson(content: bytes, *, source: str, log: RepairLog) -> list[Zone]:
    """Read zones from the bytes of a GeoJSON file.

    Raises
    ------
    GeofenceError
        Names the source, the line or the feature, the fault and the remedy.
    """
    return zones_of_document(json_document(content, source=source, log=log), source=source, log=log)


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
    zones = zones_of_document(document, source=source, log=log)
    return ZoneSet(zones, source=source, repairs=log.repairs)


def zones_of_document(
    document: Any,
    *,
    source: str,
    log: RepairLog,
    unsaid_kind: ZoneKind = ZoneKind.INCLUSION,
    numbers: Sequence[int] | None = None,
) -> list[Zone]:
    """Read zones from a parsed document, as `read_geojson` does.

    Parameters
    ----------
    document : Any
        Nothing about it is trusted.
    source : str
    log : RepairLog
    unsaid_kind : ZoneKind, optional
        Of zones that do not say it.
    numbers : sequence of int, optional
        What its features are called by; 1, 2, 3, ... if left out.
    """
    features, dataset = features_of(document, source=source, log=log)
    settle_axis_order(
        [positions_of(feature.get("geometry")) for feature in features if isinstance(feature, Mapping)], log
    )
    zones: dict[str, Zone] = {}
    number_of: dict[str, int] = {}
    for number, feature in zip(numbers or range(1, len(features) + 1), features, strict=True):
        zone = _zone_from_feature(
            feature, number, dataset=dataset, unsaid_kind=unsaid_kind, source=source, log=log
        )
        if zone.zone_id in zones:
            raise GeofenceError(
                f"features {number_of[zone.zone_id]} and {number} have the same id {zone.zone_id}",
                place=source,
                remedy="Give every zone an id of its own",
            )
        zones[zone.zone_id] = zone
        number_of[zone.zone_id] = number
    return list(zones.values())


def write_geojson(zones: Iterable[Zone], *, log: RepairLog) -> bytes:  # noqa: ARG001 - nothing is lost
    """Write zones as the bytes of a GeoJSON file, in UTF-8.

    Raises
    ------
    GeofenceError
        Where a property cannot be said in JSON.
    """
    return json_bytes(zones_to_geojson(zones))


def zones_to_geojson(zones: Iterable[Zone]) -> dict[str, Any]:
    """Write zones as a FeatureCollection."""
    zones = list(zones)
    dataset = common_dataset(zones)
    features = [zone_to_feature(zone) for zone in zones]
    if dataset:
        for feature in features:
            del feature["properties"][DATASET]
    return {"type": "FeatureCollection", **dataset, "features": features}


def zone_to_feature(zone: Zone, *, draw_circles: bool = False) -> dict[str, Any]:
    """Write one zone as a Feature.

    Parameters
    ----------
    zone : Zone
    draw_circles : bool, optional
        Say circles as polygons, for maps that know no others; the Feature then says less than the zone.
    """
    return {
        "type": "Feature",
        "id": zone.zone_id,
        "properties": own_properties(zone, common_band(zone.volumes)),
        "geometry": geometry_of_area(zone.area) if draw_circles else geometry_of_volumes(zone.volumes),
    }


def features_of(document: Any, *, source: str, log: RepairLog) -> tuple[list[Any], dict[str, Any]]:
    """Give the features of a document and what its collection says of the publication.

    Raises
    ------
    GeofenceError
        Where it is no GeoJSON, holds nothing, or is not in WGS-84.
    """
    kind = document.get("type") if isinstance(document, Mapping) else None
    if not isinstance(kind, str) or kind not in {"FeatureCollection", "Feature", *GEOMETRIES}:
        raise GeofenceError(
            "this is not GeoJSON",
            place=source,
            remedy="Give a FeatureCollection, a Feature, a Polygon or a MultiPolygon",
        )
    _demand_wgs84(document.get("crs"), source=source, log=log)
    if kind == "Feature":
        return [document], {}
    if kind != "FeatureCollection":
        return [{"type": "Feature", "properties": {}, "geometry": document}], {}
    features = document.get("features")
    if not isinstance(features, list | tuple):
        raise GeofenceError(
            '"features" is not a list', place=source, remedy="Give a FeatureCollection of polygons"
        )
    if not features:
        raise GeofenceError(
            "there is no zone in it", place=source, remedy="Give at least one polygon feature"
        )
    dataset = dataset_of(document)
    demand_writable(dataset, place=source)
    return list(features), dataset


def dataset_of(collection: Mapping[str, Any]) -> dict[str, Any]:
    """Give the members of a collection that speak of the publication."""
    return {name: value for name, value in collection.items() if name not in _COLLECTION_MEMBERS}


def common_dataset(zones: Sequence[Zone]) -> dict[str, Any]:
    """Give the property `dataset` where all zones have the same, to be said once for the collection."""
    datasets = [zone.properties.get(DATASET) for zone in zones]
    dataset = datasets[0] if datasets else None
    if (
        not isinstance(dataset, Mapping)
        or any(name in _COLLECTION_MEMBERS or not isinstance(name, str) for name in dataset)
        or any(other is not dataset and other != dataset for other in datasets)
    ):
        return {}
    return dict(dataset)


def _demand_wgs84(crs: Any, *, source: str, log: RepairLog) -> None:
    if crs is None:
        return
    stated = crs.get("properties") if isinstance(crs, Mapping) else None
    properties = stated if isinstance(stated, Mapping) else {}
    name = str(properties.get("name") or f"EPSG:{properties.get('code')}")
    if name.upper().endswith(_WGS84_NAMES):
        return
    if name.upper().endswith(_CGCS2000_NAMES):
        log.note(RepairCode.VALUE, f"{name[:60]} (CGCS2000) was taken for WGS-84, to within 1 m")
        return
    raise GeofenceError(
        f'the coordinate system "{name[:60]}" is not WGS-84',
        place=source,
        remedy="Export the file in WGS-84 longitude and latitude (EPSG:4326)",
    )


def _zone_from_feature(
    feature: Any,
    number: int,
    *,
    dataset: dict[str, Any],
    unsaid_kind: ZoneKind,
    source: str,
    log: RepairLog,
) -> Zone:
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
    if isinstance(properties.get("UASZone"), Mapping) and "kind" not in properties:
        raise GeofenceError("this is a feature of ED-318", place=place, remedy="Convert the file to GeoJSON")
    demand_writable({"id": feature.get("id")}, place=place)
    zone_id = _zone_id(feature, properties, number, place=place)
    place = f"{place} ({zone_id})"
    if dataset:
        properties = {DATASET: dataset, **properties}
    fields = fields_from_properties(
        properties, unsaid_kind=unsaid_kind, zone_id=zone_id, place=place, log=log
    )
    band = band_of_zone(properties, zone_id=zone_id, place=place, log=log)
    demand_writable(properties, place=place)
    volumes = volumes_from_geometry(
        feature.get("geometry"),
        kind=fields["kind"],
        band=band,
        zone_id=zone_id,
        place=place,
        log=log,
    )
    return Zone(zone_id=zone_id, volumes=volumes, **fields)


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
