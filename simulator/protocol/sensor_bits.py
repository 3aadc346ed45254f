"""Which sensors SYS_STATUS names as present, in use and well."""

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.autopilot import boot_sequence
from simulator.autopilot.autopilot import Autopilot
from simulator.autopilot.mode import ModeNumber

SENSORS_PRESENT = 0x5371FC2F
SENSOR_COMPASS = dialect.MAV_SYS_STATUS_SENSOR_3D_MAG
SENSOR_GPS = dialect.MAV_SYS_STATUS_SENSOR_GPS
SENSOR_Z = dialect.MAV_SYS_STATUS_SENSOR_Z_ALTITUDE_CONTROL
SENSOR_XY = dialect.MAV_SYS_STATUS_SENSOR_XY_POSITION_CONTROL
SENSOR_MOTORS = dialect.MAV_SYS_STATUS_SENSOR_MOTOR_OUTPUTS
SENSOR_FENCE = dialect.MAV_SYS_STATUS_GEOFENCE
SENSOR_AHRS = dialect.MAV_SYS_STATUS_AHRS
SENSOR_LOGGING = dialect.MAV_SYS_STATUS_LOGGING
SENSOR_BATTERY = dialect.MAV_SYS_STATUS_SENSOR_BATTERY
SENSOR_PREARM = dialect.MAV_SYS_STATUS_PREARM_CHECK


def sensor_bits(autopilot: Autopilot) -> tuple[int, int, int]:
    """Give the bits of what is present, enabled and healthy."""
    present = SENSORS_PRESENT
    enabled = present & ~(SENSOR_FENCE | SENSOR_LOGGING)
    health = present
    if not autopilot.boot.has_passed(boot_sequence.GPS_FIX_S):
        present, enabled, health = (bits & ~SENSOR_GPS for bits in (present, enabled, health))
    if not autopilot.ailments.has_gps:
        health &= ~SENSOR_GPS
    if not autopilot.ailments.has_compass:
        health &= ~SENSOR_COMPASS
    if autopilot.estimate.is_failsafe_on:
        health &= ~SENSOR_AHRS
    if autopilot.fence.is_enabled:
        enabled |= SENSOR_FENCE
        if autopilot.fence.breaches:
            health &= ~SENSOR_FENCE
    if not autopilot.is_armed:
        enabled &= ~SENSOR_MOTORS
    if not autopilot.has_origin:
        enabled &= ~SENSOR_AHRS
        health &= ~SENSOR_AHRS
    if autopilot.mode.number in (ModeNumber.STABILIZE, ModeNumber.ALT_HOLD) or not (
        autopilot.is_armed or autopilot.mode.number is ModeNumber.GUIDED
    ):
        enabled &= ~(SENSOR_Z | SENSOR_XY)
        health &= ~(SENSOR_Z | SENSOR_XY)
    if autopilot.failsafe.is_battery_tripped:
        health &= ~SENSOR_BATTERY
    if not autopilot.is_ready_to_arm:
        health &= ~SENSOR_PREARM
    return present, enabled, health
