"""Polygons, points and paths in a plane of metres."""

import itertools
import math
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

XY = tuple[float, float]

SLACK_M = 1e-3
"""Ways keep this far inside what they were given, so that no rounding leads out of it."""

_MITRE_LIMIT = 5.0


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


def shrunk(area: BaseGeometry, distance_m: float = SLACK_M) -> MultiPolygon:
    """Give what is left of an area without a seam along its border, passages twice as wide closed."""
    inner = shapely.buffer(area, -distance_m, join_style="mitre", mitre_limit=_MITRE_LIMIT)
    return MultiPolygon(polygons_of(inner))


def rows_of(points: NDArray[np.float64] | Sequence[XY]) -> NDArray[np.float64]:
    """Points as an array of shape (n, 2)."""
    return np.require(points, np.float64, ["C", "W"]).reshape(-1, 2)
