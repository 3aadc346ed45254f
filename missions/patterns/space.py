"""Where a pattern is planned: legal space in the plane, and the drones that fly it."""

from dataclasses import dataclass
from functools import cached_property

from shapely import MultiPolygon, Polygon

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from missions.transit import XY, Transit


@dataclass(frozen=True)
class PatternSpace:
    """What every planner of a pattern is given.

    Parameters
    ----------
    frame : LocalFrame
    legal : Polygon or MultiPolygon
        All legal space at the altitudes that are flown, metres.
    transit : Transit
        The piece of it that the pad is connected to; patterns fly in `transit.area` only.
    pad : (float, float)
        May lie outside the transit area, closer to a border.
    margin_m, clearance_m : float
        What is promised, and what `legal` keeps.
    alt_rel_m : float
    speed_m_s : float
    drones : int
    zone_id : str
        For findings; empty where there is none.
    """

    frame: LocalFrame
    legal: Polygon | MultiPolygon
    transit: Transit
    pad: XY
    margin_m: float
    clearance_m: float
    alt_rel_m: float
    speed_m_s: float
    drones: int
    zone_id: str

    @cached_property
    def entry(self) -> XY:
        """The place of the transit area nearest to the pad."""
        return self.transit.nearest_point(self.pad)

    def position(self, xy_m: XY) -> LatLon:
        """Unproject a place."""
        return self.frame.position(*xy_m)
