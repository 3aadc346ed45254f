"""How a route gets at the station."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from server.station import Station


def station_of(connection: HTTPConnection) -> Station:
    """Give the station the application was made over."""
    station: Station = connection.app.state.station
    return station


TheStation = Annotated[Station, Depends(station_of)]
