"""Made-up areas in metres and as zones."""

import json
import math
from pathlib import Path
from typing import Any

import shapely
from shapely import Polygon

from geofence.altitude_band import AltitudeBand
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet

ORIGIN = LatLon(36.0925, 103.7080)
FRAME = LocalFrame(ORIGIN)
RECORDED_AREAS = Path(__file__).parents[3] / "shared" / "areas" / "areas.json"

RECTANGLE = Polygon([(0, 0), (400, 0), (400, 200), (0, 200)])
HOLED = Polygon(
    [(0, 0), (400, 0), (400, 300), (0, 300)],
    [[(150, 100), (250, 100), (250, 200), (150, 200)], [(300, 220), (340, 220), (320, 260)]],
)
COMB = Polygon(
    [
        (0, 0),
        (500, 0),
        (500, 300),
        (400, 300),
        (400, 100),
        (300, 100),
        (300, 300),
        (200, 300),
        (200, 100),
        (100, 100),
        (100, 300),
        (0, 300),
    ]
)
DUMBBELL = Polygon(
    [
        (0, 0),
        (200, 0),
        (200, 95),
        (400, 95),
        (400, 0),
        (600, 0),
        (600, 200),
        (400, 200),
        (400, 105),
        (200, 105),
        (200, 200),
        (0, 200),
    ]
)


def many_holes(count: int = 15) -> Polygon:
    """A square of 100 m with small tilted squares cut out."""
    holes = []
    for number in range(count):
        x, y = 12.0 + 19.0 * (number % 5), 18.0 + 32.0 * (number // 5)
        turn = 0.4 * number
        holes.append(
            [
                (x + 4.5 * math.cos(turn + k * math.pi / 2), y + 4.5 * math.sin(turn + k * math.pi / 2))
                for k in range(4)
            ]
        )
    return Polygon([(0, 0), (100, 0), (100, 100), (0, 100)], holes)


def zone(
    area_xy_m: shapely.geometry.base.BaseGeometry,
    zone_id: str = "field",
    kind: ZoneKind = ZoneKind.INCLUSION,
    ceiling_m: float | None = 120.0,
) -> Zone:
    return Zone.of_area(zone_id, zone_id, kind, FRAME.unproject(area_xy_m), AltitudeBand(None, ceiling_m))


def zones(*members: Zone) -> ZoneSet:
    return ZoneSet(members)


def at(x_m: float, y_m: float) -> LatLon:
    return FRAME.position(x_m, y_m)


def recorded_areas() -> list[dict[str, Any]]:
    if not RECORDED_AREAS.exists():
        return []
    polygons: list[dict[str, Any]] = json.loads(RECORDED_AREAS.read_text("utf-8"))["polygons"]
    return polygons
