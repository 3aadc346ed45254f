"""What drones do besides plans: ordered, watched until it is seen done; and the check list before a flight."""

import asyncio
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from geofence.refusal import Refusal
from server.errors import ConflictError, problem_of
from server.operation_body import OperationBody, operation_of
from server.operation_store import OperationDocument
from server.plan_store import PositionDocument, position_document
from server.routes.station_of import TheStation
from server.station import Station
from telemetry.control.actor import acting_as
from telemetry.operations.home import SetHome, read_home
from telemetry.operations.preflight import Verdict, check_before_flight

router = APIRouter(prefix="/api", tags=["drones"])

GROUP_MAX = 100


class OperationAnswer(TypedDict):
    """An operation of a drone; null where there was none."""

    operation: OperationDocument | None


class GroupBody(BaseModel):
    """One operation for several drones."""

    model_config = ConfigDict(extra="forbid")

    drones: Annotated[list[str], Field(min_length=1, max_length=GROUP_MAX)]
    order: OperationBody


class RefusedDocument(TypedDict):
    """A drone that does not do it, and why."""

    drone_id: str
    problem: dict[str, Any]


class GroupAnswer(TypedDict):
    """What was begun, and what was not."""

    operations: list[OperationDocument]
    refused: list[RefusedDocument]


class HomeDocument(TypedDict):
    """Where a drone returns to."""

    position: PositionDocument
    alt_amsl_m: float


class CheckDocument(TypedDict):
    """One line of the check list; `verdict` is ok, warning or blocking."""

    name: str
    verdict: str
    words: str


class PreflightDocument(TypedDict):
    """The check list; ready where nothing in it is blocking."""

    is_ready: bool
    checks: list[CheckDocument]


@router.post("/drones/{drone_id}/operations", status_code=HTTPStatus.ACCEPTED)
async def post_operation(drone_id: str, body: OperationBody, station: TheStation) -> OperationAnswer:
    """Order an operation; 202 once it is verified against the zones."""
    return {"operation": await _begin(drone_id, body, station)}


@router.get("/drones/{drone_id}/operations")
async def get_operation(drone_id: str, station: TheStation) -> OperationAnswer:
    """Give the newest operation of a drone."""
    station.fleet.vehicle(drone_id)
    newest = station.operations.newest_of(drone_id)
    return {"operation": None if newest is None else newest.document}


@router.get("/drones/{drone_id}/home")
async def get_home(drone_id: str, station: TheStation) -> HomeDocument:
    """Ask the drone where its home is."""
    vehicle = station.fleet.vehicle(drone_id)
    station.demand_live()
    home = await read_home(vehicle)
    return {"position": position_document(home.position), "alt_amsl_m": round(home.alt_amsl_m, 3)}


@router.post("/operations", status_code=HTTPStatus.ACCEPTED)
async def post_group(body: GroupBody, station: TheStation) -> GroupAnswer:
    """Order one operation of several drones; what one refuses stops none of the others."""
    station.demand_live()

    answer: GroupAnswer = {"operations": [], "refused": []}

    async def begin(drone_id: str) -> None:
        try:
            answer["operations"].append(await _begin(drone_id, body.order, station))
        except Refusal as refusal:
            answer["refused"].append({"drone_id": drone_id, "problem": problem_of(refusal)})

    await asyncio.gather(*map(begin, dict.fromkeys(body.drones)))
    return answer


@router.get("/drones/{drone_id}/preflight")
async def get_preflight(
    drone_id: str, station: TheStation, plan_id: Annotated[str | None, Query(max_length=200)] = None
) -> PreflightDocument:
    """Go through the check list, for a plan where one is named."""
    vehicle = station.fleet.vehicle(drone_id)
    station.demand_live()
    stored = None if plan_id is None else station.plans.get(plan_id)
    share = None if stored is None else stored.document["battery_share"]
    checks = await check_before_flight(
        vehicle,
        None if stored is None else stored.plan,
        battery_need_pct=None if share is None else 100.0 * share,
    )
    return {
        "is_ready": all(check.verdict is not Verdict.BLOCKING for check in checks),
        "checks": [
            {"name": check.name.value, "verdict": check.verdict.value, "words": check.words}
            for check in checks
        ],
    }


async def _begin(drone_id: str, body: OperationBody, station: Station) -> OperationDocument:
    vehicle = station.fleet.vehicle(drone_id)
    station.demand_live()
    with acting_as(body.actor()):
        operation = operation_of(body, vehicle)
        if isinstance(operation, SetHome) and station.flights.is_flying(drone_id):
            raise ConflictError(
                f"drone {drone_id} flies a plan that was verified with its home",
                remedy="Set it before or after the flight",
            )
        if not operation.is_emergency:
            vehicle.control.demand(body.operation.replace("_", " "))
        await operation.check(station.zones.copy())
        station.fleet.guards.of(vehicle).note_command(body.operation)
        return station.operations.start(operation).document
