"""Whether a route keeps below the legal limit and above the ground."""

import numpy as np
from numpy.typing import NDArray

from geofence.plane.planar_zones import ALTITUDE_TOLERANCE_M
from geofence.verification.finding import FindingCode
from geofence.verification.finding_log import FindingLog
from geofence.verification.flown_route import FlownRoute, lowest_of_each
from geofence.verification.route_ground import RouteGround
from geofence.verification.route_rules import RouteRules


class AltitudeCheck:
    """Judges the altitudes of a route, zones aside.

    Parameters
    ----------
    route : FlownRoute
    rules : RouteRules
    log : FindingLog
        What is found is written there.

    Attributes
    ----------
    ground_clearances_m : dict
        Least height above ground of each leg that must keep one; empty without terrain.
    """

    def __init__(self, route: FlownRoute, rules: RouteRules, log: FindingLog) -> None:
        self._route = route
        self._rules = rules
        self._log = log
        self.ground_clearances_m: dict[int, float] = {}

    def judge(self) -> None:
        """Add findings for legs above the limit, below the least height, and below or close to level ground."""
        if self._route.ground is None:
            self._judge_over_level_ground()
        else:
            self._judge_over_terrain(self._route.ground)

    def _judge_over_level_ground(self) -> None:
        """Hold the route to what is known of the ground: that it lies as high as home."""
        limit_m, line = self._rules.legal_limit_agl_m, self._route.line
        bottoms = np.minimum(line.start_alts_rel_m, line.end_alts_rel_m)
        meets_ground = np.array([leg.meets_ground for leg in self._route.legs], dtype=bool)
        for number in np.flatnonzero((bottoms < -ALTITUDE_TOLERANCE_M) & ~meets_ground):
            is_end = line.end_alts_rel_m[number] <= line.start_alts_rel_m[number]
            xy_m = (line.ends_xy_m if is_end else line.starts_xy_m)[number]
            self._log.add(int(number), None, 0, FindingCode.TERRAIN, float(bottoms[number]), xy_m)
        # Where a leg starts low the one before it ended low, or it is a climb from the ground.
        is_low = (line.end_alts_rel_m < self._rules.ground_clearance_m) & (bottoms >= -ALTITUDE_TOLERANCE_M)
        for number in np.flatnonzero(is_low & ~line.is_vertical & ~meets_ground):
            height_m = float(line.end_alts_rel_m[number])
            self._log.add(int(number), None, 0, FindingCode.LOW, height_m, line.ends_xy_m[number])
        if limit_m is None:
            return
        tops = np.maximum(line.start_alts_rel_m, line.end_alts_rel_m)
        for number in np.flatnonzero(tops > limit_m + ALTITUDE_TOLERANCE_M):
            is_end = line.end_alts_rel_m[number] >= line.start_alts_rel_m[number]
            xy_m = (line.ends_xy_m if is_end else line.starts_xy_m)[number]
            self._log.add(
                int(number), None, 0, FindingCode.ABOVE_LEGAL_LIMIT, limit_m - float(tops[number]), xy_m
            )

    def _judge_over_terrain(self, ground: RouteGround) -> None:
        is_unknown = np.isnan(ground.lows_rel_m) | np.isnan(ground.highs_rel_m)
        self._add_lowest(ground, is_unknown, np.zeros(len(is_unknown)), FindingCode.UNKNOWN_TERRAIN)
        limit_m = self._rules.legal_limit_agl_m
        if limit_m is not None:
            spare_m = limit_m - (ground.high_alts_rel_m - ground.lows_rel_m)
            self._add_lowest(ground, spare_m < -ALTITUDE_TOLERANCE_M, spare_m, FindingCode.ABOVE_LEGAL_LIMIT)
        meets_ground = np.array([leg.meets_ground for leg in self._route.legs], dtype=bool)
        must_keep = ~meets_ground[ground.numbers] & ~is_unknown
        heights_m = ground.low_alts_rel_m - ground.highs_rel_m
        kept = np.flatnonzero(must_keep)
        lowest = kept[lowest_of_each(ground.numbers[kept], heights_m[kept])]
        self.ground_clearances_m = {int(ground.numbers[piece]): float(heights_m[piece]) for piece in lowest}
        least_m = self._rules.ground_clearance_m - ALTITUDE_TOLERANCE_M
        self._add_lowest(ground, must_keep & (heights_m < least_m), heights_m, FindingCode.TERRAIN)

    def _add_lowest(
        self,
        ground: RouteGround,
        is_found: NDArray[np.bool_],
        heights_m: NDArray[np.float64],
        code: FindingCode,
    ) -> None:
        line = self._route.line
        found = np.flatnonzero(is_found)
        for piece in found[lowest_of_each(ground.numbers[found], heights_m[found])]:
            number = int(ground.numbers[piece])
            middle = 0.5 * (ground.first[piece] + ground.last[piece])
            xy_m = line.starts_xy_m[number] + middle * (line.ends_xy_m[number] - line.starts_xy_m[number])
            height_m = None if code is FindingCode.UNKNOWN_TERRAIN else float(heights_m[piece])
            self._log.add(number, None, 0, code, height_m, xy_m)
