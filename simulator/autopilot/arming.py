"""Why the vehicle may not be armed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.autopilot import boot_sequence
from simulator.autopilot.mode import ModeNumber

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot

FORCE_CODE = 21196.0
LEAST_THROTTLE_PWM = 910
LEAST_ANGLE_CDEG, MOST_ANGLE_CDEG = 1000, 8000
MIDDLE_THROTTLE = 0.55


def arming_reasons(autopilot: Autopilot, *, is_forced: bool = False) -> list[str]:
    """Return every reason not to arm now, worded as ArduCopter words them.

    Forcing skips the checks that are not mandatory, as ARMING_CHECK 0 does.
    """
    boot = autopilot.boot
    if not boot.has_passed(boot_sequence.READY_S):
        return [
            "Hardware safety switch",
            "Gyros not healthy",
            "EKF attitude is bad",
            "Compass not healthy",
            "AHRS: EKF3 not started",
            "Battery 1 unhealthy",
        ]
    if not boot.has_passed(boot_sequence.EKF_STARTED_S):
        return ["Need Alt Estimate", "Accels inconsistent", "EKF attitude is bad", "AHRS: waiting for home"]
    if not boot.has_passed(boot_sequence.ORIGIN_S):
        early = [] if boot.has_passed(boot_sequence.GPS_FIX_S) else ["AHRS: EK3 sources require GPS"]
        return [*early, "Accels inconsistent", "AHRS: waiting for home"]
    reasons: list[str] = []
    if autopilot.mode.needs_position and not autopilot.has_position:
        reasons.append("Need Position Estimate")
    if is_forced or autopilot.parameters["ARMING_CHECK"] == 0:
        return reasons
    if not boot.has_passed(boot_sequence.SENSORS_SETTLED_S):
        reasons.append("Accels inconsistent")
    reasons.extend(_parameter_reasons(autopilot))
    if not autopilot.ailments.has_compass:
        reasons.append("Compass not healthy")
    if not autopilot.ailments.has_gps:
        reasons.append("GPS 1: Bad fix")
    if autopilot.estimate.is_glitching:
        reasons.append("GPS glitching")
    if autopilot.failsafe.is_battery_tripped:
        reasons.append("Battery failsafe")
    arm_voltage = autopilot.parameters["BATT_ARM_VOLT"]
    if arm_voltage > 0 and autopilot.battery.voltage_v < arm_voltage:
        reasons.append("Battery 1 below minimum arming voltage")
    if autopilot.failsafe.is_station_lost:
        reasons.append("GCS failsafe on")
    reasons.extend(autopilot.fence.arming_reasons())
    return reasons


def _parameter_reasons(autopilot: Autopilot) -> list[str]:
    parameters = autopilot.parameters
    reasons = []
    if parameters["FS_THR_ENABLE"] and parameters["FS_THR_VALUE"] < LEAST_THROTTLE_PWM:
        reasons.append("Check FS_THR_VALUE")
    if not LEAST_ANGLE_CDEG <= parameters["ANGLE_MAX"] <= MOST_ANGLE_CDEG:
        reasons.append("Check ANGLE_MAX")
    if parameters["ACRO_BAL_ROLL"] > parameters["ATC_ANG_RLL_P"]:
        reasons.append("Check ACRO_BAL_ROLL/PITCH")
    return reasons


def _throttle_reasons(autopilot: Autopilot) -> list[str]:
    """Refuse a throttle that would let the vehicle leap; in GUIDED and AUTO the sticks do not count."""
    mode, throttle = autopilot.mode, autopilot.sticks.throttle
    if mode.number in (ModeNumber.GUIDED, ModeNumber.AUTO):
        return []
    is_high = throttle > MIDDLE_THROTTLE or (mode.number is ModeNumber.STABILIZE and throttle > 0.0)
    return ["Throttle too high"] if is_high else []


def arming_refusals(autopilot: Autopilot, *, is_forced: bool) -> list[str]:
    """Like `arming_reasons`, with what only matters at the moment of arming."""
    reasons = arming_reasons(autopilot, is_forced=is_forced)
    if not reasons and not autopilot.mode.is_armable:
        reasons.append(f"{autopilot.mode.name} mode not armable")
    if not reasons and not is_forced:
        reasons.extend(_throttle_reasons(autopilot))
    return reasons
