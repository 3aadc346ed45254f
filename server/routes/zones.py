"""Zones as GeoJSON."""

import asyncio
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from geofence.formats.geojson import zones_from_geojson
from geofence.zone_set import ZoneSet
from server.routes.json_response import json_response, read_object
from server.routes.station_of import TheStation
from server.zone_file_document import repair_document

router = APIRouter(prefix="/api/zones", tags=["zones"])

REPAIRS = "repairs"
GEOJSON_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
}


@router.get("", response_model=dict[str, Any])
async def get_zones(station: TheStation) -> Response:
    """Give all zones as a FeatureCollection."""
    return json_response(station.zones.encoded())


@router.put("", response_model=dict[str, Any], openapi_extra=GEOJSON_BODY)
async def put_zones(request: Request, station: TheStation) -> Response:
    """Replace all zones with a FeatureCollection."""
    zones = await asyncio.to_thread(zones_from_geojson, _as_sent(await read_object(request)), source="body")
    station.zones.replace_all(zones)
    return _answer(station.zones.encoded(), zones)


@router.get("/{zone_id}", response_model=dict[str, Any])
async def get_zone(zone_id: str, station: TheStation) -> Response:
    """Give one zone as a Feature."""
    return json_response(station.zones.encoded_zone(station.zones.get(zone_id)))


@router.put("/{zone_id}", response_model=dict[str, Any], openapi_extra=GEOJSON_BODY)
async def put_zone(zone_id: str, request: Request, station: TheStation) -> Response:
    """Add or replace one Feature."""
    read = station.zones.put(zone_id, _as_sent(await read_object(request)))
    return _answer(station.zones.encoded_zone(*read), read)


@router.delete("/{zone_id}", status_code=HTTPStatus.NO_CONTENT)
async def delete_zone(zone_id: str, station: TheStation) -> None:
    """Take one zone out of force."""
    station.zones.remove(zone_id)


def _answer(stored: bytes, read: ZoneSet) -> Response:
    """Answer zones as they are stored, with what was mended in those that came."""
    if not read.repairs:
        return json_response(stored)
    return json_response({**orjson.loads(stored), REPAIRS: [*map(repair_document, read.repairs)]})


def _as_sent(document: dict[str, Any]) -> dict[str, Any]:
    """Leave out what we told ourselves, where a program sends back what it was answered."""
    return {name: value for name, value in document.items() if name != REPAIRS}
