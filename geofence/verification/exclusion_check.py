"""Whether a route keeps clear of exclusion zones, and which advisory zones it crosses."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geofence.plane.boundary import deepest_points, filled_parts
from geofence.plane.planar_zones import ZoneLayer
from geofence.verification.finding import FindingCode
from geofence.verification.finding_log import FindingLog
from geofence.verification.flown_route import FlownRoute, lowest_of_each
from geofence.verification.layer_bands import LayerBands
from geofence.verification.layer_times import LayerTimes

TOUCH_M = 0.001
"""Closer than this to a boundary is on it: neither a violation nor short of the margin."""

CLEARANCE_REACH_M = 10_000.0
"""Forbidden space farther off than this is not looked for."""

_FIRST_RADIUS_M = 100.0


class ExclusionCheck:
    """Judges a route by zones that forbid, or ask for attention, where they hold.

    Parameters
    ----------
    route : FlownRoute
    layer : ZoneLayer
    log : FindingLog
        What is found is written there.
    """

    def __init__(self, route: FlownRoute, layer: ZoneLayer, log: FindingLog) -> None:
        self._route = route
        self._layer = layer
        self._log = log
        self._bands = LayerBands(layer)
        self._times = LayerTimes(layer, route.times.span_utc_s)

    def note_entries(self, code: FindingCode) -> None:
        """Add a finding for every zone that a leg enters."""
        self._enter(self._pieces_near(np.arange(len(self._route.legs)), 0.0), code)

    def judge(self, margin_m: float) -> None:
        """Add findings for zones entered, and for zones passed within the margin; note the least clearances."""
        waiting = np.arange(len(self._route.legs))
        radius_m = max(margin_m, _FIRST_RADIUS_M)
        is_judged = False
        while len(waiting):
            pieces = self._pieces_near(waiting, radius_m)
            if not is_judged:
                self._judge_margin(pieces, self._enter(pieces, FindingCode.INSIDE_EXCLUSION), margin_m)
                is_judged = True
            nearest = lowest_of_each(pieces.numbers, pieces.distances_m)
            lines = shapely.shortest_line(pieces.lines[nearest], self._layer.areas_xy_m[pieces.rows[nearest]])
            places = shapely.get_coordinates(lines)[::2]
            for index, xy_m in zip(nearest, places, strict=True):
                zone_id = self._layer.zones[int(pieces.rows[index])].zone_id
                self._log.narrow(int(pieces.numbers[index]), float(pieces.distances_m[index]), zone_id, xy_m)
            waiting = np.setdiff1d(waiting, pieces.numbers)
            if radius_m >= CLEARANCE_REACH_M:
                return
            radius_m = min(10.0 * radius_m, CLEARANCE_REACH_M)

    def _judge_margin(self, pieces: "_Pieces", is_inside: NDArray[np.bool_], margin_m: float) -> None:
        near = np.flatnonzero((pieces.distances_m < margin_m - TOUCH_M) & ~is_inside).tolist()
        for index in near:
            nearest = shapely.shortest_line(pieces.lines[index], self._layer.areas_xy_m[pieces.rows[index]])
            self._log.add(
                int(pieces.numbers[index]),
                self._layer,
                int(pieces.rows[index]),
                FindingCode.MARGIN,
                float(pieces.distances_m[index]),
                shapely.get_coordinates(nearest)[0],
                pieces.span_utc_s(index),
            )

    def _enter(self, pieces: "_Pieces", code: FindingCode) -> NDArray[np.bool_]:
        """Add a finding for every piece that enters its zone; returns which enter."""
        is_inside = np.zeros(len(pieces.numbers), dtype=bool)
        meeting = np.flatnonzero(pieces.distances_m == 0.0)
        if not len(meeting):
            return is_inside
        areas = self._layer.areas_xy_m[pieces.rows[meeting]]
        parts, part_of = filled_parts(shapely.intersection(pieces.lines[meeting], areas))
        edges = shapely.boundary(areas)[part_of]
        depths_m, places = deepest_points(
            parts, lambda xy_m, n: shapely.distance(shapely.points(xy_m), edges[n])
        )
        for depth_m, xy_m, index in zip(depths_m, places, meeting[part_of], strict=True):
            if depth_m > TOUCH_M:
                is_inside[index] = True
                number, row = int(pieces.numbers[index]), int(pieces.rows[index])
                self._log.add(number, self._layer, row, code, -float(depth_m), xy_m, pieces.span_utc_s(index))
                if code is FindingCode.INSIDE_EXCLUSION:
                    self._log.narrow(number, -float(depth_m), self._layer.zones[row].zone_id, xy_m)
        return is_inside

    def _pieces_near(self, legs: NDArray[np.int64], radius_m: float) -> "_Pieces":
        """Cut out of legs what flies within a radius of a zone while that holds."""
        line = self._route.line
        numbers, rows = self._layer.tree.query(
            line.lines[legs], predicate="dwithin", distance=radius_m + TOUCH_M
        )
        numbers = legs[numbers]
        positions, first, last = self._route.windows(numbers, rows, self._layer, self._bands, self._times)
        numbers, rows = numbers[positions], rows[positions]
        lines = line.pieces(numbers, first, last)
        distances_m = shapely.distance(lines, self._layer.areas_xy_m[rows])
        earliest, latest = self._route.times.spans_utc_s(numbers, first, last)
        near = np.flatnonzero(distances_m <= radius_m + TOUCH_M)
        return _Pieces(
            numbers[near], rows[near], lines[near], distances_m[near], earliest[near], latest[near]
        )


@dataclass(frozen=True, slots=True)
class _Pieces:
    """What legs fly near zones while these hold."""

    numbers: NDArray[np.int64]
    rows: NDArray[np.int64]
    lines: NDArray[np.object_]
    distances_m: NDArray[np.float64]
    earliest_utc_s: NDArray[np.float64]
    latest_utc_s: NDArray[np.float64]

    def span_utc_s(self, index: int) -> tuple[float, float]:
        """When the drone may be on a piece."""
        return float(self.earliest_utc_s[index]), float(self.latest_utc_s[index])
