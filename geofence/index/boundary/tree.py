"""Boundaries in a tree of boxes in space."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geofence.index.boundary.pieces import BoundaryPieces

BRANCHES = 8
"""Pieces in a leaf, and nodes under a node."""


class BoundaryTree(NamedTuple):
    """Pieces of boundaries, and the boxes that hold eight of them, eight of those, and so on.

    Attributes
    ----------
    volumes : array of int32, shape (pieces,)
        Whose boundary each piece is of.
    ends_deg : array, shape (pieces, 4)
        Longitude and latitude of either end.
    ends_m : array, shape (pieces, 6)
        First end, and the way to the other; earth-centred.
    boxes_m : array, shape (nodes, 6)
        Lowest and highest coordinates of each node, level after level, the root last.
    levels : array of int32
        First node of each level, leaves first, and the end.
    """

    volumes: NDArray[np.int32]
    ends_deg: NDArray[np.float64]
    ends_m: NDArray[np.float64]
    boxes_m: NDArray[np.float64]
    levels: NDArray[np.int32]


def grow_tree(areas: NDArray[np.object_]) -> BoundaryTree:
    """Make the tree of the boundaries of areas, longitude and latitude."""
    pieces = BoundaryPieces(areas)
    starts_m, ends_m = pieces.from_xyz_m, pieces.to_xyz_m
    order = _near_each_other(0.5 * (starts_m + ends_m))
    boxes_m = np.hstack((np.minimum(starts_m, ends_m), np.maximum(starts_m, ends_m)))[order]
    nodes: list[NDArray[np.float64]] = []
    levels = [0]
    while not nodes or len(boxes_m) > 1:
        firsts = np.arange(0, len(boxes_m), BRANCHES)
        boxes_m = np.hstack(
            (
                np.minimum.reduceat(boxes_m[:, :3], firsts, axis=0),
                np.maximum.reduceat(boxes_m[:, 3:], firsts, axis=0),
            )
        )
        nodes.append(boxes_m)
        levels.append(levels[-1] + len(boxes_m))
    return BoundaryTree(
        pieces.volumes[order],
        np.hstack((pieces.from_lonlat_deg, pieces.to_lonlat_deg))[order],
        np.hstack((starts_m, ends_m - starts_m))[order],
        np.concatenate(nodes),
        np.array(levels, dtype=np.int32),
    )


def _near_each_other(xyz_m: NDArray[np.float64]) -> NDArray[np.intp]:
    """Order points along a curve through space (Morton 1966)."""
    if not len(xyz_m):
        return np.empty(0, dtype=np.intp)
    low_m, high_m = xyz_m.min(axis=0), xyz_m.max(axis=0)
    steps = ((xyz_m - low_m) * (2.0**20 / max(1.0, float((high_m - low_m).max())))).astype(np.uint64)
    code = np.zeros(len(xyz_m), dtype=np.uint64)
    for bit in range(21):
        for axis in range(3):
            digit = (steps[:, axis] >> np.uint64(bit)) & np.uint64(1)
            code |= digit << np.uint64(3 * bit + axis)
    return np.argsort(code, kind="stable")
