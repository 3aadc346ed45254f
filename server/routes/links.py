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


@router.get("")
async def get_links(station: TheStation) -> LinksDocument:
    """Give all links, those that are still waited for too."""
    links: list[LinkDocument] = [
        {
            "name": link.name,
            "is_open": link.is_open,
            "bytes_in": link.bytes_in,
            "bytes_out": link.bytes_out,
            "messages_in": link.messages_in,
            "decode_errors": link.decode_errors,
        }
        for link in station.bridge.links
    ]
    links += [
        {
            "name": address,
            "is_open": False,
            "bytes_in": 0,
            "bytes_out": 0,
            "messages_in": {},
            "decode_errors": {},
        }
        for address in station.links.waiting
    ]
    return {"links": links}
