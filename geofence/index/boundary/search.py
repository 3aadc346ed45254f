"""The boundaries near points, through the tree."""

import math

import numpy as np
from numpy.typing import NDArray

from geofence.compiled import compiled
from geofence.index.boundary.earth_centred import ECCENTRICITY_SQUARED, MEAN_RADIUS_M, SEMI_MAJOR_AXIS_M
from geofence.index.boundary.tree import BRANCHES, BoundaryTree

NO_PIECE = -1
_MOST_PENDING = 16 * BRANCHES
_FAR = 1e300
"""Beyond every reach, and yet not infinite."""


@compiled
def find_nearest(
    tree: BoundaryTree, lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64], reach_m: float
) -> NDArray[np.int64]:
    """Find the piece of boundary that is nearest to each point; `NO_PIECE` where none is within reach.

    Parameters
    ----------
    tree : BoundaryTree
    lat_deg, lon_deg : arrays, shape (n,)
    reach_m : float
        Straight through the earth.
    """
    ends, boxes, levels = tree.ends_m, tree.boxes_m, tree.levels
    pieces = np.full(len(lat_deg), NO_PIECE, np.int64)
    nodes, bounds = np.empty(_MOST_PENDING, np.int64), np.empty(_MOST_PENDING)
    depths = np.empty(_MOST_PENDING, np.int64)
    for point in range(len(lat_deg)):
        x, y, z = place_m(lat_deg[point], lon_deg[point])
        best = reach_m * reach_m
        nodes[0], bounds[0], depths[0] = 0, 0.0, len(levels) - 2
        pending = 1
        while pending > 0:
            pending -= 1
            node, depth = nodes[pending], depths[pending]
            if bounds[pending] > best:
                continue
            if depth == 0:
                for piece in range(BRANCHES * node, min(BRANCHES * (node + 1), len(ends))):
                    square = square_to_piece(
                        x,
                        y,
                        z,
                        ends[piece, 0],
                        ends[piece, 1],
                        ends[piece, 2],
                        ends[piece, 3],
                        ends[piece, 4],
                        ends[piece, 5],
                    )
                    if square <= best:
                        best = square
                        pieces[point] = piece
                continue
            low = levels[depth - 1]
            first = pending
            for child in range(low + BRANCHES * node, min(low + BRANCHES * (node + 1), levels[depth])):
                bound = square_to_box(
                    x,
                    y,
                    z,
                    boxes[child, 0],
                    boxes[child, 1],
                    boxes[child, 2],
                    boxes[child, 3],
                    boxes[child, 4],
                    boxes[child, 5],
                )
                if bound > best:
                    continue
                # The nearest is looked into first: it lies on top.
                place = pending
                while place > first and bounds[place - 1] < bound:
                    nodes[place], bounds[place] = nodes[place - 1], bounds[place - 1]
                    place -= 1
                nodes[place], bounds[place] = child - low, bound
                depths[pending] = depth - 1
                pending += 1
    return pieces


@compiled
def find_near(
    tree: BoundaryTree,
    lat_deg: NDArray[np.float64],
    lon_deg: NDArray[np.float64],
    reach_m: float,
    held_starts: NDArray[np.int64],
    held: NDArray[np.int32],
    first: int,
    starts: NDArray[np.int64],
    volumes: NDArray[np.int32],
    pieces: NDArray[np.int64],
    is_held: NDArray[np.bool_],
    squares: NDArray[np.float64],
) -> int:
    """Find the piece of each volume's boundary that is nearest to each point, from one number on.

    Parameters
    ----------
    tree : BoundaryTree
    lat_deg, lon_deg : arrays, shape (n,)
    reach_m : float
        Straight through the earth.
    held_starts, held : arrays
        The volumes that hold each point, ascending; they are found, be their boundary near or not.
    first : int
        Number of the point to start with; `starts[first]` is set.
    starts : array of int64, shape (n + 1,)
        Is filled in.
    volumes, pieces, is_held : arrays of int32, int64 and bool
        Are filled in from `starts[first]` on, in order of the volumes; `NO_PIECE` where none is near.
    squares : array, one for each volume
        To work with; infinite to begin with, and in the end.

    Returns
    -------
    int
        Number of the point to go on with, n where all are done.
    """
    ends, boxes, levels, volume_of_piece = tree.ends_m, tree.boxes_m, tree.levels, tree.volumes
    nodes, depths = np.empty(_MOST_PENDING, np.int64), np.empty(_MOST_PENDING, np.int64)
    nearest_pieces = np.empty(len(squares), np.int64)
    reach2 = reach_m * reach_m
    for point in range(first, len(lat_deg)):
        end = starts[point]
        if end + len(squares) > len(volumes):
            return point
        for number in range(held_starts[point], held_starts[point + 1]):
            volume = held[number]
            volumes[end] = volume
            end += 1
            squares[volume], nearest_pieces[volume] = _FAR, NO_PIECE
        x, y, z = place_m(lat_deg[point], lon_deg[point])
        nodes[0], depths[0] = 0, len(levels) - 2
        pending = 1
        while pending > 0:
            pending -= 1
            node, depth = nodes[pending], depths[pending]
            if depth > 0:
                low = levels[depth - 1]
                for child in range(low + BRANCHES * node, min(low + BRANCHES * (node + 1), levels[depth])):
                    square = square_to_box(
                        x,
                        y,
                        z,
                        boxes[child, 0],
                        boxes[child, 1],
                        boxes[child, 2],
                        boxes[child, 3],
                        boxes[child, 4],
                        boxes[child, 5],
                    )
                    if square <= reach2:
                        nodes[pending], depths[pending] = child - low, depth - 1
                        pending += 1
                continue
            for piece in range(BRANCHES * node, min(BRANCHES * (node + 1), len(ends))):
                square = square_to_piece(
                    x,
                    y,
                    z,
                    ends[piece, 0],
                    ends[piece, 1],
                    ends[piece, 2],
                    ends[piece, 3],
                    ends[piece, 4],
                    ends[piece, 5],
                )
                volume = volume_of_piece[piece]
                if square > reach2 or square >= squares[volume]:
                    continue
                if squares[volume] == np.inf:
                    # In order of the volumes, of which few are near.
                    place = end
                    while place > starts[point] and volumes[place - 1] > volume:
                        volumes[place] = volumes[place - 1]
                        place -= 1
                    volumes[place] = volume
                    end += 1
                squares[volume], nearest_pieces[volume] = square, piece
        number_held = held_starts[point]
        for number in range(starts[point], end):
            volume = volumes[number]
            squares[volume] = np.inf
            pieces[number] = nearest_pieces[volume]
            is_held[number] = number_held < held_starts[point + 1] and held[number_held] == volume
            if is_held[number]:
                number_held += 1
        starts[point + 1] = end
    return len(lat_deg)


@compiled
def measure(
    tree: BoundaryTree,
    lat_deg: NDArray[np.float64],
    lon_deg: NDArray[np.float64],
    points: NDArray[np.int64],
    pieces: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give distance and bearing from points to pieces, both by number; infinite and NaN for `NO_PIECE`."""
    ends, ends_deg = tree.ends_m, tree.ends_deg
    distances_m, bearings_deg = np.full(len(pieces), np.inf), np.full(len(pieces), np.nan)
    for number in range(len(pieces)):
        piece, point = pieces[number], points[number]
        if piece == NO_PIECE:
            continue
        x, y, z = place_m(lat_deg[point], lon_deg[point])
        share = share_along(
            x - ends[piece, 0],
            y - ends[piece, 1],
            z - ends[piece, 2],
            ends[piece, 3],
            ends[piece, 4],
            ends[piece, 5],
        )
        # The place on the edge itself, which the piece only follows.
        to_x, to_y, to_z = place_m(
            ends_deg[piece, 1] + share * (ends_deg[piece, 3] - ends_deg[piece, 1]),
            ends_deg[piece, 0] + share * (ends_deg[piece, 2] - ends_deg[piece, 0]),
        )
        to_x, to_y, to_z = to_x - x, to_y - y, to_z - z
        chord_m = math.sqrt(to_x * to_x + to_y * to_y + to_z * to_z)
        distances_m[number] = 2.0 * MEAN_RADIUS_M * math.asin(min(1.0, chord_m / (2.0 * MEAN_RADIUS_M)))
        lat, lon = math.radians(lat_deg[point]), math.radians(lon_deg[point])
        outward = to_x * math.cos(lon) + to_y * math.sin(lon)
        bearing_deg = math.degrees(
            math.atan2(
                to_y * math.cos(lon) - to_x * math.sin(lon),
                to_z * math.cos(lat) - outward * math.sin(lat),
            )
        )
        bearings_deg[number] = bearing_deg if bearing_deg >= 0.0 else bearing_deg + 360.0
    return distances_m, bearings_deg


@compiled
def place_m(lat_deg: float, lon_deg: float) -> tuple[float, float, float]:
    """Give earth-centred coordinates of a place on the ellipsoid."""
    lat, lon = math.radians(lat_deg), math.radians(lon_deg)
    sine = math.sin(lat)
    normal_m = SEMI_MAJOR_AXIS_M / math.sqrt(1.0 - ECCENTRICITY_SQUARED * sine * sine)
    across_m = normal_m * math.cos(lat)
    return (
        across_m * math.cos(lon),
        across_m * math.sin(lon),
        normal_m * (1.0 - ECCENTRICITY_SQUARED) * sine,
    )


@compiled
def share_along(x: float, y: float, z: float, along_x: float, along_y: float, along_z: float) -> float:
    """Give how far along a piece the place on it is that is nearest to a point, both from its start."""
    length2 = along_x * along_x + along_y * along_y + along_z * along_z
    if length2 == 0.0:
        return 0.0
    return min(1.0, max(0.0, (x * along_x + y * along_y + z * along_z) / length2))


@compiled
def square_to_piece(
    x: float,
    y: float,
    z: float,
    from_x: float,
    from_y: float,
    from_z: float,
    along_x: float,
    along_y: float,
    along_z: float,
) -> float:
    """Give the square of the distance from a point to a piece."""
    x, y, z = x - from_x, y - from_y, z - from_z
    share = share_along(x, y, z, along_x, along_y, along_z)
    x, y, z = x - share * along_x, y - share * along_y, z - share * along_z
    return x * x + y * y + z * z


@compiled
def square_to_box(
    x: float,
    y: float,
    z: float,
    low_x: float,
    low_y: float,
    low_z: float,
    high_x: float,
    high_y: float,
    high_z: float,
) -> float:
    """Give the square of the distance from a point to a box, 0 within it."""
    x = max(low_x - x, 0.0, x - high_x)
    y = max(low_y - y, 0.0, y - high_y)
    z = max(low_z - z, 0.0, z - high_z)
    return x * x + y * y + z * z
