"""Who has the control of a drone: asked, taken, kept and given up."""

from http import HTTPStatus
from typing import Annotated, Literal, assert_never

from fastapi import APIRouter, Query
from starlette.responses import Response

from server.acting import Name, Ordered, Reason, actor_named
from server.control_document import LeaseDocument, lease_document
from server.routes.json_response import json_response
from server.routes.station_of import TheStation

router = APIRouter(prefix="/api/drones", tags=["drones"])


class ControlBody(Ordered):
    """What somebody wants with the control of a drone."""

    action: Literal["take", "renew", "object"] = "take"


@router.get("/{drone_id}/control", response_model=LeaseDocument)
async def get_control(drone_id: str, station: TheStation) -> Response:
    """Tell who has it."""
    return json_response(lease_document(station.fleet.vehicle(drone_id)))


@router.post("/{drone_id}/control", response_model=LeaseDocument)
async def post_control(drone_id: str, body: ControlBody, station: TheStation) -> Response:
    """Take it, renew it, or object to who has asked for it; 202 where its holder has notice."""
    vehicle = station.fleet.vehicle(drone_id)
    station.demand_live()
    actor = body.actor()
    status = HTTPStatus.OK
    match body.action:
        case "take":
            if not vehicle.control.take(actor):
                status = HTTPStatus.ACCEPTED
        case "renew":
            vehicle.control.renew(actor)
        case "object":
            vehicle.control.object(actor)
        case _:
            assert_never(body.action)
    return json_response(lease_document(vehicle), status)


@router.delete("/{drone_id}/control", response_model=LeaseDocument)
async def delete_control(
    drone_id: str,
    station: TheStation,
    who: Annotated[Name, Query()] = "",
    why: Annotated[Reason, Query()] = "",
) -> Response:
    """Give it up, or withdraw a request for it."""
    vehicle = station.fleet.vehicle(drone_id)
    station.demand_live()
    vehicle.control.release(actor_named(who, why))
    return json_response(lease_document(vehicle))
