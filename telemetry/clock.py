"""Where the time comes from."""

import time
from typing import Protocol


class Clock(Protocol):
    """Time for deadlines and time for records."""

    def monotonic_s(self) -> float:
        """Seconds that never jump, from any origin."""

    def utc_s(self) -> float:
        """Seconds since 1970, UTC; in a replay the recording's."""


class SystemClock:
    """The machine's own clocks."""

    monotonic_s = staticmethod(time.monotonic)
    utc_s = staticmethod(time.time)
