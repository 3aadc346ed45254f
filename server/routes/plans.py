"""Plans: made over the zones in force, shown, exported."""

import asyncio
import re
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from pydantic import Field, field_validator
from starlette.responses import Response
from typing_extensions import TypedDict

from geofence.lowering.autopilot_fence import AutopilotFence
from geofence.verification.verification_document import returns_document, verification_document
from geofence.zone_set import ZoneSet
from missions.files.plan_files import export_plan
from missions.files.plan_format import FORMATS, PlanFormat
from missions.patrol.flight_planner import PatrolFlight
from missions.patrol.patrol import plan_flights
from missions.patrol.request import PatrolRequest
from missions.plan.check import margin_of
from missions.plan.fence import fence_of_plan
from missions.plan.plan import Plan
from missions.plan.proof import CheckSettings
from missions.plan.return_check import ReturnDemand
from missions.vehicle.stock_profiles import stock_profile
from missions.vehicle.wind import CALM
from server.errors import ConflictError
from server.fence_document import FenceDocument, fence_document
from server.pattern_body import Body, Metres, PatternBody, PositionBody, pattern_of
from server.plan_store import PlanDocument, StoredPlan, refuse_illegal
from server.routes.json_response import json_response
from server.routes.station_of import TheStation
from server.station import Station
from server.wind_body import WindBody

router = APIRouter(prefix="/api/plans", tags=["plans"])

DRONES_MAX = 50
Moment = Annotated[float, Field(ge=0, le=32_503_680_000, allow_inf_nan=False)]
"""Seconds since 1970, to the year 3000."""


class PlansDocument(TypedDict):
    """Several plans."""

    plans: list[PlanDocument]


class PlanCheckDocument(TypedDict):
    """What a verification against the zones in force found."""

    is_legal: bool
    min_clearance_m: float | None
    margin_m: float
    departure_utc_s: list[float] | None
    max_wind_m_s: float | None
    returns: dict[str, object] | None
    legs: list[dict[str, object]]
    findings: list[dict[str, object]]


class PlanRequestBody(Body):
    """What to fly, and with what."""

    pattern: PatternBody
    alt_rel_m: Metres
    home: PositionBody
    drones: Annotated[int, Field(ge=1, le=DRONES_MAX)] = 1
    speed_m_s: Annotated[float, Field(gt=0, le=50, allow_inf_nan=False)] | None = None
    margin_m: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] | None = None
    allow_above_120: bool = False
    alt_step_m: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] = 0.0
    home_alt_amsl_m: Annotated[float, Field(ge=-1000, le=10_000, allow_inf_nan=False)] | None = None
    vehicle: Annotated[str, Field(max_length=100)] | None = None
    wind: WindBody | None = None
    splits_by_battery: bool = False
    keeps_level: bool = False

    def request(self) -> PatrolRequest:
        """Give it in the planner's words."""
        return PatrolRequest(
            pattern=pattern_of(self.pattern),
            alt_rel_m=self.alt_rel_m,
            home=self.home.position,
            drones=self.drones,
            speed_m_s=self.speed_m_s,
            margin_m=self.margin_m,
            allow_above_120=self.allow_above_120,
            alt_step_m=self.alt_step_m,
            home_alt_amsl_m=self.home_alt_amsl_m,
            vehicle=None if self.vehicle is None else stock_profile(self.vehicle),
            wind=CALM if self.wind is None else self.wind.wind,
            splits_by_battery=self.splits_by_battery,
            keeps_level=self.keeps_level,
        )


class PlanCheckBody(Body):
    """When and in what wind the plan would be flown, and what is asked of its ways back."""

    departure_utc_s: Annotated[list[Moment], Field(min_length=2, max_length=2)] | None = None
    returns: ReturnDemand = ReturnDemand.REQUIRE
    max_wind_m_s: Annotated[float, Field(ge=0, le=50, allow_inf_nan=False)] | None = None

    @field_validator("departure_utc_s")
    @classmethod
    def refuse_backwards(cls, span: list[float] | None) -> list[float] | None:
        """Refuse a latest departure before the earliest."""
        if span is not None and span[1] < span[0]:
            raise ValueError("the latest departure lies before the earliest")
        return span


@router.get("", response_model=PlansDocument)
async def get_plans(station: TheStation) -> Response:
    """Give all plans."""
    return json_response(b'{"plans":%s}' % station.plans.encoded())


@router.post("", status_code=HTTPStatus.CREATED, response_model=PlansDocument)
async def post_plan(body: PlanRequestBody, station: TheStation) -> Response:
    """Plan a patrol; it is kept only where no finding forbids it."""
    flights = await _planned(body, station)
    plans = [flight.plan for flight in flights]
    refuse_illegal(plans)
    stored = station.plans.add(plans, [flight.prediction for flight in flights])
    return json_response({"plans": [entry.document for entry in stored]}, HTTPStatus.CREATED)


@router.post("/preview", response_model=PlansDocument)
async def post_plan_preview(body: PlanRequestBody, station: TheStation) -> Response:
    """Plan a patrol to look at: nothing is kept, its ids are empty, and what forbids it is among its findings."""
    flights = await _planned(body, station)
    return json_response(
        {"plans": [StoredPlan("", flight.plan, flight.prediction).document for flight in flights]}
    )


@router.get("/{plan_id}", response_model=PlanDocument)
async def get_plan(plan_id: str, station: TheStation) -> Response:
    """Give one plan."""
    return json_response(station.plans.get(plan_id).encoded)


@router.post("/{plan_id}/check", response_model=PlanCheckDocument)
async def post_plan_check(plan_id: str, body: PlanCheckBody, station: TheStation) -> Response:
    """Verify one plan against the zones in force, its ways back too."""
    plan = station.plans.get(plan_id).plan
    span = body.departure_utc_s
    settings = CheckSettings(
        departure_utc_s=None if span is None else (span[0], span[1]),
        returns=body.returns,
        max_wind_m_s=body.max_wind_m_s,
    )
    verified = await asyncio.get_running_loop().run_in_executor(
        station.planners, settings.check, plan, station.zones.copy()
    )
    return json_response(
        {
            **verification_document(verified),
            "margin_m": margin_of(plan),
            "departure_utc_s": span,
            "max_wind_m_s": body.max_wind_m_s if body.max_wind_m_s is not None else plan.max_wind_m_s,
            "returns": returns_document(plan.returns),
        }
    )


@router.get("/{plan_id}/fence", response_model=FenceDocument)
async def get_plan_fence(
    plan_id: str,
    station: TheStation,
    departure_utc_s: Annotated[list[Moment] | None, Query(min_length=2, max_length=2)] = None,
) -> Response:
    """Give the fence that a drone would hold for a plan, and what it cannot carry of the zones in force."""
    stored = station.plans.get(plan_id)
    span = None if departure_utc_s is None else (min(departure_utc_s), max(departure_utc_s))
    fence = await asyncio.get_running_loop().run_in_executor(
        station.planners, _fence, stored.plan, station.zones.copy(), span
    )
    return json_response(fence_document(fence))


@router.get("/{plan_id}/export", response_class=Response)
async def get_plan_export(plan_id: str, station: TheStation, format: PlanFormat) -> Response:  # noqa: A002
    """Give one plan as a file."""
    stored = station.plans.get(plan_id)
    content = await asyncio.get_running_loop().run_in_executor(
        station.planners, _export, stored.plan, format, station.zones.copy()
    )
    return Response(
        content,
        media_type=FORMATS[format].media_type,
        headers={"Content-Disposition": f"attachment; {_file_name(stored, format)}"},
    )


@router.delete("/{plan_id}", status_code=HTTPStatus.NO_CONTENT)
async def delete_plan(plan_id: str, station: TheStation) -> None:
    """Forget one plan."""
    station.plans.get(plan_id)
    if station.flights.is_flown(plan_id):
        raise ConflictError(f"plan {plan_id} is being flown", remedy="Wait for the landing")
    station.plans.remove(plan_id)


async def _planned(body: PlanRequestBody, station: Station) -> tuple[PatrolFlight, ...]:
    return await asyncio.get_running_loop().run_in_executor(
        station.planners, plan_flights, station.zones.copy(), body.request()
    )


def _fence(plan: Plan, zones: ZoneSet, departure_utc_s: tuple[float, float] | None) -> AutopilotFence:
    return fence_of_plan(plan, zones, departure_utc_s=departure_utc_s)


def _export(plan: Plan, export_format: PlanFormat, zones: ZoneSet) -> bytes:
    return export_plan(plan, export_format.value, zones=zones)


def _file_name(stored: StoredPlan, export_format: PlanFormat) -> str:
    name = re.sub(r"[^\w.-]+", "-", f"{stored.plan_id}-{stored.plan.name}").strip("-")
    ascii_name = re.sub(r"[^A-Za-z0-9_.-]+", "", name) or stored.plan_id
    ending = FORMATS[export_format].suffixes[0].removeprefix(".")
    return f"filename=\"{ascii_name}.{ending}\"; filename*=UTF-8''{quote(f'{name}.{ending}')}"
