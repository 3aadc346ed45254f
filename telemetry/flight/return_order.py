"""The order to come back, as a plan's return policy wants it."""

from typing import assert_never

from geofence.verification.return_policy import ReturnMode, ReturnPolicy
from telemetry.refusal import CommandRefused
from telemetry.vehicle.vehicle import Vehicle

RETURN_MODES = ("RTL", "SMART_RTL", "LAND", "AUTO_RTL")
"""Modes in which a vehicle is on its way down already."""


async def order_return(vehicle: Vehicle, policy: ReturnPolicy | None = None) -> str:
    """End a flight early; returns at the effect with what was ordered, for people.

    Parameters
    ----------
    vehicle : Vehicle
    policy : ReturnPolicy, optional
        By default straight home.

    Raises
    ------
    CommandRefused, VehicleSilent
    """
    mode = ReturnMode.RTL if policy is None else policy.mode
    match mode:
        case ReturnMode.RTL:
            await vehicle.return_to_launch()
            return "to return to launch and land"
        case ReturnMode.SMART_RTL:
            try:
                await vehicle.set_mode("SMART_RTL")
            except CommandRefused:
                # It does not know its path: so ArduCopter's own "SmartRTL or Land" ends too.
                await vehicle.land()
                return "to land on the spot"
            return "to fly its path back and land"
        case ReturnMode.LAND:
            await vehicle.land()
            return "to land on the spot"
        case _:
            assert_never(mode)
