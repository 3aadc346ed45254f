"""Fetching a mission, fence or rally list (https://mavlink.io/en/services/mission.html#download_mission)."""

from enum import StrEnum

from telemetry.links.address import GROUND_STATION, Address, is_for
from telemetry.protocol.machine import Machine, Retry
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.protocol.mission_outcome import (
    ItemsDownloaded,
    MissionOutcome,
    TransferAdvanced,
    TransferFailed,
)
from telemetry.protocol.mission_type import MissionResult, MissionType
from telemetry.wire.message import Message

REQUEST = Retry(first_s=0.5, growth=1.2, longest_s=1.6, attempts=14)
"""Where three frames in ten are lost both ways, half of all questions stay without answer."""
MAX_REFUSALS = 3
"""Refusals in a row that end it; one may be a late copy of another transfer's."""


class DownloadState(StrEnum):
    """Where the download is."""

    IDLE = "idle"
    LISTING = "listing"
    FETCHING = "fetching"
    DONE = "done"


class MissionDownload(Machine[MissionOutcome]):
    """Ask for the count, then for each item, then acknowledge."""

    is_reading = True

    def __init__(
        self,
        target: Address,
        mission_type: MissionType = MissionType.MISSION,
        *,
        own: Address = GROUND_STATION,
    ) -> None:
        super().__init__()
        self.state = DownloadState.IDLE
        self._target = target
        self._mission_type = mission_type
        self._own = own
        self._attempt = 0
        self._refusals = 0
        self._refusal: int | None = None
        self._count = 0
        self._items: list[WireItem] = []

    def start(self, now_s: float) -> None:
        """Ask for the list."""
        if self.state is DownloadState.IDLE:
            self.state = DownloadState.LISTING
            self._request(now_s)

    def receive_message(self, message: Message, now_s: float) -> None:
        """Take a count, an item or a refusal; everything else is ignored."""
        if self.state in (DownloadState.IDLE, DownloadState.DONE) or not is_for(message, self._own):
            return
        if message.fields.get("mission_type", 0) != self._mission_type:
            return
        if message.name == "MISSION_COUNT":
            self._receive_count(message.count, now_s)
        elif message.name == "MISSION_ITEM_INT":
            self._receive_item(message, now_s)
        elif message.name == "MISSION_ACK" and message.type != MissionResult.ACCEPTED:
            self._receive_refusal(message.type)

    def handle_timer(self, now_s: float) -> None:
        """Ask again, or give up."""
        if self._timer_s is None or now_s < self._timer_s:
            return
        self._attempt += 1
        if self._attempt >= REQUEST.attempts or self._refusals >= MAX_REFUSALS:
            self._end(TransferFailed(self._refusal, len(self._items) if self._count else None))
        else:
            self._request(now_s)

    def _receive_count(self, count: int, now_s: float) -> None:
        if self.state is DownloadState.FETCHING and count == self._count:
            return
        self._count = count
        self._items.clear()
        self._advance(now_s)

    def _receive_item(self, message: Message, now_s: float) -> None:
        if self.state is DownloadState.FETCHING and message.seq == len(self._items):
            self._items.append(WireItem.from_message(message))
            self._events.append(TransferAdvanced(len(self._items), self._count))
            self._advance(now_s)

    def _receive_refusal(self, result: int) -> None:
        self._refusal = result
        # Denied is who asks during a transfer of another station's, which ends within 8 s.
        self._refusals += result != MissionResult.DENIED

    def _advance(self, now_s: float) -> None:
        self._attempt = 0
        self._refusals = 0
        self._refusal = None
        if len(self._items) >= self._count:
            self._send("MISSION_ACK", type=int(MissionResult.ACCEPTED))
            self._end(ItemsDownloaded(tuple(self._items)))
        else:
            self.state = DownloadState.FETCHING
            self._request(now_s)

    def _request(self, now_s: float) -> None:
        if self.state is DownloadState.LISTING:
            self._send("MISSION_REQUEST_LIST")
        else:
            self._send("MISSION_REQUEST_INT", seq=len(self._items))
        self._timer_s = now_s + REQUEST.delay_s(self._attempt)

    def _send(self, name: str, **fields: int) -> None:
        self._outgoing.append(
            Message.new(
                name,
                target_system=self._target.system_id,
                target_component=self._target.component_id,
                mission_type=int(self._mission_type),
                **fields,
            )
        )

    def _end(self, event: MissionOutcome) -> None:
        self.state = DownloadState.DONE
        self._finish(event)
