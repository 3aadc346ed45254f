"""What it costs to watch drones over zones."""

import math
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geofence.latlon import LatLon
from geofence.monitor import columns as c
from geofence.monitor.observation import Observation
from geofence.monitor.zone_monitor import ZoneMonitor
from geofence.zone_set import ZoneSet

_DRONES = 1_000
_RATE_HZ = 10.0
_ALT_M = 60.0
_ROUNDS = 4


def measure_monitor(zones: ZoneSet, track_deg: NDArray[np.float64], *, checks: int) -> dict[str, Any]:
    """Measure one drone checked by itself, and a thousand together.

    Parameters
    ----------
    zones : ZoneSet
    track_deg : array, shape (n, 2)
        Positions of drones in track order, a tenth of a second apart; longitude first.
    checks : int
        Of one drone by itself, and of each step of all.
    """
    monitor = ZoneMonitor(zones)
    track_deg = track_deg[: len(track_deg) // _DRONES * _DRONES]
    velocities_m_s = _velocities_m_s(track_deg)
    checked_s = np.array(
        [
            [
                _check_one(monitor, track_deg[number], velocities_m_s[number], number)
                for number in range(checks)
            ]
            for _ in range(_ROUNDS)
        ]
    )
    # Of each check the best round, as everywhere in this measurement; on the wall all of them.
    best_s, wall_s = checked_s[:, :, 0].min(axis=0), checked_s[:, :, 1]
    steps_s = _check_all(
        monitor, track_deg, velocities_m_s, steps=max(1, min(checks // 200, len(track_deg) // _DRONES))
    )
    return {
        "one_check": {
            "count": checks,
            "median_us": round(1e6 * float(np.median(best_s)), 1),
            "p99_us": round(1e6 * float(np.percentile(best_s, 99.0)), 1),
            "wall_p99_us": round(1e6 * float(np.percentile(wall_s, 99.0)), 1),
        },
        "all_drones": {
            "drones": _DRONES,
            "rate_hz": _RATE_HZ,
            "share_of_core": round(float(np.median(steps_s)) * _RATE_HZ, 4),
        },
    }


def _check_one(
    monitor: ZoneMonitor, lonlat: NDArray[np.float64], velocity_m_s: NDArray[np.float64], number: int
) -> tuple[float, float]:
    observation = Observation(
        position=LatLon(float(lonlat[1]), float(lonlat[0])),
        time_s=number / _RATE_HZ,
        alt_rel_m=_ALT_M,
        east_m_s=float(velocity_m_s[0]),
        north_m_s=float(velocity_m_s[1]),
        climb_m_s=0.0,
    )
    # Processor time, for others use the machine too, and time on the wall.
    wall_s, cpu_s = time.perf_counter(), time.thread_time()
    monitor.observe_one("one", observation, 0.0)
    cpu_s, wall_s = time.thread_time() - cpu_s, time.perf_counter() - wall_s
    return cpu_s, wall_s


def _check_all(
    monitor: ZoneMonitor, track_deg: NDArray[np.float64], velocities_m_s: NDArray[np.float64], *, steps: int
) -> list[float]:
    # Each drone flies a stretch of the track of its own.
    places = track_deg.reshape(_DRONES, -1, 2)
    velocities = velocities_m_s.reshape(_DRONES, -1, 2)
    drone_ids = [f"drone {number}" for number in range(_DRONES)]
    observed = np.full((_DRONES, c.OBSERVED), math.nan)
    observed[:, c.ALT_REL_M], observed[:, c.CLIMB_M_S], observed[:, c.IS_WATCHED] = _ALT_M, 0.0, 1.0
    observed[:, c.STRAIGHT_ON_M] = observed[:, c.CLIMB_ON_M] = math.inf
    steps_s = []
    for step in range(steps):
        observed[:, c.LON_DEG], observed[:, c.LAT_DEG] = places[:, step].T
        observed[:, c.EAST_M_S], observed[:, c.NORTH_M_S] = velocities[:, step].T
        observed[:, c.TIME_S] = step / _RATE_HZ
        start_s = time.process_time()
        monitor.observe(drone_ids, observed, 0.0)
        steps_s.append(time.process_time() - start_s)
    return steps_s


def _velocities_m_s(track_deg: NDArray[np.float64]) -> NDArray[np.float64]:
    steps_deg = np.diff(track_deg, axis=0, append=track_deg[-1:])
    steps_m: NDArray[np.float64] = 111_195.0 * steps_deg
    steps_m[:, 0] *= np.cos(np.radians(track_deg[:, 1]))
    # Where one drone's track ends and the next begins, nothing flies.
    steps_m[np.hypot(*steps_m.T) > 10.0] = 0.0
    return steps_m * _RATE_HZ
