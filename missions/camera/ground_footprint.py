"""What a camera sees of uneven ground."""

import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon, make_valid

from geofence.local_frame import LocalFrame
from geofence.plane.planar_zones import polygonal
from geofence.terrain import Terrain
from missions.camera.view import View, turned_xy
from missions.refusal import MissionError

_RAYS_A_SIDE = 12
_STEPS_IN_SPACING = 4.0
_STEP_LEAST_M = 0.5
_REACH_HEIGHTS = 25.0
_HALVINGS = 20


def ground_footprint(
    view: View, xy_m: tuple[float, float], heading_deg: float, terrain: Terrain, frame: LocalFrame
) -> Polygon | MultiPolygon:
    """Give the outline of the ground in a picture, in the plane of metres.

    Lines of sight through the edges of the picture are followed to where they first meet the ground. What is hidden
    behind a hill inside the outline counts as seen.

    Parameters
    ----------
    view : View
        Its height counts from the ground below the drone.
    xy_m : (float, float)
        Where the drone is, in the frame.
    heading_deg : float
        Where the camera looks, clockwise from north.
    terrain : Terrain
    frame : LocalFrame

    Raises
    ------
    MissionError
        A line of sight leaves the known terrain, or meets no ground within 25 times the height.
    """
    drone = np.array((*xy_m, view.alt_agl_m + float(_grounds_m(np.array([xy_m]), terrain, frame)[0])))
    directions = _edge_rays(view, heading_deg)
    reach_m = _REACH_HEIGHTS * view.alt_agl_m
    step_m = max(terrain.spacing_m / _STEPS_IN_SPACING, _STEP_LEAST_M)
    ways_m = np.linspace(0.0, reach_m, int(np.ceil(reach_m / step_m)) + 1)
    depths_m = _depths_m(drone, directions[:, None, :], ways_m[None, :, None], terrain, frame)
    # Unknown ground may be in the way as well.
    hits = np.argmax(~(depths_m < 0.0), axis=1)
    if not (depths_m[np.arange(len(hits)), hits] >= 0.0).all():
        raise MissionError(
            f"a line of sight meets no ground that is known within {reach_m:.0f} m",
            place=f"picture at {frame.position(*xy_m)}",
            remedy="Give terrain that covers it, or pitch the camera steeper",
        )
    before_m, behind_m = ways_m[hits - 1], ways_m[hits]
    for _ in range(_HALVINGS):
        middle_m = 0.5 * (before_m + behind_m)
        is_behind = _depths_m(drone, directions, middle_m[:, None], terrain, frame) >= 0.0
        before_m, behind_m = (
            np.where(is_behind, before_m, middle_m),
            np.where(is_behind, middle_m, behind_m),
        )
    outline = Polygon(drone[:2] + directions[:, :2] * behind_m[:, None])
    return outline if outline.is_valid else polygonal(make_valid(outline))


def _edge_rays(view: View, heading_deg: float) -> NDArray[np.float64]:
    """Directions of length 1 through the edges of the picture, shape (n, 3): east, north, up."""
    side = np.linspace(-1.0, 1.0, _RAYS_A_SIDE, endpoint=False)
    one = np.ones_like(side)
    rays = view.rays(np.concatenate((side, one, -side, -one)), np.concatenate((one, -side, -one, side)))
    rays /= np.linalg.norm(rays, axis=1)[:, None]
    return np.column_stack((turned_xy(rays[:, :2], heading_deg), rays[:, 2]))


def _depths_m(
    drone: NDArray[np.float64],
    directions: NDArray[np.float64],
    ways_m: NDArray[np.float64],
    terrain: Terrain,
    frame: LocalFrame,
) -> NDArray[np.float64]:
    """How deep below ground lines of sight are after a way; NaN where the ground is not known."""
    places = drone + directions * ways_m
    grounds_m = _grounds_m(places[..., :2].reshape(-1, 2), terrain, frame)
    depths_m: NDArray[np.float64] = grounds_m.reshape(places.shape[:-1]) - places[..., 2]
    return depths_m


def _grounds_m(xy_m: NDArray[np.float64], terrain: Terrain, frame: LocalFrame) -> NDArray[np.float64]:
    return terrain.ground_alt_amsl_m(*frame.latlon_deg(xy_m).T)
