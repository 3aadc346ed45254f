"""Two vehicles that speak with one system id, told apart by their clocks, places and board numbers."""

from telemetry.network.source import Source
from telemetry.wire.dialect import definition_of
from telemetry.wire.frame import Frame
from telemetry.wire.message import Message

POSITION = definition_of("GLOBAL_POSITION_INT").msg_id
VERSION = definition_of("AUTOPILOT_VERSION").msg_id

_APART_MS = 60_000
_APART_E7 = 50_000
"""About 500 m."""
_LEAPS = 4
_WITHIN_S = 10.0


class LeapCount:
    """Counts how often the positions on one link leap to and fro, as those of two vehicles in turn do."""

    __slots__ = ("_boot_ms", "_lat_e7", "_leaps_s", "_lon_e7")

    def __init__(self) -> None:
        self._boot_ms = -1
        self._lat_e7 = self._lon_e7 = 0
        self._leaps_s: list[float] = []

    def is_leaping(self, frame: Frame, now_s: float) -> bool:
        """Take a GLOBAL_POSITION_INT; tells whether it has leapt four times within 10 s."""
        payload = frame.payload
        boot_ms = int.from_bytes(payload[0:4], "little")
        lat_e7 = int.from_bytes(payload[4:8], "little", signed=True)
        lon_e7 = int.from_bytes(payload[8:12], "little", signed=True)
        has_leapt = self._boot_ms >= 0 and (
            not -1_000 <= boot_ms - self._boot_ms <= _APART_MS
            or abs(lat_e7 - self._lat_e7) > _APART_E7
            or abs(lon_e7 - self._lon_e7) > _APART_E7
        )
        self._boot_ms, self._lat_e7, self._lon_e7 = boot_ms, lat_e7, lon_e7
        if not has_leapt:
            return False
        self._leaps_s = [leap_s for leap_s in self._leaps_s if now_s - leap_s <= _WITHIN_S]
        self._leaps_s.append(now_s)
        return len(self._leaps_s) >= _LEAPS


class BoardNumbers:
    """The numbers that the boards behind the links of one vehicle give as their own."""

    def __init__(self) -> None:
        self._known: dict[Source, tuple[object, ...]] = {}

    def compare(self, source: Source, version: Message) -> None:
        """Take an AUTOPILOT_VERSION, and note whose board is another than that of the links known before."""
        number = (version.uid, version.uid2)
        if not any((version.uid, *version.uid2)):
            return
        self._known[source] = number
        others = [other for other in self._known if other is not source]
        source.is_twin = any(self._known[other] != number for other in others if not other.is_twin)
        if not source.is_twin:
            for other in others:
                other.is_twin = other.is_twin and self._known[other] != number
