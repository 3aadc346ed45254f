"""An index gives what shapely gives, point by point and leg by leg."""

import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from geofence.formats.zone_files import read_zones
from geofence.index.hits import Hits
from geofence.index.zone_index import ZoneIndex
from geofence.zone import Zone, ZoneKind

LATTICE_DEG = 0.125
"""Corners on a lattice meet, coincide and lie in line, and so do points on it."""
ORIGIN = np.array((103.75, 36.125))
"""Off zero, where a hair is so thin that shapely's own arithmetic vanishes."""
SHARED = Path(__file__).parents[4] / "shared" / "zones"

Area = Polygon | MultiPolygon
Pairs = set[tuple[int, int]]


def index_of(areas: list[Area]) -> ZoneIndex:
    return ZoneIndex(
        Zone.of_area(f"zone {number}", "", ZoneKind.EXCLUSION, area) for number, area in enumerate(areas)
    )


def pairs_of(hits: Hits) -> Pairs:
    pairs = list(zip(hits.queries.tolist(), hits.volumes.tolist(), strict=True))
    assert pairs == sorted(set(pairs))
    return set(pairs)


def shapely_pairs(areas: list[Area], geometries: NDArray[np.object_]) -> Pairs:
    numbers, rows = shapely.STRtree(areas).query(geometries, predicate="intersects")
    return set(zip(numbers.tolist(), rows.tolist(), strict=True))


def assert_same_points(
    areas: list[Area], lonlat: NDArray[np.float64], index: ZoneIndex | None = None
) -> None:
    hits = (index or index_of(areas)).volumes_at(lonlat[:, 1], lonlat[:, 0])
    assert pairs_of(hits) == shapely_pairs(areas, shapely.points(lonlat))


def assert_same_legs(areas: list[Area], ends: NDArray[np.float64], index: ZoneIndex | None = None) -> None:
    hits = (index or index_of(areas)).volumes_on_legs(ends[:, 1], ends[:, 0], ends[:, 3], ends[:, 2])
    assert pairs_of(hits) == shapely_pairs(areas, shapely.linestrings(ends.reshape(-1, 2, 2)))


def telling_points(areas: list[Area], generator: np.random.Generator) -> NDArray[np.float64]:
    """Give vertices, middles and other points of edges, places level with vertices, and those a hair beside."""
    vertices = shapely.get_coordinates(areas)
    share = generator.uniform(0.0, 1.0, (len(vertices) - 1, 1))
    level = np.column_stack((generator.permutation(vertices[:, 0]), vertices[:, 1]))
    west, south, east, north = shapely.total_bounds(areas)
    anywhere = generator.uniform((west - 0.1, south - 0.1), (east + 0.1, north + 0.1), (500, 2))
    points = np.concatenate(
        (
            vertices,
            0.5 * (vertices[1:] + vertices[:-1]),
            vertices[1:] + share * (vertices[:-1] - vertices[1:]),
            level,
            anywhere,
        )
    )
    beside = np.nextafter(points, points + generator.choice((-1.0, 1.0), points.shape))
    return np.clip(np.concatenate((points, beside)), (-180.0, -90.0), (180.0, 90.0))


def star(
    centre: tuple[float, float], radius_deg: float, vertices: int, generator: np.random.Generator
) -> Polygon:
    angles = np.linspace(0.0, 2.0 * math.pi, vertices, endpoint=False)
    radii = radius_deg * generator.uniform(0.5, 1.0, vertices)
    return Polygon(np.column_stack((centre[0] + radii * np.cos(angles), centre[1] + radii * np.sin(angles))))


def many_areas(generator: np.random.Generator) -> list[Area]:
    """Make zones from a few metres to a hundred kilometres, with holes, in parts, upon one another."""
    areas: list[Area] = []
    for _ in range(120):
        centre = tuple(generator.uniform((23.0, 42.0), (27.0, 44.0)))
        radius_deg = 10.0 ** generator.uniform(-4.0, 0.0)
        area = star(centre, radius_deg, int(generator.integers(3, 60)), generator)
        if generator.uniform() < 0.3:
            area = area.difference(star(centre, radius_deg / 3.0, 7, generator))
        if generator.uniform() < 0.2:
            area = area.union(star((centre[0] + 2.5 * radius_deg, centre[1]), radius_deg, 11, generator))
        areas.append(area)
    areas += areas[:3]
    return areas


@st.composite
def lattice_areas(draw: st.DrawFn) -> Area:
    """Draw what remains of a few boxes and polygons on a lattice, others taken away."""
    steps = st.tuples(st.integers(-8, 8), st.integers(-8, 8))

    def shape() -> shapely.Geometry:
        corners = ORIGIN + LATTICE_DEG * np.array(draw(st.lists(steps, min_size=3, max_size=6, unique=True)))
        return (
            shapely.make_valid(Polygon(corners))
            if draw(st.booleans())
            else shapely.MultiPoint(corners).envelope
        )

    rest = shapely.union_all([shape() for _ in range(draw(st.integers(1, 3)))])
    for _ in range(draw(st.integers(0, 2))):
        rest = shapely.difference(rest, shape())
    parts = [part for part in shapely.get_parts(rest) if isinstance(part, Polygon) and not part.is_empty]
    area = MultiPolygon(parts)
    return area if parts and area.is_valid else shapely.box(*ORIGIN, *(ORIGIN + LATTICE_DEG))


@settings(max_examples=40, deadline=None)
@given(st.lists(lattice_areas(), min_size=1, max_size=4))
@example([shapely.box(0.0, 0.0, 1e-7, 1e-7)])
@example([shapely.box(-180.0, -90.0, 180.0, 90.0)])
@example([shapely.box(0.0, 0.0, 1.0, 1.0)] * 3)
def test_points_of_lattices_hit_what_shapely_says(areas: list[Area]) -> None:
    index = index_of(areas)
    steps = np.arange(-9, 10) * LATTICE_DEG
    lattice = ORIGIN + np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    assert_same_points(areas, np.concatenate((lattice, lattice + LATTICE_DEG / 2.0)), index)
    assert_same_points(areas, telling_points(areas, np.random.default_rng(5)), index)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(lattice_areas(), min_size=1, max_size=4),
    st.lists(st.tuples(*[st.integers(-18, 18)] * 4), min_size=1, max_size=40),
)
def test_legs_of_lattices_hit_what_shapely_says(areas: list[Area], ends: list[tuple[int, ...]]) -> None:
    assert_same_legs(areas, np.tile(ORIGIN, 2) + np.array(ends) * (LATTICE_DEG / 2.0))


@pytest.mark.parametrize("seed", range(3))
def test_zones_of_every_size_hit_what_shapely_says(seed: int) -> None:
    generator = np.random.default_rng(seed)
    areas = many_areas(generator)
    index = index_of(areas)
    points = telling_points(areas, generator)
    assert_same_points(areas, points, index)
    starts = points[generator.permutation(len(points))[:3000]]
    ends = starts + generator.normal(0.0, 1.0, starts.shape) * 10.0 ** generator.uniform(
        -5, 0, (len(starts), 1)
    )
    to_vertices = points[generator.permutation(len(points))[:500]]
    assert_same_legs(areas, np.hstack((starts, ends)), index)
    assert_same_legs(areas, np.hstack((starts[:500], to_vertices)), index)


def test_points_on_the_borders_of_cells_hit_what_shapely_says() -> None:
    areas = many_areas(np.random.default_rng(8))
    index = index_of(areas)
    tables = index._grid.tables
    generator = np.random.default_rng(9)
    grids = generator.integers(0, len(tables.frames_deg), 2000)
    west, south, width, height = tables.frames_deg[grids].T
    columns, rows = tables.shapes[grids, 0], tables.shapes[grids, 1]
    on_border = west + np.round(generator.uniform(0, 1, 2000) * columns) * width
    anywhere = south + generator.uniform(0, 1, 2000) * rows * height
    corners = np.column_stack((on_border, south + np.round(generator.uniform(0, 1, 2000) * rows) * height))
    points = np.concatenate((np.column_stack((on_border, anywhere)), corners))
    for beside in (points, np.nextafter(points, -np.inf), np.nextafter(points, np.inf)):
        assert_same_points(areas, beside, index)


def test_zones_far_apart_hit_what_shapely_says() -> None:
    generator = np.random.default_rng(4)
    areas: list[Area] = [
        star(
            tuple(generator.uniform((-179.0, -89.0), (179.0, 89.0))),
            10.0 ** generator.uniform(-4, 0),
            30,
            generator,
        )
        for _ in range(60)
    ]
    areas += [
        MultiPolygon([shapely.box(179.0, -20.0, 180.0, -10.0), shapely.box(-180.0, -20.0, -178.0, -10.0)])
    ]
    areas += [shapely.box(-180.0, 80.0, 180.0, 90.0), shapely.box(-180.0, -90.0, 180.0, -85.0)]
    poles_and_seam = np.array(
        [(lon, lat) for lon in (-180.0, 0.0, 180.0) for lat in (-90.0, -15.0, 85.0, 90.0)]
    )
    index = index_of(areas)
    assert_same_points(areas, np.concatenate((telling_points(areas, generator), poles_and_seam)), index)


def test_a_fan_of_zones_around_one_corner_hits_what_shapely_says() -> None:
    turns = np.radians(np.arange(0.0, 360.0, 1.0))
    rim = np.column_stack((np.cos(turns), np.sin(turns))) * 0.2 + (103.7, 36.1)
    areas: list[Area] = [
        Polygon([(103.7, 36.1), tuple(rim[number]), tuple(rim[(number + 1) % len(rim)])])
        for number in range(360)
    ]
    assert_same_points(areas, telling_points(areas, np.random.default_rng(3))[::9])


@pytest.mark.skipif(not SHARED.exists(), reason="the real zones are kept outside the repository")
def test_a_country_hits_what_shapely_says() -> None:
    index = ZoneIndex(read_zones(SHARED / "ed269_bulgaria_caa_2026-07-30.json"))
    areas = [volume.area for volume in index.volumes]
    generator = np.random.default_rng(6)
    points = telling_points(areas, generator)[::29]
    assert_same_points(areas, points, index)
    ends = np.hstack((points, points + generator.normal(0.0, 0.02, points.shape)))
    assert_same_legs(areas, ends, index)
