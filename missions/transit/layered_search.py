"""One query for a path at several altitudes."""

import heapq
import math
from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray

from geofence.local_frame import LocalFrame
from missions.refusal import MissionError
from missions.transit.layered_path import LayeredPath, Place, climb_s
from missions.transit.level_legs import LevelLegs
from missions.transit.polygons import XY, polygons_of
from missions.transit.tower import Tower, leads_through
from missions.transit.transit import named, refusal_of
from missions.ways.copter_motion import CopterMotion

_START, _END = 0, 1

State = tuple[int, int]
"""A place, the start, the end or one of the tower's, and a level."""


class LayeredSearch:
    """A* over places and levels.

    Parameters
    ----------
    tower : Tower
    start, end : Place
        Below the lowest level it is taken off or landed there.
    motion : CopterMotion
    frame : LocalFrame
        Lets refusals name positions.
    """

    def __init__(
        self, tower: Tower, start: Place, end: Place, motion: CopterMotion, frame: LocalFrame
    ) -> None:
        self._tower, self._motion, self._frame = tower, motion, frame
        self._start, self._end = start, end
        self._places = np.vstack(([start.xy_m, end.xy_m], tower.places_xy_m))
        self._ahead_s = np.hypot(*(self._places - end.xy_m).T) / motion.speed_m_s
        self._to_end: dict[int, NDArray[np.float64]] = {}

    def path(self) -> LayeredPath:
        """Find it.

        Raises
        ------
        MissionError
            An end is not legal, or there is no way.
        """
        starts, ends = self._levels_at(self._start), self._levels_at(self._end)
        states = self._fastest(starts, ends)
        legs = LevelLegs(self._tower, self._start, self._end, self._motion, self._frame)
        return legs.path([(self._xy(place), level) for place, level in states])

    def _joins_ground(self, place: Place) -> bool:
        return place.alt_rel_m < self._tower.alts_rel_m[0]

    def _levels_at(self, place: Place) -> list[int]:
        """Levels that an end of the path leads to straight up, or lies at."""
        tower, joins_ground = self._tower, self._joins_ground(place)
        found = []
        for level, (alt_rel_m, ways) in enumerate(zip(tower.alts_rel_m, tower.ways, strict=True)):
            if ways is None or not ways.covers(place.xy_m):
                continue
            if joins_ground:
                column = tower.levels.between(place.alt_rel_m, alt_rel_m, meets_ground=True)
                if leads_through(column, place.xy_m):
                    found.append(level)
            elif alt_rel_m == place.alt_rel_m:
                found.append(level)
        if not found:
            raise self._not_legal(place)
        return found

    def _not_legal(self, place: Place) -> MissionError:
        joins_ground = self._joins_ground(place)
        top_m = self._tower.alts_rel_m[0] if joins_ground else place.alt_rel_m
        area = self._tower.levels.between(place.alt_rel_m, top_m, meets_ground=joins_ground)
        where = named(place.xy_m, self._frame)
        doing = f"to take off or land, up to {top_m:g} m" if joins_ground else f"to fly at {top_m:g} m"
        if area.is_empty:
            return MissionError(
                f"it is nowhere legal {doing}",
                place=where,
                remedy="Choose another altitude, or lower the margins",
            )
        x, y = shapely.get_coordinates(shapely.shortest_line(shapely.points(place.xy_m), area))[-1]
        far_m = math.dist(place.xy_m, (x, y))
        return MissionError(
            f"it is not legal there {doing}: {far_m:.3g} m outside legal space",
            place=where,
            remedy=f"Move it to {named((float(x), float(y)), self._frame)} or farther inside, or change the altitude",
        )

    def _fastest(self, starts: list[int], ends: list[int]) -> list[State]:
        alts_m, motion = self._tower.alts_rel_m, self._motion
        so_far_s: dict[State, float] = {}
        before: dict[State, State | None] = {}
        queue: list[tuple[float, State]] = []

        def relax(state: State, seconds: float, origin: State | None) -> None:
            if seconds < so_far_s.get(state, math.inf) - 1e-12:
                so_far_s[state], before[state] = seconds, origin
                rest_s = climb_s(alts_m[state[1]], self._end.alt_rel_m, motion)
                heapq.heappush(queue, (seconds + float(self._ahead_s[state[0]]) + rest_s, state))

        for level in starts:
            relax((_START, level), climb_s(self._start.alt_rel_m, alts_m[level], motion), None)
        done: set[State] = set()
        while queue:
            _, state = heapq.heappop(queue)
            if state in done:
                continue
            done.add(state)
            place, level = state
            if place == _END and level in ends:
                return list(_back_from(state, before))[::-1]
            seconds = so_far_s[state]
            for other in (level - 1, level + 1):
                if 0 <= other < len(alts_m) and self._tower.is_open_at(self._xy(place), min(level, other)):
                    relax((place, other), seconds + climb_s(alts_m[level], alts_m[other], motion), state)
            lengths_m = self._lengths_m(place, level)
            for following in np.flatnonzero(np.isfinite(lengths_m)).tolist():
                if following != place and (following, level) not in done:
                    relax((following, level), seconds + float(lengths_m[following]) / motion.speed_m_s, state)
        raise self._no_way({level for place, level in done if place != _END}, ends)

    def _xy(self, place: int) -> XY:
        x, y = self._places[place].tolist()
        return x, y

    def _lengths_m(self, place: int, level: int) -> NDArray[np.float64]:
        """Lengths from a place to all others at a level."""
        if place == _START:
            return self._tower.lengths_at_m(self._start.xy_m, level, self._places)
        if level not in self._to_end:
            self._to_end[level] = self._tower.lengths_at_m(self._end.xy_m, level, self._places)
        if place == _END:
            return self._to_end[level]
        ends_m = (math.inf, self._to_end[level][place])
        return np.concatenate((ends_m, self._tower.lengths_from_m(place - 2, level)))

    def _no_way(self, reached: set[int], ends: list[int]) -> MissionError:
        """Name the piece that the end lies in, and how far it is from what is reached."""
        alts_m = self._tower.alts_rel_m
        altitudes = f"at any altitude from {alts_m[0]:g} m to {alts_m[-1]:g} m"
        ways = self._tower.ways[ends[0]]
        if ways is not None and ends[0] in reached:
            pieces = polygons_of(ways.area)
            here = [
                piece for piece in pieces if shapely.distance(piece, shapely.points(self._start.xy_m)) == 0.0
            ]
            if here:
                others = tuple(piece for piece in pieces if piece is not here[0])
                refusal = refusal_of(self._end.xy_m, here[0], others, self._frame)
                return MissionError(
                    f"{refusal.what}, and none over or under what lies between, {altitudes}",
                    place=refusal.place,
                    remedy=refusal.remedy,
                )
        return MissionError(
            f"no legal way leads there from {named(self._start.xy_m, self._frame)} {altitudes}",
            place=named(self._end.xy_m, self._frame),
            remedy="Lower the margins, allow other altitudes, or fly it from a pad of its own",
        )


def _back_from(state: State, before: dict[State, State | None]) -> Iterator[State]:
    origin: State | None = state
    while origin is not None:
        yield origin
        origin = before[origin]
