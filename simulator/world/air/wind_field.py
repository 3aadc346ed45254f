"""Wind by time and height, with gusts of each vehicle's own."""

import math
from dataclasses import dataclass, field

import numpy as np

from simulator.world.time_table import TimeTable
from simulator.world.world_frame import Floats

REFERENCE_M = 10.0
LEAST_HEIGHT_M, MOST_HEIGHT_M = 1.0, 600.0
"""Below and above, the power law holds no more; the wind stays as it is there."""


@dataclass(frozen=True, slots=True)
class WindSettings:
    """The wind 10 m above ground.

    Parameters
    ----------
    north_m_s, east_m_s : TimeTable
        Where the air goes.
    exponent : float
        Of the power law with height; 0.14 over open land, 0 for the same wind at all heights.
    gust_m_s : float
        Standard deviation of each component of gusts at 10 m; it grows with the wind.
    gust_s : float
        How long gusts last.
    """

    north_m_s: TimeTable = field(default_factory=TimeTable)
    east_m_s: TimeTable = field(default_factory=TimeTable)
    exponent: float = 0.14
    gust_m_s: float = 0.0
    gust_s: float = 5.0


class WindField:
    """Gusts follow a seeded random walk back to the mean (Ornstein-Uhlenbeck).

    Parameters
    ----------
    settings : WindSettings
    count : int
        How many vehicles have gusts.
    seed : int
    """

    def __init__(self, settings: WindSettings, count: int, seed: int) -> None:
        self._settings = settings
        self._random = np.random.default_rng([seed, 1])
        self._gusts_m_s = np.zeros((2, count))
        if settings.gust_m_s:
            self._gusts_m_s[:] = self._random.normal(0.0, settings.gust_m_s, (2, count))
        self._now_s = 0.0

    def step(self, dt: float) -> None:
        """Advance by `dt`."""
        self._now_s += dt
        settings = self._settings
        if settings.gust_m_s:
            keep = math.exp(-dt / settings.gust_s)
            spread_m_s = settings.gust_m_s * math.sqrt(1.0 - keep * keep)
            self._gusts_m_s *= keep
            self._gusts_m_s += self._random.normal(0.0, spread_m_s, self._gusts_m_s.shape)

    def blow(self, alt_agl_m: Floats) -> tuple[Floats, Floats]:
        """North and east components of the air's motion at each vehicle."""
        settings = self._settings
        height_m = np.clip(alt_agl_m, LEAST_HEIGHT_M, MOST_HEIGHT_M)
        factor = (height_m / REFERENCE_M) ** settings.exponent
        north_m_s = settings.north_m_s.at(self._now_s) + self._gusts_m_s[0]
        east_m_s = settings.east_m_s.at(self._now_s) + self._gusts_m_s[1]
        return north_m_s * factor, east_m_s * factor
