"""Zones from and to EUROCAE ED-318: GeoJSON with layers, circles and the words of the European regulations.

Read leniently, as authorities publish: with members empty, texts for lists, the zone nested in a member `UASZone`, the
layer in a member `verticalLayer`. Every zone that deviates is reported once with all its deviations.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from geofence.altitude_band import UNBOUNDED, AltitudeBand
from geofence.formats.axis_order import settle_axis_order
from geofence.formats.eurocae.extension import extended, extension_of, feature_sha256
from geofence.formats.eurocae.feature import (
    demand_moments,
    identifier_of,
    note_deviations,
    note_lost,
    publication_of,
    zone_id_of,
)
from geofence.formats.eurocae.layer import band_from_layer, layer_of_band
from geofence.formats.eurocae.words import AUTHORISATION
from geofence.formats.eurocae.zone import EXTENDED, OWN, fields_from_said, said_of_zone
from geofence.formats.geojson import DATASET, common_dataset, features_of
from geofence.formats.json_document import demand_writable, json_bytes, json_document, sniffed_json
from geofence.formats.layered_geometry import geometry_of_volume, positions_of, volumes_from_geometry
from geofence.formats.repair_log import RepairLog
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.zone import Zone, ZoneKind

_TEXT_LENGTH = 200
_TEXTS = ("name", "message", "otherReasonInfo")
_LAYERS = ("verticalLayer", "layer")


def is_ed318(content: bytes) -> bool:
    """Whether a content is ED-318: GeoJSON whose features speak of UAS zones."""
    names = sniffed_json(content)
    if b'"features"' not in names and b'"Feature"' not in names:
        return False
    if not any(
        name in names for name in (b'"UASZone"', b'"zoneAuthority"', b'"variant"', b'"limitedApplicability"')
    ):
        return False
    try:
        features, _ = features_of(
            json_document(content, source="", log=RepairLog()), source="", log=RepairLog()
        )
    except GeofenceError:
        return False
    return any(_is_ed318_feature(feature) for feature in features)


def read_ed318(content: bytes, *, source: str, log: RepairLog) -> list[Zone]:
    """Read the zones of an ED-318 document: a collection or one feature.

    Raises
    ------
    GeofenceError
        Names the source, the feature, the member at fault and the remedy.
    """
    features, dataset = features_of(json_document(content, source=source, log=log), source=source, log=log)
    demand_moments(dataset, place=source)
    if "datasetMetadata" in dataset:
        log.note(RepairCode.VALUE, "not as ED-318 demands: metadata is called datasetMetadata")
    settle_axis_order(
        [positions_of(feature.get("geometry")) for feature in features if isinstance(feature, Mapping)], log
    )
    taken: set[str] = set()
    return [
        _zone_from_feature(feature, number, taken, dataset=dataset, source=source, log=log)
        for number, feature in enumerate(features, start=1)
    ]


def write_ed318(zones: Iterable[Zone], *, log: RepairLog) -> bytes:
    """Write zones as an ED-318 document; what it cannot say is kept for us beside it, and noted.

    Raises
    ------
    GeofenceError
        Where a property cannot be said in JSON.
    """
    zones = list(zones)
    dataset = _said_dataset(zones)
    taken: set[str] = set()
    features = [_feature_of_zone(zone, taken, dataset=dataset, log=log) for zone in zones]
    return json_bytes({"type": "FeatureCollection", **dataset, "features": features})


def _is_ed318_feature(feature: Any) -> bool:
    properties = feature.get("properties") if isinstance(feature, Mapping) else None
    if not isinstance(properties, Mapping) or "kind" in properties:
        return False
    if "zoneAuthority" in properties or "limitedApplicability" in properties:
        return True
    return isinstance(properties.get("UASZone"), Mapping) or {"identifier", "country", "variant"} <= set(
        properties
    )


def _zone_from_feature(
    feature: Any, number: int, taken: set[str], *, dataset: dict[str, Any], source: str, log: RepairLog
) -> Zone:
    place = f"{source}, feature {number}"
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        raise GeofenceError(
            "this is not a GeoJSON Feature", place=place, remedy='Give an object of "type" "Feature"'
        )
    properties = feature.get("properties")
    if not isinstance(properties, Mapping):
        raise GeofenceError('"properties" is not an object', place=place, remedy="Give an object")
    demand_writable(properties, place=place)
    deviations: list[str] = []
    said = dict(properties)
    nested = said.pop("UASZone", None)
    if isinstance(nested, Mapping):
        deviations.append("the zone is nested in UASZone")
        said = {**nested, **said}
    identifier, zone_id = zone_id_of(said.get("identifier"), number, taken, deviations)
    place = f"{place} ({zone_id})"
    said, band = _without_layer(said, deviations, zone_id=zone_id, place=place, log=log)
    if "reasons" in said and "reason" not in said:
        deviations.append("reason is called reasons")
        said["reason"] = said.pop("reasons")
    plain = [name for name in _TEXTS if isinstance(said.get(name), str) and said[name]]
    if plain:
        deviations.append(f"{', '.join(plain)} {'are' if len(plain) > 1 else 'is'} not a list of texts")
    if said.get("type") == AUTHORISATION:
        deviations.append(f"type is spelled {AUTHORISATION}")
    fields = fields_from_said(said, deviations, zone_id=zone_id, identifier=identifier, place=place)
    volumes = volumes_from_geometry(
        feature.get("geometry"), kind=fields["kind"], band=band, zone_id=zone_id, place=place, log=log
    )
    note_deviations(deviations, "ED-318", zone_id=zone_id, place=place, log=log)
    version, publisher = publication_of(dataset)
    if dataset:
        fields["properties"] = {DATASET: dataset, **fields["properties"]}
    zone = Zone(zone_id=zone_id, volumes=volumes, version=version, source=publisher, **fields)
    own = properties.get(EXTENDED)
    extension = own.get(OWN) if isinstance(own, Mapping) else None
    return zone if extension is None else extended(zone, _digest_of(feature), extension, place=place, log=log)


def _without_layer(
    said: dict[str, Any], deviations: list[str], *, zone_id: str, place: str, log: RepairLog
) -> tuple[dict[str, Any], AltitudeBand]:
    """Take a layer out of the properties, where it does not belong; it is of all shapes that have none."""
    band = UNBOUNDED
    for name in _LAYERS:
        layer = said.get(name)
        if isinstance(layer, Mapping):
            deviations.append(f"{name} is among the properties")
            layer = {"uom" if key.lower() == "uom" else key: value for key, value in layer.items()}
            band = band_from_layer(layer, kind=ZoneKind.EXCLUSION, zone_id=zone_id, place=place, log=log)
            said = {key: value for key, value in said.items() if key != name}
    return said, band


def _feature_of_zone(
    zone: Zone, taken: set[str], *, dataset: dict[str, Any], log: RepairLog
) -> dict[str, Any]:
    identifier = identifier_of(zone, taken)
    said = said_of_zone(
        zone if not dataset else _without_dataset(zone),
        identifier=identifier,
        also_reason="DAR",
        text_length=_TEXT_LENGTH,
        with_languages=True,
    )
    if said["type"] == "INFORMATION":
        said["type"] = "NO_RESTRICTION"
    conditions = said.pop("restrictionConditions", None)
    if isinstance(conditions, list | tuple):
        conditions = "; ".join(each for each in conditions if isinstance(each, str))
    if isinstance(conditions, str):
        said["restrictionConditions"] = conditions
    shapes = []
    for volume in zone.volumes:
        layer = layer_of_band(volume.band)
        shapes.append({**geometry_of_volume(volume), **({"layer": layer} if layer else {})})
    geometry = shapes[0] if len(shapes) == 1 else {"type": "GeometryCollection", "geometries": shapes}
    feature: dict[str, Any] = {"type": "Feature", "geometry": geometry, "properties": said}
    read = _zone_from_feature(feature, 1, set(), dataset=dataset, source="", log=RepairLog())
    extension = extension_of(zone, read, [1] * len(zone.volumes))
    if extension:
        own = {"sha256": feature_sha256(_digest_of(feature)), **extension}
        said[EXTENDED] = {**said.get(EXTENDED, {}), OWN: own}
        note_lost(zone, extension, "ED-318", log=log)
    return feature


def _said_dataset(zones: list[Zone]) -> dict[str, Any]:
    """Give what can be said for the collection; metadata that would be refused stays with the zones."""
    dataset = common_dataset(zones)
    try:
        demand_moments(dataset, place="")
    except GeofenceError:
        return {}
    return dataset


def _without_dataset(zone: Zone) -> Zone:
    return replace(
        zone, properties={name: value for name, value in zone.properties.items() if name != DATASET}
    )


def _digest_of(feature: Mapping[str, Any]) -> dict[str, Any]:
    return {name: feature.get(name) for name in ("properties", "geometry")}
