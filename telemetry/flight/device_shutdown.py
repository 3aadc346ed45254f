"""Loudspeaker, light and whatever else a plan switches on: off again where its flight is broken off."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from missions.plan.item import Command
from missions.plan.plan import Plan
from telemetry.clock import Clock
from telemetry.refusal import TelemetryError, VehicleSilent
from telemetry.vehicle.vehicle import Vehicle

SWITCH_INTERVAL_S = 5.0
_NAMES = {Command.DO_SET_RELAY: "relay", Command.DO_SET_SERVO: "output"}


@dataclass(frozen=True, slots=True)
class SwitchOff:
    """One device's way to be switched off.

    Parameters
    ----------
    command : int
        DO_SET_RELAY or DO_SET_SERVO.
    number, value : float
        Its first two parameters.
    """

    command: int
    number: float
    value: float

    @property
    def name(self) -> str:
        """What people call it: relays count from 1 in the parameters on board, and from 0 on the wire."""
        first = 1 if self.command == Command.DO_SET_RELAY else 0
        return f"{_NAMES[Command(self.command)]} {self.number + first:g}"


def switch_offs(plan: Plan) -> Iterator[SwitchOff]:
    """Give what switches a plan's devices off: for each what its last item does, as plans end with all off.

    A servo output that is set to one pulse only has no other state that is known, and is left; a relay is off at 0.
    """
    states: dict[tuple[int, float], list[float]] = {}
    for item in plan.items:
        if item.command in _NAMES:
            states.setdefault((item.command, item.params[0]), []).append(item.params[1])
    for (command, number), values in states.items():
        if command == Command.DO_SET_RELAY:
            yield SwitchOff(command, number, 0.0)
        elif len(set(values)) > 1:
            yield SwitchOff(command, number, values[-1])


class DeviceShutdown:
    """Switches the devices of one plan off, once and acknowledged.

    Parameters
    ----------
    vehicle : Vehicle
    plan : Plan
    clock : Clock
    on_note : callable
        Takes sentences for people.
    """

    def __init__(self, vehicle: Vehicle, plan: Plan, *, clock: Clock, on_note: Callable[[str], None]) -> None:
        self._vehicle = vehicle
        self._clock = clock
        self._note = on_note
        self._waiting = list(switch_offs(plan))
        self._due_s: float | None = None
        self.left_on: list[str] = []

    async def run(self) -> None:
        """Switch off what is still to be; what is not answered is tried again at a later call, what is refused is told."""
        if not self._waiting or (self._due_s is not None and self._clock.monotonic_s() < self._due_s):
            return
        silent: list[SwitchOff] = []
        for device in self._waiting:
            try:
                await self._vehicle.command(device.command, device.number, device.value)
            except VehicleSilent as silence:
                silent.append(device)
                self._note(f"Nobody knows whether {device.name} is off: {silence}")
            except TelemetryError as refusal:
                self.left_on.append(device.name)
                self._note(f"The vehicle did not switch off {device.name}: {refusal}")
            else:
                self._note(f"Switched off {device.name}.")
        self._waiting = silent
        self._due_s = self._clock.monotonic_s() + SWITCH_INTERVAL_S

    @property
    def words(self) -> str:
        """What may still be on, for the reason of a flight; empty where nothing is."""
        left = [*self.left_on, *(device.name for device in self._waiting)]
        return f"perhaps still on: {', '.join(left)}" if left else ""
