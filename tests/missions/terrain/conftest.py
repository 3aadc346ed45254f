from collections.abc import Callable, Sequence
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.terrain import GridTerrain
from missions.plan.plan import RouteKind
from missions.plan.waypoint import Waypoint

HOME = LatLon(36.0925, 103.7080)
FRAME = LocalFrame(HOME)
HOME_ALT_M = 1500.0
SPACING_M = 30.0


def ground(rise_m: Callable, half_m: float = 900.0) -> GridTerrain:
    """Heights given as a function of metres east and north, on nodes about 30 m apart; home is on the middle node."""
    half = int(half_m / SPACING_M)
    lat_step_deg, lon_step_deg = SPACING_M / 110_970.0, SPACING_M / 89_990.0
    lats_deg = HOME.lat_deg + lat_step_deg * np.arange(half, -half - 1, -1)
    lons_deg = HOME.lon_deg + lon_step_deg * np.arange(-half, half + 1)
    grid = np.meshgrid(lats_deg, lons_deg, indexing="ij")
    x_m, y_m = FRAME.xy_m(grid[0].ravel(), grid[1].ravel()).T
    rises = np.broadcast_to(rise_m(x_m, y_m), x_m.shape).reshape(grid[0].shape)
    return GridTerrain(
        HOME_ALT_M + rises,
        north_deg=float(lats_deg[0]),
        west_deg=float(lons_deg[0]),
        lat_step_deg=lat_step_deg,
        lon_step_deg=lon_step_deg,
    )


def flight(*places: tuple[float, float], alt_rel_m: float = 50.0) -> list[Waypoint]:
    """From the pad through some places and back."""
    kinds = [RouteKind.TRANSIT, *[RouteKind.COVERAGE] * (len(places) - 1), RouteKind.TRANSIT]
    inner = [Waypoint(xy_m, kind, alt_rel_m) for xy_m, kind in zip(places, kinds, strict=False)]
    pad = Waypoint((0.0, 0.0), RouteKind.TRANSIT, alt_rel_m)
    return [pad, *inner, pad]


def heights_agl_m(waypoints: Sequence[Waypoint], terrain: GridTerrain, step_m: float = 0.4) -> np.ndarray:
    """Heights above ground all along the legs, by looking at places close together."""
    heights = []
    for start, end in pairwise(waypoints):
        along = np.subtract(end.xy_m, start.xy_m)
        shares = np.linspace(0.0, 1.0, int(np.hypot(*along) / step_m) + 2)
        lats_deg, lons_deg = FRAME.latlon_deg(np.array(start.xy_m) + shares[:, None] * along).T
        alts_m = start.alt_rel_m + shares * (end.alt_rel_m - start.alt_rel_m) + HOME_ALT_M
        heights.append(alts_m - terrain.ground_alt_amsl_m(lats_deg, lons_deg))
    return np.concatenate(heights)


def gradients(waypoints: Sequence[Waypoint]) -> np.ndarray:
    found = []
    for start, end in pairwise(waypoints):
        length_m = np.hypot(*np.subtract(end.xy_m, start.xy_m))
        if length_m > 0.0:
            found.append((end.alt_rel_m - start.alt_rel_m) / length_m)
    return np.array(found)


@pytest.fixture(scope="session")
def over() -> SimpleNamespace:
    """Made-up ground, flights over it, and a judge that samples them."""
    return SimpleNamespace(
        home=HOME,
        frame=FRAME,
        home_alt_m=HOME_ALT_M,
        ground=ground,
        flight=flight,
        heights_agl_m=heights_agl_m,
        gradients=gradients,
    )
