"""Whether areas that a drone may be anywhere in are free."""

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geofence.local_frame import LocalFrame
from geofence.plane.boundary import filled_parts
from geofence.plane.planar_zones import ALTITUDE_TOLERANCE_M, PlanarZones, ZoneLayer
from geofence.verification.exclusion_check import TOUCH_M
from geofence.verification.finding import FindingCode
from geofence.verification.finding_log import FindingLog
from geofence.verification.layer_bands import LayerBands
from geofence.verification.layer_times import LONGEST_FLIGHT_S, LayerTimes
from geofence.verification.leg import SweptArea
from geofence.verification.route_rules import RouteRules

_DEPTH_M = 0.01
"""To which the middle of a forbidden part is sought."""


class SweptCheck:
    """Judges areas by the zones that hold there at any altitude and time of theirs.

    Parameters
    ----------
    areas : sequence of SweptArea
        At least one.
    frame : LocalFrame
    rules : RouteRules
    log : FindingLog
        What is found is written there.
    """

    def __init__(
        self, areas: Sequence[SweptArea], frame: LocalFrame, rules: RouteRules, log: FindingLog
    ) -> None:
        self._areas = areas
        self._log = log
        self._areas_xy_m = frame.project_all(np.array([area.area for area in areas]))
        self._lows_m = np.array([area.low_alt_rel_m for area in areas])
        self._highs_m = np.array([area.high_alt_rel_m for area in areas])
        self._spans_utc_s = np.zeros((len(areas), 2))
        self._span_utc_s: tuple[float, float] | None = None
        if rules.departure_utc_s is not None:
            spans_s = [area.span_s or (0.0, LONGEST_FLIGHT_S) for area in areas]
            self._spans_utc_s = np.minimum(spans_s, LONGEST_FLIGHT_S) + np.array(rules.departure_utc_s)
            self._span_utc_s = float(self._spans_utc_s[:, 0].min()), float(self._spans_utc_s[:, 1].max())
        self._rules = rules
        self._ground_low_m, self._ground_high_m = np.zeros(len(areas)), np.zeros(len(areas))
        if rules.terrain is not None:
            west_deg, south_deg, east_deg, north_deg = shapely.bounds([area.area for area in areas]).T
            low, high = rules.terrain.bounds_amsl_m(south_deg, west_deg, north_deg, east_deg)
            home_m = np.nan if rules.home_alt_amsl_m is None else rules.home_alt_amsl_m
            self._ground_low_m, self._ground_high_m = low - home_m, high - home_m

    def judge(self, zones: PlanarZones) -> None:
        """Add a finding for each exclusion zone that an area meets, and for areas that leave the inclusion zones."""
        if len(zones.exclusions):
            self._judge_exclusions(zones.exclusions)
        if len(zones.inclusions):
            self._judge_inclusions(zones.inclusions)
        if self._rules.terrain is not None:
            self._judge_ground()

    def least_clearance_m(self, zones: PlanarZones, within_m: float) -> float:
        """Give the least distance of the areas to what is forbidden at their altitudes and times; 0 where they enter it.

        Parameters
        ----------
        zones : PlanarZones
        within_m : float
            What is not closer than this is not looked for, and this is given.
        """
        least_m = [within_m]
        if len(zones.exclusions):
            numbers, rows = self._forbidden(zones.exclusions, within_m)
            least_m += shapely.distance(self._areas_xy_m[numbers], zones.exclusions.areas_xy_m[rows]).tolist()
        if len(zones.inclusions):
            for members, allowed in self._allowed(zones.inclusions):
                areas = self._areas_xy_m[members]
                is_inside = shapely.covers(allowed, areas)
                least_m += np.where(is_inside, shapely.distance(areas, allowed.boundary), 0.0).tolist()
        return float(min(least_m))

    def _forbidden(self, layer: ZoneLayer, distance_m: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give the pairs of areas and rows that lie this close and hold at the same altitudes and times."""
        numbers, rows = layer.tree.query(self._areas_xy_m, predicate="dwithin", distance=distance_m)
        floors, ceilings = LayerBands(layer).widest_rel_m(
            rows, self._ground_low_m[numbers], self._ground_high_m[numbers]
        )
        times = LayerTimes(layer, self._span_utc_s)
        is_met = (floors <= self._highs_m[numbers]) & (self._lows_m[numbers] <= ceilings)
        numbers, rows = numbers[is_met], rows[is_met]
        positions, intervals = times.intervals_of(rows)
        numbers, rows = numbers[positions], rows[positions]
        is_held = times.begins_utc_s[intervals] <= self._spans_utc_s[numbers, 1]
        is_held &= self._spans_utc_s[numbers, 0] <= times.ends_utc_s[intervals]
        return numbers[is_held], rows[is_held]

    def _allowed(self, layer: ZoneLayer) -> Iterator[tuple[NDArray[np.int64], BaseGeometry]]:
        """Give the numbers of the areas together with what is allowed to them."""
        floors, ceilings = LayerBands(layer).narrowest_rel_m(self._ground_low_m, self._ground_high_m)
        meets_ground = np.array([area.meets_ground for area in self._areas], dtype=bool)[:, None]
        is_allowing = self._highs_m[:, None] <= ceilings + ALTITUDE_TOLERANCE_M
        is_allowing &= (self._lows_m[:, None] >= floors - ALTITUDE_TOLERANCE_M) | meets_ground
        is_allowing &= LayerTimes(layer, self._span_utc_s).hold_throughout(
            self._spans_utc_s[:, 0], self._spans_utc_s[:, 1]
        )
        allowances, choices = np.unique(is_allowing, axis=0, return_inverse=True)
        for choice, is_chosen in enumerate(allowances):
            allowed = layer.union_xy_m(is_chosen)
            shapely.prepare(allowed)
            yield np.flatnonzero(choices.reshape(-1) == choice), allowed

    def _judge_exclusions(self, layer: ZoneLayer) -> None:
        for number, row in zip(*self._forbidden(layer, 0.0), strict=True):
            zone_area = layer.areas_xy_m[row]
            shared = shapely.intersection(self._areas_xy_m[number], zone_area)
            self._add(int(number), layer, int(row), FindingCode.INSIDE_EXCLUSION, shared, zone_area)

    def _judge_inclusions(self, layer: ZoneLayer) -> None:
        for members, allowed in self._allowed(layer):
            for number in members[~shapely.covers(allowed, self._areas_xy_m[members])]:
                outside = shapely.difference(self._areas_xy_m[number], allowed)
                row = layer.nearest_row(shapely.get_coordinates(outside.representative_point())[0])
                self._add(int(number), layer, row, FindingCode.OUTSIDE_INCLUSION, outside, allowed)

    def _judge_ground(self) -> None:
        """Hold circles above the highest ground that they may be flown over; what else strays keeps near its legs."""
        for number, area in enumerate(self._areas):
            if area.code is not FindingCode.CIRCLE:
                continue
            clear_m = float(self._lows_m[number] - self._ground_high_m[number])
            middle_xy_m = shapely.get_coordinates(shapely.centroid(self._areas_xy_m[number]))[0]
            if np.isnan(clear_m):
                self._log.add(number, None, 0, FindingCode.UNKNOWN_TERRAIN, None, middle_xy_m)
            elif clear_m < self._rules.ground_clearance_m - ALTITUDE_TOLERANCE_M:
                self._log.add(number, None, 0, FindingCode.TERRAIN, clear_m, middle_xy_m)

    def _add(
        self,
        number: int,
        layer: ZoneLayer,
        row: int,
        code: FindingCode,
        forbidden: BaseGeometry,
        bounded_by: BaseGeometry,
    ) -> None:
        """Add a finding, as deep as some place of the forbidden part lies from the boundary."""
        parts, _ = filled_parts(shapely.buffer(forbidden, -TOUCH_M))
        if not len(parts):
            return
        # A zone within the area has its own boundary for corners: its middle lies deeper.
        middles = shapely.get_point(shapely.maximum_inscribed_circle(parts, tolerance=_DEPTH_M), 0)
        places = np.concatenate((shapely.get_coordinates(parts), shapely.get_coordinates(middles)))
        edge = shapely.boundary(bounded_by)
        depths_m = (
            np.full(len(places), np.inf) if edge.is_empty else shapely.distance(shapely.points(places), edge)
        )
        deepest = int(np.argmax(depths_m))
        self._log.add(
            number,
            layer,
            row,
            self._areas[number].code or code,
            -float(depths_m[deepest]) if np.isfinite(depths_m[deepest]) else None,
            places[deepest],
            (float(self._spans_utc_s[number, 0]), float(self._spans_utc_s[number, 1])),
        )
