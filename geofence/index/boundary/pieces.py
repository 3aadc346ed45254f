"""The boundaries of volumes in short straight pieces in space."""

import numpy as np
import shapely
from numpy.typing import NDArray

from geofence.index.boundary.earth_centred import MEAN_RADIUS_M, xyz_m
from geofence.index.rings import rings_of

PIECE_SAG_M = 0.01
"""How far a piece may lie from the edge it is of."""


class BoundaryPieces:
    """All boundaries, in pieces so short that they are straight in space.

    What is no boundary on the ground is left out: the two sides of a cut at the antimeridian where they lie upon
    one another, and what runs along a pole.

    Parameters
    ----------
    areas : array of Polygon or MultiPolygon
        Longitude, latitude.
    """

    def __init__(self, areas: NDArray[np.object_]) -> None:
        rings, area_of_part = rings_of(areas)
        lonlat, ring_of_vertex = shapely.get_coordinates(rings, return_index=True)
        is_edge = ring_of_vertex[1:] == ring_of_vertex[:-1]
        starts, ends = lonlat[:-1][is_edge], lonlat[1:][is_edge]
        volumes = area_of_part[ring_of_vertex[:-1][is_edge]]
        starts, ends, volumes = _without_seams(starts, ends, volumes)
        counts = _piece_counts(starts, ends)
        edges = np.repeat(np.arange(len(starts)), counts)
        step = np.arange(len(edges)) - np.repeat(np.cumsum(counts) - counts, counts)
        share = step / counts[edges]
        next_share = (step + 1) / counts[edges]
        along = ends - starts
        self.volumes: NDArray[np.int32] = volumes[edges].astype(np.int32)
        self.from_lonlat_deg = starts[edges] + share[:, None] * along[edges]
        self.to_lonlat_deg = starts[edges] + next_share[:, None] * along[edges]
        self.from_xyz_m = xyz_m(self.from_lonlat_deg[:, 1], self.from_lonlat_deg[:, 0])
        self.to_xyz_m = xyz_m(self.to_lonlat_deg[:, 1], self.to_lonlat_deg[:, 0])


def _piece_counts(starts: NDArray[np.float64], ends: NDArray[np.float64]) -> NDArray[np.int64]:
    lat_deg = np.minimum(np.maximum(np.abs(starts[:, 1]), np.abs(ends[:, 1])), 89.0)
    longest_m = np.sqrt(8.0 * MEAN_RADIUS_M * PIECE_SAG_M / np.maximum(1.0, np.tan(np.radians(lat_deg))))
    along_deg = ends - starts
    cosine = np.cos(np.radians(np.minimum(np.abs(starts[:, 1]), np.abs(ends[:, 1]))))
    length_m = np.radians(np.hypot(along_deg[:, 0] * cosine, along_deg[:, 1])) * MEAN_RADIUS_M
    return np.maximum(1, np.ceil(length_m / longest_m)).astype(np.int64)


def _without_seams(
    starts: NDArray[np.float64], ends: NDArray[np.float64], volumes: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]:
    is_polar = (np.abs(starts[:, 1]) == 90.0) & (np.abs(ends[:, 1]) == 90.0)
    is_seam = (np.abs(starts[:, 0]) == 180.0) & (starts[:, 0] == ends[:, 0])
    kept = ~(is_polar | is_seam)
    remaining = [
        (lon_deg, *lats_deg, volume)
        for volume in np.unique(volumes[is_seam])
        for lon_deg, lats_deg in _one_sided(starts, ends, is_seam & (volumes == volume))
    ]
    rest = np.array(remaining, dtype=np.float64).reshape(-1, 4)
    return (
        np.concatenate((starts[kept], rest[:, [0, 1]])),
        np.concatenate((ends[kept], rest[:, [0, 2]])),
        np.concatenate((volumes[kept], rest[:, 3].astype(np.intp))),
    )


def _one_sided(
    starts: NDArray[np.float64], ends: NDArray[np.float64], chosen: NDArray[np.bool_]
) -> list[tuple[float, tuple[float, float]]]:
    """Give what runs along the antimeridian on one side only."""
    east, west = (
        shapely.union_all(
            shapely.linestrings(
                [
                    [(start, 0.0), (end, 0.0)]
                    for start, end in zip(
                        starts[chosen & (starts[:, 0] == lon_deg), 1],
                        ends[chosen & (starts[:, 0] == lon_deg), 1],
                        strict=True,
                    )
                ]
            )
        )
        for lon_deg in (180.0, -180.0)
    )
    return [
        (lon_deg, (line.bounds[0], line.bounds[2]))
        for lon_deg, lines in ((180.0, east - west), (-180.0, west - east))
        for line in shapely.get_parts(lines)
        if line.length > 0.0
    ]
