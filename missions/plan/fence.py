"""What zones leave of the place a plan is for, as an autopilot's fence can hold it."""

from geofence.lowering.autopilot_fence import AutopilotFence
from geofence.lowering.fence_lowering import lower_to_fence
from geofence.zone_set import ZoneSet
from missions.plan.check import DEFAULT_MARGIN_M, LEGAL_LIMIT_AGL_M
from missions.plan.legs import legs_of
from missions.plan.plan import Plan

FENCE_ITEMS = 70
"""How many an ArduCopter has storage for on boards with 16 KB or more (560 bytes); what fits is told only by a refusal."""


def fence_of_plan(
    plan: Plan,
    zones: ZoneSet,
    *,
    max_items: int = FENCE_ITEMS,
    legal_limit_rel_m: float | None = LEGAL_LIMIT_AGL_M,
    departure_utc_s: tuple[float, float] | None = None,
) -> AutopilotFence:
    """Lower the zones round a verified plan: an autopilot wants to be inside every inclusion, not inside any.

    Parameters
    ----------
    legal_limit_rel_m : float or None
        A ceiling beside those of the zones.
    departure_utc_s : (earliest, latest), optional
        Without it zones that are limited in time are read the stricter way.

    Raises
    ------
    GeofenceError
        If the route does not fit into any such fence.
    """
    legs, _ = legs_of(plan)
    margin_m = DEFAULT_MARGIN_M if plan.margin_m is None else plan.margin_m
    ends_s = [leg.end_s[1] if leg.end_s is not None else float("inf") for leg in legs]
    last_s = max(ends_s, default=float("inf"))
    flight_utc_s = None
    if departure_utc_s is not None and last_s < float("inf"):
        # As much again for the way back, whenever it begins.
        flight_utc_s = (departure_utc_s[0], departure_utc_s[1] + 2.0 * last_s)
    return lower_to_fence(
        zones,
        legs=legs,
        max_items=max_items,
        home_alt_amsl_m=plan.home_alt_amsl_m,
        clear_m=max(margin_m, 1.0),
        margin_m=margin_m,
        legal_limit_rel_m=legal_limit_rel_m,
        returns=plan.returns,
        flight_utc_s=flight_utc_s,
    )
