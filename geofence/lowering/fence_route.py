"""The route that a fence has to leave free, in a plane."""

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.plane.boundary import straight_lines
from geofence.verification.leg import Leg
from geofence.verification.return_policy import RALLY_REACH_M
from geofence.verification.return_stretches import CHOICE_M

PIECE_M = 20.0
"""The target of a return is chosen for stretches of this length."""
_STUB_M = 0.01
"""A place is a line as short as this: lines and points together cannot be covered by an area."""


class FenceRoute:
    """Legs with their altitudes.

    Parameters
    ----------
    legs : sequence of Leg
        At least one.
    frame : LocalFrame
    return_alt_rel_m : float
        What the way home may climb to.
    rally_points : sequence of LatLon
        ArduCopter passes over rally points that its fence does not admit (AP_Rally_Copter::is_valid).

    Attributes
    ----------
    lines_xy_m : array of LineString or Point
        One a leg.
    line_xy_m : MultiLineString or MultiPoint
        All of them, and the rally points; vertical legs begin or end others.
    low_m, high_m : float
        The lowest altitude above home of any leg, take-off and landing aside, and the highest, the way home included.
    """

    def __init__(
        self,
        legs: Sequence[Leg],
        frame: LocalFrame,
        return_alt_rel_m: float,
        rally_points: Sequence[LatLon] = (),
    ) -> None:
        starts = frame.xy_m([leg.start.lat_deg for leg in legs], [leg.start.lon_deg for leg in legs])
        ends = frame.xy_m([leg.end.lat_deg for leg in legs], [leg.end.lon_deg for leg in legs])
        self.frame = frame
        self._ends_xy_m = np.stack((starts, ends), axis=1)
        self.lines_xy_m = straight_lines(starts, ends)
        self._alts_m = np.array([(leg.start_alt_rel_m, leg.end_alt_rel_m) for leg in legs], dtype=np.float64)
        is_line = shapely.get_type_id(self.lines_xy_m) == shapely.GeometryType.LINESTRING
        rally_xy_m = frame.xy_m(
            [point.lat_deg for point in rally_points], [point.lon_deg for point in rally_points]
        ).reshape(-1, 2)
        stubs = straight_lines(rally_xy_m, rally_xy_m + np.array([_STUB_M, 0.0]))
        self.line_xy_m: BaseGeometry = (
            shapely.multilinestrings(np.concatenate((self.lines_xy_m[is_line], stubs)))
            if is_line.any()
            else shapely.multipoints(np.concatenate((self.lines_xy_m, shapely.points(rally_xy_m))))
        )
        tops_m = self._alts_m.max(axis=1)
        meets_ground = np.array([leg.meets_ground for leg in legs], dtype=np.bool_)
        self.low_m = float(np.where(meets_ground, tops_m, self._alts_m.min(axis=1)).min())
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

    def ways_home(self, targets_xy_m: NDArray[np.float64]) -> NDArray[np.object_]:
        """Give everything that lies on a straight way from a leg to where ArduCopter may return to from there.

        Parameters
        ----------
        targets_xy_m : array of shape (n, 2)
            Home first, then rally points.

        Returns
        -------
        array of triangles, lines or points
        """
        pieces = self._ends_xy_m if len(targets_xy_m) == 1 else np.concatenate(list(self._pieces()))
        middles, lengths_m = pieces.mean(axis=1), np.hypot(*(pieces[:, 1] - pieces[:, 0]).T)
        distances_m = np.hypot(*(middles[:, None] - targets_xy_m).transpose(2, 0, 1))
        doubt_m = lengths_m + CHOICE_M
        is_choice = distances_m <= (distances_m.min(axis=1) + doubt_m)[:, None]
        # Beyond their reach rally points give way to home, be it farther.
        is_choice[:, 0] |= distances_m[:, 1:].min(axis=1, initial=np.inf) > RALLY_REACH_M - doubt_m
        piece_numbers, target_numbers = np.nonzero(is_choice)
        corners = np.concatenate((pieces[piece_numbers], targets_xy_m[target_numbers][:, None]), axis=1)
        return np.array([shapely.MultiPoint(triangle).convex_hull for triangle in corners], dtype=object)

    def _pieces(self) -> Iterator[NDArray[np.float64]]:
        for start, end in self._ends_xy_m:
            count = max(1, int(np.ceil(np.hypot(*(end - start)) / PIECE_M)))
            places = start + np.linspace(0.0, 1.0, count + 1)[:, None] * (end - start)
            yield np.stack((places[:-1], places[1:]), axis=1)
