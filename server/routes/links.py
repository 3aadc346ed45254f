"""Links with their counts."""

from fastapi import APIRouter
from typing_extensions import TypedDict

from server.routes.station_of import TheStation
from telemetry.links.link_address import network_of
from telemetry.network.source import Source

router = APIRouter(prefix="/api/links", tags=["links"])


class HeardVehicleDocument(TypedDict):
    """A vehicle as one link hears it, over the last 10 s."""

    drone_id: str
    is_active: bool
    messages_per_s: float
    loss_share: float
    round_trip_s: float | None


class LinkDocument(TypedDict):
    """One link; the messages are those decoded, a vehicle is active on the link that it is spoken to over."""

    name: str
    network: str
    is_open: bool
    bytes_in: int
    bytes_out: int
    messages_in: dict[str, int]
    decode_errors: dict[str, int]
    vehicles: list[HeardVehicleDocument]


class LinksDocument(TypedDict):
    """All links."""

    links: list[LinkDocument]


@router.get("")
async def get_links(station: TheStation) -> LinksDocument:
    """Give all links, those that are still waited for too."""
    links: list[LinkDocument] = [
        {
            "name": link.name,
            "network": link.network.name,
            "is_open": link.is_open,
            "bytes_in": link.bytes_in,
            "bytes_out": link.bytes_out,
            "messages_in": link.messages_in,
            "decode_errors": link.decode_errors,
            "vehicles": [_heard(source) for source in link.vehicle_sources if source.paths is not None],
        }
        for link in station.bridge.links
    ]
    links += [
        {
            "name": address,
            "network": network_of(address),
            "is_open": False,
            "bytes_in": 0,
            "bytes_out": 0,
            "messages_in": {},
            "decode_errors": {},
            "vehicles": [],
        }
        for address in station.links.waiting
    ]
    return {"links": links}


def _heard(source: Source) -> HeardVehicleDocument:
    assert source.paths is not None
    quality = source.quality
    return {
        "drone_id": source.paths.vehicle.vehicle_id,
        "is_active": source is source.paths.active,
        "messages_per_s": round(quality.messages_per_s, 2),
        "loss_share": round(quality.loss_share, 4),
        "round_trip_s": None if quality.round_trip_s is None else round(quality.round_trip_s, 4),
    }
