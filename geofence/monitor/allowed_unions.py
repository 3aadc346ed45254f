"""Unions of inclusions, made when they are first asked for."""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon, STRtree

from geofence.monitor.packed_areas import PackedAreas, beyond_antimeridian, pack_areas
from geofence.plane.planar_zones import united

_SEAM_DEG = 1e-7
"""Gaps between inclusions up to twice this wide (2 cm) are seams, not boundaries."""
UNIONS_MOST = 64


class AllowedUnions:
    """What is allowed by some of the inclusions together, packed, with the owner of each edge.

    Parameters
    ----------
    areas : array of Polygon or MultiPolygon
        One for each inclusion volume.
    owners : array of shape (n,)
        Number of each one's zone.
    """

    def __init__(self, areas: NDArray[np.object_], owners: NDArray[np.int64]) -> None:
        self._areas = areas
        self._owners = owners
        self._unions: dict[int, Polygon | MultiPolygon] = {}
        self._edge_owners: dict[int, NDArray[np.int64]] = {}
        self.keys: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self.edge_owners: NDArray[np.int64] = np.empty(0, dtype=np.int64)

    def add(self, key: int, is_chosen: NDArray[np.bool_]) -> None:
        """Unite some inclusions and keep them under a key; the oldest are forgotten where there are too many."""
        while len(self._unions) >= UNIONS_MOST:
            oldest = next(iter(self._unions))
            del self._unions[oldest], self._edge_owners[oldest]
        chosen = self._areas[is_chosen]
        union = united(chosen, _SEAM_DEG)
        self._unions[key] = union
        self._edge_owners[key] = _owners_of_edges(union, chosen, self._owners[is_chosen])
        self.keys = np.array(list(self._unions), dtype=np.int64)
        self.edge_owners = np.concatenate(list(self._edge_owners.values()))

    def packed(self) -> PackedAreas:
        """Pack all unions in the order of their keys."""
        return pack_areas(list(self._unions.values()))


def _owners_of_edges(
    union: Polygon | MultiPolygon, areas: NDArray[np.object_], owners: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Name for each edge the zone whose outline runs closest to its middle."""
    edges_deg = pack_areas([union]).edges_deg
    outlines = shapely.boundary(np.array([beyond_antimeridian(area) for area in areas], dtype=object))
    middles = shapely.points(0.5 * (edges_deg[:, :2] + edges_deg[:, 2:]))
    edges, nearest = STRtree(outlines).query_nearest(middles)
    numbers = np.full(len(edges_deg), len(owners))
    np.minimum.at(numbers, edges, nearest)
    named: NDArray[np.int64] = owners[numbers]
    return named
