"""Round a place: a circle, or a spiral that changes radius and altitude evenly.

Flown as chords and not as NAV_LOITER_TURNS: a circle can be cut where it is not legal, is flown at the mission's
speed instead of the vehicle's CIRCLE_RATE, and keeps its radius, which the autopilot would round to whole metres.
"""

import math

from missions.patterns.flights import PatternFlights
from missions.patterns.left_out import not_flown
from missions.patterns.look import looking_at
from missions.patterns.pattern import OrbitPattern, SpiralPattern
from missions.patterns.run import CutLine, Run, cut_line, flight_along
from missions.patterns.space import PatternSpace
from missions.plan.plan import RouteKind
from missions.plan.waypoint import Waypoint
from missions.refusal import MissionError
from missions.transit import XY

_SAG_SHARE = 0.02
_CHORDS_LEAST = 12
_CHORD_LEAST_M = 4.0


def spiral_line(pattern: OrbitPattern | SpiralPattern, centre: XY, start_rad: float, alt_rel_m: float) -> Run:
    """Draw it in chords that leave the curve by 2 % of the largest radius at most.

    Parameters
    ----------
    centre : (float, float)
    start_rad : float
        Azimuth of the start, clockwise from north.
    alt_rel_m : float
        At the start.
    """
    if isinstance(pattern, OrbitPattern):
        radii_m, end_alt_rel_m = (pattern.radius_m, pattern.radius_m), alt_rel_m
    else:
        radii_m = (pattern.start_radius_m, pattern.end_radius_m)
        end_alt_rel_m = alt_rel_m if pattern.end_alt_rel_m is None else pattern.end_alt_rel_m
    longest_rad = 2.0 * math.acos(1.0 - _SAG_SHARE)
    # Short chords stop a copter at every corner.
    longest_rad = max(longest_rad, 2.0 * math.asin(min(0.5, 0.5 * _CHORD_LEAST_M / max(radii_m))))
    chords = max(
        2, math.ceil(2.0 * math.pi * pattern.turns / min(longest_rad, 2.0 * math.pi / _CHORDS_LEAST))
    )
    line = []
    for number in range(chords + 1):
        share = number / chords
        radius_m = radii_m[0] + share * (radii_m[1] - radii_m[0])
        angle = start_rad + pattern.direction.turn * 2.0 * math.pi * pattern.turns * share
        place = (centre[0] + radius_m * math.sin(angle), centre[1] + radius_m * math.cos(angle))
        line.append(Waypoint(place, RouteKind.ORBIT, alt_rel_m + share * (end_alt_rel_m - alt_rel_m)))
    return tuple(line)


def plan_orbit(pattern: OrbitPattern | SpiralPattern, space: PatternSpace) -> PatternFlights:
    """Begin on the pad's side of the centre and look at it from the first place of the curve to its last.

    Raises
    ------
    MissionError
        Nothing of it can be reached.
    """
    cut = orbit_cut(pattern, space)
    runs = list(cut.runs)
    if len(runs) == 1:
        runs = [looking_at(runs[0], pattern.centre, pattern.look_alt_rel_m)]
    else:
        first, last = (looking_at(run, pattern.centre, pattern.look_alt_rel_m) for run in (runs[0], runs[-1]))
        runs = [(first[0], *runs[0][1:]), *runs[1:-1], (*runs[-1][:-1], last[-1])]
    findings = tuple(not_flown(space, cut.left_out, f"the {pattern.name.value}"))
    return PatternFlights((flight_along(runs, space),), findings)


def orbit_cut(pattern: OrbitPattern | SpiralPattern, space: PatternSpace) -> CutLine:
    """Cut the curve, begun on the pad's side, to legal space.

    Raises
    ------
    MissionError
        Nothing of it can be reached.
    """
    centre = space.frame.point_xy_m(pattern.centre)
    start_rad = math.atan2(space.entry[0] - centre[0], space.entry[1] - centre[1])
    cut = cut_line(spiral_line(pattern, centre, start_rad, space.alt_rel_m), space.transit.area)
    if not cut.runs:
        raise MissionError(
            f"no part of the {pattern.name.value} can be reached from the pad without leaving legal space",
            place=f"centre {pattern.centre}",
            remedy="Move the centre or the pad, or take another radius",
        )
    return cut
