"""Polygons, points and paths in a plane of metres."""

import itertools
import math
from collections.abc import Sequence

import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

XY = tuple[float, float]


def polygons_of(geometry: BaseGeometry) -> list[Polygon]:
    """Polygons of any geometry; lines and points are left out."""
    parts = shapely.get_parts(shapely.get_parts(geometry)) if not geometry.is_empty else []
    return [part for part in parts if isinstance(part, Polygon) and not part.is_empty]


def nearest_polygon(parts: Sequence[Polygon], place: XY) -> Polygon:
    """Return the polygon nearest to a place, of several at it the largest."""
    point = shapely.points(place)
    return min(parts, key=lambda part: (float(shapely.distance(part, point)), -part.area))


def path_length_m(path: Sequence[XY]) -> float:
    """Length of a path."""
    return sum(math.dist(a, b) for a, b in itertools.pairwise(path))
