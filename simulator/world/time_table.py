"""A value by time: straight between the given moments, steady before and after."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class TimeTable:
    """Moments in seconds from the world's start, increasing, and the value at each."""

    at_s: tuple[float, ...] = (0.0,)
    values: tuple[float, ...] = (0.0,)

    @classmethod
    def steady(cls, value: float) -> "TimeTable":
        """Give the same at all times."""
        return cls((0.0,), (value,))

    @classmethod
    def of(cls, rows: Sequence[tuple[float, float]]) -> "TimeTable":
        """Take pairs of moment and value."""
        return cls(tuple(at_s for at_s, _ in rows), tuple(value for _, value in rows))

    def at(self, now_s: float) -> float:
        """Value at a moment."""
        return float(np.interp(now_s, self.at_s, self.values))
