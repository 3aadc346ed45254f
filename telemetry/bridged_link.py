"""One link at work: bytes to frames to the recording to the vehicles, and back."""

import asyncio
import contextlib
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import partial

from pymavlink.dialects.v20 import ardupilotmega

from telemetry.bus import Bus
from telemetry.clock import Clock
from telemetry.events import (
    LinkLost,
    LinkOpened,
    RecordingFailed,
    RecordingResumed,
    ReplayEnded,
    SystemIdDuplicated,
    VehicleDiscovered,
)
from telemetry.links.address import GROUND_STATION
from telemetry.links.link import Link
from telemetry.links.replay_link import ReplayLink
from telemetry.recorder import LinkRecording
from telemetry.refusal import TelemetryError
from telemetry.vehicle.state_tracker import SILENCE_S
from telemetry.vehicle.stream_requests import StreamRequests
from telemetry.vehicle.vehicle import Vehicle
from telemetry.wire.codec import Encoder, FrameScanner, decode
from telemetry.wire.dialect import DEFINITIONS, definition_of
from telemetry.wire.frame import Frame
from telemetry.wire.message import Message

HANDLER_FAILED = "handler_failed"
DUPLICATE_SYSTEM_ID = "duplicate_system_id"

_HEARTBEAT = definition_of("HEARTBEAT").msg_id
_TIMESYNC = definition_of("TIMESYNC").msg_id
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 8.0

_log = logging.getLogger(__name__)


class Source:
    """One component heard on a link; `vehicle` where it is an autopilot."""

    __slots__ = (
        "component_id",
        "counts",
        "heard_s",
        "is_silent",
        "peer",
        "requests",
        "system_id",
        "vehicle",
    )

    def __init__(self, system_id: int, component_id: int, peer: str) -> None:
        self.system_id = system_id
        self.component_id = component_id
        self.peer = peer
        self.counts: defaultdict[int, int] = defaultdict(int)
        self.heard_s = 0.0
        self.is_silent = False
        self.requests = StreamRequests(system_id, component_id)
        self.vehicle: Vehicle | None = None


class BridgedLink:
    """A link, what came over it and what went.

    Parameters
    ----------
    number : int
        From 1; the first part of the vehicles' ids.
    link : Link
        Open already.
    bus : Bus
    clock : Clock
    recording : LinkRecording or None
    is_passive : bool
        Send nothing.
    on_vehicle : callable
        Told of each new vehicle.
    """

    def __init__(
        self,
        number: int,
        link: Link,
        *,
        bus: Bus,
        clock: Clock,
        recording: LinkRecording | None,
        is_passive: bool,
        on_vehicle: Callable[[Vehicle], None],
    ) -> None:
        self.number = number
        self.link = link
        self.recording = recording
        self.is_passive = is_passive
        self.is_open = True
        self.bytes_in = 0
        self.bytes_out = 0
        self._bus = bus
        self._clock = clock
        self._on_vehicle = on_vehicle
        self._encoder = Encoder(*GROUND_STATION)
        self._scanners: dict[str, FrameScanner] = {}
        self._sources: dict[int, Source] = {}
        self._failures: Counter[int] = Counter()
        self._duplicates: Counter[str] = Counter()
        self._unrecorded = 0

    @property
    def name(self) -> str:
        """The address as the user wrote it."""
        return self.link.name

    @property
    def messages_in(self) -> dict[str, int]:
        """How many messages of each name came."""
        counts: Counter[int] = Counter()
        for source in self._sources.values():
            counts.update(source.counts)
        return {
            DEFINITIONS[msg_id].name if msg_id in DEFINITIONS else f"UNKNOWN_{msg_id}": count
            for msg_id, count in counts.most_common()
        }

    @property
    def decode_errors(self) -> dict[str, int]:
        """What came and was no good frame, by cause (see `FrameScanner`), and what could not be used."""
        errors: Counter[str] = Counter()
        for scanner in self._scanners.values():
            errors.update(scanner.anomalies)
        if self._failures:
            errors[HANDLER_FAILED] = self._failures.total()
        if self._duplicates:
            errors[DUPLICATE_SYSTEM_ID] = self._duplicates.total()
        return dict(errors)

    @property
    def vehicle_sources(self) -> list[Source]:
        """The autopilots heard."""
        return [source for source in self._sources.values() if source.vehicle is not None]

    async def run(self) -> None:
        """Read until the link has ended; one that breaks is opened again."""
        self._bus.publish(LinkOpened(time_s=self._clock.utc_s(), link=self.name))
        while True:
            try:
                data, peer = await self.link.read()
            except EOFError as end:
                self._end(str(end))
                return
            except OSError as error:
                await self._reopen(error.strerror or str(error))
                continue
            self.receive(data, peer)
            # A link that always has more would keep timers and viewers waiting.
            await asyncio.sleep(0)

    def _end(self, reason: str) -> None:
        for scanner in self._scanners.values():
            scanner.finish()
        self.is_open = False
        time_s = self._clock.utc_s()
        if isinstance(self.link, ReplayLink):
            self._bus.publish(ReplayEnded(time_s=time_s, link=self.name, problem=self.link.problem))
        else:
            self._bus.publish(LinkLost(time_s=time_s, link=self.name, reason=reason))

    async def _reopen(self, reason: str) -> None:
        for scanner in self._scanners.values():
            scanner.finish()
        self.is_open = False
        self._bus.publish(LinkLost(time_s=self._clock.utc_s(), link=self.name, reason=reason))
        pause_s = _FIRST_PAUSE_S
        while True:
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2.0, _LONGEST_PAUSE_S)
            with contextlib.suppress(TelemetryError):
                await self.link.open()
                break
        self.is_open = True
        self._bus.publish(LinkOpened(time_s=self._clock.utc_s(), link=self.name))

    def receive(self, data: bytes, peer: str) -> None:
        """Take what was read."""
        self.bytes_in += len(data)
        scanner = self._scanners.get(peer)
        if scanner is None:
            scanner = self._scanners[peer] = FrameScanner()
        frames = scanner.feed(data)
        if not frames:
            return
        self._record([frame.raw for frame in frames])
        now_s = self._clock.monotonic_s()
        sources = self._sources
        for frame in frames:
            source = sources.get(frame.system_id << 8 | frame.component_id)
            if source is None:
                source = Source(frame.system_id, frame.component_id, peer)
                sources[frame.system_id << 8 | frame.component_id] = source
            msg_id = frame.msg_id
            source.counts[msg_id] += 1
            if source.peer != peer and not self._has_moved(source, peer, now_s):
                continue
            source.heard_s = now_s
            if frame.definition is None:
                continue
            try:
                vehicle = source.vehicle
                if vehicle is None and msg_id == _HEARTBEAT:
                    vehicle = self._discover(source, decode(frame))
                if msg_id == _TIMESYNC:
                    self._answer_timesync(frame, source)
                if vehicle is not None:
                    vehicle.handle_message(decode(frame))
            except Exception:  # noqa: BLE001 - a fault in one message must not end the link
                self._count_failure(frame)

    def _has_moved(self, source: Source, peer: str, now_s: float) -> bool:
        """Tell a sender with a new address, the old one being silent, from a second sender with the same ids."""
        if source.vehicle is not None and now_s - source.heard_s <= SILENCE_S:
            if peer not in self._duplicates:
                self._bus.publish(
                    SystemIdDuplicated(
                        time_s=self._clock.utc_s(), system_id=source.system_id, link=self.name, peer=peer
                    )
                )
            self._duplicates[peer] += 1
            return False
        source.peer = peer
        return True

    def _count_failure(self, frame: Frame) -> None:
        if not self._failures[frame.msg_id]:
            _log.exception("%s: handling %r failed", self.name, frame)
        self._failures[frame.msg_id] += 1

    def _discover(self, source: Source, heartbeat: Message) -> Vehicle | None:
        if (
            heartbeat.autopilot == ardupilotmega.MAV_AUTOPILOT_INVALID
            or heartbeat.type == ardupilotmega.MAV_TYPE_GCS
            or any(other.system_id == source.system_id for other in self.vehicle_sources)
        ):
            return None
        vehicle = Vehicle(
            f"{self.number}-{source.system_id}",
            source.system_id,
            source.component_id,
            self.name,
            send=partial(self._send_for_vehicle, source),
            bus=self._bus,
            clock=self._clock,
        )
        source.vehicle = vehicle
        self._on_vehicle(vehicle)
        self._bus.publish(
            VehicleDiscovered(
                time_s=self._clock.utc_s(),
                vehicle_id=vehicle.vehicle_id,
                system_id=source.system_id,
                link=self.name,
            )
        )
        self.request_streams(source)
        return vehicle

    def request_streams(self, source: Source) -> None:
        """Ask an autopilot for all the messages its state is made of."""
        if self.is_passive:
            return
        source.requests.start(self._clock.monotonic_s(), source.counts)
        self.send_requests(source)

    def send_requests(self, source: Source) -> None:
        """Send what the stream requests of an autopilot have ready."""
        for message in source.requests.messages_to_send():
            self.send(message, source.peer)

    def _answer_timesync(self, frame: Frame, source: Source) -> None:
        question = decode(frame)
        if question.tc1 == 0 and not self.is_passive:
            now_ns = round(self._clock.utc_s() * 1e9)
            self.send(Message.new("TIMESYNC", tc1=now_ns, ts1=question.ts1), source.peer)

    def _send_for_vehicle(self, source: Source, message: Message) -> None:
        if self.is_passive:
            raise TelemetryError(
                "a replayed vehicle takes no commands", place=self.name, remedy="Connect to a vehicle"
            )
        self.send(message, source.peer)

    def send(self, message: Message, peer: str = "") -> None:
        """Frame, record and send a message; dropped while the link is down."""
        if self.is_passive or not self.is_open:
            return
        raw = self._encoder.encode(message)
        self._record([raw])
        self.link.write(raw, peer)
        self.bytes_out += len(raw)

    def _record(self, frames: Sequence[bytes]) -> None:
        recording = self.recording
        if recording is None:
            return
        utc_s = self._clock.utc_s()
        path = str(recording.path)
        try:
            recording.write(utc_s, frames)
        except OSError as error:
            if not self._unrecorded:
                reason = (error.strerror or str(error)).lower()
                self._bus.publish(RecordingFailed(time_s=utc_s, link=self.name, path=path, reason=reason))
            self._unrecorded += len(frames)
            return
        if self._unrecorded:
            self._bus.publish(
                RecordingResumed(time_s=utc_s, link=self.name, path=path, lost=self._unrecorded)
            )
            self._unrecorded = 0
