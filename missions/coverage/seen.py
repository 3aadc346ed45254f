"""What is seen from a route, exactly."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from missions.transit import XY


def seen_from(
    points: Sequence[XY] | NDArray[np.float64], swath_m: float, *, quadrant_segments: int = 16
) -> BaseGeometry:
    """Give the area within half a swath of a route; its round ends lie a little inside the true ones."""
    xy = np.asarray(points, dtype=np.float64)
    # Leg by leg: a line that meets itself at a hair's breadth can buffer to an invalid polygon.
    legs = shapely.linestrings(np.stack((xy[:-1], xy[1:]), axis=1))
    return shapely.union_all(shapely.buffer(legs, swath_m / 2.0, quad_segs=quadrant_segments))


def seen_share(points: NDArray[np.float64], area: BaseGeometry, swath_m: float) -> float:
    """Give the share of an area that is seen from a route."""
    seen = seen_from(points, swath_m, quadrant_segments=6)
    return float(shapely.intersection(area, seen).area / area.area)
