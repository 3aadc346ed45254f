"""The drift of a datum, and what flying over it means: the pattern moves with what is searched for."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from missions.patterns.numbers import refuse_outside
from missions.transit import XY

_RATE_AT_MOST_M_S = 20.0


@dataclass(frozen=True, slots=True)
class Drift:
    """Where a datum drifts.

    Parameters
    ----------
    set_deg : float
        Azimuth that it drifts to.
    rate_m_s : float
    """

    set_deg: float
    rate_m_s: float

    def __post_init__(self) -> None:
        refuse_outside("set", self.set_deg, 360.0, "degrees", at_least=0.0)
        refuse_outside("drift", self.rate_m_s, _RATE_AT_MOST_M_S, "m/s", at_least=0.0)

    @property
    def velocity_m_s(self) -> XY:
        """East and north."""
        azimuth = math.radians(self.set_deg)
        return self.rate_m_s * math.sin(azimuth), self.rate_m_s * math.cos(azimuth)


def drifted(point: XY, velocity_m_s: XY, time_s: float) -> XY:
    """Where something has drifted to."""
    return point[0] + velocity_m_s[0] * time_s, point[1] + velocity_m_s[1] * time_s


def times_s(
    vertices: Sequence[XY], velocity_m_s: XY, speed_m_s: float, *, turns_s: Sequence[float]
) -> list[float]:
    """When a drone is at each vertex of a pattern that drifts while it is flown.

    Over a leg `d` of the pattern the ground track is d + v t, flown at the speed s: |d + v t| = s t.

    Parameters
    ----------
    vertices : sequence of (float, float)
        At rest.
    velocity_m_s : (float, float)
        Slower than the drone.
    speed_m_s : float
        Over ground.
    turns_s : sequence of float
        Lost before each leg; the pattern drifts on meanwhile.

    Returns
    -------
    list of float
        From 0, one a vertex.
    """
    vx, vy = velocity_m_s
    ahead = speed_m_s**2 - vx**2 - vy**2
    times = [0.0]
    for ((x0, y0), (x1, y1)), turn_s in zip(itertools.pairwise(vertices), turns_s, strict=True):
        # What it has drifted while the drone turned is made up for on the leg.
        dx, dy = x1 - x0 + vx * turn_s, y1 - y0 + vy * turn_s
        along = dx * vx + dy * vy
        leg_s = (along + math.sqrt(along**2 + ahead * (dx**2 + dy**2))) / ahead
        times.append(times[-1] + turn_s + leg_s)
    return times
