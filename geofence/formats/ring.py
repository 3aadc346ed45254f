"""Rings of coordinates from outside, made into areas or refused."""

import math
import re
from collections.abc import Sequence
from typing import Any

import shapely
from shapely import MultiPolygon, Polygon
from shapely.validation import explain_validity

from geofence.formats.repair_log import RepairLog
from geofence.refusal import GeofenceError
from geofence.zone import ZoneKind

_PLACE_OF_FAULT = re.compile(r"^(?P<fault>[^\[]*)\[(?P<lon>\S+) (?P<lat>\S+)\]$")

_LEAST_AREA_DEG2 = 1e-12
"""About 0.01 m2: less is what rounding leaves of a line."""

_FAULTS = {
    "Self-intersection": ("crosses itself", "Draw it so that no edge meets another"),
    "Ring Self-intersection": ("touches itself", "Draw it so that no edge meets another"),
    "Hole lies outside shell": (
        "has a hole outside its outline",
        "Move the hole inside or make it a zone of its own",
    ),
    "Holes are nested": ("has a hole within a hole", "Make what lies inside the hole a polygon of its own"),
    "Interior is disconnected": ("is cut in two by its holes", "Draw the pieces as polygons of their own"),
    "Duplicate Rings": ("has the same ring twice", "Leave one of them out"),
}


def area_from_polygons(
    polygons: Sequence[Any], *, kind: ZoneKind, zone_id: str, place: str, log: RepairLog
) -> Polygon | MultiPolygon:
    """Make an area of polygons, each a list of rings: the outline, then its holes.

    Parameters
    ----------
    polygons : sequence
        As in the coordinates of a GeoJSON MultiPolygon: longitude, latitude and maybe more. Not trusted.
    kind : ZoneKind
        What is forbidden may only grow, what is allowed only shrink.
    zone_id, place : str
        Where they come from, for refusals and repairs.
    log : RepairLog

    Raises
    ------
    GeofenceError
        Where a ring is no ring on this earth, crosses itself, or the rings make no polygon. Polygons
        that overlap or share an edge are united.
    """
    areas = [
        _area_from_rings(rings, place=_part_of(place, "polygon", n, polygons))
        for n, rings in _numbered(polygons)
    ]
    if not areas:
        raise GeofenceError("the geometry has no coordinates", place=place, remedy="Give at least one ring")
    if len(areas) == 1:
        return areas[0]
    area = MultiPolygon(areas)
    return area if area.is_valid else shapely.union_all(areas)


def _area_from_rings(rings: Any, *, place: str) -> Polygon:
    if not _is_list(rings) or not rings:
        raise GeofenceError(
            "a polygon is not a list of rings", place=place, remedy="Give a list of rings of positions"
        )
    shells: list[list[tuple[float, float]]] = []
    for number, ring in _numbered(rings):
        ring_place = place if number == 1 else f"{place}, hole {number - 1}"
        vertices = _vertices(ring, place=ring_place)
        _refuse_fault(Polygon(vertices), "the ring", place=ring_place)
        shells.append(vertices)
    area = Polygon(shells[0], shells[1:])
    _refuse_fault(area, "the polygon", place=place)
    return area


def _vertices(ring: Any, *, place: str) -> list[tuple[float, float]]:
    if not _is_list(ring):
        raise GeofenceError(
            "a ring is not a list of positions", place=place, remedy="Give a list of [longitude, latitude]"
        )
    vertices: list[tuple[float, float]] = []
    for number, position in _numbered(ring):
        vertex = _vertex(position, place=f"{place}, position {number}")
        if vertices and abs(vertex[0] - vertices[-1][0]) > 180.0:
            raise GeofenceError(
                f"the edge to longitude {vertex[0]:g} spans more than half the earth",
                place=f"{place}, position {number}",
                remedy="Cut an area across the antimeridian into a MultiPolygon with one part on each side",
            )
        if not vertices or vertex != vertices[-1]:
            vertices.append(vertex)
    if len(vertices) > 1 and vertices[0] == vertices[-1]:
        vertices.pop()
    distinct = len(set(vertices))
    if distinct < 3:
        raise GeofenceError(
            f"the ring has {distinct} distinct point{'' if distinct == 1 else 's'}",
            place=place,
            remedy="A ring needs at least three",
        )
    return vertices


def _vertex(position: Any, *, place: str) -> tuple[float, float]:
    if not _is_list(position) or len(position) < 2:
        raise GeofenceError(
            f"{_show(position)} is not a position",
            place=place,
            remedy="Write [longitude, latitude] in degrees",
        )
    lon_deg, lat_deg = (_degrees(value, place=place) for value in position[:2])
    if abs(lat_deg) > 90.0 or abs(lon_deg) > 180.0:
        name, value, limit = ("latitude", lat_deg, 90) if abs(lat_deg) > 90.0 else ("longitude", lon_deg, 180)
        is_swapped = abs(lon_deg) <= 90.0 and abs(lat_deg) <= 180.0
        raise GeofenceError(
            f"{name} {value:g} is not within -{limit}..{limit} degrees",
            place=place,
            remedy="The axes look swapped: write longitude first, then latitude"
            if is_swapped
            else "Write [longitude, latitude] in degrees, WGS-84",
        )
    return lon_deg, lat_deg


def _degrees(value: Any, *, place: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and -1e300 < value < 1e300:
        return float(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    fault = "is not a finite number" if is_number else "is not a number"
    raise GeofenceError(
        f"coordinate {_show(value)} {fault}",
        place=place,
        remedy="Write [longitude, latitude] as plain numbers in degrees",
    )


def _refuse_fault(area: Polygon, subject: str, *, place: str) -> None:
    encloses_nothing = area.convex_hull.area < _LEAST_AREA_DEG2
    if area.is_valid and not encloses_nothing:
        return
    match = _PLACE_OF_FAULT.match(explain_validity(area))
    if match is None or encloses_nothing or not math.isfinite(float(match["lat"])):
        raise GeofenceError(
            f"{subject} encloses nothing",
            place=place,
            remedy="Give at least three points that are not on one line",
        )
    fault, remedy = _FAULTS.get(match["fault"], (f"is not valid ({match['fault'].lower()})", "Draw it again"))
    at = f"{float(match['lat']):.7f},{float(match['lon']):.7f}"
    raise GeofenceError(f"{subject} {fault} at {at} (latitude, longitude)", place=place, remedy=remedy)


def _part_of(place: str, word: str, number: int, parts: Sequence[Any]) -> str:
    return f"{place}, {word} {number}" if len(parts) > 1 else place


def _numbered(values: Sequence[Any]) -> list[tuple[int, Any]]:
    return list(enumerate(values, start=1))


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _show(value: Any) -> str:
    """Show a value of any size on one short line."""
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 64:
        return "of more than 19 digits"
    if isinstance(value, list | tuple | dict) and len(value) > 4:
        return f"a {'map' if isinstance(value, dict) else 'list'} of {len(value)}"
    try:
        text = repr(value)
    except (RecursionError, ValueError):
        return "something deeply nested"
    return text if len(text) <= 60 else text[:57] + "..."
