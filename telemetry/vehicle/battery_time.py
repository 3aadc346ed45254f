"""How long a battery lasts, told from how fast its charge falls."""

from collections import deque

SPAN_S = 120.0
"""Over which the fall is measured; a percent takes a patrol some 15 s."""
LEAST_S = 30.0
LEAST_PCT = 2


class BatteryTime:
    """The time left of one battery, by its own word or by its percentages."""

    def __init__(self) -> None:
        self._said_s: float | None = None
        self._falls: deque[tuple[float, int]] = deque()

    def receive(self, remaining_pct: int, time_remaining_s: int, now_s: float) -> None:
        """Take what a battery says; -1 percent and 0 s are unknown."""
        self._said_s = float(time_remaining_s) if time_remaining_s > 0 else None
        if remaining_pct < 0:
            return
        falls = self._falls
        if falls and remaining_pct > falls[-1][1]:
            falls.clear()  # another battery
        if not falls or remaining_pct < falls[-1][1]:
            falls.append((now_s, remaining_pct))
        while len(falls) > 2 and now_s - falls[1][0] > SPAN_S:
            falls.popleft()

    def left_s(self, now_s: float) -> float | None:
        """Give the time until it is empty; None where nothing can be told yet."""
        if self._said_s is not None:
            return self._said_s
        if len(self._falls) < 2:
            return None
        (first_s, first_pct), (last_s, last_pct) = self._falls[0], self._falls[-1]
        fallen_pct, span_s = first_pct - last_pct, last_s - first_s
        if fallen_pct < LEAST_PCT or span_s < LEAST_S:
            return None
        a_percent_s = span_s / fallen_pct
        if now_s - last_s > 4.0 * a_percent_s:
            return None  # it draws no more what it drew
        return max(0.0, last_pct * a_percent_s - (now_s - last_s))
