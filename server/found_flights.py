"""What flies already when the service first sees it: read, recognised and watched over again."""

import asyncio
import logging
from collections.abc import Coroutine

from server.acting import actor_named
from server.flight_store import FlightStore
from server.plan_store import PlanStore
from server.zone_store import ZoneStore
from telemetry.bridge import Bridge
from telemetry.control.actor import acting_as
from telemetry.events import FlightFound, VehicleDiscovered
from telemetry.logbook.running_flights import RunningFlight, RunningFlights
from telemetry.protocol.mission_equality import differences
from telemetry.protocol.mission_item_wire import WireItem, items_of_plan
from telemetry.protocol.mission_type import MissionType
from telemetry.refusal import TelemetryError
from telemetry.vehicle.vehicle import Vehicle

TRIES = 5
PAUSE_S = 1.0
PROGRESS_S = 5.0

_log = logging.getLogger("feiying.server")


class FoundFlights:
    """Looks at every drone that is armed when it is discovered.

    The mission on board tells what it flies and how far it is to go. Where that is the plan of a flight that an earlier run of the service
    began, the flight goes on in the name of whoever began it; nothing is sent to the drone for that.

    Parameters
    ----------
    bridge : Bridge
    running : RunningFlights
    plans : PlanStore
    flights : FlightStore
    zones : ZoneStore
    """

    def __init__(
        self,
        bridge: Bridge,
        running: RunningFlights,
        plans: PlanStore,
        flights: FlightStore,
        zones: ZoneStore,
    ) -> None:
        self._bridge = bridge
        self._running = running
        self._plans = plans
        self._flights = flights
        self._zones = zones
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin, before the links do."""
        self._plans.keep_ids(flight.plan_id for flight in self._running.all())
        self._begin(self._listen(), "found flights")

    async def close(self) -> None:
        """End."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, work: Coroutine[None, None, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _listen(self) -> None:
        with self._bridge.bus.subscribe("drone.*.event.vehicle_discovered", name="found flights") as events:
            async for event in events:
                if isinstance(event, VehicleDiscovered):
                    vehicle = self._bridge.vehicles[event.vehicle_id]
                    self._begin(self._look_at(vehicle), f"found {event.vehicle_id}")

    async def _look_at(self, vehicle: Vehicle) -> None:
        try:
            if not vehicle.state.is_armed:
                await asyncio.to_thread(self._running.drop, vehicle.vehicle_id)
                return
            items = await self._mission_of(vehicle)
            if items:
                kept = await asyncio.to_thread(self._running.all)
                await self._take_up(vehicle, items, _flight_with(items, vehicle.vehicle_id, kept))
        except Exception:  # noqa: BLE001 - one drone must not keep the others from being found
            _log.exception("%s: the mission on board cannot be taken up", vehicle.vehicle_id)

    async def _mission_of(self, vehicle: Vehicle) -> list[WireItem]:
        """Read the mission on board, as long as the drone flies; empty where it cannot be read."""
        for _ in range(TRIES):
            try:
                return await vehicle.download(MissionType.MISSION)
            except TelemetryError as refusal:
                _log.warning("%s", refusal)
                await asyncio.sleep(PAUSE_S)
                if not vehicle.state.is_armed:
                    break
        return []

    async def _take_up(self, vehicle: Vehicle, items: list[WireItem], kept: RunningFlight | None) -> None:
        await vehicle.wait_until(
            lambda state: state.mission_seq is not None and vehicle.boot_time_s is not None, PROGRESS_S
        )
        seq = vehicle.state.mission_seq or 0
        self._bridge.bus.publish(
            FlightFound(
                time_s=self._bridge.clock.utc_s(),
                vehicle_id=vehicle.vehicle_id,
                who="" if kept is None else kept.who,
                why="" if kept is None else kept.why,
                plan_name="" if kept is None else kept.plan.name,
                count=len(items) - 1,
                seq=seq,
            )
        )
        if kept is None or self._flights.is_flying(vehicle.vehicle_id):
            return
        if kept.vehicle_id != vehicle.vehicle_id:
            await asyncio.to_thread(self._running.drop, kept.vehicle_id)
        stored = self._plans.restore(kept.plan_id, kept.plan)
        with acting_as(actor_named(kept.who, kept.why)):
            self._flights.take_up(vehicle, stored, self._zones.copy(), kept, seq=seq)


def _flight_with(items: list[WireItem], vehicle_id: str, kept: list[RunningFlight]) -> RunningFlight | None:
    """Give the flight whose plan a mission on board is, the vehicle's own first: ids follow the order of the links."""
    for flight in sorted(kept, key=lambda flight: flight.vehicle_id != vehicle_id):
        if not differences(items_of_plan(flight.plan), items, MissionType.MISSION):
            return flight
    return None
