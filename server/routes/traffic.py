"""Other aircraft, and the RTK corrections."""

from fastapi import APIRouter
from typing_extensions import TypedDict

from server.aircraft_document import AircraftDocument, aircraft_document
from server.routes.station_of import TheStation

router = APIRouter(prefix="/api", tags=["traffic"])


class TrafficDocument(TypedDict):
    """All aircraft heard within the last minute."""

    aircraft: list[AircraftDocument]


class CorrectionsDocument(TypedDict):
    """RTK corrections; `messages` counts good frames by the number of their RTCM message."""

    source: str
    is_flowing: bool
    bytes_per_s: float
    frames: int
    bad_crc: int
    too_long: int
    messages: dict[int, int]


class CorrectionsAnswer(TypedDict):
    """The corrections of the station; null where it has no source of them."""

    corrections: CorrectionsDocument | None


@router.get("/traffic")
async def get_traffic(station: TheStation) -> TrafficDocument:
    """Give the other aircraft heard, by ADS-B and remote ID."""
    picture, now_s = station.traffic.picture, station.bridge.clock.monotonic_s()
    near = picture.near()
    return {
        "aircraft": [
            aircraft_document(aircraft, near.get(aircraft.traffic_id, ()), now_s)
            for aircraft in picture.aircraft.values()
        ]
    }


@router.get("/corrections")
async def get_corrections(station: TheStation) -> CorrectionsAnswer:
    """Tell what RTK corrections come."""
    relay = station.corrections
    if relay is None:
        return {"corrections": None}
    state = relay.state
    return {
        "corrections": {
            "source": relay.source.name,
            "is_flowing": state.is_flowing,
            "bytes_per_s": round(state.bytes_per_s, 1),
            "frames": state.frames,
            "bad_crc": state.bad_crc,
            "too_long": state.too_long,
            "messages": state.numbers,
        }
    }
