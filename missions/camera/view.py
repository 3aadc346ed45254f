"""What a camera sees of the ground."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon

from missions.camera.camera import Camera
from missions.refusal import MissionError

STRAIGHT_DOWN_DEG = -90.0

_BELOW_HORIZON_DEG = 3.0
"""A picture whose upper edge looks flatter than this shows ground twenty times as far as the drone is high."""


@dataclass(frozen=True, slots=True)
class View:
    """A camera in the air, over level ground.

    Parameters
    ----------
    camera : Camera
    alt_agl_m : float
    pitch_deg : float
        Of the gimbal, as MAVLink has it: 0 to the horizon, -90 straight down.

    Raises
    ------
    MissionError
        The horizon is in the picture, or nearly; says how steep the camera must look. Or it is not in the air.
    """

    camera: Camera
    alt_agl_m: float
    pitch_deg: float = STRAIGHT_DOWN_DEG

    def __post_init__(self) -> None:
        if not 0.0 < self.alt_agl_m < math.inf:
            raise MissionError(
                f"from {self.alt_agl_m:g} m above ground a camera sees no ground",
                remedy="Give a height above 0 m",
            )
        flattest_deg = -0.5 * self.camera.vertical_fov_deg - _BELOW_HORIZON_DEG
        if not -90.0 <= self.pitch_deg <= 0.0:
            raise MissionError(
                f"a pitch of {self.pitch_deg:g} degrees does not look at the ground ahead",
                place=f"camera {self.camera.name}",
                remedy="Give 0 for the horizon to -90 for straight down",
            )
        if self.pitch_deg > flattest_deg:
            raise MissionError(
                f"at a pitch of {self.pitch_deg:g} degrees the horizon is in the picture, or nearly, so what it shows "
                "has no end",
                place=f"camera {self.camera.name}",
                remedy=f"Pitch it to {math.floor(flattest_deg)} degrees or steeper",
            )

    def corners_m(self) -> NDArray[np.float64]:
        """Corners of the picture on the ground, shape (4, 2), right and ahead of the drone.

        Far left, far right, near right, near left. The pinhole camera: a ray through (u, v) on the sensor meets level
        ground at (u, f cos p - v sin p) h / -(f sin p + v cos p).
        """
        across, up = np.array((-1.0, 1.0, 1.0, -1.0)), np.array((1.0, 1.0, -1.0, -1.0))
        rays = self.rays(across, up)
        return rays[:, :2] * (self.alt_agl_m / -rays[:, 2:])

    def rays(self, across: NDArray[np.float64], up: NDArray[np.float64]) -> NDArray[np.float64]:
        """Directions of sight through places of the picture, shape (n, 3): right, ahead, up.

        Parameters
        ----------
        across, up : arrays of shape (n,)
            From -1, the left and the lower edge, to 1.
        """
        u, v = 0.5 * self.camera.sensor_width_mm * across, 0.5 * self.camera.sensor_height_mm * up
        focal = self.camera.focal_length_mm
        sine, cosine = math.sin(math.radians(self.pitch_deg)), math.cos(math.radians(self.pitch_deg))
        return np.column_stack((u, focal * cosine - v * sine, focal * sine + v * cosine))

    def footprint(self, xy_m: tuple[float, float] = (0.0, 0.0), heading_deg: float = 0.0) -> Polygon:
        """Give the ground in the picture, in the plane of metres.

        Parameters
        ----------
        xy_m : (float, float)
            Where the drone is.
        heading_deg : float
            Where the camera looks, clockwise from north.
        """
        return Polygon(turned_xy(self.corners_m(), heading_deg) + np.array(xy_m))

    @property
    def swath_m(self) -> float:
        """Width across the flight that the picture shows at its narrowest."""
        right = self.corners_m()[:, 0]
        return float(min(right[1] - right[0], right[2] - right[3]))

    @property
    def length_m(self) -> float:
        """Length of ground along the flight that the picture shows."""
        ahead = self.corners_m()[:, 1]
        return float(ahead[0] - ahead[3])

    @property
    def gsd_m(self) -> float:
        """Ground sample distance in the middle of the picture, across the line of sight."""
        slant_m = self.alt_agl_m / -math.sin(math.radians(self.pitch_deg))
        return self.camera.pixel_mm / self.camera.focal_length_mm * slant_m


def turned_xy(right_ahead: NDArray[np.float64], heading_deg: float) -> NDArray[np.float64]:
    """Turn what is right and ahead of a heading into east and north; shape (n, 2)."""
    sine, cosine = math.sin(math.radians(heading_deg)), math.cos(math.radians(heading_deg))
    right, ahead = right_ahead.T
    return np.column_stack((right * cosine + ahead * sine, ahead * cosine - right * sine))


def alt_of_gsd_m(camera: Camera, gsd_m: float, pitch_deg: float = STRAIGHT_DOWN_DEG) -> float:
    """Greatest height above ground at which the middle of the picture has a ground sample distance.

    Raises
    ------
    MissionError
        It is no distance, or the horizon is in the picture.
    """
    if not 0.0 < gsd_m < math.inf:
        raise MissionError(
            f"{gsd_m:g} m is no ground sample distance", remedy="Give metres above 0, such as 0.03"
        )
    return gsd_m / View(camera, 1.0, pitch_deg).gsd_m
