"""Level legs between changes of altitude, made as short and as few as can be."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geofence.local_frame import LocalFrame
from missions.refusal import MissionError
from missions.transit.changing_place import better_place
from missions.transit.layered_path import LayeredPath, Place, climb_s, time_s
from missions.transit.polygons import XY, path_length_m
from missions.transit.tower import Tower, leads_through
from missions.transit.transit import named
from missions.ways.copter_motion import CopterMotion

_ROUNDS_AT_MOST = 30
_WORTH_M = 1e-3


@dataclass(frozen=True, slots=True)
class _Leg:
    """A level part of a path, with its bends."""

    points: tuple[XY, ...]
    level: int


class LevelLegs:
    """Makes the best path of the places and levels that a search went over.

    Parameters
    ----------
    tower : Tower
    start, end : Place
    motion : CopterMotion
    frame : LocalFrame
        Lets refusals name positions.
    """

    def __init__(
        self, tower: Tower, start: Place, end: Place, motion: CopterMotion, frame: LocalFrame
    ) -> None:
        self._tower, self._motion, self._frame = tower, motion, frame
        self._start, self._end = start, end

    def path(self, steps: Sequence[tuple[XY, int]]) -> LayeredPath:
        """Move the places where the altitude changes to where they are best, and leave out changes."""
        legs = self._legs(steps)
        for _ in range(_ROUNDS_AT_MOST):
            moved = self._moved(legs)
            if _length_m(moved) > _length_m(legs) - _WORTH_M:
                break
            legs = moved
        legs = self._with_fewer_changes(legs)
        places = [place for place, _ in itertools.groupby((self._start, *self._flown(legs), self._end))]
        return LayeredPath(tuple(places), time_s(places, self._motion))

    def _legs(self, steps: Sequence[tuple[XY, int]]) -> list[_Leg]:
        legs = [
            _Leg(self._way(start, end, level), level)
            for (start, level), (end, _) in itertools.pairwise(steps)
            if start != end
        ]
        # Straight up and down.
        return self._joined(legs) or [
            _Leg((self._start.xy_m, self._end.xy_m), max(level for _, level in steps))
        ]

    def _way(self, start: XY, end: XY, level: int) -> tuple[XY, ...]:
        ways = self._tower.ways[level]
        found = None if ways is None else ways.way(start, end)
        if found is None:
            raise MissionError(
                f"no legal way from {named(start, self._frame)} to {named(end, self._frame)} was found",
                remedy="Simplify the outlines of the zones",
            )
        return tuple(found)

    def _moved(self, legs: list[_Leg]) -> list[_Leg]:
        """Move each place where the altitude changes to where the legs beside it are shortest."""
        legs = list(legs)
        for number in range(len(legs) - 1):
            one, other = legs[number], legs[number + 1]
            first, second = self._tower.ways[one.level], self._tower.ways[other.level]
            if first is None or second is None:
                continue
            alts_m = self._tower.alts_rel_m[one.level], self._tower.alts_rel_m[other.level]
            place = better_place(
                one.points[-2],
                one.points[-1],
                other.points[1],
                first,
                second,
                self._tower.levels.between(*alts_m),
            )
            if place is None:
                continue
            moved = (
                replace(one, points=self._way(one.points[0], place, one.level)),
                replace(other, points=self._way(place, other.points[-1], other.level)),
            )
            if _length_m(moved) < _length_m((one, other)):
                legs[number : number + 2] = moved
        return legs

    def _with_fewer_changes(self, legs: list[_Leg]) -> list[_Leg]:
        """Fly legs at the altitude of their neighbours where that takes no longer: each change is a stop."""
        number = 0
        while number < len(legs):
            levels = [leg.level for leg in legs]
            here = [self._level_of(self._start), *levels, self._level_of(self._end)]
            for level in (here[number], here[number + 2]):
                if level is None or level == levels[number]:
                    continue
                changed = [*levels[:number], level, *levels[number + 1 :]]
                is_better = self._climbs(changed) < self._climbs(levels)
                if is_better and self._is_legal_at(level, legs, number):
                    legs = self._joined(
                        [*legs[:number], replace(legs[number], level=level), *legs[number + 1 :]]
                    )
                    number = -1
                    break
            number += 1
        return legs

    def _level_of(self, place: Place) -> int | None:
        alts_m = self._tower.alts_rel_m
        return alts_m.index(place.alt_rel_m) if place.alt_rel_m in alts_m else None

    def _climbs(self, levels: list[int]) -> tuple[float, int]:
        """Time of all changes of altitude, and how many they are."""
        alts_m = [
            self._start.alt_rel_m,
            *(self._tower.alts_rel_m[level] for level in levels),
            self._end.alt_rel_m,
        ]
        times_s = [climb_s(a, b, self._motion) for a, b in itertools.pairwise(alts_m)]
        return round(sum(times_s), 6), sum(seconds > 0.0 for seconds in times_s)

    def _is_legal_at(self, level: int, legs: list[_Leg], number: int) -> bool:
        """Whether a leg may be flown at another level, the changes at its ends included."""
        ways, points = self._tower.ways[level], legs[number].points
        if ways is None or not ways.are_visible(np.array(points[:-1]), np.array(points[1:])).all():
            return False
        alts_m = self._tower.alts_rel_m
        before_m = alts_m[legs[number - 1].level] if number else self._start.alt_rel_m
        after_m = alts_m[legs[number + 1].level] if number + 1 < len(legs) else self._end.alt_rel_m
        levels = self._tower.levels
        return all(
            beside_m == alts_m[level]
            or leads_through(levels.between(beside_m, alts_m[level], meets_ground=beside_m < alts_m[0]), xy)
            for beside_m, xy in ((before_m, points[0]), (after_m, points[-1]))
        )

    def _joined(self, legs: list[_Leg]) -> list[_Leg]:
        """Make one leg of those that follow at one level."""
        joined: list[_Leg] = []
        for leg in legs:
            if joined and joined[-1].level == leg.level:
                start = joined.pop().points[0]
                leg = replace(leg, points=self._way(start, leg.points[-1], leg.level))
            joined.append(leg)
        return joined

    def _flown(self, legs: list[_Leg]) -> Iterator[Place]:
        for leg in legs:
            for xy in leg.points:
                yield Place(xy, self._tower.alts_rel_m[leg.level])


def _length_m(legs: list[_Leg] | tuple[_Leg, ...]) -> float:
    return sum(path_length_m(leg.points) for leg in legs)
