"""A circle on its way into an autopilot, which reckons distances on a sphere."""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geofence.circle import Circle
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.lowering.lowered_ring import ROUNDING_M

_SPHERE_M_PER_DEG = 111_318.845
"""ArduPilot's length of a degree of latitude, and of one of longitude at the equator (AP_Common/Location)."""
_SEMI_MAJOR_M = 6_378_137.0
_ECCENTRICITY_SQUARED = 6.694_379_990_14e-3
_RADIUS_DIGITS = 2


@dataclass(frozen=True, slots=True)
class LoweredCircle:
    """A circle as the autopilot holds it.

    Parameters
    ----------
    wire : Circle
        What it is sent.
    free_m : float
        How far from the centre the outline may truly lie on the route's side: beyond it for an exclusion,
        within it for an inclusion.
    is_bounds : bool
    """

    wire: Circle
    free_m: float
    is_bounds: bool

    @classmethod
    def of(cls, circle: Circle, *, is_bounds: bool) -> Self | None:
        """Lower a circle so that an exclusion holds it whole and an inclusion lies within it; None where nothing is left.

        On the ellipsoid a degree is up to 0.67 % shorter or longer than on ArduPilot's sphere.
        """
        least, most = _stretch(circle)
        centre = LatLon(round(circle.centre.lat_deg, 7), round(circle.centre.lon_deg, 7))
        step = 10.0**-_RADIUS_DIGITS
        if is_bounds:
            radius_m = math.floor((circle.radius_m * least - ROUNDING_M) / step) * step
        else:
            radius_m = math.ceil((circle.radius_m * most + ROUNDING_M) / step) * step
        radius_m = round(radius_m, _RADIUS_DIGITS)
        if radius_m <= 0.0:
            return None
        free_m = radius_m / most - ROUNDING_M if is_bounds else radius_m / least + ROUNDING_M
        return cls(Circle(centre, radius_m), free_m, is_bounds)

    def clearance_m(self, route: BaseGeometry, frame: LocalFrame) -> float:
        """How far a planar route keeps from it; negative where it leaves the inclusion or enters the exclusion."""
        centre = shapely.Point(frame.point_xy_m(self.wire.centre))
        if not self.is_bounds:
            return float(shapely.distance(route, centre)) - self.free_m
        corners_xy_m = shapely.get_coordinates(route)
        return self.free_m - float(np.max(np.hypot(*(corners_xy_m - shapely.get_coordinates(centre)).T)))


def _stretch(circle: Circle) -> tuple[float, float]:
    """Give the least and the most that ArduPilot's distance from the centre may be, as a share of the true one."""
    half_deg = circle.radius_m / 110_000.0
    lats_deg = np.clip(np.abs(circle.centre.lat_deg) + np.array([-half_deg, half_deg]), 0.0, 90.0)
    sines = np.sin(np.radians(lats_deg)) ** 2
    prime_vertical_m = _SEMI_MAJOR_M / np.sqrt(1.0 - _ECCENTRICITY_SQUARED * sines)
    meridian_m = prime_vertical_m * (1.0 - _ECCENTRICITY_SQUARED) / (1.0 - _ECCENTRICITY_SQUARED * sines)
    shares = _SPHERE_M_PER_DEG / np.radians(np.concatenate((prime_vertical_m, meridian_m)))
    return float(shares.min()), float(shares.max())
