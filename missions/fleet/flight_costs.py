"""What flying costs: time and energy."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from missions.ways.copter_motion import LAND_SLOWLY_M

Costs = tuple[NDArray[np.float64], NDArray[np.float64]]


class FlightCosts(Protocol):
    """Time and energy of stretches of flight; `missions.vehicle.profile_costs.ProfileCosts` is one.

    Two drones with one object, or with equal ones, are of one kind.
    """

    def cost(self, leg_m: ArrayLike, climb_m: ArrayLike, hold_s: ArrayLike) -> Costs:
        """Cost of level legs with a climb (negative: a descent) before them and a stay after them.

        Parameters
        ----------
        leg_m, climb_m, hold_s : arrays that broadcast together

        Returns
        -------
        (array, array)
            Seconds and watt-hours. Grow with each part.
        """
        ...

    def take_off(self, height_m: float) -> tuple[float, float]:
        """Seconds and watt-hours from the ground to a height above it."""
        ...

    def landing(self, height_m: float) -> tuple[float, float]:
        """Seconds and watt-hours from a height above the ground until the motors stop."""
        ...


def climb_energy_wh(costs: FlightCosts, climb_m: float) -> float:
    """Give what climbing on the way takes over flying level, watt-hours: the legs' times do not grow."""
    seconds, energy_wh = costs.cost(0.0, climb_m, 0.0)
    _, hovering_wh = costs.cost(0.0, 0.0, seconds)
    return max(float(energy_wh) - float(hovering_wh), 0.0)


@runtime_checkable
class RunCosts(Protocol):
    """Costs that know that a copter does not stop at every waypoint.

    The search counts legs from stop to stop; the times of a schedule are those of its runs where these are known.
    """

    def along(self, points_m: NDArray[np.float64]) -> Costs:
        """Seconds and watt-hours of the n - 1 legs of a way, flown from rest to rest without a stop between.

        Parameters
        ----------
        points_m : array, shape (n, 2) or (n, 3)
            East and north, and up where it is not level.
        """
        ...


@dataclass(frozen=True, slots=True)
class SteadyFlight:
    """Constant speeds and powers: a drone with no profile of its own.

    Parameters
    ----------
    speed_m_s, climb_m_s, descent_m_s, landing_m_s : float
        The last one below 10 m.
    cruise_w, hover_w, climb_w, descent_w : float
    """

    speed_m_s: float = 10.0
    climb_m_s: float = 2.5
    descent_m_s: float = 1.5
    landing_m_s: float = 0.5
    cruise_w: float = 300.0
    hover_w: float = 300.0
    climb_w: float = 400.0
    descent_w: float = 280.0

    def cost(self, leg_m: ArrayLike, climb_m: ArrayLike, hold_s: ArrayLike) -> Costs:
        """Cost of level legs with a climb before them and a stay after them."""
        climb_m = np.asarray(climb_m, dtype=np.float64)
        level_s = np.asarray(leg_m, dtype=np.float64) / self.speed_m_s
        up_s = np.maximum(climb_m, 0.0) / self.climb_m_s
        down_s = np.maximum(-climb_m, 0.0) / self.descent_m_s
        hold_s = np.asarray(hold_s, dtype=np.float64)
        energy_wh = (
            level_s * self.cruise_w + up_s * self.climb_w + down_s * self.descent_w + hold_s * self.hover_w
        ) / 3600.0
        return level_s + up_s + down_s + hold_s, energy_wh

    def take_off(self, height_m: float) -> tuple[float, float]:
        """Seconds and watt-hours from the ground to a height above it."""
        seconds = height_m / self.climb_m_s
        return seconds, seconds * self.climb_w / 3600.0

    def landing(self, height_m: float) -> tuple[float, float]:
        """Seconds and watt-hours from a height above the ground until the motors stop."""
        slowly_m = min(height_m, LAND_SLOWLY_M)
        seconds = (height_m - slowly_m) / self.descent_m_s + slowly_m / self.landing_m_s
        return seconds, seconds * self.descent_w / 3600.0
