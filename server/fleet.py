"""All drones as viewers see them: newest state, zone clearance, track."""

import asyncio
import logging
from collections import deque
from dataclasses import replace

import orjson

from geofence.monitor.observation import Observation
from server.control_document import ControlState, control_state
from server.drone_document import DroneDocument, drone_document
from server.drone_safety import DroneSafety
from server.errors import NotFoundError
from server.flight_store import FlightStore, SupervisedFlight
from server.guards import Guards
from server.revision import Revision
from server.track import Track
from server.zone_store import ZoneStore
from server.zone_watch import ZoneWatch
from telemetry.bridge import Bridge
from telemetry.clock import Clock
from telemetry.flight.route_watch import RouteWatch
from telemetry.vehicle.mission_to_go import ToGo
from telemetry.vehicle.observed_state import observation_of
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
        "control",
        "flight_phase",
        "now_s",
        "plan_id",
        "route",
        "safety",
        "state",
        "to_go",
        "track",
    )

    def __init__(self, state: VehicleState) -> None:
        self.state = state
        self.track = Track()
        self.changed_at = 0
        self.now_s = 0.0
        self.safety = DroneSafety()
        self.route: tuple[str, RouteWatch] | None = None
        self.plan_id: str | None = None
        self.flight_phase: str | None = None
        self.control: ControlState = (None, None)
        self.to_go: ToGo | None = None
        self._document: DroneDocument | None = None
        self._encoded: bytes | None = None

    def mark_changed(self, revision: int, now_s: float) -> None:
        """Note that the JSON is another one now."""
        self.changed_at = revision
        self.now_s = now_s
        self._document = self._encoded = None

    @property
    def clearance_m(self) -> float | None:
        """Distance to forbidden space."""
        return self.safety.clearance_m

    @property
    def document(self) -> DroneDocument:
        """The drone as JSON shows it."""
        if self._document is None:
            self._document = drone_document(
                self.state,
                now_s=self.now_s,
                plan_id=self.plan_id,
                flight_phase=self.flight_phase,
                safety=self.safety,
                control=self.control,
                to_go=self.to_go,
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
    is_guarding : bool
        False in a replay: its drones are watched, and not told anything.
    """

    def __init__(
        self,
        bridge: Bridge,
        zones: ZoneStore,
        flights: FlightStore,
        clock: Clock,
        revision: Revision,
        *,
        is_guarding: bool = True,
    ) -> None:
        self._bridge = bridge
        self._zones = zones
        self._flights = flights
        self._clock = clock
        self._revision = revision
        self._observed_at_s = -1.0
        self._zones_seen_at = -1
        self._task: asyncio.Task[None] | None = None
        self.watch = ZoneWatch(zones, bridge.bus, clock.utc_s)
        self.guards = Guards(self.watch, is_acting=is_guarding)
        self.drones: dict[str, Drone] = {}
        self.gone: deque[tuple[int, str]] = deque(maxlen=GONE_KEPT)
        self.time_s = clock.utc_s()

    def start(self) -> None:
        """Begin to observe, viewers or not: tracks and zone violations miss nothing."""
        self.watch.prepare()
        self._task = asyncio.create_task(self._observe_always(), name="fleet watch")

    async def close(self) -> None:
        """Stop observing."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.guards.close()

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
        changed = {
            vehicle_id
            for vehicle_id, vehicle in self._bridge.vehicles.items()
            if self._take_in(vehicle_id, vehicle, zones_changed=zones_changed)
        }
        changed |= self._watch_zones(changed)
        for vehicle_id in changed:
            drone = self.drones[vehicle_id]
            if drone.state.position is not None:
                drone.track.add(drone.state.position)
            drone.mark_changed(self._revision.advance(), self.time_s)
        for vehicle_id in self.drones.keys() - self._bridge.vehicles.keys():
            del self.drones[vehicle_id]
            self.watch.forget(vehicle_id)
            self.guards.forget(vehicle_id)
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

    def switch_guard(self, vehicle: Vehicle, *, is_on: bool) -> Drone:
        """Switch the guard of a drone on or off; returns the drone as it is now.

        Raises
        ------
        InvalidError, ControlHeld, ControlDenied
            As `Guards.switch`.
        """
        self.guards.switch(vehicle, is_on=is_on)
        drone = self.drone(vehicle.vehicle_id)
        drone.safety = replace(drone.safety, guard=self.guards.of(vehicle).switch)
        drone.control = control_state(vehicle)
        drone.mark_changed(self._revision.advance(), self.time_s)
        return drone

    def _take_in(self, vehicle_id: str, vehicle: Vehicle, *, zones_changed: bool) -> bool:
        """Take a vehicle's newest state in; tells whether anything is new."""
        state = vehicle.state
        flight = self._flights.newest_of(vehicle_id)
        plan_id = flight.plan_id if flight else None
        flight_phase = flight.phase if flight else None
        control = control_state(vehicle)
        drone = self.drones.get(vehicle_id)
        if drone is None:
            vehicle.control.share()
            drone = self.drones[vehicle_id] = Drone(state)
        elif (
            not zones_changed
            and (state is drone.state or state == drone.state)
            and plan_id == drone.plan_id
            and flight_phase == drone.flight_phase
            and control == drone.control
        ):
            return False
        drone.state, drone.plan_id, drone.flight_phase = state, plan_id, flight_phase
        drone.control, drone.to_go = control, vehicle.to_go
        return True

    def _watch_zones(self, changed: set[str]) -> set[str]:
        """Judge by the zones every drone that has moved, or flies, and guard it; returns whose judgement is new."""
        observed: list[tuple[str, Observation]] = []
        for vehicle_id, drone in self.drones.items():
            if vehicle_id in changed or (drone.state.is_armed and vehicle_id in self._bridge.vehicles):
                observation = self._observation(vehicle_id, drone)
                if observation is not None:
                    observed.append((vehicle_id, observation))
        judged = set()
        clearances_m = self.watch.observe(observed)
        for (vehicle_id, _), clearance_m in zip(observed, clearances_m, strict=True):
            drone, vehicle = self.drones[vehicle_id], self._bridge.vehicles[vehicle_id]
            self.guards.observe(vehicle)
            guard = self.guards.of(vehicle)
            route = None if drone.route is None else drone.route[1]
            safety = DroneSafety(
                clearance_m=clearance_m,
                alerts=self.watch.alerts_of(vehicle_id),
                guard=guard.switch,
                is_overruled=guard.is_overruled,
                cross_track_m=None if route is None else route.cross_track_m,
                deviating=() if route is None else route.deviating,
            )
            if safety != drone.safety:
                drone.safety = safety
                judged.add(vehicle_id)
        return judged

    def _observation(self, vehicle_id: str, drone: Drone) -> Observation | None:
        """Give where a drone is, on its route where it flies one."""
        flight: SupervisedFlight | None = self._flights.newest_of(vehicle_id)
        if flight is None or flight.ended_s is not None:
            drone.route = None
            return observation_of(drone.state)
        if drone.route is None or drone.route[0] != flight.flight_id:
            drone.route = flight.flight_id, RouteWatch(flight.flight.plan, self._bridge.bus)
        return drone.route[1].observe(
            drone.state, elapsed_s=flight.flight.elapsed_s, event_time_s=self.time_s
        )

    async def _observe_always(self) -> None:
        while True:
            try:
                self.observe()
            except Exception:  # noqa: BLE001
                _log.exception("the fleet cannot be observed")
            await asyncio.sleep(1.0 / WATCH_HZ)
