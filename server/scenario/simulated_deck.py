"""Simulated copters in this process, in lock-step with everything else."""

import asyncio
from collections.abc import Callable, Mapping

from server.scenario.deck import OnFault
from server.scenario.memory_link import MemoryLink
from server.scenario.scenario_body import VehicleBody
from server.scenario.scenario_file import Scenario
from simulator.copter import Copter
from simulator.copters import SPACING_M
from simulator.faults.injector import FaultInjector, PlannedFault
from simulator.faults.trigger import Place, WhenTold
from simulator.network.world_clock import STEP_S
from simulator.simulated_time import SimulatedClock
from telemetry.links.link import Link
from telemetry.vehicle.vehicle import Vehicle


class SimulatedDeck:
    """Copters that step together; must be made inside a running loop, whose time they live in.

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
        self._copters: dict[str, Copter] = {}
        self._links: dict[str, MemoryLink] = {}
        for number, (name, (kind, at)) in enumerate(scenario.vehicles.items(), 1):
            copter = self._copters[name] = self._copter(number, kind, at, start_s)
            self._links[name] = MemoryLink(
                f"sim:{name}", copter, kind.link.condition, seed=f"{seed}-link-{number}"
            )
        self._planned: list[PlannedFault] = []
        self._injectors: list[FaultInjector] = []
        self._stepping: asyncio.Task[None] | None = None

    def _copter(self, number: int, kind: VehicleBody, at: int, start_s: float) -> Copter:
        wind = self._scenario.body.world.wind
        blowing = (
            {}
            if wind is None
            else {
                "SIM_WIND_SPD": wind.speed_m_s,
                "SIM_WIND_DIR": wind.from_deg,
                "SIM_WIND_TURB": wind.gusts_m_s,
            }
        )
        return Copter(
            number,
            kind.home.home.moved(0.0, SPACING_M * at),
            is_quick_boot=kind.boot == "quick",
            parameters={**blowing, **kind.parameters},
            epoch_unix_s=start_s,
            seed=self._seed,
        )

    def links(self) -> Mapping[str, Link]:
        """Give a link to each vehicle."""
        return self._links

    async def start(self, on_fault: OnFault) -> None:
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
                    lambda fault, is_begun, name=name: on_fault(name, fault, is_begun),  # type: ignore[misc]
                )
            )
        self._stepping = asyncio.create_task(self._step(), name="simulated copters")

    async def settle(self, vehicle_of: Callable[[str], Vehicle | None]) -> None:
        """Wait for nothing: to boot is a part of the scenario."""

    async def _step(self) -> None:
        copters = list(zip(self._copters.values(), self._injectors, strict=True))
        steps = 0
        while True:
            now_s = self.now_s()
            for copter, injector in copters:
                injector.step(now_s, STEP_S)
                copter.step(STEP_S)
                copter.flush()
            steps += 1
            await asyncio.sleep(max(0.0, self._began_s + steps * STEP_S - self._loop.time()))

    async def close(self) -> None:
        """Stop time for the copters."""
        if self._stepping is not None:
            self._stepping.cancel()
            await asyncio.gather(self._stepping, return_exceptions=True)

    def now_s(self) -> float:
        """Give the simulated time since the start."""
        return self._loop.time() - self._began_s

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
