"""Another aircraft as the service shows it."""

from typing_extensions import TypedDict

from server.plan_store import PositionDocument, position_document
from telemetry.traffic.aircraft import Aircraft


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


def aircraft_document(aircraft: Aircraft, near: tuple[str, ...], now_s: float) -> AircraftDocument:
    """Show an aircraft."""
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
