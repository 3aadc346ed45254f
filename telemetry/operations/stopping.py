"""Operations that end or interrupt what a vehicle does; all but going on may be ordered without its control."""

from telemetry.flight.return_order import RETURN_MODES
from telemetry.operations.guided_flight import distance_m
from telemetry.operations.operation import STILL_M_S, Operation
from telemetry.vehicle.vehicle_state import VehicleState


def _stands(state: VehicleState) -> bool:
    return (
        state.ground_speed_m_s is not None
        and state.ground_speed_m_s <= STILL_M_S
        and abs(state.climb_m_s or 0.0) <= STILL_M_S
    )


class Pause(Operation):
    """Hold the place; `Continue` goes on."""

    name = "pause"
    wants_flight = True
    is_emergency = True

    async def _do(self) -> None:
        await self.vehicle.pause()
        await self._see("standing still", _stands, 30.0)


class Continue(Operation):
    """Go on with what `Pause` interrupted."""

    name = "continue"
    wants_flight = True

    def demand_ready(self) -> None:
        """Refuse where nothing was paused."""
        super().demand_ready()
        self.vehicle.demand_paused()

    async def _do(self) -> None:
        await self.vehicle.resume()
        await self._see("going on", lambda state: not state.is_paused and state.mode != "BRAKE", 10.0)


class Abort(Operation):
    """Give up what the vehicle does, and hold the place."""

    name = "abort"
    wants_flight = True
    is_emergency = True

    async def _do(self) -> None:
        await self.vehicle.set_mode("BRAKE" if self.vehicle.has_mode("BRAKE") else "LOITER")
        await self._see("standing still", _stands, 30.0)


class Return(Operation):
    """Fly home and land."""

    name = "return"
    wants_flight = True
    is_emergency = True

    async def _do(self) -> None:
        state = self.vehicle.state
        away_m = (
            0.0 if state.position is None or state.home is None else distance_m(state.position, state.home)
        )
        await self.vehicle.return_to_launch()
        await self._see_down(120.0 + away_m / 2.0 + 3.0 * (state.alt_rel_m or 0.0))

    async def _see_down(self, limit_s: float) -> None:
        def is_down(state: VehicleState) -> bool:
            return not state.is_armed or state.mode not in RETURN_MODES

        await self._see("landing", is_down, limit_s)
        if self.vehicle.state.is_armed:
            # The mode was changed; `_see` says what is seen instead.
            await self._see("being on the ground", lambda state: not state.is_armed, 0.0)


class Land(Return):
    """Land on the spot."""

    name = "land"

    async def _do(self) -> None:
        await self.vehicle.land()
        await self._see_down(60.0 + 3.0 * (self.vehicle.state.alt_rel_m or 0.0))
