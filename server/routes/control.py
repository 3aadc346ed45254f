"""Who has the control of a drone: asked, taken, kept and given up."""

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Literal, assert_never

from fastapi import APIRouter, Query
from pydantic import Field, field_validator
from starlette.responses import Response

from server.acting import Name, Ordered, Reason, actor_named
from server.control_document import LeaseDocument, lease_document
from server.routes.json_response import json_response
from server.routes.station_of import TheStation
from telemetry.control.actor import Actor
from telemetry.links.address import Address

router = APIRouter(prefix="/api/drones", tags=["drones"])


class ControlBody(Ordered):
    """What somebody wants with the control of a drone."""

    action: Literal["take", "renew", "object"] = "take"
    station: Annotated[str, Field(max_length=7)] | None = None

    @field_validator("station")
    @classmethod
    def refuse_no_address(cls, station: str | None) -> str | None:
        """Refuse what is no system and component id."""
        if station is not None:
            _address_of(station)
        return station

    def actor(self) -> Actor:
        """Give who acts, and the station that acts for them."""
        actor = super().actor()
        return actor if self.station is None else replace(actor, station=_address_of(self.station))


def _address_of(station: str) -> Address:
    numbers = station.split("/")
    if len(numbers) != 2 or not all(number.isdecimal() and 1 <= int(number) <= 255 for number in numbers):
        raise ValueError("a station is named by its system and component id, such as 255/30")
    return Address(int(numbers[0]), int(numbers[1]))


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
