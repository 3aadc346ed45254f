"""The flights begun since the start, and the rule that a drone flies one at a time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import orjson
from typing_extensions import TypedDict

from geofence.refusal import Refusal
from geofence.zone_set import ZoneSet
from server.errors import ConflictError
from server.plan_store import StoredPlan
from server.revision import Revision
from telemetry.clock import Clock
from telemetry.control.actor import acting
from telemetry.flight.flight import Flight, FlightResult
from telemetry.logbook.running_flights import RunningFlight, RunningFlights
from telemetry.vehicle.vehicle import Vehicle

_log = logging.getLogger("feiying.server")


class FlightDocument(TypedDict):
    """A flight as the service shows it."""

    id: str
    drone_id: str
    plan_id: str
    phase: str
    reason: str
    started_s: float
    ended_s: float | None
    items: int
    reached: int


class SupervisedFlight:
    """A flight with its names and times."""

    def __init__(
        self, flight_id: str, vehicle: Vehicle, plan_id: str, flight: Flight, started_s: float
    ) -> None:
        self.flight_id = flight_id
        self.drone_id = vehicle.vehicle_id
        self.plan_id = plan_id
        self.flight = flight
        self.started_s = started_s
        self.actor = acting()
        self.begun_utc_s: float | None = None
        self.keeping: asyncio.Task[None] | None = None
        self.ended_s: float | None = None
        self.result: FlightResult | None = None
        self.fault = ""
        self.changed_at = 0
        self.task: asyncio.Task[None] | None = None
        self.document = self._document_now()
        self.encoded = orjson.dumps(self.document)

    @property
    def phase(self) -> str:
        """The phase in the words of the interface; a flight that ended without one is aborted."""
        if self.ended_s is None:
            return self.flight.phase.value
        return "completed" if self.result is not None and self.result.completed else "aborted"

    @property
    def reason(self) -> str:
        """Why it ended early, or what it waits for."""
        return self.fault or (self.result.reason if self.result else self.flight.reason)

    def refresh(self) -> bool:
        """Make the document anew; tells whether it is another one. One that has ended stays as it is."""
        if self.document["ended_s"] is not None:
            return False
        document = self._document_now()
        if document == self.document:
            return False
        self.document = document
        self.encoded = orjson.dumps(document)
        return True

    def _document_now(self) -> FlightDocument:
        return {
            "id": self.flight_id,
            "drone_id": self.drone_id,
            "plan_id": self.plan_id,
            "phase": self.phase,
            "reason": self.reason,
            "started_s": round(self.started_s, 3),
            "ended_s": None if self.ended_s is None else round(self.ended_s, 3),
            "items": self.flight.items,
            "reached": self.flight.reached,
        }


class FlightStore:
    """Starts flights and keeps their records.

    Parameters
    ----------
    clock : Clock
    revision : Revision
    running : RunningFlights, optional
        Keeps what is flown for the next run of the service.
    """

    def __init__(self, clock: Clock, revision: Revision, running: RunningFlights | None = None) -> None:
        self._clock = clock
        self._revision = revision
        self._running = running
        self._flights: dict[str, SupervisedFlight] = {}
        self._newest: dict[str, SupervisedFlight] = {}

    def start(
        self, vehicle: Vehicle, stored: StoredPlan, zones: ZoneSet, *, max_wind_m_s: float | None = None
    ) -> SupervisedFlight:
        """Begin to fly a plan in the background; `max_wind_m_s` is the strongest gust to reckon with.

        Raises
        ------
        ConflictError
            If the drone flies already or another one flies this plan; nothing is sent then.
        """
        self.demand_free(vehicle.vehicle_id, stored.plan_id)
        flight = Flight(
            vehicle, stored.plan, zones, with_guard=False, clock=self._clock, max_wind_m_s=max_wind_m_s
        )
        return self._supervise(flight, stored.plan_id, self._clock.utc_s(), flight.run)

    def take_up(
        self, vehicle: Vehicle, stored: StoredPlan, zones: ZoneSet, kept: RunningFlight, *, seq: int
    ) -> SupervisedFlight:
        """Supervise a flight that an earlier run of the service began, from item `seq` on."""
        flight = Flight(vehicle, stored.plan, zones, with_guard=False, clock=self._clock)
        begun_boot_s = kept.begun_on_clock(vehicle.boot_time_s, self._clock.utc_s())
        supervised = self._supervise(
            flight, stored.plan_id, kept.started_s, lambda: flight.take_up(seq, begun_boot_s)
        )
        supervised.begun_utc_s = None if begun_boot_s is None else kept.begun_utc_s
        return supervised

    def _supervise(
        self, flight: Flight, plan_id: str, started_s: float, fly: Callable[[], Awaitable[FlightResult]]
    ) -> SupervisedFlight:
        flight_id = f"f{len(self._flights) + 1}"
        supervised = SupervisedFlight(flight_id, flight.vehicle, plan_id, flight, started_s)
        supervised.changed_at = self._revision.advance()
        self._flights[flight_id] = supervised
        self._newest[supervised.drone_id] = supervised
        supervised.task = asyncio.create_task(self._run(supervised, fly), name=f"flight {flight_id}")
        return supervised

    def is_flying(self, drone_id: str) -> bool:
        """Whether a flight of a drone is supervised now."""
        newest = self._newest.get(drone_id)
        return newest is not None and newest.ended_s is None

    def demand_free(self, drone_id: str, plan_id: str) -> None:
        """Raise `ConflictError` where the drone flies a plan, or another drone flies this one: they would meet."""
        newest = self._newest.get(drone_id)
        if newest is not None and newest.ended_s is None:
            raise ConflictError(
                f"drone {drone_id} flies plan {newest.plan_id} (flight {newest.flight_id}, {newest.phase})",
                remedy="Wait for its landing or send it home with the command rtl",
            )
        for flight in self._flights.values():
            if flight.plan_id == plan_id and flight.ended_s is None:
                raise ConflictError(
                    f"plan {plan_id} is flown by drone {flight.drone_id} (flight {flight.flight_id})",
                    remedy="Choose another plan or wait for its landing",
                )

    def all(self) -> list[SupervisedFlight]:
        """Give all flights, oldest first."""
        return list(self._flights.values())

    def newest_of(self, drone_id: str) -> SupervisedFlight | None:
        """Give the newest flight of a drone."""
        return self._newest.get(drone_id)

    def is_flown(self, plan_id: str) -> bool:
        """Whether a plan is being flown now."""
        return any(flight.plan_id == plan_id and flight.ended_s is None for flight in self._flights.values())

    def observe(self) -> None:
        """Note which flights have changed, and write down when their missions began."""
        for flight in self._flights.values():
            if flight.refresh():
                flight.changed_at = self._revision.advance()
            if (
                flight.begun_utc_s is None
                and flight.ended_s is None
                and flight.flight.begun_boot_s is not None
            ):
                flight.begun_utc_s = self._clock.utc_s()
                flight.keeping = asyncio.create_task(self._keep(flight, flight.keeping))

    async def close(self) -> None:
        """Stop supervising; the vehicles go on with what they were told."""
        tasks = [flight.task for flight in self._flights.values() if flight.task and not flight.task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, supervised: SupervisedFlight, fly: Callable[[], Awaitable[FlightResult]]) -> None:
        supervised.keeping = asyncio.create_task(self._keep(supervised, None))
        try:
            supervised.result = await fly()
        except Refusal as refusal:
            supervised.fault = str(refusal)
        except Exception:  # noqa: BLE001
            supervised.fault = "The supervision failed; the service's log says how."
            _log.exception("flight %s failed", supervised.flight_id)
        finally:
            supervised.ended_s = self._clock.utc_s()
        await supervised.keeping
        if self._running is not None and not supervised.flight.vehicle.state.is_armed:
            await asyncio.to_thread(self._running.drop, supervised.drone_id)

    async def _keep(self, supervised: SupervisedFlight, before: asyncio.Task[None] | None) -> None:
        """Write down what is flown, after it was written `before`; where that fails the flight goes on."""
        if before is not None:
            await before
        actor = supervised.actor
        if self._running is None or actor is None:
            return
        running = RunningFlight(
            vehicle_id=supervised.drone_id,
            plan=supervised.flight.plan,
            who=actor.who,
            why=actor.why,
            started_s=supervised.started_s,
            begun_boot_s=supervised.flight.begun_boot_s if supervised.begun_utc_s is not None else None,
            begun_utc_s=supervised.begun_utc_s,
            plan_id=supervised.plan_id,
        )
        try:
            await asyncio.to_thread(self._running.keep, running)
        except OSError as error:
            _log.warning("flight %s is not kept for a restart: %s", supervised.flight_id, error)
