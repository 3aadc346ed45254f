"""What a route is held to, zones aside."""

import math
from dataclasses import dataclass

from geofence.refusal import GeofenceError
from geofence.terrain import Terrain

GROUND_CLEARANCE_M = 5.0
"""A drone holds its altitude to about a metre, and a good terrain model knows the ground to a few."""


@dataclass(frozen=True, slots=True)
class RouteRules:
    """What a route is held to.

    Parameters
    ----------
    margin_m : float
        The least distance to exclusion zones and to the edge of the inclusion zones.
    legal_limit_agl_m : float or None
        The altitude above ground no leg may exceed; None lifts the limit.
    home_alt_amsl_m : float or None
        Without it altitudes above mean sea level are unknown, and so is the ground of a terrain.
    departure_utc_s : (float, float) or None
        Earliest and latest departure, seconds since 1970.
    terrain : Terrain or None
        The ground; without it, it is level with home.
    ground_clearance_m : float
        The least height above terrain.

    Raises
    ------
    GeofenceError
        For a margin or a clearance that is no distance, and a departure that is no span of time.
    """

    margin_m: float
    legal_limit_agl_m: float | None = 120.0
    home_alt_amsl_m: float | None = None
    departure_utc_s: tuple[float, float] | None = None
    terrain: Terrain | None = None
    ground_clearance_m: float = GROUND_CLEARANCE_M

    def __post_init__(self) -> None:
        for name, distance_m in (("margin", self.margin_m), ("ground clearance", self.ground_clearance_m)):
            if not 0.0 <= distance_m < math.inf:
                raise GeofenceError(
                    f"the {name} {distance_m:g} m is not a distance", remedy=f"Give a {name} of 0 m or more"
                )
        if self.departure_utc_s is not None:
            earliest_s, latest_s = self.departure_utc_s
            if not -math.inf < earliest_s <= latest_s < math.inf:
                raise GeofenceError(
                    f"a departure between {earliest_s:g} and {latest_s:g} is no span of time",
                    remedy="Give the earliest before the latest, in seconds since 1970",
                )
