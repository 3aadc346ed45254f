"""Zones as the autopilot's own fence: items, then the parameters that put it in force."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from geofence.lowering.autopilot_fence import AutopilotFence
from geofence.zone_set import ZoneSet
from missions.plan.fence import FENCE_ITEMS, fence_of_plan
from missions.plan.item import Frame
from missions.plan.plan import Plan
from telemetry.events import FenceUploaded
from telemetry.flight.parameter_changes import change_parameters, read_if_known
from telemetry.protocol.mission_item_wire import WireItem, degrees_e7
from telemetry.protocol.mission_transaction import Progress, UploadRefused
from telemetry.protocol.mission_type import MissionResult, MissionType
from telemetry.refusal import TelemetryError, VehicleSilent
from telemetry.vehicle.vehicle import Vehicle

POLYGON_VERTEX_INCLUSION, POLYGON_VERTEX_EXCLUSION = 5001, 5002
"""MAV_CMD_NAV_FENCE_POLYGON_VERTEX_INCLUSION and _EXCLUSION."""
CIRCLE_INCLUSION, CIRCLE_EXCLUSION = 5003, 5004
"""MAV_CMD_NAV_FENCE_CIRCLE_INCLUSION and _EXCLUSION; parameter 1 is the radius in metres."""
TYPE_ALT_MAX, TYPE_CIRCLE, TYPE_POLYGON, TYPE_ALT_MIN = 1, 2, 4, 8
"""Bits of FENCE_TYPE; polygons and circles of the list are one."""
ITEM_COUNTS = (FENCE_ITEMS, 38)
"""How many items are tried: ArduCopter's storage on boards with 16 KB or more, and with 8 KB."""
NO_ROOM = (MissionResult.NO_SPACE, MissionResult.ERROR)
"""ERROR where the number of items would fit, but not the bytes they take."""
IDLE_ALT_MIN_M, IDLE_ALT_MAX_M = -10.0, 1000.0
"""Limits that are not in force still have to lie apart, or arming is refused."""


@dataclass(frozen=True, slots=True)
class FenceOrder:
    """What is to be put on board.

    Parameters
    ----------
    items : tuple of WireItem
    fence : AutopilotFence
    """

    items: tuple[WireItem, ...]
    fence: AutopilotFence

    @property
    def fence_type(self) -> int:
        """FENCE_TYPE."""
        fence = self.fence
        return (
            (TYPE_POLYGON if self.items else 0)
            | (TYPE_ALT_MAX if fence.alt_max_rel_m is not None else 0)
            | (TYPE_ALT_MIN if fence.alt_min_rel_m is not None else 0)
        )

    def parameters(self) -> dict[str, float]:
        """Give the parameters in the order they are set; FENCE_ENABLE comes after."""
        fence = self.fence
        alt_max_m = IDLE_ALT_MAX_M if fence.alt_max_rel_m is None else fence.alt_max_rel_m
        alt_min_m = IDLE_ALT_MIN_M if fence.alt_min_rel_m is None else fence.alt_min_rel_m
        wanted: dict[str, float] = {}
        if self.fence_type & (TYPE_ALT_MAX | TYPE_ALT_MIN):
            wanted |= {"FENCE_ALT_MAX": alt_max_m, "FENCE_ALT_MIN": alt_min_m}
        return wanted | {
            "FENCE_TYPE": self.fence_type,
            "FENCE_MARGIN": fence.margin_m,
            "FENCE_ACTION": int(fence.action),
        }


def items_of_fence(fence: AutopilotFence) -> tuple[WireItem, ...]:
    """Make the fence items: every polygon's vertices, each with the number of them, and the circles."""
    polygons = [(POLYGON_VERTEX_INCLUSION, ring) for ring in fence.inclusion]
    polygons += [(POLYGON_VERTEX_EXCLUSION, ring) for ring in fence.exclusions]
    corners = [(command, float(len(ring)), vertex) for command, ring in polygons for vertex in ring]
    circles = [(CIRCLE_INCLUSION, circle) for circle in fence.inclusion_circles]
    circles += [(CIRCLE_EXCLUSION, circle) for circle in fence.exclusion_circles]
    corners += [(command, circle.radius_m, circle.centre) for command, circle in circles]
    return tuple(
        WireItem(
            seq=seq,
            frame=Frame.GLOBAL,
            command=command,
            params=(size, 0.0, 0.0, 0.0),
            x=degrees_e7(place.lat_deg),
            y=degrees_e7(place.lon_deg),
            autocontinue=False,
        )
        for seq, (command, size, place) in enumerate(corners)
    )


def order_fence(
    plan: Plan,
    zones: ZoneSet,
    *,
    legal_limit_m: float | None,
    departure_utc_s: tuple[float, float] | None = None,
    max_items: int = FENCE_ITEMS,
) -> FenceOrder:
    """Lower the zones to what the autopilot can hold, for one plan.

    Raises
    ------
    GeofenceError
        If the route does not fit into any such fence.
    """
    fence = fence_of_plan(
        plan,
        zones,
        max_items=max_items,
        legal_limit_rel_m=legal_limit_m,
        departure_utc_s=departure_utc_s,
    )
    return FenceOrder(items_of_fence(fence), fence)


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
    order: FenceOrder,
    reorder: Callable[[int], FenceOrder],
    *,
    on_progress: Progress | None = None,
    on_note: Callable[[str], None] = lambda _: None,
) -> FenceOrder:
    """Put a fence in force on board: items first, read back, then the parameters, FENCE_ENABLE last.

    Parameters
    ----------
    order : FenceOrder
        Tried first.
    reorder : callable
        Gives one with no more items than it is told, for a vehicle without room; may take its time.

    Returns
    -------
    FenceOrder
        The one that is on board.

    Raises
    ------
    TelemetryError
        If the vehicle has no room for it or refuses it.
    GeofenceError
        If the zones cannot be lowered round this plan with so few items.
    """
    vehicle.demand_idle("the fence cannot be changed")
    order = await _upload(vehicle, order, reorder, on_progress)
    former_type = round(await vehicle.read_parameter("FENCE_TYPE"))
    if former_type & TYPE_CIRCLE:
        radius_m = await vehicle.read_parameter("FENCE_RADIUS")
        on_note(
            f"The vehicle's circular fence of {radius_m:g} m round home is switched off; the zones take its place."
        )
    wanted = order.parameters()
    if order.fence.alt_min_rel_m is None and await read_if_known(vehicle, "FENCE_ALT_MIN") is None:
        wanted.pop("FENCE_ALT_MIN", None)
    if await read_if_known(vehicle, "FENCE_AUTOENABLE"):
        wanted["FENCE_AUTOENABLE"] = 0.0
    # Last: an enabled fence without its polygons, or with the old ones, forbids arming.
    wanted["FENCE_ENABLE"] = 1.0
    await change_parameters(vehicle, wanted, purpose="the fence", on_note=on_note)
    vehicle.bus.publish(
        FenceUploaded(
            time_s=vehicle.clock.utc_s(),
            vehicle_id=vehicle.vehicle_id,
            who=vehicle.control.actor().who,
            why=vehicle.control.actor().why,
            count=len(order.items),
        )
    )
    return order


async def _upload(
    vehicle: Vehicle, order: FenceOrder, reorder: Callable[[int], FenceOrder], on_progress: Progress | None
) -> FenceOrder:
    smaller = iter(ITEM_COUNTS[1:])
    while True:
        try:
            await vehicle.upload(MissionType.FENCE, order.items, on_progress)
        except UploadRefused as refusal:
            if refusal.result not in NO_ROOM:
                raise
            tried = len(order.items)
            while len(order.items) >= tried:
                max_items = next(smaller, None)
                if max_items is None:
                    raise
                order = await asyncio.to_thread(reorder, max_items)
        else:
            return order
