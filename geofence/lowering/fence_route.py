"""The route that a fence has to leave free, in a plane."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geofence.local_frame import LocalFrame
from geofence.plane.boundary import straight_lines
from geofence.verification.leg import Leg


class FenceRoute:
    """Legs with their altitudes.

    Parameters
    ----------
    legs : sequence of Leg
        At least one.
    frame : LocalFrame
    return_alt_rel_m : float
        What the way home may climb to.

    Attributes
    ----------
    lines_xy_m : array of LineString or Point
        One a leg.
    line_xy_m : MultiLineString or Point
        All of them; vertical legs begin or end others.
    low_m, high_m : float
        The lowest and the highest altitude above home that any leg rises to, and the way home.
    """

    def __init__(self, legs: Sequence[Leg], frame: LocalFrame, return_alt_rel_m: float) -> None:
        starts = frame.xy_m([leg.start.lat_deg for leg in legs], [leg.start.lon_deg for leg in legs])
        ends = frame.xy_m([leg.end.lat_deg for leg in legs], [leg.end.lon_deg for leg in legs])
        self.frame = frame
        self._ends_xy_m = np.stack((starts, ends), axis=1)
        self.lines_xy_m = straight_lines(starts, ends)
        self._alts_m = np.array([(leg.start_alt_rel_m, leg.end_alt_rel_m) for leg in legs], dtype=np.float64)
        is_line = shapely.get_type_id(self.lines_xy_m) == shapely.GeometryType.LINESTRING
        self.line_xy_m: BaseGeometry = (
            shapely.multilinestrings(self.lines_xy_m[is_line])
            if is_line.any()
            else shapely.multipoints(self.lines_xy_m)
        )
        tops_m = self._alts_m.max(axis=1)
        self.low_m = float(tops_m.min())
        self.high_m = max(float(tops_m.max()), return_alt_rel_m)

    def enters(self, area: BaseGeometry, floor_m: float, ceiling_m: float) -> bool:
        """Whether any leg meets an area at altitudes between two."""
        for number in np.flatnonzero(shapely.intersects(self.lines_xy_m, area)):
            start_m, end_m = self._alts_m[number]
            alts_m = [start_m, end_m]
            length_m = float(shapely.length(self.lines_xy_m[number]))
            if start_m != end_m and length_m > 0.0:
                within = shapely.get_coordinates(shapely.intersection(self.lines_xy_m[number], area))
                along = np.hypot(*(within - self._ends_xy_m[number, 0]).T) / length_m
                alts_m = start_m + (end_m - start_m) * along
            if min(alts_m) <= ceiling_m and max(alts_m) >= floor_m:
                return True
        return False

    def ways_to(self, xy_m: NDArray[np.float64]) -> NDArray[np.object_]:
        """Everything that lies on a straight way from a leg to a place: a triangle a leg, or a line."""
        corners = np.concatenate(
            (self._ends_xy_m, np.broadcast_to(xy_m, (len(self._ends_xy_m), 1, 2))), axis=1
        )
        return np.array([shapely.MultiPoint(triangle).convex_hull for triangle in corners], dtype=object)
