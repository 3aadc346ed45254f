import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from geofence.formats.terrain_file import read_terrain, read_terrain_tiles
from geofence.refusal import GeofenceError

HEIGHTS = np.arange(20, dtype=np.float32).reshape(4, 5) + 1500.0
GRID = Affine(0.01, 0.0, 103.7, 0.0, -0.01, 36.1)


@pytest.fixture
def write_terrain(tmp_path):
    def write(heights=HEIGHTS, *, transform=GRID, crs="EPSG:4326", nodata=None, name="ground.tif"):
        path = tmp_path / name
        height, width = heights.shape
        with rasterio.open(
            path,
            "w",
            driver="GTiff",
            height=height,
            width=width,
            count=1,
            dtype=heights.dtype,
            crs=crs,
            transform=transform,
            nodata=nodata,
        ) as raster:
            raster.write(heights, 1)
        return path

    return write


def test_heights_stand_in_the_middle_of_their_cells(write_terrain):
    terrain = read_terrain(write_terrain())
    assert terrain.ground_alt_amsl_m([36.095, 36.065, 36.09], [103.705, 103.745, 103.71]) == pytest.approx(
        [1500.0, 1519.0, 1503.0], abs=0.001
    )
    assert np.isnan(terrain.ground_alt_amsl_m(36.0999, 103.7001)[0])


def test_declared_and_undeclared_voids_are_unknown(write_terrain):
    heights = HEIGHTS.astype(np.int16)
    heights[0, 0], heights[3, 4] = -9999, -32768
    terrain = read_terrain(write_terrain(heights, nodata=-9999))
    places = ([36.094, 36.066, 36.085], [103.706, 103.744, 103.725])
    assert np.isnan(terrain.ground_alt_amsl_m(*places)).tolist() == [True, True, False]


def test_an_hgt_tile_is_named_for_its_corner(tmp_path):
    path = tmp_path / "N36E103.hgt"
    heights = np.full((1201, 1201), 1500, dtype=">i2")
    heights[0, 0] = 1600
    path.write_bytes(heights.tobytes())
    terrain = read_terrain(path)
    assert terrain.ground_alt_amsl_m([37.0, 36.0], [103.0, 104.0]) == pytest.approx([1600.0, 1500.0])
    assert terrain.spacing_m == pytest.approx(74.0, abs=1.0)


def test_other_files_are_refused(tmp_path, write_terrain):
    text = tmp_path / "ground.tif"
    text.write_text("1500 m everywhere")
    with pytest.raises(GeofenceError, match=r"cannot be read as terrain \(.*[^.]\)\. Give a GeoTIFF"):
        read_terrain(text)
    with pytest.raises(GeofenceError, match="cannot be read as terrain"):
        read_terrain(tmp_path / "missing.tif")
    with pytest.raises(GeofenceError, match=r"EPSG:32648.*gdalwarp"):
        read_terrain(write_terrain(crs="EPSG:32648"))
    with pytest.raises(GeofenceError, match="no coordinate system"):
        read_terrain(write_terrain(crs=None))
    with pytest.raises(GeofenceError, match="rows do not run"):
        read_terrain(write_terrain(transform=GRID @ Affine.rotation(30.0)))
    with pytest.raises(GeofenceError, match="knows no height"):
        read_terrain(write_terrain(np.full((4, 5), -32768, dtype=np.int16)))


def test_tiles_are_read_as_one_terrain(tmp_path):
    rng = np.random.default_rng(5)
    whole = rng.integers(1400, 1700, (2401, 2401))
    paths = []
    for row, lat_deg in enumerate((37, 36)):
        for column, lon_deg in enumerate((103, 104)):
            path = tmp_path / f"N{lat_deg}E{lon_deg}.hgt"
            # Neighbouring tiles share the heights of their border.
            tile = whole[1200 * row : 1200 * row + 1201, 1200 * column : 1200 * column + 1201]
            path.write_bytes(tile.astype(">i2").tobytes())
            paths.append(path)
    terrain = read_terrain_tiles([paths[2], paths[0], paths[3], paths[1]])
    rows, columns = rng.integers(0, 2401, 50), rng.integers(0, 2401, 50)
    found = terrain.ground_alt_amsl_m(38.0 - rows / 1200.0, 103.0 + columns / 1200.0)
    assert found == pytest.approx(whole[rows, columns], abs=0.01)
    low, high = terrain.bounds_amsl_m(36.9999, 103.9999, 37.0001, 104.0001)
    assert low[0] <= whole[1200, 1200] <= high[0]
    assert np.isnan(read_terrain_tiles(paths[:1]).bounds_amsl_m(36.9999, 103.5, 37.0001, 103.6)[0][0])
    corners = read_terrain_tiles([paths[0], paths[3]])
    assert np.isnan(corners.ground_alt_amsl_m([36.5, 37.5], [103.5, 104.5])).all()


def test_tiles_of_geotiff_stand_side_by_side(write_terrain):
    east = GRID @ Affine.translation(5, 0)
    terrain = read_terrain_tiles(
        [write_terrain(HEIGHTS + 100.0, transform=east, name="east.tif"), write_terrain()]
    )
    assert terrain.ground_alt_amsl_m(36.095, [103.745, 103.75, 103.755]) == pytest.approx(
        [1504.0, 1552.0, 1600.0]
    )


def test_tiles_that_do_not_fit_are_refused(write_terrain):
    paths = [write_terrain(), write_terrain(transform=GRID @ Affine.translation(4.6, 0.0), name="off.tif")]
    with pytest.raises(GeofenceError, match="not of one grid"):
        read_terrain_tiles(paths)
    coarse = write_terrain(transform=GRID @ Affine.scale(2.0), name="coarse.tif")
    with pytest.raises(GeofenceError, match="not of one grid"):
        read_terrain_tiles([paths[0], coarse])
    far = write_terrain(transform=GRID @ Affine.translation(15_000, 9_000), name="far.tif")
    with pytest.raises(GeofenceError, match="more than 100000000"):
        read_terrain_tiles([paths[0], far])
    with pytest.raises(GeofenceError, match="no terrain tile"):
        read_terrain_tiles([])
