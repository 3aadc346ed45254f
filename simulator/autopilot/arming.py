"""Why the vehicle may not be armed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.autopilot import boot_sequence

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot

FORCE_CODE = 21196.0


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
    if autopilot.failsafe.is_battery_tripped:
        reasons.append("Battery failsafe")
    arm_voltage = autopilot.parameters["BATT_ARM_VOLT"]
    if arm_voltage > 0 and autopilot.battery.voltage_v < arm_voltage:
        reasons.append("Battery 1 below minimum arming voltage")
    if autopilot.failsafe.is_station_lost:
        reasons.append("GCS failsafe on")
    reasons.extend(autopilot.fence.arming_reasons())
    return reasons


def arming_refusals(autopilot: Autopilot, *, is_forced: bool) -> list[str]:
    """Like `arming_reasons`, with what only matters at the moment of arming."""
    reasons = arming_reasons(autopilot, is_forced=is_forced)
    if not reasons and not autopilot.mode.is_armable:
        reasons.append(f"{autopilot.mode.name} mode not armable")
    return reasons
