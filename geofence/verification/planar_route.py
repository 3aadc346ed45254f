"""A route laid into a plane."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from geofence.local_frame import LocalFrame
from geofence.plane.boundary import straight_lines
from geofence.verification.leg import Leg

VERTICAL_M = 0.1
"""A leg whose ends lie closer together is flown straight up or down."""


class PlanarRoute:
    """Legs as arrays.

    Attributes
    ----------
    starts_xy_m, ends_xy_m : arrays of shape (n, 2)
    start_alts_rel_m, end_alts_rel_m : arrays of shape (n,)
    is_vertical : array of bool
    lines : array of LineString, or Point for a leg on the spot
    """

    def __init__(self, legs: Sequence[Leg], frame: LocalFrame) -> None:
        self.starts_xy_m = frame.xy_m(
            [leg.start.lat_deg for leg in legs], [leg.start.lon_deg for leg in legs]
        )
        self.ends_xy_m = frame.xy_m([leg.end.lat_deg for leg in legs], [leg.end.lon_deg for leg in legs])
        self.start_alts_rel_m = np.array([leg.start_alt_rel_m for leg in legs], dtype=np.float64)
        self.end_alts_rel_m = np.array([leg.end_alt_rel_m for leg in legs], dtype=np.float64)
        self.is_vertical = np.hypot(*(self.ends_xy_m - self.starts_xy_m).T) < VERTICAL_M
        self.lines = straight_lines(self.starts_xy_m, self.ends_xy_m)

    def fractions_within(
        self, numbers: NDArray[np.int64], floors_m: NDArray[np.float64], ceilings_m: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where along each leg its altitude is within the band; first > last where it never is."""
        start_alts, climbs = (
            self.start_alts_rel_m[numbers],
            (self.end_alts_rel_m - self.start_alts_rel_m)[numbers],
        )
        is_level = climbs == 0.0
        divisors = np.where(is_level, 1.0, climbs)
        at_floor, at_ceiling = (floors_m - start_alts) / divisors, (ceilings_m - start_alts) / divisors
        first = np.maximum(0.0, np.minimum(at_floor, at_ceiling))
        last = np.minimum(1.0, np.maximum(at_floor, at_ceiling))
        is_within = (floors_m <= start_alts) & (start_alts <= ceilings_m)
        return (
            np.where(is_level, np.where(is_within, 0.0, 1.0), first),
            np.where(is_level, np.where(is_within, 1.0, 0.0), last),
        )

    def pieces(
        self, numbers: NDArray[np.int64], first: NDArray[np.float64], last: NDArray[np.float64]
    ) -> NDArray[np.object_]:
        """Cut a line, or a point, out of each leg."""
        starts, ends = self.starts_xy_m[numbers], self.ends_xy_m[numbers]
        # start + (end - start) need not be end: whole legs keep their own ends.
        firsts = starts + first[:, None] * (ends - starts)
        lasts = np.where(last[:, None] == 1.0, ends, starts + last[:, None] * (ends - starts))
        return straight_lines(firsts, lasts)

    def stretches(
        self,
        limits_m: NDArray[np.float64],
        further_cuts: Callable[[int], NDArray[np.float64]] | None = None,
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Cut sloping legs at some altitudes, and any leg at further fractions.

        Returns
        -------
        numbers : array of int
            The leg of each stretch; those of one leg together and in order.
        first, last : arrays
            Fractions between which it runs.
        """
        limits = np.unique(limits_m[np.isfinite(limits_m)])
        numbers, first, last = [], [], []
        for number, (low, high) in enumerate(zip(self.start_alts_rel_m, self.end_alts_rel_m, strict=True)):
            cuts = (limits - low) / (high - low) if low != high else limits[:0]
            if further_cuts is not None:
                cuts = np.concatenate((cuts, further_cuts(number)))
            ends = np.concatenate(([0.0], np.unique(cuts[(cuts > 0.0) & (cuts < 1.0)]), [1.0]))
            numbers.append(np.full(len(ends) - 1, number))
            first.append(ends[:-1])
            last.append(ends[1:])
        return np.concatenate(numbers), np.concatenate(first), np.concatenate(last)

    def alts_at(self, number: int, xy_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Altitudes above home at some places of one leg; of a vertical leg its highest."""
        start, along = self.starts_xy_m[number], self.ends_xy_m[number] - self.starts_xy_m[number]
        low, high = self.start_alts_rel_m[number], self.end_alts_rel_m[number]
        if self.is_vertical[number]:
            return np.full(len(xy_m), max(low, high))
        fractions = (xy_m - start) @ along / (along @ along)
        return np.asarray(low + fractions * (high - low))
