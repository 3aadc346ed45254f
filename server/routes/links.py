"""Links with their counts."""

from fastapi import APIRouter
from typing_extensions import TypedDict

from server.routes.station_of import TheStation

router = APIRouter(prefix="/api/links", tags=["links"])


class LinkDocument(TypedDict):
    """One link; the messages are those decoded."""

    name: str
    is_open: bool
    bytes_in: int
    bytes_out: int
    messages_in: dict[str, int]
    decode_errors: dict[str, int]


class LinksDocument(TypedDict):
    """All links."""

    links: list[LinkDocument]
