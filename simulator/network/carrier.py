"""What becomes of frames on their way over a bad link."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

_MAGIC_1, _MAGIC_2 = 0xFE, 0xFD
_SIGNED = 0x01
_SIGNATURE_BYTES = 13


@dataclass(frozen=True, slots=True)
class LinkCondition:
    """How well a link carries, each way.

    Parameters
    ----------
    loss : float
        Share of frames that never arrive; 1 is a link that is down.
    latency_s : float
    jitter_s : float
        At most so much is added to a frame's way at random, so that frames overtake each other.
    duplication : float
        Share of frames that arrive twice.
    corruption : float
        Share of frames that arrive with a wrong bit.
    """

    loss: float = 0.0
    latency_s: float = 0.0
    jitter_s: float = 0.0
    duplication: float = 0.0
    corruption: float = 0.0

    def with_other(self, other: "LinkCondition") -> "LinkCondition":
        """Give what two conditions come to together."""
        return replace(
            self,
            loss=_either(self.loss, other.loss),
            latency_s=self.latency_s + other.latency_s,
            jitter_s=self.jitter_s + other.jitter_s,
            duplication=_either(self.duplication, other.duplication),
            corruption=_either(self.corruption, other.corruption),
        )


def _either(one: float, other: float) -> float:
    return 1.0 - (1.0 - one) * (1.0 - other)


GOOD = LinkCondition()


class Carrier:
    """Carries frames over a link whose condition may change at any time.

    Parameters
    ----------
    call_later : callable
        Takes a delay in seconds and what to do then, as an event loop's.
    chance : Random
        Seeded; both ways of a link may share it.
    condition : LinkCondition

    Attributes
    ----------
    carried, lost, duplicated, corrupted : int
        Frames.
    """

    def __init__(
        self,
        call_later: Callable[[float, Callable[[], None]], object],
        chance: random.Random,
        condition: LinkCondition = GOOD,
    ) -> None:
        self._call_later = call_later
        self._chance = chance
        self.condition = condition
        self.carried = self.lost = self.duplicated = self.corrupted = 0

    def carry(self, data: bytes, deliver: Callable[[bytes], None]) -> None:
        """Carry whole frames; each has its own fate. What a good link carries arrives at once."""
        if self.condition == GOOD:
            deliver(data)
            return
        for frame in frames_of(data):
            self.carry_frame(frame, deliver)

    def carry_frame(self, frame: bytes, deliver: Callable[[bytes], None]) -> None:
        """Carry one frame."""
        condition, chance = self.condition, self._chance
        self.carried += 1
        if chance.random() < condition.loss:
            self.lost += 1
            return
        if condition.corruption and chance.random() < condition.corruption:
            self.corrupted += 1
            frame = _with_wrong_bit(frame, chance)
        is_twice = condition.duplication > 0.0 and chance.random() < condition.duplication
        self.duplicated += is_twice
        for _ in range(1 + is_twice):
            self._call_later(
                condition.latency_s + condition.jitter_s * chance.random(), lambda: deliver(frame)
            )


def frames_of(data: bytes) -> Iterator[bytes]:
    """Cut bytes that hold whole MAVLink frames into them; what is none comes as one piece."""
    at = 0
    while at < len(data):
        end = len(data)
        if data[at] == _MAGIC_2 and at + 2 < len(data):
            end = at + 12 + data[at + 1] + (_SIGNATURE_BYTES if data[at + 2] & _SIGNED else 0)
        elif data[at] == _MAGIC_1 and at + 1 < len(data):
            end = at + 8 + data[at + 1]
        yield data[at:end]
        at = end


def _with_wrong_bit(frame: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(frame) * 8)
    wrong = bytearray(frame)
    wrong[at // 8] ^= 1 << at % 8
    return bytes(wrong)
