"""How well a vehicle is heard over a link."""

from collections import deque
from dataclasses import dataclass

WINDOW_S = 10.0
_UNKNOWN_ROUND_TRIP_S = 0.3
_LOSS_COST_S = 2.0


@dataclass(frozen=True, slots=True)
class LinkQuality:
    """Of the last 10 s.

    Parameters
    ----------
    messages_per_s : float
    loss_share : float
        Of the messages that were sent, by the gaps in their sequence numbers; 0 to 1.
    round_trip_s : float or None
        To the vehicle and back, the shortest of the last answers to TIMESYNC; None where it answers none.
    """

    messages_per_s: float = 0.0
    loss_share: float = 0.0
    round_trip_s: float | None = None

    @property
    def cost_s(self) -> float:
        """What speaking over it costs, to compare links by."""
        round_trip_s = _UNKNOWN_ROUND_TRIP_S if self.round_trip_s is None else self.round_trip_s
        return round_trip_s + _LOSS_COST_S * self.loss_share


class LinkMeter:
    """Makes qualities of counts that only grow."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int, int]] = deque()

    def mark(self, now_s: float, received: int, lost: int) -> None:
        """Take note of how many messages have come, and how many are missing; about once a second."""
        self._marks.append((now_s, received, lost))
        while len(self._marks) > 1 and now_s - self._marks[1][0] >= WINDOW_S:
            self._marks.popleft()

    def quality(self, round_trip_s: float | None) -> LinkQuality:
        """Give what was marked last against what was marked first in the window."""
        if len(self._marks) < 2:
            return LinkQuality(round_trip_s=round_trip_s)
        (begun_s, received_before, lost_before), (now_s, received, lost) = self._marks[0], self._marks[-1]
        came, missing = received - received_before, lost - lost_before
        return LinkQuality(
            came / max(now_s - begun_s, 1e-3),
            missing / (came + missing) if missing else 0.0,
            round_trip_s,
        )
