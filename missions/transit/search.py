"""Shortest ways over a tangent graph."""

import math

import numpy as np

from geofence.compiled import compiled
from missions.transit.sight import sees
from missions.transit.tangent_graph import TangentGraph, reached_nodes
from missions.transit.triangle_mesh import Floats, Numbers, TriangleMesh


@compiled
def shortest_way(
    mesh: TriangleMesh, graph: TangentGraph, x: float, y: float, to_x: float, to_y: float
) -> tuple[float, Numbers]:
    """Length from a point to another and the nodes between them (A*); infinite where there is no way."""
    if sees(mesh, x, y, to_x, to_y):
        return math.hypot(to_x - x, to_y - y), np.empty(0, dtype=np.int64)
    count = len(graph.xy)
    onward_m = np.full(count, math.inf)
    for node in reached_nodes(mesh, graph, to_x, to_y):
        onward_m[node] = math.hypot(to_x - graph.xy[node, 0], to_y - graph.xy[node, 1])
    so_far_m = np.full(count, math.inf)
    before = np.full(count, -1, dtype=np.int64)
    keys = np.empty(len(graph.ends) + count + 1)
    nodes = np.empty(len(keys), dtype=np.int64)
    size = 0
    for node in reached_nodes(mesh, graph, x, y):
        nx, ny = graph.xy[node]
        so_far_m[node] = math.hypot(nx - x, ny - y)
        size = _push(keys, nodes, size, so_far_m[node] + math.hypot(to_x - nx, to_y - ny), node)
    best_m, last = math.inf, -1
    is_done = np.zeros(count, dtype=np.bool_)
    while size:
        least_m, node = keys[0], nodes[0]
        size = _pop(keys, nodes, size)
        if least_m >= best_m:
            break
        if is_done[node]:
            continue
        is_done[node] = True
        if so_far_m[node] + onward_m[node] < best_m:
            best_m, last = so_far_m[node] + onward_m[node], node
        for edge in range(graph.starts[node], graph.starts[node + 1]):
            other = graph.ends[edge]
            length_m = so_far_m[node] + graph.lengths_m[edge]
            if length_m < so_far_m[other]:
                so_far_m[other] = length_m
                before[other] = node
                ahead_m = math.hypot(to_x - graph.xy[other, 0], to_y - graph.xy[other, 1])
                size = _push(keys, nodes, size, length_m + ahead_m, other)
    steps = 0
    node = last
    while node >= 0:
        nodes[steps] = node
        steps += 1
        node = before[node]
    return best_m, nodes[:steps][::-1].copy()


@compiled
def lengths_between(
    mesh: TriangleMesh, graph: TangentGraph, points: Floats, others: Floats, is_same: bool, within_m: float
) -> Floats:
    """Lengths from each point to each other one; only the upper triangle where both are the same points.

    Of pairs to which no way shorter than `within_m` leads, the straight distance and as much again is given.
    """
    count = len(others)
    starts = np.zeros(count + 1, dtype=np.int64)
    reached = np.empty(16 * count + 16, dtype=np.int64)
    for number in range(count):
        found = reached_nodes(mesh, graph, others[number, 0], others[number, 1])
        starts[number + 1] = starts[number] + len(found)
        while starts[number + 1] > len(reached):
            reached = np.concatenate((reached, np.empty_like(reached)))
        reached[starts[number] : starts[number + 1]] = found
    away_m = np.empty(starts[count])
    for number in range(count):
        for place in range(starts[number], starts[number + 1]):
            node = reached[place]
            away_m[place] = math.hypot(
                graph.xy[node, 0] - others[number, 0], graph.xy[node, 1] - others[number, 1]
            )
    lengths_m = np.full((len(points), count), math.inf)
    for row in range(len(points)):
        x, y = points[row]
        seeds = reached[starts[row] : starts[row + 1]].copy() if is_same else reached_nodes(mesh, graph, x, y)
        from_m = _spread(graph, x, y, seeds, within_m)
        for column in range(row + 1 if is_same else 0, count):
            straight_m = math.hypot(others[column, 0] - x, others[column, 1] - y)
            if straight_m > within_m:
                lengths_m[row, column] = straight_m + within_m
                continue
            if sees(mesh, x, y, others[column, 0], others[column, 1]):
                lengths_m[row, column] = straight_m
                continue
            best_m = math.inf
            for place in range(starts[column], starts[column + 1]):
                best_m = min(best_m, from_m[reached[place]] + away_m[place])
            lengths_m[row, column] = min(best_m, straight_m + within_m)
    return lengths_m


@compiled
def _spread(graph: TangentGraph, x: float, y: float, seeds: Numbers, within_m: float) -> Floats:
    """Length from a point to every node that near (Dijkstra), given the nodes it sees."""
    lengths_m = np.full(len(graph.xy), math.inf)
    keys = np.empty(len(graph.ends) + len(graph.xy) + 1)
    nodes = np.empty(len(keys), dtype=np.int64)
    size = 0
    for node in seeds:
        lengths_m[node] = math.hypot(graph.xy[node, 0] - x, graph.xy[node, 1] - y)
        size = _push(keys, nodes, size, lengths_m[node], node)
    while size:
        least_m, node = keys[0], nodes[0]
        size = _pop(keys, nodes, size)
        if least_m > within_m:
            break
        if least_m > lengths_m[node]:
            continue
        for edge in range(graph.starts[node], graph.starts[node + 1]):
            other = graph.ends[edge]
            length_m = least_m + graph.lengths_m[edge]
            if length_m < lengths_m[other]:
                lengths_m[other] = length_m
                size = _push(keys, nodes, size, length_m, other)
    return lengths_m


@compiled
def _push(keys: Floats, nodes: Numbers, size: int, key: float, node: int) -> int:
    """Put a node into a binary heap; returns its new size."""
    place = size
    while place > 0:
        parent = (place - 1) // 2
        if keys[parent] <= key:
            break
        keys[place], nodes[place] = keys[parent], nodes[parent]
        place = parent
    keys[place], nodes[place] = key, node
    return size + 1


@compiled
def _pop(keys: Floats, nodes: Numbers, size: int) -> int:
    """Take the first node out of a binary heap; returns its new size."""
    size -= 1
    key, node = keys[size], nodes[size]
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[place], nodes[place] = keys[child], nodes[child]
        place = child
    keys[place], nodes[place] = key, node
    return size
