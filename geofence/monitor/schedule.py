"""When the zones that are limited in time hold, now and next."""

import math

import numpy as np
from numpy.typing import NDArray

from geofence.zone import Zone, ZoneKind

WINDOW_S = 7200.0
"""So far ahead the times are worked out at once."""
_AHEAD_S = 600.0
"""What is left of the window when it is worked out anew."""


class ZoneSchedule:
    """From when until when each of some zones holds: the interval that runs, or the next one.

    Parameters
    ----------
    zones : tuple of Zone
    """

    def __init__(self, zones: tuple[Zone, ...]) -> None:
        self._zones = zones
        self._limited = [number for number, zone in enumerate(zones) if not zone.applicability.is_permanent]
        self._valid_utc_s = (math.inf, -math.inf)
        self._is_known = True
        self.times_utc_s: NDArray[np.float64] = np.tile((-math.inf, math.inf), (len(zones), 1))
        """Shape (n, 2); `(inf, -inf)` where a zone does not hold for long. At an unknown time inclusions do not hold,
        and the others do."""

    def follow(self, utc_s: float | None) -> bool:
        """Work the times out for a moment, where that is necessary; tells whether anything may have changed."""
        if not self._limited:
            return False
        if utc_s is None or not math.isfinite(utc_s):
            is_changed, self._is_known = self._is_known, False
            if is_changed:
                self._valid_utc_s = (math.inf, -math.inf)
                for number in self._limited:
                    is_inclusion = self._zones[number].kind is ZoneKind.INCLUSION
                    self.times_utc_s[number] = (
                        (math.inf, -math.inf) if is_inclusion else (-math.inf, math.inf)
                    )
            return is_changed
        first_utc_s, last_utc_s = self._valid_utc_s
        if first_utc_s <= utc_s <= last_utc_s:
            return False
        self._is_known = True
        until_utc_s = utc_s + WINDOW_S
        change_utc_s = until_utc_s - _AHEAD_S
        for number in self._limited:
            intervals = self._zones[number].active_utc_s(utc_s, until_utc_s)
            if not intervals:
                self.times_utc_s[number] = (math.inf, -math.inf)
                continue
            start_utc_s, end_utc_s = intervals[0]
            # An interval that reaches the window's edge goes on, as far as is known until then.
            self.times_utc_s[number] = (
                -math.inf if start_utc_s <= utc_s else start_utc_s,
                math.inf if end_utc_s >= until_utc_s else end_utc_s,
            )
            change_utc_s = min(change_utc_s, end_utc_s)
        self._valid_utc_s = (utc_s, change_utc_s)
        return True
