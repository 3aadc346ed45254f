"""Drones: seen and commanded."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response
from typing_extensions import TypedDict

from server.acting import Ordered
from server.drone_command import EMERGENCY_COMMANDS, CommandName, send_command
from server.drone_document import DroneDocument
from server.flight_store import FlightDocument
from server.plan_recheck import refuse_plan_against
from server.routes.json_response import json_response
from server.routes.station_of import TheStation
from telemetry.control.actor import acting_as
from telemetry.flight.flight_verification import departure_span_utc_s

router = APIRouter(prefix="/api/drones", tags=["drones"])


class DronesDocument(TypedDict):
    """All drones."""

    drones: list[DroneDocument]


class CommandBody(Ordered):
    """One command to one drone."""

    command: CommandName
    alt_rel_m: Annotated[float, Field(ge=1, le=120, allow_inf_nan=False)] | None = None


class CommandDocument(TypedDict):
    """The vehicle has acknowledged."""

    command: str
    accepted: bool


class GuardBody(Ordered):
    """Whether a drone is guarded; switching it off wants a reason."""

    is_on: bool


class FlightBody(Ordered):
    """Which plan to fly, and in what wind at most."""

    plan_id: Annotated[str, Field(min_length=1, max_length=200)]
    max_wind_m_s: Annotated[float, Field(ge=0, le=50, allow_inf_nan=False)] | None = None


class FlightAnswer(TypedDict):
    """A flight that has begun."""

    flight: FlightDocument


@router.get("", response_model=DronesDocument)
async def get_drones(station: TheStation) -> Response:
    """Give all drones."""
    station.fleet.observe()
    return json_response({"drones": [drone.document for drone in station.fleet.drones.values()]})


@router.get("/{drone_id}", response_model=DroneDocument)
async def get_drone(drone_id: str, station: TheStation) -> Response:
    """Give one drone."""
    return json_response(station.fleet.drone(drone_id).encoded)


@router.post("/{drone_id}/commands")
async def post_command(drone_id: str, body: CommandBody, station: TheStation) -> CommandDocument:
    """Send a command and wait for the vehicle's answer."""
    vehicle = station.fleet.vehicle(drone_id)
    station.demand_live()
    with acting_as(body.actor()):
        if body.command not in EMERGENCY_COMMANDS:
            vehicle.control.demand(body.command)
        station.fleet.guards.of(vehicle).note_command(body.command)
        await send_command(vehicle, body.command, body.alt_rel_m, station.fleet.watch)
    return {"command": body.command, "accepted": True}


@router.put("/{drone_id}/guard", response_model=DroneDocument)
async def put_guard(drone_id: str, body: GuardBody, station: TheStation) -> Response:
    """Switch the guard of a drone off, by whoever has its control, or on, by anybody."""
    vehicle = station.fleet.vehicle(drone_id)
    station.demand_live()
    with acting_as(body.actor()):
        return json_response(station.fleet.switch_guard(vehicle, is_on=body.is_on).encoded)


@router.post("/{drone_id}/flights", status_code=HTTPStatus.ACCEPTED)
async def post_flight(drone_id: str, body: FlightBody, station: TheStation) -> FlightAnswer:
    """Fly a plan whole, in the background."""
    vehicle = station.fleet.vehicle(drone_id)
    stored = station.plans.get(body.plan_id)
    station.demand_live()
    station.flights.demand_free(drone_id, body.plan_id)
    with acting_as(body.actor()):
        vehicle.control.demand(f"flying the plan {body.plan_id}")
    departure_utc_s = departure_span_utc_s(vehicle.clock.utc_s())
    await refuse_plan_against(
        station.zones.copy(),
        stored,
        station.planners,
        departure_utc_s=departure_utc_s,
        max_wind_m_s=body.max_wind_m_s,
    )
    with acting_as(body.actor()):
        flight = station.flights.start(vehicle, stored, station.zones.copy(), max_wind_m_s=body.max_wind_m_s)
    return {"flight": flight.document}
