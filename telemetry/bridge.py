"""Between all links and all vehicles: opens, records, decodes, discovers, asks, watches for silence."""

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable
from typing import Self

from pymavlink.dialects.v20 import ardupilotmega

from telemetry.bus import Bus
from telemetry.clock import Clock, SystemClock
from telemetry.events import LinkLost, RecordingFailed, VehicleDiscovered
from telemetry.links.link import Link
from telemetry.links.replay_link import ReplayLink
from telemetry.network.bridged_link import HEARTBEAT, BridgedLink, Tap
from telemetry.network.network import Network
from telemetry.network.signing_mismatch import MISMATCHES
from telemetry.network.station_signing import StationSigning
from telemetry.recorder import Recorder
from telemetry.refusal import TelemetryError
from telemetry.vehicle.payload_discovery import HEARD, PayloadDiscovery
from telemetry.vehicle.vehicle import Vehicle
from telemetry.wire.message import Message

_TICK_S = 0.25
_LATE_S = 1.0
_HEARTBEAT_S = 1.0
_SYNC_S = 1.0
_HEARD_ALL_S = 1.5
_LOOK_S = 0.02

_log = logging.getLogger(__name__)


def ground_station_heartbeat() -> Message:
    """Say that a ground station is here."""
    return Message.new(
        "HEARTBEAT",
        type=ardupilotmega.MAV_TYPE_GCS,
        autopilot=ardupilotmega.MAV_AUTOPILOT_INVALID,
        system_status=ardupilotmega.MAV_STATE_ACTIVE,
        mavlink_version=3,
    )


def _look_for_payload(vehicle: Vehicle) -> None:
    # A replayed vehicle refuses to be asked.
    with contextlib.suppress(TelemetryError):
        vehicle.attend(PayloadDiscovery(vehicle.address), HEARD)


class Bridge:
    """All links, all vehicles and one bus.

    Parameters
    ----------
    clock : Clock, optional
        The machine's where none is given; a replay brings its own.
    recorder : Recorder, optional
        Writes down all that passes.
    signing : StationSigning, optional
        Signs all that is sent and refuses what comes without a right signature.
    is_passive : bool
        Send nothing, to nobody.
    chance : Random, optional
        Where numbers come from that should differ from run to run.

    Attributes
    ----------
    bus : Bus
    vehicles : dict of str to Vehicle
        By id: the network's name, a hyphen, the system id.
    links : list of BridgedLink
    networks : dict of str to Network
        By name.
    taps : list of callable
        Handed every frame that comes over any link.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        recorder: Recorder | None = None,
        signing: StationSigning | None = None,
        is_passive: bool = False,
        chance: random.Random | None = None,
    ) -> None:
        self._chance = random.SystemRandom() if chance is None else chance
        self.clock: Clock = clock or SystemClock()
        self.bus = Bus()
        self.vehicles: dict[str, Vehicle] = {}
        self.links: list[BridgedLink] = []
        self.networks: dict[str, Network] = {}
        self.taps: list[Tap] = []
        self._attendants: list[Callable[[Vehicle], None]] = [_look_for_payload]
        self._has_own_clock = clock is not None
        self._recorder = recorder
        self._signing = signing
        self._is_passive = is_passive
        self._readers: list[asyncio.Task[None]] = []
        self._watches: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    async def add_link(self, link: Link, network: str = "") -> None:
        """Open a link and keep it open.

        Links to one network lead to the same vehicles; a link that names none is a network of its own, called by its number.

        Raises
        ------
        TelemetryError
            If it cannot be opened. A recording that cannot be made is an event.
        """
        await link.open()
        if isinstance(link, ReplayLink) and not self._has_own_clock:
            self.clock = link.clock
        number = len(self.links) + 1
        recording = None
        if self._recorder is not None:
            try:
                recording = self._recorder.record(number, link.name)
            except TelemetryError as error:
                self.bus.publish(
                    RecordingFailed(
                        time_s=self.clock.utc_s(), link=link.name, path=error.place, reason=error.what
                    )
                )
        signing = None if isinstance(link, ReplayLink) else self._signing
        bridged = BridgedLink(
            link,
            self._network(network or str(number)),
            bus=self.bus,
            clock=self.clock,
            recording=recording,
            is_passive=self._is_passive or isinstance(link, ReplayLink),
            signer=None if signing is None else signing.signer(number),
            verifier=None if signing is None else signing.verifier(),
            taps=self.taps,
        )
        self.links.append(bridged)
        bridged.send(ground_station_heartbeat())
        self._readers.append(asyncio.create_task(self._read(bridged)))
        if not self._watches:
            self._watches = [asyncio.create_task(self._watch()), asyncio.create_task(self._sync())]

    def _network(self, name: str) -> Network:
        if name not in self.networks:
            self.networks[name] = Network(
                name, bus=self.bus, clock=self.clock, chance=self._chance, on_vehicle=self._add_vehicle
            )
        return self.networks[name]

    def attend(self, attendant: Callable[[Vehicle], None]) -> None:
        """Hand every vehicle, also those still to come, to `attendant`, once."""
        self._attendants.append(attendant)
        for vehicle in self.vehicles.values():
            attendant(vehicle)

    def _add_vehicle(self, vehicle: Vehicle) -> None:
        self.vehicles[vehicle.vehicle_id] = vehicle
        for attendant in self._attendants:
            attendant(vehicle)

    async def _read(self, bridged: BridgedLink) -> None:
        try:
            await bridged.run()
        except Exception:  # noqa: BLE001 - a fault of one link must not end the others
            bridged.is_open = False
            _log.exception("%s: reading failed", bridged.name)
            self.bus.publish(
                LinkLost(time_s=self.clock.utc_s(), link=bridged.name, reason="reading it failed")
            )

    async def wait_for_vehicle(self, timeout_s: float) -> Vehicle:
        """Wait for the first vehicle on any link.

        Raises
        ------
        TelemetryError
            If none was heard in time; it says what was heard instead.
        """
        with self.bus.subscribe() as events:
            try:
                async with asyncio.timeout(timeout_s):
                    while not self.vehicles:
                        async for event in events:
                            if isinstance(event, VehicleDiscovered):
                                break
            except TimeoutError:
                raise self._silence(timeout_s) from None
        return next(iter(self.vehicles.values()))

    async def wait_for_one_vehicle(self, timeout_s: float, system_id: int | None = None) -> Vehicle:
        """Wait for the vehicle of this system id; without one for the only one there is.

        Raises
        ------
        TelemetryError
            If it was not heard in time, or if none was named and several are heard.
        """
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + timeout_s
        await self.wait_for_vehicle(timeout_s)
        if system_id is None:
            # All others have been heard, too, by the time that the first says again that it is there.
            deadline_s = min(deadline_s, loop.time() + _HEARD_ALL_S)
        while loop.time() < deadline_s:
            if system_id is None:
                if self._heartbeats() > 1:
                    break
            elif any(other.address.system_id == system_id for other in self.vehicles.values()):
                break
            await asyncio.sleep(_LOOK_S)
        others = [other for other in self.vehicles.values() if system_id in (None, other.address.system_id)]
        if len(others) == 1:
            return others[0]
        heard = ", ".join(str(other.address.system_id) for other in self.vehicles.values())
        raise TelemetryError(
            f"several vehicles are heard: {heard}"
            if system_id is None
            else f"vehicle {system_id} was not heard within {timeout_s:g} s, but {heard}",
            place=", ".join(link.name for link in self.links),
            remedy="Name the one that is meant with --system-id",
        )

    def _heartbeats(self) -> int:
        return max(source.counts[HEARTBEAT] for link in self.links for source in link.vehicle_sources)

    def _silence(self, timeout_s: float) -> TelemetryError:
        place = ", ".join(link.name for link in self.links)
        within = f"within {timeout_s:g} s"
        for link in self.links:
            for cause in link.signing_mismatches:
                what, remedy = MISMATCHES[cause]
                return TelemetryError(
                    f"no vehicle was heard {within}: {what}", place=link.name, remedy=remedy
                )
        if any(link.messages_in for link in self.links):
            return TelemetryError(
                f"MAVLink came but no autopilot's heartbeat {within}",
                place=place,
                remedy="Connect to the autopilot itself, not only to another ground station or component",
            )
        if any(link.bytes_in for link in self.links):
            return TelemetryError(
                f"bytes came but no MAVLink {within}",
                place=place,
                remedy="Check the baud rate, and that the port speaks MAVLink unencrypted",
            )
        if not any(link.is_open for link in self.links):
            return TelemetryError(
                f"the connection was closed by the other side before a vehicle was heard {within}",
                place=place,
                remedy="Check that the vehicle or simulator still runs, and that it lets one more station connect",
            )
        return TelemetryError(
            f"no vehicle was heard {within}",
            place=place,
            remedy="Check that the vehicle has power and that this is the address it speaks MAVLink on",
        )

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        heartbeat = ground_station_heartbeat()
        heartbeat_at_s = loop.time() + _HEARTBEAT_S
        while True:
            before_s = loop.time()
            await asyncio.sleep(_TICK_S)
            now_s = loop.time()
            if now_s >= heartbeat_at_s:
                heartbeat_at_s = now_s + _HEARTBEAT_S
                for link in self.links:
                    link.send(heartbeat)
            # After a pause of our own the news of the vehicles still lies unread.
            if now_s - before_s < _LATE_S:
                for network in self.networks.values():
                    network.handle_timer(self.clock.monotonic_s())

    async def _sync(self) -> None:
        while True:
            await asyncio.sleep(_SYNC_S)
            for link in self.links:
                if link.recording is not None:
                    await asyncio.to_thread(link.recording.sync)
            if self._signing is not None:
                self._signing.handle_timer(self.clock.monotonic_s())

    async def close(self) -> None:
        """End all conversations, close all links and recordings."""
        tasks = self._readers + self._watches
        self._readers, self._watches = [], []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for vehicle in self.vehicles.values():
            await vehicle.close()
        for link in self.links:
            link.is_open = False
            await link.link.close()
            recording, link.recording = link.recording, None
            if recording is not None:
                recording.close()
        if self._signing is not None:
            with contextlib.suppress(OSError):
                self._signing.save()
