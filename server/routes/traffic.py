"""Other aircraft, and the RTK corrections."""

from fastapi import APIRouter
from typing_extensions import TypedDict

from server.plan_store import PositionDocument, position_document
from server.routes.station_of import TheStation
from telemetry.traffic.aircraft import Aircraft

router = APIRouter(prefix="/api", tags=["traffic"])


class AircraftDocument(TypedDict):
    """Another aircraft; `alt_datum` is wgs84 or pressure, `near` names the drones that it is near to."""

    id: str
    source: str
    name: str
    age_s: float
    position: PositionDocument | None
    alt_m: float | None
    alt_datum: str
    heading_deg: float | None
    speed_m_s: float | None
    climb_m_s: float | None
    emitter_type: int | None
    squawk: str
    is_on_ground: bool
    operator: PositionDocument | None
    operator_id: str
    near: list[str]


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
    return {
        "aircraft": [
            _document(aircraft, picture.near_to(aircraft.traffic_id), now_s)
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


def _document(aircraft: Aircraft, near: tuple[str, ...], now_s: float) -> AircraftDocument:
    return {
        "id": aircraft.traffic_id,
        "source": aircraft.source,
        "name": aircraft.name,
        "age_s": round(max(0.0, now_s - aircraft.heard_s), 1),
        "position": None if aircraft.position is None else position_document(aircraft.position),
        "alt_m": aircraft.alt_m,
        "alt_datum": aircraft.alt_datum,
        "heading_deg": aircraft.heading_deg,
        "speed_m_s": aircraft.speed_m_s,
        "climb_m_s": aircraft.climb_m_s,
        "emitter_type": aircraft.emitter_type,
        "squawk": aircraft.squawk,
        "is_on_ground": aircraft.is_on_ground,
        "operator": None if aircraft.operator is None else position_document(aircraft.operator),
        "operator_id": aircraft.operator_id,
        "near": list(near),
    }
