"""When zones hold."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.responses import Response

from server.routes.json_response import json_response
from server.routes.station_of import TheStation

router = APIRouter(prefix="/api/zone-activity", tags=["zones"])

HOURS_AT_MOST = 32 * 24.0
LATEST_UTC_S = 4e9


class ZoneActivity(BaseModel):
    """Intervals of seconds since 1970, ends included, by zone id; a zone without any does not hold in the span."""

    from_utc_s: float
    to_utc_s: float
    zones: dict[str, list[tuple[float, float]]]


@router.get("", response_model=ZoneActivity)
async def get_zone_activity(
    station: TheStation,
    from_utc_s: Annotated[float, Query(ge=0.0, le=LATEST_UTC_S)],
    hours: Annotated[float, Query(gt=0.0, le=HOURS_AT_MOST)] = 48.0,
) -> Response:
    """Give when the zones of limited times hold, within some hours from a moment; every other zone always does."""
    to_utc_s = from_utc_s + hours * 3600.0
    zones = station.zones.activity_utc_s(from_utc_s, to_utc_s)
    return json_response({"from_utc_s": from_utc_s, "to_utc_s": to_utc_s, "zones": zones})
