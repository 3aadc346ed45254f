"""Areas on the ellipsoid."""

import math
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

_SEMI_MAJOR_M = 6_378_137.0
_ECCENTRICITY = math.sqrt((2.0 - 1.0 / 298.257223563) / 298.257223563)
_GAUSS_NODES, _GAUSS_WEIGHTS = np.polynomial.legendre.leggauss(5)


def area_m2(area: BaseGeometry) -> float:
    """Measure polygons whose edges are straight in longitude and latitude, on the WGS-84 ellipsoid.

    The strip between the equator and an edge is an integral of the authalic q over the longitude (Snyder, Map
    Projections, 1987, equation 3-12), taken by Gauss's rule.
    """
    return sum(
        abs(_ring_m2(polygon.exterior)) - sum(abs(_ring_m2(hole)) for hole in polygon.interiors)
        for polygon in shapely.get_parts(area)
        if isinstance(polygon, shapely.Polygon) and not polygon.is_empty
    )


def _ring_m2(ring: Any) -> float:
    lon_rad, lat_rad = np.radians(shapely.get_coordinates(ring)).T
    share = 0.5 * (_GAUSS_NODES + 1.0)
    between_rad = lat_rad[:-1, None] * (1.0 - share) + lat_rad[1:, None] * share
    # Counted from the ring's own latitude, or the strips would swallow what is small.
    heights = _authalic_q(between_rad) - _authalic_q(lat_rad[:1])
    strips = 0.5 * (heights @ _GAUSS_WEIGHTS) * np.diff(lon_rad)
    return float(0.5 * _SEMI_MAJOR_M**2 * strips.sum())


def _authalic_q(lat_rad: NDArray[np.float64]) -> NDArray[np.float64]:
    sine = np.sin(lat_rad)
    e_sine = _ECCENTRICITY * sine
    within = sine / (1.0 - e_sine**2) + np.arctanh(e_sine) / _ECCENTRICITY
    q: NDArray[np.float64] = (1.0 - _ECCENTRICITY**2) * within
    return q
