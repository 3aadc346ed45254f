"""Areas in a grid, crowded cells in grids of their own."""

import math

import numpy as np
import shapely
from numpy.typing import NDArray

from geofence.index.grid.leg_search import find_touched
from geofence.index.grid.point_search import REFUSED, find_volumes
from geofence.index.grid.refinement import refined
from geofence.index.hits import Hits, lengthened
from geofence.index.positions import not_a_position
from geofence.index.rings import rings_of

CELLS_PER_EDGE = 16.0
MOST_CELLS = 2.0**20
MOST_COVERED_CELLS = 2.0**24
"""Cells within the boxes of areas, all areas added up: bounds time and memory where many large ones overlap."""
SMALLEST_BOX_DEG = 1e-4


class Grid:
    """Areas of longitude and latitude in a grid.

    Parameters
    ----------
    areas : array of Polygon or MultiPolygon
        Valid.
    """

    def __init__(self, areas: NDArray[np.object_]) -> None:
        rings, area_of_ring = rings_of(areas)
        vertices_deg, ring_of_vertex = shapely.get_coordinates(rings, return_index=True)
        boxes_deg = shapely.bounds(areas) if len(areas) else np.zeros((1, 4))
        west, south = boxes_deg[:, :2].min(axis=0)
        east = max(boxes_deg[:, 2].max(), west + SMALLEST_BOX_DEG)
        north = max(boxes_deg[:, 3].max(), south + SMALLEST_BOX_DEG)
        widths_deg, heights_deg = (boxes_deg[:, 2:] - boxes_deg[:, :2]).T
        overlap = float(np.sum(widths_deg * heights_deg)) / ((east - west) * (north - south))
        cells = min(
            CELLS_PER_EDGE * max(len(vertices_deg), 1), MOST_CELLS, MOST_COVERED_CELLS / max(overlap, 1e-9)
        )
        aspect = (east - west) * math.cos(math.radians((south + north) / 2.0)) / (north - south)
        columns = int(min(max(math.sqrt(cells * aspect), 1.0), cells))
        rows = int(max(cells / columns, 1.0))
        self._count = len(areas)
        self.tables = refined(
            vertices_deg,
            _record_of_all(area_of_ring, ring_of_vertex),
            0,
            np.array((west, south, (east - west) / columns, (north - south) / rows)),
            columns,
            rows,
        )

    def areas_at(self, lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64]) -> Hits:
        """Find the areas that hold points.

        Raises
        ------
        GeofenceError
            For a point that is none.
        """
        count = len(lat_deg)
        starts = np.empty(count + 1, dtype=np.int64)
        starts[0] = 0
        areas = np.empty(count + 64 + self._count, dtype=np.int32)
        done = find_volumes(self.tables, lat_deg, lon_deg, 0, starts, areas)
        while done < count:
            if done < 0:
                raise not_a_position(lat_deg, lon_deg, REFUSED - done)
            areas = lengthened(areas, done, count, self._count)
            done = find_volumes(self.tables, lat_deg, lon_deg, done, starts, areas)
        return Hits(starts, areas[: starts[-1]])

    def areas_on_legs(self, ends_deg: NDArray[np.float64], held: Hits) -> Hits:
        """Find the areas that legs touch: those that hold the first end, and those whose edges are met.

        Parameters
        ----------
        ends_deg : array, shape (n, 4)
            Longitude and latitude of either end; longitudes may lie beyond 180 degrees.
        held : Hits
            The areas that hold one end of each leg.
        """
        count = len(ends_deg)
        starts = np.empty(count + 1, dtype=np.int64)
        starts[0] = 0
        areas = np.empty(count + 64 + self._count, dtype=np.int32)
        last_leg = np.full(self._count, -1, dtype=np.int64)
        done = 0
        while (
            done := find_touched(
                self.tables, ends_deg, held.volumes, held.starts, done, starts, areas, last_leg
            )
        ) < count:
            areas = lengthened(areas, done, count, self._count)
        return Hits(starts, areas[: starts[-1]])


def _record_of_all(area_of_ring: NDArray[np.intp], ring_of_vertex: NDArray[np.intp]) -> NDArray[np.int32]:
    """Write the record of a cell that holds all areas, each ring a run."""
    counts = np.bincount(ring_of_vertex)
    ends = np.cumsum(counts)
    runs = np.column_stack((ends - counts, ends - 1))
    areas, first_rings = np.unique(area_of_ring, return_index=True)
    record = [len(areas)]
    for area, rings in zip(areas, np.split(runs, first_rings)[1:], strict=True):
        record += [2 * int(area) + 1, 2 * len(rings), *rings.ravel().tolist()]
    return np.array(record, dtype=np.int32)
