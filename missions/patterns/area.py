"""All of an area seen: a headland lap where wanted, the coverage, and a second one across it where wanted."""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import shapely
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from missions.coverage.coverage import CoverageTour, plan_coverage
from missions.coverage.fleet_split import split_tour
from missions.coverage.seen import seen_from, unseen_pieces
from missions.patterns.flights import PatternFlights
from missions.patterns.left_out import unseen
from missions.patterns.order import best_order
from missions.patterns.pattern import AreaPattern, Direction
from missions.patterns.perimeter import inset_rings, laps_along
from missions.patterns.run import Run, cut_line, drawn, flight_along
from missions.patterns.space import PatternSpace
from missions.plan.plan import RouteKind
from missions.plan.route_items import merged_waypoints
from missions.plan.waypoint import Waypoint
from missions.refusal import MissionError
from missions.transit import XY, polygons_of

_TURN_S = 2.0
_LINES_AT_MOST = 1_000
_OF_USE_SWATHS = 0.05
_LITTLE_ELSE = ("a line over them would see little else", "Take a smaller swath")


def plan_area(
    pattern: AreaPattern,
    space: PatternSpace,
    target: MultiPolygon,
    area: BaseGeometry,
    *,
    on_progress: Callable[[float], None] | None = None,
) -> PatternFlights:
    """Cover an area.

    Parameters
    ----------
    pattern : AreaPattern
    space : PatternSpace
    target : MultiPolygon
        What is to be seen, metres.
    area : Polygon or MultiPolygon
        The zone, whose border a headland lap follows.
    on_progress : callable, optional
        Told the share done.

    Raises
    ------
    MissionError
    """
    _refuse_swath(pattern, target)
    spacing_m = pattern.spacing_m
    turn_m = space.speed_m_s * _TURN_S
    headland = _headland(pattern, space, area)
    inner = MultiPolygon(polygons_of(shapely.difference(target, _seen(headland, spacing_m))))
    across: list[Run] = []
    tour = plan_coverage(inner, space.transit, space.entry, spacing_m, turn_m=turn_m, on_progress=on_progress)
    if not pattern.crosshatch and not headland:
        shares = split_tour(tour, space.transit, space.entry, space.drones, turn_m=turn_m, swath_m=spacing_m)
        flights = [tuple(_coverage_flight(share, space)) for share in shares]
    else:
        runs = [*headland]
        runs += [drawn(points, RouteKind.COVERAGE, space.alt_rel_m) for points in _seeing_stretches(tour)]
        if pattern.crosshatch:
            across = best_order(_lines_across(target, tour, spacing_m, space), space, both_ways=True)
            runs += across
        flights = [flight_along(runs, space)]
        if space.drones > 1:
            whole = _tour_of(flights[0], tour)
            shares = split_tour(
                whole, space.transit, space.entry, space.drones, turn_m=turn_m, swath_m=spacing_m
            )
            flights = [tuple(_coverage_flight(share, space)) for share in shares]
    seen_m2 = tour.coverage * inner.area + target.area - inner.area
    seen = _seen_round(across, spacing_m) if across else None
    gaps = unseen_pieces(tour.points, inner, spacing_m, seen)
    if seen is not None:  # what either pass sees is seen
        missed = shapely.difference(shapely.difference(inner, seen_from(tour.points, spacing_m)), seen)
        seen_m2 = target.area - missed.area
    findings = tuple(unseen(space, gaps, pattern.swath_m, _LITTLE_ELSE))
    return PatternFlights(tuple(flights), findings, coverage=seen_m2 / target.area)


def area_runs(
    pattern: AreaPattern,
    space: PatternSpace,
    target: MultiPolygon,
    area: BaseGeometry,
    *,
    on_progress: Callable[[float], None] | None = None,
) -> list[Run]:
    """Cover an area from no pad: what sees it, in no order; the parameters and errors of `plan_area`."""
    _refuse_swath(pattern, target)
    spacing_m = pattern.spacing_m
    headland = _headland(pattern, space, area)
    inner = MultiPolygon(polygons_of(shapely.difference(target, _seen(headland, spacing_m))))
    turn_m = space.speed_m_s * _TURN_S
    tour = plan_coverage(inner, space.transit, None, spacing_m, turn_m=turn_m, on_progress=on_progress)
    tour = _with_ways_of_use(tour, inner, spacing_m)
    runs = [*headland]
    runs += [drawn(points, RouteKind.COVERAGE, space.alt_rel_m) for points in _seeing_stretches(tour)]
    if pattern.crosshatch:
        runs += _lines_across(target, tour, spacing_m, space)
    return runs


def _refuse_swath(pattern: AreaPattern, target: MultiPolygon) -> None:
    width_m = _width_m(target)
    place = f"zone {pattern.zone_id}"
    if pattern.swath_m > width_m:
        raise MissionError(
            f"the swath of {pattern.swath_m:g} m is wider than the area, which is {width_m:.1f} m wide",
            place=place,
            remedy=f"Take a swath below {width_m:.1f} m, or the perimeter pattern",
        )
    if width_m > _LINES_AT_MOST * pattern.spacing_m:
        least_m = math.ceil(10.0 * width_m / _LINES_AT_MOST) / 10.0
        raise MissionError(
            f"lines {pattern.spacing_m:g} m apart would be more than {_LINES_AT_MOST}",
            place=place,
            remedy=f"Take a swath of {least_m:g} m or more, or less overlap",
        )


def _width_m(target: BaseGeometry) -> float:
    """Shorter side of the smallest rectangle round the widest piece."""
    widths = []
    for part in polygons_of(target):
        corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(part))
        if len(corners) >= 4:
            widths.append(min(math.dist(corners[0], corners[1]), math.dist(corners[1], corners[2])))
    return max(widths, default=0.0)


def _headland(pattern: AreaPattern, space: PatternSpace, area: BaseGeometry) -> tuple[Run, ...]:
    """Go once along the border, half a spacing inside it or as near as is legal."""
    if not pattern.headland:
        return ()
    if space.drones > 1:
        raise MissionError(
            "a headland lap is flown by one drone", remedy="Ask for one drone, or for no headland lap"
        )
    inset_m = max(0.5 * pattern.spacing_m, 1.25 * space.clearance_m)
    rings = inset_rings(area, inset_m, is_outside=False)
    return laps_along(rings, space, 1, Direction.COUNTER_CLOCKWISE).runs


def _seen(runs: Sequence[Run], swath_m: float) -> BaseGeometry:
    lines = [LineString([waypoint.xy_m for waypoint in run]) for run in runs]
    return shapely.buffer(shapely.union_all(lines), swath_m / 2.0, cap_style="flat") if lines else Polygon()


def _seen_round(runs: Sequence[Run], swath_m: float) -> BaseGeometry:
    return shapely.union_all([seen_from([waypoint.xy_m for waypoint in run], swath_m) for run in runs])


def _seeing_stretches(tour: CoverageTour) -> list[tuple[XY, ...]]:
    """Take the stretches of a tour that see something, without the ways between them."""
    legs = zip(itertools.pairwise(tour.points), tour.sees, strict=True)
    stretches = []
    for sees, members in itertools.groupby(legs, key=lambda leg: leg[1]):
        if sees:
            flown = [leg for leg, _ in members]
            stretches.append((flown[0][0], *(end for _, end in flown)))
    return stretches


def _with_ways_of_use(tour: CoverageTour, target: MultiPolygon, swath_m: float) -> CoverageTour:
    """Count the ways between stretches that see what no stretch does among these."""
    legs = list(itertools.pairwise(tour.points))
    sees = list(tour.sees)
    missed = shapely.difference(
        target,
        shapely.union_all(
            [seen_from(leg, swath_m) for leg, is_seeing in zip(legs, sees, strict=True) if is_seeing]
        ),
    )
    for number, leg in enumerate(legs):
        if sees[number]:
            continue
        rest = shapely.difference(missed, seen_from(leg, swath_m))
        if missed.area - rest.area > _OF_USE_SWATHS * swath_m**2:
            sees[number], missed = True, rest
    return replace(tour, sees=tuple(sees))


def _tour_of(flight: Sequence[Waypoint], tour: CoverageTour) -> CoverageTour:
    """Take a flight of several passes, without its ways from and to the pad itself, for one tour."""
    inner = flight[1:-1]
    points = tuple(waypoint.xy_m for waypoint in inner)
    sees = tuple(waypoint.kind is not RouteKind.TRANSIT for waypoint in inner[1:])
    return CoverageTour(points, sees, tour.coverage)


def _coverage_flight(tour: CoverageTour, space: PatternSpace) -> list[Waypoint]:
    kinds = [RouteKind.COVERAGE if sees else RouteKind.TRANSIT for sees in tour.sees]
    flight = [Waypoint(xy_m, RouteKind.TRANSIT, space.alt_rel_m) for xy_m in (space.pad, tour.points[0])]
    flight += [
        Waypoint(xy_m, kind, space.alt_rel_m) for xy_m, kind in zip(tour.points[1:], kinds, strict=True)
    ]
    flight.append(Waypoint(space.pad, RouteKind.TRANSIT, space.alt_rel_m))
    return merged_waypoints(flight, space.transit)


def _lines_across(
    target: MultiPolygon, tour: CoverageTour, spacing_m: float, space: PatternSpace
) -> list[Run]:
    """Parallel lines at right angles to most of a coverage's legs, over all of the target."""
    # Legs have no sense of direction: their angles are averaged doubled (Mardia and Jupp, 2000, ch. 1).
    doubled = sum(
        math.dist(a, b) * complex(math.cos(2.0 * angle), math.sin(2.0 * angle))
        for (a, b), sees in zip(itertools.pairwise(tour.points), tour.sees, strict=True)
        if sees
        for angle in [math.atan2(b[1] - a[1], b[0] - a[0])]
    )
    across_rad = 0.5 * math.atan2(doubled.imag, doubled.real) + 0.5 * math.pi
    centre = target.centroid
    level = shapely.affinity.rotate(target, -across_rad, origin=centre, use_radians=True)
    west_m, south_m, east_m, north_m = level.bounds
    count = max(1, math.ceil((north_m - south_m) / spacing_m - 1e-9))
    runs: list[Run] = []
    flyable = shapely.intersection(space.transit.area, target)
    for number in range(count):
        y_m = south_m + (number + 0.5) * (north_m - south_m) / count
        flat = LineString([(west_m, y_m), (east_m, y_m)])
        line = shapely.affinity.rotate(flat, across_rad, origin=centre, use_radians=True)
        ends = [(float(x), float(y)) for x, y in line.coords]
        for part in polygons_of(flyable):
            runs += cut_line(drawn(ends, RouteKind.COVERAGE, space.alt_rel_m), part).runs
    if not runs:
        raise MissionError("no line across it fits", remedy="Take a smaller swath, or no crosshatch")
    return runs
