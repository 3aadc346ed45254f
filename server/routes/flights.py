"""Flights begun since the start."""

from fastapi import APIRouter
from starlette.responses import Response
from typing_extensions import TypedDict

from server.flight_store import FlightDocument
from server.routes.json_response import json_response
from server.routes.station_of import TheStation

router = APIRouter(prefix="/api/flights", tags=["flights"])


class FlightsDocument(TypedDict):
    """All flights."""

    flights: list[FlightDocument]


@router.get("", response_model=FlightsDocument)
async def get_flights(station: TheStation) -> Response:
    """Give all flights, oldest first."""
    station.fleet.observe()
    station.flights.observe()
    return json_response({"flights": [flight.document for flight in station.flights.all()]})
