"""Along a line: one track on it, or several beside each other."""

import itertools
import math

import shapely
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geofence.local_frame import LocalFrame
from missions.patterns.flights import PatternFlights
from missions.patterns.left_out import not_flown, unseen
from missions.patterns.order import best_order, divided
from missions.patterns.pattern import CorridorPattern
from missions.patterns.run import CutLine, Run, cut_line, drawn, flight_along
from missions.patterns.space import PatternSpace
from missions.plan.plan import RouteKind
from missions.refusal import MissionError
from missions.transit import polygons_of

_SIMPLIFY_SHARE = 0.02
_INSIDE_SHARE = 0.98
_GAP_STEPS = 0.5
_NAMED_GAP_SWATHS = 0.5
_NO_TRACK = ("no legal track leads by", "Take more overlap, or a smaller margin")


def corridor_line(pattern: CorridorPattern, frame: LocalFrame) -> LineString:
    """Return the line in the plane."""
    return LineString([frame.point_xy_m(place) for place in pattern.line])


def corridor_area(pattern: CorridorPattern, frame: LocalFrame) -> BaseGeometry:
    """Return what is to be seen of it."""
    line = corridor_line(pattern, frame)
    return shapely.buffer(line, 0.5 * (pattern.width_m or pattern.swath_m), cap_style="flat")


def parallel_lines(line: LineString, width_m: float, spacing_m: float) -> list[LineString]:
    """Draw lines beside a line so that swaths as wide as their spacing cover a width.

    A track at a distance d is the set of points whose distance from the line is d, taken as the border of
    the area within d: it has no loops inside sharp bends and none where the line comes near itself.

    Parameters
    ----------
    line : LineString
        May be closed, and may cross itself.
    width_m : float
        Half of it lies to each side.
    spacing_m : float
        Between two lines, at most.
    """
    count = max(1, math.ceil(width_m / spacing_m - 1e-9))
    step_m = width_m / count
    lines = [shapely.simplify(line, _SIMPLIFY_SHARE * spacing_m)] if count % 2 else []
    for number in range(count // 2):
        away_m = step_m * (number + (1.0 if count % 2 else 0.5))
        border = shapely.boundary(shapely.buffer(line, away_m, cap_style="flat"))
        # The ends of the flat caps are nearer to the line than its sides.
        beside = shapely.difference(border, shapely.buffer(line, _INSIDE_SHARE * away_m))
        for part in shapely.get_parts(shapely.line_merge(beside)):
            track = _without_cap(part, 1.5 * (1.0 - _INSIDE_SHARE) * away_m)
            if track.length > 0.5 * step_m:
                lines.append(shapely.simplify(track, _SIMPLIFY_SHARE * spacing_m))
    return [*lines, *_between(line, width_m, step_m, lines)]


def _between(line: LineString, width_m: float, step_m: float, tracks: list[LineString]) -> list[LineString]:
    """Draw tracks where the line comes so near to itself that no place between is as far as the next track.

    Such gaps are narrower than a step: all of one is within half a step of both its sides, and of either where it
    is half as narrow.
    """
    seen = shapely.union_all(shapely.buffer(tracks, (0.5 + _SIMPLIFY_SHARE) * step_m))
    gaps = shapely.difference(shapely.buffer(line, 0.5 * width_m, cap_style="flat"), seen)
    between = []
    for gap in polygons_of(gaps):
        if gap.area < (_GAP_STEPS * step_m) ** 2:  # inside a bend there is always a small one
            continue
        is_narrow = shapely.buffer(gap, -0.25 * step_m).is_empty
        between.append(_longer_side(gap) if is_narrow else LineString(gap.exterior.coords))
    return [shapely.simplify(track, _SIMPLIFY_SHARE * step_m) for track in between]


def _longer_side(gap: Polygon) -> LineString:
    """One side of a gap, between the two places of its border farthest apart along its first diagonal."""
    places = [(float(x), float(y)) for x, y in gap.exterior.coords[:-1]]
    first = max(range(len(places)), key=lambda k: math.dist(places[0], places[k]))
    last = max(range(len(places)), key=lambda k: math.dist(places[first], places[k]))
    low, high = sorted((first, last))
    sides = LineString(places[low : high + 1]), LineString([*places[high:], *places[: low + 1]])
    return max(sides, key=lambda side: side.length)


def _without_cap(track: LineString, stub_m: float) -> LineString:
    """Leave out what is left of a cap's edge at either end; chords of round bends are far longer."""
    places = [(float(x), float(y)) for x, y in track.coords]
    if track.is_ring or len(places) < 3:
        return track
    first = 1 if math.dist(*places[:2]) < stub_m else 0
    last = len(places) - (1 if math.dist(*places[-2:]) < stub_m else 0)
    return LineString(places[first:last]) if last - first > 1 else track


def plan_corridor(pattern: CorridorPattern, space: PatternSpace, target: MultiPolygon) -> PatternFlights:
    """Fly a corridor's tracks in the best order and direction.

    Parameters
    ----------
    target : MultiPolygon
        What is to be seen, metres.

    Raises
    ------
    MissionError
        Nothing of it can be reached.
    """
    cuts = corridor_cuts(pattern, space)
    runs = [run for cut in cuts for run in cut.runs]
    shares = divided(best_order(runs, space, both_ways=True), space)
    gaps = polygons_of(shapely.difference(target, _seen(runs, pattern.swath_m)))
    named = [gap for gap in gaps if gap.area > (_NAMED_GAP_SWATHS * pattern.swath_m) ** 2]
    findings = [
        *unseen(space, named, pattern.swath_m, _NO_TRACK),
        *not_flown(space, itertools.chain(*(cut.left_out for cut in cuts)), "the corridor's tracks"),
    ]
    return PatternFlights(
        tuple(flight_along(share, space) for share in shares),
        tuple(findings),
        coverage=1.0 - sum(gap.area for gap in gaps) / target.area,
    )


def corridor_cuts(pattern: CorridorPattern, space: PatternSpace) -> list[CutLine]:
    """Cut a corridor's tracks to legal space.

    Raises
    ------
    MissionError
        Nothing of it can be reached.
    """
    line = corridor_line(pattern, space.frame)
    tracks = [line] if pattern.width_m is None else parallel_lines(line, pattern.width_m, pattern.spacing_m)
    cuts = [
        cut_line(
            drawn([(float(x), float(y)) for x, y in track.coords], RouteKind.CORRIDOR, space.alt_rel_m),
            space.transit.area,
        )
        for track in tracks
    ]
    if not any(cut.runs for cut in cuts):
        raise MissionError(
            "no part of the corridor can be reached from the pad without leaving legal space",
            place=f"line from {pattern.line[0]}",
            remedy="Move the line or the pad, or add an inclusion zone between them",
        )
    return cuts


def _seen(runs: list[Run], swath_m: float) -> BaseGeometry:
    lines = [LineString([waypoint.xy_m for waypoint in run]) for run in runs]
    return shapely.union_all(shapely.buffer(lines, swath_m / 2.0))
