"""The ground station: everything the service works on, put together once."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from geofence.terrain import Terrain
from geofence.zone_set import ZoneSet
from server.errors import ConflictError
from server.event_log import EventLog
from server.fleet import Fleet
from server.flight_store import FlightStore
from server.found_flights import FoundFlights
from server.link_keeper import LinkKeeper
from server.live_stream import LiveStream
from server.live_traffic import LiveTraffic
from server.operation_store import OperationStore
from server.plan_store import PlanStore
from server.revision import Revision
from server.schedule_store import ScheduleStore
from server.zone_store import ZoneStore
from telemetry.bridge import Bridge
from telemetry.logbook.running_flights import RunningFlights
from telemetry.rtk.correction_relay import CorrectionRelay
from telemetry.rtk.correction_source import CorrectionSource
from telemetry.terrain.terrain_service import serve_terrain
from telemetry.traffic.own_remote_id import Operator
from telemetry.traffic.remote_id_service import tell_operator
from telemetry.traffic.traffic_watch import TrafficWatch

PLANNERS = 2


class Station:
    """Bridge, zones, plans, schedules, drones, flights, events and the live stream.

    Parameters
    ----------
    bridge : Bridge
        Entered and closed by whoever made it.
    zones : ZoneSet
    ground : bytes
        What is drawn under the zones, as `server.ground.read_ground` gives it.
    is_replay : bool
        Whether the bridge plays a recording; then nothing can be commanded.
    records : Path, optional
        Folder of the recordings, where running flights are kept for the next start.
    """

    def __init__(
        self,
        bridge: Bridge,
        *,
        zones: ZoneSet | None = None,
        ground: bytes = b"null",
        is_replay: bool = False,
        records: Path | None = None,
    ) -> None:
        revision = Revision()
        running = None if records is None or is_replay else RunningFlights(records)
        self.bridge = bridge
        self.is_replay = is_replay
        self.zones = ZoneStore(zones if zones is not None else ZoneSet(()), revision)
        self.plans = PlanStore(revision)
        self.schedules = ScheduleStore()
        self.flights = FlightStore(bridge.clock, revision, running)
        self._found = (
            None if running is None else FoundFlights(bridge, running, self.plans, self.flights, self.zones)
        )
        self.operations = OperationStore(bridge.clock)
        self.events = EventLog(bridge.bus)
        self.fleet = Fleet(
            bridge, self.zones, self.flights, bridge.clock, revision, is_guarding=not is_replay
        )
        self.links = LinkKeeper(bridge, bridge.clock)
        self.traffic = TrafficWatch(bridge)
        self.corrections: CorrectionRelay | None = None
        self._services = AsyncExitStack()
        self.planners = ThreadPoolExecutor(PLANNERS, thread_name_prefix="planner")
        self.live = LiveStream(
            fleet=self.fleet,
            zones=self.zones,
            plans=self.plans,
            flights=self.flights,
            events=self.events,
            traffic=LiveTraffic(self.traffic.picture, bridge.clock, revision),
            revision=revision,
            ground=ground,
            is_replay=is_replay,
        )

    def start(self, links: Iterable[str] = ()) -> None:
        """Begin to listen, to watch and to open links."""
        self.events.start()
        self.fleet.start()
        self.traffic.start()
        if self._found is not None:
            self._found.start()
        for address in links:
            self.links.keep(address)

    async def close(self) -> None:
        """Stop everything but the bridge."""
        await self._services.aclose()
        await self.traffic.close()
        await self.links.close()
        if self._found is not None:
            await self._found.close()
        await self.flights.close()
        await self.operations.close()
        await self.fleet.close()
        await self.events.close()
        self.planners.shutdown(wait=False, cancel_futures=True)

    async def serve(
        self,
        *,
        terrain: Terrain | None = None,
        corrections: CorrectionSource | None = None,
        operator: Operator | None = None,
    ) -> None:
        """Give vehicles what they want besides orders: terrain, RTK corrections, their operator's place."""
        if terrain is not None:
            serve_terrain(self.bridge, terrain)
        if operator is not None:
            tell_operator(self.bridge, operator)
        if corrections is not None:
            self.corrections = await self._services.enter_async_context(
                CorrectionRelay(self.bridge, corrections)
            )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def demand_live(self) -> None:
        """Raise `ConflictError` where a recording is played."""
        if self.is_replay:
            raise ConflictError(
                "this is a replay; its drones cannot be commanded",
                remedy="Start `feiying serve` for live drones",
            )
