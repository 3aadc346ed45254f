"""Seeded areas like those that are flown: holed rectangles, ragged islands, parks with necks, long beaches."""

import math

import numpy as np
import pytest
import shapely
from shapely import LineString, Polygon

from missions.coverage.coverage import plan_coverage
from missions.coverage.fleet_split import split_tour
from missions.transit import Transit

SAMPLES = 20_000


def largest(area):
    return max(shapely.get_parts(area), key=lambda part: part.area)


def ragged(generator, corners, roughness, size_m):
    """Give a coast whose bays get smaller as they get more."""
    angle = np.linspace(0.0, 2.0 * math.pi, corners, endpoint=False)
    reach = np.ones(corners)
    for wave in range(2, corners // 6):
        reach += (
            roughness * generator.normal() / wave**1.15 * np.cos(wave * angle + generator.uniform(0.0, 6.0))
        )
    reach = np.maximum(reach, 0.15) * size_m
    return largest(
        shapely.buffer(Polygon(np.column_stack((reach * np.cos(angle), reach * np.sin(angle)))), 0.0)
    )


def holed_square(generator):
    area = shapely.box(0, 0, 100, 100)
    for _ in range(10):
        hole = shapely.affinity.rotate(
            shapely.box(0, 0, *generator.uniform(3.0, 12.0, 2)), generator.uniform(0, 90)
        )
        area = largest(area - shapely.affinity.translate(hole, *generator.uniform(0.0, 90.0, 2)))
    return area, 3.0, 0.991, 1.12


def island(generator):
    area = ragged(generator, 900, 0.3, 700.0)
    for _ in range(8):
        hole = shapely.affinity.translate(
            ragged(generator, 60, 0.3, 30.0), *generator.uniform(-500.0, 500.0, 2)
        )
        area = largest(area - hole)
    return area, 40.0, 0.981, 1.20


def park(generator):
    places = generator.uniform(0.0, 900.0, (5, 2))
    lawns = [shapely.affinity.translate(ragged(generator, 60, 0.25, 130.0), *place) for place in places]
    necks = shapely.buffer(LineString(places), 12.0)
    area = largest(shapely.union_all([*lawns, necks]))
    for _ in range(15):
        area = largest(
            area - shapely.buffer(shapely.Point(generator.uniform(0.0, 900.0, 2)), 15.0, quad_segs=3)
        )
    return area, 20.0, 0.981, 1.35


def beach(generator):
    line = np.column_stack((np.linspace(0.0, 2_500.0, 30), np.cumsum(generator.normal(0.0, 40.0, 30))))
    border = shapely.segmentize(shapely.buffer(LineString(line), 30.0).exterior, 15.0)
    xy = shapely.get_coordinates(border)[:-1]
    return largest(shapely.buffer(Polygon(xy + generator.normal(0.0, 2.0, xy.shape)), 0.0)), 20.0, 0.981, 1.35


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("make", [holed_square, island, park, beach])
@pytest.mark.parametrize("drones", [1, 5])
def test_made_areas_are_seen_shortly_and_never_left(make, seed, drones):
    generator = np.random.default_rng([seed, len(make.__name__)])
    area, swath_m, wanted, ratio_at_most = make(generator)
    transit = Transit(area, area.exterior.coords[0], 0.02 * swath_m)
    pad = transit.nearest_point(area.exterior.coords[0]) if drones > 1 else None
    tour = plan_coverage(area, transit, pad, swath_m, turn_m=0.0, wanted=wanted)
    shares = [tour] if pad is None else split_tour(tour, transit, pad, drones, turn_m=0.0, swath_m=swath_m)
    legs = shapely.linestrings(
        np.vstack([np.stack((share.points[:-1], share.points[1:]), axis=1) for share in shares])
    )
    assert shapely.length(shapely.difference(legs, area)).max() == 0.0
    west, south, east, north = area.bounds
    places = generator.uniform((west, south), (east, north), (SAMPLES, 2))
    places = shapely.points(places[shapely.contains_xy(area, places)])
    seen = shapely.STRtree(legs).query(places, predicate="dwithin", distance=swath_m / 2.0)[0]
    doubt = 3.0 * math.sqrt(wanted * (1.0 - wanted) / len(places))
    assert len(np.unique(seen)) / len(places) >= wanted - 0.001 - doubt
    lengths_m = [share.length_m for share in shares]
    if drones == 1:
        assert lengths_m[0] <= ratio_at_most * area.area / swath_m
    assert max(lengths_m) <= 1.08 * sum(lengths_m) / drones
