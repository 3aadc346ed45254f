"""Areas of fewer vertices that never leave the given ones."""

import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from missions.transit.polygons import XY, nearest_polygon, polygons_of

_HALVINGS_AT_MOST = 3


def shrink_and_simplify(area: BaseGeometry, tolerance_m: float) -> MultiPolygon:
    """Fewer vertices, never leaving `area`: shrunk by the tolerance before it is simplified by it."""
    if tolerance_m <= 0.0:
        return MultiPolygon(polygons_of(area))
    inner = shapely.buffer(area, -tolerance_m, join_style="mitre", mitre_limit=2.0)
    simple = shapely.simplify(inner, tolerance_m, preserve_topology=True)
    if not shapely.covers(area, simple):
        simple = shapely.intersection(simple, area)
    return MultiPolygon(polygons_of(simple))


def simplified_piece(piece: Polygon, anchor: XY, tolerance_m: float) -> Polygon:
    """Simplify a piece by the tolerance, or by less of it where that would close a passage."""
    for halvings in range(_HALVINGS_AT_MOST + 1 if tolerance_m > 0.0 else 0):
        step_m = tolerance_m / 2.0**halvings
        parts = polygons_of(shrink_and_simplify(piece, step_m))
        if parts:
            simple = nearest_polygon(parts, anchor)
            if simple.area > piece.area - 1.5 * step_m * piece.length:
                return simple
    return piece
