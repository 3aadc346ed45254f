"""What a single message says of a vehicle, in the units of its state.

Meaning and unknown values of the fields: https://mavlink.io/en/messages/common.html
"""

import math
from collections.abc import Callable
from typing import Any

from geofence.latlon import LatLon
from telemetry.wire.dialect import definition_of
from telemetry.wire.message import Message

Values = dict[str, Any]
"""Fields of a `VehicleState` by name."""
Reader = Callable[[Values, Message], None]

_UINT8_MAX = 0xFF
_UINT16_MAX = 0xFFFF
_STANDING_STILL_M_S = 0.3


def _position(lat_e7: int, lon_e7: int) -> LatLon | None:
    """Autopilots say 0, 0 before they know; a latitude of 91 degrees is nobody's."""
    lat_deg, lon_deg = lat_e7 / 1e7, lon_e7 / 1e7
    if (lat_e7 == 0 and lon_e7 == 0) or abs(lat_deg) > 90.0 or abs(lon_deg) > 180.0:
        return None
    return LatLon(lat_deg, lon_deg)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _read_position(values: Values, message: Message) -> None:
    fields = message.fields
    position = _position(fields["lat"], fields["lon"])
    values["position"] = position
    values["boot_time_s"] = fields["time_boot_ms"] / 1e3
    values["alt_amsl_m"] = None if position is None else fields["alt"] / 1e3
    values["alt_rel_m"] = fields["relative_alt"] / 1e3
    if fields["hdg"] != _UINT16_MAX:
        values["heading_deg"] = fields["hdg"] / 100.0 % 360.0
    values["says_velocity"] = True
    north_m_s, east_m_s = fields["vx"] / 100.0, fields["vy"] / 100.0
    speed_m_s = math.hypot(north_m_s, east_m_s)
    values["north_m_s"], values["east_m_s"] = north_m_s, east_m_s
    values["ground_speed_m_s"] = speed_m_s
    values["climb_m_s"] = -fields["vz"] / 100.0
    values["course_deg"] = (
        math.degrees(math.atan2(east_m_s, north_m_s)) % 360.0 if speed_m_s > _STANDING_STILL_M_S else None
    )


def _read_hud(values: Values, message: Message) -> None:
    if not values.get("says_velocity"):
        values["ground_speed_m_s"] = _finite(message.groundspeed)
        values["climb_m_s"] = _finite(message.climb)
    if values.get("heading_deg") is None and 0 <= message.heading <= 360:
        values["heading_deg"] = message.heading % 360.0


def _read_attitude(values: Values, message: Message) -> None:
    for name, angle_rad in (("roll_deg", message.roll), ("pitch_deg", message.pitch)):
        values[name] = math.degrees(angle_rad) if math.isfinite(angle_rad) else None
    yaw_rad = message.yaw
    values["yaw_deg"] = math.degrees(yaw_rad) % 360.0 if math.isfinite(yaw_rad) else None


def _read_gps(values: Values, message: Message) -> None:
    values["gps_fix"] = message.fix_type
    satellites = message.satellites_visible
    values["gps_satellites"] = None if satellites == _UINT8_MAX else satellites
    values["gps_hdop"] = None if message.eph == _UINT16_MAX else message.eph / 100.0
    values["gps_horizontal_accuracy_m"] = message.h_acc / 1e3 if message.h_acc else None
    values["gps_vertical_accuracy_m"] = message.v_acc / 1e3 if message.v_acc else None


def _read_home(values: Values, message: Message) -> None:
    home = _position(message.latitude, message.longitude)
    values["home"] = home
    values["home_alt_amsl_m"] = None if home is None else message.altitude / 1e3


def _read_terrain(values: Values, message: Message) -> None:
    values["terrain_pending"], values["terrain_loaded"] = message.pending, message.loaded
    is_known = bool(message.spacing)
    values["ground_alt_amsl_m"] = message.terrain_height if is_known else None
    values["alt_agl_m"] = message.current_height if is_known else None


def by_number(readers: dict[str, Reader]) -> dict[int, Reader]:
    """Give readers by the numbers of their messages."""
    return {definition_of(name).msg_id: reader for name, reader in readers.items()}


FLIGHT_READERS = by_number(
    {
        "GLOBAL_POSITION_INT": _read_position,
        "VFR_HUD": _read_hud,
        "ATTITUDE": _read_attitude,
        "GPS_RAW_INT": _read_gps,
        "HOME_POSITION": _read_home,
        "TERRAIN_REPORT": _read_terrain,
    }
)
"""Of the autopilot; only the newest of each message counts."""
