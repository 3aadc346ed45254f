"""What ED-269 and ED-318 cannot say of a zone, kept in their `extendedProperties` for the way back.

    "feiying": {"sha256": of the rest of the feature,
                "id": ..., "properties": {...}, "absent": [...], "bands": [...], "volumes": [...]}

All but the digest is left out where the feature says it. The properties are those of our own GeoJSON, those `absent` are
only there because the format demands them; `volumes` counts the shapes that are one volume together. It holds
as long as the feature is as it was written: an edit of others counts for more.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import shapely
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from geofence.altitude_band import UNBOUNDED
from geofence.formats.eurocae.zone import EXTENDED, OWN
from geofence.formats.own_properties import band_words, fields_from_properties, own_properties
from geofence.formats.repair_log import RepairLog
from geofence.formats.zone_properties import BAND_WORDS, band_from_properties
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.zone import Volume, Zone, circle_volume


def extension_of(zone: Zone, read: Zone, volumes: list[int]) -> dict[str, Any]:
    """Tell a zone from what is read of it again.

    Parameters
    ----------
    zone : Zone
    read : Zone
        From the feature it was written as.
    volumes : list of int
        How many shapes of the feature make each volume of the zone.

    Returns
    -------
    dict
        Empty where they are the same.
    """
    said, found = _properties(zone), _properties(read)
    extension = {
        "id": zone.zone_id if zone.zone_id != read.zone_id else None,
        "properties": {
            name: value for name, value in said.items() if name not in found or found[name] != value
        },
        "absent": [name for name in found if name not in said],
        "volumes": volumes if any(count > 1 for count in volumes) else None,
        "bands": [band_words(volume.band) for volume in zone.volumes]
        if [volume.band for volume in zone.volumes] != _bands(read, volumes)
        else None,
    }
    return {name: value for name, value in extension.items() if value}


def extended(zone: Zone, feature: Mapping[str, Any], extension: Any, *, place: str, log: RepairLog) -> Zone:
    """Give back to a zone what `extension_of` kept, where the feature is as it was written.

    Parameters
    ----------
    zone : Zone
        Of the feature alone.
    feature : mapping
        Of ED-269, or the properties and geometry of one of ED-318.
    extension : Any
        Not trusted.
    place : str
    log : RepairLog
    """
    if not isinstance(extension, Mapping):
        return zone
    if extension.get("sha256") != feature_sha256(feature):
        log.note(
            RepairCode.VALUE,
            "the feature was changed after it was written: what was kept beside it is passed over",
            zone_id=zone.zone_id,
            place=place,
        )
        return zone
    try:
        return _extended(zone, extension, place=place)
    except (GeofenceError, TypeError, ValueError, AttributeError, KeyError) as error:
        raise GeofenceError(
            f"{EXTENDED}.{OWN} cannot be understood ({error})", place=place, remedy="Leave it out"
        ) from None


def feature_sha256(feature: Mapping[str, Any]) -> str:
    """Digest a feature, but for what we keep in it and for the way its numbers are written."""
    try:
        text = json.dumps(_plain(feature), sort_keys=True, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return ""
    return hashlib.sha256(text.encode()).hexdigest()


def _extended(zone: Zone, extension: Mapping[str, Any], *, place: str) -> Zone:
    absent = extension.get("absent", [])
    properties = {name: value for name, value in _properties(zone).items() if name not in absent}
    properties |= extension.get("properties", {})
    zone_id = str(extension.get("id") or zone.zone_id)
    fields = fields_from_properties(
        properties, unsaid_kind=zone.kind, zone_id=zone_id, place=place, log=RepairLog()
    )
    counts = extension.get("volumes") or [1] * len(zone.volumes)
    bands = extension.get("bands") or [band_words(band) for band in _bands(zone, counts)]
    volumes = []
    for parts, words in zip(_grouped(zone.volumes, counts), bands, strict=True):
        band = band_from_properties(words, place=place)
        circle = parts[0].circle
        volumes.append(
            circle_volume(circle, fields["kind"], band)
            if circle is not None
            else Volume(_united(parts), band)
        )
    return replace(
        zone,
        zone_id=zone_id,
        volumes=tuple(volumes),
        **{"version": "", "source": "", "message": "", **fields},
    )


def _united(parts: tuple[Volume, ...]) -> Any:
    if len(parts) == 1:
        return parts[0].area
    polygons: list[BaseGeometry] = [polygon for part in parts for polygon in shapely.get_parts(part.area)]
    area = MultiPolygon(polygons)
    return area if area.is_valid else shapely.union_all(polygons)


def _grouped(volumes: tuple[Volume, ...], counts: list[int]) -> list[tuple[Volume, ...]]:
    groups, start = [], 0
    for count in counts:
        groups.append(volumes[start : start + count])
        start += count
    if start != len(volumes) or not all(groups):
        raise ValueError("its volumes are not those of the feature")
    return groups


def _bands(zone: Zone, counts: list[int]) -> list[Any]:
    return [parts[0].band for parts in _grouped(zone.volumes, counts)]


def _properties(zone: Zone) -> dict[str, Any]:
    words = own_properties(zone, UNBOUNDED)
    return {name: value for name, value in words.items() if name not in BAND_WORDS}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        plain = {name: _plain(each) for name, each in value.items() if name != OWN}
        return {name: each for name, each in plain.items() if name != EXTENDED or each != {}}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value) if abs(value) < 2**53 else str(value)
    return value
