"""Flies simulated patrols over the example and tells how it went."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from typing_extensions import TypedDict

from missions.plan.plan import Plan
from server.acting import actor_named
from server.flight_store import SupervisedFlight
from server.plan_store import StoredPlan
from server.simulator_process import Simulator
from server.station import Station
from telemetry.control.actor import acting_as
from telemetry.events import ZoneViolated
from telemetry.links.link_address import open_link_for
from telemetry.vehicle.vehicle_state import VehicleState

STAGGER_S = 6.0
"""Simulated seconds between two take-offs: they do not climb side by side."""
STALL_S = 120.0
"""So long nothing may move before the demonstration is given up."""
LOOK_S = 0.2
DEMO = actor_named("", "demonstration")
"""Whoever looks on may command its drones."""


class DroneOutcome(TypedDict):
    """What one drone did."""

    id: str
    plan: str
    takeoff_s: float | None
    landed_s: float | None
    items: int
    reached: int
    length_m: float
    min_zone_clearance_m: float | None
    margin_m: float | None
    violations: int
    reason: str


class DemoOutcome(TypedDict):
    """What all drones did."""

    drones: list[DroneOutcome]
    ok: bool


@dataclass(frozen=True, slots=True)
class DemoFlight:
    """A drone, its plan and, once begun, its flight."""

    drone_id: str
    plan: StoredPlan
    flight: SupervisedFlight | None = None


class Demo:
    """Flies one plan a drone.

    Parameters
    ----------
    station : Station
        Started.
    plans : sequence of Plan
    simulator : Simulator
        Of as many drones.
    speedup : float
        Of the simulation.
    """

    def __init__(
        self, station: Station, plans: Sequence[Plan], simulator: Simulator, *, speedup: float
    ) -> None:
        self._station = station
        self._simulator = simulator
        self._stored = station.plans.add(plans)
        self._speedup = speedup
        self.flights: list[DemoFlight] = []
        self.reason = ""
        """Why it was given up."""

    async def fly(self, on_look: Callable[[], None]) -> DemoOutcome:
        """Wait for the drones, start all flights and wait until all have ended.

        Parameters
        ----------
        on_look : callable
            Called several times a second.
        """
        watching = asyncio.create_task(self._look(on_look), name="demo watchdog")
        flying = asyncio.create_task(self._fly_all(), name="demo flights")
        try:
            await asyncio.wait({watching, flying}, return_when=asyncio.FIRST_COMPLETED)
            if flying.done():
                flying.result()
            else:
                watching.result()
        finally:
            for task in (watching, flying):
                task.cancel()
            await asyncio.gather(watching, flying, return_exceptions=True)
        on_look()
        return self.outcome()

    def outcome(self) -> DemoOutcome:
        """Tell what every drone has done so far."""
        drones = [self._outcome_of(flight) for flight in self.flights]
        is_whole = len(drones) == len(self._stored) and all(
            flight.flight is not None and flight.flight.phase == "completed" for flight in self.flights
        )
        has_flown_all = all(
            drone["reached"] == drone["items"] and not drone["violations"] for drone in drones
        )
        return {"drones": drones, "ok": is_whole and has_flown_all and not self.reason}

    async def _fly_all(self) -> None:
        bridge = self._station.bridge
        vehicles = bridge.vehicles
        with bridge.bus.subscribe() as events:
            for address in self._simulator.addresses:
                await bridge.add_link(open_link_for(address))
            while len(vehicles) < len(self._stored):
                await anext(events)
        drone_ids = sorted(vehicles, key=lambda drone_id: vehicles[drone_id].state.system_id)
        self.flights = [
            DemoFlight(drone_id, stored) for drone_id, stored in zip(drone_ids, self._stored, strict=False)
        ]
        for number, waiting in enumerate(self.flights):
            with acting_as(DEMO):
                flight = self._station.flights.start(
                    vehicles[waiting.drone_id], waiting.plan, self._station.zones.copy()
                )
            self.flights[number] = DemoFlight(waiting.drone_id, waiting.plan, flight)
            await asyncio.sleep(STAGGER_S / self._speedup)
        tasks = [flight.flight.task for flight in self.flights if flight.flight and flight.flight.task]
        await asyncio.gather(*tasks)

    async def _look(self, on_look: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        last, moved_s = self._progress(), loop.time()
        while loop.time() - moved_s < STALL_S:
            await asyncio.sleep(LOOK_S)
            self._station.fleet.observe()
            on_look()
            if self._simulator.fault:
                self.reason = self._simulator.fault
                return
            progress = self._progress()
            if progress != last:
                last, moved_s = progress, loop.time()
        self.reason = f"nothing has moved for {STALL_S:g} s"

    def _progress(self) -> tuple[object, ...]:
        drones = self._station.fleet.drones.values()
        moved = tuple((drone.flight_phase, drone.state.reached_seq, _place(drone.state)) for drone in drones)
        return (len(self.flights), moved)

    def _outcome_of(self, demo_flight: DemoFlight) -> DroneOutcome:
        plan, flight = demo_flight.plan.plan, demo_flight.flight
        result = flight.result if flight is not None else None
        seen = sum(
            isinstance(logged.event, ZoneViolated) and logged.event.vehicle_id == demo_flight.drone_id
            for logged in self._station.events.after(0)
        )
        return {
            "id": demo_flight.drone_id,
            "plan": plan.name,
            "takeoff_s": _rounded(result.takeoff_s if result else None),
            "landed_s": _rounded(result.landed_s if result else None),
            "items": flight.flight.items if flight else 0,
            "reached": flight.flight.reached if flight else 0,
            "length_m": round(result.length_m if result else 0.0, 1),
            "min_zone_clearance_m": _rounded(result.min_zone_clearance_m if result else None),
            "margin_m": plan.margin_m,
            "violations": max(result.violations if result else 0, seen),
            "reason": self.reason or (flight.reason if flight else "never begun"),
        }


def _place(state: VehicleState) -> tuple[float, ...]:
    """Give where a drone is, to about a metre."""
    position = state.position
    horizontal = () if position is None else (round(position.lat_deg, 5), round(position.lon_deg, 5))
    return (*horizontal, round(state.alt_rel_m or 0.0))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
