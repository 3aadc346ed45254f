"""Other aircraft as an ADS-B receiver reports them."""

import math

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.protocol.channel import Message
from simulator.world.air.traffic import Aircraft
from simulator.world.world_frame import WorldFrame

PERIOD_S = 1.0
RADIUS_M = 10_000.0
"""ADSB_LIST_RADIUS."""
_SQUAWK_VFR = 1200
_FLAGS = (
    dialect.ADSB_FLAGS_VALID_COORDS
    | dialect.ADSB_FLAGS_VALID_ALTITUDE
    | dialect.ADSB_FLAGS_VALID_HEADING
    | dialect.ADSB_FLAGS_VALID_VELOCITY
    | dialect.ADSB_FLAGS_VALID_CALLSIGN
    | dialect.ADSB_FLAGS_VALID_SQUAWK
    | dialect.ADSB_FLAGS_SIMULATED
)


def adsb_vehicle(aircraft: Aircraft, frame: WorldFrame) -> Message:
    """ADSB_VEHICLE."""
    lat_deg, lon_deg = frame.to_degrees(aircraft.north_m, aircraft.east_m)
    speed_m_s = math.hypot(aircraft.velocity_north_m_s, aircraft.velocity_east_m_s)
    heading_deg = math.degrees(math.atan2(aircraft.velocity_east_m_s, aircraft.velocity_north_m_s)) % 360.0
    settings = aircraft.settings
    return dialect.MAVLink_adsb_vehicle_message(
        settings.icao_address,
        round(float(lat_deg) * 1e7),
        round(float(lon_deg) * 1e7),
        dialect.ADSB_ALTITUDE_TYPE_GEOMETRIC,
        round(aircraft.alt_amsl_m * 1000.0),
        round(heading_deg * 100.0) % 36_000,
        round(speed_m_s * 100.0),
        round(aircraft.velocity_up_m_s * 100.0),
        settings.callsign.encode("ascii"),
        settings.emitter_type,
        0,
        _FLAGS,
        _SQUAWK_VFR,
    )
