"""What a vehicle says of itself: each message made from its present state."""

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.autopilot import boot_sequence
from simulator.autopilot.auto import MissionState
from simulator.autopilot.autopilot import Autopilot
from simulator.autopilot.mode import ModeNumber
from simulator.protocol.channel import Message
from simulator.protocol.payload_bytes import PayloadBytes, payload_packer
from simulator.protocol.sensor_bits import sensor_bits

CONTROLLER_ACTIVE_S = 0.2
"""So long a position controller counts as running after it last ran; a new mode initialises it."""

CAPABILITIES = (
    dialect.MAV_PROTOCOL_CAPABILITY_MISSION_FLOAT
    | dialect.MAV_PROTOCOL_CAPABILITY_PARAM_FLOAT
    | dialect.MAV_PROTOCOL_CAPABILITY_FTP
    | dialect.MAV_PROTOCOL_CAPABILITY_MISSION_INT
    | dialect.MAV_PROTOCOL_CAPABILITY_COMMAND_INT
    | dialect.MAV_PROTOCOL_CAPABILITY_SET_ATTITUDE_TARGET
    | dialect.MAV_PROTOCOL_CAPABILITY_SET_POSITION_TARGET_LOCAL_NED
    | dialect.MAV_PROTOCOL_CAPABILITY_SET_POSITION_TARGET_GLOBAL_INT
    | dialect.MAV_PROTOCOL_CAPABILITY_MAVLINK2
    | dialect.MAV_PROTOCOL_CAPABILITY_MISSION_FENCE
    | dialect.MAV_PROTOCOL_CAPABILITY_MISSION_RALLY
)
"""Of ArduCopter's, those that are really here; there is no terrain."""
VERSION_4_6_2 = 0x04060200 | dialect.FIRMWARE_VERSION_TYPE_OFFICIAL

_ATTITUDE = payload_packer("ATTITUDE")
_AUTOPILOT_VERSION = payload_packer("AUTOPILOT_VERSION")
_BATTERY_STATUS = payload_packer("BATTERY_STATUS")
_EKF_STATUS_REPORT = payload_packer("EKF_STATUS_REPORT")
_EXTENDED_SYS_STATE = payload_packer("EXTENDED_SYS_STATE")
_FENCE_STATUS = payload_packer("FENCE_STATUS")
_GLOBAL_POSITION_INT = payload_packer("GLOBAL_POSITION_INT")
_GPS_GLOBAL_ORIGIN = payload_packer("GPS_GLOBAL_ORIGIN")
_GPS_RAW_INT = payload_packer("GPS_RAW_INT")
_HEARTBEAT = payload_packer("HEARTBEAT")
_HOME_POSITION = payload_packer("HOME_POSITION")
_LOCAL_POSITION_NED = payload_packer("LOCAL_POSITION_NED")
_MEMINFO = payload_packer("MEMINFO")
_MISSION_CURRENT = payload_packer("MISSION_CURRENT")
_NAV_CONTROLLER_OUTPUT = payload_packer("NAV_CONTROLLER_OUTPUT")
_POSITION_TARGET_GLOBAL_INT = payload_packer("POSITION_TARGET_GLOBAL_INT")
_POWER_STATUS = payload_packer("POWER_STATUS")
_RAW_IMU = payload_packer("RAW_IMU")
_RC_CHANNELS = payload_packer("RC_CHANNELS")
_SCALED_PRESSURE = payload_packer("SCALED_PRESSURE")
_SERVO_OUTPUT_RAW = payload_packer("SERVO_OUTPUT_RAW")
_SYS_STATUS = payload_packer("SYS_STATUS")
_SYSTEM_TIME = payload_packer("SYSTEM_TIME")
_VFR_HUD = payload_packer("VFR_HUD")
_VIBRATION = payload_packer("VIBRATION")


def air_pressure_pa(alt_amsl_m: float) -> float:
    """Pressure of the standard atmosphere."""
    return float(101_325.0 * (1.0 - 2.25577e-5 * alt_amsl_m) ** 5.25588)


def board_id(system_id: int) -> str:
    """Give the 32 hexadecimal digits that tell one board from all others."""
    return hashlib.sha256(f"simulated board {system_id}".encode()).hexdigest()[:32]


def message_id_of(name: str) -> int:
    """Give the number of a message in the dialect."""
    return int(getattr(dialect, f"MAVLINK_MSG_ID_{name}"))


class StateMessages:
    """Builds each message from the vehicle's state.

    Parameters
    ----------
    autopilot : Autopilot
    epoch_unix_s : float
        The UTC time at power-on.
    """

    def __init__(self, autopilot: Autopilot, epoch_unix_s: float) -> None:
        self._autopilot = autopilot
        self._epoch_unix_s = epoch_unix_s
        autopilot.epoch_unix_s = epoch_unix_s
        self._builders: dict[int, Callable[[], Message | PayloadBytes | None]] = {
            message_id_of(name): getattr(self, f"_{name.lower()}")
            for name in (
                "HEARTBEAT",
                "SYS_STATUS",
                "SYSTEM_TIME",
                "GPS_RAW_INT",
                "RAW_IMU",
                "SCALED_PRESSURE",
                "ATTITUDE",
                "LOCAL_POSITION_NED",
                "GLOBAL_POSITION_INT",
                "SERVO_OUTPUT_RAW",
                "MISSION_CURRENT",
                "GPS_GLOBAL_ORIGIN",
                "NAV_CONTROLLER_OUTPUT",
                "RC_CHANNELS",
                "VFR_HUD",
                "POSITION_TARGET_GLOBAL_INT",
                "POWER_STATUS",
                "BATTERY_STATUS",
                "AUTOPILOT_VERSION",
                "MEMINFO",
                "FENCE_STATUS",
                "EKF_STATUS_REPORT",
                "VIBRATION",
                "HOME_POSITION",
                "EXTENDED_SYS_STATE",
            )
        }

    def add(self, builders: Mapping[int, Callable[[], Message | PayloadBytes | None]]) -> None:
        """Let something that the vehicle carries speak, too."""
        self._builders.update(builders)

    def __iter__(self) -> Iterator[int]:
        return iter(self._builders)

    def __contains__(self, message_id: int) -> bool:
        return message_id in self._builders

    def build(self, message_id: int) -> Message | PayloadBytes | None:
        """Make a message, or None where there is nothing to say yet."""
        return self._builders[message_id]()

    @property
    def _time_ms(self) -> int:
        return round(self._autopilot.now_s * 1000) & 0xFFFFFFFF

    @property
    def _time_us(self) -> int:
        return round(self._autopilot.now_s * 1_000_000)

    def _heartbeat(self) -> PayloadBytes:
        autopilot = self._autopilot
        is_booting = not autopilot.boot.has_passed(boot_sequence.READY_S)
        number = autopilot.mode.number
        if number is ModeNumber.AUTO and autopilot.auto.is_auto_rtl:
            number = ModeNumber.AUTO_RTL
        base = dialect.MAV_MODE_FLAG_CUSTOM_MODE_ENABLED | dialect.MAV_MODE_FLAG_STABILIZE_ENABLED
        base |= dialect.MAV_MODE_FLAG_MANUAL_INPUT_ENABLED
        if autopilot.is_armed:
            base |= dialect.MAV_MODE_FLAG_SAFETY_ARMED
        if is_booting or self._is_position_controlled:
            base |= dialect.MAV_MODE_FLAG_GUIDED_ENABLED
        if is_booting:
            status = dialect.MAV_STATE_BOOT
        elif autopilot.failsafe.is_active:
            status = dialect.MAV_STATE_CRITICAL
        elif autopilot.is_landed:
            status = dialect.MAV_STATE_STANDBY
        else:
            status = dialect.MAV_STATE_ACTIVE
        return _HEARTBEAT(
            dialect.MAV_TYPE_QUADROTOR, dialect.MAV_AUTOPILOT_ARDUPILOTMEGA, base, int(number), status, 3
        )

    @property
    def _is_position_controlled(self) -> bool:
        """Whether the position controller ran within the last moments, as it does disarmed in most modes."""
        autopilot = self._autopilot
        number = autopilot.mode.number
        if number in (ModeNumber.STABILIZE, ModeNumber.ALT_HOLD):
            return False
        returns = number is ModeNumber.RTL or (number is ModeNumber.AUTO and autopilot.auto.is_returning)
        is_new = autopilot.now_s - autopilot.mode_changed_s < CONTROLLER_ACTIVE_S
        return autopilot.is_armed or is_new or not returns

    def _sys_status(self) -> PayloadBytes:
        autopilot = self._autopilot
        battery = autopilot.battery
        return _SYS_STATUS(
            *sensor_bits(autopilot),
            0,
            min(round(battery.voltage_v * 1000), 65534),
            min(round(battery.current_a * 100), 32767),
            battery.remaining_pct(autopilot.parameters["BATT_CAPACITY"]),
            0,
            0,
            0,
            0,
            0,
            0,
        )

    def _system_time(self) -> PayloadBytes:
        unix_us = 0
        if self._autopilot.boot.has_passed(boot_sequence.GPS_FIX_S):
            jump_s = self._autopilot.ailments.clock_jump_s
            unix_us = round((self._epoch_unix_s + self._autopilot.now_s + jump_s) * 1e6)
        return _SYSTEM_TIME(unix_us, self._time_ms)

    def _gps_raw_int(self) -> PayloadBytes:
        autopilot = self._autopilot
        if not autopilot.boot.has_passed(boot_sequence.GPS_FIX_S):
            fix = 1 if autopilot.boot.has_passed(9.81) else 0
            return _GPS_RAW_INT(0, fix, 0, 0, 0, 65535, 65535, 0, 0, 0)
        ailments = autopilot.ailments
        if not ailments.has_gps:
            return _GPS_RAW_INT(self._time_us, dialect.GPS_FIX_TYPE_NO_FIX, 0, 0, 0, 65535, 65535, 0, 0, 0)
        body = autopilot.body
        north_m, east_m = autopilot.true_place_m
        lat_e7, lon_e7 = autopilot.frame.to_e7(north_m + ailments.gps_north_m, east_m + ailments.gps_east_m)
        alt_mm = round((autopilot.origin_alt_amsl_m + body.up_m) * 1000)
        speed = body.ground_speed_m_s
        course = math.degrees(math.atan2(body.velocity_east_m_s, body.velocity_north_m_s)) % 360.0
        return _GPS_RAW_INT(
            self._time_us,
            dialect.GPS_FIX_TYPE_RTK_FIXED,
            lat_e7,
            lon_e7,
            alt_mm,
            121,
            200,
            round(speed * 100),
            round(course * 100) % 36000 if speed > 0.1 else 0,
            10,
            alt_mm,
            300,
            300,
            0,
            0,
            0,
        )

    def _raw_imu(self) -> PayloadBytes:
        body = self._autopilot.body
        return _RAW_IMU(
            self._time_us,
            round(-20.0 * math.sin(body.pitch_rad) * body.specific_force_g),
            round(20.0 * math.sin(body.roll_rad) * body.specific_force_g),
            round(-1000.0 * body.specific_force_g),
            round(body.roll_rate_rad_s * 1000),
            round(body.pitch_rate_rad_s * 1000),
            round(body.yaw_rate_rad_s * 1000),
            round(280 * math.cos(body.yaw_rad)),
            round(-280 * math.sin(body.yaw_rad)),
            430,
            0,
            2500,
        )

    def _scaled_pressure(self) -> PayloadBytes:
        altitude = self._autopilot.origin_alt_amsl_m + self._autopilot.body.up_m
        pressure_hpa = 0.01 * air_pressure_pa(altitude)
        return _SCALED_PRESSURE(self._time_ms, pressure_hpa, 0.0, 2500, 0)

    def _attitude(self) -> PayloadBytes:
        body = self._autopilot.body
        return _ATTITUDE(
            self._time_ms,
            body.roll_rad,
            body.pitch_rad,
            body.yaw_rad,
            body.roll_rate_rad_s,
            body.pitch_rate_rad_s,
            body.yaw_rate_rad_s,
        )

    def _local_position_ned(self) -> PayloadBytes | None:
        if not self._autopilot.has_position:
            return None
        body = self._autopilot.body
        return _LOCAL_POSITION_NED(
            self._time_ms,
            body.north_m,
            body.east_m,
            -body.up_m,
            body.velocity_north_m_s,
            body.velocity_east_m_s,
            -body.velocity_up_m_s,
        )

    @property
    def _heading_deg(self) -> float:
        return math.degrees(self._autopilot.body.yaw_rad) % 360.0

    def _global_position_int(self) -> PayloadBytes:
        autopilot = self._autopilot
        body = autopilot.body
        heading = round(self._heading_deg * 100) % 36000
        if not autopilot.boot.has_passed(boot_sequence.GPS_FIX_S):
            return _GLOBAL_POSITION_INT(self._time_ms, 0, 0, 0, 0, 0, 0, 0, heading)
        lat_e7, lon_e7 = autopilot.frame.to_e7(body.north_m, body.east_m)
        return _GLOBAL_POSITION_INT(
            self._time_ms,
            lat_e7,
            lon_e7,
            round((autopilot.origin_alt_amsl_m + body.up_m) * 1000),
            round(autopilot.alt_rel_m * 1000),
            round(body.velocity_north_m_s * 100),
            round(body.velocity_east_m_s * 100),
            round(-body.velocity_up_m_s * 100),
            heading,
        )

    def _servo_output_raw(self) -> PayloadBytes:
        autopilot = self._autopilot
        pwm = 1000
        if autopilot.is_armed:
            pwm = 1150 if autopilot.is_landed else 1100 + self._throttle_pct * 8
        others = (autopilot.outputs.pwm.get(number, 0) for number in range(5, 17))
        return _SERVO_OUTPUT_RAW(self._time_us & 0xFFFFFFFF, 0, pwm, pwm, pwm, pwm, *others)

    def _mission_current(self) -> PayloadBytes:
        autopilot = self._autopilot
        auto = autopilot.auto
        total = max(autopilot.mission.count() - 1, 0)
        state = auto.state
        mode = 1 if autopilot.mode is auto and state is not MissionState.NO_MISSION else 0
        return _MISSION_CURRENT(auto.current_seq, total, int(state), mode)

    def _gps_global_origin(self) -> PayloadBytes | None:
        autopilot = self._autopilot
        if not autopilot.has_origin:
            return None
        return _GPS_GLOBAL_ORIGIN(
            autopilot.frame.lat_e7,
            autopilot.frame.lon_e7,
            round(autopilot.origin_alt_amsl_m * 1000),
            self._time_us,
        )

    def _home_position(self) -> PayloadBytes | None:
        autopilot = self._autopilot
        if not autopilot.has_home:
            return None
        lat_e7, lon_e7, alt_m = autopilot.home_e7
        north, east, up = autopilot.home_place
        nothing = [math.nan] * 4
        return _HOME_POSITION(
            lat_e7, lon_e7, round(alt_m * 1000), north, east, -up, nothing, 0.0, 0.0, 0.0, self._time_us
        )

    def _nav_controller_output(self) -> PayloadBytes:
        autopilot = self._autopilot
        body = autopilot.body
        goal = autopilot.auto.goal if autopilot.mode is autopilot.auto else autopilot.guided.target
        bearing = distance = alt_error = 0.0
        if goal is not None:
            north, east = goal[0] - body.north_m, goal[1] - body.east_m
            bearing = math.degrees(math.atan2(east, north))
            distance = math.hypot(north, east)
            alt_error = autopilot.control.up - body.up_m
        return _NAV_CONTROLLER_OUTPUT(
            math.degrees(body.roll_rad),
            math.degrees(body.pitch_rad),
            round(math.degrees(body.yaw_rad)),
            round(bearing % 360.0),
            min(round(distance), 65535),
            alt_error,
            0.0,
            0.0,
        )

    def _rc_channels(self) -> PayloadBytes:
        channels = self._autopilot.sticks.channels_us
        return _RC_CHANNELS(self._time_ms, len(channels), *channels, *([0] * (18 - len(channels))), 255)

    @property
    def _throttle_pct(self) -> int:
        autopilot = self._autopilot
        if not autopilot.is_armed or autopilot.body.is_on_ground:
            return 0
        return min(100, round(36.0 * autopilot.body.specific_force_g))

    def _vfr_hud(self) -> PayloadBytes:
        autopilot = self._autopilot
        body = autopilot.body
        return _VFR_HUD(
            body.air_speed_m_s,
            body.ground_speed_m_s,
            int(self._heading_deg) % 360,
            self._throttle_pct,
            autopilot.origin_alt_amsl_m + body.up_m,
            body.velocity_up_m_s,
        )

    def _position_target_global_int(self) -> PayloadBytes | None:
        autopilot = self._autopilot
        control = autopilot.control
        if not autopilot.is_armed or not control.is_active:
            return None
        lat_e7, lon_e7 = autopilot.frame.to_e7(control.north, control.east)
        return _POSITION_TARGET_GLOBAL_INT(
            self._time_ms,
            dialect.MAV_FRAME_GLOBAL_INT,
            0xDF8,
            lat_e7,
            lon_e7,
            autopilot.origin_alt_amsl_m + control.up,
            control.velocity_north,
            control.velocity_east,
            -control.velocity_up,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
        )

    def _power_status(self) -> PayloadBytes:
        return _POWER_STATUS(5000, 0, 0)

    def _battery_status(self) -> PayloadBytes:
        autopilot = self._autopilot
        battery = autopilot.battery
        voltages = [min(round(battery.voltage_v * 1000), 65534)] + [65535] * 9
        charge_state = 2 if autopilot.failsafe.is_battery_tripped else 1
        return _BATTERY_STATUS(
            0,
            0,
            0,
            32767,
            voltages,
            min(round(battery.current_a * 100), 32767),
            round(battery.consumed_mah),
            round(battery.consumed_wh * 36.0),
            battery.remaining_pct(autopilot.parameters["BATT_CAPACITY"]),
            0,
            charge_state,
        )

    def _autopilot_version(self) -> PayloadBytes:
        uid = list(board_id(int(self._autopilot.parameters["SYSID_THISMAV"])).encode("ascii")[:18])
        return _AUTOPILOT_VERSION(
            CAPABILITIES, VERSION_4_6_2, 0, 0, 0, list(b"1ebd4d99"), [0] * 8, [0] * 8, 0, 0, 0, uid
        )

    def _meminfo(self) -> PayloadBytes:
        return _MEMINFO(0, 65535, 131072)

    def _fence_status(self) -> PayloadBytes | None:
        fence = self._autopilot.fence
        if not fence.is_enabled:
            return None
        return _FENCE_STATUS(
            1 if fence.breaches else 0, fence.breach_count, fence.breach_number, fence.breach_time_ms, 1
        )

    def _ekf_status_report(self) -> PayloadBytes:
        flags = self._autopilot.estimate.ekf_flags
        return _EKF_STATUS_REPORT(flags, 0.02, 0.005, 0.001, 0.003, 0.0, 0.0)

    def _vibration(self) -> PayloadBytes:
        level = 0.003 if self._autopilot.is_landed else 0.01
        return _VIBRATION(self._time_us, level, level, level, 0, 0, 0)

    def _extended_sys_state(self) -> PayloadBytes:
        autopilot = self._autopilot
        if autopilot.is_landed:
            state = dialect.MAV_LANDED_STATE_ON_GROUND
        elif autopilot.mode.number is ModeNumber.LAND or autopilot.is_descending_to_land:
            state = dialect.MAV_LANDED_STATE_LANDING
        elif autopilot.is_taking_off:
            state = dialect.MAV_LANDED_STATE_TAKEOFF
        else:
            state = dialect.MAV_LANDED_STATE_IN_AIR
        return _EXTENDED_SYS_STATE(dialect.MAV_VTOL_STATE_UNDEFINED, state)
