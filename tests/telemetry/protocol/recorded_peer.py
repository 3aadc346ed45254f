"""A vehicle that answers what it was asked as a real ArduCopter answered it in a recording, and to all else says nothing."""

import math
from pathlib import Path

from telemetry.protocol.mission_item_wire import WireItem
from telemetry.wire.codec import decode
from telemetry.wire.tlog import TlogReader

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "ardupilot"
VEHICLE_SYSTEM = 1
_UNSAID = {
    *("target_component", "current", "autocontinue", "confirmation"),
    *("param_type", "param_index", "param_count"),
}
"""Fields that may differ between the station that was recorded and ours."""


class RecordedPeer:
    """The vehicle of one recording.

    Each message of ours is looked for among those that the recorded station sent, from the place on that the recording has got to; then the
    vehicle says what it said there until that station's next message.
    """

    def __init__(self, name, speaker=255):
        reader = TlogReader(FOLDER / f"{name}.tlog")
        self.said = [
            message
            for message in (decode(frame) for _, frame in reader if frame.definition is not None)
            if message.system_id == VEHICLE_SYSTEM or message.name != "HEARTBEAT"
        ]
        self.speaker = speaker
        self.cursor = 0
        self.out = []
        self.heard = []
        self.unknown = []
        """What of ours the recorded station did not send."""

    def get_timer(self):
        return None

    def handle_timer(self, now_s):
        pass

    def find(self, name, number=0, **fields):
        """Go to where the recorded station sends a message; gives that."""
        found = [
            at
            for at, message in enumerate(self.said)
            if message.system_id == self.speaker
            and message.name == name
            and fields.items() <= message.fields.items()
        ]
        self.cursor = found[number]
        return self.said[self.cursor]

    def skip_to(self, name, number=0, **fields):
        """Go there; gives what the vehicle says before."""
        self.find(name, number, **fields)
        return [message for message in self.said[: self.cursor] if message.system_id == VEHICLE_SYSTEM]

    def sent_items(self):
        """Give the list that the recorded station sends from here on, each item once."""
        count = self.said[self.cursor].count
        items = {}
        for message in self.said[self.cursor + 1 :]:
            if len(items) == count or message.name == "MISSION_COUNT":
                break
            if message.system_id == self.speaker and message.name == "MISSION_ITEM_INT":
                items.setdefault(message.seq, WireItem.from_message(message))
        return [items[seq] for seq in sorted(items)]

    @property
    def texts(self):
        return [message.text for message in self.heard if message.name == "STATUSTEXT"]

    def receive_message(self, message, now_s=0.0):
        for at in range(self.cursor, len(self.said)):
            if self.said[at].system_id == self.speaker and _is_same(self.said[at], message):
                break
        else:
            self.unknown.append(message)
            return
        self.cursor = at + 1
        while self.cursor < len(self.said) and self.said[self.cursor].system_id == VEHICLE_SYSTEM:
            self.out.append(self.said[self.cursor])
            self.heard.append(self.said[self.cursor])
            self.cursor += 1


def _is_same(recorded, ours):
    if recorded.name != ours.name:
        return False
    return all(
        name in _UNSAID or _number(recorded.fields[name]) == value for name, value in ours.fields.items()
    )


def _number(value):
    """Ours never sends what is no number."""
    return 0.0 if isinstance(value, float) and math.isnan(value) else value
