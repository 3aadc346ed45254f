"""Carries out what the guard of a vehicle decides, and says so on the bus."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import assert_never

from geofence.monitor.alert import Alert, AlertColour
from geofence.refusal import Refusal
from telemetry.control.actor import Actor, Right, acting_as
from telemetry.events import GuardActed, GuardOverruled, GuardRefused, GuardSwitched
from telemetry.flight.zone_guard import (
    LANDING_MODES,
    RETURNING_MODES,
    Acted,
    GuardEvent,
    GuardOrder,
    GuardSwitch,
    Overruled,
    Refused,
    ZoneGuard,
)
from telemetry.vehicle.vehicle import Vehicle

GUARD = Actor("zone guard", "zones about to be broken", frozenset({Right.EMERGENCY}))
"""Lets a vehicle hold, return or land whoever has its control, and never takes the control."""


class GuardedVehicle:
    """A vehicle and its guard.

    Commands are repeated until they are acknowledged, and count when the vehicle is seen in the mode.

    Parameters
    ----------
    vehicle : Vehicle
    may_return : callable
        Tells whether the straight way home is clear.
    """

    def __init__(self, vehicle: Vehicle, may_return: Callable[[], bool] = lambda: True) -> None:
        self._vehicle = vehicle
        self._may_return = may_return
        self._guard = ZoneGuard()
        self._task: asyncio.Task[None] | None = None

    @property
    def switch(self) -> GuardSwitch:
        """Whether it is guarded, by whose decision and why."""
        return self._guard.switch

    @property
    def is_overruled(self) -> bool:
        """Whether somebody has taken over until the alerts are over."""
        return self._guard.is_overruled

    def observe(self, alerts: Sequence[Alert]) -> None:
        """Take in the alerts of the vehicle, and act where that is due."""
        now_s = self._vehicle.clock.monotonic_s()
        may_return = not any(alert.colour is AlertColour.RED for alert in alerts) or self._may_return()
        self._guard.observe(alerts, self._vehicle.state.mode, now_s, may_return=may_return)
        self._publish()
        if self._task is None or self._task.done():
            order = self._guard.next_order(now_s)
            if order is not None:
                with acting_as(GUARD):
                    self._task = asyncio.create_task(
                        self._carry_out(order), name=f"guard of {self._vehicle.vehicle_id}"
                    )

    def note_command(self, words: str) -> None:
        """Take note that an operator commands the vehicle."""
        self._guard.note_command(words)
        self._publish()

    def set_switch(self, switch: GuardSwitch) -> None:
        """Switch the guard on or off."""
        if switch == self._guard.switch:
            return
        self._guard.set_switch(switch)
        vehicle = self._vehicle
        vehicle.bus.publish(
            GuardSwitched(
                time_s=vehicle.clock.utc_s(),
                vehicle_id=vehicle.vehicle_id,
                is_on=switch.is_on,
                who=switch.who,
                why=switch.why,
            )
        )

    def stop(self) -> None:
        """Give no more orders."""
        if self._task is not None:
            self._task.cancel()

    async def close(self) -> None:
        """Give no more orders, and wait until that is so."""
        self.stop()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _carry_out(self, order: GuardOrder) -> None:
        refusal = ""
        try:
            match order:
                case GuardOrder.HOLD:
                    await self._vehicle.set_mode("BRAKE")
                case GuardOrder.RETURN:
                    await self._vehicle.return_to_launch()
                case GuardOrder.LAND:
                    # LAND chases a target that a copter at its largest lean fell behind; BRAKE lets go of it.
                    with contextlib.suppress(Refusal):
                        await self._vehicle.request_mode("BRAKE")
                    await self._vehicle.land()
                case _:
                    assert_never(order)
        except Refusal as answer:
            refusal = str(answer)
            if self._vehicle.state.mode in order.modes | LANDING_MODES:
                refusal = ""
        else:
            mode = self._vehicle.state.mode
            if order is GuardOrder.RETURN and mode not in RETURNING_MODES | LANDING_MODES:
                refusal = f"the vehicle stays in {mode}"
        self._guard.handle_result(refusal, self._vehicle.clock.monotonic_s())
        self._publish()

    def _publish(self) -> None:
        while (event := self._guard.next_event()) is not None:
            self._vehicle.bus.publish(self._event(event))

    def _event(self, event: GuardEvent) -> GuardActed | GuardRefused | GuardOverruled:
        time_s, vehicle_id = self._vehicle.clock.utc_s(), self._vehicle.vehicle_id
        match event:
            case Acted(order, zone_id, asked):
                return GuardActed(
                    time_s=time_s,
                    vehicle_id=vehicle_id,
                    zone_id=zone_id,
                    action=order.value,
                    asked=asked.value,
                )
            case Refused(order, zone_id, reason):
                return GuardRefused(
                    time_s=time_s, vehicle_id=vehicle_id, zone_id=zone_id, action=order.value, reason=reason
                )
            case Overruled(zone_id, reason):
                return GuardOverruled(time_s=time_s, vehicle_id=vehicle_id, zone_id=zone_id, reason=reason)
            case _:
                assert_never(event)
