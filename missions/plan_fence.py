"""What zones leave of the place a plan is for, as an autopilot's fence can hold it."""

from geofence.lowering.autopilot_fence import AutopilotFence, lower_to_fence
from geofence.zone_set import ZoneSet
from missions.plan import Plan
from missions.plan_legs import legs_of


def flown_altitudes_m(plan: Plan) -> tuple[float, float]:
    """Give the lowest and the highest altitude above home that any leg rises to."""
    legs, _ = legs_of(plan)
    tops_m = [max(leg.start_alt_rel_m, leg.end_alt_rel_m) for leg in legs] or [0.0]
    return min(tops_m), max(tops_m)


def fence_of_plan(plan: Plan, zones: ZoneSet, *, max_vertices: int) -> AutopilotFence:
    """Lower the zones round a plan: an autopilot wants to be inside every inclusion polygon, not inside any.

    Raises
    ------
    GeofenceError
        If the route does not fit into any such fence.
    """
    # Closed: whatever happens, the way home begins at one of the items.
    along = [plan.home, *(item.position for item in plan.items if item.position is not None), plan.home]
    return lower_to_fence(
        zones,
        along=along,
        alt_rel_m=flown_altitudes_m(plan),
        max_vertices=max_vertices,
        home_alt_amsl_m=plan.home_alt_amsl_m,
    )
