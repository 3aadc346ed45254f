"""Areas with holes, cut into pieces without."""

import shapely
from shapely import Polygon, box
from shapely.geometry.base import BaseGeometry

from geofence.plane.boundary import filled_parts


def without_holes(area: Polygon, route: BaseGeometry) -> list[Polygon]:
    """Fill the holes that a route does not need, and cut the area through those that it does.

    Parameters
    ----------
    area : Polygon
        Planar.
    route : geometry
        Where it meets the area itself, no cut is of any use and the holes are filled.
    """
    holes = [Polygon(ring) for ring in area.interiors]
    needed = [hole for hole in holes if shapely.intersects(hole, route)]
    if not needed or shapely.intersects(area, route):
        return [Polygon(area.exterior)]
    west, south, east, north = area.bounds
    middle = needed[0].representative_point().x
    pieces: list[Polygon] = []
    for half in (box(west, south, middle, north), box(middle, south, east, north)):
        for part in filled_parts(shapely.intersection(area, half))[0]:
            if isinstance(part, Polygon):
                pieces += without_holes(part, route)
    return pieces
