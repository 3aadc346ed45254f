"""A steady wind with gusts."""

import math
import random

GUST_TIME_S = 5.0
"""SIM_WIND_TC: how long a gust lasts."""


class Wind:
    """Blows from a direction; gusts follow a seeded random walk back to the mean.

    `field_north_m_s` and `field_east_m_s` are what a world adds where the vehicle is.

    Parameters
    ----------
    seed : str
        Of the gusts.
    """

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)  # noqa: S311
        self.field_north_m_s = self.field_east_m_s = 0.0
        self._mean = (0.0, 0.0)
        self._gust = (0.0, 0.0)
        self._turbulence_m_s = 0.0

    def blow(self, speed_m_s: float, from_rad: float, *, turbulence_m_s: float) -> None:
        """Set the mean wind and the strength of gusts."""
        self._mean = (-speed_m_s * math.cos(from_rad), -speed_m_s * math.sin(from_rad))
        self._turbulence_m_s = max(turbulence_m_s, 0.0)

    def step(self, dt: float) -> tuple[float, float]:
        """Advance by `dt`; north and east components of the air's motion."""
        mean_north = self._mean[0] + self.field_north_m_s
        mean_east = self._mean[1] + self.field_east_m_s
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
