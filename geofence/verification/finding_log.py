"""What a verification writes down as it goes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geofence.altitude_band import UNBOUNDED, AltitudeBand
from geofence.local_frame import LocalFrame
from geofence.plane.planar_zones import ZoneLayer
from geofence.verification.finding import Finding, FindingCode, Severity
from geofence.verification.finding_words import word_finding
from geofence.verification.leg import Leg, SweptArea
from geofence.verification.route_rules import RouteRules
from geofence.verification.zone_hours import hours_words
from geofence.zone import Zone

_ADVICE = {FindingCode.ADVISORY, FindingCode.UNKNOWN_TIME, FindingCode.TRACKING}


@dataclass(slots=True)
class _Nearest:
    clearance_m: float
    zone_id: str | None
    xy_m: NDArray[np.float64]


class FindingLog:
    """Findings about legs or areas, the worst for each of them, zone and code; and the least clearance of each.

    Parameters
    ----------
    parts : sequence of Leg or SweptArea
    frame : LocalFrame
    rules : RouteRules
    """

    def __init__(
        self, parts: Sequence[Leg] | Sequence[SweptArea], frame: LocalFrame, rules: RouteRules
    ) -> None:
        self._parts = parts
        self._frame = frame
        self._rules = rules
        self._found: dict[tuple[int, str | None, FindingCode], Finding] = {}
        self._nearest: dict[int, _Nearest] = {}

    def add(
        self,
        number: int,
        layer: ZoneLayer | None,
        row: int,
        code: FindingCode,
        clearance_m: float | None,
        xy_m: NDArray[np.float64],
        span_utc_s: tuple[float, float] | None = None,
    ) -> None:
        """Note a finding, unless a worse one is known.

        Parameters
        ----------
        number : int
            Of the part.
        layer : ZoneLayer or None
            None where the finding is about no zone.
        row : int
            Of the layer.
        clearance_m : float or None
        xy_m : array of shape (2,)
            The worst place.
        span_utc_s : (float, float), optional
            When the drone is there; needed for zones that hold at times only.
        """
        zone = None if layer is None else layer.zones[row]
        # However many zones a leg stays outside of, it leaves their union once.
        is_of_zone = zone is not None and code is not FindingCode.OUTSIDE_INCLUSION
        key = (number, zone.zone_id if zone is not None and is_of_zone else None, code)
        known = self._found.get(key)
        if known is not None and (clearance_m is None or (known.clearance_m or 0.0) <= clearance_m):
            return
        band = UNBOUNDED if layer is None else layer.volumes[row].band
        self._found[key] = self._finding(number, zone, band, code, clearance_m, xy_m, span_utc_s)
        if self._rules.departure_utc_s is None and zone is not None and not zone.applicability.is_permanent:
            key = (number, zone.zone_id, FindingCode.UNKNOWN_TIME)
            if key not in self._found:
                self._found[key] = self._finding(
                    number, zone, band, FindingCode.UNKNOWN_TIME, None, xy_m, None
                )

    def narrow(self, number: int, clearance_m: float, zone_id: str | None, xy_m: NDArray[np.float64]) -> None:
        """Note how close a part comes to forbidden space."""
        known = self._nearest.get(number)
        if known is None or clearance_m < known.clearance_m:
            self._nearest[number] = _Nearest(clearance_m, zone_id, xy_m)

    def nearest(self, number: int) -> tuple[float, str | None, NDArray[np.float64]] | None:
        """Return least clearance of a part, the zone and the place; None where nothing forbidden was found."""
        nearest = self._nearest.get(number)
        return None if nearest is None else (nearest.clearance_m, nearest.zone_id, nearest.xy_m)

    @property
    def min_clearance_m(self) -> float | None:
        """The least clearance of all parts."""
        return min((nearest.clearance_m for nearest in self._nearest.values()), default=None)

    def findings(self) -> tuple[Finding, ...]:
        """Return all findings grouped by part, violations first: within a part the order of the checks is kept."""
        order = sorted(
            self._found.items(), key=lambda item: (item[0][0], item[1].severity is not Severity.VIOLATION)
        )
        return tuple(finding for _, finding in order)

    def _finding(
        self,
        number: int,
        zone: Zone | None,
        band: AltitudeBand,
        code: FindingCode,
        clearance_m: float | None,
        xy_m: NDArray[np.float64],
        span_utc_s: tuple[float, float] | None,
    ) -> Finding:
        part = self._parts[number]
        message, remedy = word_finding(
            code,
            zone,
            band,
            part=part.name or f"Leg {'home' if part.from_seq == 0 else part.from_seq} to {part.item_seq}",
            clearance_m=clearance_m,
            rules=self._rules,
            hours=hours_words(zone, None if self._rules.departure_utc_s is None else span_utc_s),
        )
        return Finding(
            severity=Severity.ADVICE if code in _ADVICE else Severity.VIOLATION,
            code=code,
            message=message,
            remedy=remedy,
            item_seq=part.item_seq,
            from_seq=part.from_seq,
            zone_id=None if zone is None else zone.zone_id,
            clearance_m=clearance_m,
            position=self._frame.position(float(xy_m[0]), float(xy_m[1])),
        )
