"""How short, how complete and how fast area coverage is, beside plain parallel lines."""

import json
import math
import time
from pathlib import Path
from statistics import fmean, median
from typing import Any

import numpy as np
import shapely
import shapely.affinity
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from bench.plain_lines import plain_lines
from missions.coverage.coverage import plan_coverage
from missions.coverage.fleet_split import split_tour
from missions.refusal import MissionError
from missions.transit import XY, Transit, polygons_of

_TOLERANCE_SWATHS = 0.02
_MADE_UP = 12
_RUGGED_SETS = {"parks": 0.981, "islands": 0.981}
"""What is asked for of coasts, whose every nook nobody flies into."""


def run(
    areas_path: Path | None = None,
    *,
    drones: int = 1,
    from_pad: bool = False,
    routes_path: Path | None = None,
) -> dict[str, Any]:
    """Cover every area of a file, or made-up ones, and measure the routes apart from the planner.

    Parameters
    ----------
    areas_path : Path, optional
        `{"polygons": [{"name", "set", "swaths_m": [...], "polygon": {"outer": [[x, y], ...], "holes": [...]}}]}`, metres.
    drones : int
    from_pad : bool
        Whether routes begin and end at the area's first vertex; those of several drones always do.
    routes_path : Path, optional
        Where the routes are written: per area its name, swath, routes (one a drone) and processor seconds.

    Raises
    ------
    MissionError
        The file cannot be read.
    """
    areas = _made_up_areas() if areas_path is None else _read_areas(areas_path)
    from_pad = from_pad or drones > 1
    started = time.process_time()
    run_once()
    compile_s = time.process_time() - started
    rows, routes_document = [], []
    for area in areas:
        polygon = _free_area(area["polygon"])
        wanted = _RUGGED_SETS.get(area.get("set", ""), 0.991)
        for swath_m in area["swaths_m"]:
            row: dict[str, Any] = {"name": area["name"], "set": area.get("set", ""), "swath_m": swath_m}
            started = time.process_time()
            try:
                routes = _cover(polygon, swath_m, drones=drones, from_pad=from_pad, wanted=wanted)
            except MissionError as refusal:
                rows.append({**row, "refused": str(refusal)})
                continue
            row["cpu_s"] = round(time.process_time() - started, 3)
            row |= _measured(routes, polygon, swath_m)
            started = time.process_time()
            row["plain"] = _measured([plain_lines(polygon, swath_m)], polygon, swath_m)
            row["plain"]["cpu_s"] = round(time.process_time() - started, 3)
            rows.append(row)
            routes_document.append(
                {"name": area["name"], "swath_m": swath_m, "routes": routes, "cpu_s": row["cpu_s"]}
            )
    if routes_path is not None:
        routes_path.write_text(json.dumps(routes_document))
    return {
        "name": "coverage",
        "drones": drones,
        "from_pad": from_pad,
        "compile_s": round(compile_s, 2),
        "areas": rows,
        "sets": _summaries(rows),
        "cpu_s": _spread([row["cpu_s"] for row in rows if "cpu_s" in row]),
    }


def run_once() -> None:
    """Plan one small area in all ways, so that all that is compiled is compiled and kept."""
    holed = Polygon([(0, 0), (30, 0), (30, 30), (0, 30)], [[(10, 10), (18, 12), (14, 20)]])
    for wanted in (0.9, 1.0):
        _cover(holed, 5.0, drones=2, from_pad=True, wanted=wanted)


def _free_area(rings: dict[str, Any]) -> BaseGeometry:
    """Take what is in the outer ring and in no hole; holes may touch, nest and reach over the border."""
    outer, holes = rings["outer"], rings.get("holes", [])
    polygon = Polygon(outer, holes)
    if polygon.is_valid:
        return polygon
    free = shapely.difference(Polygon(outer), shapely.union_all([Polygon(hole) for hole in holes]))
    return MultiPolygon(polygons_of(free))


def _largest_piece(area: BaseGeometry, wanted: float) -> Polygon:
    """Take the piece to be flown; refuse an area of which too much lies in pieces that no way leads to."""
    largest, *others = sorted(polygons_of(area), key=lambda piece: -piece.area)
    if largest.area < wanted * area.area:
        place = others[0].representative_point()
        raise MissionError(
            f"{len(others)} pieces are cut off from the rest, the largest of {others[0].area:.0f} m2",
            place=f"({place.x:.1f}, {place.y:.1f}) m",
            remedy="Give each piece as an area of its own",
        )
    return largest


def _cover(
    polygon: BaseGeometry, swath_m: float, *, drones: int, from_pad: bool, wanted: float
) -> list[list[XY]]:
    """Cover an area in axes of its own: far from the origin of a grid doubles are too coarse to tell in from out."""
    west_m, south_m = (math.floor(edge_m) for edge_m in polygon.bounds[:2])
    polygon = shapely.affinity.translate(polygon, -west_m, -south_m)
    piece = _largest_piece(polygon, wanted)
    x, y = piece.exterior.coords[0][:2]
    transit = Transit(piece, (x, y), _TOLERANCE_SWATHS * swath_m)
    pad = transit.nearest_point((x, y)) if from_pad else None
    tour = plan_coverage(polygon, transit, pad, swath_m, turn_m=0.0, wanted=wanted)
    shares = [tour]
    if pad is not None:
        shares = split_tour(tour, transit, pad, drones, turn_m=0.0, swath_m=swath_m)
    return [[(x + west_m, y + south_m) for x, y in share.points] for share in shares]


def _measured(routes: list[list[XY]], polygon: BaseGeometry, swath_m: float) -> dict[str, Any]:
    """Measure routes by shapely alone."""
    lengths_m = [LineString(route).length for route in routes]
    legs = shapely.linestrings(np.vstack([np.stack((route[:-1], route[1:]), axis=1) for route in routes]))
    seen = shapely.union_all(shapely.buffer(legs, swath_m / 2.0))
    holes = shapely.union_all([Polygon(ring) for part in polygons_of(polygon) for ring in part.interiors])
    return {
        "ratio": round(sum(lengths_m) / (polygon.area / swath_m), 4),
        "coverage": round(shapely.intersection(polygon, seen).area / polygon.area, 4),
        "outside_m": round(float(shapely.length(shapely.difference(legs, polygon)).sum()), 3),
        "in_holes_m": round(float(shapely.length(shapely.intersection(legs, holes)).sum()), 3),
        "longest_m": round(max(lengths_m), 1),
        "longest_over_mean": round(max(lengths_m) / fmean(lengths_m), 4),
        "vertices": sum(len(route) for route in routes),
    }


def _summaries(rows: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    sets: dict[str, dict[str, float]] = {}
    for name in dict.fromkeys(row["set"] for row in rows):
        members = [row for row in rows if row["set"] == name and "ratio" in row]
        if members:
            sets[name] = {
                "areas": len(members),
                "ratio": round(fmean(row["ratio"] for row in members), 4),
                "plain_ratio": round(fmean(row["plain"]["ratio"] for row in members), 4),
                "coverage": min(row["coverage"] for row in members),
                "outside_m": max(row["outside_m"] for row in members),
                "plain_outside_m": max(row["plain"]["outside_m"] for row in members),
            }
    return sets


def _spread(values: list[float]) -> dict[str, float]:
    return {"median": round(median(values), 3), "most": round(max(values), 3)} if values else {}


def _read_areas(path: Path) -> list[dict[str, Any]]:
    try:
        areas = json.loads(path.read_text(encoding="utf-8"))["polygons"]
        for area in areas:
            rings = [area["polygon"]["outer"], *area["polygon"].get("holes", [])]
            if not all(np.isfinite(np.array(ring, dtype=np.float64)).all() for ring in rings):
                raise MissionError(
                    "a coordinate is not a finite number",
                    place=f"{path}, area {area['name']}",
                    remedy="Give metres",
                )
            if not all(Polygon(ring).is_valid for ring in rings) or _free_area(area["polygon"]).is_empty:
                raise MissionError(
                    "a ring crosses itself, or nothing is left between the holes",
                    place=f"{path}, area {area['name']}",
                    remedy="Mend it first",
                )
            if not all(float(swath_m) > 0.0 for swath_m in area["swaths_m"]):
                raise MissionError(
                    "a swath is not above 0", place=f"{path}, area {area['name']}", remedy="Give metres"
                )
    except OSError as error:
        raise MissionError(
            f"cannot be read: {error.strerror}", place=str(path), remedy="Name another file"
        ) from None
    except (ValueError, TypeError, KeyError, shapely.errors.ShapelyError) as error:
        raise MissionError(
            f"is not a file of areas: {f'{error} is missing' if isinstance(error, KeyError) else error}",
            place=str(path),
            remedy='Give {"polygons": [{"name", "swaths_m", "polygon"}]}',
        ) from None
    if not areas:
        raise MissionError("holds no area", place=str(path), remedy="Give one or more")
    found: list[dict[str, Any]] = areas
    return found


def _made_up_areas() -> list[dict[str, Any]]:
    """Make rectangles with holes of up to six corners, never touching."""
    generator = np.random.default_rng(7)
    areas = []
    for number in range(_MADE_UP):
        holes: list[Polygon] = []
        while len(holes) < number:
            corners, x, y = int(generator.integers(3, 7)), *generator.uniform((8, 8), (112, 72))
            angles = np.sort(generator.uniform(0.0, 2.0 * math.pi, corners))
            reach = generator.uniform(2.0, 7.0, corners)
            hole = shapely.convex_hull(
                shapely.multipoints(np.column_stack((x + reach * np.cos(angles), y + reach * np.sin(angles))))
            )
            if isinstance(hole, Polygon) and all(hole.distance(other) > 1.0 for other in holes):
                holes.append(hole)
        outer = [[0.0, 0.0], [120.0, 0.0], [120.0, 80.0], [0.0, 80.0]]
        polygon = {"outer": outer, "holes": [list(map(list, hole.exterior.coords[:-1])) for hole in holes]}
        areas.append({"name": f"holes-{number}", "set": "made up", "swaths_m": [3.0], "polygon": polygon})
    return areas
