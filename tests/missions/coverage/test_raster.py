"""What a raster and lines tell of a route, against what counting all and shapely tell."""

import itertools

import numpy as np
import pytest
import shapely
from shapely import LineString

from missions.coverage.raster import net_loss, raster_of, see_all
from missions.coverage.seen import seen_share

SWATH_M = 10.0


@pytest.fixture
def area():
    return shapely.difference(shapely.box(0, 0, 120, 80), shapely.box(40, 30, 70, 50))


def random_route(generator, vertices):
    return generator.uniform((-5.0, -5.0), (125.0, 85.0), (vertices, 2))


@pytest.mark.parametrize("seed", range(20))
def test_a_loss_told_is_the_loss_there_would_be(area, seed):
    generator = np.random.default_rng(seed)
    raster, samples = raster_of(area, area, SWATH_M, 7.0)
    route = random_route(generator, 12)
    # Some legs twice, one of no length, some from west to east.
    route[3], route[5], route[7, 1] = route[2], route[1], route[6, 1]
    flown = np.hstack((route[:-1], route[1:]))
    see_all(raster, flown, 1)
    olds = flown[4:7]
    news = olds + generator.uniform(-4.0, 4.0, olds.shape)
    unseen = np.count_nonzero(raster.counts == 0)
    before = raster.counts.copy()
    told = net_loss(raster, np.vstack((olds, news)), len(olds), samples)
    assert np.array_equal(raster.counts, before)
    see_all(raster, olds, -1)
    see_all(raster, news, 1)
    assert told == np.count_nonzero(raster.counts == 0) - unseen


@pytest.mark.parametrize("seed", range(5))
def test_a_share_seen_is_what_shapely_says(area, seed):
    route = random_route(np.random.default_rng(seed), 15)
    seen = shapely.union_all(
        [LineString(leg).buffer(SWATH_M / 2, quad_segs=64) for leg in itertools.pairwise(route)]
    )
    expected = shapely.intersection(area, seen).area / area.area
    assert seen_share(route, area, SWATH_M) == pytest.approx(expected, abs=1e-3)
