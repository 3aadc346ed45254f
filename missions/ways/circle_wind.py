"""Where a circle is flown in truth: a copter follows a place that runs ahead of it, and in wind it may not keep up.

AC_Circle turns the angle at its own pace and waits for nobody. In calm air the copter runs behind and so inside the circle;
where its speed round the circle and the wind are more than it can fly through the air it cuts across, and swings out.
"""

import math
from dataclasses import dataclass

from missions.ways.copter_motion import CopterMotion

_APPROACH_M_S2 = 1.2
"""How hard the controller brakes towards a place: what its speed makes the way it stays behind."""

_ROUNDS = 50
_KEPT_M = 0.5
_SWING_SHARE, _SWING_MOST_M = 2.0, 150.0
"""Of 367 simulated flights in winds to 10 m/s with gusts, round circles of 12 to 350 m at 3 to 14 m/s, none swung out by
more than 1.62 radii or 112 m."""

_WIND_LEAST_M_S = 1.0


@dataclass(frozen=True, slots=True)
class CircleWind:
    """How far a copter strays from a circle.

    Parameters
    ----------
    is_held : bool
        It keeps up with the place that it follows in any wind that is said to blow.
    inward_m, outward_m : float
        At most; inward all of the radius where it is not held.
    behind_m : float
        How far behind the place that it follows it may be; anywhere where it is not held.
    remedy : str
        What would be legal where this is not.
    """

    is_held: bool
    inward_m: float
    outward_m: float
    behind_m: float
    remedy: str

    @classmethod
    def round(cls, radius_m: float, speed_m_s: float, motion: CopterMotion) -> "CircleWind":
        """Judge a circle.

        Parameters
        ----------
        radius_m : float
        speed_m_s : float
            Of the mission; round the circle it may be slower.
        motion : CopterMotion
        """
        around_m_s = motion.circle_speed_m_s(radius_m, speed_m_s)
        spare_m_s = motion.air_speed_m_s - around_m_s
        if motion.wind_m_s is not None and motion.wind_m_s <= spare_m_s:
            behind_m = _behind_m(radius_m, around_m_s)
            inward_m = radius_m - math.sqrt(radius_m**2 - behind_m**2) + _KEPT_M
            remedy = "Fly it slower, with a larger radius, or as waypoints in place of a circle"
            return cls(True, min(inward_m, radius_m), _KEPT_M, behind_m, remedy)
        outward_m = min(_SWING_SHARE * radius_m, _SWING_MOST_M)
        return cls(False, radius_m, outward_m, math.inf, _remedy(around_m_s, spare_m_s, motion))


def _behind_m(radius_m: float, around_m_s: float) -> float:
    """How far behind the copter runs where it turns as fast as the place that it follows: on a smaller circle."""
    behind_m = 0.0
    for _ in range(_ROUNDS):
        inner_m = math.sqrt(radius_m**2 - behind_m**2)
        speed_m_s = around_m_s * inner_m / radius_m
        if speed_m_s > _APPROACH_M_S2:
            wanted_m = 0.5 * _APPROACH_M_S2 + 0.5 * speed_m_s**2 / _APPROACH_M_S2
        else:
            wanted_m = speed_m_s
        behind_m = 0.5 * (behind_m + min(wanted_m, radius_m))
    return behind_m


def _remedy(around_m_s: float, spare_m_s: float, motion: CopterMotion) -> str:
    ways = ["Fly it as waypoints in place of a circle: along legs the place to be waits for the copter"]
    wind_m_s = motion.wind_m_s
    if wind_m_s is None and spare_m_s >= _WIND_LEAST_M_S:
        ways.append(f"or say that no gust is over {spare_m_s:.1f} m/s (max wind)")
    slower_m_s = motion.air_speed_m_s - (wind_m_s or 0.0)
    if wind_m_s is not None and _WIND_LEAST_M_S <= slower_m_s < around_m_s:
        ways.append(f"or at {math.floor(10.0 * slower_m_s) / 10.0:g} m/s or slower")
    elif wind_m_s is None and spare_m_s < _WIND_LEAST_M_S:
        ways.append("or slower, and say how strong the wind may be (max wind)")
    return ", ".join(ways)
