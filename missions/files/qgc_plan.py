"""QGroundControl's plan files: version 1 documents with a version 2 mission."""

from typing import Any

import orjson

from geofence.formats.qgc.fence import (
    FIRMWARE_ARDUPILOT,
    OWN_KEY,
    VEHICLE_QUADROTOR,
    circle_entry,
    polygon_entry,
)
from geofence.refusal import GeofenceError
from geofence.zone_set import ZoneSet
from missions.files.account import Account
from missions.files.document_reader import DocumentReader
from missions.files.foreign_flight import Unsaid
from missions.files.own_document import own_document, plan_of_document, routes_document, routes_from_document
from missions.files.planned_vehicle import for_its_vehicle
from missions.files.qgc_items import items_from_document
from missions.files.qgc_transects import item_documents
from missions.files.return_document import rally_points_document
from missions.plan.fence import fence_of_plan
from missions.plan.plan import Plan
from missions.refusal import MissionError

_HOME_UNSET = (2,)
_HOVER_SPEED_M_S = 10.0


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
            "items": item_documents(plan, zones),
        },
        "rallyPoints": rally_points_document(plan.returns),
        OWN_KEY: {**own_document(plan), "routes": routes_document(plan)},
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


def _has_fence(value: Any) -> bool:
    """Tell whether a geofence forbids anything; before version 2 it was one polygon."""
    return isinstance(value, dict) and any(value.get(key) for key in ("circles", "polygons", "polygon"))


def plan_from_document(
    content: bytes,
    *,
    source: str,
    name: str,
    unsaid: Unsaid | None = None,
    account: Account | None = None,
) -> Plan:
    """Read a plan file.

    Parameters
    ----------
    content : bytes
    source : str
        Where it came from, for refusals.
    name : str
        Taken where the document gives none.
    unsaid : Unsaid, optional
    account : Account, optional
        Told of a fence in the file of another program.

    Raises
    ------
    MissionError
        Names the field or item at fault.
    """
    unsaid = unsaid if unsaid is not None else Unsaid()
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
    if home is None and unsaid.home is None:
        raise reader.refuse(
            "mission.plannedHomePosition", "is not known", "Place home in the plan, or give --home"
        )
    items = items_from_document(reader, mission.get("items"))
    own = reader.mapping(root.get(OWN_KEY, {}), OWN_KEY)
    if account is not None and OWN_KEY not in root and _has_fence(root.get("geoFence")):
        account.note(
            "its geofence is no part of the plan; give the file as the zones, too, where it shall hold"
        )
    plan = plan_of_document(
        reader,
        own,
        name=name,
        home=home if home is not None else unsaid.home_for(source),
        items=items,
        routes=routes_from_document(reader, own.get("routes", [])),
        home_alt_amsl_m=home_deg[2] if len(home_deg) == 3 and home_deg[2] != 0.0 else None,
        rally=root.get("rallyPoints"),
    )
    return for_its_vehicle(plan, reader, mission)
