"""Arming, for as long as it takes a vehicle to be ready for it."""

import asyncio
from collections.abc import Callable

from telemetry.flight.flight_result import FlightLimits
from telemetry.flight.flight_verification import FlightRefused
from telemetry.refusal import CommandRefused
from telemetry.vehicle.stopwatch import VehicleStopwatch
from telemetry.vehicle.vehicle import Vehicle

_COMPONENT_ARM_DISARM = 400


async def arm_when_ready(
    vehicle: Vehicle, limits: FlightLimits, on_reasons: Callable[[tuple[str, ...]], None]
) -> None:
    """Ask until the vehicle arms; `on_reasons` takes its reasons whenever they change, none at last.

    Raises
    ------
    FlightRefused
        With the vehicle's last reasons, if it does not arm in time.
    TelemetryError
        If it does not answer.
    """
    stopwatch = VehicleStopwatch(vehicle)
    said: tuple[str, ...] = ()
    while True:
        try:
            if vehicle.state.mode != "GUIDED":
                # AUTO is not an armable mode.
                await vehicle.request_mode("GUIDED")
            await vehicle.command(_COMPONENT_ARM_DISARM, 1)
        except CommandRefused as refusal:
            reasons = refusal.reasons or (refusal.what,)
            if reasons != said:
                said = reasons
                on_reasons(reasons)
            if stopwatch.elapsed_s > limits.arm_s:
                raise FlightRefused(
                    f"the vehicle could not be armed within {limits.arm_s:g} s: {'; '.join(reasons)}",
                    place=vehicle.place,
                    remedy="Mend what it says and fly again",
                ) from None
        else:
            on_reasons(())
            return
        await _wait_for_readiness(vehicle, limits.arm_interval_s)


async def _wait_for_readiness(vehicle: Vehicle, interval_s: float) -> None:
    """Let a while pass before arming is tried again, less where the vehicle says that it could be armed."""
    stopwatch = VehicleStopwatch(vehicle)
    was_ready = vehicle.state.prearm_ok is True
    while stopwatch.elapsed_s < interval_s:
        is_ready = await vehicle.wait_until(lambda state: state.prearm_ok is True, 0.2)
        if is_ready and not was_ready:
            return
        if was_ready:
            await asyncio.sleep(0.1)
