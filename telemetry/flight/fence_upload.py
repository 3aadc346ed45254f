"""Zones as the autopilot's own fence: items, then the parameters that put it in force."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from geofence.lowering.autopilot_fence import AutopilotFence
from geofence.zone_set import ZoneSet
from missions.item import Frame
from missions.plan import Plan
from missions.plan_fence import fence_of_plan, flown_altitudes_m
from telemetry.events import FenceUploaded
from telemetry.protocol.mission_item_wire import WireItem, degrees_e7
from telemetry.protocol.mission_transaction import Progress, UploadRefused
from telemetry.protocol.mission_type import MissionResult, MissionType
from telemetry.refusal import TelemetryError, VehicleSilent
from telemetry.vehicle.vehicle import Vehicle

POLYGON_VERTEX_INCLUSION, POLYGON_VERTEX_EXCLUSION = 5001, 5002
"""MAV_CMD_NAV_FENCE_POLYGON_VERTEX_INCLUSION and _EXCLUSION."""
TYPE_ALT_MAX, TYPE_CIRCLE, TYPE_POLYGON = 1, 2, 4
"""Bits of FENCE_TYPE."""
ACTION_RTL = 1
VERTEX_COUNTS = (200, 80, 40)
"""How many vertices are tried; what fits depends on the board's storage and is told only by a refusal."""
ALT_ROOM_M = 3.0
"""Height kept between the flown and the fenced altitude, since a copter held at one swings by about a metre."""


@dataclass(frozen=True, slots=True)
class FenceOrder:
    """What is to be put on board.

    Parameters
    ----------
    items : tuple of WireItem
    alt_max_rel_m : float or None
        Above home; None sets no ceiling.
    """

    items: tuple[WireItem, ...]
    alt_max_rel_m: float | None


def items_of_fence(fence: AutopilotFence) -> tuple[WireItem, ...]:
    """Make the fence items: every polygon's vertices, each with the number of vertices of its polygon."""
    polygons = [(POLYGON_VERTEX_INCLUSION, ring) for ring in fence.inclusion]
    polygons += [(POLYGON_VERTEX_EXCLUSION, ring) for ring in fence.exclusions]
    vertices = [(command, len(ring), vertex) for command, ring in polygons for vertex in ring]
    return tuple(
        WireItem(
            seq=seq,
            frame=Frame.GLOBAL,
            command=command,
            params=(float(count), 0.0, 0.0, 0.0),
            x=degrees_e7(vertex.lat_deg),
            y=degrees_e7(vertex.lon_deg),
            autocontinue=False,
        )
        for seq, (command, count, vertex) in enumerate(vertices)
    )


def order_fence(
    plan: Plan, zones: ZoneSet, *, legal_limit_m: float | None, max_vertices: int = VERTEX_COUNTS[0]
) -> FenceOrder:
    """Lower the zones to what the autopilot can hold, for one plan.

    Raises
    ------
    GeofenceError
        If the route does not fit into any such fence.
    """
    fence = fence_of_plan(plan, zones, max_vertices=max_vertices)
    _, high_m = flown_altitudes_m(plan)
    limits = [limit for limit in (fence.alt_max_rel_m, legal_limit_m) if limit is not None]
    alt_max_m = max(min(limits), high_m + ALT_ROOM_M) if limits else None
    return FenceOrder(items_of_fence(fence), alt_max_m)


async def demand_fence(vehicle: Vehicle) -> None:
    """Refuse a vehicle that has no fence.

    Raises
    ------
    TelemetryError
    """
    try:
        await vehicle.read_parameter("FENCE_TYPE")
    except VehicleSilent:
        raise
    except TelemetryError as refusal:
        raise TelemetryError(
            f"the vehicle has no fence ({refusal.what})",
            place=vehicle.place,
            remedy="Fly with --no-fence to rely on the verified plan and the watch alone",
        ) from None


async def install_fence(
    vehicle: Vehicle,
    plan: Plan,
    zones: ZoneSet,
    order: FenceOrder,
    *,
    legal_limit_m: float | None,
    on_progress: Progress | None = None,
    on_note: Callable[[str], None] = lambda _: None,
) -> None:
    """Put the zones in force on board: items first, read back, then the parameters, FENCE_ENABLE last.

    `order` is tried first; where the vehicle has no room for it, ones with fewer vertices.

    Raises
    ------
    TelemetryError
        If the vehicle has no room for it or refuses it.
    GeofenceError
        If the zones cannot be lowered round this plan with so few vertices.
    """
    vehicle.demand_idle("the fence cannot be changed")
    order = await _upload(vehicle, plan, zones, order, legal_limit_m, on_progress)
    fence_type = TYPE_POLYGON if order.items else 0
    if order.alt_max_rel_m is not None:
        fence_type |= TYPE_ALT_MAX
        former_m = await vehicle.set_parameter("FENCE_ALT_MAX", order.alt_max_rel_m)
        if former_m < order.alt_max_rel_m:
            on_note(
                f"The vehicle's fence ceiling of {former_m:g} m above home becomes {order.alt_max_rel_m:g} m."
            )
    former_type = round(await vehicle.set_parameter("FENCE_TYPE", fence_type))
    if former_type & TYPE_CIRCLE:
        radius_m = await vehicle.read_parameter("FENCE_RADIUS")
        on_note(
            f"The vehicle's circular fence of {radius_m:g} m round home is switched off; the zones take its place."
        )
    await vehicle.set_parameter("FENCE_ACTION", ACTION_RTL)
    # Last: an enabled fence without its polygons, or with the old ones, forbids arming.
    await vehicle.set_parameter("FENCE_ENABLE", 1)
    vehicle.bus.publish(
        FenceUploaded(time_s=vehicle.clock.utc_s(), vehicle_id=vehicle.vehicle_id, count=len(order.items))
    )


async def _upload(
    vehicle: Vehicle,
    plan: Plan,
    zones: ZoneSet,
    order: FenceOrder,
    legal_limit_m: float | None,
    on_progress: Progress | None,
) -> FenceOrder:
    smaller = iter(VERTEX_COUNTS[1:])
    while True:
        try:
            await vehicle.upload(MissionType.FENCE, order.items, on_progress)
        except UploadRefused as refusal:
            if refusal.result != MissionResult.NO_SPACE:
                raise
            tried = len(order.items)
            while len(order.items) >= tried:
                max_vertices = next(smaller, None)
                if max_vertices is None:
                    raise
                order = await asyncio.to_thread(
                    order_fence, plan, zones, legal_limit_m=legal_limit_m, max_vertices=max_vertices
                )
        else:
            return order
