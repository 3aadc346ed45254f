"""How far wind carries a copter off its legs."""

import math

import numpy as np

from missions.refusal import MissionError
from missions.ways.copter_motion import CopterMotion

_WINDS_M_S = (0.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0)
_SLOW_M_S, _FAST_M_S = 5.0, 10.0
_SLOW_M = (0.0, 0.0, 0.0, 0.2, 1.4, 3.0, 5.6)
_FAST_M = (0.0, 0.0, 1.6, 2.6, 4.1, 6.3, 10.0)
"""Of flights in the simulator at 5 and 10 m/s, most of it along legs that lie across the wind. A recorded ArduCopter was
carried off by 1.6 m in gusts of 9 m/s at 10 m/s, a third of this."""

_AIR_SPEED_M_S = 9.0
"""Of the copter that these are for: one that keeps up more is carried as far by as much more wind."""

STRONGEST_M_S = _WINDS_M_S[-1]
"""In more the copter of the recordings leans as far as it may and is carried away."""


def strongest_held_m_s(motion: CopterMotion) -> float:
    """Strongest gust in which a leg is held at all."""
    return STRONGEST_M_S * motion.air_speed_m_s / _AIR_SPEED_M_S


def leg_drift_m(motion: CopterMotion, speed_m_s: float) -> float:
    """How far a copter is off its leg at most, in the wind that is stated and beyond what it strays in calm air.

    Parameters
    ----------
    motion : CopterMotion
    speed_m_s : float
        Of the leg.

    Returns
    -------
    float
        0 where no wind is stated, infinite where no leg is held.
    """
    if motion.wind_m_s is None:
        return 0.0
    return _drift_m(motion, motion.wind_m_s, speed_m_s)


def held_drift_m(motion: CopterMotion, speed_m_s: float) -> float:
    """As `leg_drift_m`.

    Raises
    ------
    MissionError
        No leg is held in the wind that is stated.
    """
    drift_m = leg_drift_m(motion, speed_m_s)
    if math.isinf(drift_m):
        raise MissionError(
            f"gusts of {motion.wind_m_s:g} m/s carry a copter off any leg",
            place="wind",
            remedy=f"Fly in gusts of at most {strongest_held_m_s(motion):g} m/s",
        )
    return drift_m


def wind_within_m_s(motion: CopterMotion, speed_m_s: float, drift_m: float) -> float:
    """Strongest gust, in tenths, in which a copter is carried off its legs by no more than `drift_m`."""
    tenths = math.floor(10.0 * strongest_held_m_s(motion))
    return max(n for n in range(tenths + 1) if _drift_m(motion, n / 10.0, speed_m_s) <= drift_m) / 10.0


def _drift_m(motion: CopterMotion, wind_m_s: float, speed_m_s: float) -> float:
    alike_m_s = wind_m_s * _AIR_SPEED_M_S / motion.air_speed_m_s
    if alike_m_s > STRONGEST_M_S:
        return math.inf
    slow_m, fast_m = (float(np.interp(alike_m_s, _WINDS_M_S, drifts_m)) for drifts_m in (_SLOW_M, _FAST_M))
    share = (max(speed_m_s, _SLOW_M_S) - _SLOW_M_S) / (_FAST_M_S - _SLOW_M_S)
    return max(slow_m + share * (fast_m - slow_m), 0.0)
