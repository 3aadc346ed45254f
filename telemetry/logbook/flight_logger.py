"""Logs every flight when it has ended, and at the start those that a crash cut off, aside of the event loop."""

import asyncio
import contextlib
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import ParamSpec, Self, TypeVar

from telemetry.bus import EventBus
from telemetry.clock import Clock, SystemClock
from telemetry.events import (
    Armed,
    Disarmed,
    Event,
    FlightLogFailed,
    FlightLogged,
    LinkOpened,
    RecordingRepaired,
    VehicleDiscovered,
)
from telemetry.links.link_address import network_of
from telemetry.logbook.examination import examine_run, runs_to_examine
from telemetry.logbook.flight_index import FlightIndex
from telemetry.logbook.flight_log import AFTER_S, BEFORE_S, FlightOrder, log_flight
from telemetry.logbook.flight_record import FlightRecord
from telemetry.logbook.retention import Retention, apply_retention
from telemetry.logbook.station_events import (
    StationEvents,
    events_of_flight,
    plan_of_flight,
    station_events,
)
from telemetry.recorder import Recorder
from telemetry.refusal import TelemetryError

RETENTION_EVERY_S = 600.0

_P = ParamSpec("_P")
_R = TypeVar("_R")
_log = logging.getLogger(__name__)


class _KnownVehicle:
    """What the bus told of a vehicle."""

    def __init__(self, system_id: int, heard_s: float) -> None:
        self.system_id = system_id
        self.heard_s = heard_s
        self.links: dict[str, None] = {}
        self.armed_s: float | None = None


class FlightLogger:
    """Listens to the bus and has the logs made by a process of its own, so that nothing else waits.

    Parameters
    ----------
    recorder : Recorder
        Whose recordings the flights are taken from.
    bus : EventBus
    clock : Clock, optional
    retention : Retention, optional
        What is deleted, at the start, after each flight and every ten minutes.
    executor : Executor, optional
        Does the work; shut down by whoever made it. A process that is begun when it is first needed where none is given.
    after_s : float
        How long after disarming a log goes on.
    """

    def __init__(
        self,
        recorder: Recorder,
        bus: EventBus,
        *,
        clock: Clock | None = None,
        retention: Retention | None = None,
        executor: Executor | None = None,
        after_s: float = AFTER_S,
    ) -> None:
        self._recorder = recorder
        self._bus = bus
        self._clock = clock or SystemClock()
        self._retention = retention
        self._after_s = after_s
        self._events = bus.subscribe(name="flight logger")
        self._station_events = StationEvents(recorder.folder)
        self._links: set[str] = set()
        self._vehicles: dict[str, _KnownVehicle] = {}
        self._own_executor: ProcessPoolExecutor | None = None
        self._executor = executor
        self._closing = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._logging: dict[asyncio.Task[None], float] = {}

    async def __aenter__(self) -> Self:
        self._listening = asyncio.create_task(self._listen(), name="flight logger")
        self._keeping = asyncio.create_task(self._keep(), name="examination and retention")
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Log what has ended, and what is cut off here, and end."""
        self._events.close()
        if self._listening is not None:
            await asyncio.gather(self._listening, return_exceptions=True)
        now_s = self._clock.utc_s()
        for vehicle_id, vehicle in self._vehicles.items():
            if vehicle.armed_s is not None:
                self._begin_log(vehicle_id, vehicle, now_s, is_complete=False)
        self._closing.set()
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        await asyncio.gather(*self._logging, return_exceptions=True)
        if self._own_executor is not None:
            self._own_executor.shutdown(wait=False, cancel_futures=True)

    async def _listen(self) -> None:
        async for event in self._events:
            try:
                self._take_in(event)
            except Exception:  # noqa: BLE001 - one event must not keep the following ones from being read
                _log.exception("an event cannot be read: %r", event)

    def _take_in(self, event: Event) -> None:
        with contextlib.suppress(OSError):
            self._station_events.write(event)
        vehicle_id = event.vehicle_id
        link = getattr(event, "link", "")
        if isinstance(event, LinkOpened):
            self._links.add(event.link)
        if isinstance(event, VehicleDiscovered):
            self._vehicles.setdefault(vehicle_id, _KnownVehicle(event.system_id, event.time_s))
        vehicle = self._vehicles.get(vehicle_id)
        if vehicle is None:
            return
        if link:
            vehicle.links[link] = None
        if isinstance(event, Armed):
            vehicle.armed_s = event.time_s
        elif isinstance(event, Disarmed):
            self._begin_log(vehicle_id, vehicle, event.time_s, is_complete=vehicle.armed_s is not None)

    def _begin_log(self, vehicle_id: str, vehicle: _KnownVehicle, end_s: float, *, is_complete: bool) -> None:
        # One that was armed when it was first heard has flown since before that.
        begin_s = vehicle.heard_s if vehicle.armed_s is None else vehicle.armed_s
        vehicle.armed_s = None
        order = FlightOrder(
            root=self._recorder.root,
            run=self._recorder.folder.name,
            vehicle_id=vehicle_id,
            system_id=vehicle.system_id,
            links=(*vehicle.links, *self._beside(vehicle)),
            begin_s=begin_s,
            end_s=end_s,
            is_complete=is_complete,
        )
        task = asyncio.create_task(self._log(order), name=f"flight log {vehicle_id}")
        self._logging[task] = begin_s
        task.add_done_callback(self._logging.pop)

    def _beside(self, vehicle: _KnownVehicle) -> list[str]:
        """Give the other links of the vehicle's network."""
        networks = {network_of(link) for link in vehicle.links} - {""}
        return sorted(link for link in self._links - {*vehicle.links} if network_of(link) in networks)

    async def _log(self, order: FlightOrder) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._after_s):
                await self._closing.wait()
        try:
            flight = await self._work(log_flight_of_run, order)
        except Exception as error:  # noqa: BLE001 - what cannot be logged is told; the recordings still hold it
            self._say_failed(error, order.vehicle_id)
            return
        self._say_logged(flight)
        if not self._closing.is_set():
            await self._apply_retention()

    async def _keep(self) -> None:
        """Look through earlier runs, then delete what is too old, again and again."""
        try:
            for run in await asyncio.to_thread(runs_to_examine, self._recorder.root):
                if run != self._recorder.folder.name:
                    await self._examine(run)
        except Exception as error:  # noqa: BLE001 - as above
            self._say_failed(error)
        while True:
            await self._apply_retention()
            await asyncio.sleep(RETENTION_EVERY_S)

    async def _examine(self, run: str) -> None:
        found = await self._work(examine_run, self._recorder.root, run)
        if found is None:
            return
        for path, cut_bytes in found.repaired:
            _log.warning("%s ended inside a record; %d bytes were taken off", path, cut_bytes)
            self._bus.publish(RecordingRepaired(time_s=self._clock.utc_s(), path=path, cut_bytes=cut_bytes))
        for flight in found.flights:
            self._say_logged(flight)
        for failure in found.failures:
            self._say_failed(TelemetryError(failure))

    async def _apply_retention(self) -> None:
        if self._retention is None:
            return
        now_s = self._clock.utc_s()
        root, own = self._recorder.root, self._recorder.folder
        examined = FlightIndex(root).examined
        busy = {recording.path for recording in self._recorder.recordings}
        begins = [vehicle.armed_s for vehicle in self._vehicles.values() if vehicle.armed_s is not None]
        needed_s = min([now_s, *begins, *self._logging.values()]) - 2.0 * BEFORE_S

        def is_done(path: Path) -> bool:
            if path.parent != own:
                return path.parent.name in examined
            return path not in busy and path.stat().st_mtime < needed_s

        try:
            gone = await asyncio.to_thread(
                apply_retention, root, self._retention, now_s=now_s, is_done=is_done
            )
        except (OSError, TelemetryError) as error:
            _log.warning("old recordings cannot be deleted: %s", error)
            return
        for event in gone:
            _log.info("deleted for its %s: %s", event.reason, ", ".join(event.paths))
            self._bus.publish(event)

    async def _work(self, work: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
        executor = self._executor
        if executor is None:
            if self._own_executor is None:
                self._own_executor = ProcessPoolExecutor(
                    1, mp_context=multiprocessing.get_context("spawn"), initializer=_follow_parent
                )
            executor = self._own_executor
        # Beginning a process takes a while, and the links do not wait.
        begun = await asyncio.to_thread(executor.submit, partial(work, *args, **kwargs))
        return await asyncio.wrap_future(begun)

    def _say_logged(self, flight: FlightRecord) -> None:
        self._bus.publish(
            FlightLogged(
                time_s=self._clock.utc_s(),
                vehicle_id=flight.vehicle_id,
                flight_id=flight.flight_id,
                path=str(self._recorder.root / flight.log),
                messages=flight.messages,
                is_complete=flight.is_complete,
            )
        )

    def _say_failed(self, error: Exception, vehicle_id: str = "") -> None:
        reason = str(error)
        if isinstance(error, OSError):
            reason = (
                f"{self._recorder.root}: {(error.strerror or reason).lower()}. "
                "Make room and see that it can be written to: the next start logs it from the recordings"
            )
        is_foreseen = isinstance(error, TelemetryError | OSError)
        _log.warning("a flight cannot be logged: %s", reason, exc_info=None if is_foreseen else error)
        self._bus.publish(FlightLogFailed(time_s=self._clock.utc_s(), vehicle_id=vehicle_id, reason=reason))


def log_flight_of_run(order: FlightOrder) -> FlightRecord:
    """Log a flight with what the station saw of it."""
    events = station_events(order.root / order.run)
    return log_flight(
        replace(
            order,
            plan_name=plan_of_flight(events, order.vehicle_id, order.end_s),
            events=events_of_flight(events, order.vehicle_id, order.begin_s, order.end_s),
        )
    )


def _follow_parent() -> None:
    """Leave Ctrl-C to the process that asked, and end with it, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="end with parent", daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        # A pool's worker whose parent was killed waits for work for ever.
        os._exit(1)
