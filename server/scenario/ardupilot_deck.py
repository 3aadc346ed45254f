"""Real ArduCopters in processes of their own, in real time or their own speed-up of it."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from geofence.refusal import Refusal
from missions.vehicle.wind import CALM, Wind
from server.acting import actor_named
from server.scenario.ardupilot_faults import ArduPilotFaults, why_not
from server.scenario.deck import Note
from server.scenario.faulty_link import FaultyLink
from server.scenario.own_events import fault_event
from server.scenario.scenario_file import Scenario
from simulator.ardupilot.instance import ArduPilotInstance, free_instances
from simulator.copters import SPACING_M
from simulator.faults.fault import FAULT_NAMES, LinkFault
from simulator.faults.injector import PlannedFault
from simulator.faults.trigger import Place, WhenTold
from simulator.network.carrier import GOOD
from simulator.world.air.wind_field import WindSettings
from telemetry.control.actor import acting_as
from telemetry.links.link import Link
from telemetry.links.link_address import open_link_for
from telemetry.vehicle.vehicle import Vehicle

READY_S = 120.0
"""Of the vehicles' own time, for the boot."""
PORT_S = 30.0
LOOK_S = 0.2

VehicleOf = Callable[[str], Vehicle | None]


def _wind_at_first(wind: WindSettings) -> Wind:
    north_m_s, east_m_s = wind.north_m_s.at(0.0), wind.east_m_s.at(0.0)
    from_deg = math.degrees(math.atan2(-east_m_s, -north_m_s)) % 360.0
    return Wind(math.hypot(north_m_s, east_m_s), from_deg, wind.gust_m_s)


def not_there(world: Mapping[str, Any], wind: WindSettings) -> list[str]:
    """Say what of a scenario's world ArduPilot's simulation does not have."""
    skipped = [f"world: {key} is not there" for key in world if key not in ("origin", "wind")]
    if len(wind.north_m_s.at_s) > 1:
        skipped.append("world: the wind does not change; it is as it is at first")
    if "wind" in world and wind.exponent:
        skipped.append("world: the wind is the same at all heights")
    return skipped


class _ScenarioClock:
    """The machine's time for deadlines, the scenario's for records and zones."""

    monotonic_s = staticmethod(time.monotonic)

    def __init__(self, start_s: float, now_s: Callable[[], float]) -> None:
        self._start_s, self._now_s = start_s, now_s

    def utc_s(self) -> float:
        return self._start_s + self._now_s()


class ArduPilotDeck:
    """Instances of one binary, each with its own ports, folder, system id, home and parameters.

    Parameters
    ----------
    scenario : Scenario
    binary : Path
    folder : Path
        For the folders of the instances.
    seed : int
        Of links and chances; what ArduPilot draws itself it draws as it likes.
    speedup : float
    """

    def __init__(
        self, scenario: Scenario, binary: Path, folder: Path, *, seed: int, speedup: float = 1.0
    ) -> None:
        self._scenario = scenario
        self._speedup = speedup
        self._began_s: float | None = None
        self.clock = _ScenarioClock(scenario.body.start.timestamp(), self.now_s)
        self.skipped = ["places are those that the vehicles tell, not the true ones"]
        settings = scenario.world(seed)
        self._wind = CALM if settings is None else _wind_at_first(settings.wind)
        if settings is not None:
            self.skipped += not_there(scenario.body.world or {}, settings.wind)
        numbers = free_instances(len(scenario.vehicles))
        self._instances: dict[str, ArduPilotInstance] = {}
        self._links: dict[str, FaultyLink] = {}
        blowing = {
            "SIM_WIND_SPD": self._wind.speed_m_s,
            "SIM_WIND_DIR": self._wind.from_deg,
            "SIM_WIND_TURB": self._wind.gusts_m_s,
            "SIM_WIND_T": 1.0,  # The same at all heights.
        }
        for at, (name, (kind, nth)) in enumerate(scenario.vehicles.items()):
            instance = self._instances[name] = ArduPilotInstance(
                binary,
                numbers[at],
                system_id=at + 1,
                home=kind.home.home.moved(0.0, SPACING_M * nth),
                folder=folder / name,
                parameters={**blowing, **kind.parameters},
                speedup=speedup,
            )
            self._links[name] = FaultyLink(
                open_link_for(instance.address), kind.link.condition, seed=f"{seed}-link-{at}"
            )
        self._planned = [body.planned(f"{seed}-fault-{at}") for at, body in enumerate(scenario.body.faults)]
        self._watching: asyncio.Task[None] | None = None
        self._vehicle_of: VehicleOf = lambda _: None
        self._note: Note = lambda _vehicle, _event: None

    def links(self) -> Mapping[str, Link]:
        """Give a link to each vehicle."""
        return self._links

    async def start(self, note: Note) -> None:
        """Start all instances.

        Raises
        ------
        SimulatorError
            If one does not come up.
        """
        self._note = note
        for instance in self._instances.values():
            await instance.start()
        for instance in self._instances.values():
            await instance.wait_for_port(PORT_S)

    async def settle(self, vehicle_of: VehicleOf) -> None:
        """Wait until all are ready to arm, for at most two minutes of theirs; the scenario's time begins then."""
        self._vehicle_of = vehicle_of
        until_s = time.monotonic() + READY_S / self._speedup + PORT_S
        while time.monotonic() < until_s:
            vehicles = [vehicle_of(name) for name in self._instances]
            if all(each is not None and each.state.prearm_ok and each.state.position for each in vehicles):
                break
            await asyncio.sleep(LOOK_S)
        self._began_s = time.monotonic()
        self._watching = asyncio.create_task(self._watch(), name="faults")

    async def close(self) -> None:
        """Stop all instances, whatever has happened."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        await asyncio.gather(*(each.stop() for each in self._instances.values()), return_exceptions=True)

    def now_s(self) -> float:
        """Give the vehicles' time since the scenario began."""
        return 0.0 if self._began_s is None else (time.monotonic() - self._began_s) * self._speedup

    async def sleep(self, seconds: float) -> None:
        """Wait for so long of their time."""
        await asyncio.sleep(seconds / self._speedup)

    def place(self, name: str) -> Place | None:
        """Give where a vehicle says it is."""
        vehicle = self._vehicle_of(name)
        if vehicle is None or vehicle.state.position is None:
            return None
        position = vehicle.state.position
        return Place(position.lat_deg, position.lon_deg, vehicle.state.alt_rel_m or 0.0)

    def pull(self, fault: int) -> None:
        """Let a fault begin."""
        trigger = self._planned[fault].trigger
        if isinstance(trigger, WhenTold):
            trigger.pull()

    async def _watch(self) -> None:
        faults = {
            name: ArduPilotFaults(lambda name=name: self._vehicle_of(name), self._wind)  # type: ignore[misc]
            for name in self._instances
        }
        before_s = self.now_s()
        while True:
            await self.sleep(LOOK_S)
            now_s = self.now_s()
            for planned, body in zip(self._planned, self._scenario.body.faults, strict=True):
                place = self.place(body.vehicle)
                if place is not None:
                    await self._step(planned, body.vehicle, faults[body.vehicle], (before_s, now_s), place)
            before_s = now_s

    async def _step(
        self,
        planned: PlannedFault,
        vehicle: str,
        faults: ArduPilotFaults,
        span_s: tuple[float, float],
        place: Place,
    ) -> None:
        before_s, now_s = span_s
        name = FAULT_NAMES[type(planned.fault)]
        if planned.ends_s is None:
            if not planned.trigger.is_pulled(now_s, now_s - before_s, place):
                return
            planned.ends_s = now_s + planned.duration_s
            reason = why_not(planned.fault)
            if not reason:
                self._note(vehicle, fault_event(self.clock.utc_s(), name, is_begun=True))
                reason = await self._act(lambda: faults.begin(planned.fault))
            if reason:
                self.skipped.append(f"fault {name} of {vehicle}: {reason}")
        elif now_s >= planned.ends_s:
            planned.ends_s = None
            if not why_not(planned.fault):
                await self._act(lambda: faults.end(planned.fault))
                self._note(vehicle, fault_event(self.clock.utc_s(), name, is_begun=False))
        else:
            return
        if isinstance(planned.fault, LinkFault):
            self._set_link(vehicle)

    async def _act(self, act: Callable[[], Awaitable[None]]) -> str:
        try:
            with acting_as(actor_named("scenario", "faults")):
                await act()
        except Refusal as refusal:
            return str(refusal)
        return ""

    def _set_link(self, vehicle: str) -> None:
        condition = GOOD
        for planned, body in zip(self._planned, self._scenario.body.faults, strict=True):
            if (
                body.vehicle == vehicle
                and planned.ends_s is not None
                and isinstance(planned.fault, LinkFault)
            ):
                condition = condition.with_other(planned.fault.condition)
        self._links[vehicle].set_faults(condition)
