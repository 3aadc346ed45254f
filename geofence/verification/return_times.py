"""When ways back are flown, and which zones hold then."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geofence.plane.planar_zones import ZoneLayer
from geofence.verification.leg import Leg
from geofence.verification.return_ways import ReturnWays


class ReturnTimes:
    """The span of every return, from the earliest moment on its leg to the latest moment it can last.

    Parameters
    ----------
    legs : sequence of Leg
    departure_utc_s : (float, float) or None
        Earliest and latest departure; None where nobody can say.
    """

    def __init__(self, legs: Sequence[Leg], departure_utc_s: tuple[float, float] | None) -> None:
        spans = np.full((len(legs), 2), math.nan)
        if departure_utc_s is not None:
            for number, leg in enumerate(legs):
                if leg.start_s is not None and leg.end_s is not None and math.isfinite(leg.end_s[1]):
                    spans[number] = (departure_utc_s[0] + leg.start_s[0], departure_utc_s[1] + leg.end_s[1])
        self._spans_utc_s = spans
        lasts_s = [math.inf if leg.end_s is None else leg.end_s[1] for leg in legs]
        self._flight_s = max(lasts_s, default=math.inf)

    def retracing_s(self) -> NDArray[np.float64]:
        """How much later each leg may be passed again by who flies it backwards: as long as the flight took at most."""
        return np.full(len(self._spans_utc_s), 2.0 * self._flight_s)

    def is_permanent(self, layer: ZoneLayer) -> bool:
        """Whether all zones of a layer hold always."""
        return all(zone.applicability.is_permanent for zone in layer.zones)

    def hold(
        self,
        layer: ZoneLayer,
        ways: ReturnWays,
        numbers: NDArray[np.int64],
        rows: NDArray[np.int64],
        *,
        when_unknown: bool,
    ) -> NDArray[np.bool_]:
        """Whether each zone holds while its way is flown: at any time of it, or all the time.

        Parameters
        ----------
        numbers, rows : arrays of shape (n,)
            Pairs of a way and a zone.
        when_unknown : bool
            True for zones that forbid: once is enough, and so is not knowing. False for those that allow.
        """
        holds = np.ones(len(rows), dtype=bool)
        spans = self._spans_utc_s[ways.numbers[numbers]].copy()
        spans[:, 1] += ways.durations_s[numbers]
        for row in np.unique(rows):
            zone = layer.zones[row]
            if zone.applicability.is_permanent:
                continue
            of_row = rows == row
            begins_s, ends_s = spans[of_row].T
            is_known = np.isfinite(begins_s) & np.isfinite(ends_s)
            found = np.full(len(begins_s), when_unknown)
            if is_known.any():
                known_from_s, known_to_s = begins_s[is_known], ends_s[is_known]
                periods = zone.active_utc_s(float(known_from_s.min()), float(known_to_s.max()))
                in_force = np.zeros(len(known_from_s), dtype=bool)
                for from_s, to_s in periods:
                    if when_unknown:
                        in_force |= (from_s <= known_to_s) & (known_from_s <= to_s)
                    else:
                        in_force |= (from_s <= known_from_s) & (known_to_s <= to_s)
                found[is_known] = in_force
            holds[of_row] = found
        return holds
