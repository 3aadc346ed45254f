import itertools
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio import Affine

from simulator.refusal import SimulatorError
from simulator.world.ground.flooding import flooding_levels
from simulator.world.ground.river import River, RiverSettings
from simulator.world.ground.terrain import IslandSettings, Terrain, TerrainSettings, ValleySettings
from simulator.world.time_table import TimeTable
from simulator.world.world_frame import WorldFrame

FRAME = WorldFrame(36.0, 103.0)
AXIS = ((36.0, 102.99), (36.0, 103.01))
VALLEY = ValleySettings(AXIS, bed_amsl_m=100.0, plain_amsl_m=110.0, bed_width_m=100.0, bank_slope=0.1)


def place(north_m: float, east_m: float) -> tuple[float, float]:
    lat_deg, lon_deg = FRAME.to_degrees(north_m, east_m)
    return float(lat_deg), float(lon_deg)


def height_m(terrain: Terrain, north_m: float, east_m: float) -> float:
    return float(terrain.ground_amsl_m(np.array(north_m), np.array(east_m)))


@pytest.fixture(scope="module")
def island_river() -> tuple[Terrain, River]:
    shore = tuple(place(n, e) for n, e in ((20.0, -60.0), (20.0, 60.0), (-20.0, 60.0), (-20.0, -60.0)))
    settings = TerrainSettings(
        valley=VALLEY, islands=(IslandSettings(shore, 102.0, 104.0, 0.1),), extent_m=300.0, spacing_m=4.0
    )
    terrain = Terrain(settings, FRAME)
    levels = TimeTable.of([(0.0, 102.0), (100.0, 105.0)])
    return terrain, River(RiverSettings(AXIS, levels, TimeTable.steady(1.5)), terrain, FRAME)


def test_a_valley_is_drawn_from_its_numbers() -> None:
    terrain = Terrain(TerrainSettings(valley=VALLEY, extent_m=400.0, spacing_m=5.0), FRAME)
    assert height_m(terrain, 30.0, 0.0) == pytest.approx(100.0)
    assert height_m(terrain, 100.0, 50.0) == pytest.approx(105.0)
    assert height_m(terrain, -100.0, -50.0) == pytest.approx(105.0)
    assert height_m(terrain, 300.0, 0.0) == pytest.approx(110.0)
    assert height_m(terrain, 3_000.0, 0.0) == pytest.approx(110.0)  # as at the edge
    assert terrain.steepest == pytest.approx(0.1, rel=0.01)


def test_rising_water_takes_an_island_from_its_shore_inwards(island_river: tuple[Terrain, River]) -> None:
    _, river = island_river
    north_m, east_m = np.meshgrid(np.arange(-40.0, 41.0, 1.0), np.arange(-80.0, 81.0, 1.0))
    areas = []
    for now_s in (0.0, 20.0, 40.0, 60.0, 80.0):
        river.be_at(now_s)
        areas.append(int(np.count_nonzero(river.depth_m(north_m, east_m) <= 0.0)))
    assert areas[0] == pytest.approx(120 * 40, rel=0.1)
    assert all(earlier > later for earlier, later in itertools.pairwise(areas))
    assert areas[-1] == 0
    river.be_at(0.0)
    assert river.level_amsl_m == 102.0


def test_low_ground_behind_a_dyke_is_dry_until_the_dyke_is_flooded() -> None:
    heights = np.full((9, 9), 10.0)
    heights[4, 0:2], heights[3:6, 2], heights[4, 3:8] = 0.0, 6.0, 1.0
    is_river = np.zeros((9, 9), bool)
    is_river[4, 0] = True
    levels = flooding_levels(heights, is_river)
    assert levels[4, 0:9].tolist() == [0.0, 0.0, 6.0, 6.0, 6.0, 6.0, 6.0, 6.0, 10.0]


def test_water_runs_down_the_axis(island_river: tuple[Terrain, River]) -> None:
    _, river = island_river
    north_m_s, east_m_s = river.flow_north_east_m_s(np.array([10.0]), np.array([20.0]))
    assert (north_m_s[0], east_m_s[0]) == pytest.approx((0.0, 1.5), abs=1e-6)


def write_heights(path: Path, *, crs: str = "EPSG:4326", cell_deg: float = 0.0002) -> None:
    size = 120
    lat = 36.0 + cell_deg * (size / 2 - 0.5 - np.arange(size))
    lon = 103.0 + cell_deg * (np.arange(size) - size / 2 + 0.5)
    heights = (1_500.0 + 1e4 * (lat[:, None] - 36.0) + 2e4 * (lon - 103.0)).astype("float32")
    half_deg = cell_deg * size / 2
    corner = Affine(cell_deg, 0.0, 103.0 - half_deg, 0.0, -cell_deg, 36.0 + half_deg)
    with rasterio.open(
        path, "w", "GTiff", size, size, 1, crs=crs, transform=corner, dtype="float32"
    ) as written:
        written.write(heights, 1)


def test_heights_of_a_geotiff_are_where_it_says(tmp_path: Path) -> None:
    write_heights(tmp_path / "heights.tif")
    terrain = Terrain(TerrainSettings(file=tmp_path / "heights.tif", extent_m=800.0), FRAME)
    for north_m, east_m in ((0.0, 0.0), (500.0, -300.0), (-700.0, 650.0)):
        lat_deg, lon_deg = place(north_m, east_m)
        expected = 1_500.0 + 1e4 * (lat_deg - 36.0) + 2e4 * (lon_deg - 103.0)
        assert height_m(terrain, north_m, east_m) == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize(
    ("crs", "extent_m", "words"),
    [("EPSG:32648", 500.0, "not in degrees"), ("EPSG:4326", 5_000.0, "does not cover")],
)
def test_heights_that_do_not_fit_are_refused(tmp_path: Path, crs: str, extent_m: float, words: str) -> None:
    write_heights(tmp_path / "heights.tif", crs=crs)
    with pytest.raises(SimulatorError, match=words):
        Terrain(TerrainSettings(file=tmp_path / "heights.tif", extent_m=extent_m), FRAME)


def test_an_hgt_tile_is_read_and_its_voids_are_refused(tmp_path: Path) -> None:
    frame = WorldFrame(36.5, 103.5)
    steps = np.arange(1201)
    heights = (1_000 + steps[::-1, None] // 10 + steps[None, :]).astype(">i2")
    tile = tmp_path / "N36E103.hgt"
    tile.write_bytes(heights.tobytes())
    terrain = Terrain(TerrainSettings(file=tile, extent_m=500.0, spacing_m=50.0), frame)
    assert float(terrain.ground_amsl_m(np.array(0.0), np.array(0.0))) == pytest.approx(
        1_000 + 60 + 600, abs=0.5
    )
    assert float(terrain.ground_amsl_m(np.array(0.0), np.array(400.0))) == pytest.approx(
        1_660 + 400.0 / (111_319.0 * np.cos(np.radians(36.5)) / 1_200), abs=0.5
    )
    heights[598:603, 600] = -32_768
    tile.write_bytes(heights.tobytes())
    with pytest.raises(SimulatorError, match="without a height"):
        Terrain(TerrainSettings(file=tile, extent_m=500.0, spacing_m=50.0), frame)


def test_a_file_without_heights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "heights.tif").write_bytes(b"no heights")
    with pytest.raises(SimulatorError, match="cannot be read"):
        Terrain(TerrainSettings(file=tmp_path / "heights.tif"), FRAME)


def test_a_river_elsewhere_is_refused() -> None:
    terrain = Terrain(TerrainSettings(extent_m=300.0), FRAME)
    with pytest.raises(SimulatorError, match="outside of the terrain"):
        River(RiverSettings(((37.0, 103.0), (37.0, 103.1)), TimeTable.steady(1.0)), terrain, FRAME)
