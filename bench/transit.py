"""How many shortest paths a second are found among many zones, beside a plain visibility graph."""

import heapq
import math
import os
import platform
import time
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon

from geofence.altitude_band import AltitudeBand
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.plane.legal_space import LegalSpace
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet
from missions.transit import XY, Transit, path_length_m
from missions.transit.layered_path import Place
from missions.transit.layered_transit import LayeredTransit

Result = TypeVar("Result")

_FRAME = LocalFrame(LatLon(36.06, 103.83))
_SIDE_M = 5_000.0
_MARGIN_M = 8.0
_ALT_REL_M = 60.0
_CEILINGS_M = (30.0, 45.0, 70.0, 90.0, None)
_CHUNK = 256


def run(*, count: int = 100, queries: int = 2_000, compared: int = 60, seed: int = 4) -> dict[str, Any]:
    """Measure paths in legal space among 100 zones, along a coast with islands, and over zones.

    Rates are per second of processor time on one core. The plain way is a visibility graph of the same area by
    numpy and shapely and A* with a heap, in the same run; lengths of both are compared, and every path of ours is
    held against the area by shapely.

    Parameters
    ----------
    count : int
        Zones.
    queries : int
    compared : int
        So many of them are asked of the plain graph too.
    seed : int
    """
    random = np.random.default_rng(seed)
    zones = scattered_zones(random, count)
    space = LegalSpace(zones, frame=_FRAME, alt_rel_m=_ALT_REL_M, margin_m=_MARGIN_M)
    bare = LegalSpace(zones, frame=_FRAME, alt_rel_m=_ALT_REL_M, margin_m=0.0).area_xy_m
    # What is compiled is compiled once on a machine, and kept.
    _, compile_s = _timed(lambda: _ready(coast(random)))
    return {
        "name": "transit",
        "compile_s": round(compile_s, 2),
        "areas": [
            _measure(f"{count} zones", bare, random, queries, compared),
            _measure(f"{count} zones with a margin", space.area_xy_m, random, queries, compared),
            _measure("coast with islands", coast(random), random, queries, compared),
        ],
        "layers": _measure_layers(zones, random, queries // 10),
        "machine": {
            "python": platform.python_version(),
            "shapely": shapely.__version__,
            "geos": shapely.geos_version_string,
            "system": f"{platform.system()} {platform.machine()}",
            "cores": os.cpu_count(),
        },
    }


def scattered_zones(random: np.random.Generator, count: int) -> ZoneSet:
    """Make exclusions of 20 to 50 vertices, 60 to 400 m across, some of them low, in a square of 5 km."""
    members = [
        Zone.of_area(
            "field",
            "",
            ZoneKind.INCLUSION,
            _FRAME.unproject(shapely.box(0.0, 0.0, _SIDE_M, _SIDE_M)),
            AltitudeBand(None, 120.0),
        )
    ]
    for number in range(count):
        outline = _blob(
            random,
            int(random.integers(20, 51)),
            10.0 ** random.uniform(1.5, 2.3),
            random.uniform(0.04, 0.96, 2) * _SIDE_M,
            0.7,
        )
        band = AltitudeBand(None, _CEILINGS_M[number % len(_CEILINGS_M)] if number % 2 else None)
        members.append(Zone.of_area(f"no {number}", "", ZoneKind.EXCLUSION, _FRAME.unproject(outline), band))
    return ZoneSet(members, source=f"{count} zones of 20 to 50 vertices")


def coast(random: np.random.Generator) -> Polygon:
    """Make a coastline of 500 vertices with bays, and 30 islands."""
    sea = _blob(random, 500, 4_000.0, np.array((4_000.0, 4_000.0)), 0.75)
    islands = [
        _blob(random, 40, random.uniform(50.0, 300.0), random.uniform(1_500.0, 6_500.0, 2), 0.6)
        for _ in range(30)
    ]
    area = shapely.difference(sea, shapely.union_all(islands))
    return max(shapely.get_parts(area).tolist(), key=lambda part: float(part.area))


def _blob(
    random: np.random.Generator, vertices: int, radius_m: float, centre: NDArray[np.float64], least: float
) -> Polygon:
    azimuths = (np.arange(vertices) + random.uniform(-0.3, 0.3, vertices)) * (2.0 * math.pi / vertices)
    radii_m = radius_m * random.uniform(least, 1.0, vertices)
    return Polygon(centre + radii_m[:, None] * np.column_stack((np.sin(azimuths), np.cos(azimuths))))


def _ready(area: Polygon) -> None:
    transit = Transit(area, (4_000.0, 4_000.0))
    ends = _points(transit.area, np.random.default_rng(0), 2)
    transit.path(*ends)
    transit.lengths_m(np.array(ends))
    transit.is_visible(np.array(ends), np.array(ends))


def _measure(
    name: str,
    area: shapely.geometry.base.BaseGeometry,
    random: np.random.Generator,
    queries: int,
    compared: int,
) -> dict[str, Any]:
    transit, build_s = _timed(lambda: Transit(area, (_SIDE_M / 2.0, _SIDE_M / 2.0)))
    points = _points(transit.area, random, 2 * queries)
    pairs = list(zip(points[:queries], points[queries:], strict=True))
    paths, paths_s = _timed(lambda: [transit.path(start, end) for start, end in pairs])
    shapely.prepare(area)
    outside = int(np.count_nonzero(~shapely.covers(area, [LineString(path) for path in paths])))
    matrix, matrix_s = _timed(lambda: transit.lengths_m(np.array(points[:300])))
    some = [(i, (7 * i + 1) % 300) for i in range(0, 300, 5)]
    off_m = max(abs(float(matrix[i, k]) - path_length_m(transit.path(points[i], points[k]))) for i, k in some)
    plain, plain_build_s = _timed(lambda: PlainVisibilityGraph(transit.area))
    lengths_m, plain_s = _timed(lambda: [plain.length_m(*pair) for pair in pairs[:compared]])
    differences = [
        abs(path_length_m(path) - length_m) for path, length_m in zip(paths, lengths_m, strict=False)
    ]
    per_s, plain_per_s = queries / paths_s, compared / plain_s
    return {
        "area": name,
        "vertices": int(shapely.get_num_coordinates(transit.area)),
        "build_s": round(build_s, 3),
        "queries": queries,
        "per_s": round(per_s),
        "mean_bends": round(float(np.mean([len(path) - 2 for path in paths])), 1),
        "paths_out_of_the_area": outside,
        "lengths": {"points": 300, "s": round(matrix_s, 3), "worst_difference_m": off_m},
        "plain": {
            "build_s": round(plain_build_s, 2),
            "queries": compared,
            "per_s": round(plain_per_s, 1),
            "worst_difference_m": max(differences),
        },
        "ratio": round(per_s / plain_per_s, 1),
    }


def _measure_layers(zones: ZoneSet, random: np.random.Generator, queries: int) -> dict[str, Any]:
    transit = LayeredTransit(zones, _FRAME, margin_m=_MARGIN_M)
    flat = Transit(
        LegalSpace(zones, frame=_FRAME, alt_rel_m=20.0, margin_m=_MARGIN_M).area_xy_m,
        (_SIDE_M / 2.0, _SIDE_M / 2.0),
    )
    ends = [Place(xy, 20.0) for xy in _points(shapely.buffer(flat.area, -1.0), random, 2 * queries)]
    pairs = list(zip(ends[:queries], ends[queries:], strict=True))
    _, first_s = _timed(lambda: transit.path(*pairs[0]))
    paths, paths_s = _timed(lambda: [transit.path(*pair) for pair in pairs])
    level_m = [path_length_m(flat.path(start.xy_m, end.xy_m)) for start, end in pairs]
    speed_m_s = transit.motion.speed_m_s
    faster_s = np.array([m / speed_m_s - path.time_s for m, path in zip(level_m, paths, strict=True)])
    return {
        "build_and_first_s": round(first_s, 2),
        "queries": queries,
        "per_s": round(queries / paths_s, 1),
        "over_or_under_zones": int(np.count_nonzero(faster_s > 0.01)),
        "most_s_saved": round(float(faster_s.max()), 1),
        "slower_than_level": int(np.count_nonzero(faster_s < -0.01)),
    }


def _points(area: shapely.geometry.base.BaseGeometry, random: np.random.Generator, count: int) -> list[XY]:
    low, high = area.bounds[:2], area.bounds[2:]
    found: list[XY] = []
    shapely.prepare(area)
    while len(found) < count:
        xy = random.uniform(low, high, (count, 2))
        inside = xy[shapely.contains_xy(area, xy[:, 0], xy[:, 1])]
        found += [(float(x), float(y)) for x, y in inside]
    return found[:count]


class PlainVisibilityGraph:
    """The usual way: reflex vertices, all pairs of them tested by shapely, A* over what is left."""

    def __init__(self, area: Polygon) -> None:
        oriented = shapely.orient_polygons(area)
        nodes, before, after = [], [], []
        for ring in shapely.get_rings(oriented):
            xy = shapely.get_coordinates(ring)[:-1]
            back, ahead = np.roll(xy, 1, axis=0), np.roll(xy, -1, axis=0)
            is_reflex = _cross(xy - back, ahead - xy) < 0.0
            nodes.append(xy[is_reflex])
            before.append(back[is_reflex])
            after.append(ahead[is_reflex])
        self._xy, self._before, self._after = np.vstack(nodes), np.vstack(before), np.vstack(after)
        self._near = shapely.buffer(area, 1e-6)
        shapely.prepare(self._near)
        self._edges: list[list[tuple[int, float]]] = [[] for _ in self._xy]
        numbers = np.arange(len(self._xy))
        for first in range(0, len(self._xy), _CHUNK):
            i, k = (pair.ravel() for pair in np.meshgrid(numbers[first : first + _CHUNK], numbers))
            i, k = i[i < k], k[i < k]
            taut = self._is_taut(self._xy[i], k) & self._is_taut(self._xy[k], i)
            i, k = i[taut], k[taut]
            seen = self._sees(self._xy[i], self._xy[k])
            for a, b in zip(i[seen].tolist(), k[seen].tolist(), strict=True):
                length_m = math.dist(self._xy[a], self._xy[b])
                self._edges[a].append((b, length_m))
                self._edges[b].append((a, length_m))

    def length_m(self, start: XY, end: XY) -> float:
        """Length of the shortest path."""
        if self._sees(np.array([start]), np.array([end]))[0]:
            return math.dist(start, end)
        onward = dict(self._reached(end))
        ahead_m = np.hypot(*(self._xy - end).T).tolist()
        best: dict[int, float] = dict(self._reached(start))
        queue = [(length_m + ahead_m[node], node) for node, length_m in best.items()]
        heapq.heapify(queue)
        shortest_m = math.inf
        done: set[int] = set()
        while queue and queue[0][0] < shortest_m:
            _, node = heapq.heappop(queue)
            if node in done:
                continue
            done.add(node)
            shortest_m = min(shortest_m, best[node] + onward.get(node, math.inf))
            for other, step_m in self._edges[node]:
                length_m = best[node] + step_m
                if length_m < best.get(other, math.inf):
                    best[other] = length_m
                    heapq.heappush(queue, (length_m + ahead_m[other], other))
        return shortest_m

    def _reached(self, point: XY) -> list[tuple[int, float]]:
        numbers = np.arange(len(self._xy))
        starts = np.broadcast_to(point, self._xy.shape)
        numbers = numbers[self._is_taut(starts, numbers)]
        numbers = numbers[self._sees(starts[: len(numbers)], self._xy[numbers])]
        return [(node, math.dist(point, self._xy[node])) for node in numbers.tolist()]

    def _is_taut(self, points: NDArray[np.float64], nodes: NDArray[np.intp]) -> NDArray[np.bool_]:
        along = self._xy[nodes] - points
        one = _cross(along, self._before[nodes] - self._xy[nodes])
        other = _cross(along, self._after[nodes] - self._xy[nodes])
        slack = 1e-9 * np.hypot(*along.T)
        taut: NDArray[np.bool_] = ~(((one > slack) & (other < -slack)) | ((one < -slack) & (other > slack)))
        return taut

    def _sees(self, starts: NDArray[np.float64], ends: NDArray[np.float64]) -> NDArray[np.bool_]:
        seen: NDArray[np.bool_] = shapely.covers(
            self._near, shapely.linestrings(np.stack((starts, ends), axis=1))
        )
        return seen


def _cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]


def _timed(do: Callable[[], Result]) -> tuple[Result, float]:
    start_s = time.process_time()
    result = do()
    return result, time.process_time() - start_s
