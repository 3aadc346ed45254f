"""Flies a schedule: every drone its flights one after the other, and what a new schedule gives it instead."""

import asyncio

from missions.fleet.flight_plan import FlightPlan
from server.errors import ConflictError
from server.plan_store import StoredPlan
from server.scenario.deck import Deck
from server.scenario.observer import vehicle_named
from server.scenario.scenario_file import Scenario
from server.scenario.timeline_body import ReplanScheduleBody, ScheduleBody
from server.schedule_body import ReplanBody
from server.schedule_planning import add_schedule, replan_schedule
from server.schedule_store import StoredSchedule
from server.station import Station
from telemetry.logbook.running_flights import RunningFlight
from telemetry.protocol.mission_item_wire import items_of_plan
from telemetry.protocol.mission_type import MissionType
from telemetry.vehicle.vehicle import Vehicle

LOOK_S = 0.5
DO_SET_MISSION_CURRENT = 224


class FleetFlights:
    """The schedule of a scenario, of which there is one at a time.

    Parameters
    ----------
    scenario : Scenario
    station : Station
    deck : Deck
    """

    def __init__(self, scenario: Scenario, station: Station, deck: Deck) -> None:
        self._scenario = scenario
        self._station = station
        self._deck = deck
        self._schedule: StoredSchedule | None = None
        self._began_s = 0.0

    async def fly(self, body: ScheduleBody, names: tuple[str, ...]) -> None:
        """Plan for vehicles on their pads, and fly until all is flown or another schedule takes its place.

        Raises
        ------
        Refusal
            If nothing can be planned, or a flight cannot be begun.
        """
        homes = {name: self._scenario.vehicles[name][0].home for name in names}
        schedule, plans = await add_schedule(body.request(homes), self._station)
        self._began_s = self._deck.now_s()
        await self._fly_all(schedule, plans)

    async def replan(self, body: ReplanScheduleBody) -> None:
        """Plan anew for the drones that are left, where they are now; those in the air go on with their new plans.

        Raises
        ------
        Refusal
            If no schedule is flown, or none can be made of it, or a flight cannot be begun.
        """
        if self._schedule is None:
            raise ConflictError("no schedule is flown", remedy="Begin with an entry schedule")
        request = ReplanBody(time_s=self._deck.now_s() - self._began_s, lost=tuple(body.lost))
        await self._fly_all(*await replan_schedule(self._schedule.schedule_id, request, self._station))

    async def _fly_all(self, schedule: StoredSchedule, plans: list[StoredPlan]) -> None:
        self._schedule = schedule
        of_drone: dict[str, list[tuple[FlightPlan, StoredPlan]]] = {}
        for made, plan in zip(schedule.patrol.flights, plans, strict=True):
            of_drone.setdefault(made.flight.drone_id, []).append((made, plan))
        done = await asyncio.gather(
            *(self._fly_drone(schedule, name, flights) for name, flights in of_drone.items()),
            return_exceptions=True,
        )
        for fault in done:
            if isinstance(fault, BaseException):
                raise fault

    async def _fly_drone(
        self, schedule: StoredSchedule, name: str, flights: list[tuple[FlightPlan, StoredPlan]]
    ) -> None:
        vehicle = vehicle_named(self._station, name)
        if vehicle is None:
            raise ConflictError(f"{name} was not heard")
        for made, plan in flights:
            if made.flight.is_airborne:
                await self._go_on(vehicle, plan, made.first_seq)
            else:
                while self._deck.now_s() < self._began_s + made.flight.departure_s or self._is_busy(vehicle):
                    await self._deck.sleep(LOOK_S)
                    if self._schedule is not schedule:
                        return
                self._station.flights.start(vehicle, plan, self._station.zones.zones)
            while self._is_busy(vehicle):
                await self._deck.sleep(LOOK_S)
                if self._schedule is not schedule:
                    return

    def _is_busy(self, vehicle: Vehicle) -> bool:
        return self._station.flights.is_flying(vehicle.vehicle_id) or vehicle.state.is_armed

    async def _go_on(self, vehicle: Vehicle, plan: StoredPlan, first_seq: int) -> None:
        """Change over to another plan in the air: hold, put it on board, go on behind what was flown."""
        flights, now_s = self._station.flights, self._deck.clock.utc_s()
        former = flights.newest_of(vehicle.vehicle_id)
        if former is not None and former.task is not None:
            former.task.cancel()
            await asyncio.gather(former.task, return_exceptions=True)
        await vehicle.request_mode("GUIDED")
        await vehicle.upload(MissionType.MISSION, items_of_plan(plan.plan))
        await vehicle.command(DO_SET_MISSION_CURRENT, first_seq)
        await vehicle.request_mode("AUTO")
        kept = RunningFlight(vehicle_id=vehicle.vehicle_id, plan=plan.plan, who="", why="", started_s=now_s)
        flights.take_up(vehicle, plan, self._station.zones.zones, kept, seq=first_seq)
