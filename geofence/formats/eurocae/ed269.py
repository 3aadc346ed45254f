"""Zones from and to EUROCAE ED-269, the form in which European authorities publish since 2020.

One object with a list of features; each has a list of airspace volumes, which are circles or polygons with limits.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import shapely

from geofence.formats.axis_order import settle_axis_order
from geofence.formats.eurocae.extension import extended, extension_of, feature_sha256
from geofence.formats.eurocae.feature import (
    identifier_of,
    note_deviations,
    note_lost,
    publication_of,
    zone_id_of,
)
from geofence.formats.eurocae.layer import band_from_layer, layer_of_band
from geofence.formats.eurocae.words import AUTHORISATION
from geofence.formats.eurocae.zone import EXTENDED, OWN, fields_from_said, said_of_zone
from geofence.formats.geojson import DATASET, common_dataset
from geofence.formats.json_document import demand_writable, json_bytes, json_document, sniffed_json
from geofence.formats.layered_geometry import circle_from, geometry_of_area
from geofence.formats.repair_log import RepairLog
from geofence.formats.ring import area_from_polygons
from geofence.formats.shown import show
from geofence.refusal import GeofenceError
from geofence.zone import Volume, Zone, ZoneKind, circle_volume

_LIMITS = ("lowerLimit", "lowerVerticalReference", "upperLimit", "upperVerticalReference", "uomDimensions")
_TELLING = (b'"horizontalProjection"', b'"restriction"')
_TEXT_LENGTH = 1000
_RENAMED = {"type": "variant", "restriction": "type", "applicability": "limitedApplicability"}
"""What ED-318 calls otherwise."""


def is_ed269(content: bytes) -> bool:
    """Whether a content is ED-269: a list of features whose shapes are horizontal projections."""
    names = sniffed_json(content)
    if b'"features"' not in names or not any(name in names for name in _TELLING):
        return False
    try:
        document = json_document(content, source="", log=RepairLog())
        features = _features(document, source="")
    except GeofenceError:
        return False
    # A feature of GeoJSON may have a property of that name; one of ED-269 may have lost its shape.
    return any("horizontalProjection" in shape for feature in features for shape in _shapes(feature)) or any(
        map(_names_a_zone, features)
    )


def read_ed269(content: bytes, *, source: str, log: RepairLog) -> list[Zone]:
    """Read the zones of an ED-269 document.

    Raises
    ------
    GeofenceError
        Names the source, the feature, the member at fault and the remedy.
    """
    document = json_document(content, source=source, log=log)
    features = _features(document, source=source)
    dataset = {name: value for name, value in document.items() if name not in ("features", "type")}
    demand_writable(dataset, place=source)
    settle_axis_order([_positions_of(feature) for feature in features], log)
    taken: set[str] = set()
    return [
        _zone_from_feature(feature, number, taken, dataset=dataset, source=source, log=log)
        for number, feature in enumerate(features, start=1)
    ]


def write_ed269(zones: Iterable[Zone], *, log: RepairLog) -> bytes:
    """Write zones as an ED-269 document; what it cannot say is kept for us beside it, and noted.

    Raises
    ------
    GeofenceError
        Where a property cannot be said in JSON.
    """
    zones = list(zones)
    dataset = common_dataset(zones)
    taken: set[str] = set()
    features = [_feature_of_zone(zone, taken, dataset=dataset, log=log) for zone in zones]
    return json_bytes({**dataset, "features": features})


def _features(document: Any, *, source: str) -> list[Any]:
    features = document.get("features") if isinstance(document, Mapping) else None
    if not isinstance(features, list):
        raise GeofenceError('"features" is not a list', place=source, remedy="Give a document of ED-269")
    if not features:
        raise GeofenceError("there is no zone in it", place=source, remedy="Give at least one feature")
    return features


def _names_a_zone(feature: Any) -> bool:
    """Whether a feature has what ED-269 demands of one and GeoJSON keeps within its properties."""
    is_ours = isinstance(feature, Mapping) and feature.get("type") != "Feature"
    return is_ours and {"identifier", "restriction"} <= feature.keys()


def _shapes(feature: Any) -> list[Mapping[str, Any]]:
    """Give the shapes of a feature, whatever they are; a single one may stand without its list."""
    shapes = feature.get("geometry") if isinstance(feature, Mapping) else None
    listed = shapes if isinstance(shapes, list | tuple) else [shapes]
    return [shape for shape in listed if isinstance(shape, Mapping)]


def _zone_from_feature(
    feature: Any, number: int, taken: set[str], *, dataset: dict[str, Any], source: str, log: RepairLog
) -> Zone:
    place = f"{source}, feature {number}"
    if not isinstance(feature, Mapping):
        raise GeofenceError("this is not a feature", place=place, remedy="Give an object")
    demand_writable(feature, place=place)
    deviations: list[str] = []
    identifier, zone_id = zone_id_of(feature.get("identifier"), number, taken, deviations)
    place = f"{place} ({zone_id})"
    said = _said_from(feature, deviations, place=place)
    fields = fields_from_said(
        said,
        deviations,
        zone_id=zone_id,
        identifier=identifier,
        place=place,
        called={name: own for own, name in _RENAMED.items()},
    )
    shapes = feature.get("geometry")
    if isinstance(shapes, Mapping):
        deviations.append("geometry is not a list")
        shapes = [shapes]
    if not isinstance(shapes, list | tuple) or not shapes:
        raise GeofenceError("the feature has no geometry", place=place, remedy="Give a list of volumes")
    volumes = tuple(
        _volume(
            shape,
            fields["kind"],
            deviations,
            zone_id=zone_id,
            place=f"{place}, geometry {position}" if len(shapes) > 1 else place,
            log=log,
        )
        for position, shape in enumerate(shapes, start=1)
    )
    note_deviations(deviations, "ED-269", zone_id=zone_id, place=place, log=log)
    version, publisher = publication_of(dataset)
    if dataset:
        fields["properties"] = {DATASET: dataset, **fields["properties"]}
    zone = Zone(zone_id=zone_id, volumes=volumes, version=version, source=publisher, **fields)
    own = feature.get(EXTENDED)
    extension = own.get(OWN) if isinstance(own, Mapping) else None
    return zone if extension is None else extended(zone, feature, extension, place=place, log=log)


def _said_from(feature: Mapping[str, Any], deviations: list[str], *, place: str) -> dict[str, Any]:
    """Say a feature under the names of ED-318."""
    said = {_RENAMED.get(name, name): value for name, value in feature.items() if name != "geometry"}
    periods = said.get("limitedApplicability")
    if isinstance(periods, list | tuple) and periods:
        limited = _limited(periods, deviations, place=place)
        said = (
            {**said, "limitedApplicability": limited} if limited else _without(said, "limitedApplicability")
        )
    return said


def _without(said: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in said.items() if key != name}


def _limited(periods: Any, deviations: list[str], *, place: str) -> list[Any]:
    limited = []
    for number, period in enumerate(periods):
        if not isinstance(period, Mapping):
            limited.append(period)
            continue
        is_permanent = _is_permanent(
            period.get("permanent"), f"applicability[{number}].permanent", place=place
        )
        limits = {name: value for name, value in period.items() if name != "permanent" and value}
        if is_permanent:
            if limits:
                deviations.append(f"applicability[{number}] is permanent and limited, the zone always holds")
            return []
        limited.append(limits)
    return limited


def _is_permanent(said: Any, name: str, *, place: str) -> bool:
    word = said.strip().upper() if isinstance(said, str) else said
    if isinstance(word, bool) or word in (None, "", "NO"):
        return word is True
    if word != "YES":
        raise GeofenceError(
            f"{name} {show(said)} is not known", place=place, remedy="Accepted are YES and NO"
        )
    return True


def _volume(
    shape: Any, kind: ZoneKind, deviations: list[str], *, zone_id: str, place: str, log: RepairLog
) -> Volume:
    projection = shape.get("horizontalProjection") if isinstance(shape, Mapping) else None
    if not isinstance(projection, Mapping):
        raise GeofenceError(
            "the geometry has no horizontalProjection", place=place, remedy="Give a Circle or a Polygon"
        )
    band = band_from_layer(shape, kind=kind, zone_id=zone_id, place=place, log=log, names=_LIMITS)
    if projection.get("type") == "Circle":
        unit = shape.get("uomDimensions")
        if isinstance(unit, str) and unit.strip().upper() == "FT":
            # Readers differ on whether the unit is the radius' too; metres are the larger circle.
            deviations.append("the limits are in feet, the radius is taken in metres")
        circle = circle_from(
            projection.get("center"), projection.get("radius"), "radius", place=place, log=log
        )
        return circle_volume(circle, kind, band)
    coordinates = projection.get("coordinates")
    if projection.get("type") not in ("Polygon", "MultiPolygon") or not isinstance(coordinates, list | tuple):
        raise GeofenceError(
            f"horizontalProjection of type {show(projection.get('type'))} is not understood",
            place=place,
            remedy="Accepted are a Circle with center and radius, a Polygon with coordinates",
        )
    polygons = [coordinates] if projection.get("type") == "Polygon" else list(coordinates)
    return Volume(area_from_polygons(polygons, kind=kind, zone_id=zone_id, place=place, log=log), band)


def _feature_of_zone(
    zone: Zone, taken: set[str], *, dataset: dict[str, Any], log: RepairLog
) -> dict[str, Any]:
    kept = {name: value for name, value in zone.properties.items() if name != DATASET or not dataset}
    said = said_of_zone(
        replace(zone, properties=kept),
        identifier=identifier_of(zone, taken),
        also_reason="FOREIGN_TERRITORY",
        text_length=_TEXT_LENGTH,
        with_languages=False,
    )
    word, variant, periods = said.pop("type"), said.pop("variant"), said.pop("limitedApplicability", [])
    extended_properties = {
        name: value for name, value in said.pop(EXTENDED, {}).items() if name != "uSpaceClass"
    }
    said |= {
        "type": variant,
        "restriction": AUTHORISATION if word == "REQ_AUTHORIZATION" else word,
        "uSpaceClass": zone.properties.get("uSpaceClass", "NO"),
        "regulationExemption": said.get("regulationExemption", "NO"),
        "applicability": [{"permanent": "NO", **period} for period in periods] or [{"permanent": "YES"}],
    }
    shapes, counts = [], []
    for volume in zone.volumes:
        projections = _projections(volume)
        counts.append(len(projections))
        shapes += [{**_limits(volume), "horizontalProjection": projection} for projection in projections]
    feature = {**said, "geometry": shapes}
    if extended_properties:
        feature[EXTENDED] = extended_properties
    read = _zone_from_feature(feature, 1, set(), dataset=dataset, source="", log=RepairLog())
    extension = extension_of(zone, read, counts)
    if extension:
        own = {"sha256": feature_sha256(feature), **extension}
        feature[EXTENDED] = {**extended_properties, OWN: own}
        note_lost(zone, extension, "ED-269", log=log)
    return feature


def _limits(volume: Volume) -> dict[str, Any]:
    layer = layer_of_band(volume.band)
    names = dict(zip(("lower", "lowerReference", "upper", "upperReference"), _LIMITS, strict=False))
    limits = {names[name]: value for name, value in layer.items() if name in names}
    return {
        "uomDimensions": "M",
        "lowerVerticalReference": "AGL",
        "upperVerticalReference": "AGL",
        **{name: "W84" if value == "WGS84" else value for name, value in limits.items()},
    }


def _projections(volume: Volume) -> list[dict[str, Any]]:
    if volume.circle is not None:
        centre = volume.circle.centre
        return [
            {"type": "Circle", "center": [centre.lon_deg, centre.lat_deg], "radius": volume.circle.radius_m}
        ]
    return [geometry_of_area(polygon) for polygon in shapely.get_parts(volume.area)]


def _positions_of(feature: Any) -> list[Any]:
    projections = [shape.get("horizontalProjection") for shape in _shapes(feature)]
    return [
        projection.get(name)
        for projection in projections
        if isinstance(projection, Mapping)
        for name in ("center", "coordinates")
    ]
