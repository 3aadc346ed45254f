"""Sending a mission, fence or rally list (https://mavlink.io/en/services/mission.html#uploading_mission)."""

from collections.abc import Sequence
from enum import StrEnum

from telemetry.links.address import GROUND_STATION, Address, is_for
from telemetry.protocol.machine import Machine, Retry
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.protocol.mission_outcome import ItemsAccepted, MissionOutcome, TransferAdvanced, TransferFailed
from telemetry.protocol.mission_type import MissionResult, MissionType
from telemetry.wire.message import Message

ANNOUNCE = Retry(first_s=0.8, growth=1.25, longest_s=2.0, attempts=11)
REPEAT_ITEM_S = 1.6
"""ArduPilot asks again after 1 s of silence and gives up after 8 s."""
SILENCE_S = 10.0
REFUSAL_GRACE_S = 0.7
"""A refusal is final when no request follows within this time; a stray one is followed at once."""
SLOW_REFUSAL_GRACE_S = 2.5
MAX_RESTARTS = 3

_PATIENT = (MissionResult.INVALID_SEQUENCE, MissionResult.ERROR)
_SLOW = (*_PATIENT, MissionResult.DENIED)


class UploadState(StrEnum):
    """Where the upload is."""

    IDLE = "idle"
    ANNOUNCING = "announcing"
    SENDING = "sending"
    DONE = "done"


class MissionUpload(Machine[MissionOutcome]):
    """Announce the count, answer every request, wait for the acknowledgement.

    Parameters
    ----------
    items : sequence of WireItem
        Numbered from 0 without gaps; empty clears the list.
    target, own : Address
    mission_type : MissionType
    """

    doing = "sending a list"

    def __init__(
        self,
        items: Sequence[WireItem],
        target: Address,
        mission_type: MissionType = MissionType.MISSION,
        *,
        own: Address = GROUND_STATION,
    ) -> None:
        super().__init__()
        if any(item.seq != seq for seq, item in enumerate(items)):
            raise ValueError("items must be numbered from 0 without gaps")
        self.state = UploadState.IDLE
        self._items = tuple(items)
        self._target = target
        self._mission_type = mission_type
        self._own = own
        self._attempt = 0
        self._restarts = 0
        self._sent: set[int] = set()
        self._last_seq: int | None = None
        self._heard_s = 0.0
        self._refusal: int | None = None
        self._refused_s = 0.0
        self._last_refusal: int | None = None

    def start(self, now_s: float) -> None:
        """Announce the count."""
        if self.state is UploadState.IDLE:
            self._announce(now_s)

    def receive_message(self, message: Message, now_s: float) -> None:
        """Take a request or an acknowledgement; everything else is ignored."""
        if self.state in (UploadState.IDLE, UploadState.DONE) or not is_for(message, self._own):
            return
        if message.fields.get("mission_type", 0) != self._mission_type:
            return
        if message.name in ("MISSION_REQUEST_INT", "MISSION_REQUEST"):
            # ArduCopter asks with MISSION_REQUEST even for MISSION_ITEM_INT.
            self._receive_request(message.seq, now_s)
        elif message.name == "MISSION_ACK":
            self._receive_ack(message.type, now_s)

    def handle_timer(self, now_s: float) -> None:
        """Repeat, start again, or end."""
        if self._timer_s is None or now_s < self._timer_s:
            return
        if self._refusal is not None and now_s >= self._refusal_end_s:
            self._end_refused(now_s)
        elif self.state is UploadState.ANNOUNCING:
            self._attempt += 1
            if self._attempt >= ANNOUNCE.attempts:
                self._end(TransferFailed(self._last_refusal, None))
            else:
                self._send_count(now_s)
        elif now_s - self._heard_s >= SILENCE_S:
            if self._is_all_sent:
                self._end(ItemsAccepted(is_confirmed=False))
            else:
                self._restart(now_s)
        elif self._is_all_sent and now_s - self._heard_s >= 2 * REPEAT_ITEM_S:
            # The last acknowledgement is lost: the vehicle, content, says nothing more.
            self._end(ItemsAccepted(is_confirmed=False))
        else:
            self._repeat_item()
            self._set_timer(now_s)

    @property
    def _is_all_sent(self) -> bool:
        return len(self._sent) == len(self._items)

    @property
    def _refusal_end_s(self) -> float:
        is_slow = self._refusal in _SLOW and not self._is_all_sent
        grace_s = SLOW_REFUSAL_GRACE_S if is_slow else REFUSAL_GRACE_S
        return self._refused_s + grace_s

    def _announce(self, now_s: float) -> None:
        self.state = UploadState.ANNOUNCING
        self._attempt = 0
        # What was sent stays counted: until the new count arrives the vehicle goes on with the old transfer.
        self._refusal = None
        self._send_count(now_s)

    def _send_count(self, now_s: float) -> None:
        self._outgoing.append(
            Message.new(
                "MISSION_COUNT",
                target_system=self._target.system_id,
                target_component=self._target.component_id,
                count=len(self._items),
                mission_type=int(self._mission_type),
            )
        )
        self._timer_s = now_s + ANNOUNCE.delay_s(self._attempt)

    def _receive_request(self, seq: int, now_s: float) -> None:
        if seq >= len(self._items):
            return
        self.state = UploadState.SENDING
        self._refusal = None
        self._heard_s = now_s
        self._sent.add(seq)
        self._last_seq = seq
        self._repeat_item()
        self._events.append(TransferAdvanced(len(self._sent), len(self._items)))
        self._set_timer(now_s)

    def _receive_ack(self, result: int, now_s: float) -> None:
        if result == MissionResult.ACCEPTED:
            # An early one is a late copy of another transfer's.
            if self._is_all_sent:
                self._end(ItemsAccepted(is_confirmed=True))
        elif self._refusal is None or result not in _PATIENT:
            self._refusal = self._last_refusal = result
            self._refused_s = now_s
            self._timer_s = min(self._timer_s or self._refusal_end_s, self._refusal_end_s)

    def _end_refused(self, now_s: float) -> None:
        result = self._refusal
        if result in (MissionResult.DENIED, MissionResult.OPERATION_CANCELLED):
            self._restart(now_s)
        elif result in _PATIENT and self._is_all_sent:
            self._end(ItemsAccepted(is_confirmed=False, result=result or 0))
        elif result in _PATIENT:
            # ERROR is also the answer to an item after the vehicle gave the transfer up.
            self._restart(now_s)
        else:
            self._end(TransferFailed(result, self._last_seq))

    def _restart(self, now_s: float) -> None:
        self._restarts += 1
        if self._restarts > MAX_RESTARTS:
            self._end(TransferFailed(self._last_refusal, self._last_seq))
        else:
            self._announce(now_s)

    def _repeat_item(self) -> None:
        if self._last_seq is not None:
            self._outgoing.append(self._items[self._last_seq].to_message(self._target, self._mission_type))

    def _set_timer(self, now_s: float) -> None:
        self._timer_s = now_s + REPEAT_ITEM_S

    def _end(self, event: MissionOutcome) -> None:
        self.state = UploadState.DONE
        self._finish(event)
