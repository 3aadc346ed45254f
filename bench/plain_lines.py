"""Parallel lines as ground stations lay them: the best of many angles, flown one after the other, straight to the next."""

import itertools
import math

import numpy as np
import shapely
from shapely import LineString
from shapely.affinity import rotate
from shapely.geometry.base import BaseGeometry

from missions.transit import XY

_ANGLES = 36


def plain_lines(polygon: BaseGeometry, swath_m: float) -> list[XY]:
    """Cover a polygon from edge to edge; the ways between the lines keep to nothing."""
    routes = [_lines(polygon, swath_m, 180.0 * number / _ANGLES) for number in range(_ANGLES)]
    return min(routes, key=lambda route: sum(math.dist(a, b) for a, b in itertools.pairwise(route)))


def _lines(polygon: BaseGeometry, swath_m: float, angle_deg: float) -> list[XY]:
    centre = polygon.centroid
    turned = rotate(polygon, -angle_deg, origin=centre)
    west, south, east, north = turned.bounds
    count = max(1, math.ceil((north - south) / swath_m - 0.02))
    across_m = south + (np.arange(count) + 0.5) * (north - south) / count
    route: list[XY] = []
    for number, y in enumerate(across_m.tolist()):
        pieces = [
            sorted(piece.coords)
            for piece in shapely.get_parts(
                turned.intersection(LineString([(west - 1.0, y), (east + 1.0, y)]))
            )
            if isinstance(piece, LineString)
        ]
        along = [(x, y) for piece in sorted(pieces) for x, y in (piece[0], piece[-1])]
        route += along if number % 2 == 0 else along[::-1]
    back = rotate(LineString(route), angle_deg, origin=centre)
    return [(float(x), float(y)) for x, y in back.coords]
