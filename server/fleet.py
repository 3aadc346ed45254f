"""All drones as viewers see them: newest state, zone clearance, track."""

import asyncio
import logging
from collections import deque

import orjson

from server.drone_document import DroneDocument, drone_document
from server.errors import NotFoundError
from server.flight_store import FlightStore
from server.revision import Revision
from server.track import Track
from server.zone_store import ZoneStore
from server.zone_watch import ZoneWatch
from telemetry.bridge import Bridge
from telemetry.clock import Clock
from telemetry.vehicle.vehicle import Vehicle
from telemetry.vehicle.vehicle_state import VehicleState

WATCH_HZ = 10.0
OBSERVED_AGE_MAX_S = 0.02
GONE_KEPT = 1000

_log = logging.getLogger("feiying.server")


class Drone:
    """One drone as last observed; its JSON is made when first wanted."""

    __slots__ = (
        "_document",
        "_encoded",
        "changed_at",
        "clearance_m",
        "flight_phase",
        "now_s",
        "plan_id",
        "state",
        "track",
    )

    def __init__(self, state: VehicleState) -> None:
        self.state = state
        self.track = Track()
        self.changed_at = 0
        self.now_s = 0.0
        self.clearance_m: float | None = None
        self.plan_id: str | None = None
        self.flight_phase: str | None = None
        self._document: DroneDocument | None = None
        self._encoded: bytes | None = None

    def mark_changed(self, revision: int, now_s: float) -> None:
        """Note that the JSON is another one now."""
        self.changed_at = revision
        self.now_s = now_s
        self._document = self._encoded = None

    @property
    def document(self) -> DroneDocument:
        """The drone as JSON shows it."""
        if self._document is None:
            self._document = drone_document(
                self.state,
                now_s=self.now_s,
                plan_id=self.plan_id,
                flight_phase=self.flight_phase,
                zone_clearance_m=self.clearance_m,
            )
        return self._document

    @property
    def encoded(self) -> bytes:
        """The document as JSON, encoded once a change for all viewers."""
        if self._encoded is None:
            self._encoded = orjson.dumps(self.document)
        return self._encoded


class Fleet:
    """Observes the bridge's vehicles.

    Parameters
    ----------
    bridge : Bridge
    zones : ZoneStore
    flights : FlightStore
    clock : Clock
    revision : Revision
    """

    def __init__(
        self, bridge: Bridge, zones: ZoneStore, flights: FlightStore, clock: Clock, revision: Revision
    ) -> None:
        self._bridge = bridge
        self._zones = zones
        self._flights = flights
        self._clock = clock
        self._revision = revision
        self._observed_at_s = -1.0
        self._zones_seen_at = -1
        self._task: asyncio.Task[None] | None = None
        self.watch = ZoneWatch(zones, bridge.bus)
        self.drones: dict[str, Drone] = {}
        self.gone: deque[tuple[int, str]] = deque(maxlen=GONE_KEPT)
        self.time_s = clock.utc_s()

    def start(self) -> None:
        """Begin to observe, viewers or not: tracks and zone violations miss nothing."""
        self._task = asyncio.create_task(self._observe_always(), name="fleet watch")

    async def close(self) -> None:
        """Stop observing."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def observe(self) -> None:
        """Take every vehicle's newest state in, unless that was done just now."""
        loop_s = asyncio.get_running_loop().time()
        if loop_s - self._observed_at_s < OBSERVED_AGE_MAX_S:
            return
        self._observed_at_s = loop_s
        self.time_s = self._clock.utc_s()
        zones_changed = self._zones_seen_at != self._zones.changed_at
        self._zones_seen_at = self._zones.changed_at
        self._flights.observe()
        changed = [
            drone
            for vehicle_id, vehicle in self._bridge.vehicles.items()
            if (drone := self._changed(vehicle_id, vehicle, zones_changed=zones_changed)) is not None
        ]
        clearances_m = self.watch.clearances_m([drone.state for drone in changed], self._is_supervised)
        for drone, clearance_m in zip(changed, clearances_m, strict=True):
            drone.clearance_m = clearance_m
            if drone.state.position is not None:
                drone.track.add(drone.state.position)
            drone.mark_changed(self._revision.advance(), self.time_s)
        for vehicle_id in self.drones.keys() - self._bridge.vehicles.keys():
            del self.drones[vehicle_id]
            self.gone.append((self._revision.advance(), vehicle_id))

    def drone(self, drone_id: str) -> Drone:
        """Give one drone as it is now or raise `NotFoundError`."""
        self.observe()
        try:
            return self.drones[drone_id]
        except KeyError:
            known = ", ".join(self.drones) or "none"
            raise NotFoundError(f"there is no drone {drone_id!r}", remedy=f"There are: {known}") from None

    def vehicle(self, drone_id: str) -> Vehicle:
        """Give the vehicle behind a drone or raise `NotFoundError`."""
        self.drone(drone_id)
        return self._bridge.vehicles[drone_id]

    def _changed(self, vehicle_id: str, vehicle: Vehicle, *, zones_changed: bool) -> Drone | None:
        """Take a vehicle's newest state in; None where nothing is new."""
        state = vehicle.state
        flight = self._flights.newest_of(vehicle_id)
        plan_id = flight.plan_id if flight else None
        flight_phase = flight.phase if flight else None
        drone = self.drones.get(vehicle_id)
        if drone is None:
            drone = self.drones[vehicle_id] = Drone(state)
        elif (
            not zones_changed
            and (state is drone.state or state == drone.state)
            and plan_id == drone.plan_id
            and flight_phase == drone.flight_phase
        ):
            return None
        drone.state, drone.plan_id, drone.flight_phase = state, plan_id, flight_phase
        return drone

    def _is_supervised(self, vehicle_id: str) -> bool:
        flight = self._flights.newest_of(vehicle_id)
        return flight is not None and flight.ended_s is None

    async def _observe_always(self) -> None:
        while True:
            try:
                self.observe()
            except Exception:  # noqa: BLE001
                _log.exception("the fleet cannot be observed")
            await asyncio.sleep(1.0 / WATCH_HZ)
