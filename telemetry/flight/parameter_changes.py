"""Parameters set for a flight, with what they were before."""

from collections.abc import Callable, Mapping

from telemetry.events import ParametersChanged
from telemetry.refusal import TelemetryError, VehicleSilent
from telemetry.vehicle.vehicle import Vehicle


async def change_parameters(
    vehicle: Vehicle,
    wanted: Mapping[str, float],
    *,
    purpose: str,
    on_note: Callable[[str], None] = lambda _: None,
) -> None:
    """Set parameters in order, each read back; what was another before is told.

    Parameters
    ----------
    purpose : str
        What they are set for: "the fence".

    Raises
    ------
    TelemetryError
        For the first that the vehicle does not have or keeps as it was.
    """
    changes: dict[str, tuple[float, float]] = {}
    try:
        for name, value in wanted.items():
            former = await vehicle.set_parameter(name, value)
            if abs(former - value) > 1e-6 * max(1.0, abs(value)):
                changes[name] = (former, value)
    finally:
        if changes:
            vehicle.bus.publish(
                ParametersChanged(
                    time_s=vehicle.clock.utc_s(),
                    vehicle_id=vehicle.vehicle_id,
                    who=vehicle.control.actor().who,
                    why=vehicle.control.actor().why,
                    purpose=purpose,
                    changes=changes,
                )
            )
            said = ", ".join(f"{name} {before:g} to {after:g}" for name, (before, after) in changes.items())
            on_note(f"Set on the vehicle for {purpose}: {said}.")


async def read_if_known(vehicle: Vehicle, name: str) -> float | None:
    """Read a parameter; None where this firmware has none of that name.

    Raises
    ------
    VehicleSilent
    """
    try:
        return await vehicle.read_parameter(name)
    except VehicleSilent:
        raise
    except TelemetryError:
        return None
