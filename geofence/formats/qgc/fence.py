"""Zones to the geofence of QGroundControl's plan files.

QGroundControl knows inclusion and exclusion, polygons without holes and circles: no bands, times, names or
advisories. It reads past keys it does not know, so the zones as they are stand beside the fence, with a digest of
it: they are believed as long as nobody has changed the fence since.
"""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
import shapely
from shapely import Polygon

from geofence.circle import Circle
from geofence.ellipsoid_area import area_m2
from geofence.formats.geojson import zones_to_geojson
from geofence.formats.repair_log import RepairLog
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.zone import Zone, ZoneKind

OWN_KEY = "feiying"
"""Top-level key of a plan file that holds what QGroundControl has no place for."""
OWN_EXTRAS = "qgc"
"""Property of a zone that keeps what a fence said besides its shapes."""
FIRMWARE_ARDUPILOT, FIRMWARE_PX4 = 3, 12
VEHICLE_QUADROTOR = 2

_SPEED_M_S = 10.0


def polygon_entry(ring: Sequence[LatLon], *, is_inclusion: bool) -> dict[str, Any]:
    """Write one polygon of a fence; its ring is not closed."""
    return {
        "inclusion": is_inclusion,
        "polygon": [[corner.lat_deg, corner.lon_deg] for corner in ring],
        "version": 1,
    }


def circle_entry(circle: Circle, *, is_inclusion: bool) -> dict[str, Any]:
    """Write one circle of a fence."""
    centre = [circle.centre.lat_deg, circle.centre.lon_deg]
    return {
        "inclusion": is_inclusion,
        "circle": {"center": centre, "radius": circle.radius_m},
        "version": 1,
    }


def write_qgc_fence(zones: Iterable[Zone], *, log: RepairLog) -> bytes:
    """Write zones as a plan file without a mission.

    What is forbidden keeps all of its ground: holes in it are filled, bands and times fall away.

    Raises
    ------
    GeofenceError
        Where a property cannot be said in JSON.
    """
    zones = list(zones)
    fence: dict[str, Any] = {"version": 2, "circles": [], "polygons": []}
    for zone in zones:
        _note_losses(zone, log=log)
        extras = zone.properties.get(OWN_EXTRAS)
        if isinstance(extras, Mapping) and isinstance(extras.get("fence"), Mapping):
            fence = {**extras["fence"], **fence}
        if zone.kind is not ZoneKind.ADVISORY:
            entry_extras = extras.get("entry") if isinstance(extras, Mapping) else None
            _write_zone(zone, entry_extras if isinstance(entry_extras, Mapping) else {}, fence, log=log)
    if sum(entry["inclusion"] for entry in (*fence["polygons"], *fence["circles"])) > 1:
        log.note(
            RepairCode.LOST,
            "there are several inclusions: ArduPilot will want to be inside all of them at once, not inside any",
        )
    try:
        # The digest is of what will be read back: a tuple will have become a list by then.
        written = orjson.loads(orjson.dumps(fence))
        own = {"version": 1, "fence_sha256": fence_sha256(written), "collection": zones_to_geojson(zones)}
        document = {**_empty_plan(zones), "geoFence": written, OWN_KEY: {"zones": own}}
        return orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n"
    except (TypeError, ValueError) as error:
        raise GeofenceError(f"cannot be written ({error})") from None


def fence_sha256(fence: Mapping[str, Any]) -> str:
    """Digest a fence as it is written, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(fence, sort_keys=True).encode()).hexdigest()


def _write_zone(zone: Zone, extras: Mapping[str, Any], fence: dict[str, Any], *, log: RepairLog) -> None:
    is_inclusion = zone.kind is ZoneKind.INCLUSION
    for volume in zone.volumes:
        if volume.circle is not None:
            fence["circles"].append({**extras, **circle_entry(volume.circle, is_inclusion=is_inclusion)})
            continue
        for polygon in shapely.get_parts(volume.area):
            fence["polygons"].append(
                {**extras, **polygon_entry(_corners(polygon.exterior), is_inclusion=is_inclusion)}
            )
            if polygon.interiors and is_inclusion:
                fence["polygons"] += [
                    polygon_entry(_corners(hole), is_inclusion=False) for hole in polygon.interiors
                ]
            elif polygon.interiors:
                log.note(
                    RepairCode.LOST,
                    "a hole in what is forbidden was filled",
                    zone_id=zone.zone_id,
                    area_m2=area_m2(Polygon(polygon.exterior)) - area_m2(polygon),
                )


def _note_losses(zone: Zone, *, log: RepairLog) -> None:
    if zone.kind is ZoneKind.ADVISORY:
        log.note(RepairCode.LOST, "an advisory zone cannot be said in a fence", zone_id=zone.zone_id)
        return
    lost = [
        word
        for word, is_lost in (
            (
                "floor and ceiling",
                any(volume.band.limits_rel_m() != (-math.inf, math.inf) for volume in zone.volumes),
            ),
            ("times", not zone.applicability.is_permanent),
            ("severity", zone.stated_severity is not None),
            ("action", zone.stated_action is not None),
            ("causes", bool(zone.causes)),
            ("message", bool(zone.message)),
            ("authorities", bool(zone.authorities)),
            ("name", zone.name != zone.zone_id),
            ("other properties", bool(set(zone.properties) - {OWN_EXTRAS})),
        )
        if is_lost
    ]
    if lost:
        log.note(RepairCode.LOST, f"a fence cannot say its {', '.join(lost)}", zone_id=zone.zone_id)


def _corners(ring: Any) -> list[LatLon]:
    return [LatLon(lat_deg, lon_deg) for lon_deg, lat_deg in shapely.get_coordinates(ring)[:-1].tolist()]


def _empty_plan(zones: Sequence[Zone]) -> dict[str, Any]:
    """Make the plan round a fence; its home is within the first zone."""
    home = zones[0].area.representative_point() if zones else shapely.Point(0.0, 0.0)
    return {
        "fileType": "Plan",
        "groundStation": "QGroundControl",
        "version": 1,
        "mission": {
            "version": 2,
            "firmwareType": FIRMWARE_ARDUPILOT,
            "vehicleType": VEHICLE_QUADROTOR,
            "globalPlanAltitudeMode": 1,
            "cruiseSpeed": _SPEED_M_S,
            "hoverSpeed": _SPEED_M_S,
            "plannedHomePosition": [home.y, home.x, 0.0],
            "items": [],
        },
        "rallyPoints": {"version": 2, "points": []},
    }
