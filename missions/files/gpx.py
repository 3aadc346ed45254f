"""Plans as GPX 1.1: home a waypoint, the items a route, what is flown tracks.

What GPX has no word for is in extensions of a namespace of our own, as JSON. GPX counts elevations from mean sea level; an item whose altitude above it is not known has none.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

import gpxpy.gpx
import orjson
from gpxpy.gpx import (
    GPX,
    GPXException,
    GPXRoute,
    GPXRoutePoint,
    GPXTrack,
    GPXTrackPoint,
    GPXTrackSegment,
    GPXWaypoint,
)

from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from missions.files.account import Account
from missions.files.document_reader import DocumentReader
from missions.files.foreign_flight import Place, Unsaid, flight_along
from missions.files.own_document import own_document, plan_of_document, route_of
from missions.files.own_items import item_document, item_from_document, items_in_order
from missions.files.return_document import rally_points_document
from missions.files.xml_document import xml_root, xml_text
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Plan, Route
from missions.plan.route_items import rounded
from missions.refusal import MissionError

OWN_NAMESPACE = "urn:feiying:plan:1"
GPX_NAMESPACE = "http://www.topografix.com/GPX/1/1"

_ITEM, _PLAN, _ROUTE = "item", "plan", "route"
_SAME_M = 1e-3
_POINTS_AT_MOST = 200_000


def plan_to_gpx(plan: Plan, account: Account) -> bytes:
    """Write a plan as the bytes of a GPX file."""
    gpx = GPX()
    gpx.creator = "Feiying"
    gpx.name = xml_text(plan.name) or "Plan"  # without one gpxpy leaves the extensions out too
    gpx.nsmap["feiying"] = OWN_NAMESPACE
    said = {**own_document(plan), "rally_points": rally_points_document(plan.returns)}
    gpx.metadata_extensions.append(_element(_PLAN, said))
    home = GPXWaypoint(plan.home.lat_deg, plan.home.lon_deg, plan.home_alt_amsl_m, name="Home", type="home")
    gpx.waypoints.append(home)
    route = GPXRoute(name=xml_text(plan.name))
    route.extensions += [_element(_ITEM, item_document(i)) for i in plan.items if i.position is None]
    for item in plan.items:
        if item.position is None:
            continue
        ele_m = _elevation_m(item.frame, item.alt_m, plan.home_alt_amsl_m)
        if ele_m is None:
            account.note(
                "GPX counts from mean sea level, and altitudes that are not known above it are extensions"
            )
        name = Command(item.command).name if item.command in set(Command) else f"MAV_CMD {item.command}"
        point = GPXRoutePoint(item.position.lat_deg, item.position.lon_deg, ele_m, name=f"{item.seq} {name}")
        point.extensions.append(_element(_ITEM, item_document(item)))
        route.points.append(point)
    gpx.routes.append(route)
    gpx.tracks += [_track(flown, plan.home_alt_amsl_m) for flown in plan.routes]
    return gpx.to_xml(version="1.1").encode()


def plan_from_gpx(content: bytes, *, source: str, name: str, unsaid: Unsaid, account: Account) -> Plan:
    """Read a plan: ours whole, another as a flight along its one route, else its one track, else its waypoints.

    Raises
    ------
    MissionError
        Names the element at fault.
    """
    gpx = _parsed(content, source)
    reader = DocumentReader(source)
    own = _said(reader, gpx.metadata_extensions, _PLAN, "metadata")
    if own:
        return _own_plan(gpx, reader, own, name, unsaid, account)
    places = _foreign_places(gpx, reader, account)
    return Plan(
        name=gpx.name or name,
        home=unsaid.home_for(source),
        items=flight_along(places, unsaid, account),
    )


def _parsed(content: bytes, source: str) -> GPX:
    root = xml_root(content, source=source)
    if root.tag != f"{{{GPX_NAMESPACE}}}gpx":
        raise MissionError(
            "is not GPX 1.1", place=source, remedy=f"Give a file whose root is gpx of {GPX_NAMESPACE}"
        )
    for element in root.iter():
        for word in ("lat", "lon"):
            _demand_number(element.get(word), f"{word} of {_local(element)}", source)
        if _local(element) == "ele":
            _demand_number(element.text, "ele", source)
    try:
        gpx = gpxpy.parse(content)
    except (GPXException, ValueError, LookupError, TypeError, AttributeError) as error:
        raise MissionError(
            f"is not GPX 1.1: {str(error)[:120]}", place=source, remedy="Export it again"
        ) from None
    count = sum(1 for element in root.iter() if _local(element) in ("wpt", "rtept", "trkpt"))
    if count > _POINTS_AT_MOST:
        raise MissionError(f"holds {count} points", place=source, remedy="Give the flight alone")
    return gpx


def _demand_number(text: str | None, what: str, source: str) -> None:
    if text is None:
        return
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise MissionError(f"{what} is {text.strip()[:40]!r}", place=source, remedy="Give a finite number")


def _own_plan(
    gpx: GPX, reader: DocumentReader, own: Mapping[str, Any], name: str, unsaid: Unsaid, account: Account
) -> Plan:
    home_alt_amsl_m = reader.number(own, "home_alt_amsl_m")
    if len(gpx.routes) != 1:
        raise reader.refuse("rte", f"is there {len(gpx.routes)} times", "A plan has one; export it again")
    (route,) = gpx.routes
    placeless = [
        item_from_document(reader, values, "rte", None)
        for values in _all_said(reader, route.extensions, _ITEM, "rte")
    ]
    placed = [
        _own_item(point, reader, f"rtept {number}", home_alt_amsl_m, account)
        for number, point in enumerate(route.points, start=1)
    ]
    homes = [point for point in gpx.waypoints if point.type == "home"]
    home = _position(homes[0], reader, "wpt of type home") if homes else unsaid.home_for(reader.source)
    return plan_of_document(
        reader,
        own,
        name=name,
        home=home,
        items=items_in_order(placed, placeless, source=reader.source),
        routes=tuple(_own_route(track, reader, f"trk {n}") for n, track in enumerate(gpx.tracks, start=1)),
        home_alt_amsl_m=home_alt_amsl_m,
        rally=own.get("rally_points"),
    )


def _own_item(
    point: GPXRoutePoint, reader: DocumentReader, where: str, home_alt_amsl_m: float | None, account: Account
) -> MissionItem:
    position = _position(point, reader, where)
    values = _said(reader, point.extensions, _ITEM, where)
    if not values:
        if point.elevation is None:
            raise reader.refuse(where, "was added, and says no ele", "Give its altitude above mean sea level")
        account.note("places that were added to the file are flown to as waypoints")
        return MissionItem(0, Command.NAV_WAYPOINT, Frame.GLOBAL, position, point.elevation)
    item = item_from_document(reader, values, where, position)
    written_m = _elevation_m(item.frame, item.alt_m, home_alt_amsl_m)
    if point.elevation is None or (written_m is not None and abs(point.elevation - written_m) < _SAME_M):
        return item
    if written_m is None:
        raise reader.refuse(
            where, f"was given the ele {point.elevation:g}", "Home's altitude is not known: remove it"
        )
    # Another program has moved it.
    return item_from_document(
        reader, {**values, "alt_m": item.alt_m + (point.elevation - written_m)}, where, position
    )


def _own_route(track: GPXTrack, reader: DocumentReader, where: str) -> Route:
    said = _said(reader, track.extensions, _ROUTE, where)
    points = [point for segment in track.segments for point in segment.points]
    return route_of(
        reader,
        where,
        kind=said.get("kind", track.type),
        positions_deg=[[point.latitude, point.longitude] for point in points],
        alts_rel_m=said.get("alts_rel_m"),
        length_m=said.get("length_m"),
    )


def _foreign_places(gpx: GPX, reader: DocumentReader, account: Account) -> list[Place]:
    for kind, lines in (
        ("rte", [route.points for route in gpx.routes]),
        ("trk", [[point for segment in track.segments for point in segment.points] for track in gpx.tracks]),
    ):
        if len(lines) > 1:
            raise reader.refuse(
                kind, f"is there {len(lines)} times, and the file does not say which is flown", "Leave one"
            )
        if lines and lines[0]:
            if gpx.waypoints:
                account.note("waypoints beside the line were left out")
            return _places(lines[0], reader, f"{kind}pt")
    if gpx.waypoints:
        return _places(gpx.waypoints, reader, "wpt")
    raise MissionError(
        "holds no route, no track and no waypoint",
        place=reader.source,
        remedy="Give one of them to fly along",
    )


def _places(points: Sequence[Any], reader: DocumentReader, kind: str) -> list[Place]:
    return [
        Place(
            _position(point, reader, f"{kind} {number}"),
            point.elevation,
            Frame.GLOBAL,
            f"{reader.source}: {kind} {number}",
        )
        for number, point in enumerate(points, start=1)
    ]


def _position(point: Any, reader: DocumentReader, where: str) -> LatLon:
    try:
        return rounded(LatLon(point.latitude, point.longitude))
    except GeofenceError as error:
        raise reader.refuse(where, f"is no position: {error.what}", "Correct it in the file") from None


def _track(route: Route, home_alt_amsl_m: float | None) -> GPXTrack:
    track = GPXTrack(name=route.kind.value)
    track.type = route.kind.value  # type: ignore[assignment]  # gpxpy declares it None
    said = {"kind": route.kind.value, "alts_rel_m": list(route.alts_rel_m), "length_m": route.length_m}
    track.extensions.append(_element(_ROUTE, said))
    points = [
        GPXTrackPoint(p.lat_deg, p.lon_deg, _elevation_m(Frame.GLOBAL_RELATIVE_ALT, alt_m, home_alt_amsl_m))
        for p, alt_m in zip(route.positions, route.alts_rel_m, strict=True)
    ]
    track.segments.append(GPXTrackSegment(points))
    return track


def _elevation_m(frame: Frame, alt_m: float, home_alt_amsl_m: float | None) -> float | None:
    if frame is Frame.GLOBAL:
        return alt_m
    if frame is Frame.GLOBAL_RELATIVE_ALT and home_alt_amsl_m is not None:
        return home_alt_amsl_m + alt_m
    return None


def _element(name: str, said: Mapping[str, Any]) -> Element:
    element = Element(f"{{{OWN_NAMESPACE}}}{name}")
    # gpxpy writes the text of an extension as it stands
    element.text = escape(json.dumps(said))
    return element


def _said(reader: DocumentReader, extensions: Sequence[Any], name: str, where: str) -> dict[str, Any]:
    found = _all_said(reader, extensions, name, where)
    return found[0] if found else {}


def _all_said(
    reader: DocumentReader, extensions: Sequence[Any], name: str, where: str
) -> list[dict[str, Any]]:
    found = []
    for element in extensions:
        if element.tag != f"{{{OWN_NAMESPACE}}}{name}":
            continue
        try:
            value = orjson.loads(element.text or "null")
        except orjson.JSONDecodeError:
            raise reader.refuse(where, f"has a feiying:{name} that is not JSON", "Export it again") from None
        found.append(dict(reader.mapping(value, f"{where}, feiying:{name}")))
    return found


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
