"""The ground of a plan, counted from its home."""

import math

from geofence.latlon import LatLon
from geofence.terrain import Terrain
from missions.plan.plan import Plan


class PlanGround:
    """Terrain below a plan.

    Parameters
    ----------
    plan : Plan
    terrain : Terrain or None

    Attributes
    ----------
    terrain : Terrain or None
    home_alt_amsl_m : float or None
        The plan's own; where it has none, that of the terrain at home.
    """

    def __init__(self, plan: Plan, terrain: Terrain | None) -> None:
        self.terrain = terrain
        self.home_alt_amsl_m = plan.home_alt_amsl_m
        if self.home_alt_amsl_m is None and terrain is not None:
            home_m = float(terrain.ground_alt_amsl_m(plan.home.lat_deg, plan.home.lon_deg)[0])
            self.home_alt_amsl_m = home_m if math.isfinite(home_m) else None

    def alt_rel_m(self, position: LatLon) -> float | None:
        """Height of the ground above home; level without terrain, None where it is not known."""
        if self.terrain is None:
            return 0.0
        ground_m = float(self.terrain.ground_alt_amsl_m(position.lat_deg, position.lon_deg)[0])
        if self.home_alt_amsl_m is None or not math.isfinite(ground_m):
            return None
        return ground_m - self.home_alt_amsl_m
