"""Events, newer than asked."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response
from typing_extensions import TypedDict

from server.event_log import EventDocument
from server.routes.json_response import json_response
from server.routes.station_of import TheStation

router = APIRouter(prefix="/api/events", tags=["events"])


class EventsDocument(TypedDict):
    """Several events."""

    events: list[EventDocument]


@router.get("", response_model=EventsDocument)
async def get_events(station: TheStation, after: Annotated[int, Query(ge=0, le=2**53)] = 0) -> Response:
    """Give the kept events newer than `after`, oldest first."""
    events = b",".join(event.encoded for event in station.events.after(after))
    return json_response(b'{"events":[%s]}' % events)
