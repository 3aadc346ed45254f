"""Points of interest, each visited once."""

import math

import numpy as np
import shapely

from missions.patterns.flights import PatternFlights
from missions.patterns.left_out import not_visited
from missions.patterns.look import look_ahead, look_at
from missions.patterns.order import best_order, divided
from missions.patterns.pattern import PointOfInterest, PointsPattern
from missions.patterns.run import Run, flight_along
from missions.patterns.space import PatternSpace
from missions.plan.plan import RouteKind
from missions.plan.waypoint import Waypoint
from missions.refusal import MissionError


def plan_points(pattern: PointsPattern, space: PatternSpace) -> PatternFlights:
    """Visit each point once, in the best order; those that cannot be reached are named.

    Raises
    ------
    MissionError
        No point can be reached.
    """
    places = np.array([space.frame.point_xy_m(point.position) for point in pattern.points])
    is_legal = shapely.intersects_xy(space.transit.area, places)
    if not is_legal.any():
        raise MissionError(
            "no point can be reached from the pad without leaving legal space",
            place=f"point {pattern.points[0].position}",
            remedy="Move the points or the pad, or add an inclusion zone between them",
        )
    runs = [_visit(point, space) for point, legal in zip(pattern.points, is_legal, strict=True) if legal]
    shares = divided(best_order(runs, space, both_ways=False), space)
    findings = tuple(
        not_visited(space, shapely.Point(places[number]), int(number) + 1)
        for number in np.flatnonzero(~is_legal)
    )
    return PatternFlights(tuple(flight_along(share, space) for share in shares), findings)


def _visit(point: PointOfInterest, space: PatternSpace) -> Run:
    place = space.frame.point_xy_m(point.position)
    dwell_s = float(math.ceil(point.dwell_s))  # ArduCopter keeps whole seconds
    if point.look_at is None:
        return (Waypoint(place, RouteKind.VISIT, space.alt_rel_m, hold_s=dwell_s),)
    # ArduCopter gives the commands after a waypoint once its delay is over: the place is named twice.
    return (
        Waypoint(place, RouteKind.VISIT, space.alt_rel_m, actions=(look_at(point.look_at, 0.0),)),
        Waypoint(place, RouteKind.VISIT, space.alt_rel_m, hold_s=dwell_s, actions=(look_ahead(),)),
    )
