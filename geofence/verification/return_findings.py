"""Findings on the way back: from where it fails first, by how much, and what would help."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geofence.local_frame import LocalFrame
from geofence.plane.boundary import deepest_points, filled_parts
from geofence.plane.planar_zones import PlanarZones
from geofence.verification.finding import Finding, FindingCode, Severity
from geofence.verification.leg import Leg
from geofence.verification.return_conflicts import TOUCH_M, Conflicts
from geofence.verification.return_policy import ReturnPolicy
from geofence.verification.return_ways import ReturnWays
from geofence.verification.return_words import word_overflow, word_return

_SAMPLES = 33
_BISECTIONS = 20
_MEASURED_WAYS = 24
_MEASURED_PLACES = 9

_BY_ALTITUDE = {FindingCode.RETURN_ABOVE, FindingCode.RETURN_BELOW_FLOOR}


class ReturnFindings:
    """Makes findings of conflicts.

    Parameters
    ----------
    legs : sequence of Leg
        What the ways count.
    frame : LocalFrame
    planar : PlanarZones
    policy : ReturnPolicy
    margin_m : float
    """

    def __init__(
        self,
        legs: Sequence[Leg],
        frame: LocalFrame,
        planar: PlanarZones,
        policy: ReturnPolicy,
        margin_m: float,
    ) -> None:
        self._legs = legs
        self._frame = frame
        self._planar = planar
        self._policy = policy
        self._margin_m = margin_m

    def of(self, ways: ReturnWays, conflicts: Conflicts) -> list[Finding]:
        """Make one finding for each zone."""
        return [
            self._finding(ways, conflicts, np.flatnonzero(conflicts.rows == row), int(row))
            for row in np.unique(conflicts.rows)
        ]

    def overflow(self, remembered: int) -> Finding:
        """Say from which leg on the flown path is forgotten."""
        leg = self._legs[remembered]
        message, remedy = word_overflow(leg)
        return Finding(
            Severity.ADVICE,
            FindingCode.RETURN_OVERFLOW,
            message,
            remedy,
            item_seq=leg.item_seq,
            from_seq=leg.from_seq,
            position=leg.start,
        )

    @staticmethod
    def each_once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Keep of each zone and cause the finding on the earliest leg, with the smallest clearance of all."""
        known: dict[tuple[FindingCode, str | None], Finding] = {}
        for finding in findings:
            key = (finding.code, finding.zone_id)
            if key not in known or (finding.item_seq or 0) < (known[key].item_seq or 0):
                known[key] = finding
        # A zone that is entered gets no finding about its margin.
        entered = {zone_id for code, zone_id in known if code is not FindingCode.RETURN_MARGIN}
        return tuple(
            finding
            for (code, zone_id), finding in known.items()
            if code is not FindingCode.RETURN_MARGIN or zone_id not in entered
        )

    def _finding(
        self, ways: ReturnWays, conflicts: Conflicts, members: NDArray[np.int64], row: int
    ) -> Finding:
        chosen = conflicts.ways[members]
        order = np.lexsort((ways.first[chosen], ways.numbers[chosen]))
        chosen = chosen[order]
        excess_m = conflicts.excess_m[members]
        number = int(ways.numbers[chosen[0]])
        way, xy_m = self._first_place(ways, chosen[ways.numbers[chosen] == number], conflicts, row)
        clearance_m = self._clearance_m(ways, chosen, conflicts, row, excess_m)
        layer = conflicts.layer
        if layer is not None and row < 0:
            row = layer.nearest_row(xy_m)
        zone = None if layer is None else layer.zones[row]
        leg = self._legs[number]
        seqs = {(self._legs[n].from_seq, self._legs[n].item_seq) for n in ways.numbers[chosen]}
        message, remedy = word_return(
            conflicts.code,
            self._policy,
            leg,
            zone,
            None if layer is None else layer.volumes[row].band,
            kind=ways.kinds[way],
            alt_rel_m=float(ways.most_rel_m[way]),
            clearance_m=clearance_m,
            margin_m=self._margin_m,
            more_legs=len(seqs) - 1,
        )
        return Finding(
            severity=Severity.ADVICE if conflicts.code is FindingCode.RETURN_ADVISORY else Severity.VIOLATION,
            code=conflicts.code,
            message=message,
            remedy=remedy,
            item_seq=leg.item_seq,
            from_seq=leg.from_seq,
            zone_id=None if zone is None else zone.zone_id,
            clearance_m=clearance_m,
            position=self._frame.position(float(xy_m[0]), float(xy_m[1])),
        )

    def _first_place(
        self, ways: ReturnWays, chosen: NDArray[np.int64], conflicts: Conflicts, row: int
    ) -> tuple[int, NDArray[np.float64]]:
        """Find the first place of a leg from which a way fails; the way, and the place in the plane."""
        fails = self._failing(conflicts, row)
        first = int(chosen[0])
        if fails is None:
            return first, ways.starts_xy_m[first]
        fractions = np.linspace(0.0, 1.0, _SAMPLES)
        for way in chosen:
            ways_of = np.full(_SAMPLES, way)
            failing = np.flatnonzero(fails(ways.lines(ways_of, fractions)))
            if not len(failing):
                continue
            high = float(fractions[failing[0]])
            low = float(fractions[max(failing[0] - 1, 0)])
            for _ in range(_BISECTIONS):
                middle = 0.5 * (low + high)
                if fails(ways.lines(ways_of[:1], np.array([middle])))[0]:
                    high = middle
                else:
                    low = middle
            return int(way), ways.places_xy_m(ways_of[:1], np.array([high]))[0]
        return first, ways.starts_xy_m[first]

    def _failing(
        self, conflicts: Conflicts, row: int
    ) -> Callable[[NDArray[np.object_]], NDArray[np.bool_]] | None:
        """Give the question whether a single way back fails; None where all from the leg do."""
        margin_m = max(self._margin_m - TOUCH_M, TOUCH_M)
        is_close = conflicts.code is FindingCode.RETURN_MARGIN
        if conflicts.area is not None:
            area = shapely.buffer(conflicts.area, TOUCH_M, join_style="mitre")
            shapely.prepare(area)
            edge = shapely.boundary(conflicts.area)
            if is_close:
                return lambda lines: np.asarray(shapely.distance(lines, edge) < margin_m)
            return lambda lines: ~np.asarray(shapely.covers(area, lines))
        if conflicts.layer is None or conflicts.code is FindingCode.RETURN_ADVISORY:
            return None
        zone_area = conflicts.layer.areas_xy_m[row]
        reach_m = margin_m if is_close else 0.0
        return lambda lines: np.asarray(shapely.distance(lines, zone_area) <= reach_m)

    def _clearance_m(
        self,
        ways: ReturnWays,
        chosen: NDArray[np.int64],
        conflicts: Conflicts,
        row: int,
        excess_m: NDArray[np.float64],
    ) -> float | None:
        """Measure the worst of the ways, of many ways the worst of some."""
        code = conflicts.code
        if code in _BY_ALTITUDE:
            return -float(excess_m.max())
        if code in {FindingCode.RETURN_MARGIN, FindingCode.RETURN_TERRAIN}:
            return float(excess_m.min())
        if code not in {FindingCode.RETURN_CROSSES, FindingCode.RETURN_OUTSIDE} or conflicts.layer is None:
            return None
        few = np.unique(chosen[np.linspace(0, len(chosen) - 1, _MEASURED_WAYS).astype(int)])
        fractions = np.tile(np.linspace(0.0, 1.0, _MEASURED_PLACES), len(few))
        lines = ways.lines(np.repeat(few, _MEASURED_PLACES), fractions)
        area = conflicts.area if conflicts.area is not None else conflicts.layer.areas_xy_m[row]
        if area.is_empty:
            return None
        is_outside = code is FindingCode.RETURN_OUTSIDE
        parts, _ = filled_parts(
            shapely.difference(lines, area) if is_outside else shapely.intersection(lines, area)
        )
        if not len(parts):
            return 0.0
        edge = shapely.boundary(area)
        depths_m, _ = deepest_points(parts, lambda xy_m, _: shapely.distance(shapely.points(xy_m), edge))
        return -float(depths_m.max())
