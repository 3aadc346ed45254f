"""The replay: where it is, and where it shall be."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import HTTPConnection

from server.errors import InvalidError, NotFoundError
from server.replay_player import ReplayDocument, ReplayPlayer

router = APIRouter(prefix="/api/replay", tags=["replay"])


def player_of(connection: HTTPConnection) -> ReplayPlayer:
    """Give the player or raise `NotFoundError`."""
    player: ReplayPlayer | None = connection.app.state.replay
    if player is None:
        raise NotFoundError("nothing is replayed here", remedy="Start `feiying replay FLIGHT.tlog`")
    return player


ThePlayer = Annotated[ReplayPlayer, Depends(player_of)]


class ReplayOrder(BaseModel):
    """What shall be otherwise; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    time_s: Annotated[float | None, Field(allow_inf_nan=False)] = None
    fraction: Annotated[float | None, Field(ge=0.0, le=1.0)] = None
    speed: Annotated[float | None, Field(ge=0.0, le=1000.0)] = None
    is_paused: bool | None = None


@router.get("")
async def get_replay(player: ThePlayer) -> ReplayDocument:
    """Give where the replay is."""
    return player.document()


@router.post("")
async def steer_replay(player: ThePlayer, order: ReplayOrder) -> ReplayDocument:
    """Seek, change the speed, pause or go on; answers when it is done."""
    if order.time_s is not None and order.fraction is not None:
        raise InvalidError("time_s and fraction are both given", remedy="Give one of them")
    if order.speed is not None:
        player.set_speed(order.speed)
    if order.is_paused is not None:
        player.pause(is_paused=order.is_paused)
    if order.time_s is not None or order.fraction is not None:
        await player.seek(time_s=order.time_s, fraction=order.fraction)
    return player.document()
