"""Plans as KML 2.2 and KMZ, for Google Earth and its like.

Every item is a Placemark in the order of the flight, one without a place has no geometry; routes are lines. What KML has
no word for is in ExtendedData, as JSON under names that begin with `feiying.`.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from geofence.formats.qgc.fence import OWN_KEY
from geofence.latlon import LatLon
from missions.files.account import Account
from missions.files.own_document import own_document
from missions.files.own_items import item_document
from missions.files.return_document import rally_points_document
from missions.files.xml_document import say, xml_bytes
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Plan, Route, RouteKind

NAMESPACE = "http://www.opengis.net/kml/2.2"
PREFIX = f"{OWN_KEY}."
HOME, ITEMS, ROUTES = "home", "items", "routes"
"""Values of `feiying.role`, which tells the Folders and Placemarks of ours apart."""

ABSOLUTE, ABOVE_GROUND = "absolute", "relativeToGround"

_LINE_COLOURS = {RouteKind.TRANSIT: "ff006cef"}
_LINE_COLOUR = "ffc06515"
"""Alpha, blue, green, red."""


def plan_to_kml(plan: Plan, account: Account) -> bytes:
    """Write a plan as the bytes of a KML file."""
    root = Element("kml", {"xmlns": NAMESPACE})
    document = SubElement(root, "Document")
    say(document, "name", plan.name)
    for kind in dict.fromkeys(route.kind for route in plan.routes):
        line = SubElement(SubElement(document, "Style", {"id": kind.value}), "LineStyle")
        say(line, "color", _LINE_COLOURS.get(kind, _LINE_COLOUR))
        say(line, "width", "3")
    rally = rally_points_document(plan.returns)
    _say_data(document, {**own_document(plan), "rally_points": rally})
    home = _placemark(document, "Home", {"role": HOME})
    _point(
        home,
        plan.home,
        *((ABSOLUTE, plan.home_alt_amsl_m) if plan.home_alt_amsl_m is not None else (None, None)),
    )
    if plan.home_alt_amsl_m is None and any(item.frame is Frame.GLOBAL_RELATIVE_ALT for item in plan.items):
        account.note("home's altitude is not known, so altitudes above home are drawn above the ground")
    routes = _folder(document, "Routes", ROUTES)
    for route in plan.routes:
        _write_route(routes, route, plan.home_alt_amsl_m)
    items = _folder(document, "Items", ITEMS)
    for item in plan.items:
        _write_item(items, item, plan.home_alt_amsl_m)
    return xml_bytes(root)


def plan_to_kmz(plan: Plan, account: Account) -> bytes:
    """Write a plan as the bytes of a KMZ file, the same for the same plan."""
    return packed({"doc.kml": plan_to_kml(plan, account)})


def packed(files: Mapping[str, bytes]) -> bytes:
    """Pack files into a zip archive."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, content)
    return archive.getvalue()


def drawn_altitude(frame: Frame, alt_m: float, home_alt_amsl_m: float | None) -> tuple[str, float]:
    """Give the altitude mode of KML and the altitude in it that stand for an altitude of an item."""
    if frame is Frame.GLOBAL:
        return ABSOLUTE, alt_m
    if frame is Frame.GLOBAL_RELATIVE_ALT and home_alt_amsl_m is not None:
        return ABSOLUTE, home_alt_amsl_m + alt_m
    return ABOVE_GROUND, alt_m


def _write_item(parent: Element, item: MissionItem, home_alt_amsl_m: float | None) -> None:
    name = Command(item.command).name if item.command in set(Command) else f"MAV_CMD {item.command}"
    placemark = _placemark(parent, f"{item.seq} {name}", item_document(item))
    if item.position is not None:
        _point(placemark, item.position, *drawn_altitude(item.frame, item.alt_m, home_alt_amsl_m))


def _write_route(parent: Element, route: Route, home_alt_amsl_m: float | None) -> None:
    said = {"kind": route.kind.value, "alts_rel_m": list(route.alts_rel_m), "length_m": route.length_m}
    placemark = _placemark(parent, route.kind.value, said, style=route.kind.value)
    drawn = [drawn_altitude(Frame.GLOBAL_RELATIVE_ALT, alt_m, home_alt_amsl_m) for alt_m in route.alts_rel_m]
    line = SubElement(placemark, "LineString")
    say(line, "altitudeMode", drawn[0][0])
    say(
        line,
        "coordinates",
        " ".join(_coordinates(p, z_m) for p, (_, z_m) in zip(route.positions, drawn, strict=True)),
    )


def _folder(parent: Element, name: str, role: str) -> Element:
    folder = SubElement(parent, "Folder")
    say(folder, "name", name)
    _say_data(folder, {"role": role})
    return folder


def _placemark(parent: Element, name: str, said: Mapping[str, Any], *, style: str = "") -> Element:
    placemark = SubElement(parent, "Placemark")
    say(placemark, "name", name)
    if style:
        say(placemark, "styleUrl", f"#{style}")
    _say_data(placemark, said)
    return placemark


def _say_data(parent: Element, said: Mapping[str, Any]) -> None:
    data = SubElement(parent, "ExtendedData")
    for name, value in said.items():
        entry = SubElement(data, "Data", {"name": f"{PREFIX}{name}"})
        say(entry, "value", json.dumps(value))


def _point(parent: Element, position: LatLon, mode: str | None, alt_m: float | None) -> None:
    point = SubElement(parent, "Point")
    if mode is not None:
        say(point, "altitudeMode", mode)
    say(point, "coordinates", _coordinates(position, alt_m))


def _coordinates(position: LatLon, alt_m: float | None) -> str:
    height = "" if alt_m is None else f",{float(alt_m)!r}"
    return f"{position.lon_deg!r},{position.lat_deg!r}{height}"
