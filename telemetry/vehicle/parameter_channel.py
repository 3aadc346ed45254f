"""Parameters of one vehicle: read and set one at a time, or read all together."""

import asyncio
from collections.abc import Callable

from pymavlink.dialects.v20 import ardupilotmega

from telemetry.links.address import Address
from telemetry.protocol.conversation import Conversation
from telemetry.protocol.ftp.file_channel import FileChannel
from telemetry.protocol.parameter_exchange import (
    ParameterEvent,
    ParameterRead,
    ParameterReading,
    ParameterSetting,
    ParameterUnchanged,
)
from telemetry.protocol.parameter_listing import (
    ParameterListEvent,
    ParameterListing,
    ParametersAdvanced,
    ParametersIncomplete,
    ParametersListed,
)
from telemetry.protocol.parameter_pack import PATH, unpack_parameters
from telemetry.protocol.parameter_value import Parameter, as_text, is_same_value
from telemetry.refusal import TelemetryError, VehicleSilent
from telemetry.vehicle.flight_mode import AUTOPILOT_PX4
from telemetry.vehicle.state_tracker import StateTracker

_BYTEWISE = ardupilotmega.MAV_PROTOCOL_CAPABILITY_PARAM_ENCODE_BYTEWISE
_BY_VALUE = ardupilotmega.MAV_PROTOCOL_CAPABILITY_PARAM_ENCODE_C_CAST


class ParameterChannel:
    """Reads and sets parameters.

    Parameters
    ----------
    conversation : Conversation
    target : Address
    tracker : StateTracker
        Tells the kind of autopilot, what it can, and whether it is heard at all.
    files : FileChannel
    place : str
        The vehicle, for the text of a refusal.
    """

    def __init__(
        self,
        conversation: Conversation,
        target: Address,
        tracker: StateTracker,
        files: FileChannel,
        *,
        place: str,
    ) -> None:
        self._conversation = conversation
        self._target = target
        self._tracker = tracker
        self._files = files
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

    async def read_all(self, on_progress: Callable[[int, int], None] | None = None) -> dict[str, Parameter]:
        """Read all parameters, as one file where the vehicle has it, else in one message each.

        Raises
        ------
        TelemetryError
            If some never came.
        """
        async with self._lock:
            data = await self._files.read(PATH)
            found = None if data is None else unpack_parameters(data)
            if found is not None:
                if on_progress is not None:
                    on_progress(len(found), len(found))
                return found
            if data is not None:
                self._files.distrust(PATH)

            def report(event: ParameterListEvent) -> None:
                if on_progress is not None and isinstance(event, ParametersAdvanced):
                    on_progress(event.done, event.total)

            outcome = await self._conversation.run(
                ParameterListing(self._target, is_bytewise=self._is_bytewise), report
            )
        if isinstance(outcome, ParametersListed):
            return outcome.parameters
        if isinstance(outcome, ParametersIncomplete) and outcome.total:
            raise TelemetryError(
                f"only {outcome.done} of {outcome.total} parameters came",
                place=self._place,
                remedy="Check the link and try again",
            )
        raise VehicleSilent(
            "the list of parameters was never answered", place=self._place, remedy="Check the link"
        )

    async def set(self, name: str, value: float) -> float:
        """Set one parameter in its own type, and see the new value; returns the former.

        Raises
        ------
        TelemetryError
            If the vehicle has no such parameter or does not take the value; the former is there again then.
        """
        async with self._lock:
            former = await self._read(name)
            if is_same_value(value, former.value):
                return former.value
            outcome = await self._set(name, value, former.param_type)
            if isinstance(outcome, ParameterUnchanged):
                raise await self._unchanged(former, value, outcome.value)
        if not isinstance(outcome, ParameterRead):
            raise VehicleSilent(
                f"setting {name} was never answered", place=self._place, remedy="Check the link"
            )
        return former.value

    async def _set(self, name: str, value: float, param_type: int) -> ParameterEvent:
        return await self._conversation.run(
            ParameterSetting(name, value, self._target, param_type=param_type, is_bytewise=self._is_bytewise)
        )

    async def _unchanged(self, former: ParameterRead, wanted: float, made: float) -> TelemetryError:
        """Put the former value back where the vehicle made another one of what was wanted."""
        remedy, now = "", made
        if not is_same_value(made, former.value):
            # What does not fit its type, ArduPilot cuts to what does.
            remedy = f"The vehicle made {as_text(made)} of it"
            if isinstance(await self._set(former.name, former.value, former.param_type), ParameterRead):
                now = former.value
        return TelemetryError(
            f"the parameter {former.name} stays {as_text(now)} and does not become {as_text(wanted)}",
            place=self._place,
            remedy=remedy,
        )

    @property
    def _is_bytewise(self) -> bool:
        capabilities = self._tracker.capabilities or 0
        if capabilities & (_BYTEWISE | _BY_VALUE):
            return bool(capabilities & _BYTEWISE)
        return self._tracker.autopilot == AUTOPILOT_PX4

    async def _read(self, name: str) -> ParameterRead:
        outcome = await self._conversation.run(
            ParameterReading(name, self._target, is_bytewise=self._is_bytewise)
        )
        if isinstance(outcome, ParameterRead):
            return outcome
        if not self._tracker.snapshot().is_connected:
            raise VehicleSilent(
                f"reading {name} was never answered", place=self._place, remedy="Check the link"
            )
        what, remedy = f"the vehicle has no parameter {name}", ""
        if self._tracker.capabilities is None:
            # It has told nothing that it was asked, not even what it can do.
            what += ", or takes nothing that this station says"
            remedy = "Check the way to it, and whether it wants --signing-key"
        raise TelemetryError(what, place=self._place, remedy=remedy)
