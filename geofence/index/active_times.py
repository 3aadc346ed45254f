"""When each of many zones holds."""

import math

import numpy as np
from numpy.typing import NDArray

from geofence.applicability import DAY_S
from geofence.index.utc_span import UtcSpan
from geofence.zone import Zone, ZoneKind


class ActiveTimes:
    """The active times of zones, worked out for the days that are asked about, and kept for the next question.

    Parameters
    ----------
    zones : tuple of Zone
    """

    def __init__(self, zones: tuple[Zone, ...]) -> None:
        self._zones = zones
        self._is_limited = np.array([not zone.applicability.is_permanent for zone in zones], dtype=np.bool_)
        self._holds_when_unknown = np.array(
            [zone.kind is not ZoneKind.INCLUSION for zone in zones], dtype=np.bool_
        )
        self._window_utc_s = (math.inf, -math.inf)
        self._intervals_utc_s: dict[int, NDArray[np.float64]] = {}

    def meets(
        self, zones: NDArray[np.int32], queries: NDArray[np.int64], times: UtcSpan
    ) -> NDArray[np.bool_]:
        """Say of pairs of a zone and a query whether the zone holds at any moment of the query's, ends included."""
        meets = np.ones(len(zones), dtype=np.bool_)
        pairs = np.flatnonzero(self._is_limited[zones])
        if not len(pairs):
            return meets
        zones, queries = zones[pairs], queries[pairs] if len(times) > 1 else np.zeros_like(pairs)
        from_utc_s, to_utc_s = times.from_utc_s[queries], times.to_utc_s[queries]
        is_known = ~(np.isnan(from_utc_s) | np.isnan(to_utc_s))
        meets_limited = self._holds_when_unknown[zones]
        if is_known.any():
            self._cover(float(from_utc_s[is_known].min()), float(to_utc_s[is_known].max()))
        for zone in np.unique(zones[is_known]):
            rows = np.flatnonzero(is_known & (zones == zone))
            starts_utc_s, ends_utc_s = self._intervals(int(zone)).T
            # The first interval that has not ended when the query's begins.
            first = np.searchsorted(ends_utc_s, from_utc_s[rows], side="left")
            meets_limited[rows] = np.append(starts_utc_s, np.inf)[first] <= to_utc_s[rows]
        meets[pairs] = meets_limited
        return meets

    def _cover(self, from_utc_s: float, to_utc_s: float) -> None:
        first_utc_s, last_utc_s = self._window_utc_s
        if from_utc_s < first_utc_s or to_utc_s > last_utc_s:
            self._window_utc_s = (
                math.floor(from_utc_s / DAY_S) * DAY_S,
                (math.floor(to_utc_s / DAY_S) + 2.0) * DAY_S,
            )
            self._intervals_utc_s.clear()

    def _intervals(self, zone: int) -> NDArray[np.float64]:
        intervals_utc_s = self._intervals_utc_s.get(zone)
        if intervals_utc_s is None:
            intervals_utc_s = np.array(
                self._zones[zone].active_utc_s(*self._window_utc_s), dtype=np.float64
            ).reshape(-1, 2)
            self._intervals_utc_s[zone] = intervals_utc_s
        return intervals_utc_s
