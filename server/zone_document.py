"""Zones as the page draws them: plain polygons and plain words, whatever the file they came from."""

from typing import Any

import shapely
from shapely import MultiPolygon, Polygon

from geofence.altitude_band import AltitudeBand
from geofence.zone import Volume, Zone

_DIGITS = 6
"""Of a degree: 0.1 m."""
_CIRCLE_VERTICES = 72


def zone_document(zone: Zone) -> dict[str, Any]:
    """Give a zone as a Feature with a Polygon or MultiPolygon; precise enough to look at, not to fly by."""
    drawn = shapely.union_all([_drawn(volume) for volume in zone.volumes])
    polygons = [_coordinates(polygon) for polygon in shapely.get_parts(drawn) if isinstance(polygon, Polygon)]
    is_single = len(polygons) == 1
    return {
        "type": "Feature",
        "id": zone.zone_id,
        "properties": {
            "name": zone.name,
            "kind": zone.kind.value,
            "severity": zone.severity.value,
            "action": zone.action.value,
            "bands": [_band_document(volume.band) for volume in zone.volumes],
            "is_permanent": zone.applicability.is_permanent,
            "causes": list(zone.causes),
            "message": zone.message,
            "authorities": [authority.name for authority in zone.authorities if authority.name],
        },
        "geometry": {
            "type": "Polygon" if is_single else "MultiPolygon",
            "coordinates": polygons[0] if is_single else polygons,
        },
    }


def _band_document(band: AltitudeBand) -> dict[str, Any]:
    floor_datum, ceiling_datum = band.datums
    return {
        "floor_m": band.floor_m,
        "floor_datum": floor_datum.value,
        "ceiling_m": band.ceiling_m,
        "ceiling_datum": ceiling_datum.value,
    }


def _drawn(volume: Volume) -> Polygon | MultiPolygon:
    if not isinstance(volume.area, Polygon) or volume.circle is None:
        return volume.area
    vertices = shapely.get_coordinates(volume.area)[:-1]
    if len(vertices) <= _CIRCLE_VERTICES:
        return volume.area
    return Polygon(vertices[:: len(vertices) // _CIRCLE_VERTICES])


def _coordinates(polygon: Polygon) -> list[list[list[float]]]:
    return [
        [[round(lon_deg, _DIGITS), round(lat_deg, _DIGITS)] for lon_deg, lat_deg in ring.coords]
        for ring in (polygon.exterior, *polygon.interiors)
    ]
