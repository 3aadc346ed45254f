"""From zones to the fence of one flight: only ever stricter at the altitudes flown, and with an account of the rest."""

import itertools
import math
from collections.abc import Iterator, Sequence

from shapely import Polygon

from geofence.local_frame import LocalFrame
from geofence.lowering.account import Loss, NotCarried
from geofence.lowering.autopilot_fence import (
    CIRCLE_BYTES,
    LIST_BYTES,
    POLYGON_BYTES,
    VERTEX_BYTES,
    AutopilotFence,
)
from geofence.lowering.fence_action import FenceAction, choose_action, is_done_by
from geofence.lowering.fence_altitudes import (
    Limit,
    fence_ceiling_rel_m,
    fence_floor_rel_m,
    fence_margin_m,
)
from geofence.lowering.fence_route import FenceRoute
from geofence.lowering.lowered_circle import LoweredCircle
from geofence.lowering.lowered_ring import ROUNDING_M, LoweredRing
from geofence.lowering.planar_fence import PlanarFence
from geofence.lowering.timed_zones import sort_by_time
from geofence.plane.planar_zones import PlanarZones
from geofence.refusal import GeofenceError
from geofence.verification.leg import Leg
from geofence.verification.return_policy import RallyPoint, ReturnMode, ReturnPolicy
from geofence.zone import ZoneKind
from geofence.zone_set import ZoneSet

_FREE_TOLERANCE_M = 0.1
"""So much is simplified even where everything would fit: it is less than positioning knows."""
_FIRST_TOLERANCE_M = 0.02
_LAST_TOLERANCE_M = 500.0


def lower_to_fence(
    zones: ZoneSet,
    *,
    legs: Sequence[Leg],
    max_items: int,
    home_alt_amsl_m: float | None = None,
    reach_m: float = 10_000.0,
    clear_m: float = 1.0,
    margin_m: float = 2.0,
    legal_limit_rel_m: float | None = None,
    returns: ReturnPolicy | None = None,
    flight_utc_s: tuple[float, float] | None = None,
) -> AutopilotFence:
    """Lower zones to a fence that admits nothing the zones forbid, at the altitudes and times flown.

    The inclusion is the one component of the union of the inclusion zones that holds the route, or the circle that
    it is; its holes become exclusions. Exclusion zones are kept that hold anywhere between the altitudes and at any
    time of the flight, and meet that component. Until it fits, the inclusion is simplified inward and the
    exclusions outward. What else is lost is in the account.

    Parameters
    ----------
    zones : ZoneSet
    legs : sequence of Leg
        The route, from home; verified, for what it crosses legally above, below or outside the hours of an exclusion
        is left out of the fence.
    max_items : int
        How many items' storage the autopilot has, at 8 bytes each; a polygon takes 2 bytes beside its vertices, a
        circle 13.
    home_alt_amsl_m : float, optional
        As for the verification.
    reach_m : float
        Without any inclusion zone, exclusions farther from the route than this are left out.
    clear_m : float
        Simplifying leaves the route this distance from the fence, or what it had where that is less.
    margin_m : float
        Wanted as the autopilot's own margin.
    legal_limit_rel_m : float, optional
        A ceiling beside those of the zones.
    returns : ReturnPolicy, optional
        How the flight ends early; by default straight home.
    flight_utc_s : (earliest, latest), optional
        The flight lies between; without it zones that are limited in time are read the stricter way.

    Raises
    ------
    GeofenceError
        Where the route leaves the component or enters an exclusion, or the fence does not fit.
    """
    if not legs:
        raise GeofenceError("there is no route to fence", remedy="Give at least the home position")
    returns = returns or ReturnPolicy()
    rally_points = _rally_points(returns)
    targets = [legs[0].start, *(point.position for point in rally_points)]
    frame = LocalFrame.around([place for leg in legs for place in (leg.start, leg.end)])
    route = FenceRoute(legs, frame, _return_alt_m(returns), targets[1:])
    timed = sort_by_time(zones, flight_utc_s)
    planar = PlanarZones(ZoneSet(timed.zones), frame, home_alt_amsl_m)
    if zones.of_kind(ZoneKind.INCLUSION) and not len(planar.inclusions):
        raise GeofenceError(
            "no inclusion zone allows flight throughout that time",
            remedy="Fly when one does, and give the time of departure",
        )
    exact = PlanarFence(planar, route, timed.partly, reach_m)
    exact.refuse_outside()
    bounds_circle, circles = _circles(exact, clear_m)
    rings = [LoweredRing(area.outline, is_bounds=False, zone_id=area.zone_id) for area in exact.outlines]
    if exact.bounds is not None and bounds_circle is None:
        rings.append(LoweredRing(Polygon(exact.bounds.exterior), is_bounds=True))
    room_bytes = max_items * VERTEX_BYTES - LIST_BYTES - len(rings) * POLYGON_BYTES
    room_bytes -= (len(circles) + (bounds_circle is not None)) * CIRCLE_BYTES
    most = room_bytes // VERTEX_BYTES
    kept_m = min(exact.clearance_m() - 2.0 * ROUNDING_M, clear_m)
    _fit(rings, route, kept_m, frame, most)
    targets_xy_m = frame.xy_m([place.lat_deg for place in targets], [place.lon_deg for place in targets])
    ways = route.ways_home(targets_xy_m)
    action = choose_action(
        [zone.stated_action for zone in exact.zones],
        returns.mode,
        is_way_home_free=not exact.bars(ways, returns.alt_rel_m),
        is_way_home_outside=not exact.bars(ways, -math.inf),
    )
    high_m = route.high_m
    legal = [] if legal_limit_rel_m is None else [Limit(legal_limit_rel_m)]
    ceiling_m, ceiling_account = fence_ceiling_rel_m([*exact.ceilings(), *legal], high_m)
    # SmartRTL comes down to 2 m above home before it counts as landing; a brake there would leave it hanging.
    may_hold = not (returns.mode is ReturnMode.SMART_RTL and action is FenceAction.BRAKE_OR_LAND)
    rally_alt_m = min((returns.rally_alt_rel_m(point) for point in rally_points), default=math.inf)
    floor_m, floor_account = fence_floor_rel_m(
        exact.floors(), route.low_m, may_hold=may_hold, rally_alt_m=rally_alt_m
    )
    account = (*timed.account, *exact.account(), *ceiling_account, *floor_account)
    return AutopilotFence(
        inclusion=tuple(ring.places for ring in rings if ring.is_bounds),
        exclusions=tuple(ring.places for ring in rings if not ring.is_bounds),
        alt_max_rel_m=ceiling_m,
        alt_min_rel_m=floor_m,
        inclusion_circles=() if bounds_circle is None else (bounds_circle.wire,),
        exclusion_circles=tuple(circle.wire for circle in circles),
        margin_m=fence_margin_m(margin_m, ceiling_m, floor_m, high_m),
        action=action,
        account=tuple(dict.fromkeys((*account, *_simplified(rings), *_other_actions(exact, action)))),
    )


def _rally_points(returns: ReturnPolicy) -> tuple[RallyPoint, ...]:
    return returns.rally_points if returns.mode is ReturnMode.RTL else ()


def _return_alt_m(returns: ReturnPolicy) -> float:
    if returns.mode is not ReturnMode.RTL:
        return 0.0
    return max(returns.alt_rel_m, *(point.alt_rel_m for point in returns.rally_points), 0.0)


def _circles(exact: PlanarFence, clear_m: float) -> tuple[LoweredCircle | None, list[LoweredCircle]]:
    """Lower what is round and leaves the route free as it is; what does not stays with the outlines."""
    circles = []
    for area in [area for area in exact.outlines if area.circle is not None]:
        assert area.circle is not None
        lowered = LoweredCircle.of(area.circle, is_bounds=False)
        if lowered is not None and exact.leaves_free(lowered, clear_m):
            circles.append(lowered)
            exact.outlines.remove(area)
    bounds = None
    if exact.bounds_circle is not None:
        bounds = LoweredCircle.of(exact.bounds_circle, is_bounds=True)
        if bounds is not None and not exact.leaves_free(bounds, clear_m):
            bounds = None
    return bounds, circles


def _fit(
    rings: list[LoweredRing], route: FenceRoute, kept_m: float, frame: LocalFrame, max_vertices: int
) -> None:
    """Simplify until everything fits.

    Raises
    ------
    GeofenceError
    """
    for tolerance_m in _tolerances():
        for ring in rings:
            ring.simplify(tolerance_m, route.line_xy_m, kept_m, frame)
        is_small = sum(len(ring.places) for ring in rings) <= max_vertices
        if is_small and tolerance_m >= _FREE_TOLERANCE_M and all(ring.places for ring in rings):
            return
    if not all(ring.places for ring in rings):
        raise GeofenceError(
            "the route runs too close to the edge of what is allowed for an autopilot's fence",
            remedy="Plan it with a margin of at least 1 m",
        )
    least = sum(len(ring.places) for ring in rings)
    raise GeofenceError(
        f"the fence needs {least} vertices to leave the route free, and {max_vertices} are allowed",
        remedy="Draw the zones with fewer vertices, keep the route farther from them, or fly without a fence on board",
    )


def _tolerances() -> Iterator[float]:
    yield 0.0
    tolerances = (_FIRST_TOLERANCE_M * 1.5**step for step in itertools.count())
    yield from itertools.takewhile(lambda tolerance_m: tolerance_m <= _LAST_TOLERANCE_M, tolerances)


def _simplified(rings: Sequence[LoweredRing]) -> Iterator[NotCarried]:
    for ring in rings:
        if ring.moved_m > 2.0 * _FREE_TOLERANCE_M:
            area_m2 = round(ring.given_up_m2)
            what = "smaller" if ring.is_bounds else "larger"
            detail = f"the outline is moved by up to {ring.moved_m:.1f} m, {area_m2:,} m2 {what}"
            yield NotCarried(ring.zone_id, Loss.SIMPLIFIED, detail, is_stricter=True, area_m2=float(area_m2))


def _other_actions(exact: PlanarFence, action: FenceAction) -> Iterator[NotCarried]:
    for zone in exact.zones:
        if not is_done_by(zone.stated_action, action):
            words = action.name.lower().replace("_", " ")
            detail = f"it asks to {zone.stated_action}, and the fence will {words}"
            yield NotCarried(zone.zone_id, Loss.ACTION, detail, is_stricter=False)
