"""What is asked of a fleet, on the map."""

from dataclasses import dataclass
from typing import assert_never

from geofence.latlon import LatLon
from missions.patterns.numbers import refuse_outside
from missions.patterns.pattern import (
    DWELL_AT_MOST_S,
    AreaPattern,
    CorridorPattern,
    ExpandingSquarePattern,
    LinesPattern,
    OrbitPattern,
    Pattern,
    PerimeterPattern,
    PointsPattern,
    SectorSearchPattern,
    SpiralPattern,
)
from missions.refusal import MissionError

SharedPattern = AreaPattern | PerimeterPattern | CorridorPattern | OrbitPattern | SpiralPattern
"""Patterns that a fleet flies in pieces."""

WANTED_AT_MOST = 1_000
"""So many lines, places and patterns are planned in tens of seconds, however few of them can be flown."""

_PRIORITY_AT_MOST = 1_000.0


def refuse_too_many(count: int) -> None:
    """Refuse more lines, places and patterns than are planned in one schedule.

    Raises
    ------
    MissionError
    """
    if count > WANTED_AT_MOST:
        raise MissionError(
            f"{count} lines, points and patterns are too many",
            remedy=f"Plan for {WANTED_AT_MOST} at most, in several schedules",
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """A patrol line to be flown once, or a place to dwell at.

    Parameters
    ----------
    name : str
    places : tuple of LatLon
        Of a line from end to end; one for a place.
    dwell_s : float
        So long a drone stays at its end.
    priority : float
        What cannot be flown all together is left out from the lowest.
    needs : frozenset of str
        Capabilities that its drone must have.
    window : str or None
        Hours within which it is begun and ended, such as `21:30-22:00`.
    is_one_way : bool
        Whether a line may be flown from its first place to its last only.
    """

    name: str
    places: tuple[LatLon, ...]
    dwell_s: float = 0.0
    priority: float = 1.0
    needs: frozenset[str] = frozenset()
    window: str | None = None
    is_one_way: bool = False

    def __post_init__(self) -> None:
        if not self.places or (len(self.places) > 1 and len(set(self.places)) == 1):
            raise MissionError("a line has two places or more", place=self.name, remedy="Give them")
        refuse_outside("dwell", self.dwell_s, DWELL_AT_MOST_S, "s", at_least=0.0)
        refuse_outside("priority", self.priority, _PRIORITY_AT_MOST)


@dataclass(frozen=True, slots=True)
class WantedPattern:
    """An area to be seen, or another pattern to be flown, in as many pieces as suit the fleet.

    Parameters
    ----------
    name : str
    pattern : SharedPattern
    priority : float
    needs : frozenset of str
    window : str or None
        Hours within which each piece is begun and ended.
    """

    name: str
    pattern: SharedPattern
    priority: float = 1.0
    needs: frozenset[str] = frozenset()
    window: str | None = None

    def __post_init__(self) -> None:
        refuse_outside("priority", self.priority, _PRIORITY_AT_MOST)
        pattern = self.pattern
        if isinstance(pattern, SpiralPattern) and pattern.end_alt_rel_m is not None:
            raise MissionError(
                "a spiral to another altitude leaves the layer that keeps its drone clear of the others",
                place=self.name,
                remedy="Leave out the end altitude (--end-alt), or plan it for one drone from its pad",
            )


def wanted_of(pattern: Pattern, name: str = "") -> tuple[Wanted | WantedPattern, ...]:
    """Give what a fleet flies for a pattern: lines and points one by one.

    Parameters
    ----------
    pattern : Pattern
    name : str
        By default the pattern's zone, or what it is.

    Raises
    ------
    MissionError
        It cannot be shared; says why and what would be accepted.
    """
    match pattern:
        case AreaPattern() | PerimeterPattern():
            return (WantedPattern(name or pattern.zone_id, pattern),)
        case CorridorPattern() | OrbitPattern() | SpiralPattern():
            return (WantedPattern(name or pattern.name.value, pattern),)
        case LinesPattern():
            stem = name or "line"
            return tuple(
                Wanted(f"{stem} {number}", line) for number, line in enumerate(pattern.lines, start=1)
            )
        case PointsPattern():
            stem = name or "point"
            return tuple(
                Wanted(f"{stem} {number}", (point.position,), dwell_s=point.dwell_s)
                for number, point in enumerate(pattern.points, start=1)
            )
        case ExpandingSquarePattern() | SectorSearchPattern():
            raise MissionError(
                f"the pattern {pattern.name.value} is not shared: its datum drifts from one take-off on, and pieces that are "
                "flown at other times would miss it",
                remedy="Plan it for one drone from its pad (--home), or take the area pattern over where it may be",
            )
        case _:
            assert_never(pattern)
