"""Zones from KML and KMZ.

Every Placemark with polygons is a zone. Its ExtendedData (Data, or SchemaData) holds the words of our own GeoJSON
(`own_properties`) and any others; its heights say how high it reaches where these do not. The names of the Folders it lies
in are kept, and where one of them is a kind of zone it tells the kind. How a Placemark looks is passed over.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from geofence.formats.axis_order import settle_axis_order
from geofence.formats.kml.document import child_text, children, kml_roots, local_name
from geofence.formats.kml.geometry import KmlPolygon, read_shapes
from geofence.formats.kml.values import name_to_read, value_of_text
from geofence.formats.kml.volumes import VOLUMES, volumes_from_polygons
from geofence.formats.own_properties import fields_from_properties
from geofence.formats.repair_log import RepairLog
from geofence.formats.shown import show
from geofence.formats.zone_properties import (
    BAND_WORDS,
    LIMIT_WORDS,
    band_of_zone,
    in_own_names,
    kind_of_word,
    stated_kind,
)
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.zone import Zone, ZoneKind

FOLDER = "folder"
"""The property that keeps the names of the Folders, the outermost first."""
DESCRIPTION = "description"
ZONE_ID = "feiying_id"

_DEPTH_AT_MOST = 100
_BAND_NAMES = (*BAND_WORDS, *LIMIT_WORDS)
_TIMES = ("TimeSpan", "TimeStamp")
_PICTURES = ("GroundOverlay", "PhotoOverlay", "ScreenOverlay", "Tour")
_SAID_ELSEWHERE = frozenset(
    [
        "name",
        "ExtendedData",
        "Metadata",
        "MultiGeometry",
        "GeometryCollection",
        "Polygon",
        "Point",
        "LineString",
        "LinearRing",
        "Model",
        "Track",
        "MultiTrack",
        "TimeSpan",
        "TimeStamp",
        "styleUrl",
        "Style",
        "StyleMap",
        "visibility",
        "open",
        "LookAt",
        "Camera",
        "AbstractView",
        "Region",
        "balloonVisibility",
        "drawOrder",
    ]
)
"""Children of a Placemark that are read elsewhere, or only say how it looks."""


@dataclass(frozen=True, slots=True)
class _Placemark:
    element: Element
    field_types: dict[tuple[str, str], str]
    folders: tuple[str, ...]
    is_timed: bool
    place: str
    polygons: list[KmlPolygon]
    others: list[str]


def read_kml(content: bytes, *, source: str, log: RepairLog) -> list[Zone]:
    """Read the zones of a KML or KMZ file.

    Raises
    ------
    GeofenceError
        Names the Placemark, the fault and the remedy. A NetworkLink out of the file is refused: what it leads to
        would be missing.
    """
    roots = kml_roots(content, source=source, log=log)
    placemarks = [
        placemark
        for name, root in roots.items()
        for placemark in _placemarks(
            root, files=roots, source=f"{source}, {name}" if len(roots) > 1 else source, log=log
        )
    ]
    drawn = [placemark for placemark in placemarks if placemark.polygons]
    if not drawn:
        first = placemarks[0] if placemarks else None
        shape = (first.others or ["a Placemark without geometry"])[0] if first else ""
        raise GeofenceError(
            f"a zone cannot be {shape}" if first else "there is no zone in it",
            place=first.place if first else source,
            remedy="Give at least one Placemark with a Polygon",
        )
    for placemark in placemarks:
        if placemark.others or not placemark.polygons:
            log.note(
                RepairCode.LOST,
                f"{', '.join(dict.fromkeys(placemark.others)) or 'a Placemark without geometry'} is no zone: it was "
                "passed over",
                place=placemark.place,
            )
    settle_axis_order([polygon.rings for placemark in drawn for polygon in placemark.polygons], log)
    zones: dict[str, Zone] = {}
    for placemark in drawn:
        zone = _zone(placemark, zones, log=log)
        zones[zone.zone_id] = zone
    return list(zones.values())


def _placemarks(root: Element, *, files: Container[str], source: str, log: RepairLog) -> Iterator[_Placemark]:
    types = _simple_field_types(root)
    pending: list[tuple[Element, tuple[str, ...], bool, int]] = [(root, (), False, 0)]
    number = 0
    while pending:
        element, folders, is_timed, depth = pending.pop()
        name = local_name(element)
        is_timed = is_timed or any(children(element, *_TIMES))
        title = child_text(element, "name") or ""
        if depth > _DEPTH_AT_MOST:
            raise GeofenceError("the KML is nested too deeply", place=source, remedy="Give plain KML")
        if name == "NetworkLink" and not _leads_to(element, files):
            raise GeofenceError(
                f"the NetworkLink {show(title)} leads to zones that are not in the file",
                place=source,
                remedy="Give the file it leads to, or remove it",
            )
        if name in _PICTURES:
            log.note(RepairCode.LOST, f"the {name} {show(title)} is no zone: it was passed over")
        elif name == "Placemark":
            number += 1
            place = f"{source}, Placemark {number}" + (f" ({' '.join(title.split())[:60]})" if title else "")
            polygons, others = read_shapes(element, place=place)
            yield _Placemark(element, types, folders, is_timed, place, polygons, others)
        else:
            inner = (*folders, title) if name == "Folder" and title else folders
            pending.extend((child, inner, is_timed, depth + 1) for child in reversed(element))


def _leads_to(link: Element, files: Container[str]) -> bool:
    """Whether a NetworkLink leads to a file of the same archive; all of these are read anyway."""
    hrefs = [child_text(child, "href") for child in children(link, "Link", "Url")]
    return bool(hrefs) and all(href and href.removeprefix("./") in files for href in hrefs)


def _zone(placemark: _Placemark, zones: dict[str, Zone], *, log: RepairLog) -> Zone:
    place = placemark.place
    properties = _properties(placemark, log=log)
    zone_id = _zone_id(placemark, properties, zones)
    words = properties.pop(VOLUMES, None)
    folder_kind = _kind_of_folders(placemark)
    if folder_kind is not None and stated_kind(properties, place=place) is None:
        properties["kind"] = folder_kind.value
    fields = fields_from_properties(
        properties, unsaid_kind=ZoneKind.EXCLUSION, zone_id=zone_id, place=place, log=log
    )
    kind = fields["kind"]
    if placemark.is_timed and "applicability" not in properties:
        if kind is ZoneKind.INCLUSION:
            raise GeofenceError(
                "the TimeSpan or TimeStamp says when to show it, not when flight is allowed",
                place=place,
                remedy="Give applicability in ExtendedData, or remove it",
            )
        log.note(
            RepairCode.VALUE,
            "its TimeSpan or TimeStamp was passed over: it holds at all times",
            zone_id=zone_id,
            place=place,
        )
    band = band_of_zone(properties, zone_id=zone_id, place=place, log=log)
    said = in_own_names(properties)
    is_stated = words is not None or any(said.get(name) is not None for name in _BAND_NAMES)
    volumes = volumes_from_polygons(
        placemark.polygons,
        words,
        band=band if is_stated else None,
        kind=kind,
        zone_id=zone_id,
        place=place,
        log=log,
    )
    return Zone(zone_id=zone_id, volumes=volumes, **fields)


def _properties(placemark: _Placemark, *, log: RepairLog) -> dict[str, Any]:
    """Gather the properties: of the Placemark, then of its ExtendedData."""
    found: dict[str, Any] = {FOLDER: list(placemark.folders)} if placemark.folders else {}
    for child in placemark.element:
        name = local_name(child)
        text = "".join(child.itertext()).strip()
        if name not in _SAID_ELSEWHERE and text:
            found[name] = text
    for data in children(placemark.element, "ExtendedData"):
        for child in data:
            if local_name(child) == "Data":
                name = name_to_read(child.get("name", ""))
                found[name] = value_of_text(name, child_text(child, "value") or "")
            elif local_name(child) == "SchemaData":
                schema = child.get("schemaUrl", "").rpartition("#")[2]
                for simple in children(child, "SimpleData"):
                    name = name_to_read(simple.get("name", ""))
                    text = (simple.text or "").strip()
                    is_text = placemark.field_types.get((schema, name)) == "string"
                    found[name] = text if is_text and not text.startswith('"') else value_of_text(name, text)
            elif len(child) == 0:
                found[local_name(child)] = (child.text or "").strip()
            else:
                log.note(
                    RepairCode.LOST,
                    f"ExtendedData of the form {show(local_name(child))} was passed over",
                    place=placemark.place,
                )
    title = child_text(placemark.element, "name")
    if title and not isinstance(found.get("name"), str):
        found["name"] = title
    return found


def _zone_id(placemark: _Placemark, properties: dict[str, Any], zones: dict[str, Zone]) -> str:
    """Take the first that is given; names may repeat and are numbered, identifiers may not."""
    own = properties.pop(ZONE_ID, None)
    candidates = (own, placemark.element.get("id"), properties.get("id"), properties.get("zone_id"))
    for value in candidates:
        text = "" if value is None or isinstance(value, bool | list | dict) else " ".join(str(value).split())
        if text and text in zones:
            raise GeofenceError(
                f"the id {text} is another zone's already",
                place=placemark.place,
                remedy="Give every zone an id of its own",
            )
        if text:
            return text
    name = properties.get("name")
    stem = " ".join(name.split()) if isinstance(name, str) else ""
    stem = stem or f"zone-{len(zones) + 1}"
    zone_id, count = stem, 1
    while zone_id in zones:
        count += 1
        zone_id = f"{stem} ({count})"
    return zone_id


def _kind_of_folders(placemark: _Placemark) -> ZoneKind | None:
    """Give the kind that the innermost Folder tells whose name is one."""
    kinds = map(kind_of_word, reversed(placemark.folders))
    return next((kind for kind in kinds if kind is not None), None)


def _simple_field_types(root: Element) -> dict[tuple[str, str], str]:
    """Give the types of the fields of all Schemas, by the Schema's id or name and the field's name."""
    return {
        (schema.get(key, ""), field.get("name", "")): field.get("type", "")
        for schema in root.iter()
        if local_name(schema) == "Schema"
        for key in ("name", "id")
        for field in children(schema, "SimpleField")
    }
