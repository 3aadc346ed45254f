"""Simulated copters in this process, in lock-step with everything else."""

import asyncio
from collections.abc import Callable, Mapping

from server.scenario.deck import Note
from server.scenario.memory_link import MemoryLink
from server.scenario.own_events import fault_event, world_event
from server.scenario.scenario_file import Scenario
from simulator.copters import SPACING_M, CopterGroup, CopterSetup
from simulator.faults.injector import FaultInjector, PlannedFault
from simulator.faults.trigger import Place, WhenTold
from simulator.lock_step import LockStep
from simulator.network.world_clock import STEP_S
from simulator.simulated_time import SimulatedClock
from simulator.world.vehicles_in_world import VehiclesInWorld, fitted_parameters
from simulator.world.world import World
from telemetry.links.link import Link
from telemetry.vehicle.vehicle import Vehicle


class SimulatedDeck:
    """Copters in their world that step together; must be made inside a running loop, whose time they live in.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        Of gusts, links and chances.
    """

    def __init__(self, scenario: Scenario, seed: int) -> None:
        loop = asyncio.get_running_loop()
        self._loop = loop
        self._began_s = loop.time()
        self.skipped: list[str] = []
        start_s = scenario.body.start.timestamp()
        self.clock = SimulatedClock(loop, start_s - loop.time())
        self._scenario = scenario
        self._seed = seed
        settings = scenario.world(seed)
        fitted = {} if settings is None else fitted_parameters(settings, has_cameras=False)
        self._lock_step = LockStep(
            CopterGroup(
                [
                    CopterSetup(
                        kind.home.home.moved(0.0, SPACING_M * at),
                        {**fitted, **kind.parameters},
                        kind.boot == "quick",
                    )
                    for kind, at in scenario.vehicles.values()
                ],
                epoch_unix_s=start_s,
                seed=seed,
            )
        )
        copters = self._lock_step.copters.all
        self._copters = dict(zip(scenario.vehicles, copters, strict=True))
        self._in_world: VehiclesInWorld | None = None
        if settings is not None:
            world = World(settings, vehicles=len(copters))
            self._in_world = VehiclesInWorld(world, copters, chosen=fitted)
        self._links = {
            name: MemoryLink(
                f"sim:{name}", self._copters[name], kind.link.condition, seed=f"{seed}-link-{number}"
            )
            for number, (name, (kind, _)) in enumerate(scenario.vehicles.items(), 1)
        }
        self._planned: list[PlannedFault] = []
        self._injectors: list[FaultInjector] = []
        self._stepping: asyncio.Task[None] | None = None

    def links(self) -> Mapping[str, Link]:
        """Give a link to each vehicle."""
        return self._links

    async def start(self, note: Note) -> None:
        """Let time run for the copters."""
        by_vehicle: dict[str, list[PlannedFault]] = {name: [] for name in self._copters}
        for at, body in enumerate(self._scenario.body.faults):
            planned = body.planned(f"{self._seed}-fault-{at}")
            self._planned.append(planned)
            by_vehicle[body.vehicle].append(planned)
        for name, planned_faults in by_vehicle.items():
            self._injectors.append(
                FaultInjector(
                    self._copters[name],
                    planned_faults,
                    self._links[name].set_faults,
                    lambda fault, is_begun, name=name: note(  # type: ignore[misc]
                        name, fault_event(self.clock.utc_s(), fault, is_begun=is_begun)
                    ),
                )
            )
        if self._in_world is not None:
            name_of = {copter.system_id: name for name, copter in self._copters.items()}
            self._in_world.world.listen(
                lambda happened: note(
                    name_of.get(getattr(happened, "system_id", 0), ""),
                    world_event(self.clock.utc_s(), happened),
                )
            )
        self._stepping = asyncio.create_task(self._step(), name="simulated copters")

    async def settle(self, vehicle_of: Callable[[str], Vehicle | None]) -> None:
        """Wait for nothing: to boot is a part of the scenario."""

    async def _step(self) -> None:
        lock_step = self._lock_step
        while True:
            for injector in self._injectors:
                injector.step(lock_step.now_s, STEP_S)
            if self._in_world is not None:
                self._in_world.step(STEP_S)
            lock_step.step()
            await asyncio.sleep(max(0.0, self._began_s + lock_step.steps * STEP_S - self._loop.time()))

    async def close(self) -> None:
        """Stop time for the copters."""
        if self._stepping is not None:
            self._stepping.cancel()
            await asyncio.gather(self._stepping, return_exceptions=True)

    def now_s(self) -> float:
        """Give the simulated time since the start."""
        return round(self._loop.time() - self._began_s, 6)

    async def sleep(self, seconds: float) -> None:
        """Wait for so long."""
        await asyncio.sleep(seconds)

    def place(self, name: str) -> Place | None:
        """Give where a vehicle really is."""
        return self._copters[name].true_place

    def pull(self, fault: int) -> None:
        """Let a fault begin."""
        trigger = self._planned[fault].trigger
        assert isinstance(trigger, WhenTold)
        trigger.pull()
