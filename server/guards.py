"""The guards of all drones."""

from collections.abc import Callable

from server.errors import InvalidError
from server.zone_watch import ZoneWatch
from telemetry.control.control_lease import Order
from telemetry.flight.guarded_vehicle import GuardedVehicle
from telemetry.flight.zone_guard import GuardSwitch
from telemetry.vehicle.vehicle import Vehicle
from telemetry.vehicle.vehicle_state import VehicleState


class Guards:
    """One guard a drone, on from the first sight.

    Parameters
    ----------
    watch : ZoneWatch
    is_acting : bool
        False in a replay: nobody is there to be told.
    """

    def __init__(self, watch: ZoneWatch, *, is_acting: bool) -> None:
        self._watch = watch
        self._is_acting = is_acting
        self._guards: dict[str, GuardedVehicle] = {}

    def observe(self, vehicle: Vehicle) -> None:
        """Act on the alerts of a drone, where it is on and nobody has taken over."""
        if self._is_acting:
            self.of(vehicle).observe(self._watch.alerts_of(vehicle.vehicle_id))

    def of(self, vehicle: Vehicle) -> GuardedVehicle:
        """Give the guard of a drone."""
        guard = self._guards.get(vehicle.vehicle_id)
        if guard is None:
            guard = self._guards[vehicle.vehicle_id] = GuardedVehicle(vehicle, self._way_home_of(vehicle))
        return guard

    def switch(self, vehicle: Vehicle, *, is_on: bool) -> None:
        """Switch a drone's guard off, which wants its control, or on, which wants no more than an emergency's order.

        Raises
        ------
        InvalidError
            Where it is switched off without a reason.
        ControlHeld, ControlDenied
            Where whoever acts here may not.
        """
        if not is_on and not vehicle.control.actor().why:
            raise InvalidError(
                "the guard is not switched off without a reason", remedy="Say why in the field why"
            )
        words = f"switching its guard {'on' if is_on else 'off'}"
        actor = vehicle.control.demand(words, Order.EMERGENCY if is_on else Order.CONTROL)
        self.of(vehicle).set_switch(GuardSwitch(is_on=is_on, who=actor.who, why=actor.why))

    def forget(self, drone_id: str) -> None:
        """Forget a drone that is gone."""
        guard = self._guards.pop(drone_id, None)
        if guard is not None:
            guard.stop()

    async def close(self) -> None:
        """Give no more orders."""
        for guard in self._guards.values():
            await guard.close()

    def _way_home_of(self, vehicle: Vehicle) -> Callable[[], bool]:
        def is_clear() -> bool:
            state: VehicleState = vehicle.state
            return self._watch.is_way_home_clear(state)

        return is_clear
