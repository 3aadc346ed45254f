"""Who sees whom in a mesh of triangles."""

import math

import numpy as np

from geofence.compiled import compiled
from missions.transit.triangle_mesh import Floats, Numbers, TriangleMesh

TOUCH_M = 1e-6
"""What sticks out of the area no farther than this lies in it."""

_RELATIVE = 1e-14


@compiled
def locate(mesh: TriangleMesh, x: float, y: float) -> tuple[int, int]:
    """Find the triangle a point lies in, -1 outside, and the vertex it lies at, else -1."""
    west, south, size = mesh.grid[0], mesh.grid[1], mesh.grid[2]
    columns, rows = int(mesh.grid[3]), int(mesh.grid[4])
    column, row = math.floor((x - west) / size), math.floor((y - south) / size)
    if not (0 <= column < columns and 0 <= row < rows):
        return -1, -1
    cell = int(row) * columns + int(column)
    best, best_m = -1, -TOUCH_M
    for place in range(mesh.cell_starts[cell], mesh.cell_starts[cell + 1]):
        triangle = mesh.cells[place]
        inside_m = math.inf
        for k in range(3):
            ax, ay = mesh.xy[mesh.corners[triangle, k]]
            bx, by = mesh.xy[mesh.corners[triangle, (k + 1) % 3]]
            ux, uy = bx - ax, by - ay
            inside_m = min(inside_m, (ux * (y - ay) - uy * (x - ax)) / math.hypot(ux, uy))
        if inside_m >= best_m:
            best, best_m = triangle, inside_m
        if best_m > TOUCH_M:
            break
    if best < 0:
        return -1, -1
    for k in range(3):
        vertex = mesh.corners[best, k]
        if math.hypot(x - mesh.xy[vertex, 0], y - mesh.xy[vertex, 1]) <= TOUCH_M:
            return best, vertex
    return best, -1


@compiled
def sees(mesh: TriangleMesh, x: float, y: float, to_x: float, to_y: float) -> bool:
    """Whether the straight leg stays in the area, `TOUCH_M` over: a walk through the triangles it crosses."""
    triangle, vertex = locate(mesh, x, y)
    if triangle < 0:
        return False
    length = math.hypot(to_x - x, to_y - y)
    if length <= TOUCH_M:
        return True
    ux, uy = (to_x - x) / length, (to_y - y) / length
    xy, corners, neighbours = mesh.xy, mesh.corners, mesh.neighbours
    edge = -1
    if vertex < 0:
        # The first step: a corner ahead on the line, or the edge the line leaves by.
        nearest = math.inf
        for k in range(3):
            corner = corners[triangle, k]
            along = ux * (xy[corner, 0] - x) + uy * (xy[corner, 1] - y)
            aside = ux * (xy[corner, 1] - y) - uy * (xy[corner, 0] - x)
            if abs(aside) <= TOUCH_M and 0.0 < along < nearest:
                nearest, vertex = along, corner
        if vertex >= 0:
            if nearest >= length - TOUCH_M:
                return True
        else:
            for k in range(3):
                a, b = corners[triangle, k], corners[triangle, (k + 1) % 3]
                aside_a = ux * (xy[a, 1] - y) - uy * (xy[a, 0] - x)
                aside_b = ux * (xy[b, 1] - y) - uy * (xy[b, 0] - x)
                if aside_a < 0.0 < aside_b:
                    edge = k
            if edge < 0:
                return False
    for _ in range(len(corners) + len(xy) + 1):
        if vertex >= 0:
            triangle, edge, vertex = _onward(mesh, vertex, x, y, ux, uy, to_x, to_y)
            if triangle == _BLOCKED:
                return False
            if vertex >= 0:
                if ux * (xy[vertex, 0] - x) + uy * (xy[vertex, 1] - y) >= length - TOUCH_M:
                    return True
                continue
        a, b = corners[triangle, edge], corners[triangle, (edge + 1) % 3]
        ex, ey = xy[b, 0] - xy[a, 0], xy[b, 1] - xy[a, 1]
        if (ex * (to_y - xy[a, 1]) - ey * (to_x - xy[a, 0])) >= -TOUCH_M * math.hypot(ex, ey):
            return True
        beyond = neighbours[triangle, edge]
        if beyond < 0:
            return False
        entered = _edge_to(mesh, beyond, triangle)
        triangle = beyond
        apex = corners[triangle, (entered + 2) % 3]
        aside = ux * (xy[apex, 1] - y) - uy * (xy[apex, 0] - x)
        if abs(aside) <= TOUCH_M:
            if ux * (xy[apex, 0] - x) + uy * (xy[apex, 1] - y) >= length - TOUCH_M:
                return True
            vertex = apex
        elif aside > 0.0:
            edge = (entered + 1) % 3
        else:
            edge = (entered + 2) % 3
    return False


_BLOCKED = -2


@compiled
def _edge_to(mesh: TriangleMesh, triangle: int, neighbour: int) -> int:
    if mesh.neighbours[triangle, 0] == neighbour:
        return 0
    return 1 if mesh.neighbours[triangle, 1] == neighbour else 2


@compiled
def _onward(
    mesh: TriangleMesh, vertex: int, x: float, y: float, ux: float, uy: float, to_x: float, to_y: float
) -> tuple[int, int, int]:
    """From a vertex on a line: the triangle and edge it leaves by, or the vertex that comes next."""
    xy, corners = mesh.xy, mesh.corners
    here = ux * (xy[vertex, 0] - x) + uy * (xy[vertex, 1] - y)
    found, by = _BLOCKED, -1
    for place in range(mesh.fan_starts[vertex], mesh.fan_starts[vertex + 1]):
        triangle = mesh.fans[place]
        k = 0
        while corners[triangle, k] != vertex:
            k += 1
        a, b = corners[triangle, (k + 1) % 3], corners[triangle, (k + 2) % 3]
        aside_a = ux * (xy[a, 1] - y) - uy * (xy[a, 0] - x)
        aside_b = ux * (xy[b, 1] - y) - uy * (xy[b, 0] - x)
        if abs(aside_a) <= TOUCH_M and ux * (xy[a, 0] - x) + uy * (xy[a, 1] - y) > here:
            return triangle, -1, a
        if abs(aside_b) <= TOUCH_M and ux * (xy[b, 0] - x) + uy * (xy[b, 1] - y) > here:
            return triangle, -1, b
        if aside_a < 0.0 < aside_b:
            found, by = triangle, (k + 1) % 3
    if found == _BLOCKED:
        # The end may lie just beyond a border that begins here.
        for place in range(mesh.fan_starts[vertex], mesh.fan_starts[vertex + 1]):
            triangle = mesh.fans[place]
            is_in = True
            for k in range(3):
                ax, ay = xy[corners[triangle, k]]
                bx, by_ = xy[corners[triangle, (k + 1) % 3]]
                if (bx - ax) * (to_y - ay) - (by_ - ay) * (to_x - ax) < -TOUCH_M * math.hypot(
                    bx - ax, by_ - ay
                ):
                    is_in = False
            if is_in:
                k = 0
                while corners[triangle, k] != vertex:
                    k += 1
                return triangle, (k + 1) % 3, -1
    return found, by, -1


@compiled
def seen_vertices(mesh: TriangleMesh, x: float, y: float) -> Numbers:
    """Vertices that a point sees; of several in line only the nearest need be among them.

    Triangular expansion (Bungiu et al., Efficient computation of visibility polygons, 2014): what is seen
    through an edge is a cone that narrows from triangle to triangle.
    """
    xy, corners, neighbours = mesh.xy, mesh.corners, mesh.neighbours
    first, vertex = locate(mesh, x, y)
    seen = np.empty(64, dtype=np.int64)
    if first < 0:
        return seen[:0]
    count = 0
    is_seen = np.zeros(len(xy), dtype=np.bool_)
    # Triangle and the edge it is left by, with the vertices that bound the cone on its right and left.
    stack = np.empty((64, 4), dtype=np.int64)
    waiting = 0
    begins = mesh.fan_starts[vertex] if vertex >= 0 else 0
    ends = mesh.fan_starts[vertex + 1] if vertex >= 0 else 4
    for place in range(begins, ends):
        if vertex >= 0:
            triangle = mesh.fans[place]
        else:
            # A point on an edge looks out of both triangles beside it.
            triangle = first
            if place < 3:
                a, b = corners[first, place], corners[first, (place + 1) % 3]
                ex, ey = xy[b, 0] - xy[a, 0], xy[b, 1] - xy[a, 1]
                inside = ex * (y - xy[a, 1]) - ey * (x - xy[a, 0])
                triangle = neighbours[first, place] if inside <= TOUCH_M * math.hypot(ex, ey) else -1
        if triangle < 0:
            continue
        for k in range(3):
            a, b = corners[triangle, k], corners[triangle, (k + 1) % 3]
            if not is_seen[a]:
                is_seen[a] = True
                if count == len(seen):
                    seen = np.concatenate((seen, np.empty(count, dtype=np.int64)))
                seen[count] = a
                count += 1
            if a == vertex or b == vertex:
                continue
            # Of two triangles beside a point only what lies ahead of it is looked through.
            turn = (xy[a, 0] - x) * (xy[b, 1] - y) - (xy[a, 1] - y) * (xy[b, 0] - x)
            if turn <= 0.0 or (vertex < 0 and triangle != first and neighbours[triangle, k] == first):
                continue
            if vertex < 0 and triangle == first:
                ex, ey = xy[b, 0] - xy[a, 0], xy[b, 1] - xy[a, 1]
                inside = ex * (y - xy[a, 1]) - ey * (x - xy[a, 0])
                if inside <= TOUCH_M * math.hypot(ex, ey):
                    continue
            if waiting == len(stack):
                stack = np.concatenate((stack, np.empty_like(stack)))
            stack[waiting] = (triangle, k, a, b)
            waiting += 1
    while waiting:
        waiting -= 1
        triangle, k, right, left = stack[waiting]
        beyond = neighbours[triangle, k]
        if beyond < 0:
            continue
        entered = _edge_to(mesh, beyond, triangle)
        apex = corners[beyond, (entered + 2) % 3]
        dx, dy = xy[apex, 0] - x, xy[apex, 1] - y
        rx, ry = xy[right, 0] - x, xy[right, 1] - y
        lx, ly = xy[left, 0] - x, xy[left, 1] - y
        of_right, of_left = rx * dy - ry * dx, dx * ly - dy * lx
        slack_right = _RELATIVE * (abs(rx * dy) + abs(ry * dx))
        slack_left = _RELATIVE * (abs(dx * ly) + abs(dy * lx))
        if of_right >= -slack_right and of_left >= -slack_left and not is_seen[apex]:
            is_seen[apex] = True
            if count == len(seen):
                seen = np.concatenate((seen, np.empty(count, dtype=np.int64)))
            seen[count] = apex
            count += 1
        if waiting + 2 > len(stack):
            stack = np.concatenate((stack, np.empty_like(stack)))
        if of_right > 0.0:
            stack[waiting] = (beyond, (entered + 1) % 3, right, apex if of_left > 0.0 else left)
            waiting += 1
        if of_left > 0.0:
            stack[waiting] = (beyond, (entered + 2) % 3, apex if of_right > 0.0 else right, left)
            waiting += 1
    return seen[:count]


@compiled
def each_sees(mesh: TriangleMesh, starts: Floats, ends: Floats) -> np.ndarray:
    """Whether each leg stays in the area; arrays of shape (n, 2)."""
    seen = np.empty(len(starts), dtype=np.bool_)
    for number in range(len(starts)):
        seen[number] = sees(mesh, starts[number, 0], starts[number, 1], ends[number, 0], ends[number, 1])
    return seen
