"""QGroundControl's plan files: version 1 documents with a version 2 mission."""

from collections.abc import Mapping
from typing import Any

import orjson

from geofence.formats.qgc.fence import (
    FIRMWARE_ARDUPILOT,
    OWN_KEY,
    VEHICLE_QUADROTOR,
    circle_entry,
    polygon_entry,
)
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from geofence.zone_set import ZoneSet
from missions.files.document_reader import DocumentReader
from missions.files.planned_vehicle import for_its_vehicle
from missions.files.return_document import rally_points_document, returns_document, returns_from_document
from missions.plan.fence import fence_of_plan
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Plan, Route, RouteKind
from missions.plan.route_items import ground_length_m
from missions.refusal import MissionError

_ALTITUDE_MODES = {Frame.GLOBAL_RELATIVE_ALT: 1, Frame.GLOBAL: 2, Frame.GLOBAL_TERRAIN_ALT: 4}
_FRAMES = {
    0: Frame.GLOBAL,
    2: Frame.MISSION,
    3: Frame.GLOBAL_RELATIVE_ALT,
    5: Frame.GLOBAL,
    6: Frame.GLOBAL_RELATIVE_ALT,
    10: Frame.GLOBAL_TERRAIN_ALT,
    11: Frame.GLOBAL_TERRAIN_ALT,
}
_PARAMS_UNSET = range(4)
"""Parameters 1 to 4 may be NaN: keep the heading, take the default."""
_HOME_UNSET = (2,)
_ALWAYS_PLACED = frozenset(
    command
    for command in Command
    if command.is_navigation and command not in (Command.NAV_RETURN_TO_LAUNCH, Command.NAV_DELAY)
)
_HOVER_SPEED_M_S = 10.0
_ITEMS_AT_MOST = 65_534


def plan_to_document(plan: Plan, *, zones: ZoneSet | None = None) -> dict[str, Any]:
    """Build the document; its geofence is what the zones leave of the place the plan is for."""
    speed_m_s = plan.speed_m_s if plan.speed_m_s is not None else _HOVER_SPEED_M_S
    return {
        "fileType": "Plan",
        "groundStation": "QGroundControl",
        "version": 1,
        "geoFence": {"version": 2, **_fence(plan, zones)},
        "mission": {
            "version": 2,
            "firmwareType": FIRMWARE_ARDUPILOT,
            "vehicleType": VEHICLE_QUADROTOR,
            "globalPlanAltitudeMode": 1,
            "cruiseSpeed": speed_m_s,
            "hoverSpeed": speed_m_s,
            "plannedHomePosition": [plan.home.lat_deg, plan.home.lon_deg, plan.home_alt_amsl_m or 0.0],
            "items": [_simple_item(item) for item in plan.items],
        },
        "rallyPoints": rally_points_document(plan.returns),
        OWN_KEY: {
            "version": 1,
            "name": plan.name,
            "pattern": plan.pattern,
            "zone_id": plan.zone_id,
            "margin_m": plan.margin_m,
            "swath_m": plan.swath_m,
            "coverage": plan.coverage,
            "speed_m_s": plan.speed_m_s,
            "home_alt_amsl_m": plan.home_alt_amsl_m,
            "returns": returns_document(plan.returns),
            "routes": [
                {
                    "kind": route.kind.value,
                    "alts_rel_m": list(route.alts_rel_m),
                    "length_m": route.length_m,
                    "positions": [[p.lat_deg, p.lon_deg] for p in route.positions],
                }
                for route in plan.routes
            ],
        },
    }


def _fence(plan: Plan, zones: ZoneSet | None) -> dict[str, list[dict[str, Any]]]:
    """Make the fence's polygons and circles; none where the route does not fit into any fence."""
    try:
        fence = fence_of_plan(plan, zones) if zones is not None else None
    except GeofenceError:
        fence = None
    if fence is None:
        return {"circles": [], "polygons": []}
    polygons = [polygon_entry(ring, is_inclusion=True) for ring in fence.inclusion]
    polygons += [polygon_entry(ring, is_inclusion=False) for ring in fence.exclusions]
    circles = [circle_entry(circle, is_inclusion=True) for circle in fence.inclusion_circles]
    circles += [circle_entry(circle, is_inclusion=False) for circle in fence.exclusion_circles]
    return {"circles": circles, "polygons": polygons}


def _simple_item(item: MissionItem) -> dict[str, Any]:
    lat_deg, lon_deg = (
        (item.position.lat_deg, item.position.lon_deg) if item.position is not None else (0.0, 0.0)
    )
    document: dict[str, Any] = {
        "type": "SimpleItem",
        "doJumpId": item.seq,
        "command": item.command,
        "frame": int(item.frame),
        "params": [*item.params, lat_deg, lon_deg, item.alt_m],
        "autoContinue": item.autocontinue,
    }
    if item.frame in _ALTITUDE_MODES and item.is_navigation:
        document |= {
            "AMSLAltAboveTerrain": None,
            "Altitude": item.alt_m,
            "AltitudeMode": _ALTITUDE_MODES[item.frame],
        }
    return document


def plan_from_document(content: bytes, *, source: str, name: str) -> Plan:
    """Read a plan file.

    Parameters
    ----------
    content : bytes
    source : str
        Where it came from, for refusals.
    name : str
        Taken where the document gives none.

    Raises
    ------
    MissionError
        Names the field or item at fault.
    """
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise MissionError(
            f"not valid JSON at line {error.lineno}, column {error.colno}: {error.msg}",
            place=source,
            remedy="Mend it there, or save the plan again",
        ) from None
    reader = DocumentReader(source)
    root = reader.mapping(document, "the document")
    if root.get("fileType") != "Plan":
        raise reader.refuse(
            "fileType", f"is {root.get('fileType')!r}, not 'Plan'", "Give a QGroundControl plan file"
        )
    if root.get("version") != 1:
        raise reader.refuse("version", f"is {root.get('version')!r}", "Plan files of version 1 are read")
    mission = reader.mapping(root.get("mission"), "mission")
    if mission.get("version") != 2:
        raise reader.refuse(
            "mission.version", f"is {mission.get('version')!r}", "Missions of version 2 are read"
        )
    home_deg = reader.numbers(
        mission.get("plannedHomePosition"), "mission.plannedHomePosition", (2, 3), unset=_HOME_UNSET
    )
    home = reader.position(home_deg[0], home_deg[1], "mission.plannedHomePosition")
    if home is None:
        raise reader.refuse("mission.plannedHomePosition", "is not known", "Place home in the plan")
    items = _items(reader, mission.get("items"))
    own = reader.mapping(root.get(OWN_KEY, {}), OWN_KEY)
    home_alt_m = home_deg[2] if len(home_deg) == 3 and home_deg[2] != 0.0 else None
    plan = Plan(
        name=reader.text(own, "name", name),
        home=home,
        items=items,
        routes=_routes(reader, own.get("routes", [])),
        home_alt_amsl_m=reader.number(own, "home_alt_amsl_m") if "home_alt_amsl_m" in own else home_alt_m,
        speed_m_s=reader.number(own, "speed_m_s"),
        margin_m=reader.number(own, "margin_m", least=0.0),
        pattern=reader.text(own, "pattern", ""),
        zone_id=reader.text(own, "zone_id", ""),
        swath_m=reader.number(own, "swath_m"),
        coverage=reader.number(own, "coverage"),
        returns=returns_from_document(reader, own.get("returns"), root.get("rallyPoints")),
    )
    return for_its_vehicle(plan, reader, mission)


def _items(reader: DocumentReader, value: Any) -> tuple[MissionItem, ...]:
    flat: list[tuple[str, Mapping[str, Any]]] = []
    for number, entry in enumerate(reader.sequence(value, "mission.items")):
        _flatten(reader, entry, f"mission.items[{number}]", flat)
    if not flat:
        raise reader.refuse("mission.items", "is empty", "A mission needs at least one item")
    if len(flat) > _ITEMS_AT_MOST:
        raise reader.refuse(
            "mission.items", f"holds {len(flat)} items", f"MAVLink counts to {_ITEMS_AT_MOST}"
        )
    seqs: dict[int, int] = {}
    for seq, (_, entry) in enumerate(flat, start=1):
        jump_id = entry.get("doJumpId")
        if isinstance(jump_id, int):
            seqs.setdefault(jump_id, seq)
    return tuple(_item(reader, entry, field, seq, seqs) for seq, (field, entry) in enumerate(flat, start=1))


def _flatten(
    reader: DocumentReader, value: Any, field: str, into: list[tuple[str, Mapping[str, Any]]]
) -> None:
    """Put simple items in a row; surveys and corridors carry theirs inside."""
    entry = reader.mapping(value, field)
    kind = entry.get("type")
    if kind == "SimpleItem":
        into.append((field, entry))
        return
    if kind != "ComplexItem":
        raise reader.refuse(f"{field}.type", f"is {kind!r}", "SimpleItem and ComplexItem are read")
    transects = entry.get("TransectStyleComplexItem")
    if not isinstance(transects, dict) or not isinstance(transects.get("Items"), list):
        raise reader.refuse(
            field,
            f"is a complex item of type {entry.get('complexItemType')!r} without flown items",
            "Surveys and corridor scans are read; replace others by waypoints",
        )
    for number, inner in enumerate(transects["Items"]):
        inner_field = f"{field}.TransectStyleComplexItem.Items[{number}]"
        if not isinstance(inner, dict) or inner.get("type") != "SimpleItem":
            raise reader.refuse(
                inner_field, "is not a SimpleItem", "Save the plan again from a ground station"
            )
        into.append((inner_field, inner))


def _item(
    reader: DocumentReader, entry: Mapping[str, Any], field: str, seq: int, seqs: Mapping[int, int]
) -> MissionItem:
    command = reader.whole(entry.get("command"), f"{field}.command", 65_535)
    number = reader.whole(entry.get("frame"), f"{field}.frame", 255)
    if number not in _FRAMES:
        raise reader.refuse(f"{field}.frame", f"is {number}", "Frames 0, 2, 3, 5, 6, 10 and 11 are read")
    # Without a position parameters 5 to 7 are reserved: QGroundControl's camera commands leave them out.
    is_placeless = _FRAMES[number] is Frame.MISSION and command not in _ALWAYS_PLACED
    unset = range(7) if is_placeless else _PARAMS_UNSET
    params = reader.numbers(entry.get("params"), f"{field}.params", (7,), unset=unset)
    autocontinue = entry.get("autoContinue", True)
    if not isinstance(autocontinue, bool):
        raise reader.refuse(f"{field}.autoContinue", f"is {autocontinue!r}", "Give true or false")
    first = params[0]
    if command == Command.DO_JUMP:
        if first not in seqs:
            raise reader.refuse(
                f"{field}.params[0]", f"jumps to item {first:g}, which does not exist", "Correct it"
            )
        first = float(seqs[int(first)])
    return MissionItem(
        seq=seq,
        command=command,
        frame=_FRAMES[number],
        position=reader.position(params[4], params[5], f"{field}.params[4..5]"),
        alt_m=params[6],
        params=(first, params[1], params[2], params[3]),
        autocontinue=autocontinue,
    )


def _routes(reader: DocumentReader, value: Any) -> tuple[Route, ...]:
    routes = []
    for number, entry in enumerate(reader.sequence(value, f"{OWN_KEY}.routes")):
        field = f"{OWN_KEY}.routes[{number}]"
        route = reader.mapping(entry, field)
        try:
            kind = RouteKind(str(route.get("kind")))
        except ValueError:
            known = ", ".join(kind.value for kind in RouteKind)
            raise reader.refuse(f"{field}.kind", f"is {route.get('kind')!r}", f"Known are {known}") from None
        positions = []
        for place, pair in enumerate(reader.sequence(route.get("positions"), f"{field}.positions")):
            where = f"{field}.positions[{place}]"
            lat_deg, lon_deg = reader.numbers(pair, where, (2,))
            try:
                positions.append(LatLon(lat_deg, lon_deg))
            except GeofenceError as error:
                raise reader.refuse(
                    where, f"is no position: {error.what}", "Correct it in the file"
                ) from None
        if len(positions) < 2:
            raise reader.refuse(
                f"{field}.positions", f"holds {len(positions)} positions", "A route has two or more"
            )
        run = tuple(positions)
        alts_rel_m = reader.numbers(route.get("alts_rel_m"), f"{field}.alts_rel_m", (len(run),))
        length_m = route.get("length_m")
        length_m = ground_length_m(run) if length_m is None else reader.finite(length_m, f"{field}.length_m")
        routes.append(Route(kind, run, tuple(alts_rel_m), length_m))
    return tuple(routes)
