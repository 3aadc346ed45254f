"""One component heard on one link."""

from collections import defaultdict
from typing import TYPE_CHECKING, Protocol

from telemetry.links.address import Address
from telemetry.network.link_quality import LinkMeter, LinkQuality
from telemetry.network.round_trip import RoundTrip
from telemetry.vehicle.stream_requests import StreamRequests
from telemetry.wire.dialect import definition_of
from telemetry.wire.message import Message

if TYPE_CHECKING:
    from telemetry.network.paths import Paths

PRESENT_STATE = frozenset(
    definition_of(name).msg_id
    for name in (
        "HEARTBEAT",
        "SYS_STATUS",
        "EXTENDED_SYS_STATE",
        "MISSION_CURRENT",
        "GLOBAL_POSITION_INT",
        "ATTITUDE",
        "VFR_HUD",
        "GPS_RAW_INT",
        "BATTERY_STATUS",
        "FENCE_STATUS",
    )
)
"""Messages that say how it is now; one that was overtaken says how it was."""
_OVERTAKEN = 32
"""Frames further behind are no late ones."""
_PAUSE_S = 2.0
_LATE = 128
"""A sequence number so far ahead is one that comes late, or twice."""
UNKNOWN_ID = -1
"""Under which all messages are counted that the dialect does not know: a sender may make 16 million numbers of them."""


class OpenLink(Protocol):
    """The link that a source is heard on, as far as it is answered over it."""

    @property
    def name(self) -> str:
        """The address as the user wrote it."""

    is_open: bool
    is_passive: bool

    def send(self, message: Message, peer: str = "") -> None:
        """Frame, record and send a message."""

    def pass_on(self, raw: bytes, peer: str) -> None:
        """Record and send a frame that another ground station made."""


class Source:
    """A component as one link hears it, and how well.

    Parameters
    ----------
    address : Address
    link : OpenLink
    peer : str
        Where on the link it speaks from.
    seq : int
        The number of its first frame.

    Attributes
    ----------
    paths : Paths or None
        The vehicle that it is a part of, once that is known.
    is_autopilot : bool
        Whether it is that vehicle's autopilot; other components belong to a vehicle and are not spoken to.
    counts : dict of int to int
        Messages by number, those that the dialect does not know under `UNKNOWN_ID`.
    """

    __slots__ = (
        "address",
        "counts",
        "heard_s",
        "is_autopilot",
        "is_silent",
        "is_twin",
        "link",
        "lost",
        "meter",
        "next_seq",
        "paths",
        "peer",
        "received",
        "requests",
        "round_trip",
    )

    def __init__(self, address: Address, link: OpenLink, peer: str, seq: int) -> None:
        self.address = address
        self.link = link
        self.peer = peer
        self.paths: Paths | None = None
        self.is_autopilot = False
        self.is_silent = False
        self.is_twin = False
        self.heard_s = 0.0
        self.counts: defaultdict[int, int] = defaultdict(int)
        self.received = 0
        self.lost = 0
        self.next_seq = seq
        self.meter = LinkMeter()
        self.requests = StreamRequests(address.system_id, address.component_id)
        self.round_trip = RoundTrip()

    @property
    def quality(self) -> LinkQuality:
        """How well it is heard."""
        return self.meter.quality(self.round_trip.shortest_s)

    @property
    def is_usable(self) -> bool:
        """Whether it can be spoken to at all."""
        return self.link.is_open

    def is_overtaken(self, seq: int, silent_s: float) -> bool:
        """Whether a frame was sent before one that came already; `silent_s` is how long none came before it."""
        # After a pause a low number is rather that of a vehicle that was restarted.
        return 2 <= (self.next_seq - seq) & 0xFF <= _OVERTAKEN and silent_s < _PAUSE_S

    def note_gap(self, seq: int) -> None:
        """Count what is missing before a frame that is not the next."""
        gap = (seq - self.next_seq) & 0xFF
        if gap < _LATE:
            self.lost += gap

    def send(self, message: Message) -> None:
        """Say something to it over its link."""
        self.link.send(message, self.peer)

    def request_streams(self, now_s: float) -> None:
        """Ask for all the messages a vehicle's state is made of."""
        self.requests.start(now_s, self.counts)
        self._send_requests()

    def handle_timer(self, now_s: float) -> None:
        """Ask again for what does not come, and for the time."""
        if now_s >= self.requests.get_timer():
            self.requests.handle_timer(now_s, self.counts)
            self._send_requests()
        if now_s >= self.round_trip.get_timer():
            self.send(self.round_trip.question(now_s))
            self.meter.mark(now_s, self.received, self.lost)

    def _send_requests(self) -> None:
        for message in self.requests.messages_to_send():
            self.send(message)
