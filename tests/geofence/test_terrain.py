import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geofence.refusal import GeofenceError
from geofence.terrain import GridTerrain

NODES = np.random.default_rng(7).uniform(1400.0, 1700.0, (12, 15))


def _terrain(nodes=NODES):
    return GridTerrain(nodes, north_deg=36.1, west_deg=103.7, lat_step_deg=0.001, lon_step_deg=0.002)


def test_the_ground_is_that_of_the_nodes_and_even_in_between():
    terrain = _terrain()
    assert terrain.ground_alt_amsl_m([36.1, 36.098, 36.089], [103.7, 103.704, 103.728]) == pytest.approx(
        [NODES[0, 0], NODES[2, 2], NODES[11, 14]], abs=0.001
    )
    assert terrain.ground_alt_amsl_m(36.0985, 103.701)[0] == pytest.approx(NODES[1:3, 0:2].mean(), abs=0.001)


def test_spacing_is_the_shorter_way_between_nodes():
    assert _terrain().spacing_m == pytest.approx(111.2, abs=0.1)


def test_beside_the_grid_and_next_to_voids_nothing_is_known():
    nodes = NODES.copy()
    nodes[5, 5] = np.nan
    terrain = _terrain(nodes)
    assert np.isnan(
        terrain.ground_alt_amsl_m([36.101, 36.0946, 36.0954], [103.705, 103.7104, 103.7096])
    ).all()
    low, high = terrain.bounds_amsl_m(
        [36.0900, 36.0995, 36.0990], [103.701, 103.701, 103.699], 36.0998, 103.727
    )
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [True, False, True]


def test_a_grid_across_the_antimeridian():
    terrain = GridTerrain(NODES, north_deg=0.0, west_deg=179.99, lat_step_deg=0.001, lon_step_deg=0.002)
    assert terrain.ground_alt_amsl_m(-0.001, -179.992)[0] == pytest.approx(NODES[1, 9], abs=0.001)


@settings(max_examples=60, deadline=None)
@given(
    st.floats(36.0892, 36.0998),
    st.floats(103.7002, 103.7278),
    st.sampled_from([0.0, 1e-5, 4e-4, 3e-3]),
    st.sampled_from([0.0, 1e-5, 9e-4, 8e-3]),
    st.integers(0, 1000),
)
def test_no_ground_within_a_box_exceeds_its_bounds(south_deg, west_deg, height_deg, width_deg, seed):
    terrain = _terrain()
    north_deg, east_deg = min(south_deg + height_deg, 36.1), min(west_deg + width_deg, 103.728)
    low, high = terrain.bounds_amsl_m(south_deg, west_deg, north_deg, east_deg)
    rng = np.random.default_rng(seed)
    lats_deg, lons_deg = rng.uniform(south_deg, north_deg, 400), rng.uniform(west_deg, east_deg, 400)
    ground = terrain.ground_alt_amsl_m(lats_deg, lons_deg)
    assert low[0] - 1e-3 <= ground.min()
    assert ground.max() <= high[0] + 1e-3
    if height_deg <= 1e-5 and width_deg <= 1e-5:
        assert high[0] - low[0] < 8.0


@pytest.mark.parametrize("nodes", [[1.0, 2.0], [[1.0, 2.0]], [[1.0], [2.0]]])
def test_less_than_a_cell_is_no_terrain(nodes):
    with pytest.raises(GeofenceError, match="two rows and two columns"):
        GridTerrain(nodes, north_deg=0.0, west_deg=0.0, lat_step_deg=0.1, lon_step_deg=0.1)


def test_steps_are_positive():
    with pytest.raises(GeofenceError, match="are no grid"):
        GridTerrain(NODES, north_deg=0.0, west_deg=0.0, lat_step_deg=-0.1, lon_step_deg=0.1)
