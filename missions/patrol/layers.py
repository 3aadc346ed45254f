"""Ways of a patrol at other altitudes than the pattern's: over what is low, under what is high."""

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import shapely
from shapely import MultiPolygon, Polygon

from geofence.local_frame import LocalFrame
from geofence.zone import ZoneKind
from geofence.zone_set import ZoneSet
from missions.patrol.request import PatrolRequest
from missions.patterns.pattern import ExpandingSquarePattern, SectorSearchPattern
from missions.plan.check import LEGAL_LIMIT_AGL_M
from missions.plan.plan import RouteKind
from missions.plan.waypoint import Waypoint
from missions.refusal import MissionError
from missions.transit import XY, path_length_m
from missions.transit.layered_path import LayeredPath, Place, climb_s
from missions.transit.layered_transit import LOWEST_REL_M, LayeredTransit
from missions.ways.copter_motion import CopterMotion

_CHANGE_S = 4.0
"""Lost at each change of altitude: it brakes, stops and speeds up again."""

_WORTH_S = 5.0
_BESIDE_M, _TOUCH_M = 1.0, 1e-3
_WAYS = (RouteKind.TRANSIT, RouteKind.VISIT)


def may_change_altitude(zones: ZoneSet, request: PatrolRequest) -> bool:
    """Whether other altitudes could be open where the pattern's is not, and the request leaves the choice."""
    if (
        request.keeps_level
        or request.following is not None
        or (request.drones > 1 and request.alt_step_m != 0.0)
    ):
        return False
    is_search = isinstance(request.pattern, ExpandingSquarePattern | SectorSearchPattern)
    if is_search:
        # It meets what drifts at a time that its way there decides.
        return False
    lowest_m, highest_m = _limits_rel_m(request)
    forbidden, allowed = (
        {
            volume.band.limits_rel_m(request.home_alt_amsl_m)
            for zone in zones.of_kind(kind)
            for volume in zone.volumes
        }
        for kind in (ZoneKind.EXCLUSION, ZoneKind.INCLUSION)
    )
    is_passed = any(floor_m > lowest_m or ceiling_m < highest_m for floor_m, ceiling_m in forbidden)
    return is_passed or len(allowed) > 1


def layers_of(
    zones: ZoneSet, request: PatrolRequest, frame: LocalFrame, clearance_m: float
) -> LayeredTransit:
    """Legal space at all altitudes that a patrol may use on its ways."""
    lowest_m, highest_m = _limits_rel_m(request)
    return LayeredTransit(
        zones,
        frame,
        margin_m=clearance_m,
        lowest_rel_m=lowest_m,
        highest_rel_m=highest_m,
        motion=CopterMotion(speed_m_s=request.flown_speed_m_s),
        home_alt_amsl_m=request.home_alt_amsl_m,
    )


def _limits_rel_m(request: PatrolRequest) -> tuple[float, float]:
    low_m, high_m = request.flown_alts_rel_m
    return min(LOWEST_REL_M, low_m), max(LEGAL_LIMIT_AGL_M, high_m)


class AltitudeChanges:
    """Flies the ways of a flight at the altitudes at which they are fastest; what is flown for the pattern stays.

    Parameters
    ----------
    layers : callable
        Makes legal space at all altitudes, asked for where a way is long enough to gain by it.
    pad, entry : (float, float)
        The pad, and the place of legal space at the pattern's altitude that is nearest to it.
    legal : Polygon or MultiPolygon
        At the pattern's altitude; ways that leave it have to be changed.
    kept_xy_m : collection of (float, float)
        Places that are visited, whatever leads there.
    speed_m_s : float
    """

    def __init__(
        self,
        layers: Callable[[], LayeredTransit],
        pad: XY,
        entry: XY,
        *,
        legal: Polygon | MultiPolygon,
        kept_xy_m: frozenset[XY],
        speed_m_s: float,
    ) -> None:
        self._layers = layers
        self._pad, self._entry = pad, entry
        # The way from a pad nearer to a border is verified by itself.
        stub = shapely.buffer(shapely.linestrings([pad, entry]), _BESIDE_M)
        self._legal = shapely.union(shapely.buffer(legal, _TOUCH_M), stub)
        shapely.prepare(self._legal)
        self._kept_xy_m = kept_xy_m
        self._motion = CopterMotion(speed_m_s=speed_m_s)

    def of(self, flight: Sequence[Waypoint]) -> tuple[Waypoint, ...]:
        """Return the flight with its ways changed.

        Raises
        ------
        MissionError
            The pattern can be reached at no altitude.
        """
        flown: list[Waypoint] = [flight[0]]
        for first, last in self._stretches(flight):
            legs = flight[first : last + 1]
            changed = self._changed(legs, first == 0, last == len(flight) - 1)
            stretch = list(legs) if changed is None else changed
            begin, before = stretch[0], flown[-1]
            flown[-1] = replace(before, alt_rel_m=begin.alt_rel_m, hold_s=max(before.hold_s, begin.hold_s))
            flown += stretch[1:]
        return tuple(flown)

    def _stretches(self, flight: Sequence[Waypoint]) -> Iterator[tuple[int, int]]:
        """Give the indices of the waypoints that a way leads from and to; a single leg of the pattern is one too."""
        first = 0
        for index, waypoint in enumerate(flight[1:], start=1):
            is_bend = (
                waypoint.kind in _WAYS
                and not waypoint.is_stop
                and waypoint.xy_m not in self._kept_xy_m
                and index + 1 < len(flight)
                and flight[index + 1].kind in _WAYS
            )
            if not is_bend:
                yield first, index
                first = index

    def _changed(self, legs: Sequence[Waypoint], is_first: bool, is_last: bool) -> list[Waypoint] | None:
        """Return a faster way, or the only one; None where there is none."""
        start, end = legs[0], legs[-1]
        if end.kind not in _WAYS:
            return None
        line = [waypoint.xy_m for waypoint in legs]
        is_barred = not shapely.covers(self._legal, shapely.linestrings(line))
        level_s = path_length_m(line) / self._motion.speed_m_s
        straight_s = math.dist(start.xy_m, end.xy_m) / self._motion.speed_m_s
        if not is_barred and level_s - straight_s < 2.0 * _CHANGE_S + _WORTH_S:
            return None
        try:
            path, level_s = self._path(legs, level_s, is_first, is_last)
        except MissionError:
            if is_barred:
                raise
            return None
        changes = sum(a.alt_rel_m != b.alt_rel_m for a, b in itertools.pairwise(path.places))
        if not is_barred and path.time_s + changes * _CHANGE_S + _WORTH_S > level_s:
            return None
        return self._waypoints(path, legs, is_first, is_last)

    def _path(
        self, legs: Sequence[Waypoint], level_s: float, is_first: bool, is_last: bool
    ) -> tuple[LayeredPath, float]:
        """Fastest path at all altitudes, and the time of the level one with its climb and descent."""
        layers = self._layers()
        start, end = legs[0], legs[-1]
        ends = []
        for waypoint, is_pad in ((start, is_first), (end, is_last)):
            if not is_pad:
                ends.append(Place(waypoint.xy_m, waypoint.alt_rel_m))
            elif math.dist(self._pad, self._entry) > 0.0:
                ends.append(Place(self._entry, waypoint.alt_rel_m))
            else:
                ends.append(Place(self._pad, 0.0))
                level_s += (
                    climb_s(0.0, waypoint.alt_rel_m, self._motion)
                    if is_first
                    else climb_s(waypoint.alt_rel_m, 0.0, self._motion)
                )
        return layers.path(*ends), level_s

    def _waypoints(
        self, path: LayeredPath, legs: Sequence[Waypoint], is_first: bool, is_last: bool
    ) -> list[Waypoint]:
        start, end = legs[0], legs[-1]
        kind = end.kind
        way = [replace(waypoint, kind=kind) for waypoint in path.waypoints(self._layers().lowest_rel_m)]
        if is_first and way[0].xy_m != start.xy_m:
            way.insert(0, start)
        if is_last and way[-1].xy_m != end.xy_m:
            way.append(end)
        if not is_last:
            way[-1] = replace(end, hold_s=max(end.hold_s, way[-1].hold_s))
        return way
