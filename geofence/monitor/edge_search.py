"""Compiled: where a place, or a straight way, lies to the edges of one packed area.

Places are longitude and latitude in degrees; edges are straight in both, as GeoJSON's are. Distances are taken in a
plane round the place asked about, `east_m` and `north_m` metres a degree there: right to d^2 tan(latitude) / R, i.e.
to 2 mm at 100 m and to 0.2 % at 10 km.
"""

import math

import numpy as np

from geofence.compiled import compiled
from geofence.monitor import local_scale
from geofence.monitor.packed_areas import PackedAreas

metres_a_degree = compiled(local_scale.metres_a_degree)


@compiled
def turned_lon_deg(lon_deg: float, box_deg: np.ndarray) -> float:
    """Give the longitude as it is counted where the box lies."""
    middle_deg = 0.5 * (box_deg[0] + box_deg[2])
    return float(lon_deg + 360.0 * math.floor((middle_deg - lon_deg) / 360.0 + 0.5))


@compiled
def box_distance_m(
    lon_deg: float, lat_deg: float, east_m: float, north_m: float, box_deg: np.ndarray
) -> float:
    """Distance to a box, 0 inside."""
    dx = max(box_deg[0] - lon_deg, lon_deg - box_deg[2], 0.0) * east_m
    dy = max(box_deg[1] - lat_deg, lat_deg - box_deg[3], 0.0) * north_m
    return math.sqrt(dx * dx + dy * dy)


@compiled
def contains(
    lon_deg: float,
    lat_deg: float,
    area: int,
    areas: PackedAreas,
) -> bool:
    """Whether an odd number of edges is crossed by a ray to the east."""
    is_inside = False
    for block in range(areas.block_starts[area], areas.block_starts[area + 1]):
        box = areas.block_boxes_deg[block]
        if lat_deg < box[1] or lat_deg > box[3] or lon_deg > box[2]:
            continue
        first, last = areas.edge_starts[block], areas.edge_starts[block + 1]
        if lon_deg < box[0]:
            # Edges that hang together cross the ray an odd number of times where their ends lie on both sides.
            if (areas.edges_deg[first, 1] > lat_deg) != (areas.edges_deg[last - 1, 3] > lat_deg):
                is_inside = not is_inside
            continue
        for edge in range(first, last):
            y0, y1 = areas.edges_deg[edge, 1], areas.edges_deg[edge, 3]
            if (y0 > lat_deg) != (y1 > lat_deg):
                x0, x1 = areas.edges_deg[edge, 0], areas.edges_deg[edge, 2]
                if lon_deg < x0 + (lat_deg - y0) * (x1 - x0) / (y1 - y0):
                    is_inside = not is_inside
    return is_inside


@compiled
def nearest_edge(
    lon_deg: float,
    lat_deg: float,
    east_m: float,
    north_m: float,
    within_m: float,
    area: int,
    areas: PackedAreas,
) -> tuple[float, int]:
    """Distance to the boundary and the nearest edge; infinite and -1 where it is farther than `within_m`."""
    best2 = within_m * within_m
    best_edge = -1
    for block in range(areas.block_starts[area], areas.block_starts[area + 1]):
        box = areas.block_boxes_deg[block]
        bx = max(box[0] - lon_deg, lon_deg - box[2], 0.0) * east_m
        by = max(box[1] - lat_deg, lat_deg - box[3], 0.0) * north_m
        if bx * bx + by * by > best2:
            continue
        for edge in range(areas.edge_starts[block], areas.edge_starts[block + 1]):
            x0 = (areas.edges_deg[edge, 0] - lon_deg) * east_m
            y0 = (areas.edges_deg[edge, 1] - lat_deg) * north_m
            dx = (areas.edges_deg[edge, 2] - lon_deg) * east_m - x0
            dy = (areas.edges_deg[edge, 3] - lat_deg) * north_m - y0
            length2 = dx * dx + dy * dy
            share = 0.0
            if length2 > 0.0:
                share = min(1.0, max(0.0, -(x0 * dx + y0 * dy) / length2))
            px, py = x0 + share * dx, y0 + share * dy
            distance2 = px * px + py * py
            if distance2 <= best2:
                best2 = distance2
                best_edge = edge
    if best_edge < 0:
        return math.inf, -1
    return math.sqrt(best2), best_edge


@compiled
def way_to_edge_m(
    x0: float, y0: float, x1: float, y1: float, east: float, north: float, beside_m: float
) -> float:
    """Give the way from the origin along (east, north) until an edge is no farther than `beside_m`; infinite if never."""
    dx, dy = x1 - x0, y1 - y0
    length = math.sqrt(dx * dx + dy * dy)
    way_m = math.inf
    if length > 0.0:
        ex, ey = dx / length, dy / length
        offset = -x0 * -ey + -y0 * ex
        along = -x0 * ex + -y0 * ey
        if abs(offset) <= beside_m and 0.0 <= along <= length:
            return 0.0
        rate = east * -ey + north * ex
        if abs(offset) > beside_m and rate * offset < 0.0:
            way = (abs(offset) - beside_m) / abs(rate)
            foot = along + way * (east * ex + north * ey)
            if 0.0 <= foot <= length:
                way_m = way
    for cx, cy in ((x0, y0), (x1, y1)):
        away2 = cx * cx + cy * cy - beside_m * beside_m
        if away2 <= 0.0:
            return 0.0
        towards = cx * east + cy * north
        if towards > 0.0 and towards * towards >= away2:
            way_m = min(way_m, towards - math.sqrt(towards * towards - away2))
    return way_m


@compiled
def way_to_boundary_m(
    lon_deg: float,
    lat_deg: float,
    east_m: float,
    north_m: float,
    east: float,
    north: float,
    within_m: float,
    beside_m: float,
    area: int,
    areas: PackedAreas,
) -> tuple[float, int]:
    """Give the way along a direction until a boundary is no farther than `beside_m`, and the edge it is of.

    Infinite and -1 where that is farther than `within_m`. The direction is a unit vector.
    """
    best_m = math.inf
    best_edge = -1
    reach_m = within_m
    for block in range(areas.block_starts[area], areas.block_starts[area + 1]):
        box = areas.block_boxes_deg[block]
        west = (box[0] - lon_deg) * east_m - beside_m
        low = (box[1] - lat_deg) * north_m - beside_m
        right = (box[2] - lon_deg) * east_m + beside_m
        high = (box[3] - lat_deg) * north_m + beside_m
        end_x, end_y = east * reach_m, north * reach_m
        if (
            max(0.0, end_x) < west
            or min(0.0, end_x) > right
            or max(0.0, end_y) < low
            or min(0.0, end_y) > high
        ):
            continue
        for edge in range(areas.edge_starts[block], areas.edge_starts[block + 1]):
            x0 = (areas.edges_deg[edge, 0] - lon_deg) * east_m
            y0 = (areas.edges_deg[edge, 1] - lat_deg) * north_m
            x1 = (areas.edges_deg[edge, 2] - lon_deg) * east_m
            y1 = (areas.edges_deg[edge, 3] - lat_deg) * north_m
            way = way_to_edge_m(x0, y0, x1, y1, east, north, beside_m)
            if way <= reach_m and way < best_m:
                best_m = way
                best_edge = edge
                reach_m = way
    return best_m, best_edge
