import numpy as np
import pytest
import shapely

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.terrain import GridTerrain
from missions.camera.ground_footprint import ground_footprint
from missions.camera.presets import preset
from missions.camera.view import View
from missions.refusal import MissionError

HOME = LatLon(36.0925, 103.7080)
FRAME = LocalFrame(HOME)
CAMERA = preset("dji-mavic-3e-wide")


def ground(rise_m, half=40):
    lats_deg = HOME.lat_deg + 0.0001 * np.arange(half, -half - 1, -1)
    lons_deg = HOME.lon_deg + 0.0001 * np.arange(-half, half + 1)
    grid = np.meshgrid(lats_deg, lons_deg, indexing="ij")
    x_m, y_m = FRAME.xy_m(grid[0].ravel(), grid[1].ravel()).T
    return GridTerrain(
        1500.0 + np.broadcast_to(rise_m(x_m, y_m), x_m.shape).reshape(grid[0].shape),
        north_deg=float(lats_deg[0]),
        west_deg=float(lons_deg[0]),
        lat_step_deg=0.0001,
        lon_step_deg=0.0001,
    )


@pytest.mark.parametrize(("pitch_deg", "heading_deg"), [(-90.0, 0.0), (-60.0, 130.0)])
def test_over_level_ground_it_is_the_level_footprint(pitch_deg, heading_deg):
    view = View(CAMERA, 60.0, pitch_deg)
    seen = ground_footprint(view, (10.0, -5.0), heading_deg, ground(lambda x, y: 0.0 * x), FRAME)
    level = view.footprint((10.0, -5.0), heading_deg)
    assert seen.symmetric_difference(level).area < 0.001 * level.area


def test_over_a_slope_it_is_cut_where_the_rays_meet_the_plane():
    """Uphill the near ground comes closer: tan(a) h / (1 +- tan(a) slope) from the drone."""
    slope = 0.3
    view = View(CAMERA, 60.0)
    seen = ground_footprint(view, (0.0, 0.0), 0.0, ground(lambda x, y: slope * y), FRAME)
    half = np.tan(np.radians(CAMERA.vertical_fov_deg / 2.0))
    _, south_m, _, north_m = seen.bounds
    assert north_m == pytest.approx(60.0 * half / (1.0 + half * slope), rel=0.002)
    assert -south_m == pytest.approx(60.0 * half / (1.0 - half * slope), rel=0.002)


def test_a_wall_ends_the_view():
    wall = ground(lambda x, y: np.where(y > 60.0, 80.0, 0.0))
    seen = ground_footprint(View(CAMERA, 40.0, -45.0), (0.0, 0.0), 0.0, wall, FRAME)
    assert seen.bounds[3] < 75.0
    assert View(CAMERA, 40.0, -45.0).footprint().bounds[3] > 120.0
    assert shapely.is_valid(seen)


def test_sight_beyond_what_is_known_is_refused():
    with pytest.raises(MissionError, match="meets no ground that is known"):
        ground_footprint(
            View(CAMERA, 100.0, -40.0), (0.0, 0.0), 0.0, ground(lambda x, y: 0.0 * x, half=20), FRAME
        )
    void = ground(lambda x, y: np.where((abs(x - 20.0) < 15.0) & (abs(y - 45.0) < 15.0), np.nan, 0.0))
    with pytest.raises(MissionError, match="meets no ground that is known"):
        ground_footprint(View(CAMERA, 60.0, -60.0), (0.0, 0.0), 60.0, void, FRAME)
    with pytest.raises(MissionError, match="meets no ground that is known"):
        ground_footprint(View(CAMERA, 60.0), (20.0, 45.0), 0.0, void, FRAME)
