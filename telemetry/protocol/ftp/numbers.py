"""Sequence numbers and sessions, counted on from one exchange to the next so that late replies fit none."""

from random import Random
from typing import Self

_BURST_SPAN = 4096
"""A burst's replies take numbers of their own; ArduPilot sends at most 2,000."""


class FtpNumbers:
    """Counters of one client towards one vehicle.

    A vehicle answers the number of its last reply with that reply again, whatever is asked: numbers must not begin
    where those of another run ended, so let `seq` be a random one.

    Attributes
    ----------
    open_session : int or None
        The session that was opened and not closed yet, as far as we know.
    """

    def __init__(self, seq: int = 0, session: int = 0) -> None:
        self._seq = seq & 0xFFFF
        self._session = session
        self.open_session: int | None = None

    @classmethod
    def by(cls, chance: Random) -> Self:
        """Begin anywhere."""
        return cls(chance.getrandbits(16), chance.getrandbits(7))

    def next_seq(self) -> int:
        """Give the number of the next request."""
        self._seq = (self._seq + 1) & 0xFFFF
        return self._seq

    def next_session(self) -> int:
        """Give a session of our own choice, 1 to 255; vehicles that choose themselves answer with theirs."""
        self._session = self._session % 255 + 1
        return self._session

    def skip_burst(self) -> None:
        """Leave out the numbers that the replies of a burst have taken."""
        self._seq = (self._seq + _BURST_SPAN) & 0xFFFF


def is_of_burst(reply_seq: int, request_seq: int) -> bool:
    """Whether a reply can be one of the burst that was asked for."""
    return 1 <= (reply_seq - request_seq) & 0xFFFF <= _BURST_SPAN
