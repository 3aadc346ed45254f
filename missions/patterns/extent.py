"""Where a pattern is to be flown, before it is known what of that is legal."""

import math
from typing import assert_never

import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from geofence.local_frame import LocalFrame
from missions.patterns.corridor import corridor_area
from missions.patterns.orbit import spiral_line
from missions.patterns.pattern import (
    CorridorPattern,
    ExpandingSquarePattern,
    LinesPattern,
    OrbitPattern,
    PlacePattern,
    PointsPattern,
    SectorSearchPattern,
    SpiralPattern,
)
from missions.patterns.search import arrival_s, search_track
from missions.transit import XY

_BESIDE_M = 1.0


def extent_xy_m(
    pattern: PlacePattern, frame: LocalFrame, pad: XY, *, alt_rel_m: float, speed_m_s: float
) -> BaseGeometry:
    """Area that a pattern is to be seen or flown over; a metre to each side of lines and points."""
    match pattern:
        case CorridorPattern():
            return corridor_area(pattern, frame)
        case LinesPattern():
            lines = [LineString([frame.point_xy_m(place) for place in line]) for line in pattern.lines]
            return shapely.union_all(shapely.buffer(lines, _BESIDE_M))
        case PointsPattern():
            points = shapely.points([frame.point_xy_m(place) for place in pattern.places])
            return shapely.union_all(shapely.buffer(points, _BESIDE_M))
        case OrbitPattern() | SpiralPattern():
            centre = frame.point_xy_m(pattern.centre)
            start_rad = math.atan2(pad[0] - centre[0], pad[1] - centre[1])
            curve = [waypoint.xy_m for waypoint in spiral_line(pattern, centre, start_rad, alt_rel_m)]
            return shapely.buffer(LineString(curve), _BESIDE_M)
        case ExpandingSquarePattern() | SectorSearchPattern():
            datum = frame.point_xy_m(pattern.datum)
            met_s = arrival_s(pattern, datum, pad, alt_rel_m, speed_m_s, None)
            track, _ = search_track(pattern, datum, met_s, speed_m_s)
            return shapely.buffer(LineString(track), _BESIDE_M)
        case _:
            assert_never(pattern)
