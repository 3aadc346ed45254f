"""Holes cut out of an outline, to the safe side where they do not lie in it side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely import MultiPolygon, Polygon

from geofence.ellipsoid_area import area_m2
from geofence.formats.rings.fault import RingFault, find_fault
from geofence.formats.rings.readings import RingReadings, as_area


@dataclass(frozen=True, slots=True)
class CutArea:
    """An outline without its holes.

    Parameters
    ----------
    area : Polygon or MultiPolygon
        Maybe empty.
    fault : RingFault or None
        What is wrong with the holes.
    change_m2 : float
        How much the area was changed for it.
    """

    area: Polygon | MultiPolygon
    fault: RingFault | None = None
    change_m2: float = 0.0


def cut_holes(outline: RingReadings, holes: Sequence[RingReadings], *, grows: bool) -> CutArea:
    """Cut holes out.

    Simple holes that lie beside each other in a simple outline are cut as they are. Of others there are two readings:
    the outline without every hole, and the even-odd rule over all rings, in which the overlap of two holes, a hole in
    a hole and what of a hole is outside the outline belong to the area. What is forbidden is what either encloses;
    what is allowed is what both do.

    Parameters
    ----------
    outline, holes : RingReadings
    grows : bool
        Whether the area may only grow, because it is forbidden, or only shrink.
    """
    shell = outline.most if grows else outline.least
    cuts = [hole.least if grows else hole.most for hole in holes]
    fault = None
    if all(_is_plain(area) for area in (shell, *cuts)):
        together = Polygon(shell.exterior, [cut.exterior for cut in cuts])
        fault = find_fault(together)
        if fault is None and all(ring.fault is None for ring in (outline, *holes)):
            return CutArea(together)
    without_holes = as_area(shapely.difference(shell, shapely.union_all(cuts)))
    odd = as_area(_odd([outline.least, *cuts]))
    if not grows:
        return CutArea(without_holes, fault, min(0.0, area_m2(without_holes) - area_m2(odd)))
    either = as_area(shapely.union(without_holes, odd))
    return CutArea(either, fault, max(0.0, area_m2(either) - area_m2(without_holes)))


def _is_plain(area: Polygon | MultiPolygon) -> bool:
    return isinstance(area, Polygon) and not area.is_empty and not area.interiors


def _odd(areas: Sequence[Polygon | MultiPolygon]) -> Polygon | MultiPolygon:
    """Take what lies in an odd number of areas, in pairs of pairs, which keeps the many small together."""
    rest = list(areas)
    while len(rest) > 1:
        if len(rest) % 2:
            rest.append(Polygon())
        rest = list(shapely.symmetric_difference(rest[0::2], rest[1::2]))
    return rest[0]
