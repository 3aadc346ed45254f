"""Sending a part of a mission (https://mavlink.io/en/messages/common.html#MISSION_WRITE_PARTIAL_LIST).

ArduCopter takes both indices as those of items, the last one included, and asks for each in turn; the other items stay as
they are. What it refuses, and what is lost, leaves the items before it changed: the whole list has to be read back.
"""

from collections.abc import Sequence

from telemetry.links.address import GROUND_STATION, Address, is_for
from telemetry.protocol.machine import Machine, Retry
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.protocol.mission_outcome import ItemsAccepted, MissionOutcome, TransferAdvanced, TransferFailed
from telemetry.protocol.mission_type import MissionResult, MissionType
from telemetry.protocol.mission_upload import REFUSAL_GRACE_S, REPEAT_ITEM_S, SILENCE_S
from telemetry.wire.message import Message

ANNOUNCE = Retry(first_s=0.8, growth=1.25, longest_s=2.0, attempts=4)
"""Not every autopilot knows the message; one that does not stays silent, and the whole list is sent instead."""


class MissionPartialUpload(Machine[MissionOutcome]):
    """Announce which items change, answer every request, wait for the acknowledgement.

    It gives up early: its caller has the upload of the whole list to fall back to.

    Parameters
    ----------
    items : sequence of WireItem
        Numbered without gaps, at least one.
    target, own : Address
    """

    doing = "changing a part of the mission"

    def __init__(self, items: Sequence[WireItem], target: Address, *, own: Address = GROUND_STATION) -> None:
        super().__init__()
        if not items or any(item.seq != items[0].seq + place for place, item in enumerate(items)):
            raise ValueError("items must be numbered without gaps")
        self._items = {item.seq: item for item in items}
        self._first, self._last = items[0].seq, items[-1].seq
        self._target = target
        self._own = own
        self._attempt = 0
        self._is_started = False
        self._sent: set[int] = set()
        self._last_seq: int | None = None
        self._heard_s = 0.0
        self._refusal: int | None = None
        self._refusal_end_s = 0.0

    def start(self, now_s: float) -> None:
        """Announce the items."""
        if not self._is_started:
            self._is_started = True
            self._announce(now_s)

    def receive_message(self, message: Message, now_s: float) -> None:
        """Take a request or an acknowledgement; everything else is ignored."""
        if not self._is_started or self.is_done or not is_for(message, self._own):
            return
        if message.fields.get("mission_type", 0) != MissionType.MISSION:
            return
        if message.name in ("MISSION_REQUEST_INT", "MISSION_REQUEST"):
            self._receive_request(message.seq, now_s)
        elif message.name == "MISSION_ACK":
            self._receive_ack(message.type, now_s)

    def handle_timer(self, now_s: float) -> None:
        """Repeat, or end."""
        if self._timer_s is None or now_s < self._timer_s:
            return
        if self._refusal is not None and now_s >= self._refusal_end_s:
            self._finish(TransferFailed(self._refusal, self._last_seq))
        elif self._last_seq is None:
            self._attempt += 1
            if self._attempt >= ANNOUNCE.attempts:
                self._finish(TransferFailed(None))
            else:
                self._announce(now_s)
        elif self._is_all_sent and now_s - self._heard_s >= 2 * REPEAT_ITEM_S:
            # The last acknowledgement is lost: the vehicle, content, says nothing more.
            self._finish(ItemsAccepted(is_confirmed=False))
        elif now_s - self._heard_s >= SILENCE_S:
            self._finish(TransferFailed(None, self._last_seq))
        else:
            self._send_item(now_s)

    @property
    def _is_all_sent(self) -> bool:
        return len(self._sent) == len(self._items)

    def _announce(self, now_s: float) -> None:
        self._outgoing.append(
            Message.new(
                "MISSION_WRITE_PARTIAL_LIST",
                target_system=self._target.system_id,
                target_component=self._target.component_id,
                start_index=self._first,
                end_index=self._last,
                mission_type=int(MissionType.MISSION),
            )
        )
        self._timer_s = now_s + ANNOUNCE.delay_s(self._attempt)

    def _receive_request(self, seq: int, now_s: float) -> None:
        if seq not in self._items:
            return
        self._refusal = None
        self._heard_s = now_s
        self._sent.add(seq)
        self._last_seq = seq
        self._events.append(TransferAdvanced(len(self._sent), len(self._items)))
        self._send_item(now_s)

    def _receive_ack(self, result: int, now_s: float) -> None:
        if result == MissionResult.ACCEPTED:
            # An early one is a late copy of another transfer's.
            if self._is_all_sent:
                self._finish(ItemsAccepted(is_confirmed=True))
        elif self._refusal is None:
            # A stray one is followed by the next request at once.
            self._refusal = result
            self._refusal_end_s = now_s + REFUSAL_GRACE_S
            self._timer_s = min(self._timer_s or self._refusal_end_s, self._refusal_end_s)

    def _send_item(self, now_s: float) -> None:
        assert self._last_seq is not None
        item = self._items[self._last_seq]
        self._outgoing.append(item.to_message(self._target, MissionType.MISSION))
        self._timer_s = now_s + REPEAT_ITEM_S
