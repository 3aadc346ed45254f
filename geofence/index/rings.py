"""The rings of areas."""

import numpy as np
import shapely
from numpy.typing import NDArray


def rings_of(areas: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Give all rings of areas, and the number of the area each is of."""
    parts, area_of_part = shapely.get_parts(areas, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    return rings, area_of_part[part_of_ring]
