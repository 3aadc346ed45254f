"""Quick times and energies of many stretches of flight, for planners that weigh thousands of them."""

import itertools
import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from missions.vehicle.movement import RETURN_WAIT_S, Movement, Phase
from missions.vehicle.movement_energy import movement_energy_wh
from missions.vehicle.movement_times import paces_of
from missions.vehicle.profile import VehicleProfile
from missions.vehicle.wind import CALM, Wind

Costs = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Seconds and watt-hours."""

_HEADINGS = 12
_LENGTHS_M = np.geomspace(0.5, 50_000.0, 80)
_HEIGHTS_M = np.geomspace(0.5, 1_000.0, 40)


class ProfileCosts:
    """What a drone takes for stretches from stop to stop, by tables that are made once.

    A stretch has no heading here: times and energies are means over all, as a flight that comes back flies them.

    Parameters
    ----------
    profile : VehicleProfile
    wind : Wind
    alt_rel_m, home_alt_amsl_m : float
        Of the flight, for wind and air.
    speed_m_s : float, optional
        By default the profile's.

    Raises
    ------
    MissionError
        For wind that the drone must not or cannot fly in.
    """

    def __init__(
        self,
        profile: VehicleProfile,
        wind: Wind = CALM,
        *,
        alt_rel_m: float = 40.0,
        home_alt_amsl_m: float = 0.0,
        speed_m_s: float | None = None,
    ) -> None:
        profile.refuse_wind(wind, alt_rel_m=alt_rel_m)
        self._profile, self._wind = profile, wind
        self._alt_rel_m, self._home_alt_amsl_m = alt_rel_m, home_alt_amsl_m
        self._speed_m_s = speed_m_s or profile.motion.speed_m_s
        headings = range(_HEADINGS if wind.speed_m_s > 0.0 else 1)
        directions = [math.tau * number / len(headings) for number in headings]
        self._level = _table(_LENGTHS_M, (self._level_cost(length_m, directions) for length_m in _LENGTHS_M))
        self._up = _table(_HEIGHTS_M, (self._vertical(Phase.CLIMB, height_m) for height_m in _HEIGHTS_M))
        self._down = _table(_HEIGHTS_M, (self._vertical(Phase.CLIMB, -height_m) for height_m in _HEIGHTS_M))
        self._hover_w = 3600.0 * self._vertical(Phase.HOLD, 0.0, wait_s=1.0)[1]

    def cost(self, leg_m: ArrayLike, climb_m: ArrayLike, hold_s: ArrayLike) -> Costs:
        """Cost of level legs, each with a climb (negative: a descent) before and a stay after it.

        Parameters
        ----------
        leg_m, climb_m, hold_s : arrays that broadcast together
        """
        climb_m, hold_s = np.asarray(climb_m, dtype=np.float64), np.asarray(hold_s, dtype=np.float64)
        parts = (
            _looked_up(self._level, np.asarray(leg_m, dtype=np.float64)),
            _looked_up(self._up, np.maximum(climb_m, 0.0)),
            _looked_up(self._down, np.maximum(-climb_m, 0.0)),
            (hold_s, hold_s * self._hover_w / 3600.0),
        )
        seconds, energies_wh = zip(*parts, strict=True)
        return sum(seconds[1:], seconds[0]), sum(energies_wh[1:], energies_wh[0])

    def along(self, points_m: NDArray[np.float64]) -> Costs:
        """Seconds and watt-hours of the n - 1 legs of a way, flown from rest to rest without a stop between.

        Parameters
        ----------
        points_m : array, shape (n, 2) or (n, 3)
            East and north, and up where it is not level.
        """
        points = [
            (float(x_m), float(y_m), float(up_m[0]) if up_m else self._alt_rel_m)
            for x_m, y_m, *up_m in points_m
        ]
        movements = [
            Movement(number, number + 1, Phase.FLY, leg, self._speed_m_s, is_passing=number > 0)
            for number, leg in enumerate(itertools.pairwise(points))
        ]
        where = {"alt_amsl_m": self._home_alt_amsl_m}
        paces = paces_of(movements, self._profile, self._wind, **where)
        energies_wh = [
            movement_energy_wh(movement, pace, self._profile, self._wind, **where)
            for movement, pace in zip(movements, paces, strict=True)
        ]
        return np.array([pace.duration_s for pace in paces]), np.array(energies_wh)

    def take_off(self, height_m: float) -> tuple[float, float]:
        """Seconds and watt-hours from arming until it is up."""
        return self._vertical(Phase.TAKE_OFF, height_m, from_m=0.0)

    def landing(self, height_m: float) -> tuple[float, float]:
        """Seconds and watt-hours from coming home at a height above the ground until the motors stop."""
        wait_s, wait_wh = self._vertical(Phase.HOLD, 0.0, wait_s=RETURN_WAIT_S)
        down_s, down_wh = self._vertical(Phase.LAND, -height_m, from_m=height_m)
        return wait_s + down_s, wait_wh + down_wh

    def _level_cost(self, length_m: float, directions: list[float]) -> tuple[float, float]:
        costs = []
        for angle in directions:
            end_m = (length_m * math.sin(angle), length_m * math.cos(angle), self._alt_rel_m)
            movement = Movement(0, 0, Phase.FLY, ((0.0, 0.0, self._alt_rel_m), end_m), self._speed_m_s)
            costs.append(self._cost_of(movement))
        seconds, energies_wh = zip(*costs, strict=True)
        return math.fsum(seconds) / len(costs), math.fsum(energies_wh) / len(costs)

    def _vertical(
        self, phase: Phase, climb_m: float, *, from_m: float | None = None, wait_s: float = 0.0
    ) -> tuple[float, float]:
        start_m = self._alt_rel_m if from_m is None else from_m
        points = ((0.0, 0.0, start_m), (0.0, 0.0, start_m + climb_m))
        return self._cost_of(Movement(0, 0, phase, points, self._speed_m_s, wait_s=wait_s))

    def _cost_of(self, movement: Movement) -> tuple[float, float]:
        where = {"alt_amsl_m": self._home_alt_amsl_m}
        (pace,) = paces_of([movement], self._profile, self._wind, **where)
        return pace.duration_s, movement_energy_wh(movement, pace, self._profile, self._wind, **where)


_Table = tuple[NDArray[np.float64], NDArray[np.float64]]


def _table(at: NDArray[np.float64], costs: Iterable[tuple[float, float]]) -> _Table:
    """Costs from 0 on."""
    return np.concatenate(([0.0], at)), np.array([(0.0, 0.0), *costs])


def _looked_up(table: _Table, at: NDArray[np.float64]) -> Costs:
    known, costs = table
    return np.interp(at, known, costs[:, 0]), np.interp(at, known, costs[:, 1])
