"""The fence that a vehicle already has, and whether it would stop a plan."""

import asyncio
from collections.abc import Iterator, Sequence

import shapely

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.verification.finding import Severity
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet
from missions.plan.check import check_plan
from missions.plan.plan import Plan
from telemetry.flight.fence_upload import (
    CIRCLE_EXCLUSION,
    CIRCLE_INCLUSION,
    POLYGON_VERTEX_EXCLUSION,
    POLYGON_VERTEX_INCLUSION,
    TYPE_ALT_MAX,
    TYPE_ALT_MIN,
    TYPE_CIRCLE,
    TYPE_POLYGON,
)
from telemetry.flight.flight_verification import FlightRefused
from telemetry.flight.parameter_changes import read_if_known
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.protocol.mission_type import MissionType
from telemetry.vehicle.vehicle import Vehicle

_KINDS = {
    POLYGON_VERTEX_INCLUSION: ZoneKind.INCLUSION,
    POLYGON_VERTEX_EXCLUSION: ZoneKind.EXCLUSION,
    CIRCLE_INCLUSION: ZoneKind.INCLUSION,
    CIRCLE_EXCLUSION: ZoneKind.EXCLUSION,
}


async def demand_standing_fence_allows(vehicle: Vehicle, plan: Plan) -> None:
    """Refuse a plan that the vehicle's own fence, in force or put in force by arming, would break off in the air.

    Raises
    ------
    FlightRefused
        Naming the part of the fence.
    """
    if not (await read_if_known(vehicle, "FENCE_ENABLE") or await read_if_known(vehicle, "FENCE_AUTOENABLE")):
        return
    fence_type = round(await vehicle.read_parameter("FENCE_TYPE"))
    zones: list[Zone] = []
    if fence_type & TYPE_CIRCLE:
        radius_m = await vehicle.read_parameter("FENCE_RADIUS")
        zones.append(_circle(f"circle of {radius_m:g} m round home", ZoneKind.INCLUSION, plan.home, radius_m))
    if fence_type & TYPE_ALT_MAX:
        ceiling_m = await vehicle.read_parameter("FENCE_ALT_MAX")
        zones.append(_band(f"ceiling of {ceiling_m:g} m", plan, ceiling_m=ceiling_m))
    if fence_type & TYPE_ALT_MIN:
        floor_m = await vehicle.read_parameter("FENCE_ALT_MIN")
        zones.append(_band(f"floor of {floor_m:g} m", plan, floor_m=floor_m))
    if fence_type & TYPE_POLYGON:
        zones.extend(zones_of_fence(await vehicle.download(MissionType.FENCE)))
    reason = await asyncio.to_thread(_first_violation, plan, zones)
    if reason:
        raise FlightRefused(
            f"the vehicle's own fence would break the flight off: {reason}",
            place=vehicle.place,
            remedy="Give --zones, so that the zones become its fence, or change or disable the fence on the vehicle",
        )


def zones_of_fence(items: Sequence[WireItem]) -> Iterator[Zone]:
    """Read polygons and circles back from fence items; what has no extent is passed over."""
    index = number = 0
    while index < len(items):
        item = items[index]
        kind = _KINDS.get(item.command)
        count = 1
        if kind is not None:
            number += 1
            zone_id = f"fence {kind} {number}"
            if item.command in (CIRCLE_INCLUSION, CIRCLE_EXCLUSION):
                yield _circle(zone_id, kind, LatLon(item.x / 1e7, item.y / 1e7), item.params[0])
            else:
                count = max(1, round(item.params[0]))
                ring = [(vertex.y / 1e7, vertex.x / 1e7) for vertex in items[index : index + count]]
                if len(ring) > 2:
                    yield Zone.of_area(zone_id, zone_id, kind, shapely.make_valid(shapely.Polygon(ring)))
        index += count


def _circle(zone_id: str, kind: ZoneKind, centre: LatLon, radius_m: float) -> Zone:
    area = LocalFrame(centre).unproject(shapely.Point(0, 0).buffer(radius_m, quad_segs=64))
    return Zone.of_area(zone_id, zone_id, kind, area)


def _band(zone_id: str, plan: Plan, *, floor_m: float | None = None, ceiling_m: float | None = None) -> Zone:
    everywhere = _circle(zone_id, ZoneKind.INCLUSION, plan.home, 100_000.0).area
    band = AltitudeBand(floor_m, ceiling_m, AltitudeDatum.REL)
    return Zone.of_area(zone_id, zone_id, ZoneKind.INCLUSION, everywhere, band)


def _first_violation(plan: Plan, zones: Sequence[Zone]) -> str:
    # ArduPilot wants the vehicle inside every inclusion, so each is asked by itself.
    for zone in zones:
        verification = check_plan(plan, ZoneSet((zone,)), margin_m=0.0, allow_above_120=True)
        for finding in verification.findings:
            if finding.severity is Severity.VIOLATION:
                return finding.message.rstrip(".")
    return ""
