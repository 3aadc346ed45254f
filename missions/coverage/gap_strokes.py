"""Strokes over what a first coverage left unseen."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from missions.coverage.sweep import Stroke
from missions.transit import XY, Transit, polygons_of

_LARGE_GAP_SWATHS = 0.4
_SMALLEST_GAP_SWATHS = 0.02
_WORTH_FILLING = 0.2
_TURN_SWATHS = 1.5


def seen_from(points: list[XY], swath_m: float) -> BaseGeometry:
    """Return what a swath sees along a line."""
    line = LineString(points)
    seen = shapely.buffer(line, swath_m / 2.0)
    if shapely.is_valid(seen):
        return seen
    # A line that meets itself at a hair's breadth can buffer to an invalid polygon; its legs one by one do not.
    legs = shapely.linestrings(np.stack((points[:-1], points[1:]), axis=1))
    return shapely.union_all(shapely.buffer(legs, swath_m / 2.0))


def gap_strokes(
    points: list[XY], within_reach: BaseGeometry, transit: Transit, swath_m: float, wanted_m2: float
) -> list[Stroke]:
    """Lay strokes over gaps, the most rewarding first, until enough would be covered and no large one is left."""
    seen = seen_from(points, swath_m)
    gaps = polygons_of(shapely.difference(within_reach, seen))
    missing_m2 = wanted_m2 - within_reach.area + sum(gap.area for gap in gaps)
    large_m2 = _LARGE_GAP_SWATHS * swath_m**2
    least_m2 = _SMALLEST_GAP_SWATHS * swath_m**2 if missing_m2 > 0.0 else large_m2
    fillings = [_stroke_over(gap, transit, swath_m) for gap in gaps if gap.area >= least_m2]
    rewarding = sorted((f for f in fillings if f is not None), key=lambda f: -f.reward)
    strokes: list[Stroke] = []
    for filling in rewarding:
        is_large = filling.gained_m2 >= large_m2 and filling.reward >= _WORTH_FILLING
        if missing_m2 > 0.0 or is_large:
            strokes.append(Stroke(-1 - len(strokes), filling.start, filling.end))
            missing_m2 -= filling.gained_m2
    return strokes


@dataclass(frozen=True, slots=True)
class _Filling:
    start: XY
    end: XY
    gained_m2: float
    reward: float
    """What is gained, of what a line of that length and a turn would cover."""


def _stroke_over(gap: Polygon, transit: Transit, swath_m: float) -> _Filling | None:
    """Lay the stroke along the gap's long axis that sees most of it from inside the transit area."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(gap))
    if len(corners) < 4:
        return None
    one, other = corners[1] - corners[0], corners[2] - corners[1]
    along, across = (one, other) if np.hypot(*one) >= np.hypot(*other) else (other, one)
    length_m, width_m = float(np.hypot(*along)), float(np.hypot(*across))
    shorter_m = min(0.7 * swath_m, length_m - 1e-3)
    middle = corners[0] + (one + other) / 2.0
    half = along / 2.0 * (1.0 - shorter_m / length_m)
    lines = []
    if length_m > 0.8 * swath_m:
        normal = np.array((-along[1], along[0])) / length_m
        reach_m = (width_m + 0.9 * swath_m) / 2.0
        for offset_m in np.linspace(-reach_m, reach_m, 9):
            line = shapely.linestrings([middle - half + normal * offset_m, middle + half + normal * offset_m])
            lines += [
                part
                for part in shapely.get_parts(shapely.intersection(line, transit.area))
                if isinstance(part, LineString)
            ]
    centre = shapely.points(middle)
    place = centre if shapely.covers(gap, centre) else gap.representative_point()
    x, y = transit.nearest_point((float(place.x), float(place.y)))
    lines.append(LineString([(x, y), (x, y)]))
    gained = shapely.area(shapely.intersection(gap, shapely.buffer(np.array(lines), swath_m / 2.0)))
    rewards = gained / (swath_m * (shapely.length(np.array(lines)) + _TURN_SWATHS * swath_m))
    best = int(np.argmax(rewards * np.sqrt(gained)))
    if gained[best] < _SMALLEST_GAP_SWATHS * swath_m**2:
        return None
    start, end = shapely.get_coordinates(lines[best])
    return _Filling(
        (float(start[0]), float(start[1])),
        (float(end[0]), float(end[1])),
        float(gained[best]),
        float(rewards[best]),
    )
