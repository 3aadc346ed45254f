"""The web application, put together."""

from fastapi import FastAPI

from server.credentials import Credentials
from server.errors import PROBLEM_ANSWER, install_error_handlers
from server.gate import Gate
from server.replay_player import ReplayPlayer
from server.routes import (
    control,
    drones,
    events,
    flights,
    health,
    links,
    live,
    login,
    operations,
    page,
    plans,
    replay,
    schedules,
    traffic,
    vehicles,
    zone_activity,
    zones,
)
from server.settings import Settings
from server.station import Station
from server.version import __version__


def create_app(station: Station, settings: Settings, *, player: ReplayPlayer | None = None) -> FastAPI:
    """Make the application over a station.

    Parameters
    ----------
    station : Station
        Started and closed by the caller.
    settings : Settings
    player : ReplayPlayer, optional
        Where the station plays a recording; each new station of it takes the former one's place.
    """
    # FastAPI's own documentation pages load scripts from a content delivery network.
    app = FastAPI(
        title="Feiying",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses={"default": PROBLEM_ANSWER},
    )
    credentials = None if settings.token is None else Credentials(settings.token)
    app.state.station = station
    app.state.replay = player
    if player is not None:
        player.on_station = lambda station: setattr(app.state, "station", station)
    app.state.settings = settings
    app.state.credentials = credentials
    for noun in (
        health,
        zones,
        zone_activity,
        vehicles,
        plans,
        schedules,
        drones,
        control,
        operations,
        flights,
        events,
        links,
        traffic,
        replay,
        live,
    ):
        app.include_router(noun.router)
    if credentials is not None:
        app.include_router(login.router)
    app.include_router(page.router)
    install_error_handlers(app)
    app.add_middleware(Gate, settings=settings, credentials=credentials)
    return app
