"""Distances and bearings to boundaries agree with geodesics to points along them."""

import math

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from pyproj import Geod
from shapely import MultiPolygon, Polygon

from geofence.index.zone_index import ZoneIndex
from geofence.zone import Zone, ZoneKind

GEOD = Geod(ellps="WGS84")
ACROSS = MultiPolygon([shapely.box(179.0, -1.0, 180.0, 1.0), shapely.box(-180.0, -1.0, -179.0, 1.0)])

Area = Polygon | MultiPolygon


def index_of(*areas: Area) -> ZoneIndex:
    return ZoneIndex(
        Zone.of_area(str(number), "", ZoneKind.EXCLUSION, area) for number, area in enumerate(areas)
    )


def geodesic(area: Area, lat_deg: float, lon_deg: float) -> tuple[float, float]:
    """Give distance and bearing to the nearest of the points that lie close along a boundary."""
    boundary, step_deg = shapely.boundary(area), 0.01
    best_m, best_deg, around = math.inf, math.nan, boundary
    for _ in range(4):
        lonlat = shapely.get_coordinates(shapely.segmentize(around, step_deg))
        count = len(lonlat)
        azimuths, _, distances_m = GEOD.inv(
            np.full(count, lon_deg), np.full(count, lat_deg), lonlat[:, 0], lonlat[:, 1]
        )
        nearest = int(np.argmin(distances_m))
        best_m, best_deg = float(distances_m[nearest]), float(azimuths[nearest]) % 360.0
        around = shapely.intersection(
            boundary, shapely.box(*(lonlat[nearest] - step_deg), *(lonlat[nearest] + step_deg))
        )
        step_deg /= 20.0
    return best_m, best_deg


def areas_about(generator: np.random.Generator, lat_deg: float) -> list[Area]:
    areas: list[Area] = []
    for _ in range(12):
        lon, lat = generator.uniform((20.0, lat_deg - 1.0), (23.0, lat_deg + 1.0))
        reach_deg = 10.0 ** generator.uniform(-2.0, -0.3)
        azimuths = np.linspace(0.0, 2.0 * math.pi, int(generator.integers(3, 30)), endpoint=False)
        rim = np.column_stack((lon + 2.0 * reach_deg * np.cos(azimuths), lat + reach_deg * np.sin(azimuths)))
        areas.append(Polygon(rim, [[(lon, lat), (lon + reach_deg / 9, lat), (lon, lat + reach_deg / 9)]]))
    return areas


@pytest.mark.parametrize("lat_deg", [0.0, 43.0, -71.0])
def test_distances_are_those_of_geodesics(lat_deg: float) -> None:
    generator = np.random.default_rng(int(lat_deg) + 100)
    areas = areas_about(generator, lat_deg)
    index = index_of(*areas)
    points = generator.uniform((19.5, lat_deg - 1.5), (23.5, lat_deg + 1.5), (25, 2))
    nearest = index.nearest_boundaries(points[:, 1], points[:, 0])
    for row, (lon, lat) in enumerate(points):
        expected = [geodesic(area, lat, lon) for area in areas]
        least_m, bearing_deg = min(expected)
        assert nearest.distances_m[row] == pytest.approx(least_m, rel=1e-4, abs=0.05)
        assert expected[nearest.volumes[row]][0] == pytest.approx(least_m, rel=1e-4, abs=0.05)
        aside_m = math.radians((nearest.bearings_deg[row] - bearing_deg + 180.0) % 360.0 - 180.0) * least_m
        assert abs(aside_m) < 2.0 + 1e-3 * least_m


def test_every_volume_near_and_every_volume_around_is_given() -> None:
    generator = np.random.default_rng(11)
    areas = areas_about(generator, 36.0)
    index = index_of(*areas)
    points = generator.uniform((19.5, 34.5), (23.5, 37.5), (15, 2))
    radius_m = 30_000.0
    found = index.boundaries_within(points[:, 1], points[:, 0], radius_m)
    for row, (lon, lat) in enumerate(points):
        rows = range(found.starts[row], found.starts[row + 1])
        expected = [geodesic(area, lat, lon)[0] for area in areas]
        inside = shapely.intersects_xy(areas, lon, lat)
        assert [found.volumes[number] for number in rows] == [
            number for number, distance_m in enumerate(expected) if distance_m <= radius_m or inside[number]
        ]
        for number in rows:
            volume = found.volumes[number]
            assert found.is_inside[number] == inside[volume]
            if expected[volume] <= radius_m:
                assert found.distances_m[number] == pytest.approx(expected[volume], rel=1e-4, abs=0.05)
            else:
                assert math.isinf(found.distances_m[number])
                assert math.isnan(found.bearings_deg[number])


def test_nothing_within_reach_is_said_so() -> None:
    index = index_of(shapely.box(103.0, 36.0, 104.0, 37.0))
    near = index.nearest_boundaries([36.5, 36.01], [103.5, 103.5], within_m=5_000.0)
    assert near.volumes.tolist() == [-1, 0]
    assert near.distances_m[0] == math.inf
    assert math.isnan(near.bearings_deg[0])
    assert near.distances_m[1] == pytest.approx(1_109.6, rel=1e-3)
    assert near.bearings_deg[1] == pytest.approx(180.0, abs=0.01)


def points_of(*places: tuple[float, float]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lat_deg, lon_deg = np.array(places).T
    return lat_deg, lon_deg


def test_the_cut_at_the_antimeridian_is_no_boundary() -> None:
    near = index_of(ACROSS).nearest_boundaries(
        *points_of((0.0, 180.0), (0.0, -180.0), (0.9, 179.99), (0.0, 178.9))
    )
    to_the_side_m = GEOD.line_length([180.0, 179.0], [0.0, 0.0])
    assert near.distances_m[:2] == pytest.approx([GEOD.line_length([0, 0], [0, 1])] * 2, rel=1e-6)
    assert near.distances_m[2] == pytest.approx(GEOD.line_length([0, 0], [0.9, 1.0]), rel=1e-6)
    assert near.distances_m[3] == pytest.approx(0.1 * to_the_side_m, rel=1e-6)


def test_boundaries_are_near_across_the_antimeridian() -> None:
    near = index_of(shapely.box(-179.9, -1.0, -179.0, 1.0)).nearest_boundaries(0.0, 179.95)
    assert near.distances_m[0] == pytest.approx(GEOD.line_length([179.95, -179.9], [0.0, 0.0]), rel=1e-6)
    assert near.bearings_deg[0] == pytest.approx(90.0, abs=0.01)


def test_a_side_of_the_antimeridian_that_is_not_shared_is_a_boundary() -> None:
    one_sided = MultiPolygon([shapely.box(178.0, -1.0, 180.0, 3.0), shapely.box(-180.0, -1.0, -179.0, 1.0)])
    near = index_of(one_sided).nearest_boundaries(*points_of((2.0, 179.99), (0.0, 179.99)))
    assert near.distances_m[0] == pytest.approx(GEOD.line_length([179.99, 180.0], [2.0, 2.0]), rel=1e-6)
    assert near.distances_m[1] > 100_000.0


def test_a_zone_round_the_pole_has_no_boundary_there() -> None:
    near = index_of(shapely.box(-180.0, 80.0, 180.0, 90.0)).nearest_boundaries(
        *points_of((90.0, 0.0), (89.0, 77.0))
    )
    assert near.distances_m == pytest.approx(
        [GEOD.line_length([0, 0], [90, 80]), GEOD.line_length([0, 0], [89, 80])], rel=1e-4
    )


def test_the_whole_earth_has_no_boundary() -> None:
    index = index_of(shapely.box(-180.0, -90.0, 180.0, 90.0))
    assert index.nearest_boundaries(10.0, 10.0).volumes.tolist() == [-1]
    found = index.boundaries_within(10.0, 10.0, 1e6)
    assert (found.volumes.tolist(), found.is_inside.tolist()) == ([0], [True])


def test_long_edges_are_followed_where_they_leave_the_geodesic() -> None:
    near = index_of(shapely.box(0.0, 60.0, 40.0, 65.0)).nearest_boundaries(59.0, 20.0)
    assert near.distances_m[0] == pytest.approx(GEOD.line_length([20.0, 20.0], [59.0, 60.0]), rel=1e-4)
