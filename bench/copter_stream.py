"""What copters on patrol send, as bytes: the same for the same arguments, every time."""

import math
from collections.abc import Iterator

from telemetry.wire.codec import Encoder
from telemetry.wire.message import Message

_RATES_HZ = {
    "HEARTBEAT": 1,
    "SYS_STATUS": 2,
    "POWER_STATUS": 2,
    "MEMINFO": 2,
    "MISSION_CURRENT": 2,
    "GPS_RAW_INT": 2,
    "NAV_CONTROLLER_OUTPUT": 2,
    "FENCE_STATUS": 2,
    "SYSTEM_TIME": 3,
    "GLOBAL_POSITION_INT": 5,
    "LOCAL_POSITION_NED": 3,
    "ATTITUDE": 10,
    "VFR_HUD": 10,
    "AHRS2": 10,
    "RC_CHANNELS": 2,
    "SERVO_OUTPUT_RAW": 2,
    "RAW_IMU": 2,
    "SCALED_PRESSURE": 2,
    "EKF_STATUS_REPORT": 3,
    "VIBRATION": 3,
    "BATTERY_STATUS": 3,
    "EXTENDED_SYS_STATE": 2,
}
MESSAGES_PER_VEHICLE_S = sum(_RATES_HZ.values())

_STEPS_PER_S = 30
_HOME_LAT_DEG, _HOME_LON_DEG, _HOME_ALT_M = 36.0925, 103.7080, 1520.0
_RADIUS_M, _SPEED_M_S, _HEIGHT_M = 200.0, 8.0, 50.0
_M_PER_DEG = 111_320.0


def copter_stream(vehicles: int, messages: int, *, system_id: int = 1) -> Iterator[bytes]:
    """Make frames of several ArduCopters circling in AUTO, in the rates of a busy ground station link.

    Parameters
    ----------
    vehicles, messages : int
    system_id : int
        Of the first; the others follow.
    """
    encoders = [Encoder(system_id + number, 1) for number in range(vehicles)]
    made = 0
    step = 0
    while True:
        time_s = step / _STEPS_PER_S
        names = [name for name, rate_hz in _RATES_HZ.items() if step * rate_hz % _STEPS_PER_S < rate_hz]
        for number, encoder in enumerate(encoders):
            for name in names:
                yield encoder.encode(Message.new(name, **_fields(name, time_s, number)))
                made += 1
                if made == messages:
                    return
        step += 1


def _fields(name: str, time_s: float, number: int) -> dict[str, object]:
    angle = time_s * _SPEED_M_S / _RADIUS_M + number
    north_m, east_m = _RADIUS_M * math.cos(angle), _RADIUS_M * math.sin(angle)
    heading = (angle + math.pi / 2.0) % math.tau
    lat = round((_HOME_LAT_DEG + north_m / _M_PER_DEG) * 1e7)
    lon = round((_HOME_LON_DEG + east_m / _M_PER_DEG / math.cos(math.radians(_HOME_LAT_DEG))) * 1e7)
    boot_ms = round(time_s * 1e3) + 60_000
    north_m_s, east_m_s = _SPEED_M_S * math.cos(heading), _SPEED_M_S * math.sin(heading)
    wobble = 0.02 * math.sin(7.0 * time_s + number)
    remaining_pct = max(20, 100 - round(time_s / 12.0))
    match name:
        case "HEARTBEAT":
            return {
                "type": 2,
                "autopilot": 3,
                "base_mode": 217,
                "custom_mode": 3,
                "system_status": 4,
                "mavlink_version": 3,
            }
        case "SYS_STATUS":
            return {
                "onboard_control_sensors_present": 0x5361FC2F,
                "onboard_control_sensors_enabled": 0x5361FC2F,
                "onboard_control_sensors_health": 0x5761FC2F,
                "load": 310,
                "voltage_battery": 12_400 - round(time_s),
                "current_battery": 1520,
                "battery_remaining": remaining_pct,
            }
        case "POWER_STATUS":
            return {"Vcc": 5000}
        case "MEMINFO":
            return {"freemem": 65535, "freemem32": 131_072}
        case "MISSION_CURRENT":
            return {"seq": 1 + int(time_s / 10.0), "total": 120, "mission_state": 3}
        case "GPS_RAW_INT":
            return {
                "time_usec": boot_ms * 1000,
                "fix_type": 6,
                "lat": lat,
                "lon": lon,
                "alt": round((_HOME_ALT_M + _HEIGHT_M) * 1e3),
                "eph": 121,
                "epv": 200,
                "vel": round(_SPEED_M_S * 100),
                "cog": round(math.degrees(heading) * 100) % 36_000,
                "satellites_visible": 10,
                "h_acc": 300,
                "v_acc": 300,
                "vel_acc": 40,
            }
        case "NAV_CONTROLLER_OUTPUT":
            return {
                "nav_roll": wobble,
                "nav_pitch": -3.1,
                "nav_bearing": 90,
                "target_bearing": 91,
                "wp_dist": 77,
            }
        case "FENCE_STATUS":
            return {}
        case "SYSTEM_TIME":
            return {"time_unix_usec": 1_795_335_349_000_000 + boot_ms * 1000, "time_boot_ms": boot_ms}
        case "GLOBAL_POSITION_INT":
            return {
                "time_boot_ms": boot_ms,
                "lat": lat,
                "lon": lon,
                "alt": round((_HOME_ALT_M + _HEIGHT_M + wobble) * 1e3),
                "relative_alt": round((_HEIGHT_M + wobble) * 1e3),
                "vx": round(north_m_s * 100),
                "vy": round(east_m_s * 100),
                "hdg": round(math.degrees(heading) * 100) % 36_000,
            }
        case "LOCAL_POSITION_NED":
            return {
                "time_boot_ms": boot_ms,
                "x": north_m,
                "y": east_m,
                "z": -_HEIGHT_M,
                "vx": north_m_s,
                "vy": east_m_s,
            }
        case "ATTITUDE":
            return {
                "time_boot_ms": boot_ms,
                "roll": wobble,
                "pitch": -0.05 + wobble,
                "yaw": heading - math.pi,
                "rollspeed": wobble / 3.0,
                "pitchspeed": wobble / 5.0,
                "yawspeed": _SPEED_M_S / _RADIUS_M,
            }
        case "VFR_HUD":
            return {
                "airspeed": _SPEED_M_S + wobble,
                "groundspeed": _SPEED_M_S,
                "heading": round(math.degrees(heading)) % 360,
                "throttle": 41,
                "alt": _HOME_ALT_M + _HEIGHT_M,
                "climb": wobble,
            }
        case "AHRS2":
            return {
                "roll": wobble,
                "pitch": -0.05,
                "yaw": heading - math.pi,
                "altitude": _HOME_ALT_M,
                "lat": lat,
                "lng": lon,
            }
        case "RC_CHANNELS":
            return {
                "time_boot_ms": boot_ms,
                "chancount": 16,
                **{f"chan{i}_raw": 1500 for i in range(1, 9)},
                "rssi": 254,
            }
        case "SERVO_OUTPUT_RAW":
            return {"time_usec": boot_ms * 1000, **{f"servo{i}_raw": 1480 + 9 * i for i in range(1, 5)}}
        case "RAW_IMU":
            return {
                "time_usec": boot_ms * 1000,
                "xacc": 12,
                "yacc": -7,
                "zacc": -998,
                "xgyro": 3,
                "xmag": 213,
                "ymag": 88,
                "zmag": -531,
                "temperature": 4500,
            }
        case "SCALED_PRESSURE":
            return {"time_boot_ms": boot_ms, "press_abs": 838.2, "press_diff": wobble, "temperature": 3500}
        case "EKF_STATUS_REPORT":
            return {
                "flags": 831,
                "velocity_variance": 0.03,
                "pos_horiz_variance": 0.02,
                "pos_vert_variance": 0.01,
                "compass_variance": 0.05,
            }
        case "VIBRATION":
            return {
                "time_usec": boot_ms * 1000,
                "vibration_x": 0.01,
                "vibration_y": 0.02,
                "vibration_z": 0.03,
            }
        case "BATTERY_STATUS":
            return {
                "current_consumed": round(time_s * 4.2),
                "temperature": 32767,
                "voltages": (12_400 - round(time_s), *(65535,) * 9),
                "current_battery": 1520,
                "battery_remaining": remaining_pct,
                "charge_state": 1,
            }
        case "EXTENDED_SYS_STATE":
            return {"landed_state": 2}
    raise ValueError(name)
