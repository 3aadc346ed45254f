"""A steady wind with gusts."""

import math
import random

import numpy as np

from simulator.compiled import compiled
from simulator.row import Row

GUST_TIME_S = 5.0
"""SIM_WIND_TC: how long a gust lasts."""


class Wind(Row):
    """Blows from a direction; gusts follow a seeded random walk back to the mean, north and east."""

    mean_north_m_s: float
    mean_east_m_s: float
    gust_north_m_s: float
    gust_east_m_s: float
    turbulence_m_s: float
    random_state: int

    def use_seed(self, seed: str) -> None:
        """Begin the gusts that belong to a seed."""
        self.random_state = random.Random(seed).getrandbits(63)  # noqa: S311

    def blow(self, speed_m_s: float, from_rad: float, *, turbulence_m_s: float) -> None:
        """Set the mean wind and the strength of gusts."""
        self.mean_north_m_s = -speed_m_s * math.cos(from_rad)
        self.mean_east_m_s = -speed_m_s * math.sin(from_rad)
        self.turbulence_m_s = max(turbulence_m_s, 0.0)


@compiled
def blow(wind: Wind, dt: float) -> tuple[float, float]:
    """Advance by `dt`; north and east components of the air's motion."""
    if wind.turbulence_m_s == 0.0:
        return wind.mean_north_m_s, wind.mean_east_m_s
    keep = math.exp(-dt / GUST_TIME_S)
    spread = wind.turbulence_m_s * math.sqrt(1.0 - keep * keep)
    north, east = _two_normal(wind)
    wind.gust_north_m_s = wind.gust_north_m_s * keep + spread * north
    wind.gust_east_m_s = wind.gust_east_m_s * keep + spread * east
    return wind.mean_north_m_s + wind.gust_north_m_s, wind.mean_east_m_s + wind.gust_east_m_s


@compiled
def _two_normal(wind: Wind) -> tuple[float, float]:
    # Box and Muller.
    radius = math.sqrt(-2.0 * math.log(1.0 - _uniform(wind)))
    angle = 2.0 * math.pi * _uniform(wind)
    return radius * math.cos(angle), radius * math.sin(angle)


@compiled
def _uniform(wind: Wind) -> float:
    # SplitMix64, by Steele, Lea and Flood.
    state = np.uint64(wind.random_state) + np.uint64(0x9E3779B97F4A7C15)
    wind.random_state = np.int64(state)  # type: ignore[assignment]
    mixed = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return float(mixed >> np.uint64(11)) * 2.0**-53
