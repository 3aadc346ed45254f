"""One other aircraft as it was last heard (https://mavlink.io/en/messages/common.html#ADSB_VEHICLE, #OPEN_DRONE_ID_LOCATION)."""

from dataclasses import dataclass

from geofence.latlon import LatLon
from telemetry.wire.message import Message

ADSB, REMOTE_ID = "adsb", "remote_id"

_COORDS, _ALTITUDE, _HEADING, _VELOCITY, _CALLSIGN, _SQUAWK, _VERTICAL = 1, 2, 4, 8, 16, 32, 128
_GEOMETRIC = 1
_NO_DIRECTION, _NO_SPEED, _NO_CLIMB, _NO_ALTITUDE_M = 36_100, 25_500, 6_300, -1000.0
_ON_GROUND = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Aircraft:
    """What is known of it; None where it was not said.

    Parameters
    ----------
    traffic_id : str
        "adsb-" and the ICAO address, or "rid-" and the serial number or address heard.
    source : str
        "adsb" or "remote_id".
    name : str
        Callsign or serial number; the id without its prefix where none is said.
    position : LatLon or None
    alt_m : float or None
    alt_datum : str
        "wgs84" above the ellipsoid, "pressure" by the standard atmosphere; empty without an altitude.
    heard_s : float
        Monotonic, of its last position.
    is_on_ground : bool
    operator : LatLon or None
        Where whoever flies it stands, by remote ID.
    operator_id : str
    """

    traffic_id: str
    source: str
    name: str
    heard_s: float
    position: LatLon | None = None
    alt_m: float | None = None
    alt_datum: str = ""
    heading_deg: float | None = None
    speed_m_s: float | None = None
    climb_m_s: float | None = None
    emitter_type: int | None = None
    squawk: str = ""
    is_on_ground: bool = False
    operator: LatLon | None = None
    operator_id: str = ""


def position_e7(lat_e7: int, lon_e7: int) -> LatLon | None:
    """Give a place; None for 0, 0, which is what they say who know none, and for what is nowhere."""
    if (lat_e7 == 0 and lon_e7 == 0) or abs(lat_e7) > 900_000_000 or abs(lon_e7) > 1_800_000_000:
        return None
    return LatLon(lat_e7 / 1e7, lon_e7 / 1e7)


def adsb_aircraft(message: Message, now_s: float) -> Aircraft | None:
    """Read ADSB_VEHICLE; None where it has no position, or one older than a minute."""
    flags = message.flags
    position = position_e7(message.lat, message.lon) if flags & _COORDS else None
    if position is None or message.tslc > 60:
        return None
    address = f"{message.ICAO_address:06X}"
    callsign = message.callsign.strip() if flags & _CALLSIGN else ""
    is_high = bool(flags & _ALTITUDE)
    datum = "wgs84" if message.altitude_type == _GEOMETRIC else "pressure"
    return Aircraft(
        traffic_id=f"adsb-{address}",
        source=ADSB,
        name=callsign or address,
        heard_s=now_s - message.tslc,
        position=position,
        alt_m=message.altitude / 1e3 if is_high else None,
        alt_datum=datum if is_high else "",
        heading_deg=message.heading / 100.0 % 360.0 if flags & _HEADING else None,
        speed_m_s=message.hor_velocity / 100.0 if flags & _VELOCITY else None,
        climb_m_s=message.ver_velocity / 100.0 if flags & _VERTICAL else None,
        emitter_type=message.emitter_type,
        squawk=f"{message.squawk:04d}" if flags & _SQUAWK else "",
    )


def remote_id_of(message: Message) -> str:
    """Name the sender of an OPEN_DRONE_ID message by the address it was heard from; empty for the vehicle itself."""
    sender = bytes(message.id_or_mac)
    return sender.hex().rstrip("0") if any(sender) else ""


def serial_of(message: Message) -> str:
    """Read the serial number of OPEN_DRONE_ID_BASIC_ID."""
    return bytes(message.uas_id).split(b"\0")[0].decode("ascii", "replace")


def located(aircraft: Aircraft, message: Message, now_s: float) -> dict[str, object]:
    """Give what OPEN_DRONE_ID_LOCATION changes of an aircraft, which keeps its place where it says none."""
    position = position_e7(message.latitude, message.longitude)
    is_geodetic = message.altitude_geodetic > _NO_ALTITUDE_M
    is_barometric = message.altitude_barometric > _NO_ALTITUDE_M
    alt_m = message.altitude_geodetic if is_geodetic else message.altitude_barometric
    return {
        "heard_s": now_s,
        "position": position or aircraft.position,
        "alt_m": alt_m if is_geodetic or is_barometric else None,
        "alt_datum": "wgs84" if is_geodetic else "pressure" if is_barometric else "",
        "heading_deg": None if message.direction >= _NO_DIRECTION else message.direction / 100.0,
        "speed_m_s": None if message.speed_horizontal >= _NO_SPEED else message.speed_horizontal / 100.0,
        "climb_m_s": None if message.speed_vertical >= _NO_CLIMB else message.speed_vertical / 100.0,
        "is_on_ground": message.status == _ON_GROUND,
    }
