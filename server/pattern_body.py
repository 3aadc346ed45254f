"""Patterns as requests and files give them: one shape for each, told apart by `name`."""

from typing import Annotated, Literal, assert_never

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from geofence.latlon import LatLon
from missions.patterns.drift import Drift
from missions.patterns.pattern import (
    DEFAULT_SWATH_M,
    OVERLAP_AT_MOST,
    PLACES_AT_MOST,
    REPEATS_AT_MOST,
    AreaPattern,
    CorridorPattern,
    Direction,
    ExpandingSquarePattern,
    LinesPattern,
    OrbitPattern,
    Pattern,
    PerimeterPattern,
    PointOfInterest,
    PointsPattern,
    SectorSearchPattern,
    SpiralPattern,
)

SWATH_MIN_M = 1.0
"""A narrower one costs the planner minutes and gives more items than an autopilot holds."""

ZoneId = Annotated[str, Field(min_length=1, max_length=200)]
Swath = Annotated[float, Field(ge=SWATH_MIN_M, le=10_000, allow_inf_nan=False)]
Overlap = Annotated[float, Field(ge=0, le=OVERLAP_AT_MOST, allow_inf_nan=False)]
Metres = Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)]
Radius = Annotated[float, Field(ge=3, le=10_000, allow_inf_nan=False)]
RadiusOrNone = Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)]
Turns = Annotated[float, Field(gt=0, le=REPEATS_AT_MOST, allow_inf_nan=False)]
Azimuth = Annotated[float, Field(ge=0, le=360, allow_inf_nan=False)]
Height = Annotated[float, Field(ge=-1000, le=10_000, allow_inf_nan=False)]


class Body(BaseModel):
    """Nothing but what is named."""

    model_config = ConfigDict(extra="forbid")


class PositionBody(Body):
    """A position in degrees, WGS-84."""

    lat_deg: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    lon_deg: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]

    @property
    def position(self) -> LatLon:
        """In the planner's words."""
        return LatLon(self.lat_deg, self.lon_deg)


LineBody = Annotated[list[PositionBody], Field(min_length=2, max_length=2_000)]


class AreaBody(Body):
    """See all of an inclusion zone."""

    name: Literal["area"]
    zone_id: ZoneId
    swath_m: Swath = DEFAULT_SWATH_M
    overlap: Overlap = 0.0
    crosshatch: bool = False
    headland: bool = False


class PerimeterBody(Body):
    """Follow the border of a zone."""

    name: Literal["perimeter"]
    zone_id: ZoneId
    swath_m: Swath = DEFAULT_SWATH_M
    inset_m: Metres | None = None
    laps: Annotated[int, Field(ge=1, le=REPEATS_AT_MOST)] = 1
    direction: Direction = Direction.COUNTER_CLOCKWISE


class CorridorBody(Body):
    """Follow a line, on one track or several beside each other."""

    name: Literal["corridor"]
    line: LineBody
    width_m: Metres | None = None
    swath_m: Swath = DEFAULT_SWATH_M
    overlap: Overlap = 0.0


class LinesBody(Body):
    """Fly each of some lines once."""

    name: Literal["lines"]
    lines: Annotated[list[LineBody], Field(min_length=1, max_length=PLACES_AT_MOST)]


class PointBody(PositionBody):
    """A place to hold at."""

    dwell_s: Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)] = 10.0
    look_at: PositionBody | None = None


class PointsBody(Body):
    """Visit each of some places once."""

    name: Literal["points"]
    points: Annotated[list[PointBody], Field(min_length=1, max_length=PLACES_AT_MOST)]


class OrbitBody(Body):
    """Circle a place."""

    name: Literal["orbit"]
    centre: PositionBody
    radius_m: Radius = 40.0
    turns: Turns = 2.0
    direction: Direction = Direction.CLOCKWISE
    look_alt_rel_m: Height = 0.0


class SpiralBody(Body):
    """Circle a place while radius or altitude change."""

    name: Literal["spiral"]
    centre: PositionBody
    start_radius_m: RadiusOrNone = 10.0
    end_radius_m: RadiusOrNone = 100.0
    turns: Turns = 3.0
    end_alt_rel_m: Metres | None = None
    direction: Direction = Direction.CLOCKWISE
    look_alt_rel_m: Height = 0.0


class DriftBody(Body):
    """Where a datum drifts to, and how fast."""

    set_deg: Azimuth
    rate_m_s: Annotated[float, Field(ge=0, le=20, allow_inf_nan=False)]

    @property
    def drift(self) -> Drift:
        """In the planner's words."""
        return Drift(self.set_deg, self.rate_m_s)


class ExpandingSquareBody(Body):
    """Search from a datum outwards in a square (IAMSAR SS)."""

    name: Literal["expanding_square"]
    datum: PositionBody
    track_spacing_m: Annotated[float, Field(ge=1, le=10_000, allow_inf_nan=False)] = 50.0
    legs: Annotated[int, Field(ge=1, le=REPEATS_AT_MOST)] = 12
    heading_deg: Azimuth = 0.0
    direction: Direction = Direction.CLOCKWISE
    drift: DriftBody | None = None


class SectorSearchBody(Body):
    """Search through a datum in sectors (IAMSAR VS)."""

    name: Literal["sector_search"]
    datum: PositionBody
    radius_m: Radius = 150.0
    searches: Annotated[int, Field(ge=1, le=2)] = 1
    heading_deg: Azimuth = 0.0
    direction: Direction = Direction.CLOCKWISE
    drift: DriftBody | None = None


AnyPatternBody = (
    AreaBody
    | PerimeterBody
    | CorridorBody
    | LinesBody
    | PointsBody
    | OrbitBody
    | SpiralBody
    | ExpandingSquareBody
    | SectorSearchBody
)
PatternBody = Annotated[AnyPatternBody, Field(discriminator="name")]

PATTERN_BODY: TypeAdapter[AnyPatternBody] = TypeAdapter(PatternBody)


def pattern_of(body: AnyPatternBody) -> Pattern:
    """Give a pattern in the planner's words.

    Raises
    ------
    MissionError
        Its numbers do not fit each other.
    """
    match body:
        case AreaBody():
            return AreaPattern(body.zone_id, body.swath_m, body.overlap, body.crosshatch, body.headland)
        case PerimeterBody():
            return PerimeterPattern(body.zone_id, body.swath_m, body.inset_m, body.laps, body.direction)
        case CorridorBody():
            return CorridorPattern(_line(body.line), body.width_m, body.swath_m, body.overlap)
        case LinesBody():
            return LinesPattern(tuple(_line(line) for line in body.lines))
        case PointsBody():
            return PointsPattern(tuple(_point(point) for point in body.points))
        case OrbitBody():
            return OrbitPattern(
                body.centre.position, body.radius_m, body.turns, body.direction, body.look_alt_rel_m
            )
        case SpiralBody():
            return SpiralPattern(
                body.centre.position,
                body.start_radius_m,
                body.end_radius_m,
                body.turns,
                body.end_alt_rel_m,
                body.direction,
                body.look_alt_rel_m,
            )
        case ExpandingSquareBody():
            return ExpandingSquarePattern(
                body.datum.position,
                body.track_spacing_m,
                body.legs,
                body.heading_deg,
                body.direction,
                None if body.drift is None else body.drift.drift,
            )
        case SectorSearchBody():
            return SectorSearchPattern(
                body.datum.position,
                body.radius_m,
                body.searches,
                body.heading_deg,
                body.direction,
                None if body.drift is None else body.drift.drift,
            )
        case _:
            assert_never(body)


def _line(places: list[PositionBody]) -> tuple[LatLon, ...]:
    return tuple(place.position for place in places)


def _point(body: PointBody) -> PointOfInterest:
    return PointOfInterest(
        body.position, body.dwell_s, None if body.look_at is None else body.look_at.position
    )
