"""Zones as GeoJSON."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from server.routes.json_response import json_response, read_object
from server.routes.station_of import TheStation

router = APIRouter(prefix="/api/zones", tags=["zones"])

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
    station.zones.replace_all(await read_object(request))
    return json_response(station.zones.encoded())


@router.get("/{zone_id}", response_model=dict[str, Any])
async def get_zone(zone_id: str, station: TheStation) -> Response:
    """Give one zone as a Feature."""
    return json_response(station.zones.encoded_zone(station.zones.get(zone_id)))


@router.put("/{zone_id}", response_model=dict[str, Any], openapi_extra=GEOJSON_BODY)
async def put_zone(zone_id: str, request: Request, station: TheStation) -> Response:
    """Add or replace one Feature."""
    zone = station.zones.put(zone_id, await read_object(request))
    return json_response(station.zones.encoded_zone(zone))


@router.delete("/{zone_id}", status_code=HTTPStatus.NO_CONTENT)
async def delete_zone(zone_id: str, station: TheStation) -> None:
    """Take one zone out of force."""
    station.zones.remove(zone_id)
