"""The vehicles of one MAVLink network, whose system ids are unique, over all links to it."""

import contextlib
from collections import defaultdict
from collections.abc import Callable
from random import Random

from pymavlink.dialects.v20 import ardupilotmega

from telemetry.bus import Bus
from telemetry.clock import Clock
from telemetry.events import SystemIdDuplicated, VehicleDiscovered
from telemetry.network.paths import Paths
from telemetry.network.source import Source
from telemetry.network.twins import POSITION, VERSION, BoardNumbers, LeapCount
from telemetry.vehicle.vehicle import Vehicle
from telemetry.wire.codec import decode
from telemetry.wire.frame import Frame
from telemetry.wire.message import Message


class Network:
    """Links that lead to the same vehicles.

    Parameters
    ----------
    name : str
        First part of the vehicles' ids, before the hyphen.
    bus : Bus
    clock : Clock
    on_vehicle : callable
        Told of each new vehicle.
    chance : Random, optional
        As the bridge's.

    Attributes
    ----------
    paths : dict of int to Paths
        By system id.
    """

    def __init__(
        self,
        name: str,
        *,
        bus: Bus,
        clock: Clock,
        on_vehicle: Callable[[Vehicle], None],
        chance: Random | None = None,
    ) -> None:
        self.name = name
        self._chance = chance
        self.paths: dict[int, Paths] = {}
        self._sources: defaultdict[int, list[Source]] = defaultdict(list)
        self._bus = bus
        self._clock = clock
        self._on_vehicle = on_vehicle
        self._boards: defaultdict[int, BoardNumbers] = defaultdict(BoardNumbers)
        self._leaps: defaultdict[Source, LeapCount] = defaultdict(LeapCount)
        self._told: set[Source] = set()

    def add_source(self, source: Source) -> None:
        """Take in a component that is new on its link."""
        system_id = source.address.system_id
        self._sources[system_id].append(source)
        paths = self.paths.get(system_id)
        if paths is not None and source.address != paths.vehicle.address:
            source.paths = paths

    def remove_source(self, source: Source) -> None:
        """Forget a component that is no autopilot."""
        with contextlib.suppress(ValueError):
            self._sources[source.address.system_id].remove(source)

    def greet(self, source: Source, heartbeat: Message) -> None:
        """Make a vehicle, or a further path to one, of what sends an autopilot's heartbeat."""
        if (
            heartbeat.autopilot == ardupilotmega.MAV_AUTOPILOT_INVALID
            or heartbeat.type == ardupilotmega.MAV_TYPE_GCS
        ):
            return
        source.is_autopilot = True
        paths = self.paths.get(source.address.system_id)
        if paths is None:
            paths = self._discover(source)
        else:
            paths.add(source)
        source.paths = paths
        if not source.link.is_passive:
            source.request_streams(self._clock.monotonic_s())

    def is_news(self, source: Source, paths: Paths, frame: Frame, now_s: float) -> bool:
        """Whether a frame of a vehicle is to be taken: of its own and not said before."""
        if source.is_autopilot:
            if frame.msg_id == POSITION:
                if self._leaps[source].is_leaping(frame, now_s):
                    self._tell_of_twin(source)
            elif frame.msg_id == VERSION:
                self._compare_boards(source, frame)
            if source.is_twin:
                return False
        return len(paths.sources) == 1 or paths.is_news(source, frame, now_s)

    def handle_timer(self, now_s: float) -> None:
        """Watch over all vehicles."""
        for paths in self.paths.values():
            paths.handle_timer(now_s)

    def _discover(self, source: Source) -> Paths:
        address = source.address
        paths = self.paths[address.system_id] = Paths(source, bus=self._bus, clock=self._clock)
        paths.vehicle = Vehicle(
            f"{self.name}-{address.system_id}",
            address.system_id,
            address.component_id,
            source.link.name,
            send=paths.send,
            bus=self._bus,
            clock=self._clock,
            chance=self._chance,
        )
        for other in self._sources[address.system_id]:
            if other.address != address:
                other.paths = paths
        self._on_vehicle(paths.vehicle)
        self._bus.publish(
            VehicleDiscovered(
                time_s=self._clock.utc_s(),
                vehicle_id=paths.vehicle.vehicle_id,
                system_id=address.system_id,
                link=source.link.name,
            )
        )
        return paths

    def _compare_boards(self, source: Source, frame: Frame) -> None:
        self._boards[source.address.system_id].compare(source, decode(frame))
        if source.is_twin:
            self._tell_of_twin(source)

    def _tell_of_twin(self, source: Source) -> None:
        if source in self._told:
            return
        self._told.add(source)
        self._bus.publish(
            SystemIdDuplicated(
                time_s=self._clock.utc_s(),
                system_id=source.address.system_id,
                link=source.link.name,
                peer=source.peer,
                is_ignored=source.is_twin,
            )
        )
