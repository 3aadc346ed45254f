"""The vehicles that flights can be predicted for."""

from fastapi import APIRouter
from starlette.responses import Response
from typing_extensions import TypedDict

from missions.vehicle.profile import VehicleProfile
from missions.vehicle.stock_profiles import QUAD_30, STOCK_PROFILES
from server.routes.json_response import json_response

router = APIRouter(prefix="/api/vehicles", tags=["vehicles"])


class VehicleDocument(TypedDict):
    """What an operator chooses a vehicle by."""

    name: str
    is_assumed: bool
    speed_m_s: float
    hover_s: float
    usable_wh: float
    reserve_share: float
    max_wind_m_s: float


class VehiclesDocument(TypedDict):
    """All that can be named in a request."""

    vehicles: list[VehicleDocument]


@router.get("", response_model=VehiclesDocument)
async def get_vehicles() -> Response:
    """Give the stock vehicles; one is assumed where a request names none."""
    return json_response({"vehicles": [_document(profile) for profile in STOCK_PROFILES.values()]})


def _document(profile: VehicleProfile) -> VehicleDocument:
    return {
        "name": profile.name,
        "is_assumed": profile is QUAD_30,
        "speed_m_s": profile.motion.speed_m_s,
        "hover_s": round(profile.hover_endurance_s(), 1),
        "usable_wh": round(profile.battery.usable_wh, 2),
        "reserve_share": profile.battery.reserve_share,
        "max_wind_m_s": profile.max_wind_m_s,
    }
