"""What all operations share: they are watched, step by step, until the state proves them."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import ClassVar

from geofence.refusal import Refusal
from geofence.zone_set import ZoneSet
from telemetry.control.actor import Actor
from telemetry.events import OperationAdvanced, OperationEnded
from telemetry.operations.flown_path import FlownPath, demand_allowed
from telemetry.refusal import TelemetryError
from telemetry.vehicle.stopwatch import VehicleStopwatch
from telemetry.vehicle.vehicle import Vehicle
from telemetry.vehicle.vehicle_state import VehicleState

STILL_M_S = 0.6
"""A copter that holds its place in gusts moves less."""
_LOOK_S = 0.5


class OperationUnproven(TelemetryError):  # noqa: N818
    """An operation was accepted, and its effect not seen in time; what was seen is told."""


class Operation(ABC):
    """One thing that a vehicle is told to do.

    Limits of time are in the vehicle's own seconds.

    Parameters
    ----------
    vehicle : Vehicle
    """

    name: ClassVar[str]
    is_emergency: ClassVar[bool] = False
    """May be ordered without the control, by whoever has the right."""
    wants_flight: ClassVar[bool] = False
    """Cannot be begun on the ground."""
    keeps_mode: ClassVar[str] = ""
    """The mode it flies in; when that changes, somebody else has taken over."""

    def __init__(self, vehicle: Vehicle) -> None:
        self.vehicle = vehicle
        self._actor = vehicle.control.actor()
        self._is_in_mode = False

    def path(self) -> FlownPath:
        """Give where it leads from here.

        Raises
        ------
        TelemetryError
            If that cannot be told.
        """
        return FlownPath()

    def demand_ready(self) -> None:
        """Refuse what cannot be begun as things stand.

        Raises
        ------
        TelemetryError
        """
        if self.wants_flight:
            self._demand_flying()

    async def check(self, zones: ZoneSet) -> None:
        """See that it can be begun, and verify where it leads.

        Raises
        ------
        PathForbidden
            If that is forbidden.
        TelemetryError
            If it cannot be begun.
        """
        self.demand_ready()
        vehicle = self.vehicle
        path, state, now_utc_s = self.path(), vehicle.state, vehicle.clock.utc_s()
        await asyncio.to_thread(demand_allowed, path, zones, state, place=vehicle.place, now_utc_s=now_utc_s)

    async def perform(self, zones: ZoneSet | None = None) -> None:
        """Check it where there are zones, then do it and see it done.

        Raises
        ------
        OperationUnproven
            If it was not seen in time.
        Refusal
            As zones, control or vehicle refuse.
        """
        vehicle = self.vehicle
        self._actor = vehicle.control.actor()
        self._is_in_mode = False
        reason = ""
        try:
            if zones is not None:
                await self.check(zones)
            async with AsyncExitStack() as stack:
                if not self.is_emergency:
                    await stack.enter_async_context(vehicle.control.kept(self.name.replace("_", " ")))
                self.demand_ready()
                await self._do()
        except Refusal as refusal:
            reason = str(refusal)
            raise
        except BaseException:
            reason = "another order came"
            raise
        finally:
            vehicle.bus.publish(
                OperationEnded(
                    time_s=vehicle.clock.utc_s(),
                    vehicle_id=vehicle.vehicle_id,
                    who=self._actor.who,
                    why=self._actor.why,
                    operation=self.name,
                    completed=not reason,
                    reason=reason,
                )
            )

    @abstractmethod
    async def _do(self) -> None:
        """Send what is to be sent, and see each step."""

    @property
    def actor(self) -> Actor:
        """Who ordered it."""
        return self._actor

    async def _see(
        self,
        step: str,
        holds: Callable[[VehicleState], bool],
        limit_s: float,
        seen: Callable[[VehicleState], str] = lambda _: "",
    ) -> None:
        """Wait for a state.

        Raises
        ------
        OperationUnproven
            If it does not come in time, with what came instead, or if somebody else has taken over.
        """
        vehicle = self.vehicle
        vehicle.bus.publish(
            OperationAdvanced(
                time_s=vehicle.clock.utc_s(),
                vehicle_id=vehicle.vehicle_id,
                who=self._actor.who,
                why=self._actor.why,
                operation=self.name,
                step=step,
            )
        )
        stopwatch = VehicleStopwatch(vehicle)
        while not await vehicle.wait_until(
            lambda state: bool(self._disturbance(state)) or holds(state), _LOOK_S
        ):
            if stopwatch.elapsed_s > limit_s:
                words = ", ".join(filter(None, (seen(vehicle.state), state_in_words(vehicle.state))))
                raise OperationUnproven(
                    f"{step} was not seen within {limit_s:.0f} s; it is {words}",
                    place=vehicle.place,
                    remedy="See its messages, then order it again or call it home",
                )
        disturbance = self._disturbance(vehicle.state)
        if disturbance:
            raise OperationUnproven(f"{disturbance} before {step} was seen", place=vehicle.place)

    def _disturbance(self, state: VehicleState) -> str:
        """Tell who or what else has taken the vehicle over; empty while nobody has."""
        control = self.vehicle.control
        holding = control.holding
        if not self.is_emergency and holding is not None and not control.is_held_by(self._actor):
            return f"{holding.actor} took the control over"
        is_kept = state.mode == self.keeps_mode
        self._is_in_mode = self._is_in_mode or is_kept
        return f"the mode became {state.mode}" if self.keeps_mode and self._is_in_mode and not is_kept else ""

    def _demand_flying(self) -> None:
        state = self.vehicle.state
        if not state.is_armed or state.is_flying is False:
            raise TelemetryError(
                f"{self.name.replace('_', ' ')} wants a vehicle in the air",
                place=self.vehicle.place,
                remedy="Take off first",
            )


def state_in_words(state: VehicleState) -> str:
    """Say what is seen of a vehicle."""
    if not state.is_connected:
        return "not heard any more"
    words = [f"in {state.mode or 'an unknown mode'}", "armed" if state.is_armed else "disarmed"]
    if state.alt_rel_m is not None:
        words.append(f"{state.alt_rel_m:.1f} m above home")
    if state.ground_speed_m_s is not None:
        words.append(f"{state.ground_speed_m_s:.1f} m/s fast")
    return ", ".join(words)
