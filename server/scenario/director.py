"""Carries out the timeline: each entry at its time, or when its event is seen."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from geofence.formats.zone_files import read_zones
from geofence.refusal import Refusal
from geofence.zone_set import ZoneSet
from missions.files.plan_files import read_plan
from missions.patrol.patrol import plan_patrol
from missions.plan.item import Command
from missions.plan.plan import Plan
from server.acting import actor_named
from server.drone_command import send_command
from server.errors import ConflictError
from server.operation_body import operation_of
from server.scenario.deck import Deck
from server.scenario.fleet_flights import FleetFlights
from server.scenario.observer import vehicle_named, vehicles_by_name
from server.scenario.own_events import EntryBegan, EntryRefused
from server.scenario.record import Record, SeenEvent
from server.scenario.scenario_file import Scenario
from server.scenario.timeline_body import AlarmBody, EntryBody, PatrolBody, SwitchBody
from server.station import Station
from telemetry.control.actor import acting_as
from telemetry.operations.guided_flight import GoTo, TakeOff, distance_m
from telemetry.protocol.mission_item_wire import items_of_plan
from telemetry.protocol.mission_type import MissionType
from telemetry.vehicle.vehicle import Vehicle

PATIENCE_S = 60.0
"""For a vehicle that an entry is about to be heard."""
LOOK_S = 0.2
_AWAY_MODES = frozenset({"RTL", "SMART_RTL", "LAND"})


class Director:
    """Does what the timeline says.

    Parameters
    ----------
    scenario : Scenario
    station : Station
    deck : Deck
    record : Record
    """

    def __init__(self, scenario: Scenario, station: Station, deck: Deck, record: Record) -> None:
        self._scenario = scenario
        self._station = station
        self._deck = deck
        self._record = record
        self._tasks: list[asyncio.Task[None]] = []
        self._answered: set[int] = set()
        self._fleet = FleetFlights(scenario, station, deck)

    def start(self) -> None:
        """Wait for times and events."""
        self._record.listeners.append(self._hear)
        for entry in self._scenario.body.timeline:
            if entry.at_s is not None:
                self._begin(self._do_at(entry, entry.at_s))

    @property
    def is_done(self) -> bool:
        """Whether nothing is being done, and nothing is left that comes by itself."""
        return all(task.done() for task in self._tasks)

    async def close(self) -> None:
        """Leave what is unfinished."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work))

    def _hear(self, seen: SeenEvent) -> None:
        body = self._scenario.body
        for at, entry in enumerate(body.timeline):
            is_due = entry.when is not None and (entry.again or at not in self._answered)
            if is_due and entry.when is not None and entry.when.holds(seen.event, seen.vehicle):
                self._answered.add(at)
                self._begin(self._do_at(entry, seen.at_s + entry.after_s))
        for at, fault in enumerate(body.faults):
            key = -1 - at
            if (
                fault.when is not None
                and key not in self._answered
                and fault.when.holds(seen.event, seen.vehicle)
            ):
                self._answered.add(key)
                self._deck.pull(at)

    async def _do_at(self, entry: EntryBody, at_s: float) -> None:
        await self._deck.sleep(max(0.0, at_s - self._deck.now_s()))
        words = entry.words()
        self._note(lambda time_s: EntryBegan(time_s=time_s, entry=words))
        try:
            with acting_as(actor_named("scenario", words)):
                await self._do(entry)
        except Refusal as refusal:
            reason = str(refusal)
            self._note(lambda time_s: EntryRefused(time_s=time_s, entry=words, reason=reason))

    def _note(self, event_at: Callable[[float], EntryBegan | EntryRefused]) -> None:
        self._record.note(self._deck.now_s(), "", event_at(self._deck.clock.utc_s()))

    async def _do(self, entry: EntryBody) -> None:
        station = self._station
        if entry.zones is not None:
            station.zones.replace_all(read_zones(self._scenario.file(entry.zones)))
        elif entry.add_zones is not None:
            added = read_zones(self._scenario.file(entry.add_zones))
            kept = [zone for zone in station.zones.zones if zone.zone_id not in added]
            station.zones.replace_all(ZoneSet([*kept, *added]))
        elif entry.remove_zone is not None:
            station.zones.remove(entry.remove_zone)
        elif entry.alarm is not None:
            await self._answer(entry.alarm, entry.vehicles)
        elif entry.replan is not None:
            await self._fleet.replan(entry.replan)
        else:
            vehicles = [await self._vehicle(name) for name in entry.vehicles]
            await self._do_with(entry, vehicles)

    async def _do_with(self, entry: EntryBody, vehicles: list[Vehicle]) -> None:
        station = self._station
        if entry.patrol is not None:
            self._fly(vehicles, await self._plan(entry.patrol, entry.vehicles))
        elif entry.fly is not None:
            self._fly(vehicles, [read_plan(self._scenario.file(entry.fly))])
        elif entry.upload is not None:
            if isinstance(entry.upload, str):
                plans = [read_plan(self._scenario.file(entry.upload))]
            else:
                plans = await self._plan(entry.upload, entry.vehicles)
            for vehicle, plan in zip(vehicles, plans, strict=False):
                await vehicle.upload(MissionType.MISSION, items_of_plan(plan))
        elif entry.command is not None:
            for vehicle in vehicles:
                await send_command(vehicle, entry.command, None, station.fleet.watch)
        elif entry.operation is not None:
            for vehicle in vehicles:
                operation = operation_of(entry.operation, vehicle)
                await operation.check(station.zones.copy())
                station.operations.start(operation)
        elif entry.parameters is not None:
            for vehicle in vehicles:
                for name, value in entry.parameters.items():
                    await vehicle.set_parameter(name, value)
        elif entry.schedule is not None:
            await self._fleet.fly(entry.schedule, entry.vehicles)
        elif entry.switch is not None:
            for vehicle in vehicles:
                await vehicle.command(*self._order(entry.switch))
        else:
            raise AssertionError(entry.choice)

    def _order(self, switch: SwitchBody) -> tuple[int, float, float]:
        world = self._scenario.world(0)
        assert world is not None
        output = world.devices[switch.device]
        if output.relay:
            return Command.DO_SET_RELAY, output.relay - 1, float(switch.is_on)
        usual_us = output.on_us if switch.is_on else output.off_us
        return Command.DO_SET_SERVO, output.servo, usual_us if switch.pulse_us is None else switch.pulse_us

    async def _plan(self, patrol: PatrolBody, names: tuple[str, ...]) -> list[Plan]:
        kind, _ = self._scenario.vehicles[names[0]]
        request = patrol.request(kind.home, len(names))
        on_ground = vehicle_named(self._station, names[0])
        if on_ground is not None and on_ground.state.home_alt_amsl_m is not None:
            # In a world with terrain it stands higher or lower than the file says.
            request = replace(request, home_alt_amsl_m=on_ground.state.home_alt_amsl_m)
        return await asyncio.to_thread(plan_patrol, self._station.zones.copy(), request)

    def _fly(self, vehicles: list[Vehicle], plans: list[Plan]) -> None:
        station = self._station
        for vehicle, stored in zip(vehicles, station.plans.add(plans), strict=False):
            station.flights.start(vehicle, stored, station.zones.zones)

    async def _answer(self, alarm: AlarmBody, names: tuple[str, ...]) -> None:
        """Send the nearest vehicle that is free.

        Raises
        ------
        ConflictError
            If none is.
        """
        station = self._station
        known = vehicles_by_name(station)
        free = [
            (distance_m(vehicle.state.position, alarm.position), name, vehicle)
            for name in names or self._record.names
            if (vehicle := known.get(name)) is not None and vehicle.state.position is not None
            if vehicle.state.is_connected
            and vehicle.state.mode not in _AWAY_MODES
            and not station.flights.is_flying(vehicle.vehicle_id)
        ]
        if not free:
            raise ConflictError("no vehicle is free for the alarm", remedy="Keep one in reserve")
        _, _, vehicle = min(free, key=lambda each: each[:2])
        if not vehicle.state.is_armed:
            await TakeOff(vehicle, alarm.alt_rel_m).perform(station.zones.copy())
        await GoTo(vehicle, alarm.position, alarm.alt_rel_m, None).perform(station.zones.copy())

    async def _vehicle(self, name: str) -> Vehicle:
        """Wait for a vehicle to be heard, and for the service to have seen it."""
        until_s = self._deck.now_s() + PATIENCE_S
        while True:
            vehicle = vehicle_named(self._station, name)
            if vehicle is not None and vehicle.vehicle_id in self._station.fleet.drones:
                return vehicle
            if self._deck.now_s() >= until_s:
                raise ConflictError(f"{name} was not heard within {PATIENCE_S:g} s")
            await self._deck.sleep(LOOK_S)
