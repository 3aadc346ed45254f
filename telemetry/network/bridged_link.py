"""One link at work: bytes to frames to the recording to the vehicles, and back."""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Sequence

from telemetry.bus import Bus
from telemetry.clock import Clock
from telemetry.events import (
    LinkCrowded,
    LinkLost,
    LinkOpened,
    RecordingFailed,
    RecordingResumed,
    ReplayEnded,
    SigningMismatched,
    SystemIdDuplicated,
)
from telemetry.links.address import GROUND_STATION, Address
from telemetry.links.link import Link
from telemetry.links.replay_link import ReplayLink
from telemetry.network.network import Network
from telemetry.network.paths import Paths
from telemetry.network.peer_scanners import PeerScanners
from telemetry.network.signing_mismatch import KEY_MISSING, MISMATCHES
from telemetry.network.source import PRESENT_STATE, UNKNOWN_ID, Source
from telemetry.recorder import LinkRecording
from telemetry.refusal import TelemetryError
from telemetry.vehicle.state_tracker import SILENCE_S
from telemetry.wire.codec import Encoder, decode
from telemetry.wire.dialect import DEFINITIONS, definition_of
from telemetry.wire.frame import Frame
from telemetry.wire.message import Message
from telemetry.wire.signing import Signer, Verifier

HANDLER_FAILED = "handler_failed"
DUPLICATE_SYSTEM_ID = "duplicate_system_id"
BROADCAST_SYSTEM_ID = "broadcast_system_id"
TOO_MANY_COMPONENTS = "too_many_components"

MOST_SOURCES = 4096
"""Components that are kept apart on a link: each of 255 vehicles may have sixteen."""
_MOST_TWINS = 64
_MORE_TWINS = "others"

HEARTBEAT = definition_of("HEARTBEAT").msg_id
_TIMESYNC = definition_of("TIMESYNC").msg_id
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 8.0

_log = logging.getLogger(__name__)

Tap = Callable[["BridgedLink", Sequence[Frame]], None]


class BridgedLink:
    """A link, what came over it and what went.

    Parameters
    ----------
    link : Link
        Open already.
    network : Network
        That it leads to.
    bus : Bus
    clock : Clock
    recording : LinkRecording or None
    is_passive : bool
        Send nothing.
    signer : Signer, optional
        Of a signed link, with its verifier.
    verifier : Verifier, optional
    taps : sequence of callable
        Handed every frame that came, after it was taken in.

    Attributes
    ----------
    signing_mismatches : list of str
        The causes that `SigningMismatched` told of.
    """

    def __init__(
        self,
        link: Link,
        network: Network,
        *,
        bus: Bus,
        clock: Clock,
        recording: LinkRecording | None,
        is_passive: bool,
        signer: Signer | None = None,
        verifier: Verifier | None = None,
        taps: Sequence[Tap] = (),
    ) -> None:
        self.link = link
        self.network = network
        self.recording = recording
        self.is_passive = is_passive
        self._taps = taps
        self._verifier = verifier
        self.is_open = True
        self.bytes_in = 0
        self.bytes_out = 0
        self._bus = bus
        self._clock = clock
        self._encoder = Encoder(*GROUND_STATION, signer=signer)
        self._scanners = PeerScanners(verifier)
        self._sources: dict[int, Source] = {}
        self._former_counts: Counter[int] = Counter()
        self._crowds: set[str] = set()
        self._refused_sources = 0
        self._failures: Counter[int] = Counter()
        self._duplicates: Counter[str] = Counter()
        self._unrecorded = 0
        self._from_everybody = 0
        self.signing_mismatches: list[str] = []

    @property
    def name(self) -> str:
        """The address as the user wrote it."""
        return self.link.name

    @property
    def messages_in(self) -> dict[str, int]:
        """How many messages of each name came; those that the dialect does not know are counted together."""
        counts = self._former_counts.copy()
        for source in self._sources.values():
            counts.update(source.counts)
        return {
            "UNKNOWN" if msg_id == UNKNOWN_ID else DEFINITIONS[msg_id].name: count
            for msg_id, count in counts.most_common()
        }

    @property
    def decode_errors(self) -> dict[str, int]:
        """What came and was no good frame, by cause (see `FrameScanner`), and what could not be used."""
        errors = self._scanners.anomalies
        if self._failures:
            errors[HANDLER_FAILED] = self._failures.total()
        if self._duplicates:
            errors[DUPLICATE_SYSTEM_ID] = self._duplicates.total()
        if self._from_everybody:
            errors[BROADCAST_SYSTEM_ID] = self._from_everybody
        if self._refused_sources:
            errors[TOO_MANY_COMPONENTS] = self._refused_sources
        return dict(errors)

    @property
    def vehicle_sources(self) -> list[Source]:
        """The autopilots heard."""
        return [source for source in self._sources.values() if source.is_autopilot]

    async def run(self) -> None:
        """Read until the link has ended; one that breaks is opened again."""
        self._bus.publish(LinkOpened(time_s=self._clock.utc_s(), link=self.name))
        while True:
            try:
                chunks = await self.link.read()
            except EOFError as end:
                self._end(str(end))
                return
            except OSError as error:
                await self._reopen(error.strerror or str(error))
                continue
            self.receive(chunks)
            # A link that always has more would keep timers and viewers waiting.
            await asyncio.sleep(0)

    def _end(self, reason: str) -> None:
        self._scanners.finish()
        self.is_open = False
        time_s = self._clock.utc_s()
        if isinstance(self.link, ReplayLink):
            self._bus.publish(ReplayEnded(time_s=time_s, link=self.name, problem=self.link.problem))
        else:
            self._bus.publish(LinkLost(time_s=time_s, link=self.name, reason=reason))

    async def _reopen(self, reason: str) -> None:
        self._scanners.finish()
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

    def receive(self, chunks: Sequence[tuple[bytes, str]]) -> None:
        """Take what was read, each chunk with the peer that it came from; all is recorded first."""
        scanned: list[tuple[list[Frame], str]] = []
        now_s = self._clock.monotonic_s()
        for data, peer in chunks:
            self.bytes_in += len(data)
            scanner = self._scanners.scanner_of(peer, now_s)
            frames = scanner.feed(data)
            if self._verifier is not None:
                for cause in MISMATCHES:
                    if scanner.anomalies.get(cause):
                        self._tell_of_signing(cause)
            if frames:
                scanned.append((frames, peer))
        if self._scanners.is_crowded:
            self._tell_of_crowd("addresses")
        if scanned:
            self._record([frame.raw for frames, _ in scanned for frame in frames])
        now_s = self._clock.monotonic_s()
        for frames, peer in scanned:
            self._take(frames, peer, now_s)
            for tap in self._taps:
                tap(self, frames)

    def _take(self, frames: Sequence[Frame], peer: str, now_s: float) -> None:
        sources = self._sources
        heard: set[Paths] = set()
        for frame in frames:
            key = frame.system_id << 8 | frame.component_id
            source = sources.get(key)
            if source is None:
                source = self._meet(frame, peer, now_s)
                if source is None:
                    continue
                sources[key] = source
            msg_id = frame.msg_id
            source.counts[UNKNOWN_ID if frame.definition is None else msg_id] += 1
            if source.peer != peer and not self._has_moved(source, peer, now_s):
                continue
            source.received += 1
            silent_s, source.heard_s = now_s - source.heard_s, now_s
            seq = frame.seq
            paths = source.paths
            if seq == source.next_seq:
                source.next_seq = (seq + 1) & 0xFF
            elif not source.is_overtaken(seq, silent_s):
                source.note_gap(seq)
                source.next_seq = (seq + 1) & 0xFF
            elif msg_id in PRESENT_STATE and paths is not None:
                heard.add(paths)
                continue
            if paths is not None and msg_id not in paths.vehicle.heeded:
                heard.add(paths)
            elif frame.definition is not None:
                try:
                    self._heed(frame, source, paths, now_s)
                except Exception:  # noqa: BLE001 - a fault in one message must not end the link
                    self._count_failure(frame)
        for paths in heard:
            paths.vehicle.note_heard(now_s)

    def _heed(self, frame: Frame, source: Source, paths: Paths | None, now_s: float) -> None:
        msg_id = frame.msg_id
        if msg_id == _TIMESYNC:
            self._handle_timesync(decode(frame), source)
        if paths is None:
            if msg_id != HEARTBEAT:
                return
            if not source.address.system_id:
                # MAVLink's address of everybody: an answer to it would be an order to all.
                self._from_everybody += 1
                return
            self.network.greet(source, decode(frame))
            paths = source.paths
            if paths is None:
                return
        if self.network.is_news(source, paths, frame, now_s):
            paths.vehicle.handle_message(decode(frame))

    def _meet(self, frame: Frame, peer: str, now_s: float) -> Source | None:
        """Make a source of who has not spoken before; None where there are too many, or it is not sure that it is one."""
        if frame.definition is None:
            # Its checksum cannot be verified, and so not who sent it.
            self._former_counts[UNKNOWN_ID] += 1
            return None
        if len(self._sources) >= MOST_SOURCES and not self._forget_sources():
            self._refused_sources += 1
            return None
        source = Source(Address(frame.system_id, frame.component_id), self, peer, frame.seq)
        if frame.signature is not None and self._verifier is None and not self.is_passive:
            self._tell_of_signing(KEY_MISSING)
        source.heard_s = now_s
        self.network.add_source(source)
        return source

    def _forget_sources(self) -> bool:
        """Forget the longest silent components, but no autopilot; tells whether there are any."""
        self._tell_of_crowd("components")
        others = [source for source in self._sources.values() if not source.is_autopilot]
        # A quarter at once, so that a flood of them costs no search for each.
        for source in sorted(others, key=lambda source: source.heard_s)[: MOST_SOURCES // 4]:
            del self._sources[source.address.system_id << 8 | source.address.component_id]
            self._former_counts.update(source.counts)
            self.network.remove_source(source)
        return bool(others)

    def _tell_of_crowd(self, senders: str) -> None:
        if senders in self._crowds:
            return
        self._crowds.add(senders)
        self._bus.publish(LinkCrowded(time_s=self._clock.utc_s(), link=self.name, senders=senders))

    def _tell_of_signing(self, cause: str) -> None:
        if cause in self.signing_mismatches:
            return
        self.signing_mismatches.append(cause)
        self._bus.publish(SigningMismatched(time_s=self._clock.utc_s(), link=self.name, cause=cause))

    def _has_moved(self, source: Source, peer: str, now_s: float) -> bool:
        """Tell a sender with a new address, the old one being silent, from a second sender with the same ids."""
        if source.is_autopilot and now_s - source.heard_s <= SILENCE_S:
            if peer not in self._duplicates and len(self._duplicates) >= _MOST_TWINS:
                peer = _MORE_TWINS
            elif peer not in self._duplicates:
                self._bus.publish(
                    SystemIdDuplicated(
                        time_s=self._clock.utc_s(),
                        system_id=source.address.system_id,
                        link=self.name,
                        peer=peer,
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

    def _handle_timesync(self, message: Message, source: Source) -> None:
        """Answer what asks for the time; measure by what answers."""
        if message.tc1:
            source.round_trip.receive_answer(message, self._clock.monotonic_s())
        elif not self.is_passive:
            now_ns = round(self._clock.utc_s() * 1e9)
            source.send(Message.new("TIMESYNC", tc1=now_ns, ts1=message.ts1))

    def send(self, message: Message, peer: str = "") -> None:
        """Frame, record and send a message; dropped while the link is down."""
        if self.is_passive or not self.is_open:
            return
        self._write(self._encoder.encode(message), peer)

    def pass_on(self, raw: bytes, peer: str) -> None:
        """Record and send a frame that another ground station made; dropped while the link is down.

        Raises
        ------
        TelemetryError
            If the link is signed and the frame cannot be.
        """
        if not self.is_passive and self.is_open:
            self._write(self._encoder.sign(raw), peer)

    def _write(self, raw: bytes, peer: str) -> None:
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
