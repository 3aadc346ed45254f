"""Shortest paths inside a polygon with holes."""

import itertools
import math

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from missions.refusal import MissionError

XY = tuple[float, float]

_SLACK_M = 0.01
_VERTICES_AT_MOST = 420
_ALL_PAIRS_AT_MOST = 320
_NEIGHBOURS = 28


def polygons_of(geometry: BaseGeometry) -> list[Polygon]:
    """Polygons of any geometry; lines and points are left out."""
    parts = shapely.get_parts(shapely.get_parts(geometry)) if not geometry.is_empty else []
    return [part for part in parts if isinstance(part, Polygon) and not part.is_empty]


def shrink_and_simplify(area: BaseGeometry, tolerance_m: float) -> Polygon | MultiPolygon:
    """Fewer vertices, never leaving `area`: shrunk by the tolerance before it is simplified by it."""
    if tolerance_m <= 0.0:
        return MultiPolygon(polygons_of(area))
    inner = shapely.buffer(area, -tolerance_m, join_style="mitre", mitre_limit=2.0)
    simple = shapely.simplify(inner, tolerance_m, preserve_topology=True)
    if not shapely.covers(area, simple):
        simple = shapely.intersection(simple, area)
    return MultiPolygon(polygons_of(simple))


class Transit:
    """Shortest paths inside one connected area.

    A path bends only at vertices where the area is reflex (Lozano-Pérez and Wesley, 1979); between these all
    distances are computed once. Of the visible pairs only those are kept that touch the boundary as a taut
    string would (the reduced visibility graph).

    Parameters
    ----------
    area : Polygon or MultiPolygon
        Where flight is allowed, metres.
    anchor : tuple of float
        Of an area in several pieces, the piece nearest to this point is taken.
    tolerance_m : float
        How far the area may be shrunk to have fewer vertices; doubled where it has very many.

    Attributes
    ----------
    space : Polygon
        The simplified piece.
    area : Polygon
        The same a hair smaller; every path between two of its points stays in what was given.
    """

    def __init__(self, area: BaseGeometry, anchor: XY, tolerance_m: float) -> None:
        self.space = self._simplified(area, anchor, tolerance_m)
        inner = polygons_of(shapely.buffer(self.space, -_SLACK_M, join_style="mitre", mitre_limit=5.0))
        if not inner:
            raise MissionError("legal space is too narrow to fly in", remedy="Lower the margin")
        self.area = _nearest(inner, anchor)
        shapely.prepare(self.space)
        shapely.prepare(self.area)
        self._nodes, self._before, self._after = self._reflex_vertices()
        self._reach_cache: dict[XY, NDArray[np.float64]] = {}
        self._length_m, self._next = self._shortest_between_nodes()

    @staticmethod
    def _simplified(area: BaseGeometry, anchor: XY, tolerance_m: float) -> Polygon:
        parts = polygons_of(area)
        if not parts:
            raise MissionError("there is no legal space to fly in", remedy="Lower the margin or the altitude")
        piece = _nearest(parts, anchor)
        best = None
        for power in (0, -1, -2, -3, 1, 2, 3, 4):
            step_m = tolerance_m * 2.0**power
            parts = polygons_of(shrink_and_simplify(piece, step_m))
            simple = _nearest(parts, anchor) if parts else None
            is_whole = simple is not None and simple.area > piece.area - 1.5 * step_m * piece.length
            if simple is not None and is_whole and (best is None or power > 0):
                best = simple
            if power > 0 and not is_whole:
                break
            if best is not None and shapely.get_num_coordinates(best) <= _VERTICES_AT_MOST:
                break
        return piece if best is None else best

    def _reflex_vertices(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Vertices a taut string can bend at, with their neighbours along the ring."""
        oriented = shapely.orient_polygons(self.area)
        nodes, before, after = [], [], []
        for ring in (oriented.exterior, *oriented.interiors):
            xy = shapely.get_coordinates(ring)[:-1]
            back, ahead = np.roll(xy, 1, axis=0), np.roll(xy, -1, axis=0)
            is_reflex = _cross(xy - back, ahead - xy) < -1e-9
            nodes.append(xy[is_reflex])
            before.append(back[is_reflex])
            after.append(ahead[is_reflex])
        return np.vstack(nodes), np.vstack(before), np.vstack(after)

    def _is_taut(
        self, points: NDArray[np.float64], i: NDArray[np.intp], k: NDArray[np.intp]
    ) -> NDArray[np.bool_]:
        """Whether the leg from point i to node k leaves both neighbours of k on one side."""
        along = self._nodes[k] - points[i]
        one = _cross(along, self._before[k] - self._nodes[k])
        other = _cross(along, self._after[k] - self._nodes[k])
        slack = 1e-6 * np.hypot(along[:, 0], along[:, 1])
        taut: NDArray[np.bool_] = ~(((one > slack) & (other < -slack)) | ((one < -slack) & (other > slack)))
        return taut

    def is_visible(self, starts: NDArray[np.float64], ends: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether the straight legs, given as two arrays of shape (n, 2), stay in the area."""
        if not len(starts):
            return np.zeros(0, dtype=np.bool_)
        visible: NDArray[np.bool_] = shapely.covers(
            self.space, shapely.linestrings(np.stack((starts, ends), axis=1))
        )
        return visible

    def _shortest_between_nodes(self) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        n = len(self._nodes)
        length_m = np.full((n, n), np.inf)
        np.fill_diagonal(length_m, 0.0)
        i, k = np.triu_indices(n, 1)
        taut = self._is_taut(self._nodes, i, k) & self._is_taut(self._nodes, k, i)
        i, k = i[taut], k[taut]
        seen = self.is_visible(self._nodes[i], self._nodes[k])
        i, k = i[seen], k[seen]
        length_m[i, k] = length_m[k, i] = np.hypot(*(self._nodes[i] - self._nodes[k]).T)
        following = np.broadcast_to(np.arange(n), (n, n)).copy()
        for via in range(n):  # Floyd and Warshall, a row at a time
            through = length_m[:, via, None] + length_m[None, via, :]
            shorter = through < length_m - 1e-12
            length_m[shorter] = through[shorter]
            following[shorter] = np.broadcast_to(following[:, via, None], (n, n))[shorter]
        return length_m, following

    def _reach(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Distance from each point to each node it sees along a taut leg; shape (m, n), inf where it does not."""
        n = len(self._nodes)
        keys = [(float(x), float(y)) for x, y in points]
        missing = sorted({key for key in keys if key not in self._reach_cache})
        if missing:
            fresh = np.array(missing)
            i = np.repeat(np.arange(len(fresh)), n)
            k = np.tile(np.arange(n), len(fresh))
            taut = self._is_taut(fresh, i, k)
            i, k = i[taut], k[taut]
            seen = self.is_visible(fresh[i], self._nodes[k])
            i, k = i[seen], k[seen]
            rows = np.full((len(fresh), n), np.inf)
            rows[i, k] = np.hypot(*(fresh[i] - self._nodes[k]).T)
            self._reach_cache.update(zip(missing, rows, strict=True))
        return np.array([self._reach_cache[key] for key in keys]).reshape(len(keys), n)

    def lengths_m(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Path lengths between all pairs of m points, shape (m, m).

        With many points, far pairs that see each other directly may be given the length of a path around, or
        their straight distance where none was found: good for ordering; `path` is exact.
        """
        m = len(points)
        straight = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1))
        reach = self._reach(points)
        onward = np.full_like(reach, np.inf)
        for via in np.flatnonzero(np.isfinite(reach).any(axis=0)):
            seers = np.isfinite(reach[:, via])
            onward[seers] = np.minimum(onward[seers], reach[seers, via, None] + self._length_m[None, via, :])
        lengths = np.full((m, m), np.inf)
        for via in np.flatnonzero(np.isfinite(reach).any(axis=0)):
            seers = np.flatnonzero(np.isfinite(reach[:, via]))
            lengths[:, seers] = np.minimum(lengths[:, seers], onward[:, via, None] + reach[None, seers, via])
        if m <= _ALL_PAIRS_AT_MOST:
            i, k = np.triu_indices(m, 1)
        else:
            near = np.argpartition(straight, _NEIGHBOURS, axis=1)[:, :_NEIGHBOURS]
            i, k = np.repeat(np.arange(m), _NEIGHBOURS), near.ravel()
        seen = self.is_visible(points[i], points[k])
        i, k = i[seen], k[seen]
        lengths[i, k] = lengths[k, i] = straight[i, k]
        np.fill_diagonal(lengths, 0.0)
        result: NDArray[np.float64] = np.where(np.isfinite(lengths), np.minimum(lengths, lengths.T), straight)
        return result

    def path(self, start: XY, end: XY) -> list[XY]:
        """Bend points of the shortest path, both ends included.

        Raises
        ------
        MissionError
            One of the ends is not in the area.
        """
        if start == end:
            return [start, end]
        ends = np.array((start, end), dtype=np.float64)
        if self.is_visible(ends[:1], ends[1:])[0]:
            return [start, end]
        reach = self._reach(ends)
        from_nodes, to_nodes = np.flatnonzero(np.isfinite(reach[0])), np.flatnonzero(np.isfinite(reach[1]))
        if not len(from_nodes) or not len(to_nodes):
            raise MissionError(
                f"no legal way from ({start[0]:.1f}, {start[1]:.1f}) m to ({end[0]:.1f}, {end[1]:.1f}) m",
                remedy="Both ends must lie in one connected piece of legal space",
            )
        between = self._length_m[np.ix_(from_nodes, to_nodes)]
        total = reach[0][from_nodes][:, None] + between + reach[1][to_nodes][None, :]
        first, last = np.unravel_index(int(np.argmin(total)), total.shape)
        if not math.isfinite(float(total[first, last])):
            raise MissionError("legal space is in several pieces", remedy="Widen the gap between its zones")
        node, goal = int(from_nodes[first]), int(to_nodes[last])
        bends = [node]
        while node != goal:
            node = int(self._next[node, goal])
            bends.append(node)
        return [start, *((float(x), float(y)) for x, y in self._nodes[bends]), end]

    def nearest_point(self, point: XY) -> XY:
        """Return the point itself where it lies in the area, else the nearest of the area."""
        place = shapely.points(point)
        if shapely.covers(self.area, place):
            return point
        line = shapely.shortest_line(place, self.area)
        x, y = shapely.get_coordinates(line)[-1]
        return float(x), float(y)


def _nearest(parts: list[Polygon], anchor: XY) -> Polygon:
    place = shapely.points(anchor)
    return min(parts, key=lambda part: (float(shapely.distance(part, place)), -part.area))


def _cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]


def path_length_m(path: list[XY]) -> float:
    """Length of a path."""
    return sum(math.dist(a, b) for a, b in itertools.pairwise(path))
