"""When a drone is where on its route."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geofence.verification.layer_times import LONGEST_FLIGHT_S
from geofence.verification.leg import Leg


class RouteTimes:
    """The earliest and the latest time at the ends of each leg.

    Parameters
    ----------
    legs : sequence of Leg
        Of one whose times are not known, only that it is flown within `LONGEST_FLIGHT_S` of the departure.
    departure_utc_s : (float, float) or None
        Where it is not known all times are 0.

    Attributes
    ----------
    start_earliest_utc_s, start_latest_utc_s, end_earliest_utc_s, end_latest_utc_s : arrays of shape (n,)
    span_utc_s : (float, float) or None
        Of the whole route.
    """

    def __init__(self, legs: Sequence[Leg], departure_utc_s: tuple[float, float] | None) -> None:
        self.span_utc_s: tuple[float, float] | None = None
        after_s = np.zeros((len(legs), 4))
        if departure_utc_s is not None:
            unknown_s = (0.0, LONGEST_FLIGHT_S)
            for number, leg in enumerate(legs):
                is_known = leg.start_s is not None and leg.end_s is not None
                after_s[number, :2] = leg.start_s if is_known else unknown_s
                after_s[number, 2:] = leg.end_s if is_known else unknown_s
            after_s = np.minimum(after_s, LONGEST_FLIGHT_S)
            after_s[:, ::2] += departure_utc_s[0]
            after_s[:, 1::2] += departure_utc_s[1]
            self.span_utc_s = float(after_s[:, 0].min()), float(after_s[:, 3].max())
        self.start_earliest_utc_s, self.start_latest_utc_s = after_s[:, 0], after_s[:, 1]
        self.end_earliest_utc_s, self.end_latest_utc_s = after_s[:, 2], after_s[:, 3]

    def fractions_within(
        self, numbers: NDArray[np.int64], begins_utc_s: NDArray[np.float64], ends_utc_s: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where along each leg the drone may be within an interval of time; first > last where it never is."""
        start_latest, end_latest = self.start_latest_utc_s[numbers], self.end_latest_utc_s[numbers]
        start_earliest, end_earliest = self.start_earliest_utc_s[numbers], self.end_earliest_utc_s[numbers]
        first = _fraction_at(begins_utc_s, start_latest, end_latest)
        last = _fraction_at(ends_utc_s, start_earliest, end_earliest)
        first = np.where(begins_utc_s <= start_latest, 0.0, np.where(begins_utc_s <= end_latest, first, 2.0))
        last = np.where(end_earliest <= ends_utc_s, 1.0, np.where(start_earliest <= ends_utc_s, last, -1.0))
        return first, last

    def spans_utc_s(
        self, numbers: NDArray[np.int64], first: NDArray[np.float64], last: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Earliest and latest time on a stretch of each leg."""
        earliest, latest = self.start_earliest_utc_s[numbers], self.start_latest_utc_s[numbers]
        return (
            earliest + first * (self.end_earliest_utc_s[numbers] - earliest),
            latest + last * (self.end_latest_utc_s[numbers] - latest),
        )

    def cuts(self, number: int, moments_utc_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Fractions of one leg at which the earliest or the latest time passes one of some moments."""
        ways = (
            (self.start_earliest_utc_s[number], self.end_earliest_utc_s[number]),
            (self.start_latest_utc_s[number], self.end_latest_utc_s[number]),
        )
        cuts = [(moments_utc_s - start) / (end - start) for start, end in ways if start < end]
        return np.concatenate(cuts) if cuts else np.empty(0)


def _fraction_at(
    moment_utc_s: NDArray[np.float64], start_utc_s: NDArray[np.float64], end_utc_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    duration_s = end_utc_s - start_utc_s
    fractions: NDArray[np.float64] = (moment_utc_s - start_utc_s) / np.where(
        duration_s == 0.0, 1.0, duration_s
    )
    return fractions
