import heapq
import itertools
import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Polygon

from missions.refusal import MissionError
from missions.transit import Transit, path_length_m, shrink_and_simplify


def shortest_by_all_pairs(area: Polygon, start, end) -> float:
    """Dijkstra over every vertex of the area, nothing left out."""
    points = [start, end, *map(tuple, shapely.get_coordinates(area))]
    near = shapely.buffer(area, 1e-6)
    sees = {
        (i, k): math.dist(points[i], points[k])
        for i, k in itertools.combinations(range(len(points)), 2)
        if near.covers(LineString([points[i], points[k]]))
    }
    edges: dict[int, list[tuple[int, float]]] = {i: [] for i in range(len(points))}
    for (i, k), length in sees.items():
        edges[i].append((k, length))
        edges[k].append((i, length))
    best = {0: 0.0}
    queue = [(0.0, 0)]
    while queue:
        length, i = heapq.heappop(queue)
        if i == 1:
            return length
        for k, further in edges[i]:
            if length + further < best.get(k, math.inf):
                best[k] = length + further
                heapq.heappush(queue, (length + further, k))
    return math.inf


@pytest.mark.parametrize("name", ["HOLED", "COMB", "DUMBBELL"])
def test_paths_are_legal_and_shortest(fields, name):
    area = getattr(fields, name).buffer(-1.0, join_style="mitre")
    transit = Transit(area, (5.0, 5.0), 0.0)
    random = np.random.default_rng(7)
    low, high = area.bounds[:2], area.bounds[2:]
    points = [
        tuple(p) for p in random.uniform(low, high, (60, 2)) if transit.area.contains(shapely.Point(p))
    ][:16]
    lengths_m = transit.lengths_m(np.array(points))
    for (i, start), (k, end) in itertools.combinations(enumerate(points), 2):
        path = transit.path(start, end)
        assert (path[0], path[-1]) == (start, end)
        assert area.covers(LineString(path))
        shortest_m = shortest_by_all_pairs(transit.area, start, end)
        assert path_length_m(path) == pytest.approx(shortest_m, abs=0.1)
        assert lengths_m[i, k] == pytest.approx(path_length_m(path), abs=1e-6)


def test_many_points_get_lengths_that_are_never_too_short(fields):
    transit = Transit(fields.many_holes().buffer(-0.5), (1.0, 1.0), 0.05)
    random = np.random.default_rng(3)
    points = random.uniform(1, 99, (900, 2))
    points = points[shapely.contains_xy(transit.area, points[:, 0], points[:, 1])][:500]
    lengths_m = transit.lengths_m(points)
    for i, k in random.integers(0, len(points), (80, 2)):
        exact_m = path_length_m(transit.path(tuple(points[i]), tuple(points[k])))
        assert lengths_m[i, k] >= math.dist(points[i], points[k]) - 1e-9
        assert lengths_m[i, k] <= 2.0 * exact_m + 1e-6


@settings(max_examples=40, deadline=None)
@given(
    corners=st.lists(
        st.tuples(st.floats(0, 100).map(lambda v: round(v, 1)), st.floats(0, 100).map(lambda v: round(v, 1))),
        min_size=4,
        max_size=14,
    ),
    tolerance_m=st.sampled_from([0.01, 0.1, 1.0, 5.0]),
)
def test_simplified_areas_stay_inside(corners, tolerance_m):
    area = shapely.make_valid(Polygon(corners))
    simple = shrink_and_simplify(area, tolerance_m)
    assert shapely.difference(simple, area).area < 1e-9
    assert simple.is_empty or shapely.buffer(area, 1e-6).covers(simple)


def test_thousands_of_vertices_are_reduced():
    angle = np.linspace(0, 2 * math.pi, 4001)[:-1]
    radius = 1000 + 20 * np.sin(61 * angle) + 0.3 * np.sin(1500 * angle)
    star = Polygon(np.column_stack((radius * np.cos(angle), radius * np.sin(angle))))
    transit = Transit(star, (0.0, 0.0), 0.1)
    assert shapely.get_num_coordinates(transit.area) < 1500
    assert star.covers(transit.area)
    assert transit.area.area > 0.97 * star.area


def test_the_piece_nearest_to_the_anchor_is_taken():
    two = MultiPolygon([shapely.box(0, 0, 10, 10), shapely.box(20, 0, 22, 2)])
    assert Transit(two, (21.0, 1.0), 0.01).area.bounds[0] >= 20.0


def test_no_space_is_refused():
    with pytest.raises(MissionError, match="no legal space"):
        Transit(Polygon(), (0.0, 0.0), 0.1)
    with pytest.raises(MissionError, match="too narrow"):
        Transit(shapely.box(0, 0, 10, 0.015), (0.0, 0.0), 0.0)


def test_a_point_outside_has_no_path():
    transit = Transit(shapely.box(0, 0, 10, 10), (5.0, 5.0), 0.0)
    with pytest.raises(MissionError, match="no legal way"):
        transit.path((5.0, 5.0), (15.0, 5.0))
    assert transit.nearest_point((15.0, 5.0)) == pytest.approx((9.99, 5.0))
