"""What is wanted made into tasks: cut at the borders of legal space, long ways in pieces."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

import numpy as np
import shapely
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from geofence.local_frame import LocalFrame
from geofence.plane.legal_space import ROUNDING_M, LegalSpace
from geofence.verification.finding import Finding
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet
from missions.fleet.fleet_ground import SAME_M
from missions.fleet.patrol_window import PatrolWindow
from missions.fleet.pieces import Reach, piece_length_m, pieces_of
from missions.fleet.schedule import Unserved
from missions.fleet.task import Task
from missions.fleet.wanted import SharedPattern, Wanted, WantedPattern
from missions.patterns.area import area_runs
from missions.patterns.corridor import corridor_area, corridor_cuts
from missions.patterns.extent import extent_xy_m
from missions.patterns.left_out import not_flown
from missions.patterns.look import look_ahead, look_at
from missions.patterns.orbit import orbit_cut
from missions.patterns.pattern import (
    AreaPattern,
    CorridorPattern,
    OrbitPattern,
    PerimeterPattern,
    SpiralPattern,
)
from missions.patterns.perimeter import perimeter_cut
from missions.patterns.run import CutLine, Run, cut_line, drawn, run_length_m
from missions.patterns.space import PatternSpace
from missions.plan.plan import RouteKind
from missions.refusal import MissionError
from missions.transit import XY, Transit, polygons_of

_SEEN_ELSEWHERE = 1e-3
_NO_WAY = "no part of it can be reached from the pads without leaving legal space"


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be seen for one wanted pattern.

    Parameters
    ----------
    name : str
    area : MultiPolygon
        Metres.
    swath_m : float
    zone_id : str
        For findings; empty where it has none.
    """

    name: str
    area: MultiPolygon
    swath_m: float
    zone_id: str = ""


@dataclass(slots=True)
class WantedTasks:
    """Tasks of all that is wanted.

    Parameters
    ----------
    tasks : list of Task
    unserved : list of Unserved
        What nothing can be flown of.
    findings : list of Finding
        On what of the others is not flown.
    targets : list of Target
    swaths_m : dict
        By id of the task, of those that see a width.
    """

    tasks: list[Task] = field(default_factory=list)
    unserved: list[Unserved] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    swaths_m: dict[str, float] = field(default_factory=dict)


def extent_of(
    one: Wanted | WantedPattern, zones: ZoneSet, frame: LocalFrame, pad: XY, *, alt_m: float
) -> BaseGeometry:
    """Where something is flown, legal or not, metres.

    Raises
    ------
    GeofenceError
        There is no such zone.
    """
    if isinstance(one, Wanted):
        points = [frame.point_xy_m(place) for place in one.places]
        return shapely.LineString(points) if len(points) > 1 else shapely.Point(points[0])
    pattern = one.pattern
    match pattern:
        case AreaPattern():
            return frame.project(zones.get(pattern.zone_id).area)
        case PerimeterPattern():
            border = shapely.boundary(frame.project(zones.get(pattern.zone_id).area))
            return shapely.buffer(border, 0.5 * pattern.swath_m)
        case CorridorPattern() | OrbitPattern() | SpiralPattern():
            return extent_xy_m(pattern, frame, pad, alt_rel_m=alt_m, speed_m_s=1.0)
        case _:
            assert_never(pattern)


def tasks_of(
    wanted: Sequence[Wanted | WantedPattern],
    zones: ZoneSet,
    space: PatternSpace,
    window: PatrolWindow,
    reach: Reach,
    *,
    home_alt_amsl_m: float | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> WantedTasks:
    """Make tasks of what is wanted; what nothing is left of cannot be served, and says why.

    Parameters
    ----------
    wanted : sequence of Wanted or WantedPattern
    zones : ZoneSet
    space : PatternSpace
        At the lowest layer.
    window : PatrolWindow
    reach : Reach
    home_alt_amsl_m : float, optional
        Of the pads' common level.
    on_progress : callable, optional
        Told the share done.

    Raises
    ------
    MissionError
        What is wanted can never be flown so, whatever is legal.
    GeofenceError
        There is no such zone.
    """
    makers = _Maker(zones, space, window, home_alt_amsl_m)
    made = WantedTasks()
    runs: list[tuple[WantedPattern, list[Run]]] = []
    for number, one in enumerate(wanted):
        if on_progress is not None:
            on_progress(number / len(wanted))
        if isinstance(one, Wanted):
            makers.add_line(one, made)
        else:
            runs.append((one, makers.runs_of(one, made)))
    total_m = sum(run_length_m(run) for _, found in runs for run in found)
    piece_m = piece_length_m(total_m, len(reach.drones))
    for one, found in runs:
        pieces = [
            (piece, run[-1].kind)
            for run in found
            for piece in pieces_of([waypoint.xy_m for waypoint in run], piece_m, reach.allows)
        ]
        makers.add_pieces(one, pieces, made)
    return made


class _Maker:
    """Makes tasks of one fleet's wishes."""

    def __init__(
        self, zones: ZoneSet, space: PatternSpace, window: PatrolWindow, home_alt_amsl_m: float | None
    ) -> None:
        self._zones, self._space, self._window = zones, space, window
        self._home_alt_amsl_m = home_alt_amsl_m
        self._inside = shapely.buffer(space.transit.area, -SAME_M, join_style="mitre")
        self._inner: PatternSpace | None = None
        self._free: BaseGeometry | None = None

    @property
    def inner(self) -> PatternSpace:
        """The space whose ways lie wholly inside of the fleet's own, as tasks have to."""
        if self._inner is None:
            transit = Transit(self._inside, self._space.entry)
            self._inner = replace(self._space, transit=transit)
        return self._inner

    def _seconds(self, one: Wanted | WantedPattern) -> tuple[float, float]:
        if one.window is None:
            return 0.0, math.inf
        return self._window.seconds(one.window, place=f"window of {one.name}")

    def add_line(self, one: Wanted, made: WantedTasks) -> None:
        """Cut a line to legal space, or take a place that is legal."""
        space = self._space
        points = [space.frame.point_xy_m(place) for place in one.places]
        pieces = [tuple(points)]
        if len(points) > 1:
            cut = cut_line(drawn(points, RouteKind.LINE, space.alt_rel_m), self._inside)
            pieces = [tuple(waypoint.xy_m for waypoint in run) for run in cut.runs]
            if pieces:
                made.findings += not_flown(space, cut.left_out, one.name)
        elif not shapely.intersects_xy(space.transit.area, np.array(points)).all():
            pieces = []
        if not pieces:
            remedy = "Move it, lower the margin, or take another altitude"
            made.unserved.append(Unserved(one.name, _NO_WAY, remedy))
        for name, piece in zip(_names(one.name, len(pieces)), pieces, strict=True):
            made.tasks.append(
                Task(
                    name,
                    piece,
                    RouteKind.LINE if len(points) > 1 else RouteKind.VISIT,
                    is_reversible=not one.is_one_way,
                    dwell_s=float(math.ceil(one.dwell_s)),  # ArduCopter keeps whole seconds
                    window_s=self._seconds(one),
                    priority=one.priority,
                    needs=one.needs,
                )
            )

    def add_pieces(
        self, one: WantedPattern, pieces: Sequence[tuple[tuple[XY, ...], RouteKind]], made: WantedTasks
    ) -> None:
        """Make a task of each piece of a pattern."""
        pattern = one.pattern
        is_round = isinstance(pattern, OrbitPattern | SpiralPattern)
        for name, (piece, kind) in zip(_names(one.name, len(pieces)), pieces, strict=True):
            made.tasks.append(
                Task(
                    name,
                    piece,
                    kind,
                    is_reversible=not is_round and not isinstance(pattern, PerimeterPattern),
                    window_s=self._seconds(one),
                    priority=one.priority,
                    needs=one.needs,
                    actions=(
                        (look_at(pattern.centre, pattern.look_alt_rel_m),)
                        if isinstance(pattern, OrbitPattern | SpiralPattern)
                        else ()
                    ),
                    end_actions=(look_ahead(),) if is_round else (),
                )
            )
            if isinstance(pattern, AreaPattern | CorridorPattern):
                made.swaths_m[name] = pattern.swath_m

    def runs_of(self, one: WantedPattern, made: WantedTasks) -> list[Run]:
        """Give what is to be flown for a pattern; nothing, with its reason, where that cannot be."""
        pattern = one.pattern
        if isinstance(pattern, AreaPattern):
            _refuse_not_inside(self._zones.get(pattern.zone_id))
        space = replace(self.inner, zone_id=_zone_id(pattern))
        try:
            match pattern:
                case AreaPattern():
                    return self._area(one, pattern, space, made)
                case CorridorPattern():
                    cuts = corridor_cuts(pattern, space)
                    made.findings += _not_flown(cuts, space, one.name)
                    seen = shapely.intersection(corridor_area(pattern, space.frame), self._flyable())
                    made.targets.append(Target(one.name, _parts(seen), pattern.swath_m))
                    return [run for cut in cuts for run in cut.runs]
                case PerimeterPattern():
                    zone = self._zones.get(pattern.zone_id)
                    is_outside = zone.kind is not ZoneKind.INCLUSION
                    area = space.frame.project(zone.area)
                    cut = perimeter_cut(pattern, space, area, is_outside=is_outside)
                case OrbitPattern() | SpiralPattern():
                    cut = orbit_cut(pattern, space)
                case _:
                    assert_never(pattern)
        except MissionError as refusal:
            made.unserved.append(Unserved(one.name, refusal.what, refusal.remedy))
            return []
        made.findings += _not_flown([cut], space, one.name)
        return list(cut.runs)

    def _area(
        self, one: WantedPattern, pattern: AreaPattern, space: PatternSpace, made: WantedTasks
    ) -> list[Run]:
        """Cover an area, less what other areas' drones see already."""
        zone = self._zones.get(pattern.zone_id)
        area = space.frame.project(zone.area)
        target = _parts(shapely.intersection(area, self._flyable()))
        if target.is_empty:
            raise MissionError(
                f"no place of it may be flown over at {space.alt_rel_m:g} m",
                remedy="Exclusion zones or other altitude limits cover it whole; choose another altitude or zone",
            )
        made.targets.append(Target(one.name, target, pattern.swath_m, zone.zone_id))
        others = [known.area for known in made.targets[:-1] if known.swath_m <= pattern.swath_m]
        rest = _parts(shapely.difference(target, shapely.union_all(others))) if others else target
        if rest.area < _SEEN_ELSEWHERE * target.area:
            return []
        return area_runs(pattern, space, rest, area)

    def _flyable(self) -> BaseGeometry:
        """Where flight is legal without a margin."""
        if self._free is None:
            space = self._space
            legal = LegalSpace(
                self._zones,
                frame=space.frame,
                alt_rel_m=space.alt_rel_m,
                margin_m=0.0,
                home_alt_amsl_m=self._home_alt_amsl_m,
            )
            self._free = shapely.buffer(legal.area_xy_m, ROUNDING_M, join_style="mitre")
        return self._free


def _refuse_not_inside(zone: Zone) -> None:
    if zone.kind is not ZoneKind.INCLUSION:
        raise MissionError(
            f"an area patrol flies inside, and this is an {zone.kind.value} zone",
            place=f"zone {zone.zone_id}",
            remedy="Choose an inclusion zone, or the perimeter pattern",
        )


def _zone_id(pattern: SharedPattern) -> str:
    return pattern.zone_id if isinstance(pattern, AreaPattern | PerimeterPattern) else ""


def _names(name: str, count: int) -> list[str]:
    return [name] if count == 1 else [f"{name} ({number}/{count})" for number in range(1, count + 1)]


def _not_flown(cuts: Sequence[CutLine], space: PatternSpace, name: str) -> Iterator[Finding]:
    return not_flown(space, (line for cut in cuts for line in cut.left_out), name)


def _parts(area: BaseGeometry) -> MultiPolygon:
    return MultiPolygon(polygons_of(area))
