"""A steady wind with gusts."""

import math
import random
from enum import IntEnum

GUST_TIME_S = 0.125
"""How long a gust lasts; the recorded vehicle hardly feels it."""


class WindProfile(IntEnum):
    """SIM_WIND_T: how the wind grows with height; with its square root up to SIM_WIND_T_ALT, or not at all."""

    SQUARE_ROOT = 0
    EVEN = 1


class Wind:
    """Blows from a direction; gusts follow a seeded random walk back to the mean.

    Parameters
    ----------
    seed : str
        Of the gusts.
    """

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)  # noqa: S311
        self._mean = (0.0, 0.0)
        self._gust = (0.0, 0.0)
        self._turbulence_m_s = 0.0
        self._full_height_m = 0.0

    def blow(
        self, speed_m_s: float, from_rad: float, *, turbulence_m_s: float, full_height_m: float = 0.0
    ) -> None:
        """Set the mean wind, from which height on it blows in full, and the strength of gusts."""
        self._mean = (-speed_m_s * math.cos(from_rad), -speed_m_s * math.sin(from_rad))
        self._turbulence_m_s = max(turbulence_m_s, 0.0)
        self._full_height_m = full_height_m

    def step(self, dt: float, height_m: float) -> tuple[float, float]:
        """Advance by `dt`; north and east components of the air's motion at a height above ground."""
        share = 1.0
        if height_m < self._full_height_m:
            share = math.sqrt(max(height_m, 0.0) / self._full_height_m)
        mean_north, mean_east = self._mean[0] * share, self._mean[1] * share
        if self._turbulence_m_s == 0.0:
            return mean_north, mean_east
        keep = math.exp(-dt / GUST_TIME_S)
        spread = self._turbulence_m_s * math.sqrt(1.0 - keep * keep)
        north, east = self._gust
        self._gust = (
            north * keep + self._random.gauss(0.0, spread),
            east * keep + self._random.gauss(0.0, spread),
        )
        return mean_north + self._gust[0], mean_east + self._gust[1]
