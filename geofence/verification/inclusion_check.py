"""Whether a route stays inside the inclusion zones."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPoint
from shapely.geometry.base import BaseGeometry

from geofence.local_frame import LocalFrame
from geofence.plane.boundary import Boundary, deepest_points, filled_parts
from geofence.plane.planar_zones import ALTITUDE_TOLERANCE_M, ZoneLayer
from geofence.verification.exclusion_check import TOUCH_M
from geofence.verification.finding import FindingCode
from geofence.verification.finding_log import FindingLog
from geofence.verification.flown_route import FlownRoute, joined_stretches, lowest_of_each
from geofence.verification.layer_bands import LayerBands
from geofence.verification.layer_times import LayerTimes

_Points = NDArray[np.float64]
_Distances = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Stretches:
    """Pieces of legs on each of which the same zones allow flight."""

    numbers: NDArray[np.int64]
    lines: NDArray[np.object_]
    is_active: NDArray[np.bool_]
    """Shape (n, rows): those in force throughout."""
    floors_rel_m: NDArray[np.float64]
    """Shape (n, rows)."""
    ceilings_rel_m: NDArray[np.float64]
    alts_rel_m: NDArray[np.float64]
    """Shape (n, 2): the lowest and the highest of each."""
    choices: NDArray[np.int64]


class InclusionCheck:
    """Judges a route by the zones that allow flight, where they hold.

    Parameters
    ----------
    route : FlownRoute
    layer : ZoneLayer
        At least one row.
    frame : LocalFrame
    log : FindingLog
        What is found is written there.
    """

    def __init__(self, route: FlownRoute, layer: ZoneLayer, frame: LocalFrame, log: FindingLog) -> None:
        self._route = route
        self._layer = layer
        self._frame = frame
        self._log = log
        self._bands = LayerBands(layer)
        self._times = LayerTimes(layer, route.times.span_utc_s)

    def judge(self, margin_m: float) -> None:
        """Add findings for legs that leave the zones or come too close to their edge; note the least clearances."""
        stretches, allowances = self._stretches()
        is_level = self._route.ground is None
        margins: dict[int, tuple[float, NDArray[np.float64], int]] = {}
        violating: set[int] = set()
        for choice, (is_chosen, is_climbed) in enumerate(allowances):
            members = np.flatnonzero(stretches.choices == choice)
            area = self._layer.union_xy_m(is_chosen, is_climbed, is_level=is_level)
            shapely.prepare(area)
            is_covered = shapely.covers(area, stretches.lines[members])
            leaving = members[~is_covered]
            outside = self._leave(area, is_chosen, stretches, leaving)
            violating.update(int(number) for number in stretches.numbers[leaving][outside])
            staying = np.concatenate((members[is_covered], leaving[~outside]))
            if not len(staying):
                continue
            boundary = Boundary(area)
            edges, distances_m = boundary.nearest(stretches.lines[staying])
            distances_m[len(members[is_covered]) :] = 0.0
            for position in lowest_of_each(stretches.numbers[staying], distances_m):
                index, distance_m = staying[position], float(distances_m[position])
                number = int(stretches.numbers[index])
                known = self._log.nearest(number)
                is_short = distance_m < margin_m - TOUCH_M and (
                    number not in margins or distance_m < margins[number][0]
                )
                if is_short or known is None or distance_m < known.clearance_m:
                    nearest = shapely.shortest_line(stretches.lines[index], boundary.edges[edges[position]])
                    here, there = shapely.get_coordinates(nearest)
                    row = self._layer.nearest_row(there, is_chosen)
                    self._log.narrow(number, distance_m, self._layer.zones[row].zone_id, here)
                    if is_short:
                        margins[number] = (distance_m, here, row)
        for number, (distance_m, xy_m, row) in margins.items():
            if number not in violating:
                self._log.add(number, self._layer, row, FindingCode.MARGIN, distance_m, xy_m)

    def _stretches(self) -> tuple[_Stretches, NDArray[np.bool_]]:
        """Cut the route wherever another set of zones allows flight.

        Returns
        -------
        stretches : _Stretches
        allowances : array of bool, shape (choices, 2, rows)
            Of each choice the zones that allow flight, and those that are passed below their floor.
        """
        layer, line, ground = self._layer, self._route.line, self._route.ground
        numbers, first, last = self._route.stretches(
            np.concatenate((layer.floors_rel_m, layer.ceilings_rel_m)),
            np.concatenate((self._times.begins_utc_s, self._times.ends_utc_s)),
        )
        if ground is None:
            lows, highs = np.zeros(len(numbers)), np.zeros(len(numbers))
        else:
            pieces = ground.piece_at(numbers, 0.5 * (first + last))
            lows, highs = ground.lows_rel_m[pieces], ground.highs_rel_m[pieces]
        floors, ceilings = self._bands.narrowest_rel_m(lows, highs)
        start, climb = line.start_alts_rel_m[numbers], (line.end_alts_rel_m - line.start_alts_rel_m)[numbers]
        one, other = (start + first * climb)[:, None], (start + last * climb)[:, None]
        # Limits that do not follow the ground are cuts: an end that lies on one is within either side.
        is_allowing = np.maximum(one, other) <= ceilings + ALTITUDE_TOLERANCE_M
        is_below = np.minimum(one, other) < floors - ALTITUDE_TOLERANCE_M
        is_climbed = is_below & line.is_vertical[numbers, None]
        is_allowing &= ~np.isnan(floors) & (~is_below | is_climbed)
        earliest, latest = self._route.times.spans_utc_s(numbers, first, last)
        is_active = self._times.hold_throughout(earliest, latest)
        is_allowing &= is_active
        allowances, choices = np.unique(
            np.stack((is_allowing, is_allowing & is_climbed), axis=1), axis=0, return_inverse=True
        )
        if ground is not None:
            numbers, first, last, begins = joined_stretches(numbers, first, last, choices.reshape(-1))
            floors, ceilings = np.fmax.reduceat(floors, begins), np.fmin.reduceat(ceilings, begins)
            is_active = np.logical_and.reduceat(is_active, begins)
            one, other = (
                np.fmin.reduceat(np.fmin(one, other), begins),
                np.fmax.reduceat(np.fmax(one, other), begins),
            )
            choices = choices.reshape(-1)[begins]
        lines = line.pieces(numbers, first, last)
        return (
            _Stretches(
                numbers,
                lines,
                is_active,
                floors,
                ceilings,
                np.column_stack((np.fmin(one, other), np.fmax(one, other))),
                choices.reshape(-1),
            ),
            allowances,
        )

    def _leave(
        self,
        area: BaseGeometry,
        is_chosen: NDArray[np.bool_],
        stretches: _Stretches,
        leaving: NDArray[np.int64],
    ) -> NDArray[np.bool_]:
        """Add findings for stretches that are not covered by the allowed area; returns which leave it."""
        numbers, lines = stretches.numbers[leaving], stretches.lines[leaving]
        is_outside = np.zeros(len(numbers), dtype=bool)
        if not len(numbers):
            return is_outside
        is_apart = shapely.disjoint(area, lines)
        remains = lines.copy()
        remains[~is_apart] = shapely.difference(lines[~is_apart], area)
        parts, part_of = filled_parts(remains)
        distance = _distance_to(area, self._layer, self._frame)
        depths_m, places = deepest_points(parts, lambda xy_m, _: distance(xy_m))
        # Where no zone allows the altitude there is no edge to touch.
        is_deep = (depths_m > TOUCH_M) | area.is_empty
        is_outside[part_of[is_deep]] = True
        parts, part_of = parts[is_deep], part_of[is_deep]
        depths_m, places = depths_m[is_deep], places[is_deep]
        self._leave_by_time_or_altitude(is_chosen, stretches, leaving[part_of], parts)
        everywhere = self._layer.union_xy_m(np.ones(len(is_chosen), dtype=bool))
        rest = shapely.difference(parts, everywhere)
        is_left = ~shapely.is_empty(rest)
        is_cut = is_left & ~shapely.equals(rest, parts)
        if is_cut.any():
            pieces_left, rest_of = filled_parts(rest[is_cut])
            deeper_m, deeper_places = deepest_points(pieces_left, lambda xy_m, _: distance(xy_m))
            for index, depth_m, xy_m in zip(
                np.flatnonzero(is_cut)[rest_of], deeper_m, deeper_places, strict=True
            ):
                self._add_outside(int(numbers[part_of[index]]), depth_m, xy_m)
        for index in np.flatnonzero(is_left & ~is_cut):
            self._add_outside(int(numbers[part_of[index]]), depths_m[index], places[index])
        return is_outside

    def _add_outside(self, number: int, depth_m: float, xy_m: NDArray[np.float64]) -> None:
        if depth_m > TOUCH_M:
            row = self._layer.nearest_row(xy_m)
            self._log.narrow(number, -float(depth_m), self._layer.zones[row].zone_id, xy_m)
            self._log.add(number, self._layer, row, FindingCode.OUTSIDE_INCLUSION, -float(depth_m), xy_m)

    def _leave_by_time_or_altitude(
        self,
        is_chosen: NDArray[np.bool_],
        stretches: _Stretches,
        indices: NDArray[np.int64],
        parts: NDArray[np.object_],
    ) -> None:
        """Add a finding for each inclusion zone that a part runs through out of its hours, above or below it."""
        layer = self._layer
        part_numbers, zone_numbers = layer.tree.query(parts, predicate="intersects")
        for part_number, zone_number in zip(part_numbers, zone_numbers, strict=True):
            if is_chosen[zone_number]:
                continue
            index, row = int(indices[part_number]), int(zone_number)
            number = int(stretches.numbers[index])
            shared = shapely.intersection(parts[part_number], layer.areas_xy_m[zone_number])
            places = shapely.get_coordinates(shared)
            if not stretches.is_active[index, row]:
                times = self._route.times
                whole_leg = float(times.start_earliest_utc_s[number]), float(times.end_latest_utc_s[number])
                self._log.add(number, layer, row, FindingCode.OUTSIDE_HOURS, None, places[0], whole_leg)
                self._log.narrow(number, 0.0, layer.zones[row].zone_id, places[0])
                continue
            floor_m, ceiling_m = stretches.floors_rel_m[index, row], stretches.ceilings_rel_m[index, row]
            if np.isnan(floor_m) or np.isnan(ceiling_m):
                is_ground = self._bands.follows_ground[row] and self._route.ground is not None
                code = FindingCode.UNKNOWN_TERRAIN if is_ground else FindingCode.UNKNOWN_ALTITUDE
                self._log.add(number, layer, row, code, None, places[0])
                self._log.narrow(number, 0.0, layer.zones[row].zone_id, places[0])
                continue
            lows_m = highs_m = self._route.line.alts_at(number, places)
            if self._route.line.is_vertical[number]:
                lows_m, highs_m = (np.full(len(places), alt_m) for alt_m in stretches.alts_rel_m[index])
            above_m, below_m = highs_m - ceiling_m, floor_m - lows_m
            code, excess_m = (
                (FindingCode.ABOVE_CEILING, above_m)
                if above_m.max() >= below_m.max()
                else (FindingCode.BELOW_FLOOR, below_m)
            )
            worst = int(np.argmax(excess_m))
            # Over uneven ground the bounds of a piece may forbid what its own ends do not.
            depth_m = max(float(excess_m[worst]), ALTITUDE_TOLERANCE_M)
            self._log.narrow(number, -depth_m, layer.zones[row].zone_id, places[worst])
            self._log.add(number, layer, row, code, -depth_m, places[worst])


def _distance_to(area: BaseGeometry, layer: ZoneLayer, frame: LocalFrame) -> Callable[[_Points], _Distances]:
    """Measure how far points outside an area lie from it; from the nearest zone, where it is empty."""
    if area.is_empty:
        area = layer.union_xy_m(np.ones(len(layer), dtype=bool))
    if not area.is_empty:
        boundary = Boundary(area)
        shapely.prepare(area)
        return lambda xy_m: np.where(shapely.intersects_xy(area, xy_m), 0.0, boundary.distances_m(xy_m))
    # Every zone is out of reach, hundreds of kilometres away: its vertices are near enough.
    lonlat = np.concatenate([shapely.get_coordinates(zone.area) for zone in layer.zones])
    vertices = MultiPoint(frame.xy_m(lonlat[:, 1], lonlat[:, 0]))
    return lambda xy_m: shapely.distance(shapely.points(xy_m), vertices)
