"""Plans as GeoJSON (RFC 7946), for maps and other programs, and back.

Altitudes are properties: they count from home or another datum, a third coordinate would count from the ellipsoid.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from geofence.formats.geojson import zone_to_feature
from geofence.formats.json_document import json_document
from geofence.formats.qgc.fence import OWN_KEY
from geofence.formats.repair_log import RepairLog
from geofence.formats.shown import show
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from geofence.zone_set import ZoneSet
from missions.files.account import Account
from missions.files.document_reader import DocumentReader
from missions.files.foreign_flight import Place, Unsaid, flight_along
from missions.files.own_document import own_document, plan_of_document, route_of
from missions.files.own_items import item_document, item_from_document, items_in_order
from missions.files.return_document import rally_points_document
from missions.plan.item import Frame, MissionItem
from missions.plan.plan import Plan, Route
from missions.plan.route_items import rounded
from missions.refusal import MissionError

ROUTE, HOME, WAYPOINT, COMMAND = "route", "home", "waypoint", "command"
"""Values of the property `role`; a command is an item without a place."""

_FEATURES_AT_MOST = 200_000


def plan_to_geojson(plan: Plan, *, zones: ZoneSet | None = None) -> dict[str, Any]:
    """Routes as lines, home and waypoints as points, commands without a place, then the zones."""
    features: list[dict[str, Any]] = [
        _feature(
            "LineString",
            [[p.lon_deg, p.lat_deg] for p in route.positions],
            {
                "role": ROUTE,
                "kind": route.kind.value,
                "alts_rel_m": list(route.alts_rel_m),
                "length_m": route.length_m,
            },
        )
        for route in plan.routes
    ]
    home = [plan.home.lon_deg, plan.home.lat_deg]
    features.append(_feature("Point", home, {"role": HOME, "seq": 0, "alt_amsl_m": plan.home_alt_amsl_m}))
    for item in plan.items:
        place = None if item.position is None else [item.position.lon_deg, item.position.lat_deg]
        role = COMMAND if place is None else WAYPOINT
        features.append(_feature("Point", place, {"role": role, **item_document(item)}))
    if zones is not None:
        features += [zone_to_feature(zone, draw_circles=True) for zone in zones]
    own = own_document(plan)
    own["rally_points"] = rally_points_document(plan.returns)
    return {
        "type": "FeatureCollection",
        "name": plan.name,
        "zone_id": plan.zone_id,
        "pattern": plan.pattern,
        "swath_m": plan.swath_m,
        "margin_m": plan.margin_m,
        "speed_m_s": plan.speed_m_s,
        "length_m": plan.length_m,
        OWN_KEY: own,
        "features": features,
    }


def _feature(kind: str, coordinates: list[Any] | None, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": None if coordinates is None else {"type": kind, "coordinates": coordinates},
        "properties": properties,
    }


def plan_from_geojson(content: bytes, *, source: str, name: str, unsaid: Unsaid, account: Account) -> Plan:
    """Read a plan: ours whole, another as a flight along its one line, else its points.

    Raises
    ------
    MissionError
        Names the feature at fault.
    """
    try:
        document = json_document(content, source=source, log=RepairLog(source))
    except GeofenceError as error:
        raise MissionError(error.what, place=error.place, remedy=error.remedy) from None
    reader = DocumentReader(source)
    root = reader.mapping(document, "the document")
    if root.get("type") != "FeatureCollection":
        raise reader.refuse("type", f"is {show(root.get('type'))}", "Give a FeatureCollection")
    features = [
        (reader.mapping(entry, f"features[{number}]"), f"features[{number}]")
        for number, entry in enumerate(reader.sequence(root.get("features"), "features"))
    ]
    if len(features) > _FEATURES_AT_MOST:
        raise reader.refuse("features", f"holds {len(features)}", "Give the flight alone")
    if OWN_KEY in root:
        return _own_plan(features, reader, reader.mapping(root[OWN_KEY], OWN_KEY), name, unsaid)
    places = _foreign_places(features, reader, account)
    title = root.get("name")
    return Plan(
        name=title if isinstance(title, str) else name,
        home=unsaid.home_for(source),
        items=flight_along(places, unsaid, account),
    )


def _own_plan(
    features: Sequence[tuple[Mapping[str, Any], str]],
    reader: DocumentReader,
    own: Mapping[str, Any],
    name: str,
    unsaid: Unsaid,
) -> Plan:
    home: LatLon | None = None
    routes: list[Route] = []
    placed: list[MissionItem] = []
    placeless: list[MissionItem] = []
    for feature, where in features:
        properties = reader.mapping(feature.get("properties") or {}, f"{where}.properties")
        role = properties.get("role")
        if role == HOME:
            home = _point(feature, reader, where)
        elif role == ROUTE:
            routes.append(
                route_of(
                    reader,
                    where,
                    kind=properties.get("kind"),
                    positions_deg=[[lat, lon] for lon, lat in _line(feature, reader, where)],
                    alts_rel_m=properties.get("alts_rel_m"),
                    length_m=properties.get("length_m"),
                )
            )
        elif role == WAYPOINT:
            placed.append(item_from_document(reader, properties, where, _point(feature, reader, where)))
        elif role == COMMAND:
            placeless.append(item_from_document(reader, properties, where, None))
    return plan_of_document(
        reader,
        own,
        name=name,
        home=home if home is not None else unsaid.home_for(reader.source),
        items=items_in_order(placed, placeless, source=reader.source),
        routes=tuple(routes),
        home_alt_amsl_m=None,
        rally=own.get("rally_points"),
    )


def _foreign_places(
    features: Sequence[tuple[Mapping[str, Any], str]], reader: DocumentReader, account: Account
) -> list[Place]:
    lines: list[tuple[list[list[float]], str]] = []
    points: list[tuple[list[list[float]], str]] = []
    for feature, where in features:
        geometry = feature.get("geometry")
        kind = reader.mapping(geometry, f"{where}.geometry").get("type") if geometry is not None else None
        if kind == "LineString":
            lines.append((_line(feature, reader, where), where))
        elif kind == "Point":
            coordinates = reader.mapping(geometry, where).get("coordinates")
            points.append(([_pair(reader, coordinates, where)], where))
        else:
            account.note(f"a geometry of type {show(kind)} is no way to fly, and was left out")
    if len(lines) > 1:
        raise reader.refuse(
            lines[1][1],
            f"is one of {len(lines)} lines, and the file does not say which is flown",
            "Leave one",
        )
    if lines and points:
        account.note("points beside the line were left out")
    found = lines or points
    if not found:
        raise MissionError(
            "holds no line and no point to fly to", place=reader.source, remedy="Give a LineString or Points"
        )
    account.note("a third coordinate counts from the ellipsoid, and is not read")
    return [
        Place(
            _position(lon, lat, reader, where), None, Frame.GLOBAL_RELATIVE_ALT, f"{reader.source}: {where}"
        )
        for line, where in found
        for lon, lat in line
    ]


def _point(feature: Mapping[str, Any], reader: DocumentReader, where: str) -> LatLon:
    geometry = reader.mapping(feature.get("geometry"), f"{where}.geometry")
    if geometry.get("type") != "Point":
        raise reader.refuse(f"{where}.geometry", "is not a Point", "Export the plan again")
    lon_deg, lat_deg = _pair(reader, geometry.get("coordinates"), where)
    return _position(lon_deg, lat_deg, reader, where)


def _line(feature: Mapping[str, Any], reader: DocumentReader, where: str) -> list[list[float]]:
    geometry = reader.mapping(feature.get("geometry"), f"{where}.geometry")
    if geometry.get("type") != "LineString":
        raise reader.refuse(f"{where}.geometry", "is not a LineString", "Export the plan again")
    coordinates = reader.sequence(geometry.get("coordinates"), f"{where}.coordinates")
    return [_pair(reader, pair, f"{where}.coordinates[{n}]") for n, pair in enumerate(coordinates)]


def _pair(reader: DocumentReader, value: Any, where: str) -> list[float]:
    values = reader.sequence(value, where)
    if len(values) not in (2, 3):
        raise reader.refuse(where, f"holds {len(values)} values", "Give longitude and latitude")
    return [reader.finite(values[0], where), reader.finite(values[1], where)]


def _position(lon_deg: float, lat_deg: float, reader: DocumentReader, where: str) -> LatLon:
    try:
        return rounded(LatLon(lat_deg, lon_deg))
    except GeofenceError as error:
        raise reader.refuse(where, f"is no position: {error.what}", "Correct it in the file") from None
