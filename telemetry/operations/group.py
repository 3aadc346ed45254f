"""One operation on several vehicles at once, each with its own end."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from geofence.refusal import Refusal
from geofence.zone_set import ZoneSet
from telemetry.operations.operation import Operation


@dataclass(frozen=True, slots=True)
class OperationResult:
    """How an operation ended on one vehicle.

    Parameters
    ----------
    vehicle_id : str
    operation : str
    refusal : Refusal or None
        None where it was seen done.
    """

    vehicle_id: str
    operation: str
    refusal: Refusal | None

    @property
    def completed(self) -> bool:
        """Whether it was seen done."""
        return self.refusal is None


async def perform_all(
    operations: Iterable[Operation], zones: ZoneSet | None = None
) -> tuple[OperationResult, ...]:
    """Perform operations side by side; what fails on one vehicle stops none of the others."""

    async def perform(operation: Operation) -> OperationResult:
        refusal: Refusal | None = None
        try:
            await operation.perform(zones)
        except Refusal as error:
            refusal = error
        return OperationResult(operation.vehicle.vehicle_id, operation.name, refusal)

    return tuple(await asyncio.gather(*map(perform, operations)))
