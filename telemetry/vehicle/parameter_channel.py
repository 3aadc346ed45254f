"""Parameters of one vehicle, read and set one at a time."""

import asyncio

from telemetry.links.address import Address
from telemetry.protocol.conversation import Conversation
from telemetry.protocol.parameter_exchange import (
    ParameterRead,
    ParameterReading,
    ParameterSetting,
    ParameterUnchanged,
)
from telemetry.protocol.parameter_value import is_same_value
from telemetry.refusal import TelemetryError, VehicleSilent
from telemetry.vehicle.flight_mode import AUTOPILOT_PX4
from telemetry.vehicle.state_tracker import StateTracker


class ParameterChannel:
    """Reads and sets parameters.

    Parameters
    ----------
    conversation : Conversation
    target : Address
    tracker : StateTracker
        Tells the kind of autopilot, and whether it is heard at all.
    place : str
        The vehicle, for the text of a refusal.
    """

    def __init__(
        self, conversation: Conversation, target: Address, tracker: StateTracker, *, place: str
    ) -> None:
        self._conversation = conversation
        self._target = target
        self._tracker = tracker
        self._place = place
        self._lock = asyncio.Lock()

    async def read(self, name: str) -> float:
        """Read one parameter.

        Raises
        ------
        TelemetryError
            If the vehicle has no such parameter, which ArduPilot tells by silence.
        """
        async with self._lock:
            return (await self._read(name)).value

    async def set(self, name: str, value: float) -> float:
        """Set one parameter in its own type, and see the new value; returns the former.

        Raises
        ------
        TelemetryError
            If the vehicle has no such parameter or keeps another value.
        """
        async with self._lock:
            former = await self._read(name)
            if is_same_value(value, former.value):
                return former.value
            outcome = await self._conversation.run(
                ParameterSetting(
                    name, value, self._target, param_type=former.param_type, is_bytewise=self._is_bytewise
                )
            )
        if isinstance(outcome, ParameterUnchanged):
            raise TelemetryError(
                f"the parameter {name} stays {outcome.value:g} and does not become {value:g}",
                place=self._place,
            )
        if not isinstance(outcome, ParameterRead):
            raise VehicleSilent(
                f"setting {name} was never answered", place=self._place, remedy="Check the link"
            )
        return former.value

    @property
    def _is_bytewise(self) -> bool:
        return self._tracker.autopilot == AUTOPILOT_PX4

    async def _read(self, name: str) -> ParameterRead:
        outcome = await self._conversation.run(
            ParameterReading(name, self._target, is_bytewise=self._is_bytewise)
        )
        if isinstance(outcome, ParameterRead):
            return outcome
        if self._tracker.snapshot().is_connected:
            raise TelemetryError(f"the vehicle has no parameter {name}", place=self._place)
        raise VehicleSilent(f"reading {name} was never answered", place=self._place, remedy="Check the link")
