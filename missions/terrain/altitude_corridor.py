"""Altitudes that a flight may have along its way, and how steeply it may change them."""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from missions.refusal import MissionError
from missions.ways.copter_motion import CopterMotion


@dataclass(frozen=True, slots=True)
class Gradients:
    """How steeply a flight may climb and descend: metres up or down for each along the ground; both positive.

    Raises
    ------
    MissionError
        One of them is not a positive number.
    """

    climb: float
    descent: float

    def __post_init__(self) -> None:
        for name, gradient in (("climb", self.climb), ("descent", self.descent)):
            if not 0.0 < gradient < np.inf:
                raise MissionError(
                    f"a {name} gradient of {gradient:g} is none",
                    remedy="Give vertical speed over cruise speed, such as 2.5 / 10 = 0.25",
                )

    @classmethod
    def of(cls, motion: CopterMotion, speed_m_s: float | None = None) -> Self:
        """Vertical speeds over cruise speed: what is flown without slowing down."""
        cruise_m_s = motion.speed_m_s if speed_m_s is None else speed_m_s
        return cls(motion.climb_m_s / cruise_m_s, motion.descent_m_s / cruise_m_s)

    @property
    def sharpest_bend(self) -> float:
        """Sine of half the angle from the steepest climb to the steepest descent."""
        return math.sin(0.5 * (math.atan(self.climb) + math.atan(self.descent)))


@dataclass(frozen=True, slots=True)
class AltitudeCorridor:
    """Lowest and highest altitude at places along a flight.

    From any altitude within it, the next place can be reached within it at the gradients.

    Parameters
    ----------
    distances_m, lows_m, highs_m : arrays of shape (n,)
    gradients : Gradients
    """

    distances_m: NDArray[np.float64]
    lows_m: NDArray[np.float64]
    highs_m: NDArray[np.float64]
    gradients: Gradients

    @classmethod
    def between(
        cls,
        distances_m: NDArray[np.float64],
        floors_m: NDArray[np.float64],
        wanted_tops_m: NDArray[np.float64],
        ceilings_m: NDArray[np.float64],
        gradients: Gradients,
        *,
        room_m: float,
    ) -> Self:
        """Fit a corridor over floors and under ceilings.

        Its lowest altitudes are the least that clear every floor at the gradients: it begins to climb ahead of a
        cliff. It is as high as wanted, but leaves room above the lowest where the ceiling allows it.

        Where a ceiling lies too low for that, no flight is possible: `first_blocked` says where.
        """
        lows_m = _lowest_over(distances_m, floors_m, gradients)
        tops_m = np.minimum(np.maximum(wanted_tops_m, lows_m + room_m), ceilings_m)
        highs_m = -_lowest_over(distances_m, -tops_m, Gradients(gradients.descent, gradients.climb))
        return cls(distances_m, lows_m, highs_m, gradients)

    @property
    def first_blocked(self) -> int | None:
        """First place where nothing lies between lowest and highest, or None."""
        is_blocked = self.lows_m > self.highs_m
        return int(np.argmax(is_blocked)) if is_blocked.any() else None


def _lowest_over(
    distances_m: NDArray[np.float64], floors_m: NDArray[np.float64], gradients: Gradients
) -> NDArray[np.float64]:
    """Lowest altitudes that are nowhere below the floors and nowhere steeper than the gradients."""
    rising = gradients.climb * distances_m
    ahead = np.maximum.accumulate((floors_m - rising)[::-1])[::-1] + rising
    falling = gradients.descent * distances_m
    behind = np.maximum.accumulate(floors_m + falling) - falling
    return np.maximum(ahead, behind)
