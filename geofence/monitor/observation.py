"""What is known of one drone at one moment."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geofence.latlon import LatLon
from geofence.monitor import columns as c


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Where a drone is and how it moves; NaN where it has not said.

    Parameters
    ----------
    position : LatLon
    alt_rel_m, alt_amsl_m, alt_agl_m : float
        Above home, mean sea level, ground. Without the last the ground counts as level with home.
    east_m_s, north_m_s, climb_m_s : float
        Over ground. A drone that does not say is taken to fly fast towards what is nearest.
    time_s : float
        Of the drone's own clock, which counts for its acceleration and for hysteresis.
    is_watched : bool
        False for a drone on the ground or disarmed: it raises no alert.
    straight_on_m, climb_on_m : float
        For a drone that keeps to its verified route: how far ahead that turns, and how far up or down it leads there.
    """

    position: LatLon
    time_s: float
    alt_rel_m: float = math.nan
    alt_amsl_m: float = math.nan
    alt_agl_m: float = math.nan
    east_m_s: float = math.nan
    north_m_s: float = math.nan
    climb_m_s: float = math.nan
    is_watched: bool = True
    straight_on_m: float = math.inf
    climb_on_m: float = math.inf

    def write(self, row: NDArray[np.float64]) -> None:
        """Put it into a row of `columns.OBSERVED` numbers."""
        row[c.LAT_DEG] = self.position.lat_deg
        row[c.LON_DEG] = self.position.lon_deg
        row[c.ALT_REL_M] = self.alt_rel_m
        row[c.ALT_AMSL_M] = self.alt_amsl_m
        row[c.ALT_AGL_M] = self.alt_agl_m
        row[c.EAST_M_S] = self.east_m_s
        row[c.NORTH_M_S] = self.north_m_s
        row[c.CLIMB_M_S] = self.climb_m_s
        row[c.TIME_S] = self.time_s
        row[c.IS_WATCHED] = self.is_watched
        row[c.STRAIGHT_ON_M] = self.straight_on_m
        row[c.CLIMB_ON_M] = self.climb_on_m
