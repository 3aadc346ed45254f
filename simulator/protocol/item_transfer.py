"""Lists of items up and down: one machine for mission, fence and rally points. It does no I/O and reads no clock."""

from collections.abc import Callable
from typing import Any, Protocol

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.protocol.channel import Channel
from simulator.protocol.mission_item import ItemRefused, MissionItem, item_from_message

RETRY_S = 1.0
TIMEOUT_S = 8.0

Say = Callable[[int, str], None]
"""Takes a severity and a text."""


class ItemStore(Protocol):
    """What keeps the items of one type."""

    mission_type: int
    capacity: int

    def count(self) -> int:
        """How many items there are."""

    def item(self, seq: int) -> MissionItem:
        """One of them, as it is read back."""

    def is_current(self, item: MissionItem) -> bool:
        """Whether an item is told as the present one."""

    def begin(self, count: int) -> None:
        """Make ready for an upload."""

    def put(self, seq: int, item: MissionItem) -> None:
        """Keep an item; raises `ItemRefused`."""

    def finish(self) -> None:
        """Put a whole upload in force; raises `ItemRefused`."""

    def clear(self) -> None:
        """Forget all; raises `ItemRefused`."""


class ItemTransfer:
    """The vehicle's side of the mission protocol for one store.

    Times are those of the link, in seconds: they run as the ground station's do, whatever the speed-up.
    """

    def __init__(self, store: ItemStore, say: Say) -> None:
        self._store = store
        self._say = say
        self._channel: Channel | None = None
        self._station = (0, 0)
        self._expected = 0
        self._last = 0
        self._requested_s = 0.0
        self._received_s = 0.0
        self._has_warned_legacy = False
        self._is_partial = False

    @property
    def is_receiving(self) -> bool:
        """Whether an upload is under way."""
        return self._channel is not None

    def is_asking(self, channel: Channel) -> bool:
        """Whether items are being asked for on this channel."""
        return self._channel is channel

    def stop(self) -> None:
        """Forget an upload that is under way."""
        self._channel = None

    def forget_channel(self, channel: Channel) -> None:
        """Stop asking on a link that is gone; the upload then times out as on a lost radio link."""
        if self._channel is channel:
            self._channel = Channel(lambda _: None)

    def receive_message(self, message: Any, channel: Channel, link_s: float) -> None:
        """Handle any message of the protocol that bears this store's type."""
        station = (message.get_srcSystem(), message.get_srcComponent())
        match message.get_type():
            case "MISSION_COUNT":
                self._begin(message.count, station, channel, link_s)
            case "MISSION_WRITE_PARTIAL_LIST":
                self._begin_partial(message.start_index, message.end_index, station, channel, link_s)
            case "MISSION_ITEM_INT" | "MISSION_ITEM":
                self._take(message, station, channel, link_s)
            case "MISSION_REQUEST_LIST":
                if self.is_receiving:
                    self._acknowledge(channel, station, dialect.MAV_MISSION_DENIED)
                else:
                    self._send_count(channel, station)
            case "MISSION_REQUEST_INT" | "MISSION_REQUEST":
                self._give(message, station, channel)
            case "MISSION_CLEAR_ALL":
                self._clear(station, channel)

    def handle_timer(self, link_s: float) -> None:
        """Ask again, or give up."""
        if self._channel is None:
            return
        if link_s - self._received_s >= TIMEOUT_S:
            self._acknowledge(self._channel, self._station, dialect.MAV_MISSION_OPERATION_CANCELLED)
            self._say(dialect.MAV_SEVERITY_WARNING, "Mission upload timeout")
            self._channel = None
        elif link_s - self._requested_s > RETRY_S + 1e-6:
            self._request(link_s)

    def _begin(self, count: int, station: tuple[int, int], channel: Channel, link_s: float) -> None:
        if self.is_receiving and station != self._station:
            self._acknowledge(channel, station, dialect.MAV_MISSION_DENIED)
            return
        if count > self._store.capacity:
            self._acknowledge(channel, station, dialect.MAV_MISSION_NO_SPACE)
            self._say(dialect.MAV_SEVERITY_WARNING, f"Only {self._store.capacity} items are supported")
            return
        try:
            self._store.begin(count)
        except ItemRefused as refused:
            self._acknowledge(channel, station, refused.result)
            return
        self._channel, self._station = channel, station
        self._expected, self._last, self._is_partial = 0, count - 1, False
        self._received_s = link_s
        if count == 0:
            self._finish()
        else:
            self._request(link_s)

    def _begin_partial(
        self, start: int, end: int, station: tuple[int, int], channel: Channel, link_s: float
    ) -> None:
        if self.is_receiving and station != self._station:
            self._acknowledge(channel, station, dialect.MAV_MISSION_DENIED)
            return
        if not 0 <= start <= end < self._store.count():
            self._acknowledge(channel, station, dialect.MAV_MISSION_ERROR)
            self._say(dialect.MAV_SEVERITY_WARNING, "Flight plan update rejected")
            return
        self._channel, self._station = channel, station
        self._expected, self._last, self._is_partial = start, end, True
        self._received_s = link_s
        self._request(link_s)

    def _take(self, message: Any, station: tuple[int, int], channel: Channel, link_s: float) -> None:
        if message.get_type() == "MISSION_ITEM" and not self._has_warned_legacy:
            self._has_warned_legacy = True
            self._say(dialect.MAV_SEVERITY_WARNING, "got MISSION_ITEM; GCS should send MISSION_ITEM_INT")
        if self._channel is None:
            self._acknowledge(channel, station, dialect.MAV_MISSION_ERROR)
            return
        if station != self._station:
            self._acknowledge(channel, station, dialect.MAV_MISSION_DENIED)
            return
        if message.seq != self._expected:
            self._acknowledge(channel, station, dialect.MAV_MISSION_INVALID_SEQUENCE)
            return
        try:
            self._store.put(message.seq, item_from_message(message))
        except ItemRefused as refused:
            self._acknowledge(channel, station, refused.result)
            self._channel = None
            return
        self._received_s = link_s
        self._expected += 1
        if self._expected > self._last:
            self._finish()
        else:
            self._request(link_s)

    def _finish(self) -> None:
        channel, self._channel = self._channel, None
        assert channel is not None
        try:
            self._store.finish()
        except ItemRefused as refused:
            self._acknowledge(channel, self._station, refused.result)
        else:
            self._acknowledge(channel, self._station, dialect.MAV_MISSION_ACCEPTED)

    def _clear(self, station: tuple[int, int], channel: Channel) -> None:
        if self.is_receiving:
            self._acknowledge(channel, station, dialect.MAV_MISSION_DENIED)
            return
        try:
            self._store.clear()
        except ItemRefused as refused:
            self._acknowledge(channel, station, refused.result)
        else:
            self._acknowledge(channel, station, dialect.MAV_MISSION_ACCEPTED)

    def clear(self) -> bool:
        """Forget all items; false where that may not be now."""
        if self.is_receiving:
            return False
        try:
            self._store.clear()
        except ItemRefused:
            return False
        return True

    def _give(self, message: Any, station: tuple[int, int], channel: Channel) -> None:
        # Home is there to be read even where there is no mission; dronekit counts on it.
        is_home = message.seq == 0 and self._store.mission_type == dialect.MAV_MISSION_TYPE_MISSION
        if not (is_home or 0 <= message.seq < self._store.count()):
            # ArduPilot first tells the station how many there really are.
            self._send_count(channel, station)
            self._acknowledge(channel, station, dialect.MAV_MISSION_ERROR)
            return
        item = self._store.item(message.seq)
        x: float = item.x
        y: float = item.y
        kind: Any = dialect.MAVLink_mission_item_int_message
        if message.get_type() == "MISSION_REQUEST":
            kind = dialect.MAVLink_mission_item_message
            if item.has_place or self._store.mission_type:
                x, y = x * 1e-7, y * 1e-7
        channel.send(
            kind(
                *station,
                message.seq,
                item.frame,
                item.command,
                int(self._store.is_current(item)),
                item.autocontinue,
                item.param1,
                item.param2,
                item.param3,
                item.param4,
                x,
                y,
                item.z,
                self._store.mission_type,
            )
        )

    def _request(self, link_s: float) -> None:
        self._requested_s = link_s
        if self._channel is not None:
            # ArduCopter asks with MISSION_REQUEST although it is answered with MISSION_ITEM_INT.
            self._channel.send(
                dialect.MAVLink_mission_request_message(
                    *self._station, self._expected, self._store.mission_type
                )
            )

    def _send_count(self, channel: Channel, station: tuple[int, int]) -> None:
        channel.send(
            dialect.MAVLink_mission_count_message(*station, self._store.count(), self._store.mission_type)
        )

    def _acknowledge(self, channel: Channel, station: tuple[int, int], result: int) -> None:
        channel.send(dialect.MAVLink_mission_ack_message(*station, result, self._store.mission_type))
