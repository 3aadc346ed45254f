"""Area and corridor patrols as QGroundControl's surveys and corridor scans, where these say the same.

A ground station that is told to change such an item plans its lines anew, ignoring holes and zones. So a patrol becomes
one only where that can do no harm: a survey in a convex area with nothing forbidden in it, a corridor along one line.
All others stay simple items, which QGroundControl shows and flies as they are.
"""

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from geofence.local_frame import LocalFrame
from geofence.zone import ZoneKind
from geofence.zone_set import ZoneSet
from missions.files.qgc_items import simple_item
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Plan, Route, RouteKind

_CONVEX_SHARE = 1.0 - 1e-6
_BESIDE_M = 0.05
"""What the wire's resolution moves a waypoint by."""

_WITHIN = {Command.NAV_WAYPOINT}
_ORDERS_AT_LEAST = 95


def item_documents(plan: Plan, zones: ZoneSet | None) -> list[dict[str, Any]]:
    """Write the items of a plan, a stretch of them as a survey or a corridor scan where that is the same."""
    stretch: tuple[int, int] | None = None
    complex_item: dict[str, Any] = {}
    if plan.swath_m is not None and all(item.command != Command.DO_JUMP for item in plan.items):
        if plan.pattern == "area" and zones is not None:
            stretch, complex_item = _survey(plan, zones)
        elif plan.pattern == "corridor":
            stretch, complex_item = _corridor(plan)
    if stretch is None:
        return [simple_item(item) for item in plan.items]
    first, last = stretch
    inner = plan.items[first : last + 1]
    complex_item["TransectStyleComplexItem"] = _transects(inner, plan.swath_m or 0.0)
    return [
        *(simple_item(item) for item in plan.items[:first]),
        complex_item,
        *(simple_item(item) for item in plan.items[last + 1 :]),
    ]


def _survey(plan: Plan, zones: ZoneSet) -> tuple[tuple[int, int] | None, dict[str, Any]]:
    if plan.zone_id not in zones:
        return None, {}
    zone = zones.get(plan.zone_id)
    stretch = _stretch(plan)
    if stretch is None or zone.area.geom_type != "Polygon" or zone.area.interiors:
        return None, {}
    first, last = stretch
    frame = LocalFrame.around([plan.home])
    outline = frame.project(zone.area)
    legal = outline.buffer(-(plan.margin_m or 0.0), join_style="mitre")
    forbids = (other.area for other in zones if other.kind is ZoneKind.EXCLUSION)
    if (
        legal.geom_type != "Polygon"
        or legal.is_empty
        or legal.area < _CONVEX_SHARE * legal.convex_hull.area
        or any(frame.project(area).intersects(outline) for area in forbids)
    ):
        return None, {}
    places = [item.position for item in plan.items[first : last + 1] if item.position is not None]
    at_m = frame.xy_m([p.lat_deg for p in places], [p.lon_deg for p in places])
    if not legal.buffer(_BESIDE_M).covers(shapely.MultiPoint(at_m)):
        return None, {}
    corners = frame.unproject(shapely.geometry.polygon.orient(legal, -1.0)).exterior.coords[:-1]
    return stretch, {
        "type": "ComplexItem",
        "complexItemType": "survey",
        "version": 5,
        "angle": _angle_deg(at_m),
        "entryLocation": 0,
        "flyAlternateTransects": False,
        "splitConcavePolygons": False,
        "polygon": [[lat_deg, lon_deg] for lon_deg, lat_deg in corners],
    }


def _corridor(plan: Plan) -> tuple[tuple[int, int] | None, dict[str, Any]]:
    lines: Sequence[Route] = [route for route in plan.routes if route.kind is not RouteKind.TRANSIT]
    stretch = _stretch(plan)
    if len(lines) != 1 or stretch is None:
        return None, {}
    first, last = stretch
    places = tuple(item.position for item in plan.items[first : last + 1] if item.position is not None)
    if places != lines[0].positions:
        return None, {}
    return stretch, {
        "type": "ComplexItem",
        "complexItemType": "CorridorScan",
        "version": 2,
        "CorridorWidth": plan.swath_m,
        "EntryPoint": 0,
        "polyline": [[place.lat_deg, place.lon_deg] for place in places],
    }


def _stretch(plan: Plan) -> tuple[int, int] | None:
    """Find the items from where the patrol begins to where it ends: waypoints of one altitude above home."""
    patrolled = [route for route in plan.routes if route.kind is not RouteKind.TRANSIT]
    if not patrolled:
        return None
    # A patrol that sees something from the pad on begins with its first waypoint.
    begins = next(position for position in patrolled[0].positions if position != plan.home)
    ends = next(position for position in reversed(patrolled[-1].positions) if position != plan.home)
    at = [index for index, item in enumerate(plan.items) if item.position is not None]
    first = next((index for index in at if plan.items[index].position == begins), None)
    last = next((index for index in reversed(at) if plan.items[index].position == ends), None)
    if first is None or last is None or last <= first:
        return None
    inner = plan.items[first : last + 1]
    is_plain = all(
        item.command >= _ORDERS_AT_LEAST
        if item.position is None
        else item.command in _WITHIN and item.frame is Frame.GLOBAL_RELATIVE_ALT
        for item in inner
    )
    altitudes_m = {item.alt_m for item in inner if item.position is not None}
    return (first, last) if is_plain and len(altitudes_m) == 1 else None


def _transects(items: Sequence[MissionItem], swath_m: float) -> dict[str, Any]:
    """Write what surveys and corridor scans have in common.

    Version 1 of it and of the camera is what QGroundControl documents, and what its later versions read too.
    """
    places = [item.position for item in items if item.position is not None]
    return {
        "version": 1,
        "CameraCalc": {
            "version": 1,
            "CameraName": "Manual (no camera specs)",
            "AdjustedFootprintFrontal": 0.0,  # no photographs but those that are items
            "AdjustedFootprintSide": swath_m,
            "DistanceToSurface": next(item.alt_m for item in items if item.position is not None),
            "DistanceToSurfaceRelative": True,
        },
        "CameraShots": 0,
        "CameraTriggerInTurnAround": False,
        "FollowTerrain": False,
        "HoverAndCapture": False,
        "Refly90Degrees": False,
        "TurnAroundDistance": 0.0,
        "VisualTransectPoints": [[place.lat_deg, place.lon_deg] for place in places],
        "Items": [simple_item(item) for item in items],
    }


def _angle_deg(at_m: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """Direction of the longest leg, clockwise from north, of two the smaller."""
    (east_m, north_m), _ = max(
        (((b - a).tolist(), float(np.hypot(*(b - a)))) for a, b in itertools.pairwise(at_m)),
        key=lambda leg: leg[1],
    )
    return math.degrees(math.atan2(east_m, north_m)) % 180.0
