"""How many points and legs a second the zone index answers, beside shapely, and what the live monitor costs."""

import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from bench.live_checks import measure_monitor
from bench.synthetic_zones import synthetic_zones, tracks_deg
from geofence.formats.zone_files import read_zones
from geofence.index.hits import Hits
from geofence.index.zone_index import ZoneIndex
from geofence.monitor.zone_monitor import ZoneMonitor
from geofence.zone_set import ZoneSet

Result = TypeVar("Result")
Pairs = tuple[NDArray[np.intp], NDArray[np.intp]]

_POINTS_A_LEG = 5
"""A leg is measured for so many points."""


def run(
    zones_path: Path | None = None, *, points: int = 1_000_000, rounds: int = 5, seed: int = 1
) -> dict[str, Any]:
    """Measure the index and the monitor on the zones of a file, or on synthetic ones.

    Rates are per second of processor time on one core, the best of several rounds, for others use the machine too.
    Shapely answers the same questions in the same run by `STRtree.query(..., predicate="intersects")`, over trees
    of the zones or of the points, whichever is faster, built in the time that counts; every hit is compared.

    Parameters
    ----------
    zones_path : Path, optional
    points : int
        In random order, as many in track order, and a leg for every five.
    rounds : int
    seed : int
    """
    zones = synthetic_zones() if zones_path is None else read_zones(zones_path)
    generator = np.random.default_rng(seed)
    # What is compiled is compiled once on a machine, and kept.
    index, compile_s = _timed(lambda: _ready_index(zones))
    _, build_s = _best(lambda: _built_index(zones), rounds)
    areas = np.array([volume.area for volume in index.volumes], dtype=object)
    west, south, east, north = shapely.total_bounds(areas)
    anywhere = generator.uniform((west, south), (east, north), (points, 2))
    on_track = tracks_deg((west, south, east, north), points, generator)
    starts = anywhere[: max(1, points // _POINTS_A_LEG)]
    lengths_deg = 10.0 ** generator.uniform(-4.0, -2.0, (len(starts), 1))
    legs = np.hstack((starts, starts + generator.normal(size=starts.shape) * lengths_deg))
    legs = np.clip(legs, (-180.0, -90.0) * 2, (180.0, 90.0) * 2)
    return {
        "name": "geofence",
        "zones": {
            "source": zones.source,
            "zones": len(zones),
            "volumes": len(index),
            "vertices": int(shapely.get_num_coordinates(areas).sum()),
        },
        "rounds": rounds,
        "compile_s": round(compile_s, 2),
        "build_s": round(build_s, 3),
        "random_points": _measure_points(index, areas, anywhere, rounds),
        "track_points": _measure_points(index, areas, on_track, rounds),
        "boundary_points": _compare_points(index, areas, _boundary_points(areas, points // 4)),
        "legs": _measure_legs(index, areas, legs, rounds),
        "nearest_boundaries": _measure_nearest(index, on_track[: points // 10], rounds),
        "monitor": measure_monitor(
            zones,
            tracks_deg((west, south, east, north), 1_000_000, generator),
            checks=max(200, min(20_000, points // 50)),
        ),
        "machine": {
            "python": platform.python_version(),
            "shapely": shapely.__version__,
            "geos": shapely.geos_version_string,
            "system": f"{platform.system()} {platform.machine()}",
            "cores": os.cpu_count(),
        },
    }


def run_once() -> None:
    """Ask an index and a monitor of few zones, so that all that is compiled is compiled and kept."""
    _ready_index(synthetic_zones(3))
    ZoneMonitor(ZoneSet())


def _ready_index(zones: ZoneSet) -> ZoneIndex:
    index = _built_index(zones)
    index.volumes_at(0.0, 0.0)
    index.volumes_on_legs(0.0, 0.0, 0.0, 0.0)
    index.nearest_boundaries(0.0, 0.0)
    index.boundaries_within(0.0, 0.0, 1.0)
    return index


def _built_index(zones: ZoneSet) -> ZoneIndex:
    index = ZoneIndex(zones)
    index.build()
    return index


def _measure_points(
    index: ZoneIndex, areas: NDArray[np.object_], lonlat: NDArray[np.float64], rounds: int
) -> dict[str, Any]:
    lon_deg, lat_deg = np.ascontiguousarray(lonlat.T)
    hits, ours_s = _best(lambda: index.volumes_at(lat_deg, lon_deg), rounds)
    points = shapely.points(lonlat)
    by_zones, by_zones_s = _timed(lambda: shapely.STRtree(areas).query(points, predicate="intersects"))
    by_points, by_points_s = _timed(lambda: shapely.STRtree(points).query(areas, predicate="intersects"))
    figures = _rates(len(lonlat), ours_s, min(by_zones_s, by_points_s))
    same = _is_same(hits, by_zones) and _is_same(hits, (by_points[1], by_points[0]))
    return {**figures, "hits": len(hits.volumes), "hits_are_identical": same}


def _compare_points(
    index: ZoneIndex, areas: NDArray[np.object_], lonlat: NDArray[np.float64]
) -> dict[str, Any]:
    hits = index.volumes_at(lonlat[:, 1], lonlat[:, 0])
    theirs = shapely.STRtree(areas).query(shapely.points(lonlat), predicate="intersects")
    return {"count": len(lonlat), "hits": len(hits.volumes), "hits_are_identical": _is_same(hits, theirs)}


def _measure_legs(
    index: ZoneIndex, areas: NDArray[np.object_], ends: NDArray[np.float64], rounds: int
) -> dict[str, Any]:
    from_lon, from_lat, to_lon, to_lat = np.ascontiguousarray(ends.T)
    hits, ours_s = _best(lambda: index.volumes_on_legs(from_lat, from_lon, to_lat, to_lon), rounds)
    lines = shapely.linestrings(ends.reshape(-1, 2, 2))
    theirs, theirs_s = _timed(lambda: shapely.STRtree(areas).query(lines, predicate="intersects"))
    return {
        **_rates(len(ends), ours_s, theirs_s),
        "median_length_deg": round(float(np.median(np.hypot(*(ends[:, 2:] - ends[:, :2]).T))), 5),
        "hits": len(hits.volumes),
        "hits_are_identical": _is_same(hits, theirs),
    }


def _measure_nearest(index: ZoneIndex, lonlat: NDArray[np.float64], rounds: int) -> dict[str, Any]:
    lon_deg, lat_deg = np.ascontiguousarray(lonlat.T)
    _, nearest_s = _best(lambda: index.nearest_boundaries(lat_deg, lon_deg), rounds)
    _, within_s = _best(lambda: index.boundaries_within(lat_deg, lon_deg, 2_000.0), rounds)
    return {
        "count": len(lonlat),
        "per_s": round(len(lonlat) / nearest_s),
        "all_within_2_km_per_s": round(len(lonlat) / within_s),
    }


def _boundary_points(areas: NDArray[np.object_], most: int) -> NDArray[np.float64]:
    """Give vertices, middles of edges, and places level with vertices."""
    vertices = shapely.get_coordinates(areas)
    middles = 0.5 * (vertices[1:] + vertices[:-1])
    level = np.column_stack((np.roll(vertices[:, 0], 1), vertices[:, 1]))
    points = np.concatenate((vertices, middles, level))
    return points[:: max(1, len(points) // max(most, 1))]


def _is_same(hits: Hits, pairs: Pairs) -> bool:
    queries, volumes = pairs
    order = np.lexsort((volumes, queries))
    return np.array_equal(hits.queries, queries[order]) and np.array_equal(hits.volumes, volumes[order])


def _rates(count: int, ours_s: float, theirs_s: float) -> dict[str, Any]:
    return {
        "count": count,
        "per_s": round(count / ours_s),
        "shapely_per_s": round(count / theirs_s),
        "ratio": round(theirs_s / ours_s, 1),
    }


def _timed(do: Callable[[], Result]) -> tuple[Result, float]:
    start_s = time.process_time()
    result = do()
    return result, time.process_time() - start_s


def _best(do: Callable[[], Result], rounds: int) -> tuple[Result, float]:
    measured = [_timed(do) for _ in range(rounds)]
    return min(measured, key=lambda pair: pair[1])
