"""Once round a zone: inside the border of an inclusion zone, outside the border of an exclusion zone."""

import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from missions.refusal import MissionError
from missions.transit import XY, Transit, polygons_of

_SIMPLIFY_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class PerimeterTour:
    """Pieces of the ring in flight order and the ways between them.

    Parameters
    ----------
    pieces : tuple of tuple of points
        Flown along the ring.
    ways : tuple of tuple of points
        `len(pieces) + 1` legal paths: from the pad, round what cuts the ring, back to the pad.
    left_out : tuple of LineString
        Pieces of the ring that cannot be reached from the pad.
    """

    pieces: tuple[tuple[XY, ...], ...]
    ways: tuple[tuple[XY, ...], ...]
    left_out: tuple[LineString, ...]


def inset_rings(area: BaseGeometry, inset_m: float, *, is_outside: bool) -> list[LineString]:
    """Draw rings at a distance from the outer borders of an area, counter-clockwise; holes are not patrolled."""
    filled = shapely.union_all([Polygon(part.exterior) for part in polygons_of(area)])
    slack_m = _SIMPLIFY_SHARE * inset_m
    moved = shapely.buffer(filled, inset_m + slack_m if is_outside else -inset_m - slack_m)
    simple = shapely.simplify(moved, slack_m)
    parts = sorted(
        polygons_of(shapely.orient_polygons(MultiPolygon(polygons_of(simple)))), key=lambda p: -p.length
    )
    return [LineString(part.exterior.coords) for part in parts]


def plan_perimeter(rings: list[LineString], legal: BaseGeometry, transit: Transit, pad: XY) -> PerimeterTour:
    """Follow rings once round, from the point nearest to the pad, and come back to it.

    Parameters
    ----------
    rings : list of LineString
        Closed, metres.
    legal : Polygon or MultiPolygon
        All legal space; ring pieces in parts of it that the pad is not connected to are left out.
    transit : Transit
    pad : tuple of float
        In the transit area.

    Raises
    ------
    MissionError
        No piece of the ring can be reached.
    """
    pieces: list[tuple[XY, ...]] = []
    left_out: list[LineString] = []
    for ring in rings:
        reachable = shapely.intersection(ring, transit.area)
        if reachable.is_empty or reachable.length < 1.0:
            left_out.append(ring)
            continue
        nearest = shapely.get_coordinates(shapely.shortest_line(reachable, shapely.points(pad)))[0]
        opened = _opened_at(ring, (float(nearest[0]), float(nearest[1])))
        pieces += _pieces_along(opened, transit)
        lost = shapely.difference(shapely.intersection(ring, legal), shapely.buffer(transit.area, 2.0))
        left_out += [
            part for part in shapely.get_parts(lost) if isinstance(part, LineString) and part.length > 5.0
        ]
    if not pieces:
        raise MissionError(
            "no part of the perimeter can be reached from the pad without leaving legal space",
            remedy="Move the pad, lower the margin or add an inclusion zone between them",
        )
    starts = [piece[0] for piece in pieces] + [pad]
    ends = [pad] + [piece[-1] for piece in pieces]
    ways = tuple(tuple(transit.path(a, b)) for a, b in zip(ends, starts, strict=True))
    return PerimeterTour(tuple(pieces), ways, tuple(left_out))


def _opened_at(ring: LineString, start: XY) -> LineString:
    """Return the ring cut open at a point on it."""
    xy = shapely.get_coordinates(ring)
    along = shapely.line_locate_point(ring, shapely.points(start))
    at = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))))
    behind, ahead = xy[:-1][at[:-1] > along + 1e-6], xy[:-1][at[:-1] < along - 1e-6]
    return LineString(np.vstack(([start], behind, ahead, [start])))


def _pieces_along(opened: LineString, transit: Transit) -> list[tuple[XY, ...]]:
    """Pieces of the ring inside the transit area, in order along it."""
    inside = [
        part
        for part in shapely.get_parts(shapely.intersection(opened, transit.area))
        if isinstance(part, LineString) and part.length > 0.5
    ]
    located = []
    for part in inside:
        middle = shapely.line_interpolate_point(part, 0.5, normalized=True)
        xy = [(float(x), float(y)) for x, y in shapely.get_coordinates(part)]
        first = shapely.line_locate_point(opened, shapely.points(shapely.get_coordinates(part)[0]))
        along = shapely.line_locate_point(opened, middle)
        located.append((along, xy if first <= along or math.isclose(first, opened.length) else xy[::-1]))
    merged: list[tuple[XY, ...]] = []
    for _, xy in sorted(located, key=lambda pair: pair[0]):
        if merged and math.dist(merged[-1][-1], xy[0]) < 1e-6:
            merged[-1] = (*merged[-1], *xy[1:])
        else:
            merged.append(tuple(xy))
    return merged
