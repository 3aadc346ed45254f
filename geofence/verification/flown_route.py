"""A route with its times and the ground below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from geofence.local_frame import LocalFrame
from geofence.plane.planar_zones import ZoneLayer
from geofence.verification.layer_bands import LayerBands
from geofence.verification.layer_times import LayerTimes
from geofence.verification.leg import Leg
from geofence.verification.planar_route import PlanarRoute
from geofence.verification.route_ground import RouteGround
from geofence.verification.route_rules import RouteRules
from geofence.verification.route_times import RouteTimes

_SAME_FRACTION = 1e-12

_Numbers = NDArray[np.int64]
_Fractions = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FlownRoute:
    """Legs laid into a plane, their times, and the ground below them.

    Parameters
    ----------
    legs : sequence of Leg
    line : PlanarRoute
    times : RouteTimes
    ground : RouteGround or None
        None where the ground is level with home.
    """

    legs: Sequence[Leg]
    line: PlanarRoute
    times: RouteTimes
    ground: RouteGround | None

    @classmethod
    def of(cls, legs: Sequence[Leg], frame: LocalFrame, rules: RouteRules) -> Self:
        """Lay legs into a plane, over the terrain of the rules."""
        line = PlanarRoute(legs, frame)
        ground = (
            None if rules.terrain is None else RouteGround(line, frame, rules.terrain, rules.home_alt_amsl_m)
        )
        return cls(legs, line, RouteTimes(legs, rules.departure_utc_s), ground)

    def windows(
        self, numbers: _Numbers, rows: _Numbers, layer: ZoneLayer, bands: LayerBands, layer_times: LayerTimes
    ) -> tuple[_Numbers, _Fractions, _Fractions]:
        """Cut out of each leg what runs within the band and the times of its row.

        Parameters
        ----------
        numbers, rows : arrays of shape (n,)
            Legs, each with a row of the layer.

        Returns
        -------
        positions : array of int
            In `numbers`, of each window.
        first, last : arrays
            Fractions of the leg between which it runs.
        """
        positions, first, last = self._altitude_windows(numbers, rows, layer, bands)
        within, intervals = layer_times.intervals_of(rows[positions])
        positions = positions[within]
        begin, end = self.times.fractions_within(
            numbers[positions], layer_times.begins_utc_s[intervals], layer_times.ends_utc_s[intervals]
        )
        first, last = np.maximum(first[within], begin), np.minimum(last[within], end)
        is_met = first <= last
        return positions[is_met], first[is_met], last[is_met]

    def _altitude_windows(
        self, numbers: _Numbers, rows: _Numbers, layer: ZoneLayer, bands: LayerBands
    ) -> tuple[_Numbers, _Fractions, _Fractions]:
        first, last = self.line.fractions_within(
            numbers, layer.floors_rel_m[rows], layer.ceilings_rel_m[rows]
        )
        positions = np.arange(len(numbers))
        if self.ground is None:
            is_met = first <= last
            return positions[is_met], first[is_met], last[is_met]
        follows = bands.follows_ground[rows]
        is_level = ~follows & (first <= last)
        uneven, first_uneven, last_uneven = self._over_ground(numbers[follows], rows[follows], bands)
        return (
            np.concatenate((positions[is_level], positions[follows][uneven])),
            np.concatenate((first[is_level], first_uneven)),
            np.concatenate((last[is_level], last_uneven)),
        )

    def _over_ground(
        self, numbers: _Numbers, rows: _Numbers, bands: LayerBands
    ) -> tuple[_Numbers, _Fractions, _Fractions]:
        assert self.ground is not None
        positions, pieces = self.ground.pieces_of(numbers)
        floors, ceilings = bands.widest_rel_m(
            rows[positions], self.ground.lows_rel_m[pieces], self.ground.highs_rel_m[pieces]
        )
        first, last = self.line.fractions_within(numbers[positions], floors, ceilings)
        first = np.maximum(first, self.ground.first[pieces])
        last = np.minimum(last, self.ground.last[pieces])
        is_met = first <= last
        return _joined(positions[is_met], first[is_met], last[is_met])

    def stretches(
        self, limits_rel_m: NDArray[np.float64], moments_utc_s: NDArray[np.float64]
    ) -> tuple[_Numbers, _Fractions, _Fractions]:
        """Cut legs at some altitudes and moments, and where the pieces of ground below them meet.

        Returns
        -------
        numbers : array of int
            The leg of each stretch; those of one leg together and in order.
        first, last : arrays
            Fractions between which it runs.
        """
        moments = np.unique(moments_utc_s[np.isfinite(moments_utc_s)])

        def cuts(number: int) -> NDArray[np.float64]:
            in_time = self.times.cuts(number, moments)
            return in_time if self.ground is None else np.concatenate((in_time, self.ground.cuts(number)))

        return self.line.stretches(limits_rel_m, cuts)


def joined_stretches(
    numbers: _Numbers, first: _Fractions, last: _Fractions, choices: _Numbers
) -> tuple[_Numbers, _Fractions, _Fractions, _Numbers]:
    """Join neighbouring stretches of one leg for which the same was chosen; also gives the first of each run."""
    is_new = np.ones(len(numbers), dtype=bool)
    is_new[1:] = (numbers[1:] != numbers[:-1]) | (choices[1:] != choices[:-1])
    begins = np.flatnonzero(is_new)
    ends = np.append(begins[1:], len(numbers)) - 1
    return numbers[begins], first[begins], last[ends], begins


def lowest_of_each(numbers: _Numbers, values: NDArray[np.float64]) -> _Numbers:
    """Return for each leg number the position of its lowest value."""
    order = np.lexsort((values, numbers))
    is_first = np.ones(len(order), dtype=bool)
    is_first[1:] = numbers[order][1:] != numbers[order][:-1]
    return order[is_first]


def _joined(
    positions: _Numbers, first: _Fractions, last: _Fractions
) -> tuple[_Numbers, _Fractions, _Fractions]:
    """Join windows that touch."""
    if not len(positions):
        return positions, first, last
    is_new = np.ones(len(positions), dtype=bool)
    is_new[1:] = (positions[1:] != positions[:-1]) | (first[1:] > last[:-1] + _SAME_FRACTION)
    begins = np.flatnonzero(is_new)
    ends = np.append(begins[1:], len(positions)) - 1
    return positions[begins], first[begins], last[ends]
