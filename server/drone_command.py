"""Commands from people to one drone."""

import math
from typing import Literal, assert_never

from server.errors import ConflictError, InvalidError
from server.zone_watch import ZoneWatch
from telemetry.vehicle.vehicle import Vehicle

CommandName = Literal["takeoff", "pause", "resume", "rtl", "land", "arm", "disarm"]
TAKEOFF_ALT_REL_M = 20.0

EMERGENCY_COMMANDS: frozenset[CommandName] = frozenset({"pause", "rtl", "land"})
"""Given by anybody, whoever has the drone's control."""


async def send_command(
    vehicle: Vehicle, command: CommandName, alt_rel_m: float | None, watch: ZoneWatch
) -> None:
    """Send a command and wait until the vehicle has acknowledged it.

    Raises
    ------
    InvalidError
        If an altitude comes with anything but a take-off.
    ConflictError
        If the take-off would pass through forbidden space.
    CommandRefused, VehicleSilent
        As the vehicle answers.
    """
    if alt_rel_m is not None and command != "takeoff":
        raise InvalidError(f"{command} takes no alt_rel_m", remedy="Leave it out")
    match command:
        case "takeoff":
            await _take_off(vehicle, TAKEOFF_ALT_REL_M if alt_rel_m is None else alt_rel_m, watch)
        case "pause":
            await vehicle.pause()
        case "resume":
            await vehicle.resume()
        case "rtl":
            await vehicle.return_to_launch()
        case "land":
            await vehicle.land()
        case "arm":
            await vehicle.arm()
        case "disarm":
            await vehicle.disarm()
        case _:
            assert_never(command)


async def _take_off(vehicle: Vehicle, alt_rel_m: float, watch: ZoneWatch) -> None:
    for height_m in (*range(1, math.ceil(alt_rel_m)), alt_rel_m):
        clearance_m, zone_id = watch.clearance_at_m(vehicle.state, height_m)
        if clearance_m < 0.0:
            raise ConflictError(
                f"{height_m:g} m above drone {vehicle.vehicle_id} is forbidden by zone {zone_id}",
                remedy="Take off lower or from another place",
            )
    await vehicle.takeoff(alt_rel_m)
