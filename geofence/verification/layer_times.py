"""When the zones of a layer hold during a flight."""

import numpy as np
from numpy.typing import NDArray

from geofence.plane.planar_zones import ZoneLayer
from geofence.zone import ZoneKind

LONGEST_FLIGHT_S = 86_400.0
"""No copter stays in the air longer: the last moment of a leg of which no latest time is known."""


class LayerTimes:
    """The intervals in which each row of a layer holds.

    Parameters
    ----------
    layer : ZoneLayer
    span_utc_s : (float, float) or None
        From the earliest departure to the latest end. None where the departure is not known: a zone that holds
        at times only then counts as holding where it forbids, and as not holding where it allows.

    Attributes
    ----------
    is_timed : array of bool
        Rows whose zones hold at times only.
    begins_utc_s, ends_utc_s : arrays
        Of all intervals, those of one row together and in order; infinite where a row always holds.
    """

    def __init__(self, layer: ZoneLayer, span_utc_s: tuple[float, float] | None) -> None:
        self.is_timed = np.array([not zone.applicability.is_permanent for zone in layer.zones], dtype=bool)
        intervals: list[tuple[tuple[float, float], ...]] = []
        for zone, is_timed in zip(layer.zones, self.is_timed, strict=True):
            if not is_timed:
                intervals.append(((-np.inf, np.inf),))
            elif span_utc_s is not None:
                intervals.append(zone.active_utc_s(*span_utc_s))
            else:
                intervals.append(() if zone.kind is ZoneKind.INCLUSION else ((-np.inf, np.inf),))
        self._counts = np.array([len(of_row) for of_row in intervals], dtype=np.int64)
        self._firsts = np.concatenate(([0], np.cumsum(self._counts)))[:-1]
        flat = np.array([interval for of_row in intervals for interval in of_row], dtype=np.float64)
        self.begins_utc_s, self.ends_utc_s = flat.reshape(-1, 2).T

    def intervals_of(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Pair rows with their intervals; positions in `rows`, and in `begins_utc_s` and `ends_utc_s`."""
        counts = self._counts[rows]
        positions = np.repeat(np.arange(len(rows)), counts)
        within = np.arange(len(positions)) - np.repeat(np.cumsum(counts) - counts, counts)
        return positions, self._firsts[rows][positions] + within

    def hold_throughout(
        self, earliest_utc_s: NDArray[np.float64], latest_utc_s: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        """Say which rows hold during the whole of each span; shape (spans, rows)."""
        is_holding = np.zeros((len(earliest_utc_s), len(self._counts)), dtype=bool)
        positions, numbers = self.intervals_of(np.arange(len(self._counts)))
        for row, number in zip(positions, numbers, strict=True):
            is_holding[:, row] |= (self.begins_utc_s[number] <= earliest_utc_s) & (
                latest_utc_s <= self.ends_utc_s[number]
            )
        return is_holding
