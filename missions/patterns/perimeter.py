"""Round a zone: inside the border of an inclusion zone, outside the border of any other."""

import shapely
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from missions.patterns.flights import PatternFlights
from missions.patterns.left_out import not_flown
from missions.patterns.pattern import Direction, PerimeterPattern
from missions.patterns.run import CutLine, Run, cut_line, drawn, flight_along
from missions.patterns.space import PatternSpace
from missions.plan.plan import RouteKind
from missions.refusal import MissionError
from missions.transit import XY, polygons_of

_SLACK_SHARE = 0.1
_SLACK_AT_MOST_M = 1.5
_RING_FACTORS = (1.25, 1.5, 2.0)
_RING_INSET_LEAST_M = 0.5
_WORTH_MORE = 1.05


def plan_perimeter(
    pattern: PerimeterPattern, space: PatternSpace, area: BaseGeometry, *, is_outside: bool
) -> PatternFlights:
    """Follow the rings of an area from the point nearest to the pad.

    Parameters
    ----------
    pattern : PerimeterPattern
    space : PatternSpace
    area : Polygon or MultiPolygon
        Whose border is followed, metres; its holes are not patrolled.
    is_outside : bool

    Raises
    ------
    MissionError
        The ring does not fit, or no piece of it can be reached.
    """
    cut = perimeter_cut(pattern, space, area, is_outside=is_outside)
    findings = tuple(not_flown(space, cut.left_out, "the perimeter"))
    return PatternFlights((flight_along(cut.runs, space),), findings)


def perimeter_cut(
    pattern: PerimeterPattern, space: PatternSpace, area: BaseGeometry, *, is_outside: bool
) -> CutLine:
    """Cut the laps to legal space; the parameters and errors of `plan_perimeter`."""
    rings = _rings(pattern, space, area, is_outside=is_outside)
    cut = laps_along(rings, space, pattern.laps, pattern.direction)
    if not cut.runs:
        raise MissionError(
            "no part of the perimeter can be reached from the pad without leaving legal space",
            place=f"zone {pattern.zone_id}",
            remedy="Move the pad, lower the margin or add an inclusion zone between them",
        )
    return cut


def _rings(
    pattern: PerimeterPattern, space: PatternSpace, area: BaseGeometry, *, is_outside: bool
) -> list[LineString]:
    place = f"zone {pattern.zone_id}"
    if pattern.inset_m is not None:
        if pattern.inset_m <= space.clearance_m:
            raise MissionError(
                f"an inset of {pattern.inset_m:g} m leaves no room for a margin of {space.margin_m:g} m",
                place=place,
                remedy=f"Give an inset above {space.clearance_m:.1f} m, or a smaller margin",
            )
        rings = inset_rings(area, pattern.inset_m, is_outside=is_outside)
        if not rings:
            raise MissionError(
                f"it is too narrow for a ring {pattern.inset_m:g} m inside its border",
                place=place,
                remedy="Give a smaller inset",
            )
        return rings
    best: tuple[float, list[LineString]] | None = None
    for factor in _RING_FACTORS:
        inset_m = max(factor * space.clearance_m, _RING_INSET_LEAST_M)
        rings = inset_rings(area, inset_m, is_outside=is_outside)
        followed_m = sum(shapely.intersection(ring, space.transit.area).length for ring in rings)
        if best is None or followed_m > _WORTH_MORE * best[0]:
            best = (followed_m, rings)
    if best is None or not best[1]:
        raise MissionError(
            f"it is too narrow for a ring {space.clearance_m:.1f} m inside its border",
            place=place,
            remedy="Lower the margin, or take the area pattern",
        )
    return best[1]


def inset_rings(area: BaseGeometry, inset_m: float, *, is_outside: bool) -> list[LineString]:
    """Draw rings at a distance from the outer borders of an area, counter-clockwise, longest first.

    They are simplified, never nearer to the border than asked for.
    """
    filled = shapely.union_all([Polygon(part.exterior) for part in polygons_of(area)])
    slack_m = min(_SLACK_SHARE * inset_m, _SLACK_AT_MOST_M)
    moved = shapely.buffer(filled, inset_m + slack_m if is_outside else -inset_m - slack_m)
    simple = shapely.simplify(moved, slack_m)
    parts = polygons_of(shapely.orient_polygons(MultiPolygon(polygons_of(simple))))
    return [LineString(part.exterior.coords) for part in sorted(parts, key=lambda part: -part.length)]


def laps_along(rings: list[LineString], space: PatternSpace, laps: int, direction: Direction) -> CutLine:
    """Follow each ring so many times, cut to legal space."""
    runs: list[Run] = []
    left_out: list[LineString] = []
    for ring in rings:
        reachable = shapely.intersection(ring, space.transit.area)
        if reachable.is_empty:
            left_out.append(ring)
            continue
        nearest = shapely.get_coordinates(shapely.shortest_line(reachable, shapely.points(space.entry)))[0]
        lap = opened_at(ring, (float(nearest[0]), float(nearest[1])))
        if direction is Direction.CLOCKWISE:
            lap = lap[::-1]
        cut = cut_line(
            drawn([*lap, *lap[1:] * (laps - 1)], RouteKind.PERIMETER, space.alt_rel_m), space.transit.area
        )
        runs += cut.runs
        # Each lap leaves out the same.
        left_out += cut_line(drawn(lap, RouteKind.PERIMETER, space.alt_rel_m), space.transit.area).left_out
    return CutLine(tuple(runs), tuple(left_out))


def opened_at(ring: LineString, start: XY) -> list[XY]:
    """Return the ring cut open at a point on it."""
    xy = [(float(x), float(y)) for x, y in shapely.get_coordinates(ring)[:-1]]
    along_m = float(shapely.line_locate_point(ring, shapely.points(start)))
    at_m = [float(shapely.line_locate_point(ring, shapely.points(point))) for point in xy]
    ahead = [point for point, at in zip(xy, at_m, strict=True) if at > along_m + 1e-6]
    behind = [point for point, at in zip(xy, at_m, strict=True) if at < along_m - 1e-6]
    return [start, *ahead, *behind, start]
