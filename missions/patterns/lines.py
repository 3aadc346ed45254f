"""A set of given lines, each flown once."""

from missions.patterns.flights import PatternFlights
from missions.patterns.left_out import not_flown
from missions.patterns.order import best_order, divided
from missions.patterns.pattern import LinesPattern
from missions.patterns.run import cut_line, drawn, flight_along
from missions.patterns.space import PatternSpace
from missions.plan.plan import RouteKind
from missions.refusal import MissionError
from missions.transit import XY


def lines_xy_m(pattern: LinesPattern, space: PatternSpace) -> list[list[XY]]:
    """Return the lines in the plane."""
    return [[space.frame.point_xy_m(place) for place in line] for line in pattern.lines]


def plan_lines(pattern: LinesPattern, space: PatternSpace) -> PatternFlights:
    """Fly each line once, in the best order and direction; what is not legal of it is left out.

    Raises
    ------
    MissionError
        Nothing of any line can be reached.
    """
    cuts = [
        cut_line(drawn(line, RouteKind.LINE, space.alt_rel_m), space.transit.area)
        for line in lines_xy_m(pattern, space)
    ]
    runs = [run for cut in cuts for run in cut.runs]
    if not runs:
        raise MissionError(
            "no part of any line can be reached from the pad without leaving legal space",
            place=f"line from {pattern.lines[0][0]}",
            remedy="Move the lines or the pad, or add an inclusion zone between them",
        )
    shares = divided(best_order(runs, space, both_ways=True), space)
    findings = [
        finding
        for number, cut in enumerate(cuts, start=1)
        for finding in not_flown(space, cut.left_out, f"line {number}")
    ]
    return PatternFlights(tuple(flight_along(share, space) for share in shares), tuple(findings))
