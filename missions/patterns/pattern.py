"""The patterns that can be flown, with their parameters; the defaults suit a quadcopter of 30 minutes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from geofence.latlon import LatLon
from missions.patterns.drift import Drift
from missions.patterns.numbers import refuse_count, refuse_outside
from missions.refusal import MissionError

DEFAULT_SWATH_M = 40.0
"""What a camera with a lens of 70 degrees sees across from 30 m, and two thirds of it from 45 m."""

OVERLAP_AT_MOST = 0.9
PLACES_AT_MOST = 500
REPEATS_AT_MOST = 100
DWELL_AT_MOST_S = 3_600.0
TURN_SPACINGS = 1.5
"""Legs no longer than so many spacings lead from one stroke of an area to the next."""

_FAR_M = 100_000.0
_HIGH_M = 10_000.0
_ORBIT_LEAST_M = 3.0


class PatternName(StrEnum):
    """How a pattern is called in files, requests and commands."""

    AREA = "area"
    PERIMETER = "perimeter"
    CORRIDOR = "corridor"
    LINES = "lines"
    POINTS = "points"
    ORBIT = "orbit"
    SPIRAL = "spiral"
    EXPANDING_SQUARE = "expanding_square"
    SECTOR_SEARCH = "sector_search"


class Direction(StrEnum):
    """Which way round."""

    CLOCKWISE = "clockwise"
    COUNTER_CLOCKWISE = "counter_clockwise"

    @property
    def turn(self) -> float:
        """Sign of the change of azimuth."""
        return 1.0 if self is Direction.CLOCKWISE else -1.0


@dataclass(frozen=True, slots=True)
class AreaPattern:
    """Every place of an inclusion zone is seen.

    Parameters
    ----------
    zone_id : str
    swath_m : float
        Width on the ground that the camera covers.
    overlap : float
        Share of the swath that the next line sees again, 0 to 0.9.
    crosshatch : bool
        See all of it a second time, on lines across the first.
    headland : bool
        Go once along the border first.
    """

    name: ClassVar = PatternName.AREA
    zone_id: str
    swath_m: float = DEFAULT_SWATH_M
    overlap: float = 0.0
    crosshatch: bool = False
    headland: bool = False

    def __post_init__(self) -> None:
        refuse_outside("swath", self.swath_m, _FAR_M, "m")
        refuse_outside("overlap", self.overlap, OVERLAP_AT_MOST, at_least=0.0)

    @property
    def spacing_m(self) -> float:
        """Distance between two lines."""
        return self.swath_m * (1.0 - self.overlap)


@dataclass(frozen=True, slots=True)
class PerimeterPattern:
    """Along the border of a zone: inside an inclusion zone, outside any other.

    Parameters
    ----------
    zone_id : str
    swath_m : float
        Width on the ground that the camera covers.
    inset_m : float or None
        Distance from the border; None takes the least that is safe.
    laps : int
    direction : Direction
    """

    name: ClassVar = PatternName.PERIMETER
    zone_id: str
    swath_m: float = DEFAULT_SWATH_M
    inset_m: float | None = None
    laps: int = 1
    direction: Direction = Direction.COUNTER_CLOCKWISE

    def __post_init__(self) -> None:
        refuse_outside("swath", self.swath_m, _FAR_M, "m")
        if self.inset_m is not None:
            refuse_outside("inset", self.inset_m, _FAR_M, "m")
        refuse_count("laps", self.laps, REPEATS_AT_MOST)


@dataclass(frozen=True, slots=True)
class CorridorPattern:
    """Along a river bank, a wall or a road, on one line or several beside each other.

    Parameters
    ----------
    line : tuple of LatLon
        Closed where the last is the first.
    width_m : float or None
        To be seen, half of it to each side; None takes one swath, seen from one line.
    swath_m : float
        Width on the ground that the camera covers.
    overlap : float
        Share of the swath that the next line sees again, 0 to 0.9.
    """

    name: ClassVar = PatternName.CORRIDOR
    line: tuple[LatLon, ...]
    width_m: float | None = None
    swath_m: float = DEFAULT_SWATH_M
    overlap: float = 0.0

    def __post_init__(self) -> None:
        _refuse_line(self.line)
        refuse_outside("swath", self.swath_m, _FAR_M, "m")
        refuse_outside("overlap", self.overlap, OVERLAP_AT_MOST, at_least=0.0)
        if self.width_m is not None:
            refuse_outside("width", self.width_m, REPEATS_AT_MOST * self.spacing_m, "m")

    @property
    def spacing_m(self) -> float:
        """Distance between two lines at most."""
        return self.swath_m * (1.0 - self.overlap)

    @property
    def places(self) -> tuple[LatLon, ...]:
        """Where it is flown."""
        return self.line


@dataclass(frozen=True, slots=True)
class LinesPattern:
    """Some lines, each flown once, in the best order and direction.

    Parameters
    ----------
    lines : tuple of tuple of LatLon
    """

    name: ClassVar = PatternName.LINES
    lines: tuple[tuple[LatLon, ...], ...]

    def __post_init__(self) -> None:
        refuse_count("lines", len(self.lines), PLACES_AT_MOST)
        for line in self.lines:
            _refuse_line(line)

    @property
    def places(self) -> tuple[LatLon, ...]:
        """Where it is flown."""
        return tuple(place for line in self.lines for place in line)


@dataclass(frozen=True, slots=True)
class PointOfInterest:
    """A place to hold at.

    Parameters
    ----------
    position : LatLon
    dwell_s : float
        So long, in whole seconds rounded up.
    look_at : LatLon or None
        What the camera looks at meanwhile, on the ground.
    """

    position: LatLon
    dwell_s: float = 10.0
    look_at: LatLon | None = None

    def __post_init__(self) -> None:
        refuse_outside("dwell", self.dwell_s, DWELL_AT_MOST_S, "s", at_least=0.0)


@dataclass(frozen=True, slots=True)
class PointsPattern:
    """Some places, each visited once, in the best order.

    Parameters
    ----------
    points : tuple of PointOfInterest
    """

    name: ClassVar = PatternName.POINTS
    points: tuple[PointOfInterest, ...]

    def __post_init__(self) -> None:
        refuse_count("points", len(self.points), PLACES_AT_MOST)

    @property
    def places(self) -> tuple[LatLon, ...]:
        """Where it is flown."""
        return tuple(point.position for point in self.points)


@dataclass(frozen=True, slots=True)
class OrbitPattern:
    """A circle round a place, the camera on it.

    Parameters
    ----------
    centre : LatLon
    radius_m : float
    turns : float
    direction : Direction
    look_alt_rel_m : float
        Height above home that the camera looks at.
    """

    name: ClassVar = PatternName.ORBIT
    centre: LatLon
    radius_m: float = 40.0
    turns: float = 2.0
    direction: Direction = Direction.CLOCKWISE
    look_alt_rel_m: float = 0.0

    def __post_init__(self) -> None:
        refuse_outside("radius", self.radius_m, _HIGH_M, "m", at_least=_ORBIT_LEAST_M)
        refuse_outside("turns", self.turns, REPEATS_AT_MOST)
        refuse_outside("height looked at", self.look_alt_rel_m, _HIGH_M, "m", at_least=-_HIGH_M)

    @property
    def places(self) -> tuple[LatLon, ...]:
        """Where it is flown."""
        return (self.centre,)


@dataclass(frozen=True, slots=True)
class SpiralPattern:
    """Round a place, outwards, inwards, up or down, the camera on it.

    Parameters
    ----------
    centre : LatLon
    start_radius_m, end_radius_m : float
        The tracks lie their difference, shared among the turns, apart; a helix where they are the same.
    turns : float
    end_alt_rel_m : float or None
        Climb or descend to it evenly; None keeps the altitude.
    direction : Direction
    look_alt_rel_m : float
        Height above home that the camera looks at.
    """

    name: ClassVar = PatternName.SPIRAL
    centre: LatLon
    start_radius_m: float = 10.0
    end_radius_m: float = 100.0
    turns: float = 3.0
    end_alt_rel_m: float | None = None
    direction: Direction = Direction.CLOCKWISE
    look_alt_rel_m: float = 0.0

    def __post_init__(self) -> None:
        refuse_outside("first radius", self.start_radius_m, _HIGH_M, "m", at_least=0.0)
        refuse_outside("last radius", self.end_radius_m, _HIGH_M, "m", at_least=0.0)
        refuse_outside("turns", self.turns, REPEATS_AT_MOST)
        refuse_outside("height looked at", self.look_alt_rel_m, _HIGH_M, "m", at_least=-_HIGH_M)
        if self.end_alt_rel_m is not None:
            refuse_outside("last altitude", self.end_alt_rel_m, _HIGH_M, "m")
        if max(self.start_radius_m, self.end_radius_m) < _ORBIT_LEAST_M:
            raise MissionError(
                f"a spiral within {max(self.start_radius_m, self.end_radius_m):g} m of its centre is none",
                remedy=f"Give one radius of {_ORBIT_LEAST_M:g} m or more",
            )

    @property
    def places(self) -> tuple[LatLon, ...]:
        """Where it is flown."""
        return (self.centre,)


@dataclass(frozen=True, slots=True)
class ExpandingSquarePattern:
    """The expanding square search (SS) of the IAMSAR manual, volume III: from the datum outwards in a square.

    Parameters
    ----------
    datum : LatLon
        Most probable position of what is searched for, at take-off.
    track_spacing_m : float
        Between two tracks; the first two legs are as long.
    legs : int
        Two more lead half a square further.
    heading_deg : float
        Azimuth of the first leg, usually into the wind.
    direction : Direction
        Of its turns; all of 90 degrees.
    drift : Drift or None
        Of the datum; the pattern moves with it.
    """

    name: ClassVar = PatternName.EXPANDING_SQUARE
    datum: LatLon
    track_spacing_m: float = 50.0
    legs: int = 12
    heading_deg: float = 0.0
    direction: Direction = Direction.CLOCKWISE
    drift: Drift | None = None

    def __post_init__(self) -> None:
        refuse_outside("track spacing", self.track_spacing_m, _HIGH_M, "m", at_least=1.0)
        refuse_count("legs", self.legs, REPEATS_AT_MOST)
        _refuse_heading(self.heading_deg)

    @property
    def places(self) -> tuple[LatLon, ...]:
        """Where it is flown."""
        return (self.datum,)


@dataclass(frozen=True, slots=True)
class SectorSearchPattern:
    """The sector search (VS) of the IAMSAR manual, volume III: nine legs of one length, three times through the datum.

    Parameters
    ----------
    datum : LatLon
        Most probable position of what is searched for, at take-off.
    radius_m : float
        Length of each leg.
    searches : int
        1, or 2: the second is turned by 30 degrees more.
    heading_deg : float
        Azimuth of the first leg, usually the way it drifts.
    direction : Direction
        Of its turns; all of 120 degrees.
    drift : Drift or None
        Of the datum; the pattern moves with it.
    """

    name: ClassVar = PatternName.SECTOR_SEARCH
    datum: LatLon
    radius_m: float = 150.0
    searches: int = 1
    heading_deg: float = 0.0
    direction: Direction = Direction.CLOCKWISE
    drift: Drift | None = None

    def __post_init__(self) -> None:
        refuse_outside("radius", self.radius_m, _HIGH_M, "m", at_least=_ORBIT_LEAST_M)
        refuse_count("searches", self.searches, 2)
        _refuse_heading(self.heading_deg)

    @property
    def places(self) -> tuple[LatLon, ...]:
        """Where it is flown."""
        return (self.datum,)


ZonePattern = AreaPattern | PerimeterPattern
"""Patterns of a zone."""

SearchPattern = ExpandingSquarePattern | SectorSearchPattern
"""Patterns that start from a datum."""

PlacePattern = CorridorPattern | LinesPattern | PointsPattern | OrbitPattern | SpiralPattern | SearchPattern
"""Patterns of given places, flown in whatever zones hold them."""

Pattern = ZonePattern | PlacePattern


def _refuse_line(line: tuple[LatLon, ...]) -> None:
    if len(set(line)) < 2:
        raise MissionError(
            f"a line of {len(set(line))} place{'s' if len(set(line)) != 1 else ''} leads nowhere",
            remedy="Give two places or more",
        )


def _refuse_heading(heading_deg: float) -> None:
    refuse_outside("heading", heading_deg, 360.0, "degrees", at_least=0.0)
