"""Runs: the legal pieces of a drawn line, and the flight that joins them."""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import LineString, Polygon

from missions.patterns.space import PatternSpace
from missions.plan.plan import RouteKind
from missions.plan.route_items import merged_waypoints
from missions.plan.waypoint import Waypoint
from missions.transit import XY, Transit

Run = tuple[Waypoint, ...]
"""Flown as one, in legal space whole; the leg to its first waypoint is not part of it."""

SHORTEST_M = 1.0
"""Shorter pieces of a line are not worth the way to them."""

_JOINED_M = 1e-6


@dataclass(frozen=True, slots=True)
class CutLine:
    """A drawn line, cut at the borders of legal space.

    Parameters
    ----------
    runs : tuple of Run
        In order along the line.
    left_out : tuple of LineString
        What is not flown.
    """

    runs: tuple[Run, ...]
    left_out: tuple[LineString, ...]


def drawn(points: Iterable[XY], kind: RouteKind, alt_rel_m: float) -> Run:
    """Waypoints along a line at one altitude."""
    return tuple(Waypoint(point, kind, alt_rel_m) for point in points)


def cut_line(line: Run, area: Polygon) -> CutLine:
    """Cut a drawn line, which may cross itself, leg by leg.

    Parameters
    ----------
    line : tuple of Waypoint
        What is bound to its waypoints other than places and altitudes is kept where these are.
    area : Polygon
        Where flight is allowed.
    """
    ends = np.array([waypoint.xy_m for waypoint in line])
    legs = shapely.linestrings(np.stack((ends[:-1], ends[1:]), axis=1))
    is_whole = shapely.covers(area, legs)
    runs: list[list[Waypoint]] = []
    left_out: list[list[XY]] = []
    for number, (start, end) in enumerate(itertools.pairwise(line)):
        length_m = math.dist(start.xy_m, end.xy_m)
        spans = [(0.0, 1.0)] if is_whole[number] else _legal_spans(legs[number], area, start.xy_m, length_m)
        done = 0.0
        for low, high in spans:
            _extend(left_out, start.xy_m, end.xy_m, done, low)
            first, last = _at(start, end, low), _at(start, end, high)
            if runs and math.dist(runs[-1][-1].xy_m, first.xy_m) < _JOINED_M:
                runs[-1].append(last)
            else:
                runs.append([first, last])
            done = high
        _extend(left_out, start.xy_m, end.xy_m, done, 1.0)
    long_enough = min(SHORTEST_M, 0.5 * float(shapely.length(shapely.linestrings(ends))))
    return CutLine(
        tuple(tuple(run) for run in runs if run_length_m(run) >= long_enough),
        tuple(LineString(points) for points in left_out),
    )


def _legal_spans(leg: LineString, area: Polygon, start: XY, length_m: float) -> list[tuple[float, float]]:
    """Shares of a leg between which it lies in the area."""
    legal = shapely.intersection(leg, area)
    if length_m == 0.0 or legal.is_empty:
        return []
    spans = []
    for part in shapely.get_parts(legal):
        shares = sorted(math.dist(start, (x, y)) / length_m for x, y in shapely.get_coordinates(part))
        low = 0.0 if shares[0] * length_m < _JOINED_M else shares[0]
        high = 1.0 if (1.0 - shares[-1]) * length_m < _JOINED_M else shares[-1]
        if high > low:
            spans.append((low, high))
    return sorted(spans)


def _at(start: Waypoint, end: Waypoint, share: float) -> Waypoint:
    if share == 0.0:
        return start
    if share == 1.0:
        return end
    (x0, y0), (x1, y1) = start.xy_m, end.xy_m
    alt_rel_m = start.alt_rel_m + share * (end.alt_rel_m - start.alt_rel_m)
    return Waypoint((x0 + share * (x1 - x0), y0 + share * (y1 - y0)), end.kind, alt_rel_m)


def _extend(pieces: list[list[XY]], start: XY, end: XY, low: float, high: float) -> None:
    """Add a piece of a leg to the last piece where it goes on from there."""
    if high - low <= 0.0:
        return
    (x0, y0), (x1, y1) = start, end
    first, last = ((x0 + share * (x1 - x0), y0 + share * (y1 - y0)) for share in (low, high))
    if math.dist(first, last) < _JOINED_M:
        return
    if pieces and math.dist(pieces[-1][-1], first) < _JOINED_M:
        pieces[-1].append(last)
    else:
        pieces.append([first, last])


def run_length_m(run: Sequence[Waypoint]) -> float:
    """Along the ground."""
    return sum(math.dist(a.xy_m, b.xy_m) for a, b in itertools.pairwise(run))


def backwards(run: Run) -> Run:
    """Return the run from its end to its start."""
    kinds = [waypoint.kind for waypoint in run]
    shifted = [kinds[0], *kinds[:0:-1]]
    return tuple(replace(waypoint, kind=kind) for waypoint, kind in zip(run[::-1], shifted, strict=True))


def flight_along(runs: Sequence[Run], space: PatternSpace) -> tuple[Waypoint, ...]:
    """Fly runs in their order, on the shortest legal ways between them, from pad to pad.

    The altitude changes evenly along a way.
    """
    first, last = runs[0][0], runs[-1][-1]
    flight = [Waypoint(space.pad, RouteKind.TRANSIT, first.alt_rel_m)]
    entry = Waypoint(space.entry, RouteKind.TRANSIT, first.alt_rel_m)
    flight += [entry, *_way(entry, first, space.transit)]
    for run, following in itertools.pairwise((*runs, (replace(entry, alt_rel_m=last.alt_rel_m),))):
        flight += run[1:]
        flight += _way(run[-1], following[0], space.transit)
    flight.append(Waypoint(space.pad, RouteKind.TRANSIT, last.alt_rel_m))
    return tuple(merged_waypoints(flight, space.transit))


def _way(start: Waypoint, end: Waypoint, transit: Transit) -> list[Waypoint]:
    """Waypoints after `start` up to `end`, which keeps its actions."""
    path = transit.path(start.xy_m, end.xy_m)
    done_m = list(itertools.accumulate(math.dist(a, b) for a, b in itertools.pairwise(path)))
    climb_m = end.alt_rel_m - start.alt_rel_m
    # A visit is flown for the place that its leg leads to.
    kind = end.kind if end.kind is RouteKind.VISIT else RouteKind.TRANSIT
    return [
        *(
            Waypoint(point, kind, start.alt_rel_m + climb_m * along_m / max(done_m[-1], _JOINED_M))
            for point, along_m in zip(path[1:-1], done_m, strict=False)
        ),
        replace(end, kind=kind),
    ]
