"""Where a camera is, where it looks and how wide: between places and pixels."""

import math
from dataclasses import dataclass

import numpy as np

from simulator.world.world_frame import Floats

WIDTH_PX, HEIGHT_PX = 640, 360
FIELD_OF_VIEW_DEG = 73.74
"""Across, of the sensor and focal length that CAMERA_INFORMATION tells: 13.2 mm behind 8.8 mm."""
ZOOM_AT_MOST = 10.0
NEAR_M = 0.3
"""Nothing nearer is drawn; compiled into what draws."""


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """One kind of camera for all.

    Parameters
    ----------
    width_px, height_px : int
    field_of_view_deg : float
        Across, not zoomed.
    pitch_deg : float
        How it is mounted without a gimbal, and where a gimbal points it at power-on; -90 is straight down.
    """

    width_px: int = WIDTH_PX
    height_px: int = HEIGHT_PX
    field_of_view_deg: float = FIELD_OF_VIEW_DEG
    pitch_deg: float = -45.0

    def focal_px(self, zoom_pct: float = 0.0) -> float:
        """Focal length in pixels; a zoom of 100 % is ten times as long as of 0 %."""
        wide = self.width_px / 2.0 / math.tan(math.radians(self.field_of_view_deg) / 2.0)
        return wide * (1.0 + (ZOOM_AT_MOST - 1.0) * zoom_pct / 100.0)


def axes(yaw_rad: float, pitch_rad: float, roll_rad: float) -> Floats:
    """Right, down and forward of something so turned, as rows of north, east and up."""
    sin_yaw, cos_yaw = math.sin(yaw_rad), math.cos(yaw_rad)
    sin_pitch, cos_pitch = math.sin(pitch_rad), math.cos(pitch_rad)
    forward = np.array((cos_pitch * cos_yaw, cos_pitch * sin_yaw, sin_pitch))
    right = np.array((-sin_yaw, cos_yaw, 0.0))
    down = np.array((sin_pitch * cos_yaw, sin_pitch * sin_yaw, -cos_pitch))
    sin_roll, cos_roll = math.sin(roll_rad), math.cos(roll_rad)
    return np.stack((right * cos_roll + down * sin_roll, down * cos_roll - right * sin_roll, forward))


def mounted_axes(body: Floats, mount_pitch_rad: float) -> Floats:
    """Give the axes of a camera that is fixed to a body, pitched against it."""
    right, down, forward = body
    sine, cosine = math.sin(mount_pitch_rad), math.cos(mount_pitch_rad)
    return np.stack((right, down * cosine + forward * sine, forward * cosine - down * sine))


@dataclass(frozen=True, slots=True, eq=False)
class Eye:
    """A camera at one moment, as a pinhole.

    Parameters
    ----------
    place_m : array, shape (3,)
        North and east in the world's frame, height above sea level.
    axes : array, shape (3, 3)
        Right, down, forward.
    focal_px : float
    width_px, height_px : int
    """

    place_m: Floats
    axes: Floats
    focal_px: float
    width_px: int
    height_px: int

    def pixels(self, places_m: Floats) -> tuple[Floats, Floats, Floats]:
        """Columns, rows and depths (m along the line of sight) of places, shape (n, 3); depth <= 0 is behind.

        The middle of the top left pixel is (0.5, 0.5).
        """
        seen = (np.asarray(places_m, float) - self.place_m) @ self.axes.T
        depth_m = seen[:, 2]
        scale = self.focal_px / np.where(depth_m > NEAR_M, depth_m, np.nan)
        return seen[:, 0] * scale + self.width_px / 2.0, seen[:, 1] * scale + self.height_px / 2.0, depth_m

    def ray(self, x_px: float, y_px: float) -> Floats:
        """Give the unit vector that a pixel looks along: north, east, up."""
        right, down, forward = self.axes
        way = (
            forward * self.focal_px
            + right * (x_px - self.width_px / 2.0)
            + down * (y_px - self.height_px / 2.0)
        )
        return np.asarray(way / np.linalg.norm(way), float)
