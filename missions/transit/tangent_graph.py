"""Where a taut string can bend, and which of these places see each other along it."""

import math
from typing import NamedTuple

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from geofence.compiled import compiled
from missions.transit.sight import seen_vertices
from missions.transit.triangle_mesh import Floats, Numbers, TriangleMesh

_STRAIGHT = 1e-12
_OFF_LINE_M = 1e-9


class TangentGraph(NamedTuple):
    """The reduced visibility graph (Lozano-Pérez and Wesley, 1979; Liu and Arimoto, 1992).

    A node is a vertex at which the area is reflex, an edge a leg that a taut string can run along: it lies in
    the area and leaves the borders at both of its ends on one side.

    Attributes
    ----------
    node_of : array
        The node at each vertex of the mesh, -1 where there is none.
    xy : array of shape (n, 2)
    before, after : arrays of shape (n, 2)
        Vertices beside each node along its ring.
    starts, ends, lengths_m : arrays
        Node i has edges to `ends[starts[i]:starts[i + 1]]`.
    """

    node_of: Numbers
    xy: Floats
    before: Floats
    after: Floats
    starts: Numbers
    ends: Numbers
    lengths_m: Floats


def tangent_graph(area: Polygon | MultiPolygon, mesh: TriangleMesh) -> TangentGraph:
    """Find the nodes of an area and the edges between them."""
    xy, before, after = _reflex_vertices(area)
    vertices = _numbers_of(xy, mesh.xy)
    # Where rings touch, a string may bend either way: that no side is told of makes it taut always.
    _, first, times = np.unique(vertices, return_index=True, return_counts=True)
    xy, before, after, vertices = xy[first], before[first], after[first], vertices[first]
    before[times > 1] = after[times > 1] = xy[times > 1]
    node_of = np.full(len(mesh.xy), -1, dtype=np.int64)
    node_of[vertices] = np.arange(len(vertices))
    nothing = np.zeros(len(xy) + 1, dtype=np.int64)
    nodes = TangentGraph(node_of, xy, before, after, nothing, nothing[:0], np.zeros(0))
    pairs = _edges(mesh, nodes)
    heads, ends = np.concatenate((pairs, pairs[:, ::-1])).T
    order = np.lexsort((ends, heads))
    heads, ends = heads[order], np.ascontiguousarray(ends[order])
    starts = np.searchsorted(heads, np.arange(len(xy) + 1)).astype(np.int64)
    lengths_m = np.hypot(*(xy[heads] - xy[ends]).T)
    return nodes._replace(starts=starts, ends=ends, lengths_m=lengths_m)


def _reflex_vertices(area: Polygon | MultiPolygon) -> tuple[Floats, Floats, Floats]:
    """Vertices with their neighbours along the ring, the area on the left of it."""
    nodes, before, after = [], [], []
    for ring in shapely.get_rings(shapely.get_parts(shapely.orient_polygons(area))):
        xy = shapely.get_coordinates(ring)[:-1]
        back, ahead = np.roll(xy, 1, axis=0), np.roll(xy, -1, axis=0)
        (ax, ay), (bx, by) = (xy - back).T, (ahead - xy).T
        is_reflex = ax * by - ay * bx < _STRAIGHT * np.hypot(ax, ay) * np.hypot(bx, by)
        nodes.append(xy[is_reflex])
        before.append(back[is_reflex])
        after.append(ahead[is_reflex])
    return np.vstack(nodes), np.vstack(before), np.vstack(after)


def _numbers_of(xy: Floats, vertices: Floats) -> Numbers:
    """Rows of `vertices`, which are sorted by x, then y, that hold some points."""
    places = np.searchsorted(_as_complex(vertices), _as_complex(xy))
    return places.astype(np.int64)


def _as_complex(xy: Floats) -> np.ndarray:
    # Complex numbers sort by the real part first, as np.unique sorts rows.
    return np.ascontiguousarray(xy).view(np.complex128).ravel()


@compiled
def is_taut(graph: TangentGraph, x: float, y: float, node: int) -> bool:
    """Whether the leg from a point to a node leaves both neighbours of the node on one side."""
    nx, ny = graph.xy[node]
    dx, dy = nx - x, ny - y
    length_m = math.hypot(dx, dy)
    one_x, one_y = graph.before[node, 0] - nx, graph.before[node, 1] - ny
    other_x, other_y = graph.after[node, 0] - nx, graph.after[node, 1] - ny
    # Of a leg as short as roundings only its ends are known, not its direction.
    one_slack = _OFF_LINE_M * (length_m + math.hypot(one_x, one_y))
    other_slack = _OFF_LINE_M * (length_m + math.hypot(other_x, other_y))
    one, other = dx * one_y - dy * one_x, dx * other_y - dy * other_x
    return not ((one > one_slack and other < -other_slack) or (one < -one_slack and other > other_slack))


@compiled
def reached_nodes(mesh: TriangleMesh, graph: TangentGraph, x: float, y: float) -> Numbers:
    """Nodes that a point sees along a taut leg."""
    seen = seen_vertices(mesh, x, y)
    count = 0
    for vertex in seen:
        node = graph.node_of[vertex]
        if node >= 0 and is_taut(graph, x, y, node):
            seen[count] = node
            count += 1
    return seen[:count]


@compiled
def _edges(mesh: TriangleMesh, graph: TangentGraph) -> np.ndarray:
    pairs = np.empty((4 * len(graph.xy) + 4, 2), dtype=np.int64)
    count = 0
    for node in range(len(graph.xy)):
        x, y = graph.xy[node]
        for other in reached_nodes(mesh, graph, x, y):
            if other > node and is_taut(graph, graph.xy[other, 0], graph.xy[other, 1], node):
                if count == len(pairs):
                    pairs = np.concatenate((pairs, np.empty_like(pairs)))
                pairs[count] = (node, other)
                count += 1
    return pairs[:count]
