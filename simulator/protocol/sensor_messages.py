"""What a vehicle says of its sensors and estimates beside what a ground station needs to fly it."""

import math
from collections.abc import Callable

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.autopilot.autopilot import Autopilot
from simulator.protocol.payload_bytes import PayloadBytes, payload_packer

MILLI_G = 1000.0

_AHRS = payload_packer("AHRS")
_AHRS2 = payload_packer("AHRS2")
_ATTITUDE_QUATERNION = payload_packer("ATTITUDE_QUATERNION")
_ATTITUDE_TARGET = payload_packer("ATTITUDE_TARGET")
_HWSTATUS = payload_packer("HWSTATUS")
_POSITION_TARGET_LOCAL_NED = payload_packer("POSITION_TARGET_LOCAL_NED")
_SCALED_IMU = payload_packer("SCALED_IMU")
_SCALED_IMU2 = payload_packer("SCALED_IMU2")
_SCALED_IMU3 = payload_packer("SCALED_IMU3")
_SCALED_PRESSURE2 = payload_packer("SCALED_PRESSURE2")
_SIM_STATE = payload_packer("SIM_STATE")
_SIMSTATE = payload_packer("SIMSTATE")
_TERRAIN_REPORT = payload_packer("TERRAIN_REPORT")
_WIND = payload_packer("WIND")

SILENT_NAMES = (
    "RC_CHANNELS_RAW",
    "RC_CHANNELS_SCALED",
    "SCALED_PRESSURE3",
    "GPS_RTK",
    "GPS2_RAW",
    "GPS2_RTK",
    "PARAM_VALUE",
    "RANGEFINDER",
    "DISTANCE_SENSOR",
    "TERRAIN_REQUEST",
    "BATTERY2",
    "CAMERA_FEEDBACK",
    "GIMBAL_DEVICE_ATTITUDE_STATUS",
    "AUTOPILOT_STATE_FOR_GIMBAL_DEVICE",
    "OPTICAL_FLOW",
    "MAG_CAL_PROGRESS",
    "MAG_CAL_REPORT",
    "PID_TUNING",
    "RPM",
    "MISSION_ITEM_REACHED",
    "ADSB_VEHICLE",
    "EFI_STATUS",
    "GENERATOR_STATUS",
    "WINCH_STATUS",
    "ESC_TELEMETRY_1_TO_4",
    "HIGH_LATENCY2",
    "AIS_VESSEL",
)
"""Messages that ArduCopter knows how to schedule, and that a vehicle without such a part has nothing to say in."""


def _nothing() -> None:
    return None


class SensorMessages:
    """Builds each message from the vehicle's state."""

    def __init__(self, autopilot: Autopilot) -> None:
        self._autopilot = autopilot
        names = (
            "ATTITUDE_QUATERNION",
            "ATTITUDE_TARGET",
            "POSITION_TARGET_LOCAL_NED",
            "SCALED_IMU",
            "SCALED_IMU2",
            "SCALED_IMU3",
            "SCALED_PRESSURE2",
            "AHRS",
            "AHRS2",
            "HWSTATUS",
            "WIND",
            "SIMSTATE",
            "SIM_STATE",
            "TERRAIN_REPORT",
        )
        self.builders: dict[int, Callable[[], PayloadBytes | None]] = {
            _id(name): getattr(self, f"_{name.lower()}") for name in names
        }
        self.builders.update({_id(name): _nothing for name in SILENT_NAMES})

    @property
    def _time_ms(self) -> int:
        return round(self._autopilot.now_s * 1000) & 0xFFFFFFFF

    @property
    def _quaternion(self) -> list[float]:
        body = self._autopilot.body
        cos_r, sin_r = math.cos(body.roll_rad / 2), math.sin(body.roll_rad / 2)
        cos_p, sin_p = math.cos(body.pitch_rad / 2), math.sin(body.pitch_rad / 2)
        cos_y, sin_y = math.cos(body.yaw_rad / 2), math.sin(body.yaw_rad / 2)
        return [
            cos_r * cos_p * cos_y + sin_r * sin_p * sin_y,
            sin_r * cos_p * cos_y - cos_r * sin_p * sin_y,
            cos_r * sin_p * cos_y + sin_r * cos_p * sin_y,
            cos_r * cos_p * sin_y - sin_r * sin_p * cos_y,
        ]

    @property
    def _rates(self) -> tuple[float, float, float]:
        body = self._autopilot.body
        return body.roll_rate_rad_s, body.pitch_rate_rad_s, body.yaw_rate_rad_s

    def _attitude_quaternion(self) -> PayloadBytes:
        return _ATTITUDE_QUATERNION(self._time_ms, *self._quaternion, *self._rates, [0.0] * 4)

    def _attitude_target(self) -> PayloadBytes:
        thrust = 0.0
        if self._autopilot.is_armed and not self._autopilot.body.is_on_ground:
            thrust = min(0.36 * self._autopilot.body.specific_force_g, 1.0)
        return _ATTITUDE_TARGET(self._time_ms, 0, self._quaternion, *self._rates, thrust)

    def _position_target_local_ned(self) -> PayloadBytes | None:
        if not self._autopilot.is_guided:
            return None
        control = self._autopilot.control
        return _POSITION_TARGET_LOCAL_NED(
            self._time_ms,
            dialect.MAV_FRAME_LOCAL_NED,
            0xDF8 if self._autopilot.guided.target is not None else 0xDC7,
            control.north,
            control.east,
            -control.up,
            control.velocity_north,
            control.velocity_east,
            -control.velocity_up,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
        )

    def _imu(self) -> tuple[int, ...]:
        body = self._autopilot.body
        force = body.specific_force_g * MILLI_G
        return (
            round(-force * math.sin(body.pitch_rad) * 0.02),
            round(force * math.sin(body.roll_rad) * 0.02),
            round(-force),
            *(round(rate * 1000) for rate in self._rates),
        )

    def _field(self) -> tuple[int, int, int]:
        yaw_rad = self._autopilot.body.yaw_rad
        return round(280 * math.cos(yaw_rad)), round(-280 * math.sin(yaw_rad)), 430

    def _scaled_imu(self) -> PayloadBytes:
        return _SCALED_IMU(self._time_ms, *self._imu(), *self._field(), 2500)

    def _scaled_imu2(self) -> PayloadBytes:
        return _SCALED_IMU2(self._time_ms, *self._imu(), *self._field(), 2500)

    def _scaled_imu3(self) -> PayloadBytes:
        # There are two inertial units, and three compasses.
        return _SCALED_IMU3(self._time_ms, 0, 0, 0, 0, 0, 0, *self._field(), 0)

    def _scaled_pressure2(self) -> PayloadBytes:
        altitude_m = self._autopilot.origin_alt_amsl_m + self._autopilot.body.up_m
        pressure_hpa = 1013.25 * (1.0 - 2.25577e-5 * altitude_m) ** 5.25588
        return _SCALED_PRESSURE2(self._time_ms, pressure_hpa, 0.0, 2500, 0)

    def _ahrs(self) -> PayloadBytes:
        return _AHRS(0.0, 0.0, 0.0, 0.0, 0.0, 0.002, 0.002)

    def _ahrs2(self) -> PayloadBytes:
        body = self._autopilot.body
        return _AHRS2(
            body.roll_rad,
            body.pitch_rad,
            body.yaw_rad,
            self._autopilot.origin_alt_amsl_m + body.up_m,
            *self._autopilot.frame.to_e7(body.north_m, body.east_m),
        )

    def _hwstatus(self) -> PayloadBytes:
        return _HWSTATUS(5000, 0)

    def _wind(self) -> PayloadBytes:
        body = self._autopilot.body
        north, east = body.wind_north_m_s, body.wind_east_m_s
        return _WIND(math.degrees(math.atan2(-east, -north)), math.hypot(north, east), 0.0)

    def _simstate(self) -> PayloadBytes:
        body = self._autopilot.body
        return _SIMSTATE(
            body.roll_rad,
            body.pitch_rad,
            body.yaw_rad,
            0.0,
            0.0,
            -9.80665 * body.specific_force_g,
            *self._rates,
            *self._autopilot.frame.to_e7(body.north_m, body.east_m),
        )

    def _sim_state(self) -> PayloadBytes:
        body = self._autopilot.body
        lat_e7, lon_e7 = self._autopilot.frame.to_e7(body.north_m, body.east_m)
        return _SIM_STATE(
            *self._quaternion,
            body.roll_rad,
            body.pitch_rad,
            body.yaw_rad,
            0.0,
            0.0,
            -9.80665 * body.specific_force_g,
            *self._rates,
            lat_e7 * 1e-7,
            lon_e7 * 1e-7,
            self._autopilot.origin_alt_amsl_m + body.up_m,
            0.0,
            0.0,
            body.velocity_north_m_s,
            body.velocity_east_m_s,
            -body.velocity_up_m_s,
            lat_e7,
            lon_e7,
        )

    def _terrain_report(self) -> PayloadBytes | None:
        autopilot = self._autopilot
        body = autopilot.body
        if autopilot.ground is None:
            return None
        ground_up = autopilot.ground_up_m(body.north_m, body.east_m)
        lat_e7, lon_e7 = autopilot.frame.to_e7(body.north_m, body.east_m)
        if ground_up is None:
            return _TERRAIN_REPORT(lat_e7, lon_e7, 0, 0.0, 0.0, 504, 0)
        return _TERRAIN_REPORT(
            lat_e7,
            lon_e7,
            int(autopilot.parameters["TERRAIN_SPACING"]),
            autopilot.origin_alt_amsl_m + ground_up,
            body.up_m - ground_up,
            0,
            504,
        )


def _id(name: str) -> int:
    return int(getattr(dialect, f"MAVLINK_MSG_ID_{name}"))
