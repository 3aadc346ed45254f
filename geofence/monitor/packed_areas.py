"""Areas as arrays that compiled code walks through quickly."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

BLOCK_EDGES = 16
_SEAM_DEG = 1e-7
_TURN_DEG = np.array((360.0, 0.0))


class PackedAreas(NamedTuple):
    """Areas of longitude, latitude degrees, each a run of blocks, each a run of edges that hang together.

    Across the antimeridian longitudes go on beyond 180 degrees.

    Parameters
    ----------
    boxes_deg : array of shape (n, 4)
        West, south, east, north.
    block_starts : array of shape (n + 1,)
    block_boxes_deg : array of shape (blocks, 4)
    edge_starts : array of shape (blocks + 1,)
    edges_deg : array of shape (edges, 4)
        Longitude and latitude of the start, then of the end.
    """

    boxes_deg: NDArray[np.float64]
    block_starts: NDArray[np.int64]
    block_boxes_deg: NDArray[np.float64]
    edge_starts: NDArray[np.int64]
    edges_deg: NDArray[np.float64]


def pack_areas(areas: Sequence[Polygon | MultiPolygon]) -> PackedAreas:
    """Pack areas; an empty one has no edges and a box that nothing is near."""
    whole = np.empty(len(areas), dtype=object)
    whole[:] = [beyond_antimeridian(area) for area in areas]
    rings, area_of_ring = _rings(whole)
    vertices_deg, ring_of_vertex = shapely.get_coordinates(rings, return_index=True)
    is_edge = ring_of_vertex[1:] == ring_of_vertex[:-1]
    edges_deg = np.hstack((vertices_deg[:-1][is_edge], vertices_deg[1:][is_edge]))
    edge_counts = np.bincount(ring_of_vertex[:-1][is_edge], minlength=len(rings))
    block_counts = -(-edge_counts // BLOCK_EDGES)
    ring_of_block = np.repeat(np.arange(len(rings)), block_counts)
    number_in_ring = np.arange(len(ring_of_block)) - np.repeat(
        np.cumsum(block_counts) - block_counts, block_counts
    )
    first_edges = (np.cumsum(edge_counts) - edge_counts)[ring_of_block] + number_in_ring * BLOCK_EDGES
    edge_starts = np.append(first_edges, len(edges_deg)).astype(np.int64)
    lows = np.minimum(edges_deg[:, :2], edges_deg[:, 2:])
    highs = np.maximum(edges_deg[:, :2], edges_deg[:, 2:])
    block_boxes_deg = np.empty((len(first_edges), 4))
    if len(first_edges):
        block_boxes_deg[:, :2] = np.minimum.reduceat(lows, first_edges)
        block_boxes_deg[:, 2:] = np.maximum.reduceat(highs, first_edges)
    area_of_block = area_of_ring[ring_of_block]
    block_starts = np.searchsorted(area_of_block, np.arange(len(areas) + 1)).astype(np.int64)
    boxes_deg = shapely.bounds(whole).reshape(-1, 4)
    return PackedAreas(
        np.ascontiguousarray(np.nan_to_num(boxes_deg, nan=1e9)),
        block_starts,
        block_boxes_deg,
        edge_starts,
        np.ascontiguousarray(edges_deg.reshape(-1, 4)),
    )


def joined(first: PackedAreas, second: PackedAreas) -> PackedAreas:
    """Put areas behind others."""
    blocks, edges = len(first.block_boxes_deg), len(first.edges_deg)
    return PackedAreas(
        np.vstack((first.boxes_deg, second.boxes_deg)),
        np.append(first.block_starts[:-1], second.block_starts + blocks),
        np.vstack((first.block_boxes_deg, second.block_boxes_deg)),
        np.append(first.edge_starts[:-1], second.edge_starts + edges),
        np.vstack((first.edges_deg, second.edges_deg)),
    )


def beyond_antimeridian(area: BaseGeometry) -> BaseGeometry:
    """Put the parts of an area that was cut at the antimeridian together, east of it."""
    bounds = area.bounds
    if area.is_empty or bounds[0] > -180.0 + _SEAM_DEG or bounds[2] < 180.0 - _SEAM_DEG:
        return area
    if all(part.bounds[2] - part.bounds[0] >= 360.0 - _SEAM_DEG for part in shapely.get_parts(area)):
        return area  # all round the earth
    parts = [
        shapely.transform(part, lambda lonlat: lonlat + _TURN_DEG) if part.bounds[2] < 0.0 else part
        for part in shapely.get_parts(area)
    ]
    return shapely.union_all(parts, grid_size=1e-9)


def _rings(areas: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    parts, area_of_part = shapely.get_parts(areas, return_index=True)
    is_filled = ~shapely.is_empty(parts)
    rings, part_of_ring = shapely.get_rings(parts[is_filled], return_index=True)
    return rings, area_of_part[is_filled][part_of_ring]
