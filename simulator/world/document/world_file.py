"""A world's file: YAML, with GeoJSON beside it for zones and surfaces."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from simulator.refusal import SimulatorError
from simulator.world.document.world_document import world_settings
from simulator.world.ground.surface import KINDS
from simulator.world.world_settings import WorldSettings


def read_world(path: Path) -> WorldSettings:
    """Read a world.

    Raises
    ------
    SimulatorError
        If the file, or one that it names, cannot be read or makes no sense.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = (getattr(error, "strerror", None) or "it is no text").lower()
        raise SimulatorError(f"the world cannot be read ({reason})", place=str(path)) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark is not None else str(path)
        what = getattr(error, "problem", None) or "this is no YAML"
        raise SimulatorError(what, place=where, remedy="Mend the YAML there") from error
    if not isinstance(document, Mapping):
        raise SimulatorError("there is no world in this file", place=str(path), remedy="Give keys and values")
    try:
        return world_settings(with_files(document, path.parent))
    except SimulatorError as error:
        place = f"{path}: {error.place}" if not error.place.startswith(str(path.parent)) else error.place
        raise SimulatorError(error.what, place=place, remedy=error.remedy) from error


def with_files(document: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Put in what the files hold that a world names: `zones_file`, `surfaces_file` and the terrain's `file`.

    Raises
    ------
    SimulatorError
        If a GeoJSON file cannot be read.
    """
    made = dict(document)
    zones = made.pop("zones_file", None)
    if zones is not None:
        areas = [
            {"kind": properties.get("kind", "exclusion"), "area": ring}
            for properties, is_area, ring in _shapes(folder, zones, "zones_file")
            if is_area
        ]
        made["zones"] = [*areas, *(made.get("zones") or [])]
    surfaces = made.pop("surfaces_file", None)
    if surfaces is not None:
        pieces = [
            {"kind": properties["surface"], "area" if is_area else "line": ring}
            for properties, is_area, ring in _shapes(folder, surfaces, "surfaces_file")
            if properties.get("surface") in KINDS
            # A river draws itself, by its level.
            and not (properties["surface"] == "water" and made.get("river"))
        ]
        made["surfaces"] = [*pieces, *(made.get("surfaces") or [])]
    terrain = made.get("terrain")
    if isinstance(terrain, Mapping) and isinstance(terrain.get("file"), str):
        made["terrain"] = {**terrain, "file": str(folder / terrain["file"])}
    return made


def _shapes(folder: Path, name: Any, key: str) -> Iterator[tuple[Mapping[str, Any], bool, list[list[float]]]]:
    """Properties, whether it is an area, and outline or line of every feature's parts; holes are left out."""
    path = folder / str(name)
    remedy = "Give a GeoJSON file of polygons and lines"
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        for feature in features:
            kind, coordinates = feature["geometry"]["type"], feature["geometry"]["coordinates"]
            properties = feature.get("properties") or {}
            for is_area, part in _parts(kind, coordinates):
                yield properties, is_area, [[lat_lon[1], lat_lon[0]] for lat_lon in part]
    except OSError as error:
        reason = (error.strerror or "").lower()
        raise SimulatorError(f"{path} cannot be read ({reason})", place=key, remedy=remedy) from error
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise SimulatorError(f"{path} makes no sense", place=key, remedy=remedy) from error


def _parts(kind: str, coordinates: Any) -> list[tuple[bool, Any]]:
    if kind == "Polygon":
        return [(True, coordinates[0])]
    if kind == "MultiPolygon":
        return [(True, polygon[0]) for polygon in coordinates]
    if kind == "LineString":
        return [(False, coordinates)]
    return [(False, line) for line in coordinates] if kind == "MultiLineString" else []
