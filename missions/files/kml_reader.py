"""Plans from KML and KMZ: our own come back whole, others as a flight along their line or their points."""

import math
import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import orjson

from geofence.formats.kml.document import child_text, children, kml_roots, local_name
from geofence.formats.repair_log import RepairLog
from geofence.formats.shown import show
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from missions.files.account import Account
from missions.files.document_reader import DocumentReader
from missions.files.foreign_flight import Place, Unsaid, flight_along
from missions.files.kml_writer import ABOVE_GROUND, ABSOLUTE, HOME, PREFIX, drawn_altitude
from missions.files.own_document import plan_of_document, route_of
from missions.files.own_items import ITEM_WORDS, item_from_document, items_in_order
from missions.plan.item import Frame, MissionItem
from missions.plan.plan import Plan, Route
from missions.plan.route_items import rounded
from missions.refusal import MissionError

_PLACEMARKS_AT_MOST = 200_000
_SAME_M = 1e-3
_COMMA = re.compile(r"\s*,\s*")
_FRAMES = {ABSOLUTE: Frame.GLOBAL, ABOVE_GROUND: Frame.GLOBAL_TERRAIN_ALT}


def plan_from_kml(content: bytes, *, source: str, name: str, unsaid: Unsaid, account: Account) -> Plan:
    """Read a plan from KML, or from the one KML file of a KMZ.

    Raises
    ------
    MissionError
        Names the Placemark at fault.
    """
    try:
        roots = kml_roots(content, source=source, log=RepairLog(source))
    except GeofenceError as error:
        raise MissionError(error.what, place=error.place, remedy=error.remedy) from None
    if len(roots) != 1:
        raise MissionError(
            f"holds {len(roots)} KML files", place=source, remedy="Give the one with the flight alone"
        )
    (root,) = roots.values()
    reader = DocumentReader(source)
    placemarks = list(_placemarks(root))
    if len(placemarks) > _PLACEMARKS_AT_MOST:
        raise MissionError(
            f"holds {len(placemarks)} Placemarks", place=source, remedy="Give the flight alone"
        )
    own = next((said for element in _documents(root) if "version" in (said := _said(reader, element))), None)
    if own is None:
        return _foreign_plan(placemarks, reader, child_text(_body(root), "name") or name, unsaid, account)
    return _own_plan(placemarks, reader, own, name, unsaid, account)


def _own_plan(
    placemarks: list[tuple[Element, str]],
    reader: DocumentReader,
    own: dict[str, Any],
    name: str,
    unsaid: Unsaid,
    account: Account,
) -> Plan:
    home: LatLon | None = None
    home_alt_amsl_m = reader.number(own, "home_alt_amsl_m")
    routes: list[Route] = []
    placed: list[MissionItem] = []
    placeless: list[MissionItem] = []
    for element, where in placemarks:
        said = _said(reader, element)
        if said.get("role") == HOME:
            home = _first_position(element, reader, where)[0]
        elif "command" in said:
            item = _own_item(element, said, reader, where, home_alt_amsl_m)
            (placed if item.position is not None else placeless).append(item)
        elif "kind" in said:
            routes.append(_own_route(element, said, reader, where))
        elif any(children(element, "Point")):
            position, alt_m, mode = _first_position(element, reader, where)
            frame = _FRAMES.get(mode)
            if frame is None or alt_m is None:
                raise reader.refuse(
                    where, "was added, and says no altitude", "Give it absolute or relativeToGround"
                )
            placed.append(MissionItem(0, 16, frame, position, alt_m))
            account.note("places that were added to the file are flown to as waypoints")
        else:
            account.note(f"{where} is neither an item nor a route, and was left out")
    if home is None:
        home = unsaid.home_for(reader.source)
    return plan_of_document(
        reader,
        own,
        name=name,
        home=home,
        items=items_in_order(placed, placeless, source=reader.source),
        routes=tuple(routes),
        home_alt_amsl_m=home_alt_amsl_m,
        rally=own.get("rally_points"),
    )


def _own_item(
    element: Element, said: dict[str, Any], reader: DocumentReader, where: str, home_alt_amsl_m: float | None
) -> MissionItem:
    values = {word: said.get(word) for word in ITEM_WORDS}
    if not any(children(element, "Point")):
        return item_from_document(reader, values, where, None)
    position, alt_m, mode = _first_position(element, reader, where)
    item = item_from_document(reader, values, where, position)
    drawn_mode, drawn_m = drawn_altitude(item.frame, item.alt_m, home_alt_amsl_m)
    if alt_m is None or (mode == drawn_mode and abs(alt_m - drawn_m) < _SAME_M):
        return item
    # Another program has moved it.
    if mode != drawn_mode:
        raise reader.refuse(where, f"was moved to altitudeMode {show(mode)}", f"Leave it {drawn_mode}")
    values["alt_m"] = item.alt_m + (alt_m - drawn_m)
    return item_from_document(reader, values, where, position)


def _own_route(element: Element, said: dict[str, Any], reader: DocumentReader, where: str) -> Route:
    line = next(children(element, "LineString"), None)
    if line is None:
        raise reader.refuse(where, "has no LineString", "Export the plan again")
    return route_of(
        reader,
        where,
        kind=said.get("kind"),
        positions_deg=[[lat_deg, lon_deg] for lon_deg, lat_deg, _ in _coordinates(line, reader, where)],
        alts_rel_m=said.get("alts_rel_m"),
        length_m=said.get("length_m"),
    )


def _foreign_plan(
    placemarks: list[tuple[Element, str]], reader: DocumentReader, name: str, unsaid: Unsaid, account: Account
) -> Plan:
    lines: list[tuple[Element, str]] = []
    points: list[tuple[Element, str]] = []
    for element, where in placemarks:
        for geometry in _geometries(element):
            kind = local_name(geometry)
            if kind == "LineString":
                lines.append((geometry, where))
            elif kind == "Point":
                points.append((geometry, where))
            else:
                account.note(f"{kind} is no way to fly, and was left out")
    if len(lines) > 1:
        raise reader.refuse(
            lines[1][1],
            f"is one of {len(lines)} lines, and the file does not say which is flown",
            "Leave one",
        )
    if not lines and not points:
        raise MissionError(
            "holds no line and no point to fly to", place=reader.source, remedy="Give a LineString or Points"
        )
    if lines and points:
        account.note("points beside the line were left out")
    places = [place for geometry, where in (lines or points) for place in _places(geometry, reader, where)]
    home = unsaid.home_for(reader.source)
    return Plan(name=name, home=home, items=flight_along(places, unsaid, account))


def _places(geometry: Element, reader: DocumentReader, where: str) -> Iterator[Place]:
    mode = child_text(geometry, "altitudeMode") or ""
    frame = _FRAMES.get(mode)
    for number, (lon_deg, lat_deg, alt_m) in enumerate(_coordinates(geometry, reader, where), start=1):
        at = f"{where}, position {number}"
        position = reader.position(lat_deg, lon_deg, at)
        if position is None:
            raise reader.refuse(at, "is 0, 0", "Give a place to fly to")
        yield Place(
            position,
            alt_m if frame is not None else None,
            frame if frame is not None else Frame.GLOBAL_RELATIVE_ALT,
            f"{reader.source}: {at}",
        )


def _first_position(element: Element, reader: DocumentReader, where: str) -> tuple[LatLon, float | None, str]:
    point = next(children(element, "Point"), None)
    if point is None:
        raise reader.refuse(where, "has no Point", "Export the plan again")
    (lon_deg, lat_deg, alt_m), *_ = _coordinates(point, reader, where)
    try:
        position = rounded(LatLon(lat_deg, lon_deg))
    except GeofenceError as error:
        raise reader.refuse(where, f"is no position: {error.what}", "Correct it in the file") from None
    return position, alt_m, child_text(point, "altitudeMode") or ""


def _coordinates(
    geometry: Element, reader: DocumentReader, where: str
) -> list[tuple[float, float, float | None]]:
    text = child_text(geometry, "coordinates") or ""
    positions: list[tuple[float, float, float | None]] = []
    for words in _COMMA.sub(",", text).split():
        try:
            values = [float(word) for word in words.rstrip(",").split(",")]
        except ValueError:
            values = []
        if len(values) not in (2, 3) or not all(map(math.isfinite, values)):
            raise reader.refuse(
                where, f"has {show(words)} for a position", "Write longitude,latitude,altitude"
            )
        positions.append((values[0], values[1], values[2] if len(values) == 3 else None))
    if not positions:
        raise reader.refuse(where, "has no coordinates", "Write longitude,latitude,altitude")
    return positions


def _geometries(element: Element) -> Iterator[Element]:
    pending = list(reversed(element))
    while pending:
        child = pending.pop()
        kind = local_name(child)
        if kind == "MultiGeometry":
            pending.extend(reversed(child))
        elif kind in ("Point", "LineString", "LinearRing", "Polygon", "Model", "Track", "MultiTrack"):
            yield child


def _placemarks(root: Element) -> Iterator[tuple[Element, str]]:
    pending = [root]
    number = 0
    while pending:
        element = pending.pop()
        if local_name(element) == "Placemark":
            number += 1
            name = child_text(element, "name")
            yield element, f"Placemark {number}" + (f" {show(name)}" if name else "")
        elif local_name(element) in ("kml", "Document", "Folder"):
            pending.extend(reversed(element))


def _documents(root: Element) -> Iterator[Element]:
    return (element for element in (root, *root) if local_name(element) == "Document")


def _body(root: Element) -> Element:
    return next(_documents(root), root)


def _said(reader: DocumentReader, element: Element) -> dict[str, Any]:
    """Read what is ours of a feature's ExtendedData."""
    said: dict[str, Any] = {}
    for data in children(element, "ExtendedData"):
        for entry in children(data, "Data"):
            name = entry.get("name", "")
            if not name.startswith(PREFIX):
                continue
            try:
                said[name.removeprefix(PREFIX)] = orjson.loads(child_text(entry, "value") or "null")
            except orjson.JSONDecodeError:
                raise reader.refuse(name, "is not JSON", "Export the plan again") from None
    return said
