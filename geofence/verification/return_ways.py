"""Every way back from every place of a route, as areas between altitudes."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Self

import numpy as np
import shapely
from numpy.typing import NDArray

from geofence.local_frame import LocalFrame
from geofence.verification.planar_route import VERTICAL_M, PlanarRoute
from geofence.verification.return_policy import ReturnTarget
from geofence.verification.return_stretches import level_stretches, straight_stretches

SMART_ACCURACY_M = 2.0
"""SRTL_ACCURACY: the remembered path runs this close to the flown one."""

THIN_M = 1e-4
"""A triangle that is no wider has an area too small to be cut."""

_SPEED_LEAST_M_S = 3.0
_VERTICAL_SPEED_LEAST_M_S = 0.5
_WAIT_S = 30.0
_INTO_THE_GROUND_M = -1e6


class WayKind(StrEnum):
    """Which part of a return."""

    CLIMB = "climb"
    """On the spot, from the altitude of the route to that of the return."""
    ACROSS = "across"
    """Straight to the target, at one altitude."""
    DESCENT = "descent"
    """At the target, to the ground."""
    LANDING = "landing"
    """On the spot, to the ground."""
    RETRACED = "retraced"
    """Back along the route."""


@dataclass(frozen=True, slots=True)
class ReturnWays:
    """Ways back, one row for each piece of a leg and part of the return; every field has shape (n,) or (n, 2).

    Parameters
    ----------
    numbers : array of int
        Of the leg.
    first, last : arrays
        Fractions of the leg between which the return begins.
    kinds : array of WayKind
    starts_xy_m, ends_xy_m, targets_xy_m : arrays of shape (n, 2)
        Where on the route, and where to; the target of a way on the spot is not used.
    hulls : array of Polygon, LineString or Point
        All that is flown over.
    lows_rel_m, highs_rel_m : arrays
        Between which altitudes, for the middle of the piece: no limit lies between it and the ends.
    least_rel_m, most_rel_m : arrays
        The same for the whole piece.
    durations_s : array
        From the start of the return, at the longest.
    """

    numbers: NDArray[np.int64]
    first: NDArray[np.float64]
    last: NDArray[np.float64]
    kinds: NDArray[np.object_]
    starts_xy_m: NDArray[np.float64]
    ends_xy_m: NDArray[np.float64]
    targets_xy_m: NDArray[np.float64]
    hulls: NDArray[np.object_]
    lows_rel_m: NDArray[np.float64]
    highs_rel_m: NDArray[np.float64]
    least_rel_m: NDArray[np.float64]
    most_rel_m: NDArray[np.float64]
    durations_s: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.numbers)

    def rows(self, is_chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Self:
        """Take some of the ways."""
        return type(self)(*(getattr(self, part.name)[is_chosen] for part in fields(self)))

    @classmethod
    def together(cls, parts: Sequence["ReturnWays"]) -> "ReturnWays":
        """Put ways one after another."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))

    def are(self, *kinds: WayKind) -> NDArray[np.bool_]:
        """Say which ways are of some kinds."""
        return np.array([kind in kinds for kind in self.kinds], dtype=bool)

    def lines(self, rows: NDArray[np.int64], fractions: NDArray[np.float64]) -> NDArray[np.object_]:
        """Give the way back from one place each: a line across, or a point; fractions count along the piece."""
        places = self.places_xy_m(rows, fractions)
        is_across = self.are(WayKind.ACROSS)[rows]
        ends = np.where(is_across[:, None], self.targets_xy_m[rows], places)
        is_descent = self.are(WayKind.DESCENT)[rows, None]
        begins = np.where(is_descent, self.targets_xy_m[rows], places)
        ends = np.where(is_descent, begins, ends)
        lines: NDArray[np.object_] = shapely.linestrings(np.stack((begins, ends), axis=1))
        is_point = np.all(begins == ends, axis=1)
        lines[is_point] = shapely.points(begins[is_point])
        return lines

    def places_xy_m(self, rows: NDArray[np.int64], fractions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Places of the route; fractions count along the piece."""
        along = self.ends_xy_m[rows] - self.starts_xy_m[rows]
        places: NDArray[np.float64] = self.starts_xy_m[rows] + fractions[:, None] * along
        return places


def straight_ways(
    route: PlanarRoute,
    targets: Sequence[ReturnTarget],
    frame: LocalFrame,
    limits_rel_m: NDArray[np.float64],
) -> ReturnWays:
    """Ways of RTL: up on the spot, straight to the target, down there."""
    pieces = straight_stretches(route, targets, frame, limits_rel_m)
    numbers = pieces.numbers
    places = np.array([frame.point_xy_m(target.position) for target in targets])[pieces.targets]
    starts, ends = _ends(route, numbers, pieces.first, pieces.last)
    route_alts, return_alts = [], []
    for fractions in (pieces.first, 0.5 * (pieces.first + pieces.last), pieces.last):
        at_xy_m, alts_m = _at(route, numbers, fractions)
        away_m = np.hypot(*(at_xy_m - places).T)
        back_m = np.empty(len(numbers))
        for index, target in enumerate(targets):
            of_target = pieces.targets == index
            back_m[of_target] = target.return_alts_rel_m(alts_m[of_target], away_m[of_target])
        route_alts.append(alts_m)
        return_alts.append(back_m)
    lowest_m, highest_m = np.minimum(*route_alts[::2]), np.maximum(*return_alts[::2])
    # The distance to the target may be smaller between the ends of a piece than at either.
    least_m = np.empty(len(numbers))
    lines = shapely.linestrings(np.stack((starts, ends), axis=1))
    nearest_m = shapely.distance(lines, shapely.points(places))
    for index, target in enumerate(targets):
        of_target = pieces.targets == index
        least_m[of_target] = target.return_alts_rel_m(lowest_m[of_target], nearest_m[of_target])
    away_m = np.maximum(np.hypot(*(starts - places).T), np.hypot(*(ends - places).T))
    climb_s = (highest_m - lowest_m) / _VERTICAL_SPEED_LEAST_M_S
    across_s = climb_s + away_m / _SPEED_LEAST_M_S
    down_s = across_s + _WAIT_S + highest_m / _VERTICAL_SPEED_LEAST_M_S
    is_apart = away_m > VERTICAL_M
    corners = np.stack((starts, ends, places), axis=1)
    hulls = _hulls(corners)
    hulls[~is_apart] = shapely.points(places[~is_apart])

    def ways(
        kind: WayKind,
        hulls: NDArray[np.object_],
        middle: tuple[NDArray[np.float64], NDArray[np.float64]],
        whole: tuple[NDArray[np.float64], NDArray[np.float64]],
        durations_s: NDArray[np.float64],
    ) -> ReturnWays:
        kinds = _of_kind(kind, len(numbers))
        where = (numbers, pieces.first, pieces.last, kinds, starts, ends, places)
        return ReturnWays(*where, hulls, *middle, *whole, durations_s)

    ground_m = np.full(len(numbers), _INTO_THE_GROUND_M)
    climbs = ways(
        WayKind.CLIMB, _pieces(starts, ends), (route_alts[1], return_alts[1]), (lowest_m, highest_m), climb_s
    )
    across = ways(WayKind.ACROSS, hulls, (return_alts[1], return_alts[1]), (least_m, highest_m), down_s)
    descents = ways(
        WayKind.DESCENT, shapely.points(places), (ground_m, return_alts[1]), (ground_m, highest_m), down_s
    )
    return ReturnWays.together([climbs.rows(highest_m > lowest_m), across, descents])


def landing_ways(route: PlanarRoute, limits_rel_m: NDArray[np.float64]) -> ReturnWays:
    """Ways of LAND: down on the spot."""
    ways = _along(route, limits_rel_m, WayKind.LANDING)
    ways.lows_rel_m[:] = ways.least_rel_m[:] = _INTO_THE_GROUND_M
    ways.durations_s[:] = ways.most_rel_m / _VERTICAL_SPEED_LEAST_M_S
    return ways


def retraced_ways(
    route: PlanarRoute, limits_rel_m: NDArray[np.float64], durations_s: NDArray[np.float64]
) -> ReturnWays:
    """Ways of SMART_RTL: back along the route; `durations_s` says how much later each leg may be passed again."""
    ways = _along(route, limits_rel_m, WayKind.RETRACED)
    ways.durations_s[:] = durations_s[ways.numbers]
    return ways


def _along(route: PlanarRoute, limits_rel_m: NDArray[np.float64], kind: WayKind) -> ReturnWays:
    pieces = level_stretches(route, limits_rel_m)
    numbers, first, last = pieces.numbers, pieces.first, pieces.last
    starts, ends = _ends(route, numbers, first, last)
    _, begin_alts = _at(route, numbers, first)
    _, middle_alts = _at(route, numbers, 0.5 * (first + last))
    _, end_alts = _at(route, numbers, last)
    kinds = _of_kind(kind, len(numbers))
    return ReturnWays(
        numbers,
        first,
        last,
        kinds,
        starts,
        ends,
        starts.copy(),
        _pieces(starts, ends),
        middle_alts.copy(),
        middle_alts,
        np.minimum(begin_alts, end_alts),
        np.maximum(begin_alts, end_alts),
        np.zeros(len(numbers)),
    )


def _at(
    route: PlanarRoute, numbers: NDArray[np.int64], fractions: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    starts, alts = route.starts_xy_m[numbers], route.start_alts_rel_m[numbers]
    return (
        starts + fractions[:, None] * (route.ends_xy_m[numbers] - starts),
        alts + fractions * (route.end_alts_rel_m[numbers] - alts),
    )


def _ends(
    route: PlanarRoute,
    numbers: NDArray[np.int64],
    first: NDArray[np.float64],
    last: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    # start + (end - start) need not be end: whole legs keep their own ends.
    ends = np.where(last[:, None] == 1.0, route.ends_xy_m[numbers], _at(route, numbers, last)[0])
    return _at(route, numbers, first)[0], ends


def _of_kind(kind: WayKind, count: int) -> NDArray[np.object_]:
    kinds = np.empty(count, dtype=object)
    kinds[:] = [kind] * count
    return kinds


def _pieces(starts_xy_m: NDArray[np.float64], ends_xy_m: NDArray[np.float64]) -> NDArray[np.object_]:
    return _hulls(np.stack((starts_xy_m, ends_xy_m), axis=1))


def _hulls(corners_xy_m: NDArray[np.float64]) -> NDArray[np.object_]:
    """Draw round corners, shape (n, 2 or 3, 2); what is thinner than `THIN_M` is a line."""
    hulls: NDArray[np.object_] = shapely.convex_hull(shapely.multipoints(corners_xy_m))
    if corners_xy_m.shape[1] > 2:
        sides = np.stack([corners_xy_m, np.roll(corners_xy_m, -1, axis=1)], axis=2)
        lengths_m = np.hypot(*np.moveaxis(sides[:, :, 1] - sides[:, :, 0], -1, 0))
        longest = np.argmax(lengths_m, axis=1)
        longest_m = lengths_m[np.arange(len(hulls)), longest]
        is_thin = (shapely.area(hulls) > 0.0) & (2.0 * shapely.area(hulls) < THIN_M * longest_m)
        if is_thin.any():
            hulls[is_thin] = shapely.linestrings(sides[is_thin, longest[is_thin]])
    return hulls
