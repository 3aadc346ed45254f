import heapq
import itertools
import math

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Polygon

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from missions.refusal import MissionError
from missions.transit import Transit, path_length_m, polygons_of, shrink_and_simplify


def shortest_by_all_pairs(area: Polygon, start, end) -> float:
    """Dijkstra over every vertex of the area, nothing left out."""
    points = np.array([start, end, *shapely.get_coordinates(area)])
    near = shapely.buffer(area, 1e-6)
    shapely.prepare(near)
    i, k = np.triu_indices(len(points), 1)
    seen = shapely.covers(near, shapely.linestrings(np.stack((points[i], points[k]), axis=1)))
    edges: dict[int, list[tuple[int, float]]] = {number: [] for number in range(len(points))}
    for a, b in zip(i[seen].tolist(), k[seen].tolist(), strict=True):
        length = math.dist(points[a], points[b])
        edges[a].append((b, length))
        edges[b].append((a, length))
    best = {0: 0.0}
    queue = [(0.0, 0)]
    while queue:
        length, a = heapq.heappop(queue)
        if a == 1:
            return length
        for b, further in edges[a]:
            if length + further < best.get(b, math.inf):
                best[b] = length + further
                heapq.heappush(queue, (length + further, b))
    return math.inf


def points_in(area, count: int, seed: int) -> list[tuple[float, float]]:
    random = np.random.default_rng(seed)
    xy = random.uniform(area.bounds[:2], area.bounds[2:], (60 * count, 2))
    xy = xy[shapely.contains_xy(area, xy[:, 0], xy[:, 1])][:count]
    return [(float(x), float(y)) for x, y in xy]


def assert_exact(area, transit: Transit, points) -> None:
    """Legal, shortest, the same both ways and no longer than over a third place."""
    lengths_m = transit.lengths_m(np.array(points))
    for (i, start), (k, end) in itertools.combinations(enumerate(points), 2):
        path = transit.path(start, end)
        assert (path[0], path[-1]) == (start, end)
        assert shapely.covers(shapely.buffer(area, 1e-6), LineString(path))
        shortest_m = shortest_by_all_pairs(transit.area, start, end)
        assert path_length_m(path) == pytest.approx(shortest_m, rel=1e-6, abs=1e-5)
        assert path_length_m(transit.path(end, start)) == pytest.approx(path_length_m(path), abs=1e-9)
        assert lengths_m[i, k] == lengths_m[k, i] == pytest.approx(path_length_m(path), abs=1e-9)
    through = lengths_m[:, :, None] + lengths_m[None, :, :]
    assert (lengths_m <= through.min(axis=1) + 1e-5).all()


@pytest.mark.parametrize("name", ["HOLED", "COMB", "DUMBBELL"])
def test_paths_are_legal_and_shortest(fields, name):
    area = getattr(fields, name).buffer(-1.0, join_style="mitre")
    transit = Transit(area, (5.0, 5.0))
    points = points_in(transit.area, 14, 7)
    assert_exact(area, transit, points)
    for start, end in itertools.pairwise(points):
        assert area.covers(LineString(transit.path(start, end)))


# Whole metres and few of them: corners meet, edges run along each other, holes touch one another and the border.
COORDINATES = st.tuples(st.integers(0, 12), st.integers(0, 12))
RINGS = st.lists(COORDINATES, min_size=3, max_size=9)


@settings(max_examples=150, deadline=None)
@given(outline=RINGS, holes=st.lists(RINGS, max_size=4), is_uneven=st.booleans(), seed=st.integers(0, 99))
def test_any_area_is_crossed_legally_by_the_shortest_way(outline, holes, is_uneven, seed):
    random = np.random.default_rng(seed)

    def shape(ring):
        xy = 10.0 * np.array(ring, dtype=float)
        return shapely.make_valid(Polygon(xy + random.uniform(-0.01, 0.01, xy.shape) if is_uneven else xy))

    area = shapely.difference(shape(outline), shapely.union_all([shape(hole) for hole in holes]))
    area = MultiPolygon(polygons_of(area))
    assume(not area.is_empty)
    x, y = shapely.get_coordinates(area)[seed % shapely.get_num_coordinates(area)]
    try:
        transit = Transit(area, (float(x), float(y)))
    except MissionError as refusal:
        assert "too narrow" in str(refusal)  # noqa: PT017
        assert shapely.buffer(area, -2e-3).is_empty
        return
    corners = [(float(x), float(y)) for x, y in shapely.get_coordinates(transit.area)[:40:7]]
    assert_exact(area, transit, [*points_in(transit.area, 3, seed), *dict.fromkeys(corners)])


@settings(max_examples=60, deadline=None)
@given(outline=RINGS, holes=st.lists(RINGS, max_size=3), seed=st.integers(0, 99))
def test_what_is_seen_is_what_the_area_covers(outline, holes, seed):
    shapes = [shapely.make_valid(Polygon(10.0 * np.array(ring, dtype=float))) for ring in (outline, *holes)]
    area = MultiPolygon(polygons_of(shapely.difference(shapes[0], shapely.union_all(shapes[1:]))))
    assume(not shapely.buffer(area, -0.01).is_empty)
    transit = Transit(area, (0.0, 0.0))
    vertices = shapely.get_coordinates(transit.area)
    places = np.vstack((vertices, 0.5 * (vertices + np.roll(vertices, 1, axis=0)), points_in(area, 20, seed)))
    i, k = np.triu_indices(len(places), 1)
    legs = shapely.linestrings(np.stack((places[i], places[k]), axis=1))
    seen = transit.is_visible(places[i], places[k])
    assert shapely.covers(shapely.buffer(transit.area, 1e-5), legs[seen]).all()
    assert not shapely.covers(transit.area, legs[~seen]).any()


def test_recorded_areas_are_crossed_by_the_shortest_way(fields):
    areas = fields.recorded_areas()
    if not areas:
        pytest.skip("the recorded areas are kept outside the repository")
    for recorded in areas:
        polygon = recorded["polygon"]
        area = Polygon(polygon["outer"], polygon["holes"])
        transit = Transit(area, tuple(polygon["outer"][0]))
        points = points_in(transit.area, 30, 5)
        lengths_m = transit.lengths_m(np.array(points))
        paths = [transit.path(a, b) for a, b in itertools.combinations(points, 2)]
        assert shapely.covers(area, [LineString(path) for path in paths]).all(), recorded["name"]
        i, k = np.triu_indices(len(points), 1)
        assert lengths_m[i, k] == pytest.approx([path_length_m(path) for path in paths], abs=1e-6)
        if shapely.get_num_coordinates(area) < 100:
            shortest_m = shortest_by_all_pairs(transit.area, points[0], points[1])
            assert lengths_m[0, 1] == pytest.approx(shortest_m, rel=1e-6)


def test_lengths_to_other_points_are_those_of_the_paths(fields):
    transit = Transit(fields.many_holes(), (1.0, 1.0))
    points, others = points_in(transit.area, 5, 1), points_in(transit.area, 7, 2)
    lengths_m = transit.lengths_m(np.array(points), np.array(others))
    for row, start in zip(lengths_m, points, strict=True):
        assert row == pytest.approx([path_length_m(transit.path(start, end)) for end in others])


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


def star(points: int) -> Polygon:
    angle = np.linspace(0, 2 * math.pi, points + 1)[:-1]
    radius = 1000 + 20 * np.sin(61 * angle) + 0.3 * np.sin(1500 * angle)
    return Polygon(np.column_stack((radius * np.cos(angle), radius * np.sin(angle))))


def test_thousands_of_vertices_are_reduced_where_asked():
    transit = Transit(star(4000), (0.0, 0.0), 1.0)
    assert shapely.get_num_coordinates(transit.area) < 1500
    assert star(4000).covers(transit.area)
    assert transit.area.area > 0.97 * star(4000).area


def test_thousands_of_vertices_are_kept_otherwise():
    transit = Transit(star(4000), (0.0, 0.0))
    assert shapely.get_num_coordinates(transit.area) >= 4000
    points = [(float(x), float(y)) for x, y in shapely.get_coordinates(transit.area)[::500]]
    for start, end in itertools.combinations(points, 2):
        assert star(4000).covers(LineString(transit.path(start, end)))


def test_the_piece_nearest_to_the_anchor_is_taken():
    two = MultiPolygon([shapely.box(0, 0, 10, 10), shapely.box(20, 0, 22, 2)])
    transit = Transit(two, (21.0, 1.0), 0.01)
    assert transit.area.bounds[0] >= 20.0
    assert [round(piece.area) for piece in transit.unreachable] == [100]


def test_no_space_is_refused():
    with pytest.raises(MissionError, match="no legal space"):
        Transit(Polygon(), (0.0, 0.0), 0.1)
    with pytest.raises(MissionError, match="too narrow"):
        Transit(shapely.box(0, 0, 10, 0.0015), (0.0, 0.0), 0.0)


def test_a_point_outside_is_refused_with_its_place_and_how_far_it_is():
    transit = Transit(shapely.box(0, 0, 10, 10), (5.0, 5.0), 0.0)
    with pytest.raises(MissionError, match=r"\(15.0, 5.0\) m: .*lies 5 m outside"):
        transit.path((5.0, 5.0), (15.0, 5.0))
    with pytest.raises(MissionError, match="outside legal space"):
        transit.lengths_m(np.array([(5.0, 5.0), (15.0, 5.0)]))
    assert transit.nearest_point((15.0, 5.0)) == pytest.approx((9.999, 5.0))


def test_ways_lead_to_points_outside_by_less_than_the_slack():
    area = shapely.difference(shapely.box(0, 0, 10, 10), shapely.box(4, 2, 6, 8))
    transit = Transit(area, (1.0, 1.0))
    start, end = (0.0007, 5.0), (9.9993, 5.0)
    assert not transit.covers(start)
    way = transit.path(start, end)
    assert (way[0], way[-1], len(way)) == (start, end, 4)
    assert area.covers(LineString(way))


def test_a_point_in_another_piece_is_refused_by_the_name_of_the_piece():
    frame = LocalFrame(LatLon(36.0, 103.0))
    two = MultiPolygon([shapely.box(0, 0, 10, 10), shapely.box(20, 0, 22, 2)])
    with pytest.raises(MissionError, match=r"36\.0.*another piece of legal space, of 4 m2, 10\.0 m from"):
        Transit(two, (5.0, 5.0), frame=frame).path((5.0, 5.0), (21.0, 1.0))
