"""Whether a route may be flown, leg by leg."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPoint
from shapely.geometry.base import BaseGeometry

from geofence.altitude_band import UNBOUNDED
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.plane.boundary import Boundary, deepest_points, filled_parts
from geofence.plane.planar_zones import ALTITUDE_TOLERANCE_M, PlanarZones, ZoneLayer
from geofence.refusal import GeofenceError
from geofence.terrain import Terrain
from geofence.verification.finding import Finding, FindingCode, Severity
from geofence.verification.finding_words import word_finding
from geofence.verification.leg import Leg
from geofence.verification.planar_route import PlanarRoute
from geofence.zone_set import ZoneSet

TOUCH_M = 0.001
"""Closer than this to a boundary is on it: neither a violation nor short of the margin."""

_Points = NDArray[np.float64]
_Distances = NDArray[np.float64]

_FIRST_RADIUS_M = 100.0
_LAST_RADIUS_M = 1e7

CLEARANCE_REACH_M = 10_000.0
"""Forbidden space farther off than this is not looked for."""


@dataclass(frozen=True, slots=True)
class LegMargin:
    """How far one stretch between two items keeps from what is forbidden.

    Parameters
    ----------
    from_seq, item_seq : int
    clearance_m : float or None
        Least horizontal distance to forbidden space at its altitudes and times, negative where it enters; None
        where nothing is forbidden within `CLEARANCE_REACH_M`.
    zone_id : str or None
        The zone that is nearest.
    position : LatLon or None
        Where on the leg.
    low_alt_rel_m, high_alt_rel_m : float
    ground_clearance_m : float or None
        Least height above the ground, take-off and landing aside; None without terrain.
    """

    from_seq: int
    item_seq: int
    clearance_m: float | None
    zone_id: str | None
    position: LatLon | None
    low_alt_rel_m: float
    high_alt_rel_m: float
    ground_clearance_m: float | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification found.

    Parameters
    ----------
    findings : tuple of Finding
        In the order of the legs; empty where there is nothing to say.
    min_clearance_m : float or None
        The smallest distance of any leg to forbidden space, negative where it enters; None without zones.
    legs : tuple of LegMargin
        One for each pair of items, in the order of the legs.
    """

    findings: tuple[Finding, ...]
    min_clearance_m: float | None
    legs: tuple[LegMargin, ...] = ()

    @property
    def is_legal(self) -> bool:
        """Whether no finding forbids the flight."""
        return all(finding.severity is not Severity.VIOLATION for finding in self.findings)


def verify_legs(
    legs: Sequence[Leg],
    zones: ZoneSet,
    *,
    margin_m: float,
    legal_limit_agl_m: float | None = 120.0,
    home_alt_amsl_m: float | None = None,
    departure_utc_s: tuple[float, float] | None = None,
    terrain: Terrain | None = None,
    ground_clearance_m: float = 5.0,
) -> Verification:
    """Verify every leg against every zone, in three dimensions.

    A climbing leg is inside a banded zone only on the stretch within its band. Bands include their floor and
    their ceiling. Altitudes above ground are taken as altitudes above home (level ground is assumed); those
    above mean sea level need `home_alt_amsl_m`, and without it an exclusion zone holds at all altitudes and
    an inclusion zone gives a finding. Where inclusion zones touch there is no boundary between them. The floor
    of an inclusion zone holds for level and sloping legs, not for vertical ones: take-off and landing pass it.

    Parameters
    ----------
    legs : sequence of Leg
    zones : ZoneSet
    margin_m : float
        The least distance to exclusion zones and to the edge of the inclusion zones.
    legal_limit_agl_m : float or None
        The altitude no leg may exceed; None lifts the limit.
    home_alt_amsl_m : float or None
    departure_utc_s : (float, float) or None
        Earliest and latest departure, seconds since 1970. Where it or the time of a leg is not known, zones that
        hold at times only are taken as in force where they forbid and as out of force where they allow.
    terrain : Terrain or None
        The ground; without it, it is level with home.
    ground_clearance_m : float
        The least height above terrain.

    Returns
    -------
    Verification
        One finding for each leg, zone and cause; a zone that is violated gets no finding about its margin.

    Raises
    ------
    GeofenceError
        For a margin that is no distance.
    """
    if not 0.0 <= margin_m < math.inf:
        raise GeofenceError(
            f"the margin {margin_m:g} m is not a distance", remedy="Give a margin of 0 m or more"
        )
    if not legs:
        return Verification((), None)
    return _Verifier(legs, zones, margin_m, legal_limit_agl_m, home_alt_amsl_m).verify()


class _Verifier:
    def __init__(
        self,
        legs: Sequence[Leg],
        zones: ZoneSet,
        margin_m: float,
        legal_limit_agl_m: float | None,
        home_alt_amsl_m: float | None,
    ) -> None:
        self.legs = legs
        self.margin_m = margin_m
        self.legal_limit_agl_m = legal_limit_agl_m
        self.frame = LocalFrame.around(place for leg in legs for place in (leg.start, leg.end))
        self.planar = PlanarZones(zones, self.frame, home_alt_amsl_m)
        self.route = PlanarRoute(legs, self.frame)
        self.found: dict[tuple[int, str | None, FindingCode], Finding] = {}
        self.min_clearance_m: float | None = None

    def verify(self) -> Verification:
        self._verify_limit()
        self._verify_exclusions()
        if len(self.planar.inclusions):
            self._verify_inclusions()
        self._note_advisories()
        # Grouped by leg, violations first: within a leg the order of the checks is kept.
        order = sorted(
            self.found.items(), key=lambda item: (item[0][0], item[1].severity is not Severity.VIOLATION)
        )
        return Verification(tuple(finding for _, finding in order), self.min_clearance_m)

    def _verify_limit(self) -> None:
        if self.legal_limit_agl_m is None:
            return
        tops = np.maximum(self.route.start_alts_rel_m, self.route.end_alts_rel_m)
        for number in np.flatnonzero(tops > self.legal_limit_agl_m + ALTITUDE_TOLERANCE_M):
            xy_m = (
                self.route.ends_xy_m[number]
                if self.route.end_alts_rel_m[number] >= self.route.start_alts_rel_m[number]
                else self.route.starts_xy_m[number]
            )
            excess_m = float(tops[number]) - self.legal_limit_agl_m
            self._add(int(number), None, 0, FindingCode.ABOVE_LEGAL_LIMIT, -excess_m, xy_m)

    def _verify_exclusions(self) -> None:
        layer = self.planar.exclusions
        if not len(layer):
            return
        numbers, zone_numbers, pieces, distances_m = self._pieces_near(layer, self.margin_m)
        inside = self._depths(layer, numbers, zone_numbers, pieces, distances_m, FindingCode.INSIDE_EXCLUSION)
        for index in np.flatnonzero((distances_m < self.margin_m - TOUCH_M) & ~inside):
            row = int(zone_numbers[index])
            nearest = shapely.shortest_line(pieces[index], layer.areas_xy_m[row])
            xy_m = shapely.get_coordinates(nearest)[0]
            self._add(int(numbers[index]), layer, row, FindingCode.MARGIN, float(distances_m[index]), xy_m)
        radius_m = max(self.margin_m, _FIRST_RADIUS_M)
        lows = np.minimum(self.route.start_alts_rel_m, self.route.end_alts_rel_m)[:, None]
        highs = np.maximum(self.route.start_alts_rel_m, self.route.end_alts_rel_m)[:, None]
        is_ever_met = np.any((lows <= layer.ceilings_rel_m) & (layer.floors_rel_m <= highs))
        while is_ever_met and not len(distances_m) and radius_m < _LAST_RADIUS_M:
            distances_m = self._pieces_near(layer, radius_m)[3]
            radius_m *= 10.0
        if len(distances_m):
            self._narrow(float(distances_m.min()))

    def _note_advisories(self) -> None:
        layer = self.planar.advisories
        if len(layer):
            self._depths(layer, *self._pieces_near(layer, 0.0), FindingCode.ADVISORY)

    def _pieces_near(
        self, layer: ZoneLayer, radius_m: float
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.object_], NDArray[np.float64]]:
        """Pair legs with zones within a radius; the piece of the leg within the zone's band, its distance."""
        numbers, zone_numbers = layer.tree.query(
            self.route.lines, predicate="dwithin", distance=radius_m + TOUCH_M
        )
        first, last = self.route.fractions_within(
            numbers, layer.floors_rel_m[zone_numbers], layer.ceilings_rel_m[zone_numbers]
        )
        is_within = first <= last
        numbers, zone_numbers = numbers[is_within], zone_numbers[is_within]
        pieces = self.route.pieces(numbers, first[is_within], last[is_within])
        distances_m = shapely.distance(pieces, layer.areas_xy_m[zone_numbers])
        is_near = distances_m <= radius_m + TOUCH_M
        return numbers[is_near], zone_numbers[is_near], pieces[is_near], distances_m[is_near]

    def _depths(
        self,
        layer: ZoneLayer,
        numbers: NDArray[np.int64],
        zone_numbers: NDArray[np.int64],
        pieces: NDArray[np.object_],
        distances_m: NDArray[np.float64],
        code: FindingCode,
    ) -> NDArray[np.bool_]:
        """Add a finding for every piece that enters its zone; returns which do."""
        is_inside = np.zeros(len(numbers), dtype=bool)
        meeting = np.flatnonzero(distances_m == 0.0)
        if not len(meeting):
            return is_inside
        areas = layer.areas_xy_m[zone_numbers[meeting]]
        parts, part_of = filled_parts(shapely.intersection(pieces[meeting], areas))
        edges = shapely.boundary(areas)[part_of]
        depths_m, places = deepest_points(
            parts, lambda xy_m, n: shapely.distance(shapely.points(xy_m), edges[n])
        )
        for depth_m, xy_m, index in zip(depths_m, places, meeting[part_of], strict=True):
            if depth_m > TOUCH_M:
                is_inside[index] = True
                self._add(int(numbers[index]), layer, int(zone_numbers[index]), code, -float(depth_m), xy_m)
        return is_inside

    def _verify_inclusions(self) -> None:
        layer = self.planar.inclusions
        numbers, first, last = self.route.stretches(
            np.concatenate((layer.floors_rel_m, layer.ceilings_rel_m))
        )
        alts = (
            self.route.start_alts_rel_m[numbers]
            + 0.5 * (first + last) * (self.route.end_alts_rel_m - self.route.start_alts_rel_m)[numbers]
        )
        is_allowing = alts[:, None] <= layer.ceilings_rel_m + ALTITUDE_TOLERANCE_M
        is_allowing &= (alts[:, None] >= layer.floors_rel_m - ALTITUDE_TOLERANCE_M) | self.route.is_vertical[
            numbers, None
        ]
        pieces = self.route.pieces(numbers, first, last)
        margins: dict[int, tuple[float, NDArray[np.float64], int]] = {}
        violating: set[int] = set()
        choices, choice_of = np.unique(is_allowing, axis=0, return_inverse=True)
        for choice, is_chosen in enumerate(choices):
            members = np.flatnonzero(choice_of.reshape(-1) == choice)
            area = layer.union_xy_m(is_chosen)
            shapely.prepare(area)
            is_covered = shapely.covers(area, pieces[members])
            leaving = members[~is_covered]
            outside = self._leave(area, is_chosen, numbers[leaving], pieces[leaving])
            violating.update(int(number) for number in numbers[leaving][outside])
            staying = np.concatenate((members[is_covered], leaving[~outside]))
            if not len(staying):
                continue
            boundary = Boundary(area)
            edges, distances_m = boundary.nearest(pieces[staying])
            distances_m[len(members[is_covered]) :] = 0.0
            self._narrow(float(distances_m.min()))
            for index in np.flatnonzero(distances_m < self.margin_m - TOUCH_M):
                number, distance_m = int(numbers[staying[index]]), float(distances_m[index])
                if number not in margins or distance_m < margins[number][0]:
                    nearest = shapely.shortest_line(pieces[staying[index]], boundary.edges[edges[index]])
                    here, there = shapely.get_coordinates(nearest)
                    margins[number] = (distance_m, here, layer.nearest_row(there, is_chosen))
        for number, (distance_m, xy_m, row) in margins.items():
            if number not in violating:
                self._add(number, layer, row, FindingCode.MARGIN, distance_m, xy_m)

    def _leave(
        self,
        area: BaseGeometry,
        is_chosen: NDArray[np.bool_],
        numbers: NDArray[np.int64],
        pieces: NDArray[np.object_],
    ) -> NDArray[np.bool_]:
        """Add findings for pieces that are not covered by the allowed area; returns which leave it."""
        is_outside = np.zeros(len(numbers), dtype=bool)
        if not len(numbers):
            return is_outside
        is_apart = shapely.disjoint(area, pieces)
        remains = pieces.copy()
        remains[~is_apart] = shapely.difference(pieces[~is_apart], area)
        parts, part_of = filled_parts(remains)
        distance = _distance_to(area, self.planar.inclusions, self.frame)
        depths_m, places = deepest_points(parts, lambda xy_m, _: distance(xy_m))
        # Where no zone allows the altitude there is no edge to touch.
        is_deep = (depths_m > TOUCH_M) | area.is_empty
        is_outside[part_of[is_deep]] = True
        parts, part_of, depths_m, places = (
            parts[is_deep],
            part_of[is_deep],
            depths_m[is_deep],
            places[is_deep],
        )
        self._leave_by_altitude(is_chosen, numbers[part_of], parts)
        rest = shapely.difference(
            parts, self.planar.inclusions.union_xy_m(np.ones(len(is_chosen), dtype=bool))
        )
        is_left = ~shapely.is_empty(rest)
        is_cut = is_left & ~shapely.equals(rest, parts)
        if is_cut.any():
            pieces_left, rest_of = filled_parts(rest[is_cut])
            deeper_m, deeper_places = deepest_points(pieces_left, lambda xy_m, _: distance(xy_m))
            for index, depth_m, xy_m in zip(
                np.flatnonzero(is_cut)[rest_of], deeper_m, deeper_places, strict=True
            ):
                self._add_outside(int(numbers[part_of[index]]), depth_m, xy_m)
        for index in np.flatnonzero(is_left & ~is_cut):
            self._add_outside(int(numbers[part_of[index]]), depths_m[index], places[index])
        return is_outside

    def _add_outside(self, number: int, depth_m: float, xy_m: NDArray[np.float64]) -> None:
        if depth_m > TOUCH_M:
            self._narrow(-float(depth_m))
            layer = self.planar.inclusions
            self._add(
                number, layer, layer.nearest_row(xy_m), FindingCode.OUTSIDE_INCLUSION, -float(depth_m), xy_m
            )

    def _leave_by_altitude(
        self, is_chosen: NDArray[np.bool_], numbers: NDArray[np.int64], parts: NDArray[np.object_]
    ) -> None:
        """Add a finding for each inclusion zone that a part runs through above its ceiling or below its floor."""
        layer = self.planar.inclusions
        part_numbers, zone_numbers = layer.tree.query(parts, predicate="intersects")
        for part_number, zone_number in zip(part_numbers, zone_numbers, strict=True):
            if is_chosen[zone_number]:
                continue
            number, row = int(numbers[part_number]), int(zone_number)
            shared = shapely.intersection(parts[part_number], layer.areas_xy_m[zone_number])
            floor_m, ceiling_m = layer.floors_rel_m[zone_number], layer.ceilings_rel_m[zone_number]
            places = shapely.get_coordinates(shared)
            alts = self.route.alts_at(number, places)
            if np.isnan(floor_m) or np.isnan(ceiling_m):
                self._add(number, layer, row, FindingCode.UNKNOWN_ALTITUDE, None, places[0])
                continue
            above_m, below_m = alts - ceiling_m, floor_m - alts
            code, excess_m = (
                (FindingCode.ABOVE_CEILING, above_m)
                if above_m.max() >= below_m.max()
                else (FindingCode.BELOW_FLOOR, below_m)
            )
            worst = int(np.argmax(excess_m))
            self._narrow(-float(excess_m[worst]))
            self._add(number, layer, row, code, -float(excess_m[worst]), places[worst])

    def _narrow(self, clearance_m: float) -> None:
        if self.min_clearance_m is None or clearance_m < self.min_clearance_m:
            self.min_clearance_m = clearance_m

    def _add(
        self,
        number: int,
        layer: ZoneLayer | None,
        row: int,
        code: FindingCode,
        clearance_m: float | None,
        xy_m: NDArray[np.float64],
    ) -> None:
        zone = None if layer is None else layer.zones[row]
        if code is FindingCode.INSIDE_EXCLUSION and clearance_m is not None:
            self._narrow(clearance_m)
        # However many zones a leg stays outside of, it leaves their union once.
        is_of_zone = zone is not None and code is not FindingCode.OUTSIDE_INCLUSION
        key = (number, zone.zone_id if zone is not None and is_of_zone else None, code)
        known = self.found.get(key)
        if known is not None and (clearance_m is None or (known.clearance_m or 0.0) <= clearance_m):
            return
        leg = self.legs[number]
        message, remedy = word_finding(
            code,
            zone,
            UNBOUNDED if layer is None else layer.volumes[row].band,
            from_seq=leg.from_seq,
            item_seq=leg.item_seq,
            clearance_m=clearance_m,
            margin_m=self.margin_m,
            legal_limit_agl_m=self.legal_limit_agl_m,
        )
        self.found[key] = Finding(
            severity=Severity.ADVICE if code is FindingCode.ADVISORY else Severity.VIOLATION,
            code=code,
            message=message,
            remedy=remedy,
            item_seq=leg.item_seq,
            from_seq=leg.from_seq,
            zone_id=None if zone is None else zone.zone_id,
            clearance_m=clearance_m,
            position=self.frame.position(float(xy_m[0]), float(xy_m[1])),
        )


def _distance_to(area: BaseGeometry, layer: ZoneLayer, frame: LocalFrame) -> Callable[[_Points], _Distances]:
    """Measure how far points outside an area lie from it; from the nearest zone, where it is empty."""
    if area.is_empty:
        area = layer.union_xy_m(np.ones(len(layer), dtype=bool))
    if not area.is_empty:
        boundary = Boundary(area)
        shapely.prepare(area)
        return lambda xy_m: np.where(shapely.intersects_xy(area, xy_m), 0.0, boundary.distances_m(xy_m))
    # Every zone is out of reach, hundreds of kilometres away: its vertices are near enough.
    lonlat = np.concatenate([shapely.get_coordinates(zone.area) for zone in layer.zones])
    vertices = MultiPoint(frame.xy_m(lonlat[:, 1], lonlat[:, 0]))
    return lambda xy_m: shapely.distance(shapely.points(xy_m), vertices)
