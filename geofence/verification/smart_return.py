"""How much of a flown path ArduCopter remembers for SMART_RTL."""

import numpy as np
from numpy.typing import NDArray

from geofence.verification.planar_route import PlanarRoute
from geofence.verification.return_ways import SMART_ACCURACY_M

POINTS_AT_MOST = 300
"""SRTL_POINTS."""

_SPARE_POINTS = 10
_POINTS_A_CORNER = 2
_UNSORTED_POINTS = 50
"""As many points at a time are simplified; the last of them stays (AP_SmartRTL)."""


def legs_remembered(route: PlanarRoute) -> int:
    """Count the legs, from the first, after which the whole way back is still remembered.

    The path is kept as points at least `SMART_ACCURACY_M` apart and simplified to half of that (Ramer, Douglas,
    Peucker), fifty at a time. A corner is flown round, and takes two.
    """
    xyz_m = np.column_stack(
        (
            np.concatenate((route.starts_xy_m[:1], route.ends_xy_m)),
            np.concatenate((route.start_alts_rel_m[:1], route.end_alts_rel_m)),
        )
    )
    is_corner = simplified(xyz_m, 0.5 * SMART_ACCURACY_M)
    steps_m = np.sqrt((np.diff(xyz_m, axis=0) ** 2).sum(axis=1))
    along_m = np.concatenate(([0.0], np.cumsum(steps_m)))
    points = _POINTS_A_CORNER * np.cumsum(is_corner) + along_m / (_UNSORTED_POINTS * SMART_ACCURACY_M)
    is_kept = points[1:] <= POINTS_AT_MOST - _SPARE_POINTS
    return int(np.argmin(is_kept)) if not is_kept.all() else len(is_kept)


def simplified(xyz_m: NDArray[np.float64], tolerance_m: float) -> NDArray[np.bool_]:
    """Say which points of a line, shape (n, 3), are left when it is drawn to a tolerance."""
    is_left = np.zeros(len(xyz_m), dtype=bool)
    is_left[[0, -1]] = True
    waiting: list[tuple[int, int]] = [(0, len(xyz_m) - 1)]
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        away_m = _distances_m(xyz_m[first + 1 : last], xyz_m[[first, last]])
        worst = int(np.argmax(away_m))
        if away_m[worst] > tolerance_m:
            middle = first + 1 + worst
            is_left[middle] = True
            waiting += [(first, middle), (middle, last)]
    return is_left


def _distances_m(points: NDArray[np.float64], ends: NDArray[np.float64]) -> NDArray[np.float64]:
    start, along = ends[0], ends[1] - ends[0]
    square = float(along @ along)
    shares = np.clip((points - start) @ along / square, 0.0, 1.0) if square > 0.0 else np.zeros(len(points))
    gaps = points - start - shares[:, None] * along
    return np.asarray(np.sqrt((gaps**2).sum(axis=1)))
