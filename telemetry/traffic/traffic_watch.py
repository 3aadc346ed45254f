"""The traffic picture of a bridge: fed by all its links, told on its bus."""

import asyncio
import logging
from collections.abc import Sequence
from typing import assert_never

from telemetry.bridge import Bridge
from telemetry.events import Event, TrafficAppeared, TrafficCleared, TrafficCrowded, TrafficLost, TrafficNear
from telemetry.network.bridged_link import BridgedLink
from telemetry.traffic.traffic_picture import (
    HEARD,
    Appeared,
    Cleared,
    Expired,
    Near,
    OwnDrone,
    TrafficHappening,
    TrafficPicture,
)
from telemetry.wire.codec import decode
from telemetry.wire.frame import Frame

LOOK_S = 1.0
MOST_TOLD = 20
"""Events a look, of those that came near and of all others."""

_log = logging.getLogger(__name__)


class TrafficWatch:
    """Listens to what vehicles hear of others, and to receivers that are no vehicle's.

    Parameters
    ----------
    bridge : Bridge
    picture : TrafficPicture, optional
    """

    def __init__(self, bridge: Bridge, picture: TrafficPicture | None = None) -> None:
        self.picture = picture or TrafficPicture()
        self._bridge = bridge
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen and to look."""
        self._bridge.taps.append(self._hear)
        self._task = asyncio.create_task(self._watch(), name="traffic watch")

    async def close(self) -> None:
        """Listen no more."""
        task, self._task = self._task, None
        if task is not None:
            self._bridge.taps.remove(self._hear)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def observe(self) -> None:
        """Measure all traffic against all drones now."""
        drones: dict[str, OwnDrone] = {}
        for vehicle_id, vehicle in self._bridge.vehicles.items():
            state = vehicle.state
            if state.position is not None:
                is_flying = state.is_armed and state.is_flying is not False
                drones[vehicle_id] = OwnDrone(state.position, state.alt_amsl_m, is_flying)
        self.picture.observe(drones, self._bridge.clock.monotonic_s())
        self._tell()

    def _hear(self, link: BridgedLink, frames: Sequence[Frame]) -> None:  # noqa: ARG002
        for frame in frames:
            if frame.msg_id in HEARD and frame.definition is not None:
                self.picture.receive_message(decode(frame), self._bridge.clock.monotonic_s())

    async def _watch(self) -> None:
        while True:
            try:
                self.observe()
            except Exception:  # noqa: BLE001
                _log.exception("traffic cannot be observed")
            await asyncio.sleep(LOOK_S)

    def _tell(self) -> None:
        near: list[Near] = []
        others: list[TrafficHappening] = []
        while (happening := self.picture.next_event()) is not None:
            if isinstance(happening, Near):
                near.append(happening)
            else:
                others.append(happening)
        near.sort(key=lambda one: one.distance_m)
        for happening in [*others[:MOST_TOLD], *near[:MOST_TOLD]]:
            self._bridge.bus.publish(self._event_of(happening))
        more_near, more = max(0, len(near) - MOST_TOLD), max(0, len(others) - MOST_TOLD)
        if more_near or more:
            self._bridge.bus.publish(
                TrafficCrowded(time_s=self._bridge.clock.utc_s(), near=more_near, others=more)
            )

    def _event_of(self, happening: TrafficHappening) -> Event:
        time_s, aircraft = self._bridge.clock.utc_s(), happening.aircraft
        traffic_id, name = aircraft.traffic_id, aircraft.name
        match happening:
            case Appeared():
                return TrafficAppeared(
                    time_s=time_s, traffic_id=traffic_id, source=aircraft.source, name=name
                )
            case Near(_, drone_id, away_m, vertical_m):
                return TrafficNear(
                    time_s=time_s,
                    vehicle_id=drone_id,
                    traffic_id=traffic_id,
                    name=name,
                    distance_m=away_m,
                    vertical_m=vertical_m,
                )
            case Cleared(_, drone_id):
                return TrafficCleared(time_s=time_s, vehicle_id=drone_id, traffic_id=traffic_id, name=name)
            case Expired():
                return TrafficLost(time_s=time_s, traffic_id=traffic_id, name=name)
            case _:
                assert_never(happening)
