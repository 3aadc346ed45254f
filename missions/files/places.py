"""Lines and points out of GeoJSON (RFC 7946), for patterns to be flown along and to, and for fleets to share."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from geofence.formats.json_document import json_document
from geofence.formats.repair_log import RepairLog
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from missions.files.bounded_file import read_bounded
from missions.files.document_reader import DocumentReader
from missions.fleet.wanted import Wanted
from missions.patterns.pattern import PointOfInterest
from missions.refusal import MissionError


def read_lines(path: Path) -> tuple[tuple[LatLon, ...], ...]:
    """Read every LineString and MultiLineString.

    Raises
    ------
    MissionError, GeofenceError
        The file cannot be read or understood, or holds no line.
    """
    reader = DocumentReader(str(path))
    lines = []
    for field, geometry, _ in _geometries(reader, _document(path)):
        kind, coordinates = geometry.get("type"), geometry.get("coordinates")
        if kind == "LineString":
            lines.append(_line(reader, coordinates, field))
        elif kind == "MultiLineString":
            members = reader.sequence(coordinates, f"{field}.coordinates")
            lines += [_line(reader, member, f"{field}[{n}]") for n, member in enumerate(members)]
    if not lines:
        raise MissionError("holds no line", place=str(path), remedy="Give a GeoJSON file with LineStrings")
    return tuple(lines)


def read_points(
    path: Path, *, dwell_s: float | None = None, look_at: LatLon | None = None
) -> tuple[PointOfInterest, ...]:
    """Read every Point and MultiPoint; the properties `dwell_s` and `look_at` (longitude, latitude) are heeded.

    Parameters
    ----------
    dwell_s, look_at : optional
        Where a point says nothing.

    Raises
    ------
    MissionError, GeofenceError
        The file cannot be read or understood, or holds no point.
    """
    reader = DocumentReader(str(path))
    points = []
    for field, geometry, properties in _geometries(reader, _document(path)):
        kind, coordinates = geometry.get("type"), geometry.get("coordinates")
        if kind not in ("Point", "MultiPoint"):
            continue
        members = [coordinates] if kind == "Point" else reader.sequence(coordinates, f"{field}.coordinates")
        own_dwell, own_look = properties.get("dwell_s"), properties.get("look_at")
        stay_s = dwell_s if own_dwell is None else reader.finite(own_dwell, f"{field}.dwell_s")
        look = look_at if own_look is None else _place(reader, own_look, f"{field}.look_at")
        for number, member in enumerate(members):
            place = _place(reader, member, f"{field}[{number}]")
            usual = PointOfInterest(place, look_at=look)
            points.append(usual if stay_s is None else PointOfInterest(place, stay_s, look))
    if not points:
        raise MissionError("holds no point", place=str(path), remedy="Give a GeoJSON file with Points")
    return tuple(points)


def read_wanted(path: Path, *, dwell_s: float = 0.0) -> tuple[Wanted, ...]:
    """Read every line and point with its name and what a fleet is told of it.

    The properties `name`, `dwell_s`, `priority`, `needs` (a list of texts), `window` ("21:30-22:00") and `one_way` are heeded.
    What has no name is numbered, and so is what shares one.

    Parameters
    ----------
    dwell_s : float
        At a point that says nothing.

    Raises
    ------
    MissionError, GeofenceError
        The file cannot be read or understood, or holds no line and no point.
    """
    return wanted_of_document(_document(path), source=str(path), dwell_s=dwell_s)


def wanted_of_document(document: Any, *, source: str, dwell_s: float = 0.0) -> tuple[Wanted, ...]:
    """Read the same out of GeoJSON as JSON gives it.

    Raises
    ------
    MissionError
        With the source and the field.
    """
    reader = DocumentReader(source)
    found: list[Wanted] = []
    for field, geometry, properties in _geometries(reader, document):
        for number, places in enumerate(_members(reader, geometry, field), start=1):
            try:
                found.append(_wanted(reader, places, properties, f"{field}[{number}]", dwell_s))
            except MissionError as error:
                if error.place == source:
                    raise
                raise reader.refuse(_properties(f"{field}[{number}]"), error.what, error.remedy) from None
    if not found:
        raise MissionError(
            "holds no line and no point",
            place=source,
            remedy="Give a GeoJSON file with LineStrings or Points",
        )
    return tuple(_told_apart(found))


def _members(reader: DocumentReader, geometry: Mapping[str, Any], field: str) -> list[tuple[LatLon, ...]]:
    """Give the lines, and the points as lines of one place, of a geometry."""
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    match kind:
        case "LineString":
            return [_led_somewhere(reader, _line(reader, coordinates, field), field)]
        case "Point":
            return [(_place(reader, coordinates, field),)]
        case "MultiLineString":
            members = reader.sequence(coordinates, f"{field}.coordinates")
            return [
                _led_somewhere(reader, _line(reader, member, f"{field}[{n}]"), f"{field}[{n}]")
                for n, member in enumerate(members)
            ]
        case "MultiPoint":
            members = reader.sequence(coordinates, f"{field}.coordinates")
            return [(_place(reader, member, f"{field}[{n}]"),) for n, member in enumerate(members)]
        case _:
            raise reader.refuse(field, f"is a {kind}", "Give lines and points")


def _wanted(
    reader: DocumentReader,
    places: tuple[LatLon, ...],
    properties: Mapping[str, Any],
    field: str,
    dwell_s: float,
) -> Wanted:
    where = _properties(field)
    name, window = properties.get("name"), properties.get("window")
    needs, one_way = properties.get("needs", []), properties.get("one_way", False)
    for key, value in (("name", name), ("window", window)):
        if value is not None and not isinstance(value, str):
            raise reader.refuse(f"{where}.{key}", f"is {value!r}", "Give a text")
    if not (isinstance(needs, list) and all(isinstance(need, str) for need in needs)):
        raise reader.refuse(f"{where}.needs", f"is {needs!r}", "Give a list of texts")
    if not isinstance(one_way, bool):
        raise reader.refuse(f"{where}.one_way", f"is {one_way!r}", "Give true or false")
    usual_s = dwell_s if len(places) == 1 else 0.0
    return Wanted(
        name or "",
        places,
        dwell_s=reader.finite(properties.get("dwell_s", usual_s), f"{where}.dwell_s"),
        priority=reader.finite(properties.get("priority", 1.0), f"{where}.priority"),
        needs=frozenset(needs),
        window=window,
        is_one_way=one_way,
    )


def _properties(field: str) -> str:
    return field.replace(".geometry", ".properties")


def _told_apart(found: list[Wanted]) -> Iterator[Wanted]:
    """Give numbers to what has no name or shares one, round the names that are taken."""
    counts = Counter(one.name for one in found)
    taken = set(counts)
    numbers: Counter[str] = Counter()
    for one in found:
        stem = name = one.name or ("line" if len(one.places) > 1 else "point")
        if not one.name or counts[one.name] > 1:
            while name in taken or numbers[stem] == 0:
                numbers[stem] += 1
                name = f"{stem} {numbers[stem]}"
            taken.add(name)
        yield replace(one, name=name)


def _document(path: Path) -> Any:
    content = read_bounded(path, most_mb=16, remedy="Give the lines or points alone")
    return json_document(content, source=str(path), log=RepairLog())


def _geometries(
    reader: DocumentReader, document: Any
) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Give each geometry with its place in the document and the properties of its feature."""
    root = reader.mapping(document, "the document")
    features = [root]
    if root.get("type") == "FeatureCollection":
        features = list(reader.sequence(root.get("features"), "features"))
    for number, entry in enumerate(features):
        feature = reader.mapping(entry, f"features[{number}]")
        is_bare = feature.get("type") != "Feature"
        geometry = feature if is_bare else feature.get("geometry")
        properties = {} if is_bare else feature.get("properties") or {}
        if geometry is not None:
            field = f"features[{number}].geometry"
            yield field, reader.mapping(geometry, field), reader.mapping(properties, f"features[{number}]")


def _line(reader: DocumentReader, value: Any, field: str) -> tuple[LatLon, ...]:
    places = reader.sequence(value, f"{field}.coordinates")
    return tuple(_place(reader, place, f"{field}[{n}]") for n, place in enumerate(places))


def _led_somewhere(reader: DocumentReader, places: tuple[LatLon, ...], field: str) -> tuple[LatLon, ...]:
    if len(set(places)) < 2:
        raise reader.refuse(field, "leads nowhere: a line has two places or more", "Give them")
    return places


def _place(reader: DocumentReader, value: Any, field: str) -> LatLon:
    lon_deg, lat_deg, *_ = reader.numbers(value, field, (2, 3))
    try:
        return LatLon(lat_deg, lon_deg)
    except GeofenceError as error:
        raise reader.refuse(field, f"is no position: {error.what}", "Longitude comes first") from None
