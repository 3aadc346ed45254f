"""Zones to KML and KMZ, for Google Earth and its like, and back without loss.

A zone is a Placemark in the style of its kind, drawn as a block up to its ceiling where it has one above ground or sea level.
All it says is in ExtendedData, in the words of our own GeoJSON; circles and bands of their own in `volumes`.
"""

import io
import zipfile
from collections.abc import Iterable
from itertools import groupby
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import shapely
from shapely import Polygon
from shapely.geometry.polygon import orient

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.formats.kml.reader import DESCRIPTION, FOLDER, ZONE_ID
from geofence.formats.kml.values import are_texts, fits_xml, name_to_write, text_of_value
from geofence.formats.kml.volumes import VOLUMES, words_of_volumes
from geofence.formats.layered_geometry import common_band
from geofence.formats.own_properties import own_properties
from geofence.formats.repair_log import RepairLog
from geofence.formats.zone_properties import BAND_WORDS
from geofence.repair import RepairCode
from geofence.zone import Zone, ZoneKind

_NAMESPACE = "http://www.opengis.net/kml/2.2"
_COLOURS_BGR = {ZoneKind.INCLUSION: "00aa00", ZoneKind.EXCLUSION: "0000ff", ZoneKind.ADVISORY: "00a5ff"}
_LINE_ALPHA, _FILL_ALPHA = "ff", "4d"
_ALTITUDE_MODES = {
    AltitudeDatum.AGL: "relativeToGround",
    AltitudeDatum.REL: "relativeToGround",
    AltitudeDatum.AMSL: "absolute",
}


def write_kml(zones: Iterable[Zone], *, log: RepairLog) -> bytes:
    """Write zones as the bytes of a KML file.

    Raises
    ------
    GeofenceError
        Where a property cannot be said in JSON.
    """
    root = Element("kml", {"xmlns": _NAMESPACE})
    document = SubElement(root, "Document")
    for kind, colour in _COLOURS_BGR.items():
        style = SubElement(document, "Style", {"id": kind.value})
        line = SubElement(style, "LineStyle")
        _say(line, "color", _LINE_ALPHA + colour)
        _say(line, "width", "2")
        _say(SubElement(style, "PolyStyle"), "color", _FILL_ALPHA + colour)
    for folders, together in groupby(zones, key=_folders):
        parent = document
        for folder in folders:
            parent = SubElement(parent, "Folder")
            _say(parent, "name", folder)
        for zone in together:
            _write_placemark(parent, zone, log=log)
    indent(root, " ")
    content: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def write_kmz(zones: Iterable[Zone], *, log: RepairLog) -> bytes:
    """Write zones as the bytes of a KMZ file, the same for the same zones.

    See Also
    --------
    write_kml
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        entry = zipfile.ZipInfo("doc.kml")
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, write_kml(zones, log=log))
    return packed.getvalue()


def _write_placemark(parent: Element, zone: Zone, *, log: RepairLog) -> None:
    placemark = SubElement(parent, "Placemark")
    properties = own_properties(zone, common_band(zone.volumes))
    if _folders(zone):
        del properties[FOLDER]
    for name in (ZONE_ID, VOLUMES):
        if properties.pop(name, None) is not None:
            log.note(RepairCode.LOST, f"KML needs the name of its property {name}", zone_id=zone.zone_id)
    for name in ("name", DESCRIPTION):
        value = properties.get(name)
        if isinstance(value, str) and value and fits_xml(value):
            _say(placemark, name, value)
            del properties[name]
    _say(placemark, "styleUrl", f"#{zone.kind.value}")
    words = {ZONE_ID: zone.zone_id, VOLUMES: words_of_volumes(zone.volumes)}
    data = SubElement(placemark, "ExtendedData")
    for name, value in {**properties, **{name: word for name, word in words.items() if word}}.items():
        if value is None and name in BAND_WORDS:
            continue
        entry = SubElement(data, "Data", {"name": name_to_write(name)})
        _say(entry, "value", text_of_value(name, value))
    polygons = [
        (polygon, volume.band) for volume in zone.volumes for polygon in shapely.get_parts(volume.area)
    ]
    geometry = placemark if len(polygons) == 1 else SubElement(placemark, "MultiGeometry")
    for polygon, band in polygons:
        _write_polygon(geometry, orient(polygon), band)


def _write_polygon(parent: Element, polygon: Polygon, band: AltitudeBand) -> None:
    element = SubElement(parent, "Polygon")
    mode = _ALTITUDE_MODES.get(band.datums[1])
    is_block = mode is not None and band.ceiling_m is not None and band.ceiling_m > 0.0
    _say(element, "extrude" if is_block else "tessellate", "1")
    _say(element, "altitudeMode", mode if is_block and mode else "clampToGround")
    height = f",{band.ceiling_m!r}" if is_block else ""
    for name, rings in (("outerBoundaryIs", [polygon.exterior]), ("innerBoundaryIs", polygon.interiors)):
        for ring in rings:
            text = " ".join(
                f"{lon_deg!r},{lat_deg!r}{height}"
                for lon_deg, lat_deg in shapely.get_coordinates(ring).tolist()
            )
            _say(SubElement(SubElement(element, name), "LinearRing"), "coordinates", text)


def _folders(zone: Zone) -> tuple[str, ...]:
    """Give the Folders to put a zone into; names that XML cannot hold stay a property."""
    names: Any = zone.properties.get(FOLDER)
    is_path = are_texts(names) and all(name and fits_xml(name) for name in names)
    return tuple(names) if is_path else ()


def _say(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text
