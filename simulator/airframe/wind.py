"""A steady wind with gusts."""

import math
import random
from enum import IntEnum

import numpy as np

from simulator.compiled import compiled
from simulator.row import Row


class WindProfile(IntEnum):
    """SIM_WIND_T: how the wind that is set weakens towards the ground."""

    SQUARE_LAW = 0
    NONE = 1
    LINEAR = 2


GUST_TIME_S = 0.125
"""How long the turbulence of SITL lasts: its low pass keeps 0.98 in each of 400 loops a second."""
_SQUARE_LAW, _LINEAR = int(WindProfile.SQUARE_LAW), int(WindProfile.LINEAR)


class Wind(Row):
    """Blows from a direction; gusts follow a seeded random walk back to the mean, north and east.

    `field_north_m_s` and `field_east_m_s` are what a world adds where the vehicle is, `squall_north_m_s` and
    `squall_east_m_s` what a fault adds.
    """

    field_north_m_s: float
    field_east_m_s: float
    squall_north_m_s: float
    squall_east_m_s: float
    mean_north_m_s: float
    mean_east_m_s: float
    gust_north_m_s: float
    gust_east_m_s: float
    turbulence_m_s: float
    profile: int
    profile_alt_m: float = 60.0
    """From here up the wind is what was set."""
    profile_slope: float = 0.01
    random_state: int

    def use_seed(self, seed: str) -> None:
        """Begin the gusts that belong to a seed."""
        self.random_state = random.Random(seed).getrandbits(63)  # noqa: S311

    def blow(self, speed_m_s: float, from_rad: float, *, turbulence_m_s: float) -> None:
        """Set the mean wind and the strength of gusts."""
        self.mean_north_m_s = -speed_m_s * math.cos(from_rad)
        self.mean_east_m_s = -speed_m_s * math.sin(from_rad)
        self.turbulence_m_s = max(turbulence_m_s, 0.0)

    def weaken(self, profile: int, alt_m: float, slope: float) -> None:
        """Set how it weakens below an altitude."""
        self.profile, self.profile_alt_m, self.profile_slope = profile, max(alt_m, 1.0), slope


@compiled
def blow(wind: Wind, dt: float, height_m: float) -> tuple[float, float]:
    """Advance by `dt`; north and east components of the air's motion at a height."""
    north, east = wind.mean_north_m_s, wind.mean_east_m_s
    if wind.turbulence_m_s > 0.0:
        keep = math.exp(-dt / GUST_TIME_S)
        spread = wind.turbulence_m_s * math.sqrt(1.0 - keep * keep)
        gust_north, gust_east = _two_normal(wind)
        wind.gust_north_m_s = wind.gust_north_m_s * keep + spread * gust_north
        wind.gust_east_m_s = wind.gust_east_m_s * keep + spread * gust_east
        north += wind.gust_north_m_s
        east += wind.gust_east_m_s
    share = 1.0
    if height_m < wind.profile_alt_m:
        if wind.profile == _SQUARE_LAW:
            share = math.sqrt(max(height_m / wind.profile_alt_m, 0.0))
        elif wind.profile == _LINEAR:
            share = max(1.0 - wind.profile_slope * (wind.profile_alt_m - height_m), 0.0)
    return (
        wind.field_north_m_s + wind.squall_north_m_s + north * share,
        wind.field_east_m_s + wind.squall_east_m_s + east * share,
    )


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
