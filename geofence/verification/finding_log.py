"""What a verification writes down as it goes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geofence.altitude_band import UNBOUNDED, AltitudeBand
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.plane.planar_zones import ZoneLayer
from geofence.verification.finding import Finding, FindingCode, Severity
from geofence.verification.finding_words import word_finding
from geofence.verification.leg import Leg, SweptArea
from geofence.verification.route_rules import RouteRules
from geofence.verification.zone_hours import hours_words
from geofence.zone import Zone

_ADVICE = {FindingCode.ADVISORY, FindingCode.UNKNOWN_TIME, FindingCode.TRACKING, FindingCode.LOW}


@dataclass(frozen=True, slots=True)
class Nearest:
    """The least clearance of a part of a route: how far, to which zone, and where."""

    clearance_m: float
    zone_id: str | None
    xy_m: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A finding not yet put into words."""

    number: int
    code: FindingCode
    zone: Zone | None
    band: AltitudeBand
    clearance_m: float | None
    xy_m: NDArray[np.float64]
    span_utc_s: tuple[float, float] | None


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
        self._found: dict[tuple[int, str | None, FindingCode], _Entry] = {}
        self._nearest: dict[int, Nearest] = {}

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
        self._found[key] = _Entry(number, code, zone, band, clearance_m, xy_m, span_utc_s)
        if self._rules.departure_utc_s is None and zone is not None and not zone.applicability.is_permanent:
            unknown = _Entry(number, FindingCode.UNKNOWN_TIME, zone, band, None, xy_m, None)
            self._found.setdefault((number, zone.zone_id, FindingCode.UNKNOWN_TIME), unknown)

    def narrow(self, number: int, clearance_m: float, zone_id: str | None, xy_m: NDArray[np.float64]) -> None:
        """Note how close a part comes to forbidden space."""
        known = self._nearest.get(number)
        if known is None or clearance_m < known.clearance_m:
            self._nearest[number] = Nearest(clearance_m, zone_id, xy_m)

    def nearest(self, number: int) -> Nearest | None:
        """Return the least clearance of a part; None where nothing forbidden was found."""
        return self._nearest.get(number)

    @property
    def min_clearance_m(self) -> float | None:
        """The least clearance of all parts."""
        return min((nearest.clearance_m for nearest in self._nearest.values()), default=None)

    def findings(self) -> tuple[Finding, ...]:
        """Return all findings grouped by part, violations first: within a part the order of the checks is kept."""
        entries = sorted(self._found.values(), key=lambda entry: (entry.number, entry.code in _ADVICE))
        positions = self.positions([entry.xy_m for entry in entries])
        return tuple(
            self._finding(entry, position) for entry, position in zip(entries, positions, strict=True)
        )

    def positions(self, places_xy_m: Sequence[NDArray[np.float64]]) -> list[LatLon]:
        """Unproject places, all at once."""
        if not places_xy_m:
            return []
        return [
            LatLon(float(lat_deg), float(lon_deg))
            for lat_deg, lon_deg in self._frame.latlon_deg(np.stack(places_xy_m))
        ]

    def _finding(self, entry: _Entry, position: LatLon) -> Finding:
        part = self._parts[entry.number]
        is_dated = self._rules.departure_utc_s is not None
        message, remedy = word_finding(
            entry.code,
            entry.zone,
            entry.band,
            part=part.name or f"Leg {'home' if part.from_seq == 0 else part.from_seq} to {part.item_seq}",
            clearance_m=entry.clearance_m,
            rules=self._rules,
            hours=hours_words(entry.zone, entry.span_utc_s if is_dated else None),
        )
        if isinstance(part, SweptArea) and part.remedy:
            remedy = part.remedy
        return Finding(
            severity=Severity.ADVICE if entry.code in _ADVICE else Severity.VIOLATION,
            code=entry.code,
            message=message,
            remedy=remedy,
            item_seq=part.item_seq,
            from_seq=part.from_seq,
            zone_id=None if entry.zone is None else entry.zone.zone_id,
            clearance_m=entry.clearance_m,
            position=position,
        )
