"""The ground below a route."""

import numpy as np
from numpy.typing import NDArray

from geofence.local_frame import LocalFrame
from geofence.terrain import Terrain
from geofence.verification.planar_route import PlanarRoute

STEPS_IN_SPACING = 4.0
"""A piece of a leg is no longer than the terrain's spacing over this, and no box round it than the piece."""
STEP_LEAST_M = 1.0
PIECES_AT_MOST = 200_000
_BOX_SLACK_DEG = 1e-7


class RouteGround:
    """Legs cut into short pieces, with bounds of the ground below each.

    Nothing hides between samples: the bounds hold for a whole box round a piece.

    Parameters
    ----------
    route : PlanarRoute
    frame : LocalFrame
    terrain : Terrain
    home_alt_amsl_m : float or None
        Without it no ground is known.
    step_m : float, optional
        No piece is longer; by default as the terrain's spacing asks for.

    Attributes
    ----------
    numbers : array of int, shape (n,)
        The leg of each piece; those of one leg together and in order.
    first, last : arrays of shape (n,)
        Fractions of the leg.
    lows_rel_m, highs_rel_m : arrays of shape (n,)
        Above home; NaN where unknown.
    """

    def __init__(
        self,
        route: PlanarRoute,
        frame: LocalFrame,
        terrain: Terrain,
        home_alt_amsl_m: float | None,
        *,
        step_m: float | None = None,
    ) -> None:
        lengths_m = np.hypot(*(route.ends_xy_m - route.starts_xy_m).T)
        wanted_m = terrain.spacing_m / STEPS_IN_SPACING if step_m is None else step_m
        step_m = max(wanted_m, STEP_LEAST_M, lengths_m.sum() / PIECES_AT_MOST)
        counts = np.maximum(1, np.ceil(lengths_m / step_m)).astype(np.int64)
        self._counts = counts
        self._firsts = np.cumsum(counts) - counts
        self.numbers = np.repeat(np.arange(len(counts)), counts)
        within = np.arange(len(self.numbers)) - self._firsts[self.numbers]
        self.first, self.last = within / counts[self.numbers], (within + 1) / counts[self.numbers]
        along = (route.ends_xy_m - route.starts_xy_m)[self.numbers]
        starts = route.starts_xy_m[self.numbers] + self.first[:, None] * along
        ends = route.starts_xy_m[self.numbers] + self.last[:, None] * along
        start_deg, end_deg = frame.latlon_deg(starts), frame.latlon_deg(ends)
        # The shorter way round the earth.
        turn_deg = 360.0 * np.round((end_deg[:, 1] - start_deg[:, 1]) / 360.0)
        end_lon_deg = end_deg[:, 1] - turn_deg
        low, high = terrain.bounds_amsl_m(
            np.minimum(start_deg[:, 0], end_deg[:, 0]) - _BOX_SLACK_DEG,
            np.minimum(start_deg[:, 1], end_lon_deg) - _BOX_SLACK_DEG,
            np.maximum(start_deg[:, 0], end_deg[:, 0]) + _BOX_SLACK_DEG,
            np.maximum(start_deg[:, 1], end_lon_deg) + _BOX_SLACK_DEG,
        )
        home_m = np.nan if home_alt_amsl_m is None else home_alt_amsl_m
        self.lows_rel_m, self.highs_rel_m = low - home_m, high - home_m
        self.low_alts_rel_m, self.high_alts_rel_m = _alts(route, self.numbers, self.first, self.last)

    def pieces_of(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Pair legs with their pieces; positions in `numbers`, and numbers of pieces."""
        counts = self._counts[numbers]
        positions = np.repeat(np.arange(len(numbers)), counts)
        within = np.arange(len(positions)) - np.repeat(np.cumsum(counts) - counts, counts)
        return positions, self._firsts[numbers][positions] + within

    def piece_at(self, numbers: NDArray[np.int64], fractions: NDArray[np.float64]) -> NDArray[np.int64]:
        """Piece that a place of a leg lies in."""
        within = np.clip((fractions * self._counts[numbers]).astype(np.int64), 0, self._counts[numbers] - 1)
        return np.asarray(self._firsts[numbers] + within)

    def cuts(self, number: int) -> NDArray[np.float64]:
        """Fractions at which the pieces of one leg meet."""
        return np.asarray(np.arange(1, self._counts[number]) / self._counts[number])


def _alts(
    route: PlanarRoute, numbers: NDArray[np.int64], first: NDArray[np.float64], last: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    start, climb = route.start_alts_rel_m[numbers], (route.end_alts_rel_m - route.start_alts_rel_m)[numbers]
    one, other = start + first * climb, start + last * climb
    return np.minimum(one, other), np.maximum(one, other)
