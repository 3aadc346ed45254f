"""What keeps a vehicle from going where it is steered."""

import math

from simulator.airframe.point_mass import PointMass
from simulator.compiled import compiled
from simulator.row import Row


class Upset(Row):
    """Nothing does, at first.

    Out of control it moves as `up_m_s2` and `turn_rad_s` say; kept level it drifts; with a wrong compass it goes off to a
    side by `yaw_error_rad`.
    """

    is_out_of_control: bool
    up_m_s2: float
    turn_rad_s: float
    is_kept_level: bool
    yaw_error_rad: float


@compiled
def diverted(upset: Upset, body: PointMass, north_m_s2: float, east_m_s2: float) -> tuple[float, float]:
    """Give the accelerations that are asked for instead."""
    if upset.is_out_of_control or upset.is_kept_level:
        # It does not lean.
        return -body.trim_north_m_s2, -body.trim_east_m_s2
    if upset.yaw_error_rad == 0.0:
        return north_m_s2, east_m_s2
    cosine, sine = math.cos(upset.yaw_error_rad), math.sin(upset.yaw_error_rad)
    return north_m_s2 * cosine - east_m_s2 * sine, north_m_s2 * sine + east_m_s2 * cosine
