"""A stream of RTK corrections, without I/O: bytes in, messages for vehicles out."""

from collections import Counter, deque
from dataclasses import dataclass

from telemetry.rtk.rtcm_fragments import RtcmFragmenter
from telemetry.rtk.rtcm_scanner import RtcmScanner
from telemetry.wire.message import Message

SILENCE_S = 10.0
"""A base station sends once a second; after this a receiver goes back to a position of metres."""
RATE_WINDOW_S = 10.0


@dataclass(frozen=True, slots=True)
class StreamBegan:
    """Frames come."""


@dataclass(frozen=True, slots=True)
class StreamSilent:
    """No frame came for `SILENCE_S`."""


@dataclass(frozen=True, slots=True)
class CorrectionsState:
    """What came of late, and in all.

    Parameters
    ----------
    is_flowing : bool
    bytes_per_s : float
        Over the last ten seconds.
    frames, bad_crc, too_long : int
        Good frames, broken ones, and those that do not fit in four fragments.
    numbers : dict of int to int
        Good frames by the number of their message.
    """

    is_flowing: bool
    bytes_per_s: float
    frames: int
    bad_crc: int
    too_long: int
    numbers: dict[int, int]


class Corrections:
    """Checks a stream and divides it into messages.

    It has the verbs of a protocol machine, with bytes in the place of messages received.
    """

    def __init__(self) -> None:
        self._scanner = RtcmScanner()
        self._fragmenter = RtcmFragmenter()
        self._outgoing: list[Message] = []
        self._events: deque[StreamBegan | StreamSilent] = deque()
        self._numbers: Counter[int] = Counter()
        self._sizes: deque[tuple[float, int]] = deque()
        self._too_long = 0
        self._silent_at_s: float | None = None

    def receive_data(self, data: bytes, now_s: float) -> None:
        """Take what came from the source."""
        for frame in self._scanner.feed(data):
            messages = self._fragmenter.messages_of(frame.raw)
            if not messages:
                self._too_long += 1
                continue
            self._outgoing += messages
            self._numbers[frame.number] += 1
            self._sizes.append((now_s, len(frame.raw)))
            if self._silent_at_s is None:
                self._events.append(StreamBegan())
            self._silent_at_s = now_s + SILENCE_S
        self._forget(now_s)

    def reset(self) -> None:
        """Take note that the source broke off; a frame that was begun comes to nothing."""
        self._scanner.reset()
        self._silent_at_s = None

    def get_timer(self) -> float | None:
        """When `handle_timer` is wanted, or None."""
        return self._silent_at_s

    def handle_timer(self, now_s: float) -> None:
        """Tell of silence."""
        if self._silent_at_s is not None and now_s >= self._silent_at_s:
            self._silent_at_s = None
            self._events.append(StreamSilent())

    def messages_to_send(self) -> list[Message]:
        """Hand out what is to be sent, once."""
        outgoing, self._outgoing = self._outgoing, []
        return outgoing

    def next_event(self) -> StreamBegan | StreamSilent | None:
        """Hand out the next event, or None."""
        return self._events.popleft() if self._events else None

    def state(self, now_s: float) -> CorrectionsState:
        """Tell what came."""
        self._forget(now_s)
        return CorrectionsState(
            is_flowing=self._silent_at_s is not None,
            bytes_per_s=sum(size for _, size in self._sizes) / RATE_WINDOW_S,
            frames=self._numbers.total(),
            bad_crc=self._scanner.bad_crc,
            too_long=self._too_long,
            numbers=dict(sorted(self._numbers.items())),
        )

    def _forget(self, now_s: float) -> None:
        while self._sizes and now_s - self._sizes[0][0] > RATE_WINDOW_S:
            self._sizes.popleft()
