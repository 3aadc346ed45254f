"""Stretches of a route from which one target is returned to."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geofence.local_frame import LocalFrame
from geofence.verification.planar_route import PlanarRoute
from geofence.verification.return_policy import CONE_SLOPE, RALLY_REACH_M, RETURN_ALT_LEAST_M, ReturnTarget

CHOICE_M = 5.0
"""So far from where the choice of the target changes, either is verified: nobody knows where exactly the drone is."""

_STEP_M = 2.0
_SAME_FRACTION = 1e-9


@dataclass(frozen=True, slots=True)
class ReturnStretches:
    """Pieces of legs, each with the one target that is returned to from it.

    Parameters
    ----------
    numbers : array of int, shape (n,)
        Of the leg.
    first, last : arrays of shape (n,)
        Fractions of the leg between which the piece runs.
    targets : array of int, shape (n,)
        -1 where none is flown to.
    """

    numbers: NDArray[np.int64]
    first: NDArray[np.float64]
    last: NDArray[np.float64]
    targets: NDArray[np.int64]


def straight_stretches(
    route: PlanarRoute,
    targets: Sequence[ReturnTarget],
    frame: LocalFrame,
    limits_rel_m: NDArray[np.float64],
) -> ReturnStretches:
    """Divide legs where another target is chosen, and where leg or way back pass one of some altitudes.

    ArduCopter flies to the closest of the rally points and home, but to home where no rally point is within
    `RALLY_REACH_M` (AP_Rally, RALLY_LIMIT_KM and RALLY_INCL_HOME as shipped).

    Parameters
    ----------
    targets : sequence of ReturnTarget
        Home first.
    limits_rel_m : array
        Floors and ceilings; within a piece no altitude crosses any of them.
    """
    limits = np.unique(limits_rel_m[np.isfinite(limits_rel_m)])
    places = np.array([frame.point_xy_m(target.position) for target in targets])
    rows: list[tuple[int, float, float, int]] = []
    for number in range(len(route.starts_xy_m)):
        start, end = route.starts_xy_m[number], route.ends_xy_m[number]
        for first, last, chosen in _choices(start, end, places):
            altitudes = np.concatenate((limits, (RETURN_ALT_LEAST_M, targets[chosen].alt_rel_m)))
            cuts = [
                *_alt_cuts(route.start_alts_rel_m[number], route.end_alts_rel_m[number], altitudes),
                *_circle_cuts(start, end, places[chosen], altitudes[altitudes > 0.0] / CONE_SLOPE),
            ]
            ends = [first, *sorted(cut for cut in cuts if first < cut < last), last]
            rows += [
                (number, low, high, chosen)
                for low, high in itertools.pairwise(ends)
                if high - low > _SAME_FRACTION or low == first == last
            ]
    return _stretches(rows)


def level_stretches(route: PlanarRoute, limits_rel_m: NDArray[np.float64]) -> ReturnStretches:
    """Divide legs where they pass one of some altitudes; the target is none, -1."""
    limits = np.unique(limits_rel_m[np.isfinite(limits_rel_m)])
    rows: list[tuple[int, float, float, int]] = []
    for number in range(len(route.starts_xy_m)):
        cuts = _alt_cuts(route.start_alts_rel_m[number], route.end_alts_rel_m[number], limits)
        rows += [(number, low, high, -1) for low, high in itertools.pairwise([0.0, *sorted(cuts), 1.0])]
    return _stretches(rows)


def _stretches(rows: list[tuple[int, float, float, int]]) -> ReturnStretches:
    numbers, lows, highs, targets = zip(*rows, strict=True) if rows else ((), (), (), ())
    return ReturnStretches(
        np.array(numbers, dtype=np.int64),
        np.array(lows, dtype=np.float64),
        np.array(highs, dtype=np.float64),
        np.array(targets, dtype=np.int64),
    )


def _choices(
    start: NDArray[np.float64], end: NDArray[np.float64], places: NDArray[np.float64]
) -> Iterator[tuple[float, float, int]]:
    """Give for each target the pieces of a leg from which it may be chosen."""
    if len(places) == 1:
        yield 0.0, 1.0, 0
        return
    count = 2 + int(np.hypot(*(end - start)) / _STEP_M)
    fractions = np.linspace(0.0, 1.0, count)
    points = start + fractions[:, None] * (end - start)
    away_m = np.hypot(*np.moveaxis(points[:, None] - places, -1, 0))
    nearest_m, rally_m = away_m.min(axis=1), away_m[:, 1:].min(axis=1)
    is_possible = away_m <= nearest_m[:, None] + CHOICE_M
    is_possible[:, 1:] &= away_m[:, 1:] <= RALLY_REACH_M + CHOICE_M
    is_possible[:, 0] |= rally_m >= RALLY_REACH_M - CHOICE_M
    for target in range(len(places)):
        steps = np.flatnonzero(np.diff(np.concatenate(([False], is_possible[:, target], [False]))))
        for begin, stop in steps.reshape(-1, 2):
            yield float(fractions[max(begin - 1, 0)]), float(fractions[min(stop, count - 1)]), target


def _circle_cuts(
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    centre: NDArray[np.float64],
    radii_m: NDArray[np.float64],
) -> Iterator[float]:
    """Where a leg passes through circles."""
    along, away = end - start, start - centre
    a, half_b = float(along @ along), float(along @ away)
    if a == 0.0:
        return
    for radius_m in radii_m:
        discriminant = half_b**2 - a * (float(away @ away) - radius_m**2)
        if discriminant > 0.0:
            for root in (-np.sqrt(discriminant), np.sqrt(discriminant)):
                cut = float((root - half_b) / a)
                if 0.0 < cut < 1.0:
                    yield cut


def _alt_cuts(start_alt_m: float, end_alt_m: float, altitudes_m: NDArray[np.float64]) -> Iterator[float]:
    """Where a leg passes through altitudes."""
    if start_alt_m != end_alt_m:
        cuts = (altitudes_m - start_alt_m) / (end_alt_m - start_alt_m)
        yield from (float(cut) for cut in cuts if 0.0 < cut < 1.0)
